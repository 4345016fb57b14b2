//! One message on its way into JetStream, tried until it is stored, refused, or too late.

use std::fmt;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::stream::Stream;
use sotto_protocol::relay::StreamId;
use tokio::time::{Instant, sleep};

use super::super::{Append, StoreError};
use super::names::{Names, hex};
use super::reply::{self, Verdict};
use super::{AGAIN, PATIENCE, after, blobs};

/// Where messages go.
pub(super) struct Way {
    context: Context,
    blobs: Stream<()>,
    names: Names,
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Way(..)")
    }
}

impl Way {
    pub(super) fn new(context: Context, blobs: Stream<()>, names: Names) -> Self {
        Self {
            context,
            blobs,
            names,
        }
    }

    /// Stores blobs as one message. Ends with its number, in JetStream's count.
    pub(super) async fn store<'a>(
        &self,
        stream: &StreamId,
        appends: impl Iterator<Item = &'a Append> + Clone,
    ) -> Result<u64, StoreError> {
        let expect = match appends.clone().find_map(|it| it.expect_seq) {
            None => None,
            Some(seq) => Some(blobs::expected(seq).ok_or(StoreError::Conflict { last: 0 })?),
        };
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| StoreError::Unavailable {
            cause: "no randomness",
        })?;
        let id = hex(&id);
        let message = PublishMessage::build()
            .payload(blobs::encode(expect, appends))
            .message_id(&id);
        let sending = Sending {
            way: self,
            subject: self.names.of_blobs(&hex(&stream.0)),
            message,
            id,
            expect,
            last_raw: expect,
        };
        sending.acknowledged().await
    }
}

/// Sent again it has the same id, so it is stored once.
struct Sending<'a> {
    way: &'a Way,
    subject: String,
    message: PublishMessage,
    id: String,
    expect: Option<u64>,
    /// What JetStream is to expect: void messages count for it.
    last_raw: Option<u64>,
}

impl Sending<'_> {
    async fn send(&self) -> Result<PublishAck, PublishError> {
        let message = self.message.clone();
        let message = match self.last_raw {
            Some(number) => message.expected_last_subject_sequence(number),
            None => message,
        };
        let subject = self.subject.clone();
        self.way.context.send_publish(subject, message).await?.await
    }

    async fn acknowledged(mut self) -> Result<u64, StoreError> {
        let deadline = after(PATIENCE);
        loop {
            let error = match self.send().await {
                Ok(ack) => return self.checked(ack.sequence).await,
                Err(error) => error,
            };
            match reply::of_publish(&error) {
                Verdict::Refused(refused) => {
                    // It may be our own message that came before.
                    if let Some(number) = self.found().await? {
                        return Ok(number);
                    }
                    if !self.passes_over_void(refused).await? {
                        return Err(refused);
                    }
                }
                Verdict::Again if Instant::now() < deadline => sleep(AGAIN).await,
                Verdict::Again => {
                    return Err(StoreError::Unavailable {
                        cause: "JetStream does not acknowledge",
                    });
                }
            }
        }
    }

    /// The order decides whether a message that expected something counts.
    async fn checked(&self, number: u64) -> Result<u64, StoreError> {
        let Some(expect) = self.expect else {
            return Ok(number);
        };
        let from = expect.saturating_add(1);
        match blobs::next(&self.way.blobs, &self.subject, from).await? {
            Some(message) if message.number == number => Ok(number),
            Some(_) => Err(StoreError::Conflict { last: 0 }),
            // Forgotten already: it was there.
            None => Ok(number),
        }
    }

    /// Whether it was refused for void messages alone; then it is worth another try.
    async fn passes_over_void(&mut self, refused: StoreError) -> Result<bool, StoreError> {
        let (StoreError::Conflict { .. }, Some(expect)) = (refused, self.expect) else {
            return Ok(false);
        };
        let last = blobs::void_after(&self.way.blobs, &self.subject, expect).await?;
        let is_new = last.is_some() && last != self.last_raw;
        self.last_raw = last.or(self.last_raw);
        Ok(is_new)
    }

    /// Our message, if an earlier try stored it.
    async fn found(&self) -> Result<Option<u64>, StoreError> {
        let Some(expect) = self.expect else {
            return Ok(None);
        };
        let from = expect.saturating_add(1);
        let next = reply::next(&self.way.blobs, &self.subject, from).await?;
        Ok(next
            .filter(|message| {
                let id = message.headers.get(NATS_MESSAGE_ID);
                id.is_some_and(|id| id.as_str() == self.id)
            })
            .map(|message| message.sequence))
    }
}
