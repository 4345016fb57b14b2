//! JetStream as its own client uses it: a file stream, acknowledged publishes that are pipelined, an
//! ordered consumer for each reader.

use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::jetstream::stream::{Config, StorageType};
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::Failure;

const STREAM: &str = "bench";

async fn context(address: &str) -> Result<Context, Failure> {
    let client = async_nats::connect(format!("nats://{address}")).await?;
    Ok(jetstream::new(client))
}

async fn stream(context: &Context) -> Result<jetstream::stream::Stream, Failure> {
    let config = Config {
        name: STREAM.to_owned(),
        subjects: vec![format!("{STREAM}.*")],
        storage: StorageType::File,
        ..Config::default()
    };
    Ok(context.get_or_create_stream(config).await?)
}

pub(crate) struct Writer {
    context: Context,
    subject: String,
    acks: mpsc::UnboundedSender<PublishAckFuture>,
}

pub(crate) struct Acks {
    acks: mpsc::UnboundedReceiver<PublishAckFuture>,
    /// The connection ends with its last context, and answers with it.
    _context: Context,
}

pub(crate) async fn writer(address: &str, name: &str) -> Result<(Writer, Acks), Failure> {
    let context = context(address).await?;
    stream(&context).await?;
    let (sender, receiver) = mpsc::unbounded_channel();
    let acks = Acks {
        acks: receiver,
        _context: context.clone(),
    };
    let writer = Writer {
        context,
        subject: format!("{STREAM}.{name}"),
        acks: sender,
    };
    Ok((writer, acks))
}

impl Writer {
    pub(crate) async fn publish(&mut self, blob: Bytes) -> Result<(), Failure> {
        let ack = self.context.publish(self.subject.clone(), blob).await?;
        Ok(self.acks.send(ack)?)
    }
}

impl Acks {
    pub(crate) async fn next(&mut self) -> Result<(), Failure> {
        self.acks.recv().await.ok_or("the writer has gone")?.await?;
        Ok(())
    }
}

pub(crate) struct Reader(Ordered);

pub(crate) async fn reader(address: &str, name: &str) -> Result<Reader, Failure> {
    let context = context(address).await?;
    let config = OrderedConfig {
        deliver_subject: context.client().new_inbox(),
        filter_subject: format!("{STREAM}.{name}"),
        ..OrderedConfig::default()
    };
    let consumer = stream(&context).await?.create_consumer(config).await?;
    Ok(Reader(consumer.messages().await?))
}

impl Reader {
    pub(crate) async fn next(&mut self) -> Result<Bytes, Failure> {
        let message = self.0.next().await.ok_or("the consumer has ended")??;
        Ok(message.payload.clone())
    }
}
