//! A member that keeps no rule: its commits are refused by everybody, its words cost little.

use chacha20::ChaCha20Rng;
use openmls::prelude::{KeyPackage, KeyPackageIn, LeafNodeIndex, ProtocolVersion};
use openmls_traits::OpenMlsProvider;
use rand_core::SeedableRng;
use tls_codec::DeserializeBytes;

use super::sim::World;
use crate::format::{
    Blob, ChainClaim, ConversationId, Message, MessageKind, Part, Refusal, Right, Roles, Witness,
};
use crate::mls;
use crate::{Alarm, Command, Event, Input, SessionError, StopReason};

/// What a member commits without asking whether it may.
#[derive(Default)]
struct Wrong {
    add: Vec<KeyPackage>,
    remove: Vec<u32>,
    roles: Option<Roles>,
}

/// The blob of such a commit.
fn commit(world: &mut World, who: usize, group: ConversationId, wrong: Wrong) -> Vec<u8> {
    let made = world.people[who]
        .sessions
        .misuse(group, |group, provider, signer| {
            let removed: Vec<_> = wrong.remove.into_iter().map(LeafNodeIndex::new).collect();
            let mut builder = group
                .commit_builder()
                .force_self_update(true)
                .propose_adds(wrong.add)
                .propose_removals(removed);
            if let Some(roles) = wrong.roles {
                let context = mls::context_extensions(roles.encode()).unwrap();
                builder = builder.propose_group_context_extensions(context).unwrap();
            }
            let bundle = builder
                .load_psks(provider.rows())
                .unwrap()
                .build(provider.crypto(), provider.rand(), signer, |_| true)
                .unwrap()
                .stage_commit(provider)
                .unwrap();
            bundle.into_commit().to_bytes().unwrap()
        });
    Blob::Mls(made).encode()
}

/// Everybody but the wrong-doer refuses it for that reason, and goes on in the old epoch.
fn refused(world: &mut World, group: ConversationId, by: usize, wrong: Wrong, why: Refusal) {
    let before = world.people[0].sessions.epoch(group).unwrap();
    let blob = commit(world, by, group, wrong);
    let stream = world.stream(0, group);
    world.go_offline(by);
    world.inject(stream, blob);
    world.settle();
    let breaker = world.people[by].who;
    let said = |event: &Event| matches!(event, Event::Refused { by, why: rule, .. } if *by == breaker && *rule == why);
    for who in (0..3).filter(|who| *who != by) {
        assert!(
            world.people[who].events.iter().any(said),
            "{:?}",
            world.people[who].events
        );
        assert_eq!(world.people[who].sessions.epoch(group).unwrap(), before);
    }
    world.say(0, group, "we go on");
    world.settle();
    let other = (0..3).find(|who| *who != by && *who != 0).unwrap();
    assert_eq!(world.heard(other, group).last().unwrap().1, "we go on");
}

fn package(world: &World, with: usize, of: usize) -> KeyPackage {
    let bytes = world.people[with]
        .sessions
        .packages_of(&world.id(of))
        .pop()
        .unwrap();
    let package = KeyPackageIn::tls_deserialize_exact_bytes(&bytes).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let provider = mls::Provider::new(mls::Suite::Hybrid, &mut rng);
    package
        .validate(provider.crypto(), ProtocolVersion::Mls10)
        .unwrap()
}

#[test]
fn removing_without_the_right_is_refused() {
    let mut world = World::new(3, 1);
    let group = world.group(&[0, 1, 2]);
    let victim = world.people[0].sessions.roster(group).unwrap();
    let victim = victim
        .iter()
        .find(|entry| entry.who.identity == world.id(2))
        .unwrap()
        .leaf;
    let wrong = Wrong {
        remove: vec![victim],
        ..Wrong::default()
    };
    refused(&mut world, group, 1, wrong, Refusal::MayNotRemove);
}

#[test]
fn who_did_not_ask_for_it_gets_no_other_leaf() {
    let mut world = World::new(3, 9);
    let group = world.group(&[0, 1, 2]);
    world.acquaint(1, 2);
    let victim = world.people[2].who;
    let roster = world.people[0].sessions.roster(group).unwrap();
    let leaf = roster.iter().find(|entry| entry.who == victim);
    // Whoever is to be let in by it hears of nothing: there is no Welcome.
    let wrong = Wrong {
        remove: vec![leaf.unwrap().leaf],
        add: vec![package(&world, 1, 2)],
        ..Wrong::default()
    };
    refused(&mut world, group, 1, wrong, Refusal::MayNotRemove);
}

