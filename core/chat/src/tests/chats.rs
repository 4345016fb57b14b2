use sotto_protocol::ErrorCode;
use sotto_protocol::live::talk::{ChatBody, DeliveryState, Standing};
use sotto_protocol::live::{LiveEvent, LiveReply, LiveRequest, Reach};
use sotto_protocol::view::Trust;

use super::world::World;
use crate::ChatError;

pub(super) fn state(world: &mut World, who: usize, talk: &str, text: &str) -> DeliveryState {
    let messages = world.messages(who, talk);
    let is_it = |body: &ChatBody| matches!(body, ChatBody::Text { text: said, .. } if said == text);
    let message = messages.into_iter().find(|it| is_it(&it.body)).unwrap();
    message.delivery.unwrap().state
}

pub(super) fn requests(world: &mut World, who: usize) -> Vec<sotto_protocol::live::MessageRequest> {
    match world.ask(who, LiveRequest::Conversations {}).unwrap() {
        LiveReply::Conversations { requests, .. } => requests,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_words_are_a_request_and_stand_in_both_histories() {
    let mut world = World::acquainted(2);
    assert_eq!(world.people[0].live.status().reach, Reach::Reachable);
    let talk = world.id(1);
    let contact = talk.clone();
    world.ask(0, LiveRequest::Begin { contact }).unwrap();
    world.say(0, &talk, "hello");
    world.say(0, &talk, "are you there?");
    world.settle();
    assert_eq!(state(&mut world, 0, &talk, "hello"), DeliveryState::Sent);
    assert_eq!(
        state(&mut world, 0, &talk, "are you there?"),
        DeliveryState::Waiting
    );
    let waiting = requests(&mut world, 1);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].text, "hello");
    assert_eq!(world.people[1].live.status().unread, 0, "nothing rings");
    let accept = LiveRequest::AcceptRequest {
        conversation: waiting[0].conversation.clone(),
        verdict: None,
    };
    world.ask(1, accept).unwrap();
    world.settle();
    let theirs = world.id(0);
    assert_eq!(world.words(1, &theirs), ["hello", "are you there?"]);
    assert_eq!(world.words(0, &talk), ["hello", "are you there?"]);
    assert_eq!(
        state(&mut world, 0, &talk, "hello"),
        DeliveryState::Delivered
    );
    assert!(requests(&mut world, 1).is_empty());
}

#[test]
fn receipts_say_delivered_then_read_and_nothing_when_they_are_off() {
    let mut world = World::acquainted(2);
    let [talk, theirs] = world.pair(0, 1);
    world.say(0, &talk, "one");
    world.settle();
    assert_eq!(state(&mut world, 0, &talk, "one"), DeliveryState::Delivered);
    let position = u32::try_from(world.messages(1, &theirs).len()).unwrap() - 1;
    let read = LiveRequest::MarkRead {
        conversation: theirs.clone(),
        position,
    };
    assert_eq!(
        world.ask(1, read).unwrap(),
        LiveReply::MarkRead { unread: 0 }
    );
    world.settle();
    assert_eq!(state(&mut world, 0, &talk, "one"), DeliveryState::Read);
    let mut settings = world.people[1].live.status().settings;
    settings.receipts = false;
    world.ask(1, LiveRequest::SetLive { settings }).unwrap();
    world.say(0, &talk, "two");
    world.settle();
    assert_eq!(state(&mut world, 0, &talk, "two"), DeliveryState::Sent);
}

#[test]
fn what_is_said_while_one_is_away_arrives_in_order_once() {
    let mut world = World::acquainted(2);
    let [talk, theirs] = world.pair(0, 1);
    world.restart(1, false);
    for number in 0..150 {
        world.say(0, &talk, &number.to_string());
        if number % 50 == 0 {
            world.cut(0);
        }
        world.settle();
    }
    world.restart(0, true);
    world.settle();
    world.restart(1, true);
    world.settle();
    let wanted: Vec<_> = std::iter::once("hello".to_owned())
        .chain((0..150).map(|number| number.to_string()))
        .collect();
    assert_eq!(world.words(1, &theirs), wanted);
    world.restart(1, false);
    assert_eq!(world.words(1, &theirs), wanted, "as it was kept");
    assert_eq!(world.people[1].live.status().reach, Reach::Off);
    assert_eq!(world.people[1].live.status().unread, 151);
}

