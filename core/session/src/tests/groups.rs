//! Groups.

use super::sim::World;
use crate::format::{Refusal, Right, Roles};
use crate::{Command, Event, Input, SessionError, StopReason};

#[test]
fn four_people_are_in_one_group_and_hear_the_same_in_one_order() {
    let mut world = World::new(4, 1);
    let group = world.group(&[0, 1, 2, 3]);
    world.agree(&[0, 1, 2, 3], group);
    for round in 0..3 {
        for who in 0..4 {
            world.say(who, group, &format!("{round} of {who}"));
        }
    }
    world.settle();
    let all: Vec<_> = (0..4).map(|who| world.heard(who, group)).collect();
    assert!(all.iter().all(|heard| heard.len() == 9), "{all:?}");
    let order = |who: usize, without: usize| {
        let without = world.id(without);
        all[who]
            .iter()
            .filter(|(from, _)| *from != without)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(order(0, 1), order(1, 0));
    assert_eq!(order(2, 3), order(3, 2));
    assert!((0..4).all(|who| world.alarms(who).is_empty()));
}

#[test]
fn one_add_is_one_commit_and_one_welcome() {
    let mut world = World::new(4, 2);
    let group = world.group(&[0, 1]);
    world.acquaint(0, 2);
    world.acquaint(0, 3);
    let stream = world.stream(0, group);
    let before = world.relay.streams[&stream].len();
    let people = vec![world.id(2), world.id(3)];
    world.command(0, Command::Add { to: group, people });
    world.settle();
    assert_eq!(world.relay.streams[&stream].len(), before + 2);
    world.agree(&[0, 1, 2, 3], group);
}

#[test]
fn who_is_removed_is_out_and_cannot_be_heard() {
    let mut world = World::new(3, 3);
    let group = world.group(&[0, 1, 2]);
    let people = vec![world.id(2)];
    world.command(
        0,
        Command::Remove {
            from: group,
            people,
        },
    );
    world.settle();
    assert_eq!(world.stopped(2, group), Some(StopReason::Removed));
    world.agree(&[0, 1], group);
    world.say(0, group, "without you");
    world.settle();
    assert!(world.heard(2, group).is_empty());
    let late = Command::Send {
        to: group,
        body: b"still here".to_vec(),
    };
    assert_eq!(
        world.give(2, Input::Command(late)),
        Err(SessionError::Inactive)
    );
}

#[test]
fn who_leaves_is_removed_by_those_who_stay() {
    let mut world = World::new(3, 4);
    let group = world.group(&[0, 1, 2]);
    world.command(
        1,
        Command::Leave {
            conversation: group,
        },
    );
    world.settle();
    assert_eq!(world.stopped(1, group), Some(StopReason::Left));
    world.agree(&[0, 2], group);
    assert_eq!(world.members(0, group).len(), 2);
}

#[test]
fn keys_are_renewed() {
    let mut world = World::new(3, 5);
    let group = world.group(&[0, 1, 2]);
    let before = world.people[0].sessions.epoch(group).unwrap();
    world.command(
        2,
        Command::Update {
            conversation: group,
        },
    );
    world.settle();
    world.agree(&[0, 1, 2], group);
    assert_ne!(world.people[0].sessions.epoch(group).unwrap(), before);
}

#[test]
fn roles_are_changed_by_those_who_may() {
    let mut world = World::new(3, 6);
    let group = world.group(&[0, 1, 2]);
    let not_yet = Command::Remove {
        from: group,
        people: vec![world.id(2)],
    };
    let refused = world.give(1, Input::Command(not_yet.clone()));
    assert_eq!(refused, Err(SessionError::Refused(Refusal::MayNotRemove)));
    let roles = Roles {
        remove: Right::Everybody,
        ..world.people[0].sessions.roles(group).unwrap()
    };
    world.command(
        1,
        Command::SetRoles {
            group,
            roles: roles.clone(),
        },
    );
    world.settle();
    let is_refused = |event: &Event| {
        matches!(
            event,
            Event::Refused {
                why: Refusal::MayNotChange,
                ..
            }
        )
    };
    assert!(world.people[1].events.iter().any(is_refused));
    world.command(
        0,
        Command::SetRoles {
            group,
            roles: roles.clone(),
        },
    );
    world.settle();
    assert_eq!(world.people[2].sessions.roles(group), Ok(roles));
    world.command(1, not_yet);
    world.settle();
    assert_eq!(world.stopped(2, group), Some(StopReason::Removed));
}

#[test]
fn commits_that_race_both_take_effect_one_after_the_other() {
    let mut world = World::new(5, 7);
    let group = world.group(&[0, 1, 2]);
    world.acquaint(1, 3);
    world.acquaint(2, 4);
    let (three, four) = (world.id(3), world.id(4));
    world.command(
        1,
        Command::Add {
            to: group,
            people: vec![three],
        },
    );
    world.command(
        2,
        Command::Add {
            to: group,
            people: vec![four],
        },
    );
    world.command(
        0,
        Command::Update {
            conversation: group,
        },
    );
    world.settle();
    world.agree(&[0, 1, 2, 3, 4], group);
    assert_eq!(world.members(0, group).len(), 5);
    world.say(3, group, "made it");
    world.settle();
    assert!(
        [0, 1, 2, 4]
            .iter()
            .all(|who| world.heard(*who, group).len() == 1)
    );
}

#[test]
fn a_state_that_was_lost_is_joined_anew_as_another_leaf() {
    let mut world = World::new(3, 8);
    let group = world.group(&[0, 1, 2]);
    world.say(2, group, "one");
    world.settle();
    let before = world.people[2].disk.clone();
    world.say(2, group, "two");
    world.settle();
    world.people[2].disk = before;
    world.restart(2);
    world.settle();
    assert_eq!(world.stopped(2, group), Some(StopReason::RolledBack));
    world.agree(&[0, 1, 2], group);
    assert_eq!(world.members(0, group).len(), 3);
    world.say(2, group, "back");
    world.settle();
    assert_eq!(world.heard(0, group).last().unwrap().1, "back");
}

#[test]
fn two_who_see_one_epoch_agree() {
    let mut world = World::new(3, 9);
    let group = world.group(&[0, 1, 2]);
    let to = world.id(1);
    world.command(0, Command::Witness { group, to });
    world.settle();
    let agreed =
        |event: &Event| matches!(event, Event::Agreed { with, .. } if *with == world.id(0));
    assert!(world.people[1].events.iter().any(agreed));
}
