//! Links that lead elsewhere: whoever writes one says where we connect, and what we read.

use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Entry, Secret};

use super::sim::{RELAY, World, mailbox};
use crate::format::{Blob, ConversationId, Introduction, Invite, Link, Message, MessageKind};
use crate::mls::Kind;
use crate::{Alarm, Command, Input, SessionError, StopReason};

/// An invitation that `by` writes to `to` by hand.
fn invite(world: &mut World, by: usize, to: usize, group: ConversationId, link: Link) -> Invite {
    // What is written by hand ends the conversation of two for its writer: there is a new one.
    let pair = world.acquaint(by, to);
    let given = world.people[to].sessions.given_to(&world.id(by));
    let invite = Invite {
        conversation: group,
        link,
        seq: 0,
        head: [0; 32],
        reference: *given.last().unwrap(),
    };
    say_invite(world, by, pair, &invite);
    invite
}

fn say_invite(world: &mut World, by: usize, pair: ConversationId, invite: &Invite) {
    let message = Message {
        claim: world.people[by].sessions.claim(pair),
        id: [9; 16],
        kind: MessageKind::Invite,
        body: invite.encode(),
    };
    world.say_by_hand(by, pair, &message);
    world.settle();
}

fn link(relay: &str, stream: [u8; 16]) -> Link {
    Link {
        relay: relay.to_owned(),
        stream,
        write: [2; 32],
        read: [3; 32],
    }
}

/// `of` offers by hand, in its own KeyPackage, and `to` is to answer.
fn offer(world: &mut World, of: usize, to: usize, link: Link) -> Result<(), SessionError> {
    let package = world.people[to].sessions.packages_of(&world.id(of));
    let introduction = Introduction {
        conversation: ConversationId([8; 16]),
        key_package: package.first().unwrap().clone(),
        link,
        text: None,
    };
    let answer = Command::Answer {
        from: world.id(of),
        letter: [4; 16],
        sent_at: TimestampMs(world.now.0 + 1),
        introduction,
    };
    world.give(to, Input::Command(answer))
}

#[test]
fn who_was_removed_does_not_lead_the_others_elsewhere() {
    let mut world = World::new(3, 1);
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
    let (before, ours) = (
        world.people[1].sessions.epoch(group).unwrap(),
        world.people[1].sessions.link_of(group),
    );
    let elsewhere = link("wss://elsewhere.example", [7; 16]);
    for led in [elsewhere, ours.clone()] {
        invite(&mut world, 2, 1, group, led);
        assert!(world.alarms(1).contains(&Alarm::Welcome));
        assert_eq!(world.people[1].sessions.epoch(group).unwrap(), before);
        assert_eq!(world.people[1].sessions.link_of(group), ours);
        world.people[1].events.clear();
    }
    world.say(1, group, "still here");
    world.settle();
    assert_eq!(world.heard(0, group).last().unwrap().1, "still here");
}

#[test]
fn a_group_that_is_over_is_joined_anew_in_its_own_stream_alone() {
    let mut world = World::new(3, 2);
    let group = world.group(&[0, 1, 2]);
    let people = vec![world.id(1)];
    let remove = Command::Remove {
        from: group,
        people: people.clone(),
    };
    world.command(0, remove);
    world.settle();
    assert_eq!(world.stopped(1, group), Some(StopReason::Removed));
    let elsewhere = link("wss://elsewhere.example", [7; 16]);
    invite(&mut world, 2, 1, group, elsewhere);
    assert!(
        !world.people[1]
            .sessions
            .relays()
            .contains("wss://elsewhere.example")
    );
    world.command(0, Command::Add { to: group, people });
    world.settle();
    world.agree(&[0, 1, 2], group);
}

#[test]
fn a_stream_is_one_of_its_relay() {
    let mut world = World::new(2, 3);
    let pair = world.acquaint(0, 1);
    let stream = world.stream(0, pair);
    let before = world.people[0].sessions.claim(pair);
    let entry = Entry {
        seq: 1 << 50,
        at_ms: 1,
        via: 0,
        blob: Blob::Mls(vec![7; 40]).encode(),
    };
    let relay = "wss://elsewhere.example".to_owned();
    let blob = Input::Blob {
        relay,
        stream,
        entry,
    };
    world.give(0, blob).unwrap();
    assert_eq!(world.people[0].sessions.claim(pair), before);
    assert!(world.alarms(0).is_empty());
    world.say(1, pair, "heard");
    world.settle();
    assert_eq!(world.heard(0, pair).len(), 1);
}

#[test]
fn a_letter_that_crossed_our_answered_offer_is_late() {
    let mut world = World::new(2, 5);
    world.acquaint(1, 0);
    let before = world.now;
    let pair = world.acquaint(0, 1);
    let introduction = Introduction {
        conversation: ConversationId([8; 16]),
        key_package: world.people[0].sessions.packages_of(&world.id(1))[0].clone(),
        link: link(RELAY, [6; 16]),
        text: None,
    };
    let late = Command::Answer {
        from: world.id(1),
        letter: [4; 16],
        sent_at: before,
        introduction,
    };
    let answered = world.give(0, Input::Command(late));
    assert_eq!(answered, Err(SessionError::Repeated));
    world.say(0, pair, "one conversation");
    world.settle();
    assert_eq!(world.heard(1, pair).len(), 1);
}

