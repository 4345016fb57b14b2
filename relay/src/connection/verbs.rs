//! The verbs. Each first asks whether the capability allows it; until then nothing is spent but the
//! look at the stream's record.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sotto_protocol::relay::{
    MAX_PRESENCE_S, PAGE_LEN, RelayCode, Reply, Secret, StreamId, Tag, Verb,
};
use subtle::ConstantTimeEq;

use super::feed::entry;
use super::{Connection, Cursor};
use crate::access::{Access, Change, Token};
use crate::clock;
use crate::limits;
use crate::metrics::count;
use crate::shared::{Refusal, fault, too_fast};
use crate::store::{Append, Signal, StoreError};
use crate::turn;

/// Blobs of a page, at most.
const MAX_PAGE: u16 = 1000;

/// What a verb gives back.
pub(super) enum Answer {
    /// An answer.
    Now(Reply),
    /// An answer to come, while others are heard.
    Later(BoxFuture<'static, (u32, Reply)>),
}

const DONE: Result<Answer, Refusal> = Ok(Answer::Now(Reply::Done));

impl Connection {
    pub(super) async fn obey(&mut self, verb: Verb, id: u32) -> Result<Answer, Refusal> {
        match verb {
            Verb::Ping => DONE,
            Verb::Create {
                stream,
                own,
                write,
                read,
                pass,
            } => {
                let tokens = vec![Token::first(write)];
                self.create(stream, Access { own, read, tokens }, &pass)
                    .await
            }
            Verb::Grant {
                stream,
                own,
                token,
                label,
                per_day,
                max_blob,
                expires_s,
            } => {
                let token = Token {
                    digest: token,
                    label,
                    per_day,
                    max_blob,
                    expires_s,
                };
                self.change(stream, &own, Change::Grant(token)).await
            }
            Verb::Revoke { stream, own, token } => {
                self.change(stream, &own, Change::Revoke(token)).await
            }
            Verb::Append {
                stream,
                write,
                expect_seq,
                blob,
            } => {
                let taken = self.append(id, stream, &write, expect_seq, blob).await;
                // Those behind it do not pass one that failed before the store had it, either.
                let faults = [RelayCode::Unavailable, RelayCode::StorageFull];
                if taken.as_ref().is_err_and(|(code, _)| faults.contains(code)) {
                    self.line.break_off();
                }
                taken
            }
            Verb::Read {
                stream,
                read,
                from,
                limit,
            } => self.read(stream, &read, from, limit).await,
            Verb::Subscribe { stream, read, from } => self.subscribe(id, stream, &read, from).await,
            Verb::Unsubscribe { subscription } => {
                self.unsubscribe(subscription);
                DONE
            }
            Verb::Trim {
                stream,
                own,
                before,
            } => self.trim(stream, &own, before).await,
            Verb::Publish {
                stream,
                write,
                blob,
            } => self.publish(stream, &write, blob).await,
            Verb::Presence {
                stream,
                write,
                tag,
                ttl_s,
                note,
            } => self.presence(stream, &write, tag, ttl_s, note).await,
            Verb::Turn { stream, read } => self.turn(stream, &read).await,
            Verb::Delete { stream, own } => self.delete(stream, &own).await,
        }
    }

    async fn create(
        &mut self,
        stream: StreamId,
        access: Access,
        pass: &Secret,
    ) -> Result<Answer, Refusal> {
        if let Some(wanted) = &self.shared.pass
            && !bool::from(wanted.0.ct_eq(&pass.0))
        {
            return Err((RelayCode::PassNeeded, 0));
        }
        let network = self.place.network;
        self.shared.streams.take(network, 1).map_err(too_fast)?;
        let created = self.shared.store.create(stream, access).await;
        created.map_err(|it| fault(&it))?;
        DONE
    }

    async fn owned(&mut self, stream: StreamId, own: &Secret) -> Result<(), Refusal> {
        let access = self.shared.access(stream).await?;
        if access.owns(&stream, own) {
            Ok(())
        } else {
            Err((RelayCode::Refused, 0))
        }
    }

