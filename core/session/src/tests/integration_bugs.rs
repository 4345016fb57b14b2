//! Bugs that other integrations of MLS had, each as a test here.

use super::sim::World;
use crate::format::{Blob, ConversationId};
use crate::{Alarm, Command, Input, SessionError};

#[test]
fn a_message_of_one_group_is_nothing_in_the_stream_of_another() {
    let mut world = World::new(2, 1);
    let pair = world.acquaint(0, 1);
    let group = world.group(&[0, 1]);
    world.say(0, pair, "for the pair");
    world.settle();
    let blob = world.relay.streams[&world.stream(0, pair)]
        .last()
        .unwrap()
        .blob
        .clone();
    let stream = world.stream(0, group);
    world.inject(stream, blob);
    world.settle();
    assert!(world.heard(1, group).is_empty());
    assert!(world.alarms(1).contains(&Alarm::Forged));
}

#[test]
fn the_sender_is_whose_leaf_it_is() {
    let mut world = World::new(3, 2);
    let group = world.group(&[0, 1, 2]);
    // The words claim another; the credential does not.
    let lie = format!("from: {:?}", world.id(0));
    world.say(1, group, &lie);
    world.settle();
    assert_eq!(world.heard(2, group), [(world.id(1), lie)]);
}

#[test]
fn there_is_no_way_to_send_in_the_clear() {
    let mut world = World::new(2, 3);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    // Neither accepted nor made: a PublicMessage, or words as they are.
    world.inject(
        stream,
        Blob::Mls(b"\x00\x01\x00\x01plain".to_vec()).encode(),
    );
    world.inject(stream, b"plain".to_vec());
    world.settle();
    assert!(world.heard(1, pair).is_empty());
    for blob in world.people.iter().flat_map(|person| &person.sent) {
        match Blob::decode(blob).unwrap() {
            // RFC 9420 §6: version 1, wire format 2, private_message.
            Blob::Mls(body) => assert_eq!(body[..4], [0, 1, 0, 2]),
            Blob::Welcome(body) => assert_eq!(body[..4], [0, 1, 0, 3]),
            Blob::Part(_) => {}
            Blob::Letter(_) => panic!("letters lie in mailboxes"),
        }
    }
}

#[test]
fn an_own_commit_that_lost_the_race_is_never_merged() {
    let mut world = World::new(3, 4);
    let group = world.group(&[0, 1, 2]);
    world.command(
        0,
        Command::Update {
            conversation: group,
        },
    );
    world.command(
        1,
        Command::Update {
            conversation: group,
        },
    );
    world.command(
        2,
        Command::Update {
            conversation: group,
        },
    );
    world.settle();
    world.agree(&[0, 1, 2], group);
    for who in 0..3 {
        world.say(who, group, "heard by all");
    }
    world.settle();
    assert!((0..3).all(|who| world.heard(who, group).len() == 2));
}

#[test]
fn nothing_leaves_before_its_state_is_written() {
    let mut world = World::new(2, 5);
    let pair = world.acquaint(0, 1);
    let sent = world.people[0].sent.len();
    world.people[0].disk_fails = true;
    world.say(0, pair, "lost with the disk");
    assert_eq!(world.people[0].sent.len(), sent, "the rows come first");
    // The program ends; what the disk has is what was sent.
    world.people[0].disk_fails = false;
    world.restart(0);
    world.say(0, pair, "after it");
    world.settle();
    let heard: Vec<_> = world
        .heard(1, pair)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(heard, ["after it"]);
    assert!(world.alarms(1).is_empty() && world.stopped(0, pair).is_none());
}

#[test]
fn a_batch_releases_nothing_until_it_is_confirmed_nor_what_comes_after() {
    let mut world = World::new(2, 6);
    let pair = world.acquaint(0, 1);
    let now = world.now;
    let sessions = &mut world.people[0].sessions;
    let mut say = |text: &str| {
        let send = Command::Send {
            to: pair,
            body: text.as_bytes().to_vec(),
        };
        sessions
            .handle(Input::Command(send), now, &mut world.rng)
            .unwrap();
        sessions.batch(&mut world.rng).unwrap().unwrap()
    };
    let (first, second) = (say("one"), say("two"));
    assert!(!first.rows.is_empty() && !second.rows.is_empty());
    assert!(sessions.written(first.id - 1).is_empty());
    assert!(!sessions.written(first.id).is_empty());
    assert!(sessions.written(first.id).is_empty(), "once");
    assert!(!sessions.written(second.id).is_empty());
}

#[test]
fn a_key_package_serves_once() {
    let mut world = World::new(3, 7);
    world.acquaint(0, 1);
    let before = world.people[0].sessions.packages_of(&world.id(1));
    let first = world.group(&[0, 1]);
    let after = world.people[0].sessions.packages_of(&world.id(1));
    let spent = before
        .iter()
        .filter(|package| !after.contains(package))
        .count();
    assert_eq!(spent, 1);
    let second = world.group(&[0, 1]);
    assert_ne!(first, second);
    world.agree(&[0, 1], second);
}

#[test]
fn who_leaves_no_key_package_is_not_added() {
    let mut world = World::new(2, 8);
    let (relay, stranger) = (super::sim::RELAY.to_owned(), world.id(1));
    world.command(0, Command::CreateGroup { relay, name: None });
    world.settle();
    let (group, _) = world.people[0].sessions.conversations()[0];
    let add = Command::Add {
        to: group,
        people: vec![stranger],
    };
    assert_eq!(
        world.give(0, Input::Command(add)),
        Err(SessionError::NoSession)
    );
}

#[test]
fn a_leaf_of_somebody_else_is_not_signed_for_us() {
    use sotto_core::custody::{Base64Url, Bytes, Signed};
    let mut world = World::new(1, 9);
    let forged = Signed {
        tbs: Base64Url(vec![0xa0]),
        signature: Bytes([0; 64]),
    };
    assert!(matches!(
        world.give(0, Input::Signed(forged)),
        Err(SessionError::Leaf(_))
    ));
}

#[test]
fn what_is_unknown_is_refused_and_changes_nothing() {
    let mut world = World::new(1, 10);
    let nowhere = ConversationId([7; 16]);
    let before = world.people[0].disk.clone();
    let send = Command::Send {
        to: nowhere,
        body: Vec::new(),
    };
    assert_eq!(
        world.give(0, Input::Command(send)),
        Err(SessionError::Unknown)
    );
    assert_eq!(world.people[0].disk, before);
}

#[test]
fn rows_that_were_changed_or_swapped_are_refused() {
    use crate::Sessions;
    use sotto_core::vault::{Vault, VaultId};
    use zeroize::Zeroizing;
    let mut world = World::new(2, 11);
    world.acquaint(0, 1);
    let person = &world.people[0];
    let mut rows: Vec<_> = person.disk.values().cloned().collect();
    let other = Vault::of_class(VaultId([9; 16]), &Zeroizing::new([1; 32]));
    assert!(Sessions::load(person.who, other, rows.clone(), &mut world.rng).is_err());
    let (first, second) = (rows[0][..32].to_vec(), rows[1][..32].to_vec());
    rows[0][..32].copy_from_slice(&second);
    rows[1][..32].copy_from_slice(&first);
    assert!(person.reload(rows, &mut world.rng).is_err());
}