#[test]
fn only_the_author_changes_a_message() {
    let mut world = World::acquainted(2);
    let [talk, theirs] = world.pair(0, 1);
    let message = world.say(0, &talk, "at sixx").id;
    world.settle();
    let (conversation, text) = (talk.clone(), "at six".to_owned());
    let edit = LiveRequest::Edit {
        conversation,
        message: message.clone(),
        text,
    };
    world.ask(0, edit).unwrap();
    world.settle();
    assert_eq!(world.words(1, &theirs), ["hello", "at six"]);
    let conversation = theirs.clone();
    let forged = LiveRequest::Delete {
        conversation,
        message: message.clone(),
    };
    assert_eq!(world.ask(1, forged), Err(ChatError::MessageUnknown));
    let conversation = theirs.clone();
    let react = LiveRequest::React {
        conversation,
        message: message.clone(),
        emoji: "👍".into(),
        on: true,
    };
    world.ask(1, react).unwrap();
    world.settle();
    let seen = world.messages(0, &talk);
    let seen = seen.iter().find(|it| it.id == message).unwrap();
    assert_eq!((seen.reactions[0].count, seen.reactions[0].own), (1, false));
    let conversation = talk.clone();
    let delete = LiveRequest::Delete {
        conversation,
        message,
    };
    world.ask(0, delete).unwrap();
    world.settle();
    assert_eq!(world.words(1, &theirs), ["hello"]);
}

#[test]
fn blocked_and_strange_people_come_no_further_than_they_should() {
    let mut world = World::new(3);
    let all = [world.people[1].me, world.people[2].me];
    world.people[0].trust.insert(all[0], Trust::Known);
    world.people[2].trust.insert(all[0], Trust::Known);
    world.people[1].trust.insert(all[1], Trust::Blocked);
    (0..3).for_each(|who| world.tell_people(who));
    let contact = world.id(1);
    for who in [0, 2] {
        let contact = contact.clone();
        world.ask(who, LiveRequest::Begin { contact }).unwrap();
        let talk = world.id(1);
        world.say(who, &talk, "let me in");
        world.settle();
    }
    let waiting = requests(&mut world, 1);
    assert_eq!(waiting.len(), 1, "the blocked one is not seen");
    assert_eq!(waiting[0].contact, None);
    world.inject(1, vec![7; 200]);
    world.inject(1, Vec::new());
    assert_eq!(requests(&mut world, 1).len(), 1);
    let accept = LiveRequest::AcceptRequest {
        conversation: waiting[0].conversation.clone(),
        verdict: None,
    };
    assert_eq!(world.ask(1, accept), Err(ChatError::ContactUnknown));
    let refuse = LiveRequest::RefuseRequest {
        conversation: waiting[0].conversation.clone(),
        block: false,
    };
    world.ask(1, refuse).unwrap();
    assert!(requests(&mut world, 1).is_empty());
}

