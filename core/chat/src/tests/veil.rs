//! A device whose person is not there: it goes on receiving with the class of sessions alone.

use sotto_core::record::Record;
use sotto_core::vault::{Vault, VaultId};
use sotto_protocol::ErrorCode;
use sotto_protocol::live::talk::{ChatBody, DeliveryState, Standing};
use sotto_protocol::live::{LiveEvent, LiveReply, LiveRequest};
use sotto_session::{Alarm, Event, Who};
use zeroize::Zeroizing;

use super::world::World;
use crate::body::{Body, MAX_TEXT_LEN};
use crate::meanwhile::{MAX_ASIDE_LEN, Meanwhile};
use crate::store::{Kept, TABLE_CHAT, kind, open_row};

fn state(world: &mut World, who: usize, talk: &str, text: &str) -> DeliveryState {
    let all = world.messages(who, talk).into_iter();
    let is_it = |body: &ChatBody| matches!(body, ChatBody::Text { text: it, .. } if it == text);
    let mut all = all.filter(|it| is_it(&it.body));
    let message = all.next().unwrap();
    assert!(all.next().is_none(), "once");
    message.delivery.unwrap().state
}

fn rows_of<T: Kept>(world: &World, who: usize) -> usize {
    let rows = world.people[who].disk.iter();
    let chats = rows.filter(|((table, _), _)| table == TABLE_CHAT);
    chats.filter(|(_, it)| kind(it) == Some(T::KIND)).count()
}

#[test]
fn what_came_meanwhile_is_there_once_and_in_order() {
    let mut world = World::acquainted(2);
    let [theirs, mine] = world.pair(0, 1);
    world.veil(1);
    for number in 0..5 {
        world.say(0, &theirs, &format!("number {number}"));
        world.settle();
        // Killed, and started by the alarm.
        world.veil(1);
        world.settle();
    }
    assert_eq!(world.people[1].live.status().unread, 5);
    assert_eq!(
        state(&mut world, 0, &theirs, "number 4"),
        DeliveryState::Sent,
        "nobody is told that it was delivered before it is in the history"
    );
    assert_eq!(rows_of::<Meanwhile>(&world, 1), 5);
    world.restart(1, true);
    world.settle();
    let wanted = [
        "hello", "number 0", "number 1", "number 2", "number 3", "number 4",
    ];
    assert_eq!(world.words(1, &mine), wanted);
    assert_eq!(world.people[1].live.status().unread, 6);
    assert_eq!(
        state(&mut world, 0, &theirs, "number 4"),
        DeliveryState::Delivered
    );
    assert_eq!(rows_of::<Meanwhile>(&world, 1), 0);
    world.restart(1, true);
    world.say(0, &theirs, "after");
    world.settle();
    assert_eq!(world.words(1, &mine), [&wanted[..], &["after"]].concat());
}

#[test]
fn nothing_is_shown_told_or_said_while_veiled() {
    let mut world = World::acquainted(2);
    let [theirs, mine] = world.pair(0, 1);
    world.veil(1);
    let published = world.published.len();
    world.say(0, &theirs, "a word");
    world.settle();
    let refused = |answer: Result<LiveReply, crate::ChatError>| answer.unwrap_err().code();
    let asked = LiveRequest::Messages {
        conversation: mine.clone(),
        from: 0,
        count: 60,
    };
    assert_eq!(refused(world.ask(1, asked)), ErrorCode::VaultLocked);
    let all = LiveRequest::Conversations {};
    assert_eq!(refused(world.ask(1, all)), ErrorCode::VaultLocked);
    let send = LiveRequest::Send {
        conversation: mine,
        text: "no".to_owned(),
        reply_to: None,
    };
    assert_eq!(refused(world.ask(1, send)), ErrorCode::VaultLocked);
    assert!(world.ask(1, LiveRequest::LiveStatus {}).is_ok());
    let events = world.people[1].events.iter();
    let mut others = events.filter(|it| !matches!(it, LiveEvent::LiveStatus { .. }));
    assert!(others.next().is_none());
    assert_eq!(world.published.len(), published);
}

#[test]
fn what_was_said_does_not_open_with_what_stays() {
    let mut world = World::acquainted(2);
    let [theirs, _] = world.pair(0, 1);
    world.say(0, &theirs, "before");
    world.settle();
    world.veil(1);
    world.say(0, &theirs, "meanwhile");
    world.settle();
    let vault = Vault::of_class(VaultId([2; 16]), &Zeroizing::new([2; 32]));
    let (mut opened, mut shut) = (0, 0);
    for ((table, key), value) in &world.people[1].disk {
        if table != TABLE_CHAT {
            continue;
        }
        if open::<crate::rows::Page>(&vault, key, value)
            || open::<crate::talk::Talk>(&vault, key, value)
        {
            panic!("history opens with the class of sessions");
        }
        if open::<crate::rows::Prefs>(&vault, key, value) || open::<Meanwhile>(&vault, key, value) {
            opened += 1;
        } else {
            shut += 1;
        }
    }
    assert_eq!(
        (opened, shut),
        (2, 2),
        "settings, what came; conversation, its page"
    );
}

