//! From sending to receiving: 50 streams, each with one who writes and one who reads, 1,000 blobs a
//! second together.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::Failure;
use crate::peer::{Acks, BLOB_LEN, Place, Reader, Writer};

const PAIRS: u32 = 50;
const EVERY: Duration = Duration::from_millis(50);

/// Blobs of each pair that do not count: everything is warm after them.
const WARM: usize = 20;

/// How long the last blobs may take.
const LATE: Duration = Duration::from_secs(10);

pub(crate) async fn run(place: &Place, seconds: u32) -> Result<String, Failure> {
    let count = usize::try_from(seconds.saturating_mul(20))?.saturating_add(WARM);
    let mut pairs = Vec::new();
    for _ in 0..PAIRS {
        pairs.push(place.pair().await?);
    }
    let base = Instant::now();
    let mut readers = JoinSet::new();
    let mut others = JoinSet::new();
    for (index, pair) in (0..PAIRS).zip(pairs) {
        readers.spawn(read(pair.reader, base, count));
        others.spawn(acknowledged(pair.acks, count));
        // One after the other within the 50 ms.
        let shift = EVERY
            .saturating_mul(index)
            .checked_div(PAIRS)
            .unwrap_or(EVERY);
        others.spawn(write(pair.writer, base, shift, count));
    }
    let all = async {
        let mut latencies = Vec::new();
        // Together, so that whoever fails first says why.
        loop {
            let done = tokio::select! {
                Some(done) = readers.join_next() => done??,
                Some(done) = others.join_next() => {
                    done??;
                    Vec::new()
                }
                else => break,
            };
            latencies.extend(done);
        }
        Ok::<_, Failure>(latencies)
    };
    let limit = LATE.saturating_add(EVERY.saturating_mul(u32::try_from(count)?));
    let mut latencies = timeout(limit, all).await??;
    latencies.sort_unstable();
    let at = |share: f64| percentile(&latencies, share);
    Ok(format!(
        "{{\"count\":{},\"p50_us\":{},\"p99_us\":{}}}",
        latencies.len(),
        at(0.5)?,
        at(0.99)?
    ))
}

/// The value below which `share` of the sorted values lie (nearest rank).
fn percentile(sorted: &[u64], share: f64) -> Result<u64, Failure> {
    let len = u32::try_from(sorted.len())?;
    let rank = (f64::from(len) * share).ceil();
    let index = sorted
        .len()
        .min(usize::try_from(format!("{rank:.0}").parse::<u32>()?)?);
    let value = sorted.get(index.saturating_sub(1));
    value.copied().ok_or_else(|| "nothing was received".into())
}

async fn write(
    mut writer: Writer,
    base: Instant,
    shift: Duration,
    count: usize,
) -> Result<(), Failure> {
    let mut next = base.checked_add(shift).ok_or("time")?;
    for _ in 0..count {
        sleep_until(next).await;
        next = next.checked_add(EVERY).ok_or("time")?;
        writer.send(stamped(base)).await?;
    }
    Ok(())
}

/// A blob that says when it was sent.
fn stamped(base: Instant) -> Bytes {
    let mut blob = BytesMut::with_capacity(BLOB_LEN);
    blob.put_u64(u64::try_from(base.elapsed().as_micros()).unwrap_or(0));
    blob.resize(BLOB_LEN, 0);
    blob.freeze()
}

async fn acknowledged(mut acks: Acks, count: usize) -> Result<(), Failure> {
    for _ in 0..count {
        acks.next().await?;
    }
    Ok(())
}

/// Microseconds of each blob after the first ones.
async fn read(mut reader: Reader, base: Instant, count: usize) -> Result<Vec<u64>, Failure> {
    let mut latencies = Vec::with_capacity(count);
    for n in 0..count {
        let blob = reader.next().await?;
        let now = u64::try_from(base.elapsed().as_micros())?;
        let sent = blob.first_chunk::<8>().ok_or("no stamp")?;
        if n >= WARM {
            latencies.push(now.saturating_sub(u64::from_be_bytes(*sent)));
        }
    }
    Ok(latencies)
}
