//! Streams in NATS JetStream, for when one machine is outgrown: relays keep nothing and are many.
//!
//! Every stream of ours is a subject of one JetStream stream, so its sequence numbers are made of
//! those of the whole: increasing, not contiguous. Blobs of a stream that wait together go together,
//! as one message, one message at a time ([`lanes`]): so none passes another, and what many cost is
//! shared. `expect_seq` is `Nats-Expected-Last-Subject-Sequence`.
//! Capabilities and quotas are last values of subjects, changed by compare-and-set. All reads go to
//! the leader: a follower may not have yet what was acknowledged a moment ago. Everything here works
//! with nats-server 2.9.

mod blobs;
mod lanes;
mod live;
mod names;
mod records;
mod reply;
mod sending;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::jetstream::stream::{Config, DiscardPolicy, StorageType, Stream};
use futures_util::FutureExt;
use sotto_protocol::relay::{Digest, StreamId};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::{Append, Bounds, Doing, Page, Receipt, Signal, Store, StoreError};
use crate::access::{Access, Change};
use crate::clock;
use crate::config::NatsConfig;
use crate::hub::Hub;
use lanes::Lanes;
use names::Names;
use records::Records;
use sending::Way;

/// How long a request to NATS may take.
const ANSWER: Duration = Duration::from_secs(3);

/// How long an append is tried again while the cluster finds a leader.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two tries.
const AGAIN: Duration = Duration::from_millis(250);

/// In which time NATS knows a repeated append by its id: longer than [`PATIENCE`].
const SAME: Duration = Duration::from_secs(60);

/// How long capabilities may be kept in memory: another relay's changes are told, and a telling may
/// be lost.
const ACCESS: Duration = Duration::from_secs(5);

/// What NATS puts before a message of ours on its way.
const OVERHEAD: i32 = 4096;

/// The store.
pub struct JetStreamStore {
    context: Context,
    names: Names,
    blobs: Stream<()>,
    lanes: Arc<Lanes>,
    access: Records,
    spent: Records,
    bounds: Bounds,
    is_cluster: bool,
    tasks: Vec<JoinHandle<()>>,
}

impl fmt::Debug for JetStreamStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JetStreamStore(..)")
    }
}

impl Drop for JetStreamStore {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl JetStreamStore {
    /// Connects, and makes what is not there yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the servers do not answer in [`PATIENCE`].
    pub async fn open(
        config: &NatsConfig,
        bounds: Bounds,
        hub: Arc<Hub>,
    ) -> Result<Arc<Self>, StoreError> {
        let client = connect(config).await?;
        let context = ContextBuilder::new()
            .timeout(ANSWER)
            .ack_timeout(ANSWER)
            .backpressure_on_inflight(true)
            .build(client);
        let names = Names::new(&config.prefix);
        let blobs = made(&context, blobs_config(&names, config.replicas, &bounds)).await?;
        let access = made(
            &context,
            records_config(&names.access, config.replicas, bounds.idle),
        )
        .await?;
        let days = Duration::from_secs(2 * 86_400);
        let spent = made(
            &context,
            records_config(&names.spent, config.replicas, days),
        )
        .await?;
        let tasks = live::start(&context, &names, &blobs, &hub).await?;
        let way = Way::new(context.clone(), blobs.clone(), names.clone());
        Ok(Arc::new(Self {
            lanes: Lanes::new(way),
            access: Records::new(context.clone(), access),
            spent: Records::new(context.clone(), spent),
            context,
            names,
            blobs,
            bounds,
            is_cluster: config.replicas > 1,
            tasks,
        }))
    }

