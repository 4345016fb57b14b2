use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_core::custody;
use sotto_protocol::{desk, shell};

/// Messages between surfaces and to the custodian, as JSON.
///
/// # Panics
/// On a finding.
pub fn messages(input: &[u8]) {
    again::<desk::DeskRequest>(input);
    again::<desk::DeskReply>(input);
    again::<shell::ContentRequest>(input);
    again::<shell::FrameRequest>(input);
    again::<shell::guard::GuardRequest>(input);
    again::<shell::ShellRequest>(input);
    again::<custody::Request>(input);
    again::<custody::Reply>(input);
}

/// What decodes, encodes; and that decodes to the same.
fn again<T: DeserializeOwned + Serialize>(input: &[u8]) {
    let Ok(message) = serde_json::from_slice::<T>(input) else {
        return;
    };
    let Ok(encoded) = serde_json::to_vec(&message) else {
        return;
    };
    let decoded = serde_json::from_slice::<T>(&encoded).ok();
    let encoded_again = decoded.and_then(|message| serde_json::to_vec(&message).ok());
    assert_eq!(encoded_again, Some(encoded), "a message survives the wire");
}