    async fn readable(&mut self, stream: StreamId, read: &Secret) -> Result<(), Refusal> {
        let access = self.shared.access(stream).await?;
        if access.reads(&stream, read) {
            Ok(())
        } else {
            Err((RelayCode::Refused, 0))
        }
    }

    /// The token of a blob of `len` bytes that may be written now.
    async fn writable(
        &mut self,
        stream: StreamId,
        write: &Secret,
        len: usize,
    ) -> Result<Token, Refusal> {
        let access = self.shared.access(stream).await?;
        let now_s = clock::seconds(clock::now_ms());
        let token = access
            .writes(&stream, write, now_s)
            .map_err(|code| (code, 0))?;
        let relay = self.shared.config.limits.blob_bytes;
        let limit = match token.max_blob {
            0 => relay,
            limit => limit.min(relay),
        };
        if u32::try_from(len).is_ok_and(|len| len <= limit) {
            return Ok(token);
        }
        Err((RelayCode::TooLarge, limit))
    }

    /// What is not kept is worth nothing later: it is refused where it comes too fast.
    async fn sayable(
        &mut self,
        stream: StreamId,
        write: &Secret,
        len: usize,
    ) -> Result<Token, Refusal> {
        let token = self.writable(stream, write, len).await?;
        self.shared.blobs.take(token.digest, 1).map_err(too_fast)?;
        Ok(token)
    }

    async fn change(
        &mut self,
        stream: StreamId,
        own: &Secret,
        change: Change,
    ) -> Result<Answer, Refusal> {
        self.owned(stream, own).await?;
        let changed = self.shared.store.change(stream, change).await;
        changed.map_err(|it| fault(&it))?;
        self.tell(stream, Signal::Changed).await;
        DONE
    }

    /// Here at once, whatever becomes of the other relays: they see it when what they keep in
    /// memory is too old.
    async fn tell(&mut self, stream: StreamId, signal: Signal) {
        self.shared.hub.cache().forget(&stream);
        if let Err(error) = self.shared.store.signal(stream, signal).await {
            fault(&error);
        }
    }

    async fn append(
        &mut self,
        id: u32,
        stream: StreamId,
        write: &Secret,
        expect_seq: Option<u64>,
        blob: Vec<u8>,
    ) -> Result<Answer, Refusal> {
        let len = blob.len();
        let token = self.writable(stream, write, len).await?;
        // A refusal would let those behind it pass.
        let turn = self.shared.blobs.wait(token.digest).await;
        turn.map_err(too_fast)?;
        // Whoever may make streams could fill the store with as many as they like.
        let network = self.place.network;
        let fits = self.shared.bytes.take(network, limits::bytes(len));
        fits.map_err(too_fast)?;
        let at_ms = clock::now_ms();
        self.spend(stream, &token, clock::day(at_ms)).await?;
        let append = Append {
            stream,
            expect_seq,
            via: token.label,
            blob: blob.into(),
            at_ms,
            line: self.line.clone(),
        };
        let shared = Arc::clone(&self.shared);
        let kib = u32::try_from(len.div_ceil(1024)).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let room = Arc::clone(&shared.under_way).acquire_many_owned(kib).await;
        let receipt = shared.store.append(append).await;
        let receipt = receipt.map_err(|it| fault(&it))?;
        let answer = async move {
            let reply = acknowledged(&shared.metrics, len, receipt.await);
            drop(room);
            (id, reply)
        };
        Ok(Answer::Later(answer.boxed()))
    }

    async fn spend(&mut self, stream: StreamId, token: &Token, day: u32) -> Result<(), Refusal> {
        if token.per_day == 0 {
            return Ok(());
        }
        let store = &self.shared.store;
        let spent = store.spend(stream, token.digest, day, token.per_day).await;
        if spent.map_err(|it| fault(&it))? {
            Ok(())
        } else {
            Err((RelayCode::QuotaSpent, token.per_day))
        }
    }

    async fn read(
        &mut self,
        stream: StreamId,
        read: &Secret,
        from: u64,
        limit: u16,
    ) -> Result<Answer, Refusal> {
        self.readable(stream, read).await?;
        let limit = limit.clamp(1, MAX_PAGE);
        let page = self.shared.store.read(stream, from, limit, PAGE_LEN).await;
        let page = page.map_err(|it| fault(&it))?;
        Ok(Answer::Now(Reply::Page {
            more: page.more,
            entries: page.entries.into_iter().map(entry).collect(),
        }))
    }