    /// Whether a change stands. In a cluster what was compared with the same revision, another
    /// change or a renewal, may be agreed on right after it: so it looks only when that is over.
    async fn holds(&self, key: &str, change: Change) -> Result<bool, StoreError> {
        if self.is_cluster {
            sleep(AGAIN).await;
        }
        let record = self.access.get(key).await?.ok_or(StoreError::Unknown)?;
        Ok(records::access(&record.bytes)?.holds(change))
    }
}

async fn connect(config: &NatsConfig) -> Result<async_nats::Client, StoreError> {
    let mut options = ConnectOptions::new()
        .name("sotto-relay")
        .connection_timeout(ANSWER)
        .request_timeout(Some(ANSWER))
        .ping_interval(Duration::from_secs(5))
        .reconnect_delay_callback(|attempt| {
            let steps = u32::try_from(attempt.min(20)).unwrap_or(20);
            Duration::from_millis(100).saturating_mul(steps)
        });
    if !config.user.is_empty() {
        options = options.user_and_password(config.user.clone(), config.password.0.clone());
    } else if !config.token.0.is_empty() {
        options = options.token(config.token.0.clone());
    }
    if config.servers.iter().any(|it| it.starts_with("tls://")) {
        // async-nats takes the process's provider; set once, by whoever comes first.
        let _set = rustls_graviola::default_provider().install_default();
        options = options.require_tls(true);
    }
    let deadline = after(PATIENCE);
    loop {
        match options.clone().connect(config.servers.clone()).await {
            Ok(client) => return Ok(client),
            Err(_) if Instant::now() < deadline => sleep(AGAIN).await,
            Err(_) => {
                return Err(StoreError::Unavailable {
                    cause: "no NATS server can be reached",
                });
            }
        }
    }
}

fn after(wait: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(wait).unwrap_or(now)
}

/// Makes a JetStream stream, or brings it to these settings. A cluster that has just started takes
/// a while.
async fn made(context: &Context, config: Config) -> Result<Stream<()>, StoreError> {
    let deadline = after(PATIENCE);
    loop {
        let made = context.create_or_update_stream(config.clone()).await;
        let stream = context.get_stream_no_info(&config.name).await;
        match (made, stream) {
            (Ok(_), Ok(stream)) => return Ok(stream),
            // Room is set aside for all of `store_bytes`.
            (Err(error), _) if error.to_string().contains("insufficient") => {
                return Err(StoreError::Unavailable {
                    cause: "JetStream has less room than limits.store_bytes",
                });
            }
            _ if Instant::now() < deadline => sleep(AGAIN).await,
            _ => {
                return Err(StoreError::Unavailable {
                    cause: "JetStream does not make its streams",
                });
            }
        }
    }
}

fn blobs_config(names: &Names, replicas: usize, bounds: &Bounds) -> Config {
    Config {
        name: names.blobs.clone(),
        subjects: vec![names.of_blobs("*")],
        storage: StorageType::File,
        num_replicas: replicas,
        max_age: bounds.keep,
        max_bytes: i64::try_from(bounds.store_bytes).unwrap_or(i64::MAX),
        max_messages_per_subject: bounds.stream_blobs.into(),
        max_message_size: i32::try_from(sotto_protocol::relay::MAX_BLOB_LEN)
            .unwrap_or(i32::MAX)
            .saturating_add(OVERHEAD),
        // A full store refuses; it never forgets what somebody has yet to read.
        discard: DiscardPolicy::New,
        discard_new_per_subject: true,
        duplicate_window: SAME.min(bounds.keep),
        ..Config::default()
    }
}

fn records_config(name: &str, replicas: usize, keep: Duration) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![format!("{name}.>")],
        storage: StorageType::File,
        num_replicas: replicas,
        max_age: keep,
        max_messages_per_subject: 1,
        duplicate_window: SAME.min(keep),
        ..Config::default()
    }
}

