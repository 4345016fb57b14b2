//! The vectors of what is said in a chat (`tests/vectors/chat.json`): each body has these bytes and
//! no others; what is refused has the code that the vector names.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a vector that is none fails the test"
)]

use serde_json::Value;
use sotto_chat::Body;

fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().expect("hex").as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).expect("hex"), 16);
    digits
        .chunks(2)
        .map(|pair| byte(pair).expect("hex"))
        .collect()
}

fn id(value: &Value) -> Option<[u8; 16]> {
    (!value.is_null()).then(|| bytes(value).try_into().expect("16 bytes"))
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn body(input: &Value) -> Body {
    let named = || id(&input["id"]).expect("id");
    match input["kind"].as_u64() {
        Some(0) => Body::Text {
            id: named(),
            text: text(&input["text"]),
            reply_to: id(&input["reply_to"]),
        },
        Some(1) => Body::Edit {
            id: named(),
            text: text(&input["text"]),
        },
        Some(2) => Body::Delete { id: named() },
        Some(3) => Body::React {
            id: named(),
            emoji: text(&input["emoji"]),
            on: input["on"].as_bool().expect("on"),
        },
        Some(4) => Body::Receipt {
            delivered: input["delivered"].as_u64().expect("number"),
            read: input["read"].as_u64(),
        },
        Some(5) => Body::Mailbox {
            stream: id(&input["stream"]).expect("stream"),
            token: bytes(&input["token"]).try_into().expect("32 bytes"),
        },
        kind => panic!("kind {kind:?}"),
    }
}

#[test]
fn every_body_is_as_the_vectors_say() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/vectors/chat.json")).expect("vectors");
    assert!(vectors.len() > 30);
    for vector in &vectors {
        let (name, output) = (&vector["name"], bytes(&vector["output"]));
        let read = Body::decode(&output);
        if vector["expect"] == "ok" {
            let said = body(&vector["input"]);
            assert_eq!(said.encode(), output, "{name}");
            assert_eq!(read, Ok(said), "{name}");
        } else {
            let code = read.expect_err(&name.to_string()).code();
            assert_eq!(vector["expect"], code.as_str(), "{name}");
        }
    }
}
