//! Conversations of two.

use sotto_protocol::relay::RelayCode;

use super::sim::{RELAY, World};
use crate::{Command, Event, Input, SessionError, StopReason};

#[test]
fn two_people_talk_both_ways() {
    let mut world = World::new(2, 1);
    let pair = world.acquaint(0, 1);
    world.agree(&[0, 1], pair);
    world.say(0, pair, "hello");
    world.say(1, pair, "hi");
    world.settle();
    assert_eq!(world.heard(1, pair), [(world.id(0), "hello".to_owned())]);
    assert_eq!(world.heard(0, pair), [(world.id(1), "hi".to_owned())]);
    assert_eq!((world.delivered(0, pair), world.delivered(1, pair)), (1, 1));
    assert!(world.alarms(0).is_empty() && world.alarms(1).is_empty());
}

#[test]
fn what_is_said_while_the_other_is_away_arrives_complete_in_order_once() {
    let mut world = World::new(2, 2);
    let pair = world.acquaint(0, 1);
    world.go_offline(1);
    for number in 0..100 {
        world.say(0, pair, &number.to_string());
        world.settle();
    }
    world.restart(1);
    world.go_online(1);
    world.settle();
    let heard: Vec<_> = world
        .heard(1, pair)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(
        heard,
        (0..100)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_is_said_while_oneself_is_away_waits() {
    let mut world = World::new(2, 3);
    let pair = world.acquaint(0, 1);
    world.go_offline(0);
    world.say(0, pair, "later");
    world.restart(0);
    assert_eq!(world.people[0].sessions.unsent(pair), 1);
    world.go_online(0);
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 1);
    assert_eq!(world.people[0].sessions.unsent(pair), 0);
}

#[test]
fn what_a_relay_would_not_take_is_not_overtaken() {
    let mut world = World::new(2, 8);
    let pair = world.acquaint(0, 1);
    world.relay.refuses.push_back(RelayCode::RateLimited);
    world.say(0, pair, "first");
    world.settle();
    world.say(0, pair, "second");
    world.settle();
    assert!(world.heard(1, pair).is_empty(), "it waits behind the first");
    world.give(0, Input::Tick).unwrap();
    world.settle();
    let heard: Vec<_> = world.heard(1, pair).into_iter().map(|it| it.1).collect();
    assert_eq!(heard, ["first", "second"]);
    // One that is too large for this relay stops nobody else.
    world.relay.refuses.push_back(RelayCode::TooLarge);
    world.say(0, pair, "large");
    world.settle();
    world.say(0, pair, "small");
    world.settle();
    assert_eq!(world.heard(1, pair).last().unwrap().1, "small");
}

#[test]
fn a_stream_that_was_not_shown_is_asked_for_again() {
    let mut world = World::new(2, 9);
    let pair = world.acquaint(0, 1);
    world.go_offline(1);
    world.relay.refuses.push_back(RelayCode::Unavailable);
    world.go_online(1);
    world.settle();
    world.say(0, pair, "are you there?");
    world.settle();
    assert!(world.heard(1, pair).is_empty());
    world.give(1, Input::Tick).unwrap();
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 1);
}

#[test]
fn when_both_introduce_at_once_one_conversation_stays() {
    let mut world = World::new(2, 4);
    let (one, other) = (world.id(0), world.id(1));
    let relay = || RELAY.to_owned();
    world.command(
        0,
        Command::Introduce {
            to: other,
            relay: relay(),
            text: None,
        },
    );
    world.command(
        1,
        Command::Introduce {
            to: one,
            relay: relay(),
            text: None,
        },
    );
    world.settle();
    let pair = world.people[0].sessions.pair(&other).unwrap();
    assert_eq!(world.people[1].sessions.pair(&one), Some(pair));
    world.agree(&[0, 1], pair);
    assert_eq!(world.people[0].sessions.conversations().len(), 1);
    assert_eq!(world.people[1].sessions.conversations().len(), 1);
}

#[test]
fn an_introduction_is_answered_once() {
    let mut world = World::new(2, 5);
    let to = world.id(1);
    world.command(
        0,
        Command::Introduce {
            to,
            relay: RELAY.to_owned(),
            text: Some("hi".into()),
        },
    );
    world.settle();
    let again = world.people[1].events.len();
    let first = world.people[1].sessions.pair(&world.id(0)).unwrap();
    let introduction = crate::format::Introduction {
        conversation: first,
        key_package: vec![1, 2, 3],
        link: crate::format::Link {
            relay: RELAY.to_owned(),
            stream: [1; 16],
            write: [2; 32],
            read: [3; 32],
        },
        text: None,
    };
    let (from, sent_at) = (world.id(0), world.now);
    let answer = Command::Answer {
        from,
        letter: [1; 16],
        sent_at,
        introduction,
    };
    let refused = world.give(1, Input::Command(answer)).unwrap_err();
    assert_eq!(refused, SessionError::KeyPackage);
    assert_eq!(world.people[1].events.len(), again);
}

#[test]
fn who_has_lost_everything_begins_anew_and_what_waited_is_sent_there() {
    let mut world = World::new(2, 6);
    let old = world.acquaint(0, 1);
    world.go_offline(1);
    world.people[1].disk.clear();
    world.restart(1);
    world.go_offline(0);
    world.say(0, old, "kept");
    world.go_online(1);
    let to = world.id(0);
    world.command(
        1,
        Command::Introduce {
            to,
            relay: RELAY.to_owned(),
            text: None,
        },
    );
    world.settle();
    world.go_online(0);
    world.settle();
    let new = world.people[1].sessions.pair(&to).unwrap();
    assert_ne!(old, new);
    assert_eq!(world.stopped(0, old), Some(StopReason::Replaced));
    let heard: Vec<_> = world
        .heard(1, new)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(heard, ["kept"]);
}

#[test]
fn a_state_that_was_put_back_stops_before_it_sends() {
    let mut world = World::new(2, 7);
    let pair = world.acquaint(0, 1);
    world.say(0, pair, "one");
    world.settle();
    let before = world.people[0].disk.clone();
    world.say(0, pair, "two");
    world.settle();
    world.people[0].disk = before;
    world.restart(0);
    let sent = world.people[0].sent.len();
    world.say(0, pair, "three");
    world.settle();
    assert_eq!(world.stopped(0, pair), Some(StopReason::RolledBack));
    assert_eq!(world.people[0].sent.len(), sent, "no key is used twice");
}

#[test]
fn leaving_ends_it_for_both_sides() {
    let mut world = World::new(2, 8);
    let pair = world.acquaint(0, 1);
    world.command(0, Command::Leave { conversation: pair });
    world.settle();
    assert_eq!(world.stopped(0, pair), Some(StopReason::Left));
    let is_leaving = |event: &Event| matches!(event, Event::Leaving { .. });
    assert!(world.people[1].events.iter().any(is_leaving));
    let alone = world.id(1);
    assert_eq!(world.members(1, pair), [alone]);
}