impl Store for JetStreamStore {
    fn create(&self, stream: StreamId, access: Access) -> Doing<'_, ()> {
        async move {
            let key = self.names.of_access(&stream);
            match self.access.put(&key, access.encode(), 0).await {
                Err(StoreError::Conflict { .. }) => Err(StoreError::Exists),
                other => other,
            }
        }
        .boxed()
    }

    fn access(&self, stream: StreamId) -> Doing<'_, Option<Access>> {
        async move {
            let key = self.names.of_access(&stream);
            let Some(record) = self.access.get(&key).await? else {
                return Ok(None);
            };
            let access = records::access(&record.bytes)?;
            let age = Duration::from_millis(clock::now_ms().saturating_sub(record.at_ms));
            if age >= self.bounds.idle_step() {
                self.access.renew(&key, record).await?;
            }
            Ok(Some(access))
        }
        .boxed()
    }

    fn change(&self, stream: StreamId, change: Change) -> Doing<'_, ()> {
        async move {
            let key = self.names.of_access(&stream);
            loop {
                let record = self.access.get(&key).await?.ok_or(StoreError::Unknown)?;
                let mut access = records::access(&record.bytes)?;
                access
                    .apply(change)
                    .map_err(|_| StoreError::TooManyTokens)?;
                match self
                    .access
                    .put(&key, access.encode(), record.revision)
                    .await
                {
                    // Another relay was faster: look again.
                    Err(StoreError::Conflict { .. }) => {}
                    Err(error) => return Err(error),
                    Ok(()) if self.holds(&key, change).await? => return Ok(()),
                    Ok(()) => {}
                }
            }
        }
        .boxed()
    }

    fn spend(&self, stream: StreamId, token: Digest, day: u32, quota: u32) -> Doing<'_, bool> {
        async move {
            let key = self.names.of_spent(&stream, &token);
            loop {
                let found = self.spent.get(&key).await?;
                let (count, revision) = records::spent(found.as_ref(), day);
                if count >= quota {
                    return Ok(false);
                }
                let record = records::spend(day, count.saturating_add(1));
                match self.spent.put(&key, record, revision).await {
                    Err(StoreError::Conflict { .. }) => {}
                    other => return other.map(|()| true),
                }
            }
        }
        .boxed()
    }

    fn append(&self, append: Append) -> Doing<'_, Receipt> {
        std::future::ready(Ok(self.lanes.hand_in(append))).boxed()
    }

    fn read(&self, stream: StreamId, from: u64, limit: u16, bytes: usize) -> Doing<'_, Page> {
        async move {
            let subject = self.names.of_blobs(&names::hex(&stream.0));
            let mut page = Page::default();
            let (mut next, mut sum) = (blobs::message_of(from).max(1), 0_usize);
            // One question for each message, always to the leader: no consumer to make, to place on
            // a node and to lose with it.
            while let Some(message) = blobs::next(&self.blobs, &subject, next).await? {
                next = message.number.saturating_add(1);
                for entry in message.entries.into_iter().filter(|it| it.seq >= from) {
                    sum = sum.saturating_add(entry.blob.len());
                    let is_full = page.entries.len() >= usize::from(limit) || sum > bytes;
                    if is_full && !page.entries.is_empty() {
                        page.more = true;
                        return Ok(page);
                    }
                    page.entries.push(entry);
                }
            }
            Ok(page)
        }
        .boxed()
    }

    fn last(&self, stream: StreamId) -> Doing<'_, u64> {
        async move {
            let subject = self.names.of_blobs(&names::hex(&stream.0));
            blobs::last(&self.blobs, &subject).await
        }
        .boxed()
    }

    fn trim(&self, stream: StreamId, before: u64) -> Doing<'_, ()> {
        async move {
            let subject = self.names.of_blobs(&names::hex(&stream.0));
            // Those written together are forgotten together. JetStream takes 0 and 1 for "everything".
            let before = blobs::message_of(before);
            if before <= 1 {
                return Ok(());
            }
            let purge = self.blobs.purge().filter(subject).sequence(before);
            purge
                .await
                .map(|_| ())
                .map_err(|_| StoreError::Unavailable {
                    cause: "JetStream does not purge",
                })
        }
        .boxed()
    }

    fn delete(&self, stream: StreamId) -> Doing<'_, ()> {
        async move {
            self.access.forget(&self.names.of_access(&stream)).await?;
            let subject = self.names.of_blobs(&names::hex(&stream.0));
            let purged = self.blobs.purge().filter(subject).await;
            purged.map(|_| ()).map_err(|_| StoreError::Unavailable {
                cause: "JetStream does not purge",
            })
        }
        .boxed()
    }

    fn signal(&self, stream: StreamId, signal: Signal) -> Doing<'_, ()> {
        async move {
            let subject = self.names.of_live(&names::hex(&stream.0));
            let client = self.context.client();
            let sent = client.publish(subject, live::encode(&signal)).await;
            sent.map_err(|_| StoreError::Unavailable {
                cause: "NATS does not publish",
            })
        }
        .boxed()
    }

    fn ping(&self) -> Doing<'_, ()> {
        async move {
            let found = self.blobs.get_info().await;
            found.map(|_| ()).map_err(|_| StoreError::Unavailable {
                cause: "JetStream does not answer",
            })
        }
        .boxed()
    }

    fn access_good_for(&self) -> Duration {
        ACCESS.min(self.bounds.idle_step())
    }
}