#[test]
fn three_in_a_group_hear_the_same_and_who_leaves_hears_no_more() {
    let mut world = World::acquainted(3);
    let [_, _] = world.pair(0, 1);
    let [_, _] = world.pair(0, 2);
    let people = vec![world.id(1), world.id(2)];
    let name = "Choir".to_owned();
    let create = LiveRequest::CreateGroup { name, people };
    let LiveReply::CreateGroup { conversation } = world.ask(0, create).unwrap() else {
        panic!()
    };
    let group = conversation.brief.id;
    world.settle();
    world.say(1, &group, "la");
    world.settle();
    for who in 0..3 {
        assert_eq!(world.words(who, &group), ["la"]);
    }
    let rename = |name: &str| LiveRequest::Rename {
        conversation: group.clone(),
        name: name.to_owned(),
    };
    assert_eq!(world.ask(1, rename("Mine")), Err(ChatError::NotAllowed));
    world.ask(0, rename("Quire")).unwrap();
    world.settle();
    let conversation = group.clone();
    let open = LiveRequest::OpenConversation { conversation };
    let LiveReply::OpenConversation { conversation } = world.ask(2, open).unwrap() else {
        panic!()
    };
    assert_eq!(conversation.brief.title, "Quire");
    assert_eq!(conversation.roster.len(), 3);
    let conversation = group.clone();
    world.ask(2, LiveRequest::Leave { conversation }).unwrap();
    world.settle();
    world.say(0, &group, "fa");
    world.settle();
    assert_eq!(world.words(1, &group), ["la", "fa"]);
    assert_eq!(world.words(2, &group), ["la"]);
    let conversation = group.clone();
    let open = LiveRequest::OpenConversation { conversation };
    let LiveReply::OpenConversation { conversation } = world.ask(2, open).unwrap() else {
        panic!()
    };
    assert_eq!(conversation.brief.standing, Standing::Ended);
    let text = "so".to_owned();
    let send = LiveRequest::Send {
        conversation: group,
        text,
        reply_to: None,
    };
    assert_eq!(
        world.ask(2, send).unwrap_err().code(),
        ErrorCode::ConversationOver
    );
}

#[test]
fn a_line_that_is_sent_leaves_the_draft_and_those_behind_it_stay() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    let answered = world.say(0, &talk, "question").id;
    let drafts = [
        ("one\ntwo", "two"),
        ("one\n", ""),
        ("one two", ""),
        ("one", ""),
    ];
    for (draft, rest) in drafts {
        let keep = LiveRequest::KeepDraft {
            conversation: talk.clone(),
            text: draft.to_owned(),
            reply_to: Some(answered.clone()),
        };
        world.ask(0, keep).unwrap();
        world.say(0, &talk, "one");
        let conversation = talk.clone();
        let open = LiveRequest::OpenConversation { conversation };
        let LiveReply::OpenConversation { conversation } = world.ask(0, open).unwrap() else {
            panic!()
        };
        let left = conversation.draft;
        assert_eq!(left.text, rest, "{draft:?}");
        assert_eq!(left.reply_to.is_some(), !rest.is_empty(), "{draft:?}");
    }
}

#[test]
fn search_finds_the_newest_first_and_goes_on() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    for number in 0..40 {
        world.say(0, &talk, &format!("Meet me at {number}"));
        world.now += 1;
    }
    let search = |before: Option<String>| LiveRequest::SearchMessages {
        conversation: None,
        query: "ME AT".into(),
        before,
    };
    let Ok(LiveReply::SearchMessages { hits, more }) = world.ask(0, search(None)) else {
        panic!()
    };
    assert_eq!(
        (hits.len(), more, hits[0].after.as_str()),
        (30, true, " 39")
    );
    let before = hits.last().map(|it| it.cursor.clone());
    let Ok(LiveReply::SearchMessages { hits, more }) = world.ask(0, search(before)) else {
        panic!()
    };
    assert_eq!(
        (hits.len(), more, hits[0].after.as_str()),
        (10, false, " 9")
    );
}

/// Who is told to be writing.
fn writing(world: &World, who: usize) -> Vec<String> {
    let told = world.people[who]
        .events
        .iter()
        .rev()
        .find_map(|event| match event {
            LiveEvent::Typing { names, .. } => Some(names.clone()),
            _ => None,
        });
    told.unwrap_or_default()
}