    async fn subscribe(
        &mut self,
        id: u32,
        stream: StreamId,
        read: &Secret,
        from: u64,
    ) -> Result<Answer, Refusal> {
        self.readable(stream, read).await?;
        let is_full = self.subscriptions.len() >= self.shared.config.limits.subscriptions;
        if is_full || self.subscriptions.contains_key(&id) {
            return Err((RelayCode::TooMany, 0));
        }
        let seat = self.shared.subscription(self.place.network)?;
        let last = self.shared.store.last(stream).await;
        let seq = last.map_err(|it| fault(&it))?;
        let cursor = Cursor {
            stream,
            next: from.max(1),
            _seat: seat,
        };
        self.subscriptions.insert(id, cursor);
        self.shared.hub.subscribe(stream, id, &self.outbox);
        Ok(Answer::Now(Reply::At { seq }))
    }

    fn unsubscribe(&mut self, id: u32) {
        if let Some(cursor) = self.subscriptions.remove(&id) {
            let hub = &self.shared.hub;
            hub.unsubscribe(&cursor.stream, id, &self.outbox);
        }
    }

    async fn trim(
        &mut self,
        stream: StreamId,
        own: &Secret,
        before: u64,
    ) -> Result<Answer, Refusal> {
        self.owned(stream, own).await?;
        let trimmed = self.shared.store.trim(stream, before).await;
        trimmed.map_err(|it| fault(&it))?;
        DONE
    }

    async fn publish(
        &mut self,
        stream: StreamId,
        write: &Secret,
        blob: Vec<u8>,
    ) -> Result<Answer, Refusal> {
        let token = self.sayable(stream, write, blob.len()).await?;
        count(&self.shared.metrics.published);
        let signal = Signal::Published {
            via: token.label,
            blob: blob.into(),
        };
        let told = self.shared.store.signal(stream, signal).await;
        told.map_err(|it| fault(&it))?;
        DONE
    }

    async fn presence(
        &mut self,
        stream: StreamId,
        write: &Secret,
        tag: Tag,
        ttl_s: u16,
        note: Vec<u8>,
    ) -> Result<Answer, Refusal> {
        let token = self.sayable(stream, write, note.len()).await?;
        if ttl_s > 0 {
            count(&self.shared.metrics.presence);
        }
        let signal = Signal::Present {
            via: token.label,
            tag,
            ttl_s: ttl_s.min(MAX_PRESENCE_S),
            note: note.into(),
        };
        let told = self.shared.store.signal(stream, signal).await;
        told.map_err(|it| fault(&it))?;
        DONE
    }

    async fn turn(&mut self, stream: StreamId, read: &Secret) -> Result<Answer, Refusal> {
        self.readable(stream, read).await?;
        let config = self.shared.config.turn.as_ref();
        let now_s = clock::seconds(clock::now_ms());
        let turn = config.and_then(|config| turn::credentials(config, now_s));
        turn.map(|turn| Answer::Now(Reply::Turn(turn)))
            .ok_or((RelayCode::NoTurn, 0))
    }

    async fn delete(&mut self, stream: StreamId, own: &Secret) -> Result<Answer, Refusal> {
        self.owned(stream, own).await?;
        let deleted = self.shared.store.delete(stream).await;
        deleted.map_err(|it| fault(&it))?;
        self.tell(stream, Signal::Deleted).await;
        DONE
    }
}

fn acknowledged(
    metrics: &crate::metrics::Metrics,
    len: usize,
    result: Result<u64, StoreError>,
) -> Reply {
    match result {
        Ok(seq) => {
            count(&metrics.appended);
            let len = u64::try_from(len).unwrap_or(0);
            metrics.appended_bytes.fetch_add(len, Ordering::Relaxed);
            Reply::At { seq }
        }
        Err(error) => {
            let (code, detail) = fault(&error);
            metrics.refuse(code);
            Reply::Failed { code, detail }
        }
    }
}