fn open<T: Kept + Record>(vault: &Vault, key: &[u8], value: &[u8]) -> bool {
    let mut table = sotto_core::record::Table::<T>::default();
    kind(value) == Some(T::KIND) && open_row(vault, key, value, &mut table).is_ok()
}

#[test]
fn what_was_on_its_way_out_goes_on() {
    let mut world = World::acquainted(2);
    let [_, mine] = world.pair(0, 1);
    world.cut(1);
    world.say(1, &mine, "on its way");
    world.veil(1);
    world.settle();
    let theirs = world.id(1);
    assert_eq!(world.words(0, &theirs), ["hello", "on its way"]);
    world.restart(1, true);
    world.settle();
    assert_eq!(
        state(&mut world, 1, &mine, "on its way"),
        DeliveryState::Delivered
    );
}

#[test]
fn an_offer_that_is_answered_meanwhile_begins_the_conversation() {
    let mut world = World::acquainted(2);
    let (theirs, mine) = (world.id(1), world.id(0));
    let contact = theirs.clone();
    world.ask(0, LiveRequest::Begin { contact }).unwrap();
    world.say(0, &theirs, "first words");
    world.settle();
    world.veil(0);
    let accept = LiveRequest::AcceptRequest {
        conversation: mine.clone(),
        verdict: None,
    };
    world.ask(1, accept).unwrap();
    world.settle();
    world.say(1, &mine, "an answer");
    world.settle();
    assert_eq!(world.people[0].live.status().unread, 1);
    world.restart(0, true);
    world.settle();
    assert_eq!(world.words(0, &theirs), ["first words", "an answer"]);
    assert_eq!(
        state(&mut world, 0, &theirs, "first words"),
        DeliveryState::Delivered
    );
    // KeyPackages that were owed are handed over once leaves are signed.
    let Ok(LiveReply::People { people }) = world.ask(1, LiveRequest::People {}) else {
        panic!()
    };
    assert!(people[0].can_add);
}

#[test]
fn an_introduction_waits_in_the_mailbox() {
    let mut world = World::acquainted(2);
    world.veil(1);
    let talk = world.id(1);
    let contact = talk.clone();
    world.ask(0, LiveRequest::Begin { contact }).unwrap();
    world.say(0, &talk, "anybody there?");
    world.settle();
    assert_eq!(world.letters(1), 1);
    assert_eq!(world.people[1].live.status().requests, 0);
    assert_ne!(
        state(&mut world, 0, &talk, "anybody there?"),
        DeliveryState::Delivered
    );
    world.veil(1);
    world.settle();
    world.restart(1, true);
    world.settle();
    assert_eq!(world.people[1].live.status().requests, 1);
    let accept = LiveRequest::AcceptRequest {
        conversation: world.id(0),
        verdict: None,
    };
    world.ask(1, accept).unwrap();
    world.settle();
    let mine = world.id(0);
    assert_eq!(world.words(1, &mine), ["anybody there?"]);
}

#[test]
fn muted_or_blocked_is_not_counted() {
    let mut world = World::acquainted(3);
    let [theirs, mine] = world.pair(0, 1);
    let [blocked, _] = world.pair(2, 1);
    let mute = LiveRequest::Mute {
        conversation: mine,
        muted: true,
    };
    world.ask(1, mute).unwrap();
    let who = world.people[2].me;
    let trust = sotto_protocol::view::Trust::Blocked;
    world.people[1].trust.insert(who, trust);
    world.tell_people(1);
    world.veil(1);
    world.say(0, &theirs, "muted");
    world.say(2, &blocked, "blocked");
    world.settle();
    assert_eq!(world.people[1].live.status().unread, 0);
    world.restart(1, true);
    world.settle();
    let mine = world.id(0);
    assert_eq!(world.words(1, &mine), ["hello", "muted"]);
    let theirs = world.id(2);
    assert_eq!(world.words(1, &theirs), ["hello"]);
}

