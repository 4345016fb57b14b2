//! The vectors of our formats (`tests/vectors/session.json`): each object has these bytes and no
//! others; what is refused decodes to nothing.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a vector that is none fails the test"
)]

use serde_json::Value;
use sotto_core::identity::IdentityKey;
use sotto_session::format::{
    Blob, Chain, ChainClaim, ConversationId, Introduction, Invite, Link, Message, MessageKind,
    Part, Rejoin, Right, Roles, Scope, Witness,
};

fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().expect("hex").as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).expect("hex"), 16);
    digits
        .chunks(2)
        .map(|pair| byte(pair).expect("hex"))
        .collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().expect("length")
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("number")
}

fn short(value: &Value) -> u16 {
    u16::try_from(number(value)).expect("u16")
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn conversation(input: &Value) -> ConversationId {
    ConversationId(array(&input["conversation"]))
}

fn link(input: &Value) -> Link {
    Link {
        relay: text(&input["relay"]).expect("relay"),
        stream: array(&input["stream"]),
        write: array(&input["write"]),
        read: array(&input["read"]),
    }
}

fn right(value: &Value) -> Right {
    if number(value) == 1 {
        Right::Everybody
    } else {
        Right::Admins
    }
}

fn blob(input: &Value) -> Blob {
    let body = bytes(&input["body"]);
    match input["type"].as_str() {
        Some("mls") => Blob::Mls(body),
        Some("welcome") => Blob::Welcome(body),
        Some("letter") => Blob::Letter(body),
        _ => Blob::Part(Part {
            id: array(&input["id"]),
            index: short(&input["index"]),
            count: short(&input["count"]),
            bytes: body,
        }),
    }
}

fn roles(input: &Value) -> Roles {
    let admins = input["admins"].as_array().expect("admins");
    Roles {
        scope: if number(&input["scope"]) == 1 {
            Scope::Group
        } else {
            Scope::Pair
        },
        admins: admins
            .iter()
            .map(|key| IdentityKey::parse(&bytes(key)).expect("key"))
            .collect(),
        add: right(&input["add"]),
        remove: right(&input["remove"]),
        name: text(&input["name"]),
    }
}

fn message(input: &Value) -> Message {
    Message {
        claim: ChainClaim {
            seq: number(&input["seq"]),
            chain: array(&input["chain"]),
        },
        id: array(&input["id"]),
        kind: MessageKind::of(number(&input["kind"])),
        body: bytes(&input["body"]),
    }
}

fn chain(input: &Value) -> Vec<u8> {
    let mut chain = Chain::new(&array(&input["stream"]));
    for (seq, blob) in (1..).zip(input["blobs"].as_array().expect("blobs")) {
        assert!(chain.push(seq, &bytes(blob)));
    }
    chain.head().to_vec()
}

/// What the input encodes to.
fn encode(format: &str, input: &Value) -> Vec<u8> {
    match format {
        "blob" => blob(input).encode(),
        "chain" => chain(input),
        "message" => message(input).encode(),
        "roles" => roles(input).encode(),
        "invite" => Invite {
            conversation: conversation(input),
            link: link(&input["link"]),
            seq: number(&input["seq"]),
            head: array(&input["head"]),
            reference: array(&input["reference"]),
        }
        .encode(),
        "witness" => Witness {
            conversation: conversation(input),
            epoch: number(&input["epoch"]),
            authenticator: array(&input["authenticator"]),
        }
        .encode(),
        "rejoin" => Rejoin {
            conversation: conversation(input),
            key_package: bytes(&input["key_package"]),
            epoch: input["epoch"].as_u64(),
        }
        .encode(),
        "introduction" => Introduction {
            conversation: conversation(input),
            key_package: bytes(&input["key_package"]),
            link: link(&input["link"]),
            text: text(&input["text"]),
        }
        .encode(),
        other => panic!("format {other}"),
    }
}

/// What the bytes are when they are written again; `None`: refused.
fn again(format: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match format {
        "blob" => Blob::decode(bytes).ok().map(|it| it.encode()),
        "chain" => Some(bytes.to_vec()),
        "message" => Message::decode(bytes).ok().map(|it| it.encode()),
        "roles" => Roles::decode(bytes).ok().map(|it| it.encode()),
        "invite" => Invite::decode(bytes).ok().map(|it| it.encode()),
        "witness" => Witness::decode(bytes).ok().map(|it| it.encode()),
        "rejoin" => Rejoin::decode(bytes).ok().map(|it| it.encode()),
        "introduction" => Introduction::decode(bytes).ok().map(|it| it.encode()),
        other => panic!("format {other}"),
    }
}

#[test]
fn every_format_is_as_the_vectors_say() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/vectors/session.json")).unwrap();
    assert!(vectors.len() > 40);
    for vector in &vectors {
        let (format, name) = (vector["format"].as_str().unwrap(), &vector["name"]);
        let output = bytes(&vector["output"]);
        if vector["expect"] == "ok" {
            assert_eq!(encode(format, &vector["input"]), output, "{format}: {name}");
            assert_eq!(again(format, &output), Some(output), "{format}: {name}");
        } else {
            assert_eq!(again(format, &output), None, "{format}: {name}");
        }
    }
}
