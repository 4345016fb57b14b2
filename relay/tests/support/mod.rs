//! A client of the wire, and relays and stores to try it on.

#![allow(
    dead_code,
    clippy::allow_attributes,
    missing_docs,
    unreachable_pub,
    reason = "every test file compiles this module anew and uses a part of it"
)]

pub mod nats;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use sotto_protocol::relay::{
    CapKind, Entry, Event, RelayCode, Reply, Request, SUBPROTOCOL, Secret, StreamId, Verb,
};
use sotto_relay::access::digest;
use sotto_relay::{Config, NatsConfig, Relay};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

pub use nats::Nats;

/// Generous: the machine may be busy.
pub const SOON: Duration = Duration::from_secs(60);

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub struct Client {
    pub socket: Socket,
    next_id: u32,
    replies: HashMap<u32, Reply>,
    events: VecDeque<(u32, Event)>,
}

/// Why nothing more comes.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed(pub String);

pub async fn try_connect(
    address: SocketAddr,
    headers: &[(&'static str, &str)],
) -> Result<Client, String> {
    let mut request = format!("ws://{address}/v1").into_client_request().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match timeout(SOON, connect_async(request)).await {
        Ok(Ok((socket, _))) => Ok(Client::of(socket)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

/// From another address of this machine.
pub async fn connect_from(local: [u8; 4], address: SocketAddr) -> Result<Client, String> {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((local, 0))).unwrap();
    let stream = socket.connect(address).await.map_err(|it| it.to_string())?;
    let mut request = format!("ws://{address}/v1").into_client_request().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
    let upgraded = client_async(request, MaybeTlsStream::Plain(stream));
    match timeout(SOON, upgraded).await {
        Ok(Ok((socket, _))) => Ok(Client::of(socket)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

impl Client {
    pub fn of(socket: Socket) -> Self {
        Self {
            socket,
            next_id: 1,
            replies: HashMap::new(),
            events: VecDeque::new(),
        }
    }

    pub async fn connect(address: SocketAddr) -> Self {
        try_connect(address, &[]).await.unwrap()
    }

    pub async fn send(&mut self, verb: Verb) -> Result<u32, Closed> {
        let id = self.next_id;
        self.next_id += 1;
        let message = Message::Binary(Request { id, verb }.encode().into());
        let sent = self.socket.send(message).await;
        sent.map_err(|error| Closed(error.to_string()))?;
        Ok(id)
    }

    /// Takes one message in.
    async fn take(&mut self) -> Result<(), Closed> {
        let message = match timeout(SOON, self.socket.next()).await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => return Err(Closed(error.to_string())),
            Ok(None) => return Err(Closed("end".to_owned())),
            Err(_) => panic!("nothing came"),
        };
        match message {
            Message::Binary(bytes) if Reply::is_reply(&bytes) => {
                let (id, reply) = Reply::decode(&bytes).unwrap();
                self.replies.insert(id, reply);
            }
            Message::Binary(bytes) => self.events.push_back(Event::decode(&bytes).unwrap()),
            Message::Close(Some(frame)) => return Err(Closed(frame.reason.to_string())),
            Message::Close(None) => return Err(Closed("closed".to_owned())),
            _ => {}
        }
        Ok(())
    }

    pub async fn reply(&mut self, id: u32) -> Result<Reply, Closed> {
        loop {
            if let Some(reply) = self.replies.remove(&id) {
                return Ok(reply);
            }
            self.take().await?;
        }
    }

    pub async fn try_ask(&mut self, verb: Verb) -> Result<Reply, Closed> {
        let id = self.send(verb).await?;
        self.reply(id).await
    }

    pub async fn ask(&mut self, verb: Verb) -> Reply {
        self.try_ask(verb).await.unwrap()
    }

    pub async fn try_event(&mut self) -> Result<(u32, Event), Closed> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            self.take().await?;
        }
    }

    pub async fn event(&mut self) -> (u32, Event) {
        self.try_event().await.unwrap()
    }

    /// Reads until the relay has closed, and says why it did.
    pub async fn closed(&mut self) -> String {
        loop {
            if let Err(Closed(reason)) = self.take().await {
                return reason;
            }
        }
    }

    pub async fn done(&mut self, verb: Verb) {
        assert_eq!(self.ask(verb).await, Reply::Done);
    }

    pub async fn refused(&mut self, verb: Verb) -> RelayCode {
        match self.ask(verb).await {
            Reply::Failed { code, .. } => code,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub async fn at(&mut self, verb: Verb) -> u64 {
        match self.ask(verb).await {
            Reply::At { seq } => seq,
            other => panic!("no sequence number: {other:?}"),
        }
    }

    pub async fn page(&mut self, verb: Verb) -> (Vec<Entry>, bool) {
        match self.ask(verb).await {
            Reply::Page { more, entries } => (entries, more),
            other => panic!("no page: {other:?}"),
        }
    }

    /// Every blob of a stream from `from` on.
    pub async fn all(&mut self, stream: &Keys, from: u64) -> Vec<Entry> {
        let (mut all, mut next) = (Vec::new(), from);
        loop {
            let (entries, more) = self.page(stream.read(next, 1000)).await;
            next = entries.last().map_or(next, |entry| entry.seq + 1);
            all.extend(entries);
            if !more {
                return all;
            }
        }
    }

    /// The next blob of any subscription.
    pub async fn blob(&mut self) -> Entry {
        loop {
            if let (_, Event::Blob(entry)) = self.event().await {
                return entry;
            }
        }
    }
}

/// A stream with its capabilities.
#[derive(Clone, Debug)]
pub struct Keys {
    pub id: StreamId,
    pub own: Secret,
    pub write: Secret,
    pub read: Secret,
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

impl Keys {
    pub fn new() -> Self {
        Self {
            id: StreamId(random()),
            own: Secret(random()),
            write: Secret(random()),
            read: Secret(random()),
        }
    }

    pub async fn made(client: &mut Client) -> Self {
        let keys = Self::new();
        client.done(keys.create()).await;
        keys
    }

    pub fn create(&self) -> Verb {
        Verb::Create {
            stream: self.id,
            own: digest(CapKind::Own, &self.id, &self.own),
            write: digest(CapKind::Write, &self.id, &self.write),
            read: digest(CapKind::Read, &self.id, &self.read),
            pass: Secret([0; 32]),
        }
    }

    pub fn append(&self, blob: &[u8]) -> Verb {
        self.append_with(&self.write, None, blob)
    }

    pub fn append_after(&self, seq: u64, blob: &[u8]) -> Verb {
        self.append_with(&self.write, Some(seq), blob)
    }

    pub fn append_with(&self, write: &Secret, expect_seq: Option<u64>, blob: &[u8]) -> Verb {
        Verb::Append {
            stream: self.id,
            write: write.clone(),
            expect_seq,
            blob: blob.to_vec(),
        }
    }

    pub fn read(&self, from: u64, limit: u16) -> Verb {
        Verb::Read {
            stream: self.id,
            read: self.read.clone(),
            from,
            limit,
        }
    }

    pub fn subscribe(&self, from: u64) -> Verb {
        Verb::Subscribe {
            stream: self.id,
            read: self.read.clone(),
            from,
        }
    }

    pub fn trim(&self, before: u64) -> Verb {
        Verb::Trim {
            stream: self.id,
            own: self.own.clone(),
            before,
        }
    }

    pub fn delete(&self) -> Verb {
        Verb::Delete {
            stream: self.id,
            own: self.own.clone(),
        }
    }

    /// A further write token: the verb that grants it.
    pub fn grant(&self, secret: &Secret, label: u32) -> Verb {
        Verb::Grant {
            stream: self.id,
            own: self.own.clone(),
            token: digest(CapKind::Write, &self.id, secret),
            label,
            per_day: 0,
            max_blob: 0,
            expires_s: 0,
        }
    }
}

/// A store to start relays on, again and again.
pub struct Ground {
    pub folder: tempfile::TempDir,
    pub nats: Option<Nats>,
    prefix: String,
}

impl Ground {
    pub fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            nats: None,
            prefix: String::new(),
        }
    }

    pub fn jetstream(nodes: u16) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            nats: Some(Nats::start(nodes)),
            prefix: "sotto".to_owned(),
        }
    }

    /// Other streams on the same servers.
    pub fn anew(self) -> Self {
        let n: u32 = self.prefix.trim_start_matches("sotto").parse().unwrap_or(0);
        Self {
            prefix: format!("sotto{}", n + 1),
            ..self
        }
    }

    /// Without limits of rate; a test that is about one sets it.
    pub fn config(&self) -> Config {
        let mut config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            store: self.folder.path().join("relay.db"),
            ..Config::default()
        };
        config.limits.connects_per_minute = 0;
        config.limits.requests_per_second = 0;
        config.limits.blobs_per_second = 0;
        config.limits.streams_per_hour = 0;
        config.limits.bytes_per_day = 0;
        config.limits.refusals_per_minute = 0;
        config.limits.connections_per_address = 10_000;
        config.limits.subscriptions_per_address = 100_000;
        config.limits.store_bytes = 50_000_000;
        config.nats = self.nats.as_ref().map(|nats| NatsConfig {
            servers: nats.servers(),
            prefix: self.prefix.clone(),
            replicas: usize::from(nats.nodes),
            user: String::new(),
            password: sotto_relay::Hidden::default(),
            token: sotto_relay::Hidden::default(),
        });
        config
    }

    pub async fn relay(&self) -> Relay {
        self.relay_with(|_| ()).await
    }

    pub async fn relay_with(&self, set: impl FnOnce(&mut Config)) -> Relay {
        let mut config = self.config();
        set(&mut config);
        // A relay that cannot reach its JetStream ends; a service manager starts it again.
        let deadline = Instant::now() + SOON;
        loop {
            match Relay::start(config.clone()).await {
                Ok(relay) => return relay,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
        }
    }
}
