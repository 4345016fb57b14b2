use sotto_protocol::relay::{Event, Reply, Request, WireError};

/// The relay's wire, in both directions: what decodes has one encoding, and no message is an answer
/// and an event at once.
///
/// # Panics
/// On a finding.
pub fn relay(input: &[u8]) {
    if let Ok(request) = Request::decode(input) {
        assert_eq!(request.encode(), input, "a request has one encoding");
    }
    let (reply, event) = (Reply::decode(input), Event::decode(input));
    if let Ok((id, reply)) = &reply {
        assert_eq!(reply.encode(*id), input, "an answer has one encoding");
        assert!(Reply::is_reply(input));
    }
    if let Ok((id, event)) = &event {
        assert_eq!(event.encode(*id), input, "an event has one encoding");
        assert!(!Reply::is_reply(input));
    }
    assert!(reply.is_err() || event.is_err());
    answered(input);
}

/// What the relay answers to an unknown verb goes to the request's own id.
fn answered(input: &[u8]) {
    let Err(WireError::UnknownType { id }) = Request::decode(input) else {
        return;
    };
    let written = input.get(1..5);
    assert_eq!(written, Some(&id.to_be_bytes()[..]));
}
