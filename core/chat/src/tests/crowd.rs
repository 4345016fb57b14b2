//! Groups with more people than tell each other what they have read.

use sotto_protocol::live::talk::{ChatBody, Conversation, Delivery, DeliveryState};
use sotto_protocol::live::{LiveEvent, LiveReply, LiveRequest, MAX_TELLING};

use super::world::World;
use crate::body::Body;
use crate::talk::TalkId;

/// Who is there; the others are members and away.
const THERE: std::ops::Range<usize> = 0..3;

/// The first makes a group with the next ones, and can add all the others.
fn group(world: &mut World, with: usize) -> String {
    let others = 1..world.people.len();
    for other in others.clone() {
        let contact = world.id(other);
        let conversation = contact.clone();
        world.ask(0, LiveRequest::Begin { contact }).unwrap();
        world.say(0, &conversation, "hello");
    }
    world.deliver();
    for other in others {
        let (conversation, verdict) = (world.id(0), None);
        let accept = LiveRequest::AcceptRequest {
            conversation,
            verdict,
        };
        world.ask(other, accept).unwrap();
    }
    world.settle();
    (THERE.end..world.people.len()).for_each(|who| world.restart(who, false));
    let people = (1..=with).map(|who| world.id(who)).collect();
    let name = "Choir".to_owned();
    let create = LiveRequest::CreateGroup { name, people };
    let Ok(LiveReply::CreateGroup { conversation }) = world.ask(0, create) else {
        panic!()
    };
    world.settle();
    conversation.brief.id
}

fn open(world: &mut World, who: usize, group: &str) -> Conversation {
    let conversation = group.to_owned();
    match world.ask(who, LiveRequest::OpenConversation { conversation }) {
        Ok(LiveReply::OpenConversation { conversation }) => conversation,
        other => panic!("{other:?}"),
    }
}

/// Blobs of all streams.
fn appended(world: &World) -> usize {
    world.streams.values().map(Vec::len).sum()
}

fn read_all(world: &mut World, who: usize, group: &str) {
    let position = open(world, who, group).total - 1;
    let conversation = group.to_owned();
    let read = LiveRequest::MarkRead {
        conversation,
        position,
    };
    world.ask(who, read).unwrap();
}

fn typing(conversation: &str) -> LiveRequest {
    LiveRequest::Typing {
        conversation: conversation.to_owned(),
        on: true,
    }
}

fn was_writing(world: &World, who: usize) -> bool {
    let events = world.people[who].events.iter();
    let mut typing = events.filter_map(|event| match event {
        LiveEvent::Typing { names, .. } => Some(names.is_empty()),
        _ => None,
    });
    typing.any(|is_empty| !is_empty)
}

fn delivery(world: &mut World, group: &str, text: &str) -> Delivery {
    let messages = world.messages(0, group).into_iter();
    let is_it = |body: &ChatBody| matches!(body, ChatBody::Text { text: said, .. } if said == text);
    let message = messages.rev().find(|it| is_it(&it.body)).unwrap();
    message.delivery.unwrap()
}

/// How many it reached, of how many.
fn reached(world: &mut World, group: &str, text: &str) -> (u32, u32) {
    let Delivery { delivered, of, .. } = delivery(world, group, text);
    (delivered, of)
}

/// A receipt for everything, whatever the rule is.
fn tell(world: &mut World, who: usize, group: &str) {
    let id = TalkId::parse(group).unwrap();
    let to = world.people[who].live.talk(id).unwrap().session.unwrap();
    let receipt = Body::Receipt {
        delivered: u64::MAX,
        read: Some(u64::MAX),
    };
    world.step(who, |live, now, rng| {
        let told = live.take(now, rng, |live| live.hand(to, &receipt));
        told.map(|(step, _)| step)
    });
}

#[test]
fn in_a_large_group_a_word_is_one_blob_whoever_reads_it() {
    let most = usize::try_from(MAX_TELLING).unwrap();
    let mut world = World::acquainted(u8::try_from(MAX_TELLING).unwrap() + 1);
    let group = group(&mut world, most - 1);
    assert!(!open(&mut world, 0, &group).quiet);
    world.say(0, &group, "few");
    world.settle();
    assert_eq!(reached(&mut world, &group, "few"), (2, MAX_TELLING - 1));

    // One more comes: nothing is told, nor shown.
    let (conversation, people) = (group.clone(), vec![world.id(most)]);
    let add = LiveRequest::AddPeople {
        conversation,
        people,
    };
    world.ask(0, add).unwrap();
    world.settle();
    assert!(
        THERE
            .into_iter()
            .all(|who| open(&mut world, who, &group).quiet)
    );
    assert_eq!(reached(&mut world, &group, "few"), (0, 0));
    let before = appended(&world);
    world.say(0, &group, "many");
    world.settle();
    THERE.for_each(|who| read_all(&mut world, who, &group));
    world.settle();
    assert_eq!(appended(&world), before + 1);
    let published = world.published.len();
    world.ask(1, typing(&group)).unwrap();
    assert_eq!(world.published.len(), published);

    // Members that tell all the same are not heard.
    tell(&mut world, 1, &group);
    tell(&mut world, 2, &group);
    world.settle();
    assert_eq!(
        delivery(&mut world, &group, "many").state,
        DeliveryState::Sent
    );
    assert_eq!(reached(&mut world, &group, "many"), (0, 0));

    // Somebody goes: what was read before is told by nobody, what is said from here on is.
    let (conversation, person) = (group.clone(), world.id(most));
    let remove = LiveRequest::RemovePerson {
        conversation,
        person,
    };
    world.ask(0, remove).unwrap();
    world.settle();
    assert!(!open(&mut world, 0, &group).quiet);
    assert_eq!(reached(&mut world, &group, "many"), (0, MAX_TELLING - 1));
    world.say(0, &group, "few again");
    world.settle();
    assert_eq!(
        reached(&mut world, &group, "few again"),
        (2, MAX_TELLING - 1)
    );
    assert!(!was_writing(&world, 0));
    world.ask(1, typing(&group)).unwrap();
    world.deliver();
    assert!(was_writing(&world, 0));
}
