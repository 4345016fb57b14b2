//! Small records by key: the last value of a subject, changed by compare-and-set.

use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::super::StoreError;
use super::blobs;
use super::reply::{self, Verdict};
use super::{AGAIN, PATIENCE, after};
use crate::access::Access;

/// What lies under a key.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) bytes: Bytes,
    /// What the next value is to expect.
    pub(super) revision: u64,
    /// When it was written, milliseconds since 1970.
    pub(super) at_ms: u64,
}

/// One JetStream stream of records.
pub(super) struct Records {
    context: Context,
    stream: Stream<()>,
}

impl Records {
    pub(super) fn new(context: Context, stream: Stream<()>) -> Self {
        Self { context, stream }
    }

    /// A record.
    pub(super) async fn get(&self, key: &str) -> Result<Option<Record>, StoreError> {
        let found = reply::last(&self.stream, key).await?;
        Ok(found.map(|message| Record {
            at_ms: blobs::millis(message.time.unix_timestamp_nanos()),
            bytes: message.payload,
            revision: message.sequence,
        }))
    }

    /// Writes a record again as it is, so that it is kept for its whole time once more. Whoever
    /// changed it meanwhile has done so too.
    pub(super) async fn renew(&self, key: &str, record: Record) -> Result<(), StoreError> {
        let renewed = self.put(key, record.bytes.into(), record.revision).await;
        match renewed {
            Err(StoreError::Conflict { .. }) => Ok(()),
            other => other,
        }
    }

    /// Sets a record if its revision is still `revision` (0: if there is none).
    ///
    /// Without an id that tells repetitions: if the acknowledgement is lost, the repetition is
    /// answered by [`StoreError::Conflict`], and whoever asked looks again.
    pub(super) async fn put(
        &self,
        key: &str,
        record: Vec<u8>,
        revision: u64,
    ) -> Result<(), StoreError> {
        let message = PublishMessage::build()
            .payload(record.into())
            .expected_last_subject_sequence(revision);
        let deadline = after(PATIENCE);
        loop {
            let sent = self
                .context
                .send_publish(key.to_owned(), message.clone())
                .await;
            let acknowledged = match sent {
                Ok(ack) => ack.await,
                Err(error) => Err(error),
            };
            let Err(error) = acknowledged else {
                return Ok(());
            };
            match reply::of_publish(&error) {
                Verdict::Refused(refused) => return Err(refused),
                Verdict::Again if Instant::now() < deadline => sleep(AGAIN).await,
                Verdict::Again => {
                    return Err(StoreError::Unavailable {
                        cause: "JetStream does not acknowledge",
                    });
                }
            }
        }
    }

    pub(super) async fn forget(&self, key: &str) -> Result<(), StoreError> {
        let purged = self.stream.purge().filter(key).await;
        purged.map(|_| ()).map_err(|_| StoreError::Unavailable {
            cause: "JetStream does not purge",
        })
    }
}

pub(super) fn access(record: &[u8]) -> Result<Access, StoreError> {
    Access::decode(record).ok_or(StoreError::Unavailable {
        cause: "record of capabilities is damaged",
    })
}

/// The blobs counted on `day`, and the revision of that record.
pub(super) fn spent(found: Option<&Record>, day: u32) -> (u32, u64) {
    let Some(record) = found else {
        return (0, 0);
    };
    let count = record
        .bytes
        .split_first_chunk::<4>()
        .filter(|(on, _)| u32::from_be_bytes(**on) == day)
        .and_then(|(_, rest)| rest.first_chunk::<4>())
        .map_or(0, |count| u32::from_be_bytes(*count));
    (count, record.revision)
}

pub(super) fn spend(day: u32, count: u32) -> Vec<u8> {
    [day.to_be_bytes(), count.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::{Record, spend, spent};

    #[test]
    fn a_count_is_of_its_day() {
        let record = Record {
            bytes: spend(20_000, 7).into(),
            revision: 3,
            at_ms: 5,
        };
        assert_eq!(spent(Some(&record), 20_000), (7, 3));
        assert_eq!(spent(Some(&record), 20_001), (0, 3));
        assert_eq!(spent(None, 20_000), (0, 0));
    }
}
