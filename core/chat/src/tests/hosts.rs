//! A relay that somebody else names is connected to once the person has accepted it.

use sotto_protocol::ErrorCode;
use sotto_protocol::live::talk::DeliveryState;
use sotto_protocol::live::{LiveReply, LiveRequest, MessageRequest};
use sotto_protocol::relay::{Reply, Request, Secret, Verb};
use sotto_protocol::view::Trust;
use sotto_session::format::ConversationId;

use super::blocked::{group, listed, trust};
use super::chats::requests;
use super::world::World;
use crate::ChatError;
use crate::hosts::{MAX_FRESH, MAX_WAITING};

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

/// Two talk at a relay that the first has named; its conversation.
fn talk_far(world: &mut World) -> String {
    let request = offered(world);
    accept(world, 1, &request.conversation).unwrap();
    assert_eq!(world.connected, [(1, FAR.to_owned())]);
    request.conversation
}

#[test]
fn a_relay_is_let_go_when_no_conversation_is_there_any_more() {
    let mut world = World::acquainted(2);
    let talk = talk_far(&mut world);
    // The contact begins anew, and here.
    world.elsewhere = None;
    let conversation = world.id(1);
    let renew = LiveRequest::Renew { conversation };
    world.ask(0, renew).unwrap();
    world.settle();
    assert_eq!(world.connected, []);
    world.say(0, &world.id(1), "here");
    world.settle();
    assert_eq!(world.words(1, &talk).last().unwrap(), "here");
}

#[test]
fn who_is_blocked_does_not_see_at_their_relay_when_the_device_is_up() {
    let mut world = World::acquainted(2);
    talk_far(&mut world);
    trust(&mut world, 1, 0, Trust::Blocked);
    assert_eq!(world.connected, []);
    world.veil(1);
    world.restart(1, true);
    world.settle();
    assert_eq!(world.connected, [], "nor veiled, nor after a restart");
    trust(&mut world, 1, 0, Trust::Known);
    assert_eq!(world.connected, [(1, FAR.to_owned())]);
}

#[test]
fn the_relay_of_a_mailbox_is_let_go_when_the_letter_lies_there_or_is_taken_back() {
    for sent in [true, false] {
        let mut world = World::acquainted(2);
        world.mailbox_at = Some(FAR.to_owned());
        let contact = world.id(1);
        let conversation = contact.clone();
        world.ask(0, LiveRequest::Begin { contact }).unwrap();
        world.say(0, &conversation, "come over");
        world.settle();
        assert_eq!(world.connected, [(0, FAR.to_owned())]);
        if sent {
            world.step(0, |live, now, rng| live.connected(FAR, now, rng));
            let [message] = &world.sent[..] else { panic!() };
            let Request { id, verb } = Request::decode(message).unwrap();
            assert!(matches!(verb, Verb::Append { .. }));
            assert_eq!(world.connected.len(), 1, "it has not answered");
            let answer = (FAR.to_owned(), Reply::At { seq: 1 }.encode(id));
            world.step(0, |live, now, rng| live.received(&[answer], now, rng));
        } else {
            let forget = LiveRequest::ForgetConversation { conversation };
            world.ask(0, forget).unwrap();
        }
        assert_eq!(world.connected, []);
    }
}

/// Person `who` has a relay that is not on their own machine.
fn settle_out(world: &mut World, who: usize) {
    world.pass = [0; 32];
    let sessions = &mut world.people[who].live.sessions;
    sessions.settle_at("wss://own.example", [9; 16], Secret([0; 32]));
}

#[test]
fn no_card_and_no_letter_has_the_device_knock_in_its_own_network() {
    for near in ["ws://127.0.0.1:631", "wss://192.168.1.1", "wss://printer"] {
        let mut world = World::acquainted(2);
        settle_out(&mut world, 0);
        world.mailbox_at = Some(near.to_owned());
        let contact = world.id(1);
        let talk = contact.clone();
        world.ask(0, LiveRequest::Begin { contact }).unwrap();
        world.say(0, &talk, "come over");
        world.settle();
        assert_eq!(world.connected, []);
        let delivery = world.messages(0, &talk)[0].delivery.clone().unwrap();
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert_eq!(delivery.code, Some(ErrorCode::RelayInvalid));
        let mut world = World::acquainted(2);
        settle_out(&mut world, 1);
        world.elsewhere = Some(near.to_owned());
        let contact = world.id(1);
        let talk = contact.clone();
        world.ask(0, LiveRequest::Begin { contact }).unwrap();
        world.say(0, &talk, "come over");
        world.settle();
        assert_eq!(requests(&mut world, 1), [], "nobody could take it");
    }
}

/// Person 0 has added person 1 to groups that they have not looked at yet.
fn add_unseen(world: &mut World, count: usize) {
    let by = world.people[0].me;
    let live = &mut world.people[1].live;
    let mut prefs = live.prefs();
    let group = |number| ConversationId(u128::try_from(number).unwrap().to_be_bytes());
    prefs.fresh = (0..count).map(|it| (group(it), by)).collect();
    live.put_prefs(prefs);
}

#[test]
fn a_contact_adds_to_so_many_groups_and_further_ones_wait() {
    let mut world = World::acquainted(2);
    world.pair(0, 1);
    add_unseen(&mut world, MAX_FRESH - 1);
    let choir = group(&mut world, 0, &[1], "Choir");
    let quire = group(&mut world, 0, &[1], "Quire");
    assert_eq!(listed(&mut world, 1), ["Choir", "Person 1"]);
    let waiting = requests(&mut world, 1);
    assert_eq!(waiting.len(), 1);
    assert!(waiting[0].group && waiting[0].relay.is_none());
    assert_eq!(waiting[0].conversation, quire);
    world.restart(1, true);
    world.settle();
    assert_eq!(requests(&mut world, 1).len(), 1, "it waits on");
    // One is looked at: there is room for the next.
    let conversation = choir;
    let open = LiveRequest::OpenConversation { conversation };
    world.ask(1, open).unwrap();
    world.settle();
    assert_eq!(requests(&mut world, 1), []);
    assert_eq!(listed(&mut world, 1).len(), 3);
    // One that waits is taken by hand, whatever else is not looked at.
    let third = group(&mut world, 0, &[1], "Third");
    assert_eq!(listed(&mut world, 1).len(), 3);
    accept(&mut world, 1, &third).unwrap();
    world.settle();
    assert!(listed(&mut world, 1).contains(&"Third".to_owned()));
}

#[test]
fn what_waits_of_one_contact_is_bounded_too() {
    let mut world = World::acquainted(2);
    world.pair(0, 1);
    add_unseen(&mut world, MAX_FRESH);
    for number in 0..MAX_WAITING + 2 {
        group(&mut world, 0, &[1], &format!("Group {number}"));
        // KeyPackages are handed over anew.
        world.restart(1, true);
        world.settle();
    }
    assert_eq!(listed(&mut world, 1), ["Person 1"]);
    assert_eq!(requests(&mut world, 1).len(), MAX_WAITING);
}
