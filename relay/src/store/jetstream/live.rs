//! What happens just now: one consumer of all blobs for this relay, and plain NATS for what is not
//! kept.

use std::sync::Arc;

use async_nats::Subscriber;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, Message};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_util::StreamExt;
use sotto_protocol::relay::Tag;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::super::{Signal, StoreError};
use super::names::{Names, stream_of};
use super::{AGAIN, blobs};
use crate::hub::Hub;

/// Follows the blobs from now on, and what is not kept.
pub(super) async fn start(
    context: &Context,
    names: &Names,
    blobs: &Stream<()>,
    hub: &Arc<Hub>,
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let unavailable = StoreError::Unavailable {
        cause: "JetStream does not answer",
    };
    let last = last_seq(blobs).await.ok_or(unavailable)?;
    let messages = follow(context, blobs, last).await.ok_or(unavailable)?;
    let signals = context
        .client()
        .subscribe(names.of_live("*"))
        .await
        .map_err(|_| unavailable)?;
    let blobs = Follower {
        context: context.clone(),
        blobs: blobs.clone(),
        hub: Arc::clone(hub),
        last,
    };
    Ok(vec![
        tokio::spawn(blobs.run(messages)),
        tokio::spawn(hear(signals, Arc::clone(hub))),
    ])
}

async fn last_seq(blobs: &Stream<()>) -> Option<u64> {
    Some(blobs.get_info().await.ok()?.state.last_sequence)
}

/// An ordered consumer from the blob after `last` on. It finds gaps and lost servers by itself.
async fn follow(context: &Context, blobs: &Stream<()>, last: u64) -> Option<Ordered> {
    let config = OrderedConfig {
        deliver_subject: context.client().new_inbox(),
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: last.saturating_add(1),
        },
        ..OrderedConfig::default()
    };
    let consumer = blobs.create_consumer(config).await.ok()?;
    consumer.messages().await.ok()
}

/// Hands blobs to the hub, each once, in order, without a gap.
struct Follower {
    context: Context,
    blobs: Stream<()>,
    hub: Arc<Hub>,
    last: u64,
}

impl Follower {
    async fn run(mut self, mut messages: Ordered) {
        loop {
            while let Some(Ok(message)) = messages.next().await {
                self.take(&message).await;
            }
            tracing::warn!("live source lost; following again");
            messages = self.again().await;
        }
    }

    async fn take(&mut self, message: &Message) {
        let Ok(info) = message.info() else { return };
        let (seq, nanos) = (info.stream_sequence, info.published.unix_timestamp_nanos());
        if seq <= self.last {
            return;
        }
        self.last = seq;
        let written = blobs::decode(seq, nanos, message.payload.clone());
        let (Some(stream), Ok(written)) = (stream_of(&message.subject), written) else {
            return;
        };
        match blobs::counts(&self.blobs, &message.subject, &written).await {
            Ok(true) => {
                for entry in &written.entries {
                    self.hub.stored(&stream, entry);
                }
            }
            Ok(false) => {}
            // Not known: whoever subscribes asks the store.
            Err(_) => self.hub.reset(),
        }
    }

    async fn again(&mut self) -> Ordered {
        loop {
            sleep(AGAIN).await;
            let Some(last) = last_seq(&self.blobs).await else {
                continue;
            };
            if last < self.last {
                // The servers lost what they had acknowledged, or were restored from a copy.
                tracing::warn!("JetStream went back");
                self.last = last;
                self.hub.reset();
            }
            if let Some(messages) = follow(&self.context, &self.blobs, self.last).await {
                return messages;
            }
        }
    }
}

async fn hear(mut signals: Subscriber, hub: Arc<Hub>) {
    while let Some(message) = signals.next().await {
        let stream = stream_of(&message.subject);
        if let (Some(stream), Some(signal)) = (stream, decode(message.payload)) {
            hub.signal(&stream, &signal);
        }
    }
}

/// A signal between relays: a type byte, then its fields.
pub(super) fn encode(signal: &Signal) -> Bytes {
    let mut bytes = BytesMut::new();
    match signal {
        Signal::Published { via, blob } => {
            bytes.put_u8(1);
            bytes.put_u32(*via);
            bytes.put_slice(blob);
        }
        Signal::Present {
            via,
            tag,
            ttl_s,
            note,
        } => {
            bytes.put_u8(2);
            bytes.put_u32(*via);
            bytes.put_slice(&tag.0);
            bytes.put_u16(*ttl_s);
            bytes.put_slice(note);
        }
        Signal::Changed => bytes.put_u8(3),
        Signal::Deleted => bytes.put_u8(4),
    }
    bytes.freeze()
}

fn decode(mut bytes: Bytes) -> Option<Signal> {
    let kind = bytes.try_get_u8().ok()?;
    Some(match kind {
        1 => Signal::Published {
            via: bytes.try_get_u32().ok()?,
            blob: bytes,
        },
        2 => {
            let via = bytes.try_get_u32().ok()?;
            let mut tag = [0; 16];
            bytes.try_copy_to_slice(&mut tag).ok()?;
            Signal::Present {
                via,
                tag: Tag(tag),
                ttl_s: bytes.try_get_u16().ok()?,
                note: bytes,
            }
        }
        3 => Signal::Changed,
        4 => Signal::Deleted,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::store::Signal;
    use bytes::Bytes;
    use sotto_protocol::relay::Tag;

    #[test]
    fn signals_come_back_and_others_are_dropped() {
        let signals = [
            Signal::Published {
                via: 7,
                blob: Bytes::from_static(b"typing"),
            },
            Signal::Present {
                via: 7,
                tag: Tag([3; 16]),
                ttl_s: 60,
                note: Bytes::from_static(b"here"),
            },
            Signal::Changed,
            Signal::Deleted,
        ];
        for signal in signals {
            assert_eq!(decode(encode(&signal)), Some(signal));
        }
        for bytes in [&[][..], &[9], &[2, 0, 0, 0, 1, 5]] {
            assert_eq!(decode(Bytes::copy_from_slice(bytes)), None);
        }
    }
}
