//! What a group of n costs: bytes on the wire and on the disk, and time. To see the figures:
//! `cargo test -p sotto-session sizes -- --nocapture --include-ignored`.

use super::sim::World;
use crate::Command;
use crate::format::ConversationId;

#[expect(clippy::disallowed_methods, reason = "this measures")]
fn timed<T>(work: impl FnOnce() -> T) -> (u128, T) {
    let start = std::time::Instant::now();
    let done = work();
    (start.elapsed().as_millis(), done)
}

fn len_since(world: &World, stream: [u8; 16], before: usize) -> (usize, usize) {
    let blobs = &world.relay.streams[&stream][before..];
    (
        blobs.len(),
        blobs.iter().map(|entry| entry.blob.len()).sum(),
    )
}

/// A group of `n`, then one more: the commit, the Welcome, a message, the state.
fn grow(n: usize) {
    let mut world = World::new(n + 1, 1);
    for other in 1..=n {
        world.acquaint(0, other);
    }
    // Those in the middle never look: what is measured is one founder and one who comes last.
    let (made, group) = timed(|| world.group(&[0]));
    let stream = world.stream(0, group);
    let most: Vec<_> = (1..n).map(|other| world.id(other)).collect();
    (2..n).for_each(|other| world.go_offline(other));
    let (all, ()) = timed(|| add(&mut world, group, most));
    let before = world.relay.streams[&stream].len();
    let (one, ()) = timed(|| add(&mut world, group, vec![world_id(n)]));
    let (blobs, bytes) = len_since(&world, stream, before);
    let before = world.relay.streams[&stream].len();
    let kept = (world.people[0].written, world.people[n].written);
    let (said, ()) = timed(|| {
        world.say(0, group, "hello");
        world.settle();
    });
    let (_, word) = len_since(&world, stream, before);
    let sent = world.people[0].written - kept.0;
    let read = world.people[n].written - kept.1;
    let state = world.people[0].sessions.state_len();
    println!(
        "group of {n}: made {made} ms, {} added at once {all} ms, one more {one} ms \
         ({blobs} blobs, {bytes} bytes), a word {said} ms ({word} bytes; written by who says it {sent}, by a reader {read}), \
         founder keeps {state} bytes",
        n - 1,
    );
    assert_eq!(world.members(n, group).len(), n + 1);
    assert_eq!(world.heard(n, group).len(), 1);
}

fn world_id(number: usize) -> sotto_core::identity::IdentityKey {
    let number = u8::try_from(number + 1).unwrap();
    let seed = sotto_core::identity::Seed::from_bytes(zeroize::Zeroizing::new([number; 32]));
    seed.derive_identity().public()
}

fn add(world: &mut World, to: ConversationId, people: Vec<sotto_core::identity::IdentityKey>) {
    if !people.is_empty() {
        world.command(0, Command::Add { to, people });
        world.settle();
    }
}

#[test]
fn a_group_of_2() {
    grow(2);
}

#[test]
fn a_group_of_10() {
    grow(10);
}

#[test]
#[ignore = "a minute and more on two cores: for the figures"]
fn a_group_of_50() {
    grow(50);
}

#[test]
#[ignore = "minutes on two cores: for the figures"]
fn a_group_of_200() {
    grow(200);
}
