//! A relay that lies. What it does is found and said; nothing is leaked, nothing false is shown.

use std::cell::Cell;
use std::rc::Rc;

use sotto_protocol::relay::{Entry, RelayCode};

use super::sim::World;
use crate::format::Blob;
use crate::{Alarm, Command, Event, Input, StopReason};

/// From now on `reader` is shown what `view` makes of each blob.
fn shows(world: &mut World, reader: usize, mut view: impl FnMut(&Entry) -> Vec<Entry> + 'static) {
    world.relay.view = Some(Box::new(move |who, entry| {
        if who == reader {
            view(entry)
        } else {
            vec![entry.clone()]
        }
    }));
}

#[test]
fn a_blob_that_is_withheld_from_one_reader_shows_with_the_next_message() {
    let mut world = World::new(2, 1);
    let pair = world.acquaint(0, 1);
    let first = Cell::new(true);
    shows(&mut world, 1, move |entry| {
        if first.replace(false) {
            Vec::new()
        } else {
            vec![entry.clone()]
        }
    });
    world.say(0, pair, "withheld");
    world.settle();
    world.say(0, pair, "shown");
    world.settle();
    assert_eq!(world.stopped(1, pair), Some(StopReason::Forked));
    assert!(world.heard(1, pair).is_empty());
}

#[test]
fn two_views_of_one_stream_are_found_by_the_first_message_between_them() {
    let mut world = World::new(3, 2);
    let group = world.group(&[0, 1, 2]);
    // Each of the two is shown a message of its own at the same place.
    let lie = |entry: &Entry| {
        let mut entry = entry.clone();
        entry.blob = Blob::Mls(vec![7; 40]).encode();
        vec![entry]
    };
    let first = Cell::new(true);
    shows(&mut world, 2, move |entry| {
        if first.replace(false) {
            lie(entry)
        } else {
            vec![entry.clone()]
        }
    });
    world.say(0, group, "for one alone");
    world.settle();
    world.relay.view = None;
    world.say(1, group, "for both");
    world.settle();
    assert_eq!(world.disagree(2), vec![world.id(1)], "said, by name");
    assert_eq!(world.stopped(2, group), None, "one alone ends no group");
    world.say(0, group, "for both, too");
    world.settle();
    assert_eq!(world.stopped(2, group), Some(StopReason::Forked));
    assert!(world.heard(2, group).is_empty());
}

#[test]
fn blobs_in_another_order_are_not_believed() {
    let mut world = World::new(2, 3);
    let pair = world.acquaint(0, 1);
    let mut held: Option<Entry> = None;
    shows(&mut world, 1, move |entry| match held.take() {
        None => {
            held = Some(entry.clone());
            Vec::new()
        }
        Some(before) => vec![entry.clone(), before],
    });
    world.say(0, pair, "first");
    world.settle();
    world.say(0, pair, "second");
    world.settle();
    let caught = world.alarms(1).contains(&Alarm::Sequence);
    assert!(caught || world.stopped(1, pair) == Some(StopReason::Forked));
    assert!(world.heard(1, pair).len() < 2);
}

#[test]
fn the_same_blob_under_another_number_is_a_replay() {
    let mut world = World::new(2, 4);
    let pair = world.acquaint(0, 1);
    world.say(0, pair, "once");
    world.settle();
    let stream = world.stream(0, pair);
    let blob = world.relay.streams[&stream].last().unwrap().blob.clone();
    world.inject(stream, blob);
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 1);
    assert!(
        world.alarms(0).contains(&Alarm::Replayed),
        "its sender knows it again"
    );
    assert!(
        world.alarms(1).contains(&Alarm::Replayed),
        "its reader has spent the key"
    );
    world.say(1, pair, "we go on");
    world.settle();
    assert_eq!(world.heard(0, pair).len(), 1);
}

#[test]
fn the_same_blob_under_the_same_number_is_not_taken_twice() {
    let mut world = World::new(2, 5);
    let pair = world.acquaint(0, 1);
    shows(&mut world, 1, |entry| vec![entry.clone(), entry.clone()]);
    world.say(0, pair, "once");
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 1);
    assert_eq!(world.alarms(1), [Alarm::Sequence]);
}

#[test]
fn what_the_relay_makes_up_opens_for_nobody() {
    let mut world = World::new(2, 6);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    let mut real = {
        world.say(0, pair, "real");
        world.settle();
        world.relay.streams[&stream].last().unwrap().blob.clone()
    };
    *real.last_mut().unwrap() ^= 1;
    let made_up = [
        Vec::new(),
        vec![1],
        vec![2, 1, 0],
        vec![1, 9, 0],
        Blob::Mls(b"nonsense".to_vec()).encode(),
        Blob::Welcome(b"nonsense".to_vec()).encode(),
        Blob::Letter(b"nonsense".to_vec()).encode(),
        real,
    ];
    for blob in made_up {
        world.inject(stream, blob);
        world.settle();
    }
    let alarms = world.alarms(1);
    assert!(
        alarms.contains(&Alarm::Malformed) && alarms.contains(&Alarm::Forged),
        "{alarms:?}"
    );
    world.say(1, pair, "still here");
    world.settle();
    assert_eq!(world.heard(0, pair).len(), 1);
    assert_eq!(world.heard(1, pair).len(), 1);
}

