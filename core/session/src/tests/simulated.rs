//! Random lives: people talk, add, remove, go away, crash, while everything is on its way in any
//! order. At the end all who are in the group have heard the same, once, in one order.

use super::sim::World;
use crate::{Command, Event};

/// What was said in a group as one person has it: by message id.
fn record(world: &World, who: usize, at: crate::format::ConversationId) -> Vec<[u8; 16]> {
    let mut heard: Vec<(u64, [u8; 16])> = Vec::new();
    for event in &world.people[who].events {
        match event {
            Event::Message {
                conversation,
                id,
                seq,
                ..
            }
            | Event::Delivered {
                conversation,
                id,
                seq,
            } if *conversation == at => {
                heard.push((*seq, *id));
            }
            _ => {}
        }
    }
    assert!(heard.is_sorted(), "in the order of the stream");
    heard.into_iter().map(|(_, id)| id).collect()
}

fn life(seed: u64, steps: usize) {
    let mut world = World::new(4, seed);
    let group = world.group(&[0, 1, 2, 3]);
    let mut said = 0;
    for _ in 0..steps {
        let who = world.below(4);
        match world.below(12) {
            0..=4 => {
                world.say(who, group, "word");
                said += 1;
            }
            5 => world.command(
                who,
                Command::Update {
                    conversation: group,
                },
            ),
            6 if world.people[who].online => world.go_offline(who),
            6 | 7 if !world.people[who].online => world.go_online(who),
            8 => world.restart(who),
            _ => {}
        }
        for _ in 0..world.below(6) {
            world.deliver();
        }
    }
    for who in 0..4 {
        if !world.people[who].online {
            world.go_online(who);
        }
    }
    world.settle();
    world.agree(&[0, 1, 2, 3], group);
    let records: Vec<_> = (0..4).map(|who| record(&world, who, group)).collect();
    for who in 0..4 {
        assert!(
            world.stopped(who, group).is_none(),
            "seed {seed}: {who} stopped"
        );
        assert_eq!(records[who], records[0], "seed {seed}: {who} and 0 differ");
        assert_eq!(
            world.people[who].sessions.unsent(group),
            0,
            "seed {seed}: {who} keeps words"
        );
    }
    assert_eq!(records[0].len(), said, "seed {seed}: every word once");
}

#[test]
fn every_life_ends_with_one_record() {
    for seed in 0..4 {
        life(seed, 50);
    }
}
