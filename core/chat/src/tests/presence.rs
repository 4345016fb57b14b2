//! Who is here, who is shown it, and what a relay or a contact makes of it.

use sotto_protocol::TimestampMs;
use sotto_protocol::live::{LiveEvent, LiveReply, LiveRequest, Presence};
use sotto_protocol::relay::{Event, StreamId, Tag, Verb};
use sotto_protocol::view::Trust;

use super::world::World;

fn show(world: &mut World, who: usize, presence: bool) {
    let mut settings = world.people[who].live.status().settings;
    settings.presence = presence;
    world.ask(who, LiveRequest::SetLive { settings }).unwrap();
    world.deliver();
}

/// Two who talk, and show each other that they are here.
fn both_here() -> (World, [String; 2]) {
    let mut world = World::acquainted(2);
    let talks = world.pair(0, 1);
    show(&mut world, 0, true);
    show(&mut world, 1, true);
    (world, talks)
}

/// What `who` is shown of the others: in the list, among the people, and what events said last.
fn sees(world: &mut World, who: usize) -> bool {
    let Ok(LiveReply::Conversations { conversations, .. }) =
        world.ask(who, LiveRequest::Conversations {})
    else {
        panic!()
    };
    let Ok(LiveReply::People { people }) = world.ask(who, LiveRequest::People {}) else {
        panic!()
    };
    let mut events = world.people[who].events.iter().rev();
    let told = events.find_map(|event| match event {
        LiveEvent::Presence { presence, .. } => Some(*presence),
        _ => None,
    });
    let is_told = told == Some(Presence::Here);
    let is_listed = conversations.iter().any(|it| it.presence == Presence::Here);
    let is_among = people.iter().any(|it| it.presence == Presence::Here);
    assert_eq!((is_told, is_among), (is_listed, is_listed));
    is_listed
}

/// The program ends without a word, and starts again.
fn restart(world: &mut World, who: usize, reachable: bool) {
    world.people[who].events.clear();
    world.restart(who, reachable);
    world.settle();
}

fn both_see(world: &mut World) -> [bool; 2] {
    [sees(world, 0), sees(world, 1)]
}

#[test]
fn off_at_first_nothing_is_set_and_nobody_is_here() {
    let mut world = World::acquainted(2);
    let _talks = world.pair(0, 1);
    world.settle();
    assert!(world.notes.is_empty());
    assert_eq!(both_see(&mut world), [false; 2]);
}

#[test]
fn whoever_does_not_show_it_does_not_see_it() {
    let mut world = World::acquainted(2);
    let _talks = world.pair(0, 1);
    show(&mut world, 0, true);
    assert!(world.notes.iter().all(|(who, ..)| *who == 0));
    assert_eq!(both_see(&mut world), [false; 2]);
    show(&mut world, 1, true);
    assert_eq!(both_see(&mut world), [true; 2]);
    show(&mut world, 0, false);
    assert_eq!(
        both_see(&mut world),
        [false; 2],
        "gone at once, on both sides"
    );
    assert_eq!(world.standing.len(), 1);
}

#[test]
fn it_is_renewed_while_it_lasts_and_no_more_often_than_needed() {
    let (mut world, _) = both_here();
    let before = world.notes.len();
    for _ in 0..60 {
        world.pass(5_000);
        world.deliver();
        assert_eq!(both_see(&mut world), [true; 2]);
    }
    assert_eq!(world.notes.len() - before, 2 * 10, "each half minute");
    assert_eq!(world.standing.len(), 2, "one note each");
}

#[test]
fn who_vanishes_is_gone_when_their_note_ends_also_if_the_relay_says_nothing() {
    for is_told in [true, false] {
        let (mut world, _) = both_here();
        world.relay_up = false;
        world.cut(0);
        assert!(sees(&mut world, 1));
        if !is_told {
            world.standing.clear();
        }
        for _ in 0..30 {
            world.pass(2_000);
            world.deliver();
        }
        assert_eq!(both_see(&mut world), [false; 2]);
    }
}

#[test]
fn without_a_connection_nobody_is_known_to_be_here() {
    let (mut world, _) = both_here();
    world.relay_up = false;
    world.cut(1);
    assert_eq!(both_see(&mut world), [true, false]);
    world.relay_up = true;
    world.settle();
    assert_eq!(
        both_see(&mut world),
        [true; 2],
        "the note that stands is shown again"
    );
}

#[test]
fn a_program_that_starts_again_has_one_note_and_sees_who_is_here() {
    let (mut world, _) = both_here();
    restart(&mut world, 1, true);
    assert_eq!(both_see(&mut world), [true; 2]);
    assert_eq!(world.standing.len(), 2);
    restart(&mut world, 1, false);
    assert!(!sees(&mut world, 1));
}

#[test]
fn who_is_no_accepted_contact_is_not_shown_it_and_not_seen() {
    for trust in [Trust::Blocked, Trust::Changed, Trust::Unknown] {
        let (mut world, _) = both_here();
        let other = world.people[0].me;
        world.people[1].trust.insert(other, trust);
        world.tell_people(1);
        world.deliver();
        let set = world.notes.len();
        world.settle();
        assert_eq!(both_see(&mut world), [false; 2], "{trust:?}");
        world.pass(40_000);
        assert!(world.notes[set..].iter().all(|(who, ..)| *who == 0));
        assert_eq!(world.standing.len(), 1);
    }
}

