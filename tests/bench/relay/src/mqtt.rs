//! As much of MQTT 3.1.1 (OASIS) as QoS 1 needs.

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::Failure;

/// Packet types, in the upper half of the first byte (§2.2.1).
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;

/// A packet: its type, and what follows the length.
type Packet = (u8, Bytes);

fn packet(first: u8, body: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(body.len().saturating_add(5));
    bytes.put_u8(first);
    let mut len = body.len();
    // §2.2.3: seven bits to a byte, the lowest first.
    loop {
        let low = u8::try_from(len & 0x7F).unwrap_or(0);
        len >>= 7;
        bytes.put_u8(if len == 0 { low } else { low | 0x80 });
        if len == 0 {
            break;
        }
    }
    bytes.put_slice(body);
    bytes.freeze()
}

fn string(body: &mut BytesMut, text: &str) {
    body.put_u16(u16::try_from(text.len()).unwrap_or(0));
    body.put_slice(text.as_bytes());
}

async fn receive(reader: &mut BufReader<OwnedReadHalf>) -> Result<Packet, Failure> {
    let first = reader.read_u8().await?;
    let (mut len, mut shift) = (0_usize, 0_u32);
    loop {
        let byte = reader.read_u8().await?;
        len |= usize::from(byte & 0x7F)
            .checked_shl(shift)
            .ok_or("length")?;
        shift = shift.saturating_add(7);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; len];
    reader.read_exact(&mut body).await?;
    Ok((first >> 4, body.into()))
}

async fn connect(address: &str) -> Result<(BufReader<OwnedReadHalf>, OwnedWriteHalf), Failure> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let (reader, mut writer) = socket.into_split();
    let mut reader = BufReader::new(reader);
    let mut body = BytesMut::new();
    string(&mut body, "MQTT");
    body.put_u8(4);
    // A clean session, which §3.1.3.1 lets have an empty name.
    body.put_u8(2);
    body.put_u16(0);
    string(&mut body, "");
    writer.write_all(&packet(0x10, &body)).await?;
    let (_, answer) = receive(&mut reader).await?;
    if answer.last() != Some(&0) {
        return Err("mosquitto refuses".into());
    }
    Ok((reader, writer))
}

pub(crate) struct Writer {
    socket: OwnedWriteHalf,
    topic: String,
    id: u16,
}

pub(crate) struct Acks(BufReader<OwnedReadHalf>);

pub(crate) async fn writer(address: &str, topic: &str) -> Result<(Writer, Acks), Failure> {
    let (reader, socket) = connect(address).await?;
    let writer = Writer {
        socket,
        topic: topic.to_owned(),
        id: 0,
    };
    Ok((writer, Acks(reader)))
}

impl Writer {
    pub(crate) async fn publish(&mut self, blob: &[u8]) -> Result<(), Failure> {
        self.id = self.id.checked_add(1).unwrap_or(1);
        let mut body = BytesMut::with_capacity(blob.len().saturating_add(64));
        string(&mut body, &self.topic);
        body.put_u16(self.id);
        body.put_slice(blob);
        Ok(self.socket.write_all(&packet(0x32, &body)).await?)
    }
}

impl Acks {
    pub(crate) async fn next(&mut self) -> Result<(), Failure> {
        while receive(&mut self.0).await?.0 != PUBACK {}
        Ok(())
    }
}

pub(crate) struct Reader {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

pub(crate) async fn reader(address: &str, topic: &str) -> Result<Reader, Failure> {
    let (mut reader, mut writer) = connect(address).await?;
    let mut body = BytesMut::new();
    body.put_u16(1);
    string(&mut body, topic);
    body.put_u8(1);
    writer.write_all(&packet(0x82, &body)).await?;
    receive(&mut reader).await?;
    Ok(Reader { reader, writer })
}

impl Reader {
    pub(crate) async fn next(&mut self) -> Result<Bytes, Failure> {
        loop {
            let (kind, body) = receive(&mut self.reader).await?;
            if kind != PUBLISH {
                continue;
            }
            let (len, rest) = body.split_first_chunk::<2>().ok_or("no topic")?;
            let topic_len = usize::from(u16::from_be_bytes(*len));
            let (_, rest) = rest.split_at_checked(topic_len).ok_or("no topic")?;
            let (id, blob) = rest.split_first_chunk::<2>().ok_or("no id")?;
            self.writer.write_all(&packet(0x40, id)).await?;
            return Ok(Bytes::copy_from_slice(blob));
        }
    }
}