#[test]
fn blobs_that_are_promised_and_not_shown_are_missed() {
    let mut world = World::new(2, 7);
    let pair = world.acquaint(0, 1);
    world.go_offline(1);
    world.say(0, pair, "promised");
    world.settle();
    shows(&mut world, 1, |_| Vec::new());
    world.go_online(1);
    world.say(1, pair, "waits");
    world.settle();
    assert_eq!(
        world.people[1].sessions.unsent(pair),
        1,
        "nothing is sent before all is read"
    );
    world.now = sotto_protocol::TimestampMs(world.now.0 + 61_000);
    world.give(1, Input::Tick).unwrap();
    assert!(world.alarms(1).contains(&Alarm::Withheld));
}

#[test]
fn a_welcome_into_another_group_lets_nobody_in() {
    let mut world = World::new(3, 8);
    let pair = world.acquaint(0, 1);
    // The Welcome of that conversation is put where another answer is awaited.
    let stream = world.stream(0, pair);
    let welcome = world.relay.streams[&stream][0].blob.clone();
    let to = world.id(2);
    let before = world.people[0].sessions.conversations();
    let relay = super::sim::RELAY.to_owned();
    world.go_offline(2);
    world.command(
        0,
        Command::Introduce {
            to,
            relay,
            text: None,
        },
    );
    for _ in 0..3 {
        world.deliver();
    }
    let all = world.people[0].sessions.conversations();
    let (offered, _) = *all.iter().find(|it| !before.contains(it)).unwrap();
    let awaited = world.stream(0, offered);
    world.inject(awaited, welcome);
    world.settle();
    assert!(world.alarms(0).contains(&Alarm::Welcome));
    assert_eq!(world.people[0].sessions.pair(&to), None);
}

#[test]
fn a_tick_that_changes_nothing_writes_nothing() {
    let mut world = World::new(2, 14);
    world.acquaint(0, 1);
    let now = world.now;
    let sessions = &mut world.people[0].sessions;
    sessions.handle(Input::Tick, now, &mut world.rng).unwrap();
    assert!(sessions.batch(&mut world.rng).unwrap().is_none());
    assert_eq!(sessions.conversations().len(), 1);
}

#[test]
fn nothing_came_in_the_future() {
    let mut world = World::new(2, 13);
    let pair = world.acquaint(0, 1);
    shows(&mut world, 1, |entry| {
        let mut entry = entry.clone();
        entry.at_ms = (1 << 53) - 1;
        vec![entry]
    });
    world.say(0, pair, "of the year 287396");
    world.settle();
    let at = world.people[1].events.iter().find_map(|event| match event {
        Event::Message { at, .. } => Some(*at),
        _ => None,
    });
    assert!(at.is_some_and(|at| at <= world.now), "{at:?}");
}

#[test]
fn the_relay_adds_nobody() {
    let mut world = World::new(3, 9);
    let group = world.group(&[0, 1]);
    let members = world.members(0, group);
    let stream = world.stream(0, group);
    // All that it has: blobs of other conversations.
    let pair = world.acquaint(0, 2);
    let others = world.relay.streams[&world.stream(0, pair)].clone();
    for entry in others {
        world.inject(stream, entry.blob);
    }
    world.settle();
    assert_eq!(world.members(0, group), members);
    assert_eq!(world.members(1, group), members);
    assert!(world.alarms(1).contains(&Alarm::Forged));
}

#[test]
fn answers_that_are_lies_change_nothing() {
    use sotto_protocol::relay::{RelayCode, Reply};
    let mut world = World::new(2, 10);
    let pair = world.acquaint(0, 1);
    for ticket in 0..200 {
        let reply = match ticket % 3 {
            0 => Reply::At { seq: u64::MAX },
            1 => Reply::Done,
            _ => Reply::Failed {
                code: RelayCode::Conflict,
                detail: 9,
            },
        };
        world.give(0, Input::Answer { ticket, reply }).unwrap();
    }
    world.say(0, pair, "on");
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 1);
}