#[test]
fn nobody_s_link_names_our_mailbox_or_a_stream_in_use_or_our_own_network() {
    let mut world = World::new(3, 4);
    let pair = world.acquaint(0, 1);
    world.acquaint(1, 2);
    let (ours, taken) = (mailbox(world.people[1].who), world.stream(1, pair));
    for led in [link(RELAY, ours), link(RELAY, taken)] {
        assert_eq!(
            offer(&mut world, 2, 1, led.clone()),
            Err(SessionError::Link)
        );
        let group = ConversationId([5; 16]);
        invite(&mut world, 2, 1, group, led);
        assert!(world.alarms(1).contains(&Alarm::Welcome));
        let all = world.people[1].sessions.conversations();
        assert!(all.iter().all(|(id, _)| *id != group));
        world.people[1].events.clear();
    }
    world.people[1]
        .sessions
        .settle_at("wss://relay.example", ours, Secret([7; 32]));
    for relay in [
        RELAY,
        "wss://localhost",
        "wss://192.168.1.1",
        "wss://router",
    ] {
        let led = link(relay, [6; 16]);
        assert_eq!(offer(&mut world, 2, 1, led), Err(SessionError::Link));
    }
    let outside = link("wss://elsewhere.example", [6; 16]);
    assert_eq!(offer(&mut world, 2, 1, outside), Ok(()));
}

#[test]
fn an_invitation_leads_to_its_relay_once_it_is_taken() {
    const FAR: &str = "wss://elsewhere.example";
    let group = ConversationId([5; 16]);
    for takes in [true, false] {
        let mut world = World::new(2, 6);
        world.acquaint(0, 1);
        invite(&mut world, 0, 1, group, link(FAR, [7; 16]));
        let invited = |world: &World| {
            let all = world.people[1].sessions.invitations();
            all.into_iter()
                .map(|it| (it.group, it.relay))
                .collect::<Vec<_>>()
        };
        let leads = |world: &World| world.people[1].sessions.relays().contains(FAR);
        assert_eq!(invited(&world), [(group, FAR.to_owned())]);
        assert!(!leads(&world));
        world.restart(1);
        assert_eq!(invited(&world), [(group, FAR.to_owned())]);
        assert!(!leads(&world));
        let decided = if takes {
            Command::Meet { group }
        } else {
            Command::Decline { group }
        };
        world.command(1, decided);
        assert_eq!(invited(&world), []);
        assert_eq!(leads(&world), takes);
        world.restart(1);
        assert_eq!(leads(&world), takes);
    }
}

#[test]
fn nothing_is_kept_of_a_declined_invitation_and_it_does_not_come_back() {
    const KEPT: [Kind; 3] = [Kind::Conversation, Kind::KeyPackage, Kind::Leaf];
    let group = ConversationId([5; 16]);
    let far = link("wss://elsewhere.example", [7; 16]);
    let mut world = World::new(2, 6);
    world.acquaint(0, 1);
    let said = invite(&mut world, 0, 1, group, far.clone());
    let before = world.people[1].sessions.rows_of(&KEPT);
    let rows = world.people[1].disk.len();
    world.command(1, Command::Decline { group });
    let one_less: Vec<_> = before.iter().map(|rows| rows - 1).collect();
    assert_eq!(world.people[1].sessions.rows_of(&KEPT), one_less);
    // A large value lies in several.
    assert!(world.people[1].disk.len() <= rows - KEPT.len());
    world.restart(1);
    assert_eq!(world.people[1].sessions.rows_of(&KEPT[..1]), one_less[..1]);
    world.people[1].events.clear();
    // The same words once more, in a message of their own.
    let pair = world.acquaint(0, 1);
    say_invite(&mut world, 0, pair, &said);
    assert_eq!(world.people[1].sessions.invitations(), []);
    assert_eq!(world.alarms(1), [Alarm::Welcome]);
    // With another KeyPackage it is another invitation, and asked about.
    invite(&mut world, 0, 1, group, far);
    assert_eq!(world.people[1].sessions.invitations().len(), 1);
}

#[test]
fn a_group_that_we_were_in_is_remembered_when_its_invitation_is_declined() {
    let mut world = World::new(3, 2);
    let group = world.group(&[0, 1, 2]);
    let people = vec![world.id(1)];
    let remove = Command::Remove {
        from: group,
        people,
    };
    world.command(0, remove);
    world.settle();
    let ours = world.people[1].sessions.link_of(group);
    invite(&mut world, 2, 1, group, ours.clone());
    world.command(1, Command::Decline { group });
    let elsewhere = link("wss://elsewhere.example", [7; 16]);
    invite(&mut world, 2, 1, group, elsewhere);
    assert_eq!(world.people[1].sessions.invitations(), []);
    assert_eq!(world.people[1].sessions.link_of(group), ours);
}

#[test]
fn an_invitation_leads_neither_into_the_conversation_in_which_it_is_said_nor_to_its_stream() {
    let mut world = World::new(2, 9);
    let pair = world.acquaint(0, 1);
    for number in 0..150 {
        world.say(1, pair, &format!("number {number}"));
        world.settle();
    }
    // What is written by hand ends the conversation for its writer, who sees it.
    world.go_offline(1);
    let own = world.people[0].sessions.link_of(pair);
    let groups = [
        (pair, link(RELAY, [5; 16])),
        (ConversationId([0; 16]), own.clone()),
    ];
    for (number, (conversation, link)) in (1..).zip(groups) {
        let given = world.people[0].sessions.given_to(&world.id(1));
        let invite = Invite {
            conversation,
            link,
            seq: 1 << 60,
            head: [0; 32],
            reference: *given.last().unwrap(),
        };
        let message = Message {
            claim: world.people[0].sessions.claim(pair),
            id: [number; 16],
            kind: MessageKind::Invite,
            body: invite.encode(),
        };
        world.say_by_hand(1, pair, &message);
        world.settle();
    }
    assert!(world.alarms(0).contains(&Alarm::Message));
    // What is kept is still what was there.
    world.restart(0);
    world.settle();
    assert_eq!(world.people[0].sessions.link_of(pair), own);
    assert_eq!(world.people[0].sessions.conversations().len(), 1);
}
