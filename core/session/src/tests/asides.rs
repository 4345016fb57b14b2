//! What is said beside the stream, and what a relay makes of it.

use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Tag, Verb};

use super::sim::{RELAY, World};
use crate::format::ConversationId;
use crate::{Command, Note, SessionError};

const TTL_S: u16 = 60;
const TWO_MINUTES_MS: u64 = 120_000;

fn present(
    world: &mut World,
    who: usize,
    at: ConversationId,
) -> Result<(Note, Tag, Vec<u8>), SessionError> {
    let sessions = &mut world.people[who].sessions;
    let set = sessions.present(at, TTL_S, world.now, &mut world.rng)?;
    let Verb::Presence { tag, note, .. } = set.publish.clone() else {
        panic!()
    };
    Ok((set, tag, note))
}

/// Whether somebody takes a note for the other's.
fn opens(world: &mut World, who: usize, stream: [u8; 16], tag: Tag, note: &[u8]) -> bool {
    let sessions = &mut world.people[who].sessions;
    let opened = sessions.open_note(RELAY, stream, (tag, note), world.now);
    opened.is_some()
}

#[test]
fn a_note_says_who_is_here_and_the_same_tag_takes_it_back() {
    let mut world = World::new(2, 31);
    let pair = world.acquaint(0, 1);
    let (set, tag, note) = present(&mut world, 0, pair).unwrap();
    let stream = world.stream(0, pair);
    let opened = world.people[1]
        .sessions
        .open_note(RELAY, stream, (tag, &note), world.now);
    let opened = opened.unwrap();
    assert_eq!(
        (opened.conversation, opened.from, opened.at),
        (pair, world.people[0].who, world.now)
    );
    let Verb::Presence {
        tag: again,
        ttl_s: 0,
        note,
        ..
    } = set.take_back
    else {
        panic!()
    };
    assert_eq!((again, note.len(), set.relay), (tag, 0, RELAY.to_owned()));
}

#[test]
fn a_tag_is_one_of_a_stream_and_a_person_and_outlives_the_program() {
    let mut world = World::new(3, 32);
    let pairs = [world.acquaint(0, 1), world.acquaint(0, 2)];
    let (_, one, _) = present(&mut world, 0, pairs[0]).unwrap();
    let (_, other, _) = present(&mut world, 0, pairs[1]).unwrap();
    let (_, theirs, _) = present(&mut world, 1, pairs[0]).unwrap();
    assert!(one != other && one != theirs && other != theirs);
    world.restart(0);
    world.settle();
    let (_, again, _) = present(&mut world, 0, pairs[0]).unwrap();
    assert_eq!(again, one);
}

#[test]
fn notes_of_others_of_before_and_of_no_one_are_no_notes() {
    let mut world = World::new(3, 33);
    let pairs = [world.acquaint(0, 1), world.acquaint(0, 2)];
    let (stream, elsewhere) = (world.stream(0, pairs[0]), world.stream(0, pairs[1]));
    let (_, tag, note) = present(&mut world, 0, pairs[0]).unwrap();
    assert!(opens(&mut world, 1, stream, tag, &note));
    assert!(!opens(&mut world, 0, stream, tag, &note), "our own");
    assert!(
        !opens(&mut world, 1, stream, Tag([1; 16]), &note),
        "another tag"
    );
    let (_, theirs, _) = present(&mut world, 1, pairs[0]).unwrap();
    assert!(!opens(&mut world, 1, stream, theirs, &note), "our own tag");
    assert!(
        !opens(&mut world, 1, elsewhere, tag, &note),
        "of no session"
    );
    assert!(
        !opens(&mut world, 2, elsewhere, tag, &note),
        "another stream"
    );
    let other =
        world.people[1]
            .sessions
            .open_note("wss://other.example", stream, (tag, &note), world.now);
    assert_eq!(other, None, "another relay");
    let now = world.now;
    for (at, is_fresh) in [
        (now.0 + TWO_MINUTES_MS, true),
        (now.0 + TWO_MINUTES_MS + 1, false),
        (now.0 - TWO_MINUTES_MS, true),
        (now.0 - TWO_MINUTES_MS - 1, false),
    ] {
        world.now = TimestampMs(at);
        assert_eq!(opens(&mut world, 1, stream, tag, &note), is_fresh);
    }
}

#[test]
fn a_note_that_was_changed_cut_or_lengthened_is_none() {
    let mut world = World::new(2, 34);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    let (_, tag, note) = present(&mut world, 0, pair).unwrap();
    for place in 0..note.len() {
        let mut wrong = note.clone();
        wrong[place] ^= 1;
        assert!(!opens(&mut world, 1, stream, tag, &wrong), "byte {place}");
        assert!(!opens(&mut world, 1, stream, tag, &note[..place]));
    }
    for more in [1, 256, 100_000] {
        let long = [note.clone(), vec![0; more]].concat();
        assert!(!opens(&mut world, 1, stream, tag, &long), "{more} more");
    }
    // What was whispered is no note, nor the other way round.
    let sessions = &mut world.people[0].sessions;
    let (_, whisper) = sessions
        .whisper(pair, &[], world.now, &mut world.rng)
        .unwrap();
    let Verb::Publish { blob, .. } = whisper else {
        panic!()
    };
    assert!(!opens(&mut world, 1, stream, tag, &blob));
    let mut as_note = blob.clone();
    as_note[1] = 6;
    assert!(!opens(&mut world, 1, stream, tag, &as_note));
    let other = &mut world.people[1].sessions;
    assert!(
        other
            .open_whisper(RELAY, stream, &note, world.now)
            .is_none()
    );
    assert!(
        other
            .open_whisper(RELAY, stream, &blob, world.now)
            .is_some()
    );
}

#[test]
fn a_note_is_of_its_epoch() {
    let mut world = World::new(2, 35);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    let (_, tag, note) = present(&mut world, 0, pair).unwrap();
    let update = Command::Update { conversation: pair };
    world.command(1, update);
    world.settle();
    assert!(!opens(&mut world, 1, stream, tag, &note));
    let (_, tag, note) = present(&mut world, 0, pair).unwrap();
    assert!(opens(&mut world, 1, stream, tag, &note));
}

#[test]
fn nobody_is_here_in_a_group_nor_where_the_stream_was_not_read() {
    let mut world = World::new(3, 36);
    let group = world.group(&[0, 1, 2]);
    let refused = SessionError::Inactive;
    assert_eq!(present(&mut world, 0, group).unwrap_err(), refused);
    let pair = world.people[0].sessions.pair(&world.id(1)).unwrap();
    assert!(present(&mut world, 0, pair).is_ok());
    world.go_offline(0);
    assert_eq!(present(&mut world, 0, pair).unwrap_err(), refused);
}
