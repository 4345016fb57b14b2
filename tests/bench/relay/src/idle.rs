//! Connections that only wait: each subscribed to a stream of its own.

use futures_util::future::try_join_all;
use std::time::Duration;
use tokio::time::sleep;

use crate::relay::{Keys, Socket, ask, connect};
use crate::{Failure, process};

/// Opened at the same time.
const AT_ONCE: usize = 50;

pub(crate) async fn run(
    address: &str,
    process: &str,
    connections: usize,
) -> Result<String, Failure> {
    // The first ones pay for what all share.
    let mut open = try_join_all((0..AT_ONCE).map(|_| subscribed(address))).await?;
    settle().await;
    let before = process::resident(process)?;
    let first = open.len();
    while open.len() < connections {
        let more = AT_ONCE.min(connections.saturating_sub(open.len()));
        open.extend(try_join_all((0..more).map(|_| subscribed(address))).await?);
    }
    settle().await;
    let after = process::resident(process)?;
    let counted = f64::from(u32::try_from(open.len().saturating_sub(first))?);
    drop(open);
    Ok(format!(
        "{{\"connections\":{connections},\"bytes_each\":{:.0}}}",
        (after - before) / counted
    ))
}

async fn settle() {
    sleep(Duration::from_secs(2)).await;
}

async fn subscribed(address: &str) -> Result<Socket, Failure> {
    let keys = Keys::random()?;
    let mut socket = connect(address).await?;
    ask(&mut socket, keys.create()).await?;
    ask(&mut socket, keys.subscribe()).await?;
    Ok(socket)
}
