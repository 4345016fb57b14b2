//! What is left of somebody who is blocked: nothing that shows, rings or tells them anything.

use sotto_protocol::live::talk::{ChatBody, DeliveryState, Standing};
use sotto_protocol::live::{LiveReply, LiveRequest};
use sotto_protocol::view::Trust;
use sotto_session::{Event, Who};

use super::chats::{requests, state};
use super::world::World;

pub(super) fn trust(world: &mut World, who: usize, whom: usize, trust: Trust) {
    let whom = world.people[whom].me;
    world.people[who].trust.insert(whom, trust);
    world.tell_people(who);
}

/// Somebody makes a group with the others; its id.
pub(super) fn group(world: &mut World, who: usize, with: &[usize], name: &str) -> String {
    let people = with.iter().map(|it| world.id(*it)).collect();
    let name = name.to_owned();
    let made = world.ask(who, LiveRequest::CreateGroup { name, people });
    let Ok(LiveReply::CreateGroup { conversation }) = made else {
        panic!("{made:?}")
    };
    world.settle();
    conversation.brief.id
}

/// The titles that stand in somebody's list.
pub(super) fn listed(world: &mut World, who: usize) -> Vec<String> {
    match world.ask(who, LiveRequest::Conversations {}).unwrap() {
        LiveReply::Conversations { conversations, .. } => {
            conversations.into_iter().map(|it| it.title).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// A message of a kind that this version does not know.
fn newer(world: &mut World, who: usize, from: usize) {
    let from = Who {
        identity: world.people[from].me,
        device: [9; 16],
    };
    let with = from.identity;
    world.step(who, |live, now, rng| {
        let conversation = live.sessions.pair(&with).unwrap();
        let (step, taken) = live.take(now, rng, |live| {
            live.event(Event::Newer { conversation, from })
        })?;
        taken.map(|()| step)
    });
}

#[test]
fn who_is_blocked_adds_nobody_to_a_group() {
    let mut world = World::acquainted(3);
    world.pair(0, 1);
    world.pair(0, 2);
    trust(&mut world, 1, 0, Trust::Blocked);
    group(&mut world, 0, &[1, 2], "You again");
    assert_eq!(listed(&mut world, 1), ["Person 1"]);
    assert_eq!(requests(&mut world, 1), []);
    world.veil(1);
    group(&mut world, 0, &[1, 2], "And again");
    world.restart(1, true);
    world.settle();
    trust(&mut world, 1, 0, Trust::Known);
    world.settle();
    assert_eq!(listed(&mut world, 1), ["Person 1"]);
    assert_eq!(requests(&mut world, 1), [], "it does not come back");
}

#[test]
fn what_is_newer_of_somebody_blocked_or_muted_neither_shows_nor_rings() {
    let mut world = World::acquainted(2);
    let [_, theirs] = world.pair(0, 1);
    let unread = |world: &World| world.people[1].live.status().unread;
    let before = (world.messages(1, &theirs).len(), unread(&world));
    newer(&mut world, 1, 0);
    assert_eq!(unread(&world), before.1 + 1);
    trust(&mut world, 1, 0, Trust::Blocked);
    newer(&mut world, 1, 0);
    assert_eq!(unread(&world), before.1 + 1);
    assert_eq!(world.messages(1, &theirs).len(), before.0 + 1);
    world.veil(1);
    newer(&mut world, 1, 0);
    assert_eq!(unread(&world), 0, "nor while veiled");
    world.restart(1, true);
    trust(&mut world, 1, 0, Trust::Known);
    let mute = |muted| LiveRequest::Mute {
        conversation: theirs.clone(),
        muted,
    };
    for (muted, rings) in [(true, 0), (false, 1)] {
        world.ask(1, mute(muted)).unwrap();
        world.veil(1);
        newer(&mut world, 1, 0);
        assert_eq!(unread(&world), rings);
        world.restart(1, true);
    }
}

#[test]
fn who_is_blocked_leaves_without_a_word() {
    let mut world = World::acquainted(2);
    let [mine, theirs] = world.pair(0, 1);
    trust(&mut world, 1, 0, Trust::Blocked);
    let before = world.messages(1, &theirs).len();
    let conversation = mine;
    let forget = LiveRequest::ForgetConversation { conversation };
    world.ask(0, forget).unwrap();
    world.settle();
    assert_eq!(world.messages(1, &theirs).len(), before);
    let conversation = theirs;
    let open = LiveRequest::OpenConversation { conversation };
    let Ok(LiveReply::OpenConversation { conversation }) = world.ask(1, open) else {
        panic!()
    };
    assert_eq!(conversation.brief.standing, Standing::Ended);
}

#[test]
fn only_a_contact_learns_what_was_delivered_and_read() {
    for lost in [Trust::Blocked, Trust::Changed, Trust::Unknown] {
        let mut world = World::acquainted(2);
        let [talk, theirs] = world.pair(0, 1);
        trust(&mut world, 1, 0, lost);
        world.say(0, &talk, "seen?");
        world.settle();
        let position = 5;
        let read = LiveRequest::MarkRead {
            conversation: theirs,
            position,
        };
        world.ask(1, read).unwrap();
        world.settle();
        let sent = DeliveryState::Sent;
        assert_eq!(state(&mut world, 0, &talk, "seen?"), sent, "{lost:?}");
    }
}

#[test]
fn what_waited_for_somebody_who_was_blocked_waits_on() {
    let mut world = World::acquainted(2);
    let (talk, theirs) = (world.id(1), world.id(0));
    let contact = talk.clone();
    world.ask(0, LiveRequest::Begin { contact }).unwrap();
    world.say(0, &talk, "hello");
    world.say(0, &talk, "between us");
    world.settle();
    trust(&mut world, 0, 1, Trust::Blocked);
    let conversation = theirs.clone();
    let verdict = None;
    let accept = LiveRequest::AcceptRequest {
        conversation,
        verdict,
    };
    world.ask(1, accept).unwrap();
    world.settle();
    assert_eq!(world.words(1, &theirs), ["hello"]);
    trust(&mut world, 0, 1, Trust::Known);
    world.settle();
    assert_eq!(world.words(1, &theirs), ["hello", "between us"]);
    let all = world.messages(0, &talk);
    assert!(all.iter().any(|it| matches!(it.body, ChatBody::Began {})));
}

#[test]
fn who_is_declined_once_is_not_let_in_by_being_added_again() {
    let mut world = World::acquainted(2);
    world.pair(0, 1);
    trust(&mut world, 1, 0, Trust::Blocked);
    let group = group(&mut world, 0, &[1], "You again");
    let (conversation, person) = (group.clone(), world.id(1));
    let remove = LiveRequest::RemovePerson {
        conversation,
        person,
    };
    world.ask(0, remove).unwrap();
    world.settle();
    let (conversation, people) = (group, vec![world.id(1)]);
    let add = LiveRequest::AddPeople {
        conversation,
        people,
    };
    world.ask(0, add).unwrap();
    world.settle();
    assert_eq!(listed(&mut world, 1), ["Person 1"]);
}
