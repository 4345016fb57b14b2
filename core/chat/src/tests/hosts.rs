//! A relay that somebody else names is connected to once the person has accepted it.

use sotto_protocol::live::{LiveReply, LiveRequest, MessageRequest};
use sotto_protocol::view::Trust;

use super::chats::requests;
use super::world::World;
use crate::ChatError;

const FAR: &str = "wss://far.example";

fn accept(world: &mut World, who: usize, conversation: &str) -> Result<LiveReply, ChatError> {
    let conversation = conversation.to_owned();
    let verdict = None;
    world.ask(
        who,
        LiveRequest::AcceptRequest {
            conversation,
            verdict,
        },
    )
}

fn refuse(world: &mut World, who: usize, conversation: &str) -> Result<LiveReply, ChatError> {
    let conversation = conversation.to_owned();
    let block = false;
    world.ask(
        who,
        LiveRequest::RefuseRequest {
            conversation,
            block,
        },
    )
}

/// Person 0 offers a conversation at a relay of their own choice.
fn offered(world: &mut World) -> MessageRequest {
    world.elsewhere = Some(FAR.to_owned());
    let contact = world.id(1);
    let begin = LiveRequest::Begin { contact };
    world.ask(0, begin).unwrap();
    let talk = world.id(1);
    world.say(0, &talk, "come over");
    world.settle();
    let mut all = requests(world, 1);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn a_stranger_s_request_leads_nowhere_before_it_is_accepted() {
    let mut world = World::acquainted(2);
    let stranger = world.people[0].me;
    world.people[1].trust.remove(&stranger);
    world.tell_people(1);
    let request = offered(&mut world);
    assert_eq!(request.relay.as_deref(), Some(FAR));
    world.restart(1, true);
    world.settle();
    assert_eq!(world.connected, [], "not after a restart either");
    world.people[1].trust.insert(stranger, Trust::Known);
    world.tell_people(1);
    assert_eq!(world.connected, [], "the card alone is no answer");
    accept(&mut world, 1, &request.conversation).unwrap();
    assert_eq!(world.connected, [(1, FAR.to_owned())]);
    assert_eq!(requests(&mut world, 1), []);
}

#[test]
fn a_refused_one_never_leads_anywhere() {
    let mut world = World::acquainted(2);
    let stranger = world.people[0].me;
    world.people[1].trust.remove(&stranger);
    world.tell_people(1);
    let request = offered(&mut world);
    refuse(&mut world, 1, &request.conversation).unwrap();
    world.people[1].trust.insert(stranger, Trust::Known);
    world.tell_people(1);
    world.settle();
    assert_eq!(world.connected, []);
    assert_eq!(requests(&mut world, 1), []);
}

#[test]
fn a_contact_s_new_relay_waits_and_the_conversation_goes_on() {
    let mut world = World::acquainted(2);
    let [mine, theirs] = world.pair(0, 1);
    // The contact has lost what they had, and begins anew at another relay.
    world
        .ask(
            0,
            LiveRequest::ForgetConversation {
                conversation: mine.clone(),
            },
        )
        .unwrap();
    world.settle();
    let request = offered(&mut world);
    assert_eq!(request.conversation, theirs);
    assert_eq!(
        request.contact.as_ref().map(|it| it.trust),
        Some(Trust::Known)
    );
    assert_eq!(request.relay.as_deref(), Some(FAR));
    world.restart(1, true);
    world.settle();
    assert_eq!(world.connected, []);
    assert_eq!(world.words(1, &theirs), ["hello"]);
    refuse(&mut world, 1, &theirs).unwrap();
    assert_eq!(requests(&mut world, 1), []);
    assert_eq!(world.words(1, &theirs), ["hello"], "what was said stays");
    assert_eq!(world.connected, []);
}

#[test]
fn a_contact_s_new_relay_is_taken_with_the_request_or_with_their_card() {
    for with_card in [false, true] {
        let mut world = World::acquainted(2);
        let [mine, theirs] = world.pair(0, 1);
        world
            .ask(0, LiveRequest::ForgetConversation { conversation: mine })
            .unwrap();
        world.settle();
        let request = offered(&mut world);
        if with_card {
            world.relays.push(FAR.to_owned());
            world.tell_people(1);
        } else {
            accept(&mut world, 1, &request.conversation).unwrap();
        }
        assert_eq!(world.connected, [(1, FAR.to_owned())]);
        assert_eq!(requests(&mut world, 1), []);
        assert_eq!(world.words(1, &theirs), ["hello", "come over"]);
    }
}
