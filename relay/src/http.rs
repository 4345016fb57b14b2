//! What HTTP there is: the door to the WebSocket, and health. A failure says its code and nothing
//! more.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sotto_protocol::relay::{MAX_REPLY_LEN, RelayCode, SUBPROTOCOL};
use tokio::time::timeout;

use crate::connection;
use crate::metrics::count;
use crate::server::Peer;
use crate::shared::{Refusal, Shared};

/// Bytes of a request beside its blob.
const FIELDS_LEN: usize = 128;

/// Bytes read from a socket at once: idle connections are many, and blobs are few.
const READ_LEN: usize = 4096;

/// How long the store may take to show that it lives.
const PING: Duration = Duration::from_secs(2);

/// What clients reach.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1", get(door))
        .route("/health", get(health))
        .with_state(shared)
}

/// What the operator reaches, on a port of its own.
pub(crate) fn operator(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health", get(health))
        .with_state(shared)
}

async fn door(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return turn_away(&shared, (RelayCode::UnknownVerb, 0));
    }
    let address = client(&shared, peer.address, &headers);
    let place = match shared.admit(address) {
        Ok(place) => place,
        Err(refusal) => return turn_away(&shared, refusal),
    };
    let blob_len = usize::try_from(shared.config.limits.blob_bytes).unwrap_or(usize::MAX);
    let message_len = blob_len.saturating_add(FIELDS_LEN);
    upgrade
        .max_message_size(message_len)
        .max_frame_size(message_len)
        .read_buffer_size(READ_LEN)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_REPLY_LEN)
        .on_upgrade(async move |socket| {
            connection::serve(socket, shared, place).await;
            drop(peer);
        })
}

/// The client's address: the peer's, or what a trusted proxy says. Each proxy appends whom it heard
/// from, so the last address that is not a proxy's own is the client's; what stands before it is
/// only claimed.
fn client(shared: &Shared, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.ip().to_canonical();
    if !shared.is_proxy(peer) {
        return peer;
    }
    let chain = headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.rsplit(','));
    chain
        .map_while(|hop| hop.trim().parse::<IpAddr>().ok())
        .map(|hop| hop.to_canonical())
        .find(|hop| !shared.is_proxy(*hop))
        .unwrap_or(peer)
}

fn turn_away(shared: &Shared, (code, detail): Refusal) -> Response {
    count(&shared.metrics.turned_away);
    shared.metrics.refuse(code);
    let status = if code == RelayCode::Draining {
        StatusCode::SERVICE_UNAVAILABLE
    } else if code == RelayCode::UnknownVerb {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::TOO_MANY_REQUESTS
    };
    let seconds = detail.div_ceil(1000).max(1).to_string();
    let kind = [(header::CONTENT_TYPE, "application/json".to_owned())];
    let body = format!("{{\"code\":\"{}\"}}", code.as_str());
    (status, [(header::RETRY_AFTER, seconds)], kind, body).into_response()
}

/// 200 while the store answers and the relay takes clients.
async fn health(State(shared): State<Arc<Shared>>) -> Response {
    if *shared.draining.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    match timeout(PING, shared.store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok\n").into_response(),
        Ok(Err(_)) | Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "store does not answer\n").into_response()
        }
    }
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let (subscriptions, tail_bytes) = shared.hub.sizes();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, shared.metrics.text(subscriptions, tail_bytes)).into_response()
}
