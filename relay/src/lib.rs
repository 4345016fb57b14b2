//! The blind relay (docs/relay.md).
//!
//! It keeps *streams*: ordered lists of opaque blobs under random ids, guarded by capabilities. It
//! knows no account, no name and no content, and it depends on no crate that could open one:
//! `cargo xtask test` checks that `sotto-protocol` is the only other crate of ours it uses. What it
//! does see (addresses, times, sizes, which streams one connection uses) is said in docs/relay.md.
//!
//! ```no_run
//! # async fn run() -> Result<(), sotto_relay::StartError> {
//! let relay = sotto_relay::Relay::start(sotto_relay::Config::default()).await?;
//! println!("ws://{}/v1", relay.address());
//! relay.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod access;
mod clock;
mod config;
mod connection;
mod http;
pub mod hub;
mod limits;
mod metrics;
mod server;
mod shared;
pub mod store;
mod tls;
mod turn;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::interval;

pub use config::{
    Config, ConfigError, Hidden, Limits, NatsConfig, ProxyConfig, TlsConfig, TurnConfig,
};
pub use tls::TlsError;

use hub::Hub;
use shared::Shared;
use store::jetstream::JetStreamStore;
use store::sqlite::SqliteStore;
use store::{Store, StoreError};
use tls::Tls;

/// Why a relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened at.
    #[error("{address}: {source}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// TLS cannot be had.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A relay that runs.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    tls: Option<Arc<Tls>>,
    drain: watch::Sender<bool>,
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl Relay {
    /// Opens the store and listens.
    ///
    /// # Errors
    /// Says which setting cannot be had.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let tls = config.tls.clone().map(Tls::new).transpose()?.map(Arc::new);
        let listener = bind(config.listen).await?;
        let metrics = match config.metrics {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let hub = Arc::new(Hub::default());
        let store = open_store(&config, &hub).await?;
        let (drain, draining) = watch::channel(false);
        let shared = Arc::new(Shared::new(config, store, Arc::clone(&hub), draining));
        let mut relay = Self {
            address: local(&listener)?,
            metrics: metrics.as_ref().map(local).transpose()?,
            tls: tls.clone(),
            drain,
            shared: Arc::clone(&shared),
            tasks: vec![
                tokio::spawn(expire_notes(hub)),
                tokio::spawn(keep_subscribed(shared.clone())),
            ],
        };
        if let Some(listener) = metrics {
            let router = http::operator(Arc::clone(&shared));
            relay.listen(listener, router, None);
        }
        relay.listen(listener, http::router(shared), tls);
        Ok(relay)
    }

    fn listen(&mut self, listener: TcpListener, router: axum::Router, tls: Option<Arc<Tls>>) {
        let shared = Arc::clone(&self.shared);
        self.tasks
            .push(tokio::spawn(server::listen(listener, router, tls, shared)));
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where Prometheus reads.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Reads the certificate again.
    ///
    /// # Errors
    /// When it cannot be used; the one before stays.
    pub fn renew(&self) -> Result<(), TlsError> {
        self.tls.as_ref().map_or(Ok(()), |tls| tls.renew())
    }

    /// Takes no more clients, answers what is under way, says goodbye, and ends.
    pub async fn stop(self) {
        self.drain.send_replace(true);
        let limit = u64::from(self.shared.config.limits.drain_s).saturating_add(2);
        let mut poll = interval(Duration::from_millis(20));
        let gone = async {
            let connections = &self.shared.metrics.connections;
            while connections.load(std::sync::atomic::Ordering::Relaxed) > 0 {
                poll.tick().await;
            }
        };
        // Whoever has not taken the goodbye by then is left.
        let _late = tokio::time::timeout(Duration::from_secs(limit), gone).await;
        for task in self.tasks {
            task.abort();
        }
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Address { address, source })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Address {
        address: SocketAddr::from(([0, 0, 0, 0], 0)),
        source,
    })
}

async fn open_store(config: &Config, hub: &Arc<Hub>) -> Result<Arc<dyn Store>, StoreError> {
    let bounds = config.limits.bounds();
    if let Some(nats) = &config.nats {
        return Ok(JetStreamStore::open(nats, bounds, Arc::clone(hub)).await?);
    }
    Ok(SqliteStore::open(&config.store, bounds, Arc::clone(hub))?)
}

/// A stream that somebody subscribes to is in use, however long nothing happens in it.
async fn keep_subscribed(shared: Arc<Shared>) {
    let mut every = interval(shared.config.limits.bounds().idle_step());
    loop {
        every.tick().await;
        for stream in shared.hub.subscribed() {
            if let Err(error) = shared.store.access(stream).await {
                shared::fault(&error);
            }
        }
    }
}

async fn expire_notes(hub: Arc<Hub>) {
    let mut every = interval(Duration::from_secs(1));
    loop {
        every.tick().await;
        hub.expire_notes();
    }
}
