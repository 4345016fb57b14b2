//! Each contact has a way of their own into the mailbox.

use sotto_protocol::live::LiveRequest;
use sotto_protocol::live::talk::DeliveryState;
use sotto_protocol::view::Trust;

use super::blocked::trust;
use super::chats::{requests, state};
use super::world::World;
use crate::talk::TalkId;

/// The first's state is put back to what it was: the conversation ends, and they begin it anew.
fn begin_anew(world: &mut World, talk: &str) {
    let before = world.people[0].disk.clone();
    world.say(0, talk, "lost");
    world.settle();
    world.people[0].disk = before;
    world.restart(0, true);
    world.settle();
    let conversation = talk.to_owned();
    world.ask(0, LiveRequest::Renew { conversation }).unwrap();
    world.settle();
}

fn goes_on(world: &mut World, talk: &str) {
    world.say(0, talk, "here again");
    world.settle();
    assert_eq!(
        state(world, 0, talk, "here again"),
        DeliveryState::Delivered
    );
}

#[test]
fn every_contact_is_given_one() {
    let mut world = World::acquainted(3);
    world.pair(0, 1);
    assert_eq!((world.private(0).len(), world.private(1).len()), (1, 1));
    world.pair(0, 2);
    let all = world.private(0);
    assert_eq!(all.len(), 2);
    assert_ne!(all[0], all[1]);
    world.restart(0, true);
    world.settle();
    assert_eq!(world.private(0), all, "they stay");
}

#[test]
fn a_stranger_who_spends_the_public_token_shuts_no_contact_out() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    world.is_spent = true;
    begin_anew(&mut world, &talk);
    let theirs = world.private(1)[0];
    assert_eq!(world.ways(1), [1, theirs]);
    goes_on(&mut world, &talk);
}

#[test]
fn what_the_private_one_does_not_bring_there_goes_by_the_card() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    for labels in world.tokens.values_mut() {
        labels.retain(|_, label| *label <= 1);
    }
    begin_anew(&mut world, &talk);
    assert_eq!(world.ways(1), [1, 1]);
    goes_on(&mut world, &talk);
}

#[test]
fn one_that_was_given_to_somebody_serves_nobody_else() {
    let mut world = World::acquainted(3);
    world.pair(0, 1);
    let (stranger, contact) = (world.people[2].me, world.id(1));
    world.people[1].trust.remove(&stranger);
    world.tell_people(1);
    world.restart(1, false);
    let begin = LiveRequest::Begin {
        contact: contact.clone(),
    };
    world.ask(2, begin).unwrap();
    world.say(2, &contact, "hello");
    world.settle();
    let letter = world.take_letter(1);
    world.restart(1, true);
    world.settle();
    let theirs = world.private(1)[0];
    world.inject_by(1, theirs, letter.clone());
    assert_eq!(requests(&mut world, 1).len(), 0);
    world.inject(1, letter);
    assert_eq!(requests(&mut world, 1).len(), 1, "by the card it is one");
}

#[test]
fn it_is_taken_back_from_who_is_blocked_and_given_anew() {
    let mut world = World::acquainted(2);
    world.pair(0, 1);
    let before = world.private(1);
    trust(&mut world, 1, 0, Trust::Blocked);
    world.settle();
    assert_eq!(world.private(1), []);
    trust(&mut world, 1, 0, Trust::Known);
    world.settle();
    let after = world.private(1);
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
}

#[test]
fn it_is_taken_back_with_the_conversation() {
    let mut world = World::acquainted(2);
    let [conversation, theirs] = world.pair(0, 1);
    let forget = LiveRequest::ForgetConversation { conversation };
    world.ask(0, forget).unwrap();
    world.settle();
    assert_eq!(world.private(0), []);
    // They have it yet, are refused, and go by the card.
    let renew = LiveRequest::Renew {
        conversation: theirs,
    };
    world.ask(1, renew).unwrap();
    world.settle();
    assert_eq!(requests(&mut world, 0).len(), 1);
}

#[test]
fn one_that_was_forgotten_while_the_relay_was_away_is_taken_back_later() {
    let mut world = World::acquainted(2);
    let [conversation, _] = world.pair(0, 1);
    world.relay_up = false;
    world.cut(0);
    let forget = LiveRequest::ForgetConversation { conversation };
    world.ask(0, forget).unwrap();
    world.restart(0, true);
    world.settle();
    assert_eq!(world.private(0).len(), 1);
    world.relay_up = true;
    world.restart(0, true);
    world.settle();
    assert_eq!(world.private(0), []);
}

#[test]
fn of_a_mailbox_that_is_none_any_more_nothing_is_taken_back() {
    let mut world = World::acquainted(3);
    let [first, _] = world.pair(0, 1);
    let [second, _] = world.pair(0, 2);
    let former = TalkId::parse(&second).unwrap();
    let given = &mut world.people[0].live.edit_talk(former).unwrap().given;
    given.as_mut().unwrap().token.stream = [0xee; 16];
    world.relay_up = false;
    world.cut(0);
    for conversation in [first, second] {
        let forget = LiveRequest::ForgetConversation { conversation };
        world.ask(0, forget).unwrap();
    }
    let left = world.people[0].live.prefs().left;
    assert_eq!(left.len(), 1, "and it takes no other's place");
    assert_ne!(left[0].token.stream, [0xee; 16]);
}

#[test]
fn a_mailbox_that_is_made_anew_grants_them_again() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    let before = world.private(1);
    world.lose_mailbox(1);
    world.restart(1, true);
    world.settle();
    assert_eq!(world.private(1), before);
    world.is_spent = true;
    begin_anew(&mut world, &talk);
    assert_eq!(world.ways(1), before);
}

#[test]
fn a_mailbox_that_was_being_made_when_the_program_ended_grants_all() {
    let mut world = World::acquainted(2);
    world.pair(0, 1);
    let before = world.private(1);
    world.lose_mailbox(1);
    world.restart(1, true);
    // The relay says that it is lost, and makes it; that answer comes too late.
    world.deliver_to(1);
    assert!(world.labels(1).eq([0]));
    world.restart(1, true);
    world.settle();
    assert!(world.labels(1).any(|label| label == 1), "the card's");
    assert_eq!(world.private(1), before);
}

#[test]
fn who_lost_what_they_had_is_told_again() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    world.lose(0);
    world.restart(0, true);
    world.settle();
    let contact = talk.clone();
    world.ask(0, LiveRequest::Begin { contact }).unwrap();
    world.say(0, &talk, "hello again");
    world.settle();
    world.is_spent = true;
    begin_anew(&mut world, &talk);
    let theirs = world.private(1)[0];
    assert_eq!(world.ways(1), [1, 1, theirs]);
}