#[test]
fn writing_is_told_to_those_who_are_there_and_ends() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    let typing = |on| LiveRequest::Typing {
        conversation: talk.clone(),
        on,
    };
    world.ask(0, typing(true)).unwrap();
    world.deliver();
    assert_eq!(writing(&world, 1), ["Person 1"]);
    world.say(0, &talk, "there it is");
    world.deliver();
    assert!(writing(&world, 1).is_empty());
    world.now += 5;
    world.publish_again();
    assert!(writing(&world, 1).is_empty(), "the relay said it again");
    world.ask(0, typing(true)).unwrap();
    world.deliver();
    assert_eq!(writing(&world, 1), ["Person 1"]);
    for _ in 0..3 {
        world.settle();
    }
    assert!(writing(&world, 1).is_empty(), "nobody said it again");
    let mut settings = world.people[0].live.status().settings;
    settings.typing = false;
    let before = world.published.len();
    world.ask(0, LiveRequest::SetLive { settings }).unwrap();
    world.ask(0, typing(true)).unwrap();
    assert_eq!(world.published.len(), before, "off means not sent");
}

#[test]
fn who_is_blocked_while_writing_is_not_shown_writing() {
    let mut world = World::acquainted(2);
    let [talk, _] = world.pair(0, 1);
    let conversation = talk.clone();
    let typing = LiveRequest::Typing {
        conversation,
        on: true,
    };
    world.ask(0, typing).unwrap();
    world.deliver();
    assert_eq!(writing(&world, 1), ["Person 1"]);
    let blocked = world.people[0].me;
    world.people[1].trust.insert(blocked, Trust::Blocked);
    world.tell_people(1);
    assert!(writing(&world, 1).is_empty());
}

#[test]
fn who_is_blocked_later_is_heard_no_more_and_learns_nothing() {
    let mut world = World::acquainted(2);
    let [talk, theirs] = world.pair(0, 1);
    let blocked = world.people[0].me;
    world.people[1].trust.insert(blocked, Trust::Blocked);
    world.tell_people(1);
    world.say(0, &talk, "still there?");
    let conversation = talk.clone();
    let typing = LiveRequest::Typing {
        conversation,
        on: true,
    };
    world.ask(0, typing).unwrap();
    world.settle();
    assert_eq!(world.words(1, &theirs), ["hello"]);
    assert!(writing(&world, 1).is_empty());
    assert_eq!(
        state(&mut world, 0, &talk, "still there?"),
        DeliveryState::Sent
    );
}

#[test]
fn receipts_of_a_conversation_that_began_anew_say_nothing_of_the_old_one() {
    let mut world = World::acquainted(2);
    let [talk, theirs] = world.pair(0, 1);
    for number in 0..20 {
        world.say(0, &talk, &number.to_string());
    }
    world.settle();
    // Forgotten on one side, which leaves; the other begins anew.
    let conversation = talk.clone();
    world
        .ask(0, LiveRequest::ForgetConversation { conversation })
        .unwrap();
    world.settle();
    let conversation = theirs.clone();
    world.ask(1, LiveRequest::Renew { conversation }).unwrap();
    world.settle();
    let conversation = talk.clone();
    let accept = LiveRequest::AcceptRequest {
        conversation,
        verdict: None,
    };
    world.ask(0, accept).unwrap();
    world.settle();
    world.restart(1, false);
    world.say(0, &talk, "anew");
    world.settle();
    assert_eq!(state(&mut world, 0, &talk, "anew"), DeliveryState::Sent);
    world.restart(1, true);
    world.settle();
    assert_eq!(
        state(&mut world, 0, &talk, "anew"),
        DeliveryState::Delivered
    );
}

#[test]
fn what_was_forgotten_before_it_was_answered_does_not_leave() {
    let mut world = World::acquainted(2);
    world.restart(0, false);
    let contact = world.id(1);
    let talk = contact.clone();
    world.ask(0, LiveRequest::Begin { contact }).unwrap();
    world.say(0, &talk, "never mind");
    let conversation = talk;
    world
        .ask(0, LiveRequest::ForgetConversation { conversation })
        .unwrap();
    world.restart(0, true);
    world.settle();
    assert!(requests(&mut world, 1).is_empty());
}

#[test]
fn no_group_takes_the_place_of_a_person() {
    use crate::talk::TalkId;
    use sotto_session::format::ConversationId;
    let world = World::acquainted(2);
    let person = TalkId::of(&world.people[1].me);
    assert_ne!(TalkId::of_group(ConversationId(person.0)), person);
}
