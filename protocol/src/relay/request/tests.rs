use super::super::{Digest, MAX_NOTE_LEN, Secret, StreamId, Tag, WireError};
use super::{Request, Verb};

fn every_verb() -> Vec<Verb> {
    let stream = StreamId([1; 16]);
    let secret = Secret([2; 32]);
    let digest = |byte| Digest([byte; 32]);
    vec![
        Verb::Ping,
        Verb::Create {
            stream,
            own: digest(3),
            write: digest(4),
            read: digest(5),
            pass: Secret([0; 32]),
        },
        Verb::Grant {
            stream,
            own: secret.clone(),
            token: digest(6),
            label: 7,
            per_day: 16,
            max_blob: 65_536,
            expires_s: 1 << 40,
        },
        Verb::Revoke {
            stream,
            own: secret.clone(),
            token: digest(6),
        },
        Verb::Append {
            stream,
            write: secret.clone(),
            expect_seq: Some(0),
            blob: b"blob".to_vec(),
        },
        Verb::Read {
            stream,
            read: secret.clone(),
            from: 9,
            limit: 100,
        },
        Verb::Subscribe {
            stream,
            read: secret.clone(),
            from: 9,
        },
        Verb::Unsubscribe { subscription: 8 },
        Verb::Trim {
            stream,
            own: secret.clone(),
            before: 9,
        },
        Verb::Publish {
            stream,
            write: secret.clone(),
            blob: Vec::new(),
        },
        Verb::Presence {
            stream,
            write: secret.clone(),
            tag: Tag([9; 16]),
            ttl_s: 60,
            note: b"here".to_vec(),
        },
        Verb::Turn {
            stream,
            read: secret.clone(),
        },
        Verb::Delete {
            stream,
            own: secret,
        },
    ]
}

#[test]
fn every_verb_comes_back_and_has_its_own_type_byte() {
    for (kind, verb) in every_verb().into_iter().enumerate() {
        let request = Request { id: 77, verb };
        let message = request.encode();
        assert_eq!(usize::from(message[0]), kind);
        assert_eq!(Request::decode(&message), Ok(request));
    }
}

#[test]
fn whatever_decodes_is_the_one_encoding() {
    for verb in every_verb() {
        let message = Request { id: 5, verb }.encode();
        for at in 0..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 0x81;
            if let Ok(request) = Request::decode(&changed) {
                assert_eq!(request.encode(), changed);
            }
        }
    }
}

#[test]
fn a_cut_message_is_refused_where_its_fields_are_fixed() {
    for verb in every_verb() {
        let fixed = !matches!(
            verb,
            Verb::Append { .. } | Verb::Publish { .. } | Verb::Presence { .. }
        );
        let message = Request { id: 5, verb }.encode();
        for len in 0..message.len() {
            let cut = Request::decode(&message[..len]);
            assert!(!fixed || cut == Err(WireError::Truncated));
        }
    }
}

#[test]
fn trailing_bytes_and_unknown_types_are_refused() {
    let mut message = Request {
        id: 5,
        verb: Verb::Ping,
    }
    .encode();
    message.push(0);
    assert_eq!(Request::decode(&message), Err(WireError::Trailing));
    let unknown = [13, 0, 0, 0, 5];
    assert_eq!(
        Request::decode(&unknown),
        Err(WireError::UnknownType { id: 5 })
    );
}

#[test]
fn what_is_over_a_limit_is_refused() {
    let long = vec![4; super::MAX_REQUEST_LEN + 1];
    assert_eq!(Request::decode(&long), Err(WireError::TooLong));
    let note = Request {
        id: 1,
        verb: Verb::Presence {
            stream: StreamId([1; 16]),
            write: Secret([2; 32]),
            tag: Tag([3; 16]),
            ttl_s: 1,
            note: vec![0; MAX_NOTE_LEN + 1],
        },
    };
    assert_eq!(Request::decode(&note.encode()), Err(WireError::Range));
}

#[test]
fn an_expectation_that_is_not_meant_is_refused() {
    let mut message = Request {
        id: 1,
        verb: Verb::Append {
            stream: StreamId([1; 16]),
            write: Secret([2; 32]),
            expect_seq: Some(3),
            blob: Vec::new(),
        },
    }
    .encode();
    message[5 + 16 + 32] = 0;
    assert_eq!(Request::decode(&message), Err(WireError::Range));
}
