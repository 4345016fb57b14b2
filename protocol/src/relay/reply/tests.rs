use super::super::{RelayCode, Tag, WireError};
use super::{Entry, Event, Reply, Turn};

fn entry(seq: u64) -> Entry {
    Entry {
        seq,
        at_ms: 1_800_000_000_000,
        via: 3,
        blob: b"blob".to_vec(),
    }
}

fn turn() -> Turn {
    Turn {
        ttl_s: 600,
        username: "1800000000".to_owned(),
        password: "cGFzcw==".to_owned(),
        uris: "turn:relay.example:3478".to_owned(),
    }
}

fn replies() -> Vec<Reply> {
    vec![
        Reply::Done,
        Reply::At { seq: (1 << 53) - 1 },
        Reply::Page {
            more: true,
            entries: vec![entry(1), entry(4)],
        },
        Reply::Turn(turn()),
        Reply::Failed {
            code: RelayCode::Conflict,
            detail: 9,
        },
    ]
}

fn events() -> Vec<Event> {
    vec![
        Event::Blob(entry(2)),
        Event::Published {
            via: 1,
            blob: b"typing".to_vec(),
        },
        Event::Present {
            via: 1,
            tag: Tag([7; 16]),
            note: Vec::new(),
        },
        Event::Absent { tag: Tag([7; 16]) },
        Event::Ended {
            code: RelayCode::Deleted,
        },
    ]
}

#[test]
fn every_message_comes_back() {
    for (index, reply) in replies().into_iter().enumerate() {
        let message = reply.encode(6);
        assert_eq!(usize::from(message[0]), 128 + index);
        assert!(Reply::is_reply(&message));
        assert_eq!(Reply::decode(&message), Ok((6, reply)));
    }
    for (index, event) in events().into_iter().enumerate() {
        let message = event.encode(6);
        assert_eq!(usize::from(message[0]), 192 + index);
        assert!(!Reply::is_reply(&message));
        assert_eq!(Event::decode(&message), Ok((6, event)));
    }
}

#[test]
fn whatever_decodes_is_the_one_encoding() {
    for reply in replies() {
        let message = reply.encode(6);
        for at in 0..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 0x81;
            if let Ok((id, reply)) = Reply::decode(&changed) {
                assert_eq!(reply.encode(id), changed);
            }
        }
    }
}

#[test]
fn an_answer_is_no_event() {
    let unknown = Err(WireError::UnknownType { id: 6 });
    assert_eq!(Event::decode(&Reply::Done.encode(6)), unknown);
    let ended = Event::Ended {
        code: RelayCode::Draining,
    };
    assert_eq!(
        Reply::decode(&ended.encode(6)),
        Err(WireError::UnknownType { id: 6 })
    );
}

#[test]
fn a_lying_length_allocates_nothing() {
    let mut message = Reply::Page {
        more: false,
        entries: vec![entry(1)],
    }
    .encode(6);
    message[6 + 20..6 + 24].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(Reply::decode(&message), Err(WireError::Truncated));
}

#[test]
fn numbers_that_javascript_does_not_hold_are_refused() {
    for (seq, at_ms) in [(1 << 53, 5), (2, 1 << 53), (u64::MAX, u64::MAX)] {
        let entry = Entry {
            seq,
            at_ms,
            ..entry(1)
        };
        let blob = Event::Blob(entry.clone()).encode(6);
        assert_eq!(Event::decode(&blob), Err(WireError::Range));
        let page = Reply::Page {
            more: false,
            entries: vec![entry],
        };
        assert_eq!(Reply::decode(&page.encode(6)), Err(WireError::Range));
    }
    let at = Reply::At { seq: 1 << 53 }.encode(6);
    assert_eq!(Reply::decode(&at), Err(WireError::Range));
}

#[test]
fn debug_output_holds_no_credential() {
    assert_eq!(format!("{:?}", Reply::Turn(turn())), "Turn(Turn(..))");
}
