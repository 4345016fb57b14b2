//! Appending as fast as it goes: 16 streams, 32 blobs under way in each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::peer::{Acks, BLOB_LEN, Place, Writer};
use crate::{Failure, process};

const STREAMS: usize = 16;
const UNDER_WAY: usize = 32;

/// Before it counts.
const WARM: Duration = Duration::from_secs(1);

/// What is counted, and when it is over.
#[derive(Debug, Default)]
pub(crate) struct Load {
    pub(crate) acknowledged: AtomicU64,
    pub(crate) is_over: AtomicBool,
}

/// Acknowledged blobs, and what they cost the servers.
pub(crate) struct Cost {
    pub(crate) per_s: f64,
    pub(crate) per_cpu_s: f64,
}

pub(crate) async fn run(
    place: &Place,
    seconds: u32,
    processes: &[&str],
) -> Result<String, Failure> {
    let load = Arc::new(Load::default());
    let mut tasks = JoinSet::new();
    for _ in 0..STREAMS {
        let (writer, acks) = place.writer().await?;
        let room = Arc::new(Semaphore::new(UNDER_WAY));
        tasks.spawn(write(writer, Arc::clone(&room), Arc::clone(&load)));
        tasks.spawn(hear(acks, room, Arc::clone(&load)));
    }
    let cost = measure(&load, seconds, processes).await?;
    tasks.shutdown().await;
    Ok(format!(
        "{{\"per_s\":{:.0},\"per_cpu_s\":{:.0}}}",
        cost.per_s, cost.per_cpu_s
    ))
}

/// Waits until it is warm, then counts for so many seconds.
pub(crate) async fn measure(
    load: &Load,
    seconds: u32,
    processes: &[&str],
) -> Result<Cost, Failure> {
    sleep(WARM).await;
    let (start, cpu) = (Instant::now(), process::cpu_s(processes)?);
    let before = load.acknowledged.load(Ordering::Relaxed);
    sleep(Duration::from_secs(seconds.into())).await;
    let blobs = load
        .acknowledged
        .load(Ordering::Relaxed)
        .saturating_sub(before);
    let (wall, cpu) = (
        start.elapsed().as_secs_f64(),
        process::cpu_s(processes)? - cpu,
    );
    load.is_over.store(true, Ordering::Relaxed);
    let blobs = f64::from(u32::try_from(blobs)?);
    Ok(Cost {
        per_s: blobs / wall,
        per_cpu_s: blobs / cpu,
    })
}

async fn write(mut writer: Writer, room: Arc<Semaphore>, load: Arc<Load>) -> Result<(), Failure> {
    let blob = Bytes::from_static(&[7; BLOB_LEN]);
    while !load.is_over.load(Ordering::Relaxed) {
        room.acquire().await?.forget();
        writer.send(blob.clone()).await?;
    }
    Ok(())
}

async fn hear(mut acks: Acks, room: Arc<Semaphore>, load: Arc<Load>) -> Result<(), Failure> {
    loop {
        acks.next().await?;
        load.acknowledged.fetch_add(1, Ordering::Relaxed);
        room.add_permits(1);
    }
}
