//! What is measured, behind one face: who writes, who is told that it is kept, who reads.

use bytes::Bytes;

use crate::{Failure, mqtt, nats, relay};

/// Bytes of a blob: a sealed line of chat, padded.
pub(crate) const BLOB_LEN: usize = 512;

/// A server to measure.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// The relay, over its wire.
    Relay(String),
    /// mosquitto, MQTT 3.1.1, QoS 1.
    Mqtt(String),
    /// JetStream itself.
    Nats(String),
}

/// Hands blobs in without waiting.
pub(crate) enum Writer {
    Relay(relay::Writer),
    Mqtt(mqtt::Writer),
    Nats(nats::Writer),
}

/// Hears, blob by blob, that they are kept.
pub(crate) enum Acks {
    Relay(relay::Acks),
    Mqtt(mqtt::Acks),
    Nats(nats::Acks),
}

/// Follows one stream.
pub(crate) enum Reader {
    Relay(relay::Reader),
    Mqtt(mqtt::Reader),
    Nats(Box<nats::Reader>),
}

/// One stream with one who writes and one who reads.
pub(crate) struct Pair {
    pub(crate) writer: Writer,
    pub(crate) acks: Acks,
    pub(crate) reader: Reader,
}

impl Place {
    pub(crate) fn of(peer: &str, address: &str) -> Result<Self, Failure> {
        match peer {
            "relay" => Ok(Self::Relay(address.to_owned())),
            "mqtt" => Ok(Self::Mqtt(address.to_owned())),
            "nats" => Ok(Self::Nats(address.to_owned())),
            _ => Err("a peer is relay, mqtt or nats".into()),
        }
    }

    /// A stream of its own, with a connection for each end.
    pub(crate) async fn pair(&self) -> Result<Pair, Failure> {
        Ok(match self {
            Self::Relay(address) => {
                let keys = relay::Keys::random()?;
                let (writer, acks) = relay::writer(address, keys.clone(), true).await?;
                Pair {
                    writer: Writer::Relay(writer),
                    acks: Acks::Relay(acks),
                    reader: Reader::Relay(relay::reader(address, &keys).await?),
                }
            }
            Self::Mqtt(address) => {
                let topic = random_name()?;
                let reader = mqtt::reader(address, &topic).await?;
                let (writer, acks) = mqtt::writer(address, &topic).await?;
                Pair {
                    writer: Writer::Mqtt(writer),
                    acks: Acks::Mqtt(acks),
                    reader: Reader::Mqtt(reader),
                }
            }
            Self::Nats(address) => {
                let subject = random_name()?;
                let reader = nats::reader(address, &subject).await?;
                let (writer, acks) = nats::writer(address, &subject).await?;
                Pair {
                    writer: Writer::Nats(writer),
                    acks: Acks::Nats(acks),
                    reader: Reader::Nats(Box::new(reader)),
                }
            }
        })
    }

    /// A stream with one who writes.
    pub(crate) async fn writer(&self) -> Result<(Writer, Acks), Failure> {
        Ok(match self {
            Self::Relay(address) => {
                let keys = relay::Keys::random()?;
                let (writer, acks) = relay::writer(address, keys, true).await?;
                (Writer::Relay(writer), Acks::Relay(acks))
            }
            Self::Mqtt(address) => {
                let (writer, acks) = mqtt::writer(address, &random_name()?).await?;
                (Writer::Mqtt(writer), Acks::Mqtt(acks))
            }
            Self::Nats(address) => {
                let (writer, acks) = nats::writer(address, &random_name()?).await?;
                (Writer::Nats(writer), Acks::Nats(acks))
            }
        })
    }
}

impl Writer {
    pub(crate) async fn send(&mut self, blob: Bytes) -> Result<(), Failure> {
        match self {
            Self::Relay(writer) => writer.append(&blob).await,
            Self::Mqtt(writer) => writer.publish(&blob).await,
            Self::Nats(writer) => writer.publish(blob).await,
        }
    }
}

impl Acks {
    pub(crate) async fn next(&mut self) -> Result<(), Failure> {
        match self {
            Self::Relay(acks) => acks.next().await,
            Self::Mqtt(acks) => acks.next().await,
            Self::Nats(acks) => acks.next().await,
        }
    }
}

impl Reader {
    pub(crate) async fn next(&mut self) -> Result<Bytes, Failure> {
        match self {
            Self::Relay(reader) => reader.next().await,
            Self::Mqtt(reader) => reader.next().await,
            Self::Nats(reader) => reader.next().await,
        }
    }
}

fn random_name() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
