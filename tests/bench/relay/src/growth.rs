//! What an append costs when the relay keeps many streams.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::Failure;
use crate::append::{Load, measure};
use crate::peer::BLOB_LEN;
use crate::relay::{self, Acks, Keys, Writer, ask, connect};

/// Connections that make streams, so that many come into one transaction.
const MAKERS: u32 = 256;

const WRITERS: u32 = 16;
const UNDER_WAY: usize = 32;

/// Makes the streams 0 to `streams`.
pub(crate) async fn fill(address: &str, streams: u32) -> Result<String, Failure> {
    let mut makers = JoinSet::new();
    for maker in 0..MAKERS {
        makers.spawn(make(address.to_owned(), maker, streams));
    }
    while let Some(made) = makers.join_next().await {
        made??;
    }
    Ok(format!("{{\"streams\":{streams}}}"))
}

async fn make(address: String, maker: u32, streams: u32) -> Result<(), Failure> {
    let mut socket = connect(&address).await?;
    for number in (maker..streams).step_by(usize::try_from(MAKERS)?) {
        ask(&mut socket, Keys::of(number.into()).create()).await?;
    }
    Ok(socket.close(None).await?)
}

/// Appends to any of them, as fast as it goes.
pub(crate) async fn run(
    address: &str,
    streams: u32,
    seconds: u32,
    process: &str,
) -> Result<String, Failure> {
    let load = Arc::new(Load::default());
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let keys = Keys::of(writer.into());
        let (sending, acks) = relay::writer(address, keys, false).await?;
        let room = Arc::new(Semaphore::new(UNDER_WAY));
        let chance = Chance(writer.wrapping_mul(0x9E37_79B9) | 1);
        tasks.spawn(write(
            sending,
            chance,
            streams,
            Arc::clone(&room),
            Arc::clone(&load),
        ));
        tasks.spawn(hear(acks, room, Arc::clone(&load)));
    }
    let cost = measure(&load, seconds, &[process]).await?;
    tasks.shutdown().await;
    Ok(format!(
        "{{\"per_s\":{:.0},\"cpu_us_each\":{:.2}}}",
        cost.per_s,
        1_000_000.0 / cost.per_cpu_s
    ))
}

/// Marsaglia's xorshift: which stream is next needs no more.
struct Chance(u32);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

async fn write(
    mut writer: Writer,
    mut chance: Chance,
    streams: u32,
    room: Arc<Semaphore>,
    load: Arc<Load>,
) -> Result<(), Failure> {
    while !load.is_over.load(Ordering::Relaxed) {
        let number = chance.next().checked_rem(streams).ok_or("no stream")?;
        writer.turn_to(Keys::of(number.into()));
        room.acquire().await?.forget();
        writer.append(&[7; BLOB_LEN]).await?;
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
