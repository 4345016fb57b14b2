//! What a killed program, or a relay that takes nothing, makes of what is on its way.

use sotto_protocol::live::LiveRequest;
use sotto_protocol::live::talk::{ChatBody, DeliveryState};

use super::world::World;

fn state(world: &mut World, talk: &str, text: &str) -> (String, DeliveryState) {
    let messages = world.messages(0, talk).into_iter();
    let mut all =
        messages.filter(|it| matches!(&it.body, ChatBody::Text { text: said, .. } if said == text));
    let message = all.next().unwrap();
    (message.id, message.delivery.unwrap().state)
}

fn begin(world: &mut World, with: usize, text: &str) -> String {
    let talk = world.id(with);
    let contact = talk.clone();
    world.ask(0, LiveRequest::Begin { contact }).unwrap();
    world.say(0, &talk, text);
    talk
}

#[test]
fn first_words_that_waited_for_a_signature_fail_with_the_program() {
    let mut world = World::acquainted(2);
    world.lose(0);
    world.signs = false;
    let talk = begin(&mut world, 1, "hello");
    assert_ne!(state(&mut world, &talk, "hello").1, DeliveryState::Failed);
    world.signs = true;
    world.restart(0, true);
    world.settle();
    let (message, failed) = state(&mut world, &talk, "hello");
    assert_eq!(failed, DeliveryState::Failed);
    let retry = LiveRequest::Retry {
        conversation: talk.clone(),
        message,
    };
    world.ask(0, retry).unwrap();
    world.settle();
    assert_eq!(state(&mut world, &talk, "hello").1, DeliveryState::Sent);
    assert_eq!(world.letters(1), 1);
}

#[test]
fn rows_of_a_former_vault_are_deleted() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    world.restart(0, false);
    assert_eq!(world.words(0, &talk), ["hello"], "its own are kept");
    assert_eq!(world.reset(0), 0);
    assert!(world.ask(0, LiveRequest::Conversations {}).is_ok());
}

#[test]
fn a_letter_is_given_once_to_a_connection() {
    let mut world = World::acquainted(3);
    begin(&mut world, 1, "hello");
    begin(&mut world, 2, "hello");
    world.settle();
    assert_eq!((world.letters(1), world.letters(2)), (1, 1));
}

#[test]
fn a_relay_that_takes_nothing_is_asked_ever_less_often() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    world.is_full = true;
    world.say(0, &talk, "for later");
    let began = world.now;
    while world.now < began + 240_000 {
        world.settle();
    }
    assert!((2..40).contains(&world.refused), "{}", world.refused);
    world.is_full = false;
    while world.now < began + 900_000 {
        world.settle();
    }
    assert_eq!(
        state(&mut world, &talk, "for later").1,
        DeliveryState::Delivered
    );
}
