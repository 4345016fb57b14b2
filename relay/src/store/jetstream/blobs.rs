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

const VERSION: u8 = 2;

/// Blobs of one message, at most. So each number of JetStream stands for as many of ours, of which
/// the last blob of a message has the last: what was stored last is known by its number.
pub(super) const MAX_TOGETHER: usize = 64;
const BITS: u32 = MAX_TOGETHER.ilog2();
const LAST: u64 = (1 << BITS) - 1;

/// Numbers of JetStream beyond these are none of the wire's.
const MAX_NUMBER: u64 = 1 << (53 - BITS);

/// The number of a blob: that of its message, its place in it, and how many lie there.
pub(super) fn number(message: u64, place: usize, count: usize) -> u64 {
    let behind = count.saturating_sub(place).saturating_sub(1);
    let behind = u64::try_from(behind).unwrap_or(LAST);
    ((message << BITS) | LAST).saturating_sub(behind)
}

/// The message in which a blob lies.
pub(super) fn message_of(seq: u64) -> u64 {
    seq >> BITS
}

/// The message whose last blob is expected; 0: none. `None`: that blob is never the last.
pub(super) fn expected(seq: u64) -> Option<u64> {
    (seq == 0 || seq & LAST == LAST).then_some(message_of(seq))
}

/// A message as it was written. Numbers are JetStream's, those of the entries ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) number: u64,
    pub(super) expect: Option<u64>,
    pub(super) entries: Vec<Stored>,
}

/// Version, whether and which message was expected; of each blob its label, its length and itself.
pub(super) fn encode<'a>(
    expect: Option<u64>,
    appends: impl Iterator<Item = &'a Append> + Clone,
) -> Bytes {
    let len: usize = appends
        .clone()
        .map(|it| it.blob.len().saturating_add(8))
        .sum();
    let mut payload = BytesMut::with_capacity(len.saturating_add(10));
    payload.put_u8(VERSION);
    payload.put_u8(expect.is_some().into());
    payload.put_u64(expect.unwrap_or(0));
    for append in appends {
        payload.put_u32(append.via);
        // No blob is longer than 256 KiB.
        payload.put_u32(u32::try_from(append.blob.len()).unwrap_or(u32::MAX));
        payload.put_slice(&append.blob);
    }
    payload.freeze()
}

/// Blobs from a message, its number, and JetStream's time of it.
pub(super) fn decode(number: u64, nanos: i128, payload: Bytes) -> Result<Written, StoreError> {
    read(number, millis(nanos), payload).ok_or(StoreError::Unavailable {
        cause: "blob is damaged or of another version of the relay",
    })
}

fn read(message: u64, at_ms: u64, mut payload: Bytes) -> Option<Written> {
    let is_ours = payload.try_get_u8().ok()? == VERSION && message < MAX_NUMBER;
    let expects = payload.try_get_u8().ok()?;
    let expected = payload.try_get_u64().ok()?;
    let mut blobs = Vec::new();
    while payload.has_remaining() {
        let via = payload.try_get_u32().ok()?;
        let len = usize::try_from(payload.try_get_u32().ok()?).ok()?;
        // A copy: it may be kept long after the others, and after what else came with the message.
        blobs.push((via, Bytes::copy_from_slice(payload.get(..len)?)));
        payload.advance(len);
    }
    let count = blobs.len();
    if !is_ours || count == 0 || count > MAX_TOGETHER {
        return None;
    }
    let entries = (0..).zip(blobs).map(|(place, (via, blob))| Stored {
        seq: number(message, place, count),
        at_ms,
        via,
        blob,
    });
    Some(Written {
        number: message,
        expect: (expects == 1).then_some(expected),
        entries: entries.collect(),
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

/// The first message that counts, from number `from` on.
pub(super) async fn next(
    stream: &Stream<()>,
    subject: &str,
    mut from: u64,
) -> Result<Option<Written>, StoreError> {
    loop {
        let Some(message) = reply::next(stream, subject, from).await? else {
            return Ok(None);
        };
        let written = of_message(message)?;
        if counts(stream, subject, &written).await? {
            return Ok(Some(written));
        }
        from = written.number.saturating_add(1);
    }
}

/// The number of the last blob that counts; 0: none.
pub(super) async fn last(stream: &Stream<()>, subject: &str) -> Result<u64, StoreError> {
    let Some(message) = reply::last(stream, subject).await? else {
        return Ok(0);
    };
    let written = of_message(message)?;
    if counts(stream, subject, &written).await? {
        return Ok(last_of(&written));
    }
    // What made it void lies after what it expected.
    let mut last = 0;
    let mut from = written.expect.unwrap_or(0).max(1);
    while let Some(written) = next(stream, subject, from).await? {
        last = last_of(&written);
        from = written.number.saturating_add(1);
    }
    Ok(last)
}

fn last_of(written: &Written) -> u64 {
    written.entries.last().map_or(0, |entry| entry.seq)
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
    let own = written.number;
    let mut from = expect.saturating_add(1);
    while let Some(message) = reply::next(stream, subject, from).await? {
        let between = of_message(message)?;
        if between.number >= own {
            return Ok(true);
        }
        // What expected less than `expect` is void itself: `expect` lies between.
        if between.expect.is_none_or(|it| it >= expect) {
            return Ok(false);
        }
        from = between.number.saturating_add(1);
    }
    // It was forgotten meanwhile.
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Append, Line};
    use super::{MAX_NUMBER, MAX_TOGETHER, decode, encode, expected, message_of, number};
    use sotto_protocol::relay::StreamId;

    fn appends(count: u8) -> Vec<Append> {
        let append = |n: u8| Append {
            stream: StreamId([1; 16]),
            expect_seq: None,
            via: n.into(),
            blob: vec![n; n.into()].into(),
            at_ms: 5,
            line: Line::default(),
        };
        (0..count).map(append).collect()
    }

    #[test]
    fn blobs_come_back_and_cut_ones_are_refused() {
        for (count, expect) in [(1, Some(0)), (1, Some(7)), (1, None), (3, None), (64, None)] {
            let appends = appends(count);
            let payload = encode(expect, appends.iter());
            let written = decode(9, 5_000_000, payload.clone()).unwrap();
            assert_eq!((written.number, written.expect), (9, expect));
            let first = 9 * 64 + 64 - u64::from(count);
            let expected: Vec<_> = (first..).zip(&appends).map(|(n, it)| it.at(n)).collect();
            assert_eq!(written.entries, expected);
            if count > 1 {
                decode(9, 0, payload.slice(..payload.len() - 1)).unwrap_err();
            }
            decode(MAX_NUMBER, 0, payload).unwrap_err();
        }
        let too_many = appends(65);
        decode(9, 0, encode(None, too_many.iter())).unwrap_err();
        decode(9, 0, encode(None, [].iter())).unwrap_err();
        decode(9, 0, b"\x01".as_slice().into()).unwrap_err();
    }

    #[test]
    fn numbers_rise_and_the_last_of_a_message_is_known_by_its_own() {
        let mut before = 0;
        for (message, count) in [(1, 1), (2, MAX_TOGETHER), (3, 5)] {
            for place in 0..count {
                let seq = number(message, place, count);
                assert!(seq > before);
                assert_eq!(message_of(seq), message);
                let is_last = place + 1 == count;
                assert_eq!(expected(seq), is_last.then_some(message));
                before = seq;
            }
        }
        assert_eq!(expected(0), Some(0));
        assert!(number(MAX_NUMBER - 1, 0, 1) < 1 << 53);
    }
}
