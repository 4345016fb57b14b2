use sotto_chat::Body;
use sotto_session::format::{Blob, Introduction, Invite, Message, Rejoin, Roles, Witness};

/// What is said in a chat: a body that is read has one encoding.
///
/// # Panics
/// On a finding.
pub fn chat(input: &[u8]) {
    if let Ok(body) = Body::decode(input) {
        assert_eq!(body.encode(), input, "a body has one encoding");
    }
}

/// The formats of sessions: blobs of a stream, and what their messages hold.
///
/// # Panics
/// On a finding.
pub fn session(input: &[u8]) {
    one_encoding(input, Message::decode(input).map(|it| it.encode()));
    one_encoding(input, Introduction::decode(input).map(|it| it.encode()));
    one_encoding(input, Invite::decode(input).map(|it| it.encode()));
    one_encoding(input, Witness::decode(input).map(|it| it.encode()));
    one_encoding(input, Rejoin::decode(input).map(|it| it.encode()));
    one_encoding(input, Roles::decode(input).map(|it| it.encode()));
    one_encoding(input, Blob::decode(input).map(|it| it.encode()));
}

fn one_encoding<E>(input: &[u8], again: Result<Vec<u8>, E>) {
    if let Ok(again) = again {
        assert_eq!(again, input, "an object has one encoding");
    }
}