#[test]
fn nothing_that_is_sent_tells_a_name_or_a_word() {
    let mut world = World::new(3, 11);
    let group = world.group(&[0, 1, 2]);
    world.say(0, group, "a word that nobody else may read");
    world.settle();
    let (one, other) = (world.id(0), world.id(1));
    for blob in world.people.iter().flat_map(|person| &person.sent) {
        let contains = |needle: &[u8]| blob.windows(needle.len()).any(|window| window == needle);
        assert!(!contains(b"nobody else") && !contains(b"Choir"));
        assert!(!contains(&one.as_bytes()[1..]) && !contains(&other.as_bytes()[1..]));
    }
}

#[test]
fn a_commit_that_is_withheld_is_missed_and_the_group_joined_anew() {
    let mut world = World::new(3, 12);
    let group = world.group(&[0, 1, 2]);
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let stream = world.stream(0, group);
    let _ = stream;
    shows(&mut world, 2, move |entry| {
        counted.set(counted.get() + 1);
        if counted.get() == 1 {
            Vec::new()
        } else {
            vec![entry.clone()]
        }
    });
    world.command(
        0,
        Command::Update {
            conversation: group,
        },
    );
    world.settle();
    world.relay.view = None;
    world.say(0, group, "after it");
    world.settle();
    assert!(
        world.people[2]
            .events
            .iter()
            .any(|event| matches!(event, Event::Ahead { .. }))
    );
    world.agree(&[0, 1, 2], group);
    world.say(1, group, "welcome back");
    world.settle();
    assert_eq!(world.heard(2, group).last().unwrap().1, "welcome back");
}

/// The blobs of a stream, as the relay has them.
fn blobs(world: &World, stream: [u8; 16]) -> Vec<Vec<u8>> {
    let kept = &world.relay.streams[&stream];
    kept.iter().map(|entry| entry.blob.clone()).collect()
}

#[test]
fn an_old_message_of_our_own_is_no_sign_that_our_state_was_put_back() {
    let mut world = World::new(2, 13);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    let begun = blobs(&world, stream).len();
    let epoch = world.people[0].sessions.epoch(pair).unwrap().0;
    for number in 0..300 {
        world.say(0, pair, &format!("number {number}"));
        if number % 30 == 0 {
            world.settle();
        }
    }
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 300);
    let renewed = world.people[0].sessions.epoch(pair).unwrap().0 - epoch;
    assert_eq!(renewed, 1, "one commit for two hundred messages");
    let old = blobs(&world, stream)[begun].clone();
    world.inject(stream, old);
    world.settle();
    assert_eq!(world.stopped(0, pair), None);
    world.say(0, pair, "we go on");
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 301);
}

#[test]
fn that_others_are_further_is_believed_of_none_who_cannot_show_it() {
    let mut world = World::new(3, 14);
    let group = world.group(&[0, 1, 2]);
    world.say(0, group, "one");
    world.settle();
    let before = world.people[0].sessions.epoch(group).unwrap();
    let stream = world.stream(0, group);
    let mut made_up = blobs(&world, stream).pop().unwrap();
    // The head of a PrivateMessage (RFC 9420 section 6.3) after our two bytes: its epoch.
    made_up[2 + 21..2 + 29].copy_from_slice(&(before.0 + 1).to_be_bytes());
    world.inject(stream, made_up);
    world.settle();
    let said = |event: &Event| matches!(event, Event::Ahead { .. });
    assert!(world.people[2].events.iter().any(said));
    assert_eq!(world.people[0].sessions.epoch(group).unwrap(), before);
    world.agree(&[0, 1, 2], group);
}

#[test]
fn a_message_that_the_relay_says_is_in_conflict_is_not_lost() {
    let mut world = World::new(2, 15);
    let pair = world.acquaint(0, 1);
    world.relay.refuses.push_back(RelayCode::Conflict);
    world.say(0, pair, "kept");
    world.settle();
    assert!(world.heard(1, pair).is_empty());
    world.give(0, Input::Tick).unwrap();
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 1);
}

#[test]
fn a_stream_that_the_relay_does_not_have_any_more_is_over_and_one_in_trouble_is_not() {
    let mut world = World::new(2, 61);
    let pair = world.acquaint(0, 1);
    world.say(0, pair, "one");
    world.settle();
    world.go_offline(0);
    for trouble in [
        RelayCode::Unavailable,
        RelayCode::RateLimited,
        RelayCode::Draining,
    ] {
        world.relay.refuses.push_back(trouble);
        world.go_online(0);
        world.settle();
        world.go_offline(0);
        assert_eq!(world.stopped(0, pair), None, "{trouble:?}");
    }
    let stream = world.stream(0, pair);
    world.relay.streams.remove(&stream);
    world.go_online(0);
    world.settle();
    assert_eq!(world.stopped(0, pair), Some(StopReason::Gone));
    let again = world.acquaint(0, 1);
    world.say(0, again, "here again");
    world.settle();
    assert_eq!(world.heard(1, again).len(), 1);
}
