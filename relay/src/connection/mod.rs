//! One client: a single task that reads requests, sends answers, and follows its subscriptions.
//!
//! Nothing here grows with what a client does or leaves undone: requests under way, subscriptions
//! and waiting events are counted; blobs wait in the store; a client that does not take what is sent
//! to it, or gives no sign of life, is cut.

mod feed;
mod verbs;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt};
use sotto_protocol::relay::{RelayCode, Reply, Request, StreamId, WireError};
use tokio::time::{Instant, Interval, interval, timeout};

use crate::hub::Outbox;
use crate::limits::{Member, Meter, Rate};
use crate::metrics::count;
use crate::shared::{Place, Shared};
use crate::store::Line;
use verbs::Answer;

/// Appends under way; then the client's next request waits in its socket.
const MAX_UNDER_WAY: usize = 64;

/// A subscription: the next sequence number it wants.
#[derive(Debug)]
struct Cursor {
    stream: StreamId,
    next: u64,
    _seat: Member,
}

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The client has gone.
    Gone,
    /// The relay stops.
    Draining,
    /// The client is cut.
    Cut(RelayCode),
}

/// What ends sooner or later with an answer.
type UnderWay = FuturesUnordered<BoxFuture<'static, (u32, Reply)>>;

/// The state of one connection.
struct Connection {
    shared: Arc<Shared>,
    place: Place,
    socket: WebSocket,
    outbox: Arc<Outbox>,
    subscriptions: HashMap<u32, Cursor>,
    under_way: UnderWay,
    line: Line,
    meter: Meter,
    heard: Instant,
}

/// Serves a client until it ends.
pub(crate) async fn serve(socket: WebSocket, shared: Arc<Shared>, place: Place) {
    let rate = Rate::per(
        shared.config.limits.requests_per_second,
        Duration::from_secs(1),
    );
    let mut connection = Connection {
        place,
        socket,
        outbox: Arc::default(),
        subscriptions: HashMap::new(),
        under_way: FuturesUnordered::new(),
        line: Line::default(),
        meter: Meter::new(rate),
        heard: Instant::now(),
        shared,
    };
    let end = connection.run().await;
    connection.close(end).await;
}

impl Drop for Connection {
    fn drop(&mut self) {
        for (id, cursor) in self.subscriptions.drain() {
            self.shared
                .hub
                .unsubscribe(&cursor.stream, id, &self.outbox);
        }
    }
}

impl Connection {
    async fn run(&mut self) -> End {
        let mut draining = self.shared.draining.clone();
        let mut alarm = interval(self.silence());
        loop {
            let step = tokio::select! {
                Some((id, reply)) = self.under_way.next() => self.answer(id, &reply).await,
                work = self.outbox.work() => self.follow(work).await,
                message = self.socket.recv(), if self.under_way.len() < MAX_UNDER_WAY => {
                    self.hear(message).await
                }
                _ = tick(&mut alarm) => self.look_after().await,
                () = crate::server::told_to_stop(&mut draining) => Err(End::Draining),
            };
            if let Err(end) = step {
                return end;
            }
            // What the client sent behind one that the store failed must not be stored.
            if self.line.is_broken() {
                return End::Cut(RelayCode::Unavailable);
            }
        }
    }

    fn silence(&self) -> Duration {
        Duration::from_secs(self.shared.config.limits.silent_s.into())
    }

    /// Asks a silent client for a sign of life; cuts one that gives none.
    async fn look_after(&mut self) -> Result<(), End> {
        let silent = self.heard.elapsed();
        if silent >= self.silence().saturating_mul(3) {
            return Err(End::Cut(RelayCode::TooMany));
        }
        if silent >= self.silence() {
            return self.send([Message::Ping(Bytes::new())]).await;
        }
        Ok(())
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Binary(bytes))) => self.request(&bytes).await,
            // As dear as a request.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                self.meter.wait().await;
                Ok(())
            }
            Some(Ok(Message::Text(_))) => Err(End::Cut(RelayCode::Malformed)),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            // Too long a message, or what is no WebSocket at all.
            Some(Err(_)) => Err(End::Cut(RelayCode::Malformed)),
        }
    }

    /// Who goes too fast waits, in their own socket: what is sent in order is taken up in order.
    async fn request(&mut self, bytes: &[u8]) -> Result<(), End> {
        count(&self.shared.metrics.requests);
        let request = match Request::decode(bytes) {
            Ok(request) => request,
            Err(WireError::UnknownType { id }) => {
                return self.refuse(id, (RelayCode::UnknownVerb, 0)).await;
            }
            Err(_) => {
                self.refuse(0, (RelayCode::Malformed, 0)).await?;
                return Err(End::Cut(RelayCode::Malformed));
            }
        };
        self.meter.wait().await;
        match self.obey(request.verb, request.id).await {
            Ok(Answer::Now(reply)) => self.answer(request.id, &reply).await,
            Ok(Answer::Later(answer)) => {
                self.under_way.push(answer);
                Ok(())
            }
            Err(refusal) => self.refuse(request.id, refusal).await,
        }
    }

    async fn refuse(&mut self, id: u32, (code, detail): (RelayCode, u32)) -> Result<(), End> {
        self.shared.metrics.refuse(code);
        self.answer(id, &Reply::Failed { code, detail }).await?;
        let is_guess = matches!(code, RelayCode::Refused | RelayCode::PassNeeded);
        if is_guess && self.shared.refusals.take(self.place.network, 1).is_err() {
            return Err(End::Cut(code));
        }
        Ok(())
    }

    async fn answer(&mut self, id: u32, reply: &Reply) -> Result<(), End> {
        self.send([Message::Binary(reply.encode(id).into())]).await
    }

    /// Sends, and cuts a client that does not take it in time.
    async fn send(&mut self, messages: impl IntoIterator<Item = Message>) -> Result<(), End> {
        let slow = Duration::from_secs(self.shared.config.limits.slow_s.into());
        let socket = &mut self.socket;
        let sending = async {
            for message in messages {
                socket.feed(message).await?;
            }
            socket.flush().await
        };
        match timeout(slow, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Cut(RelayCode::TooMany)),
        }
    }

    /// Answers what is under way, where the client is not to blame, and says goodbye.
    async fn close(&mut self, end: End) {
        let (code, reason) = match end {
            End::Gone => return,
            End::Draining => (close_code::RESTART, RelayCode::Draining),
            End::Cut(code) => {
                count(&self.shared.metrics.cut);
                (close_code::POLICY, code)
            }
        };
        if matches!(end, End::Draining | End::Cut(RelayCode::Unavailable)) {
            let limit = Duration::from_secs(self.shared.config.limits.drain_s.into());
            // What is not answered by then is not acknowledged: the client asks again elsewhere.
            let _late = timeout(limit, self.finish()).await;
        }
        let frame = CloseFrame {
            code,
            reason: reason.as_str().into(),
        };
        let _gone = self.send([Message::Close(Some(frame))]).await;
        // Reads what the client still sends, so that the goodbye is not lost in a reset.
        let _gone = timeout(Duration::from_secs(1), async {
            while let Some(Ok(_)) = self.socket.recv().await {}
        })
        .await;
    }

    async fn finish(&mut self) -> Result<(), End> {
        while let Some((id, reply)) = self.under_way.next().await {
            self.answer(id, &reply).await?;
        }
        Ok(())
    }
}

/// The first tick of an interval comes at once and means nothing.
async fn tick(alarm: &mut Interval) {
    alarm.tick().await;
}
