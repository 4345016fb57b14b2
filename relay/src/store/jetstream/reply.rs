//! What JetStream's answers mean here.

use std::error::Error as _;

use async_nats::jetstream;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, RawMessageError, Stream};
use tokio::time::{Instant, sleep};

use super::super::StoreError;
use super::{AGAIN, ANSWER, after};

/// What to do about a failed publish.
pub(super) enum Verdict {
    /// Send it again: there is no leader just now, or nobody answered.
    Again,
    /// It will not be stored.
    Refused(StoreError),
}

pub(super) fn of_publish(error: &PublishError) -> Verdict {
    match error.kind() {
        PublishErrorKind::WrongLastSequence => Verdict::Refused(StoreError::Conflict { last: 0 }),
        PublishErrorKind::MaxPayloadExceeded => Verdict::Refused(StoreError::Unavailable {
            cause: "max_payload of the NATS server is below the relay's limit",
        }),
        PublishErrorKind::WrongLastMessageId
        | PublishErrorKind::StreamNotFound
        | PublishErrorKind::TimedOut
        | PublishErrorKind::BrokenPipe
        | PublishErrorKind::MaxAckPending => Verdict::Again,
        PublishErrorKind::Other => of_server(error),
    }
}

/// The server has one code for several reasons; its words tell them apart.
fn of_server(error: &PublishError) -> Verdict {
    let server = error
        .source()
        .and_then(|source| source.downcast_ref::<jetstream::Error>());
    let words = server.map(ToString::to_string).unwrap_or_default();
    if words.contains("per subject") {
        return Verdict::Refused(StoreError::StreamFull);
    }
    if words.contains("maximum bytes") || words.contains("resources exceeded") {
        return Verdict::Refused(StoreError::StorageFull);
    }
    Verdict::Again
}

/// The last message of a subject.
pub(super) async fn last(
    stream: &Stream<()>,
    subject: &str,
) -> Result<Option<StreamMessage>, StoreError> {
    let deadline = after(ANSWER);
    loop {
        let found = stream.get_last_raw_message_by_subject(subject).await;
        if let Some(answer) = answered(found, deadline) {
            return answer;
        }
        sleep(AGAIN).await;
    }
}

/// The first message of a subject from `seq` on.
pub(super) async fn next(
    stream: &Stream<()>,
    subject: &str,
    seq: u64,
) -> Result<Option<StreamMessage>, StoreError> {
    let deadline = after(ANSWER);
    loop {
        let found = stream.get_first_raw_message_by_subject(subject, seq).await;
        if let Some(answer) = answered(found, deadline) {
            return answer;
        }
        sleep(AGAIN).await;
    }
}

/// `None`: ask again.
fn answered(
    found: Result<StreamMessage, RawMessageError>,
    deadline: Instant,
) -> Option<Result<Option<StreamMessage>, StoreError>> {
    match found {
        Ok(message) => Some(Ok(Some(message))),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Some(Ok(None)),
        Err(_) if Instant::now() < deadline => None,
        Err(_) => Some(Err(StoreError::Unavailable {
            cause: "JetStream does not answer",
        })),
    }
}
