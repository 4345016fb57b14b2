//! What all connections of a relay share.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sotto_protocol::relay::{Digest, RelayCode, Secret, StreamId};
use tokio::sync::{Semaphore, watch};

use crate::access::Access;
use crate::config::Config;
use crate::hub::Hub;
use crate::limits::{Crowd, Member, Meters, Rate, network};
use crate::metrics::{Metrics, count};
use crate::store::{Store, StoreError};

/// Blobs under way of all connections together.
const UNDER_WAY_KIB: usize = 64 * 1024;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// Why a request is refused: code and detail on the wire.
pub(crate) type Refusal = (RelayCode, u32);

/// One for each relay.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) pass: Option<Secret>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Metrics,
    /// Blobs by capability.
    pub(crate) blobs: Meters<Digest>,
    /// New streams by address.
    pub(crate) streams: Meters<IpAddr>,
    /// Bytes appended by address.
    pub(crate) bytes: Meters<IpAddr>,
    /// Wrong capabilities by address.
    pub(crate) refusals: Meters<IpAddr>,
    connects: Meters<IpAddr>,
    open: Arc<Crowd>,
    sockets: Arc<Crowd>,
    subscriptions: Arc<Crowd>,
    /// Blobs handed in and not acknowledged yet, in KiB: what waits for a store that stands still.
    pub(crate) under_way: Arc<Semaphore>,
    pub(crate) draining: watch::Receiver<bool>,
}

impl Shared {
    pub(crate) fn new(
        config: Config,
        store: Arc<dyn Store>,
        hub: Arc<Hub>,
        draining: watch::Receiver<bool>,
    ) -> Self {
        let limits = &config.limits;
        Self {
            pass: config.pass_bytes().map(Secret),
            blobs: Meters::new(Rate::per(limits.blobs_per_second, Duration::from_secs(1))),
            streams: Meters::new(Rate::per(limits.streams_per_hour, HOUR)),
            bytes: Meters::new(Rate::bytes_per_day(limits.bytes_per_day)),
            refusals: Meters::new(Rate::per(limits.refusals_per_minute, MINUTE)),
            connects: Meters::new(Rate::per(limits.connects_per_minute, MINUTE)),
            open: Arc::default(),
            sockets: Arc::default(),
            subscriptions: Arc::default(),
            under_way: Arc::new(Semaphore::new(UNDER_WAY_KIB)),
            metrics: Metrics::default(),
            config,
            store,
            hub,
            draining,
        }
    }

    /// The capabilities of a stream.
    pub(crate) async fn access(&self, stream: StreamId) -> Result<Arc<Access>, Refusal> {
        let cache = self.hub.cache();
        let ticket = match cache.get(&stream, self.store.access_good_for()) {
            Ok(access) => return Ok(access),
            Err(ticket) => ticket,
        };
        let access = self.store.access(stream).await.map_err(|it| fault(&it))?;
        let access = access.ok_or((RelayCode::Refused, 0))?;
        Ok(cache.put(stream, access, ticket))
    }

    /// A place for one more connection from `address`.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Place, Refusal> {
        let network = network(address);
        if *self.draining.borrow() {
            return Err((RelayCode::Draining, 0));
        }
        self.connects.take(network, 1).map_err(too_fast)?;
        let most = self.config.limits.connections_per_address;
        let member = self.open.join(network, most);
        let member = member.ok_or((RelayCode::TooMany, 0))?;
        count(&self.metrics.connected);
        count(&self.metrics.connections);
        Ok(Place {
            shared: Arc::clone(self),
            network,
            _member: member,
        })
    }

    /// Whether a peer is one of the proxies in front.
    pub(crate) fn is_proxy(&self, peer: IpAddr) -> bool {
        let proxy = self.config.proxy.as_ref();
        proxy.is_some_and(|proxy| proxy.trusted.contains(&peer.to_canonical()))
    }

    /// A seat for a socket that has said nothing yet, so that one address cannot take those of all
    /// others with sockets alone. Twice as many as connections: whoever is refused one is told so.
    /// A proxy has as many as it likes.
    pub(crate) fn seat(&self, peer: IpAddr) -> Result<Option<Member>, Refusal> {
        if self.is_proxy(peer) {
            return Ok(None);
        }
        let most = self.config.limits.connections_per_address.saturating_mul(2);
        let member = self.sockets.join(network(peer), most);
        member.map(Some).ok_or((RelayCode::TooMany, 0))
    }

    /// A seat for one more subscription from `network`.
    pub(crate) fn subscription(&self, network: IpAddr) -> Result<Member, Refusal> {
        let most = self.config.limits.subscriptions_per_address;
        let member = self.subscriptions.join(network, most);
        member.ok_or((RelayCode::TooMany, 0))
    }
}

/// How the wire says that something comes too fast.
pub(crate) fn too_fast(wait: Duration) -> Refusal {
    let ms = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX);
    (RelayCode::RateLimited, ms.max(1))
}

/// How the wire says what the store said; the cause goes to the log, once.
pub(crate) fn fault(error: &StoreError) -> Refusal {
    if let StoreError::Unavailable { cause } = error {
        tracing::warn!(cause, "store does not answer");
    }
    error.code()
}

/// Counts one connection until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    shared: Arc<Shared>,
    pub(crate) network: IpAddr,
    _member: Member,
}

impl Drop for Place {
    fn drop(&mut self) {
        let connections = &self.shared.metrics.connections;
        connections.fetch_sub(1, Ordering::Relaxed);
    }
}
