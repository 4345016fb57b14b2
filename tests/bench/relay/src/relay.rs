//! A client of the relay that does as little as it can.

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use sotto_protocol::relay::{CapKind, Event, Reply, Request, SUBPROTOCOL, Secret, StreamId, Verb};
use sotto_relay::access::digest;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Failure;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A stream with its capabilities.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    id: StreamId,
    secret: [u8; 32],
}

impl Keys {
    pub(crate) fn random() -> Result<Self, Failure> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self::of(u128::from_be_bytes(bytes)))
    }

    /// The stream of a number. Its secrets are known to everybody.
    pub(crate) fn of(number: u128) -> Self {
        let id = number.to_be_bytes();
        let mut secret = [7; 32];
        for (to, from) in secret.iter_mut().zip(id) {
            *to = from;
        }
        Self {
            id: StreamId(id),
            secret,
        }
    }

    fn secret(&self) -> Secret {
        Secret(self.secret)
    }

    pub(crate) fn create(&self) -> Verb {
        let digest = |kind| digest(kind, &self.id, &self.secret());
        Verb::Create {
            stream: self.id,
            own: digest(CapKind::Own),
            write: digest(CapKind::Write),
            read: digest(CapKind::Read),
            pass: Secret([0; 32]),
        }
    }

    pub(crate) fn append(&self, blob: &[u8]) -> Verb {
        Verb::Append {
            stream: self.id,
            write: self.secret(),
            expect_seq: None,
            blob: blob.to_vec(),
        }
    }

    pub(crate) fn subscribe(&self) -> Verb {
        Verb::Subscribe {
            stream: self.id,
            read: self.secret(),
            from: 1,
        }
    }
}

pub(crate) async fn connect(address: &str) -> Result<Socket, Failure> {
    let mut request = format!("ws://{address}/v1").into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse()?);
    let (mut socket, _) = connect_async(request).await?;
    if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
        stream.set_nodelay(true)?;
    }
    Ok(socket)
}

pub(crate) fn message(id: u32, verb: Verb) -> Message {
    Message::Binary(Request { id, verb }.encode().into())
}

/// The next message in bytes.
async fn binary(
    socket: &mut (impl StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin),
) -> Result<Bytes, Failure> {
    loop {
        match socket.next().await.ok_or("the relay has closed")?? {
            Message::Binary(bytes) => return Ok(bytes),
            Message::Close(frame) => return Err(format!("closed: {frame:?}").into()),
            Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}

/// Asks and waits for the answer, which is not to be a refusal.
pub(crate) async fn ask(socket: &mut Socket, verb: Verb) -> Result<(), Failure> {
    socket.send(message(0, verb)).await?;
    loop {
        let bytes = binary(socket).await?;
        if Reply::is_reply(&bytes) {
            return accepted(&bytes);
        }
    }
}

fn accepted(bytes: &[u8]) -> Result<(), Failure> {
    match Reply::decode(bytes)?.1 {
        Reply::Failed { code, .. } => Err(code.as_str().into()),
        Reply::Done | Reply::At { .. } | Reply::Page { .. } | Reply::Turn(_) => Ok(()),
    }
}

pub(crate) struct Writer {
    socket: SplitSink<Socket, Message>,
    keys: Keys,
    id: u32,
}

pub(crate) struct Acks(SplitStream<Socket>);

/// A connection that writes to one stream, which it makes if it is new.
pub(crate) async fn writer(
    address: &str,
    keys: Keys,
    is_new: bool,
) -> Result<(Writer, Acks), Failure> {
    let mut socket = connect(address).await?;
    if is_new {
        ask(&mut socket, keys.create()).await?;
    }
    let (sink, stream) = socket.split();
    let writer = Writer {
        socket: sink,
        keys,
        id: 0,
    };
    Ok((writer, Acks(stream)))
}

impl Writer {
    pub(crate) async fn append(&mut self, blob: &[u8]) -> Result<(), Failure> {
        let verb = self.keys.append(blob);
        self.id = self.id.wrapping_add(1);
        Ok(self.socket.send(message(self.id, verb)).await?)
    }

    /// Writes to another stream from now on.
    pub(crate) fn turn_to(&mut self, keys: Keys) {
        self.keys = keys;
    }
}

impl Acks {
    pub(crate) async fn next(&mut self) -> Result<(), Failure> {
        accepted(&binary(&mut self.0).await?)
    }
}

pub(crate) struct Reader(Socket);

pub(crate) async fn reader(address: &str, keys: &Keys) -> Result<Reader, Failure> {
    let mut socket = connect(address).await?;
    ask(&mut socket, keys.subscribe()).await?;
    Ok(Reader(socket))
}

impl Reader {
    pub(crate) async fn next(&mut self) -> Result<Bytes, Failure> {
        loop {
            let bytes = binary(&mut self.0).await?;
            if let Ok((_, Event::Blob(entry))) = Event::decode(&bytes) {
                return Ok(entry.blob.into());
            }
        }
    }
}
