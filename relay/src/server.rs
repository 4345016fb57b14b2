//! Listening: every connection has a place or is turned away; every wait has an end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tower_service::Service;

use crate::limits::Member;
use crate::metrics::count;
use crate::shared::Shared;
use crate::tls::Tls;

/// How long TLS and the HTTP head may take.
const GREETING: Duration = Duration::from_secs(5);

/// Bytes of an HTTP head.
const HEAD_LEN: usize = 16 * 1024;

/// Who is at the other end of a socket. The seats count the socket, among all and among those of its
/// address, until the last copy is gone.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    _seat: Arc<(OwnedSemaphorePermit, Option<Member>)>,
}

/// Ends when the relay is told to stop.
pub(crate) async fn told_to_stop(draining: &mut watch::Receiver<bool>) {
    while !*draining.borrow_and_update() {
        if draining.changed().await.is_err() {
            return;
        }
    }
}

/// Accepts until the relay is told to stop.
pub(crate) async fn listen(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<Tls>>,
    shared: Arc<Shared>,
) {
    let places = Arc::new(Semaphore::new(shared.config.limits.connections));
    let mut draining = shared.draining.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told_to_stop(&mut draining) => return,
        };
        let Ok((socket, address)) = accepted else {
            // No descriptor left: those open must end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(permit) = Arc::clone(&places).try_acquire_owned() else {
            count(&shared.metrics.turned_away);
            continue;
        };
        let Ok(seat) = shared.seat(address.ip()) else {
            count(&shared.metrics.turned_away);
            continue;
        };
        let peer = Peer {
            address,
            _seat: Arc::new((permit, seat)),
        };
        tokio::spawn(greet(socket, peer, router.clone(), tls.clone()));
    }
}

async fn greet(socket: TcpStream, peer: Peer, router: Router, tls: Option<Arc<Tls>>) {
    // A blob should not wait for the next.
    if socket.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => speak(socket, peer, router).await,
        Some(tls) => {
            if let Ok(Ok(socket)) = timeout(GREETING, tls.accept(socket)).await {
                speak(socket, peer, router).await;
            }
        }
    }
}

/// Nobody waits here for a second request.
fn closing(mut response: Response) -> Response {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// HTTP/1.1, one request for a connection, which may become a WebSocket.
async fn speak<S>(socket: S, peer: Peer, router: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        let answer = router.clone().call(request);
        async move { answer.await.map(closing) }
    });
    let ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(GREETING)
        .max_buf_size(HEAD_LEN)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades()
        .await;
    // How a stranger's HTTP failed is nobody's business.
    drop(ended);
}
