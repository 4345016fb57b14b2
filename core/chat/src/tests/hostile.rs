//! Relays that say things again or forget, people who change their mind, programs that are killed.

use sotto_protocol::live::LiveRequest;
use sotto_protocol::live::talk::DeliveryState;
use sotto_protocol::view::Trust;

use super::chats::{requests, state};
use super::world::World;

fn ask_to_talk(world: &mut World, who: usize, with: usize, text: &str) -> String {
    let contact = world.id(with);
    let talk = contact.clone();
    world.ask(who, LiveRequest::Begin { contact }).unwrap();
    world.say(who, &talk, text);
    world.settle();
    talk
}

#[test]
fn a_refused_letter_that_is_shown_again_is_no_request() {
    let mut world = World::acquainted(2);
    ask_to_talk(&mut world, 0, 1, "hello");
    let conversation = requests(&mut world, 1)[0].conversation.clone();
    let refuse = LiveRequest::RefuseRequest {
        conversation,
        block: false,
    };
    world.ask(1, refuse).unwrap();
    world.show_letters_again(1);
    assert!(requests(&mut world, 1).is_empty());
    world.restart(1, true);
    world.show_letters_again(1);
    assert!(requests(&mut world, 1).is_empty(), "nor after a restart");
}

#[test]
fn what_was_read_while_receipts_were_off_is_not_told_when_they_are_on() {
    let mut world = World::acquainted(2);
    let [talk, theirs] = world.pair(0, 1);
    let mut settings = world.people[1].live.status().settings;
    settings.receipts = false;
    let off = settings.clone();
    world
        .ask(1, LiveRequest::SetLive { settings: off })
        .unwrap();
    world.say(0, &talk, "in secret");
    world.settle();
    let position = u32::try_from(world.messages(1, &theirs).len()).unwrap() - 1;
    let read = LiveRequest::MarkRead {
        conversation: theirs,
        position,
    };
    world.ask(1, read.clone()).unwrap();
    world.settle();
    settings.receipts = true;
    world.ask(1, LiveRequest::SetLive { settings }).unwrap();
    world.ask(1, read).unwrap();
    world.settle();
    let sent = DeliveryState::Sent;
    assert_eq!(state(&mut world, 0, &talk, "in secret"), sent);
    world.say(0, &talk, "in the open");
    world.settle();
    let delivered = DeliveryState::Delivered;
    assert_eq!(state(&mut world, 0, &talk, "in the open"), delivered);
}

#[test]
fn the_same_first_words_of_a_new_conversation_are_other_words() {
    let mut world = World::acquainted(2);
    let [talk, theirs] = world.pair(0, 1);
    let conversation = talk.clone();
    let forget = LiveRequest::ForgetConversation { conversation };
    world.ask(0, forget).unwrap();
    world.settle();
    ask_to_talk(&mut world, 0, 1, "hello");
    assert_eq!(world.words(1, &theirs), ["hello", "hello"]);
    let message = world.messages(0, &talk)[0].id.clone();
    let edit = LiveRequest::Edit {
        conversation: talk,
        message,
        text: "hello again".to_owned(),
    };
    world.ask(0, edit).unwrap();
    world.settle();
    assert_eq!(world.words(1, &theirs), ["hello", "hello again"]);
}

#[test]
fn a_mailbox_made_anew_is_read_from_its_beginning() {
    let mut world = World::acquainted(3);
    ask_to_talk(&mut world, 0, 1, "hello");
    world.lose_mailbox(1);
    world.restart(1, true);
    world.settle();
    world.restart(1, true);
    world.settle();
    ask_to_talk(&mut world, 2, 1, "hello too");
    assert_eq!(requests(&mut world, 1).len(), 2);
}

#[test]
fn an_offer_made_again_carries_the_same_words() {
    let mut world = World::acquainted(2);
    let conversation = ask_to_talk(&mut world, 0, 1, "hello");
    world.ask(0, LiveRequest::Renew { conversation }).unwrap();
    world.settle();
    assert_eq!(requests(&mut world, 1)[0].text, "hello");
}

#[test]
fn a_stranger_changes_no_card_that_the_person_looks_at() {
    let mut world = World::new(2);
    let known = world.people[1].me;
    world.people[0].trust.insert(known, Trust::Known);
    world.tell_people(0);
    let conversation = ask_to_talk(&mut world, 0, 1, "hello");
    world.card = "another card".to_owned();
    let renew = LiveRequest::Renew { conversation };
    world.ask(0, renew).unwrap();
    world.settle();
    let shown = requests(&mut world, 1)[0].conversation.clone();
    let card = world.people[1].live.card_of(&shown);
    assert_eq!(card.as_deref(), Some("a card"));
}
