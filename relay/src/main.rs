//! `sotto-relay [FILE]`: the relay as a process. Without FILE and environment: SQLite beside it, for
//! this machine alone.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use sotto_relay::{Config, Relay};
use tokio::signal::unix::{SignalKind, signal};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> ExitCode {
    start_log();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// To standard error, ours alone: what libraries log may name subjects and addresses.
fn start_log() {
    let level = std::env::var("SOTTO_RELAY_LOG")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let ours = Targets::new().with_target("sotto_relay", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false);
    tracing_subscriber::registry().with(ours).with(lines).init();
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).map(PathBuf::from);
    let config = Config::load(file, |name| std::env::var(name).ok())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let scheme = if config.tls.is_some() { "wss" } else { "ws" };
    let relay = Relay::start(config).await?;
    tracing::info!("{scheme}://{}/v1", relay.address());
    if let Some(metrics) = relay.metrics() {
        tracing::info!("http://{metrics}/metrics");
    }
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hang_up.recv() => match relay.renew() {
                Ok(()) => tracing::info!("certificate read again"),
                Err(error) => tracing::error!("{error}; the certificate before stays"),
            },
        }
    }
    tracing::info!("draining");
    relay.stop().await;
    Ok(())
}