#[test]
fn making_oneself_an_admin_is_refused() {
    let mut world = World::new(3, 2);
    let group = world.group(&[0, 1, 2]);
    let mut roles = world.people[0].sessions.roles(group).unwrap();
    roles.admins = vec![world.id(1)];
    let wrong = Wrong {
        roles: Some(roles),
        ..Wrong::default()
    };
    refused(&mut world, group, 1, wrong, Refusal::MayNotChange);
}

fn let_admins_add_alone(world: &mut World, group: ConversationId) {
    let roles = world.people[0].sessions.roles(group).unwrap();
    let roles = Roles {
        add: Right::Admins,
        ..roles
    };
    world.command(0, Command::SetRoles { group, roles });
    world.settle();
}

#[test]
fn adding_where_only_admins_add_is_refused() {
    let mut world = World::new(4, 3);
    let group = world.group(&[0, 1, 2]);
    world.acquaint(1, 3);
    let_admins_add_alone(&mut world, group);
    let add = vec![package(&world, 1, 3)];
    refused(
        &mut world,
        group,
        1,
        Wrong {
            add,
            ..Wrong::default()
        },
        Refusal::MayNotAdd,
    );
}

#[test]
fn who_may_not_add_any_more_adds_nobody_and_can_add_them_elsewhere() {
    let mut world = World::new(4, 3);
    let group = world.group(&[0, 1, 2]);
    world.acquaint(1, 3);
    let known = |world: &World| world.people[1].sessions.packages_of(&world.id(3)).len();
    let before = known(&world);
    let add = Command::Add {
        to: group,
        people: vec![world.id(3)],
    };
    // The right is taken away while the change is on its way.
    world.go_offline(1);
    world.command(1, add.clone());
    let_admins_add_alone(&mut world, group);
    world.go_online(1);
    world.settle();
    world.agree(&[0, 1, 2], group);
    assert_eq!(world.members(0, group).len(), 3);
    assert_eq!(known(&world), before);
    assert_eq!(
        world.give(1, Input::Command(add)),
        Err(SessionError::Refused(Refusal::MayNotAdd))
    );
    assert_eq!(known(&world), before);
}

#[test]
fn a_third_in_a_conversation_of_two_is_refused() {
    let mut world = World::new(3, 4);
    let pair = world.acquaint(0, 1);
    world.acquaint(1, 2);
    let before = world.people[0].sessions.epoch(pair).unwrap();
    let add = vec![package(&world, 1, 2)];
    let blob = commit(
        &mut world,
        1,
        pair,
        Wrong {
            add,
            ..Wrong::default()
        },
    );
    let stream = world.stream(0, pair);
    world.go_offline(1);
    world.inject(stream, blob);
    world.settle();
    let said = |event: &Event| {
        matches!(
            event,
            Event::Refused {
                why: Refusal::MayNotAdd,
                ..
            }
        )
    };
    assert!(world.people[0].events.iter().any(said));
    assert_eq!(world.people[0].sessions.epoch(pair).unwrap(), before);
}

#[test]
fn a_device_that_is_there_is_not_added_again() {
    let mut world = World::new(3, 5);
    let group = world.group(&[0, 1, 2]);
    let add = vec![package(&world, 0, 2)];
    // The founder itself: it has every right but this.
    let blob = commit(
        &mut world,
        0,
        group,
        Wrong {
            add,
            ..Wrong::default()
        },
    );
    let stream = world.stream(0, group);
    world.go_offline(0);
    world.inject(stream, blob);
    world.settle();
    let said = |event: &Event| {
        matches!(
            event,
            Event::Refused {
                why: Refusal::SameDevice,
                ..
            }
        )
    };
    assert!(world.people[1].events.iter().any(said));
}

#[test]
fn a_flood_of_beginnings_is_bounded() {
    let mut world = World::new(2, 6);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    let before = world.people[0].sessions.state_len();
    for number in 0..12_u8 {
        let part = Part {
            id: [number; 16],
            index: 0,
            count: 70,
            bytes: vec![0; 10_000],
        };
        world.inject(stream, Blob::Part(part).encode());
        world.settle();
    }
    assert!(world.alarms(0).contains(&Alarm::Flood));
    let grown = world.people[0].sessions.state_len() - before;
    assert!(grown < 150_000, "{grown} bytes");
    world.say(1, pair, "heard all the same");
    world.settle();
    assert_eq!(world.heard(0, pair).len(), 1);
}

#[test]
fn a_key_package_that_fits_no_tree_holds_nothing_up() {
    let mut world = World::new(3, 8);
    let group = world.group(&[0, 2]);
    world.acquaint(0, 1);
    let twice = world.id(1);
    world.people[0].sessions.double_packages(twice);
    world.go_offline(0);
    let people = vec![twice, twice];
    world.command(0, Command::Add { to: group, people });
    world.go_online(0);
    world.settle();
    assert!(world.members(0, group).contains(&twice), "it is added once");
    world.agree(&[0, 1, 2], group);
    world.say(1, group, "we go on");
    world.settle();
    assert_eq!(world.heard(0, group).last().unwrap().1, "we go on");
}