#[test]
fn a_group_goes_on_without_its_member() {
    let mut world = World::acquainted(3);
    world.pair(0, 1);
    world.pair(0, 2);
    world.settle();
    let people = vec![world.id(1)];
    let name = "Choir".to_owned();
    let made = world.ask(0, LiveRequest::CreateGroup { name, people });
    let Ok(LiveReply::CreateGroup { conversation }) = made else {
        panic!("{made:?}")
    };
    let group = conversation.brief.id;
    world.settle();
    world.veil(1);
    let people = vec![world.id(2)];
    let (conversation, name) = (group.clone(), "Quire".to_owned());
    world
        .ask(
            0,
            LiveRequest::AddPeople {
                conversation,
                people,
            },
        )
        .unwrap();
    world.settle();
    let conversation = group.clone();
    world
        .ask(0, LiveRequest::Rename { conversation, name })
        .unwrap();
    world.settle();
    world.say(2, &group, "la");
    world.settle();
    assert_eq!(world.people[1].live.status().unread, 1);
    world.restart(1, true);
    world.settle();
    let what = world.messages(1, &group).into_iter();
    let what: Vec<_> = what.map(|it| it.body).collect();
    assert!(
        matches!(
            &what[..],
            [
                ChatBody::Began {},
                ChatBody::Added { .. },
                ChatBody::Renamed { .. },
                ChatBody::Text { .. }
            ]
        ),
        "{what:?}"
    );
    let conversation = group;
    let Ok(LiveReply::OpenConversation { conversation }) =
        world.ask(1, LiveRequest::OpenConversation { conversation })
    else {
        panic!()
    };
    assert_eq!(conversation.roster.len(), 3);
    assert_eq!(conversation.brief.title, "Quire");
    assert_eq!(conversation.brief.standing, Standing::Active);
}

/// The sessions of a veiled person say something, each in a step of its own.
fn say_all(world: &mut World, who: usize, events: Vec<Event>, in_one_step: bool) {
    let steps = if in_one_step {
        vec![events]
    } else {
        events.into_iter().map(|it| vec![it]).collect()
    };
    for events in steps {
        world.step(who, |live, now, rng| {
            let (step, taken) = live.take(now, rng, |live| {
                events.into_iter().try_for_each(|it| live.event(it))
            })?;
            taken.map(|()| step)
        });
    }
}

#[test]
fn a_flood_of_alarms_is_one_of_each() {
    let mut world = World::acquainted(2);
    world.pair(0, 1);
    let with = world.people[0].me;
    world.veil(1);
    let conversation = world.people[1].live.sessions.pair(&with).unwrap();
    let alarms = [Alarm::Forged, Alarm::Withheld, Alarm::Flood];
    let alarms = alarms.into_iter().cycle().take(900);
    let alarm = |what| Event::Alarm { conversation, what };
    say_all(&mut world, 1, alarms.map(alarm).collect(), false);
    assert_eq!(rows_of::<Meanwhile>(&world, 1), 3);
}

#[test]
fn a_flood_of_messages_is_bounded_and_nothing_of_it_is_lost() {
    let mut world = World::acquainted(2);
    let [theirs, mine] = world.pair(0, 1);
    let from = Who {
        identity: world.people[0].me,
        device: [1; 16],
    };
    world.veil(1);
    let conversation = world.people[1].live.sessions.pair(&from.identity).unwrap();
    let most = usize::try_from(MAX_ASIDE_LEN).unwrap() / MAX_TEXT_LEN;
    let message = |number: usize| {
        let id = u128::try_from(number).unwrap().to_be_bytes();
        let body = Body::Text {
            id,
            text: "x".repeat(MAX_TEXT_LEN),
            reply_to: None,
        };
        Event::Message {
            conversation,
            from,
            id,
            seq: 1,
            at: sotto_protocol::TimestampMs(world.now),
            body: body.encode(),
        }
    };
    let events = (0..most - 2).map(message).collect();
    say_all(&mut world, 1, events, true);
    assert!(world.people[1].up, "there is room for a little");
    for number in 0..10 {
        world.say(0, &theirs, &format!("{number} {}", "y".repeat(9_000)));
        world.deliver();
    }
    assert!(!world.people[1].up, "it has stopped to listen");
    let unread = world.people[1].live.status().unread;
    assert!(unread > u32::try_from(most - 2).unwrap() && unread < u32::try_from(most + 8).unwrap());
    let rows = rows_of::<Meanwhile>(&world, 1);
    // The alarm starts the background again, time and again.
    for number in 10..15 {
        world.veil(1);
        world.say(0, &theirs, &format!("{number} words"));
        world.settle();
        assert!(!world.people[1].up);
    }
    assert_eq!(rows_of::<Meanwhile>(&world, 1), rows);
    world.restart(1, true);
    world.settle();
    let words = world.words(1, &mine);
    let said = words.iter().filter_map(|it| it.split_once(' '));
    let said: Vec<_> = said.map(|(number, _)| number.to_owned()).collect();
    assert_eq!(said, (0..15).map(|it| it.to_string()).collect::<Vec<_>>());
    assert_eq!(words.len(), 1 + most - 2 + 15);
    world.veil(1);
    world.settle();
    assert!(world.people[1].up, "and there is room again");
}
