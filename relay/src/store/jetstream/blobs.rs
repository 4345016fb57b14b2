//! Blobs as messages, and which of them count.
//!
//! A cluster of nats-server 2.9 compares `Nats-Expected-Last-Subject-Sequence` before it agrees on
//! the order, so of two appends that expect the same blob both may be stored (found by the suite on
//! three nodes). The order it agrees on is the same everywhere, so the order decides: a message
//! carries what it expected, and is *void* if another that counts lies between. Whoever meets a void
//! message passes it over; its writer is told of the conflict. It is not deleted: 2.9 loses the last
//! sequence number of a subject whose last message is deleted, and refuses every expectation after.

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Stream;
use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::super::{Append, StoreError, Stored};
use super::reply;

const VERSION: u8 = 1;

/// A blob as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) stored: Stored,
    pub(super) expect: Option<u64>,
}

/// Version, label, whether and which sequence number was expected, the blob.
pub(super) fn encode(append: &Append) -> Bytes {
    let mut payload = BytesMut::with_capacity(append.blob.len().saturating_add(14));
    payload.put_u8(VERSION);
    payload.put_u32(append.via);
    payload.put_u8(append.expect_seq.is_some().into());
    payload.put_u64(append.expect_seq.unwrap_or(0));
    payload.put_slice(&append.blob);
    payload.freeze()
}

/// A blob from a message, its place, and JetStream's time of it.
pub(super) fn decode(seq: u64, nanos: i128, mut payload: Bytes) -> Result<Written, StoreError> {
    let damaged = StoreError::Unavailable {
        cause: "blob is damaged or of a newer relay",
    };
    if payload.try_get_u8() != Ok(VERSION) {
        return Err(damaged);
    }
    let via = payload.try_get_u32().map_err(|_| damaged)?;
    let expects = payload.try_get_u8().map_err(|_| damaged)?;
    let expected = payload.try_get_u64().map_err(|_| damaged)?;
    Ok(Written {
        stored: Stored {
            seq,
            at_ms: millis(nanos),
            via,
            blob: payload,
        },
        expect: (expects == 1).then_some(expected),
    })
}

/// Milliseconds since 1970 of a time in nanoseconds.
pub(super) fn millis(nanos: i128) -> u64 {
    u64::try_from(nanos / 1_000_000).unwrap_or(0)
}

fn of_message(message: StreamMessage) -> Result<Written, StoreError> {
    let nanos = message.time.unix_timestamp_nanos();
    decode(message.sequence, nanos, message.payload)
}

/// The first blob that counts, from `seq` on.
pub(super) async fn next(
    stream: &Stream<()>,
    subject: &str,
    mut seq: u64,
) -> Result<Option<Stored>, StoreError> {
    loop {
        let Some(message) = reply::next(stream, subject, seq).await? else {
            return Ok(None);
        };
        let written = of_message(message)?;
        if counts(stream, subject, &written).await? {
            return Ok(Some(written.stored));
        }
        seq = written.stored.seq.saturating_add(1);
    }
}

/// The last sequence number that counts; 0: none.
pub(super) async fn last(stream: &Stream<()>, subject: &str) -> Result<u64, StoreError> {
    let Some(message) = reply::last(stream, subject).await? else {
        return Ok(0);
    };
    let written = of_message(message)?;
    let (own, expect) = (written.stored.seq, written.expect.unwrap_or(0));
    if counts(stream, subject, &written).await? {
        return Ok(own);
    }
    // What made it void lies after what it expected.
    let mut last = 0;
    let mut seq = expect.max(1);
    while let Some(stored) = next(stream, subject, seq).await? {
        last = stored.seq;
        seq = last.saturating_add(1);
    }
    Ok(last)
}

/// The last message after `expect`, if there are messages and none of them counts.
pub(super) async fn void_after(
    stream: &Stream<()>,
    subject: &str,
    expect: u64,
) -> Result<Option<u64>, StoreError> {
    let from = expect.saturating_add(1);
    if next(stream, subject, from).await?.is_some() {
        return Ok(None);
    }
    let last = reply::last(stream, subject).await?;
    Ok(last
        .map(|message| message.sequence)
        .filter(|last| *last > expect))
}

/// Whether no message that counts lies between a message and what it expected.
pub(super) async fn counts(
    stream: &Stream<()>,
    subject: &str,
    written: &Written,
) -> Result<bool, StoreError> {
    let Some(expect) = written.expect else {
        return Ok(true);
    };
    let own = written.stored.seq;
    let mut seq = expect.saturating_add(1);
    while let Some(message) = reply::next(stream, subject, seq).await? {
        let between = of_message(message)?;
        if between.stored.seq >= own {
            return Ok(true);
        }
        // What expected less than `expect` is void itself: `expect` lies between.
        if between.expect.is_none_or(|it| it >= expect) {
            return Ok(false);
        }
        seq = between.stored.seq.saturating_add(1);
    }
    // It was forgotten meanwhile.
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::super::Append;
    use super::{decode, encode};
    use sotto_protocol::relay::StreamId;

    #[test]
    fn a_blob_comes_back_and_a_cut_one_is_refused() {
        for expect_seq in [None, Some(0), Some(7)] {
            let append = Append {
                stream: StreamId([1; 16]),
                expect_seq,
                via: 3,
                blob: b"blob".as_slice().into(),
                at_ms: 5,
            };
            let written = decode(9, 5_000_000, encode(&append)).unwrap();
            assert_eq!(written.stored, append.at(9));
            assert_eq!(written.expect, expect_seq);
            decode(9, 0, encode(&append).slice(..13)).unwrap_err();
        }
        decode(9, 0, b"\x02".as_slice().into()).unwrap_err();
    }
}