#[test]
fn what_only_two_say_to_each_other_is_no_matter_of_a_group() {
    let mut world = World::new(3, 7);
    let group = world.group(&[0, 1, 2]);
    let claim = world.people[1].sessions.claim(group);
    for (number, kind) in [2, 3, 5, 6].into_iter().enumerate() {
        let id = [u8::try_from(number).unwrap(); 16];
        let kind = MessageKind::of(kind);
        let message = Message {
            claim,
            id,
            kind,
            body: vec![0xa0],
        };
        world.say_by_hand(1, group, &message);
        world.settle();
    }
    assert!(
        world.alarms(0).contains(&Alarm::Message),
        "{:?}",
        world.alarms(0)
    );
}

#[test]
fn one_who_says_that_they_saw_something_else_ends_no_group() {
    let mut world = World::new(4, 10);
    let group = world.group(&[0, 1, 2, 3]);
    let lie = |number: u8, seq: u64| Message {
        claim: ChainClaim {
            seq,
            chain: [7; 16],
        },
        id: [number; 16],
        kind: MessageKind::Content,
        body: b"never said".to_vec(),
    };
    let seq = world.people[1].sessions.claim(group).seq;
    world.go_offline(1);
    for number in 0..3 {
        world.say_by_hand(1, group, &lie(number, seq));
        world.settle();
    }
    for who in [0, 2, 3] {
        assert_eq!(world.stopped(who, group), None);
        assert_eq!(world.disagree(who), vec![world.id(1); 3], "said, by name");
        assert!(world.heard(who, group).is_empty());
    }
    world.say(2, group, "we go on");
    world.settle();
    assert_eq!(world.heard(0, group).len(), 1);
    world.go_offline(3);
    world.say_by_hand(3, group, &lie(4, seq));
    world.settle();
    assert_eq!(world.stopped(0, group), Some(StopReason::Forked));
}

#[test]
fn who_is_not_in_a_group_witnesses_nothing_of_it() {
    let mut world = World::new(3, 11);
    let group = world.group(&[0, 2]);
    let pair = world.acquaint(1, 0);
    let epoch = world.people[0].sessions.epoch(group).unwrap().0;
    let witness = Witness {
        conversation: group,
        epoch,
        authenticator: [7; 32],
    };
    let message = Message {
        claim: world.people[1].sessions.claim(pair),
        id: [1; 16],
        kind: MessageKind::Witness,
        body: witness.encode(),
    };
    world.say_by_hand(1, pair, &message);
    world.settle();
    assert_eq!(world.stopped(0, group), None);
    assert!(world.disagree(0).is_empty());
    world.agree(&[0, 2], group);
}

#[test]
fn who_ends_the_conversation_of_two_while_they_are_added_splits_no_group() {
    let mut world = World::new(3, 12);
    let group = world.group(&[0, 2]);
    let pair = world.acquaint(0, 1);
    let wrong = Message {
        claim: ChainClaim {
            seq: 1,
            chain: [7; 16],
        },
        id: [1; 16],
        kind: MessageKind::Content,
        body: Vec::new(),
    };
    let people = vec![world.id(1)];
    world.command(0, Command::Add { to: group, people });
    world.say_by_hand(1, pair, &wrong);
    world.settle();
    assert_eq!(world.stopped(0, pair), Some(StopReason::Forked));
    world.agree(&[0, 2], group);
    let added = world.id(1);
    assert!(!world.members(0, group).contains(&added), "never told");
    world.say(2, group, "we go on");
    world.settle();
    assert_eq!(world.heard(0, group).len(), 1);
    let again = Command::Add {
        to: group,
        people: vec![added],
    };
    let refused = world.give(0, Input::Command(again));
    assert_eq!(refused, Err(SessionError::NoSession));
}

#[test]
fn parts_of_what_never_ends_take_no_more_room_than_one_whole() {
    let mut world = World::new(2, 13);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    let before = world.people[0].sessions.state_len();
    for number in 0..90_u16 {
        let part = Part {
            id: [u8::try_from(number % 2).unwrap(); 16],
            index: number / 2,
            count: 70,
            bytes: vec![0; 59_000],
        };
        world.inject(stream, Blob::Part(part).encode());
        world.settle();
    }
    assert!(world.alarms(0).contains(&Alarm::Flood));
    let grown = world.people[0].sessions.state_len() - before;
    assert!(grown < 4_400_000, "{grown} bytes");
    world.say(1, pair, "heard all the same");
    world.settle();
    assert_eq!(world.heard(0, pair).len(), 1);
}