#[test]
fn a_group_is_shown_nothing() {
    let (mut world, _) = both_here();
    let streams = |world: &World| {
        let mut all: Vec<_> = world.notes.iter().map(|it| it.1).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    let (name, people) = ("Choir".to_owned(), vec![world.id(1)]);
    world
        .ask(0, LiveRequest::CreateGroup { name, people })
        .unwrap();
    world.settle();
    world.pass(40_000);
    world.deliver();
    assert_eq!(streams(&world), 1);
}

#[test]
fn what_is_forgotten_or_ended_is_taken_back() {
    let (mut world, [talk, _]) = both_here();
    let conversation = talk;
    world
        .ask(0, LiveRequest::ForgetConversation { conversation })
        .unwrap();
    world.settle();
    assert!(world.standing.is_empty());
    assert!(!sees(&mut world, 1));
}

#[test]
fn a_farewell_takes_back_what_stands_and_says_nothing_else() {
    let (mut world, _) = both_here();
    world.farewell(0);
    world.deliver();
    assert!(!sees(&mut world, 1));
    assert_eq!(world.standing.len(), 1);
    let none = world.people[0].live.farewell();
    assert!(none.is_empty(), "once");
}

type Shown = (StreamId, Tag, Vec<u8>);

/// The last note of somebody, in a stream.
fn last_note(world: &World, of: usize, at: Option<StreamId>) -> Shown {
    let is_it = |(who, stream, ..): &&(usize, StreamId, Tag, Vec<u8>)| {
        *who == of && at.is_none_or(|at| at == *stream)
    };
    let (_, stream, tag, note) = world.notes.iter().rev().find(is_it).unwrap().clone();
    (stream, tag, note)
}

fn tell(world: &mut World, (stream, tag, note): &Shown) {
    let (tag, note) = (*tag, note.clone());
    world.tell(*stream, &Event::Present { via: 0, tag, note });
    world.deliver();
}

#[test]
fn a_relay_that_shows_old_notes_again_makes_nobody_be_here() {
    let (mut world, _) = both_here();
    let old = last_note(&world, 0, None);
    world.pass(31_000);
    world.deliver();
    let newest = last_note(&world, 0, None);
    assert_ne!(old, newest);
    show(&mut world, 0, false);
    for shown in [&old, &newest] {
        tell(&mut world, shown);
        assert!(!sees(&mut world, 1), "what was taken back stays so");
    }
    // Nor longer than they would have been.
    show(&mut world, 0, true);
    assert!(sees(&mut world, 1));
    let newest = last_note(&world, 0, None);
    world.relay_up = false;
    world.cut(0);
    world.standing.clear();
    for _ in 0..30 {
        world.pass(2_000);
        tell(&mut world, &newest);
    }
    assert!(!sees(&mut world, 1));
    // Nor to a program that has just begun, once it is two minutes old.
    world.pass(61_000);
    world.relay_up = true;
    restart(&mut world, 1, true);
    tell(&mut world, &newest);
    assert!(!sees(&mut world, 1));
}

#[test]
fn foreign_own_future_and_misshapen_notes_make_nobody_be_here() {
    let mut world = World::acquainted(3);
    let _talks = [world.pair(0, 1), world.pair(0, 2)];
    for who in 0..3 {
        show(&mut world, who, true);
    }
    let (pair, ..) = last_note(&world, 1, None);
    let (other, ..) = last_note(&world, 2, None);
    assert_ne!(pair, other);
    let good = last_note(&world, 0, Some(pair));
    let foreign = last_note(&world, 0, Some(other));
    let own = last_note(&world, 1, Some(pair));
    show(&mut world, 0, false);
    assert!(!sees(&mut world, 1));
    let now = world.now;
    let mut wrong = vec![
        (pair, foreign.1, foreign.2.clone()),
        (pair, good.1, foreign.2),
        own.clone(),
        (pair, good.1, own.2),
        (pair, good.1, Vec::new()),
        (pair, good.1, vec![0; 400_000]),
        (pair, good.1, [&good.2[..], &[0]].concat()),
        (pair, Tag([0; 16]), good.2),
    ];
    for at in [now + 121_000, now - 121_000] {
        wrong.push((pair, good.1, crafted(&mut world, 0, 1, at)));
    }
    for note in &wrong {
        tell(&mut world, note);
        assert!(!sees(&mut world, 1));
    }
    assert!(world.people[1].live.status().reach == sotto_protocol::live::Reach::Reachable);
    // The same hand with the right time: that they were refused was for what is wrong with them.
    let right = (pair, good.1, crafted(&mut world, 0, 1, now));
    tell(&mut world, &right);
    assert!(sees(&mut world, 1));
}

/// A note of somebody's own session that says another time.
fn crafted(world: &mut World, who: usize, with: usize, at: u64) -> Vec<u8> {
    let with = world.people[with].me;
    let live = &mut world.people[who].live;
    let session = live.sessions.pair(&with).unwrap();
    let note = live
        .sessions
        .present(session, 60, TimestampMs(at), &mut live.rng);
    let Verb::Presence { note, .. } = note.unwrap().publish else {
        panic!()
    };
    note
}
