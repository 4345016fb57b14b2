//! What comes while the vault is veiled: set aside under the class of sessions, in rows of its own
//! that are not opened before the person is back. Then it happens, in the order in which it came.
//!
//! Nothing is told of it meanwhile but that there is something: no receipt, no name.

use sotto_core::cbor::{ArrayWriter, Fields, MapWriter};
use sotto_core::record::{Record, RecordError, Table};
use sotto_protocol::TimestampMs;

use crate::body::Body;
use crate::error::ChatError;
use crate::happened::{Happened, What};
use crate::live::Live;
use crate::rows::{MAX_QUIET, Prefs};
use crate::store::{Kept, Writes, seal_table};

/// What one row holds at most.
const MAX_HAPPENED: usize = 256;
/// Bytes that are set aside, about, until the person is back: all of it is read at once then, and
/// its rows whenever the background starts.
pub(crate) const MAX_ASIDE_LEN: u64 = if cfg!(test) {
    256 * 1024
} else {
    4 * 1024 * 1024
};
/// What a row counts for beyond what it holds.
const ROW_LEN: u64 = 1024;
/// Different alarms that one program remembers.
const MAX_NOTICED: usize = 1_000;

/// Whether it is a message that the person has to read, as far as this version knows.
fn is_counted(what: &What) -> bool {
    let What::Message { body, .. } = what else {
        return matches!(what, What::Newer { .. });
    };
    match Body::decode(body) {
        Ok(body) => matches!(body, Body::Text { .. }),
        Err(error) => error.is_newer(),
    }
}

/// What one step brought.
#[derive(Debug)]
pub(crate) struct Meanwhile {
    number: u64,
    /// When it was taken.
    at: u64,
    happened: Vec<Happened>,
}

impl Kept for Meanwhile {
    const KIND: u8 = 3;
}

impl Record for Meanwhile {
    const TABLE: &'static str = "chat-meanwhile";

    fn key(&self) -> Vec<u8> {
        self.number.to_be_bytes().to_vec()
    }

    fn encode(&self) -> Vec<u8> {
        let happened = self.happened.iter();
        let happened = happened.fold(ArrayWriter::new(), |array, it| array.map(&it.to_map()));
        MapWriter::new()
            .uint(1, self.number)
            .uint(2, self.at)
            .array(3, &happened)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=3)?;
        let happened = fields.require(3)?.items(MAX_HAPPENED)?;
        Ok(Self {
            number: fields.require(1)?.uint()?,
            at: fields.require(2)?.uint()?,
            happened: happened
                .into_iter()
                .map(Happened::from_field)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Live {
    /// The class *history* is shut: it receives, and shows and says nothing.
    #[must_use]
    pub const fn is_veiled(&self) -> bool {
        self.history_vault.is_none()
    }

    /// Keeps what happened for later, and counts what the person would want to know of.
    pub(crate) fn set_aside(&mut self, happened: Happened) {
        if happened.what.is_alarm() && !self.is_first(&happened) {
            return;
        }
        if self.is_unread(&happened) {
            let mut prefs = self.prefs();
            prefs.waiting = prefs.waiting.saturating_add(1);
            self.put_prefs(prefs);
        }
        self.aside_len = self.aside_len.saturating_add(happened.what.len());
        self.aside.push(happened);
    }

    /// The same alarm again says nothing new.
    fn is_first(&mut self, alarm: &Happened) -> bool {
        if self.noticed.contains(alarm) {
            return false;
        }
        if self.noticed.len() < MAX_NOTICED {
            self.noticed.push(alarm.clone());
        }
        true
    }

    /// No more is set aside. What else comes is not read before the person is back: so it stays
    /// with its relay, and nothing of it is lost.
    pub(crate) fn is_full(&self) -> bool {
        let kept = self.prefs.get(b"").map_or(0, |prefs| prefs.aside_len);
        let len = kept.saturating_add(self.aside_len);
        self.is_veiled() && len >= MAX_ASIDE_LEN
    }

    fn is_unread(&self, happened: &Happened) -> bool {
        let (What::Message { from, .. } | What::Newer { from }) = &happened.what else {
            return false;
        };
        let is_quiet = |prefs: &Prefs| prefs.quiet.contains(&happened.session);
        is_counted(&happened.what)
            && *from != self.me
            && !self.is_blocked(from)
            && !self.prefs.get(b"").is_some_and(is_quiet)
    }

    /// Seals what this step set aside. It leaves memory.
    pub(crate) fn seal_aside(&mut self, writes: &mut Writes) -> Result<(), ChatError> {
        let aside = core::mem::take(&mut self.aside);
        let mut len = core::mem::take(&mut self.aside_len);
        let mut rows = Table::default();
        for happened in aside.chunks(MAX_HAPPENED) {
            let mut prefs = self.prefs();
            rows.put(Meanwhile {
                number: prefs.aside,
                at: self.now.0,
                happened: happened.to_vec(),
            });
            prefs.aside = prefs.aside.saturating_add(1);
            let row_len = core::mem::take(&mut len).saturating_add(ROW_LEN);
            prefs.aside_len = prefs.aside_len.saturating_add(row_len);
            self.prefs.put(prefs);
        }
        seal_table(&self.vault, &mut rows, &mut self.rng, writes)
    }

    /// The person is back: what came meanwhile happens now, once, in the order in which it came.
    pub(crate) fn take_meanwhile(&mut self) -> Result<(), ChatError> {
        if self.is_veiled() {
            return Ok(());
        }
        let now = self.now;
        let rows: Vec<_> = self.meanwhile.iter().map(Record::key).collect();
        let rows = rows.iter().filter_map(|key| self.meanwhile.remove(key));
        // By their numbers, as the table is.
        for meanwhile in rows.collect::<Vec<_>>() {
            // A clock that was set back makes nothing later than now.
            self.now = TimestampMs(meanwhile.at.min(now.0));
            for happened in meanwhile.happened {
                self.happened(happened)?;
            }
        }
        self.now = now;
        let prefs = self.prefs();
        if prefs.waiting > 0 || prefs.aside_len > 0 {
            self.put_prefs(Prefs {
                waiting: 0,
                aside_len: 0,
                ..prefs
            });
        }
        Ok(())
    }

    /// What a veiled device must know to stay silent: muted conversations, and who is blocked in
    /// those that go on.
    pub(crate) fn keep_quiet(&mut self) {
        if self.is_veiled() {
            return;
        }
        let is_blocked = |who: &&_| self.is_blocked(who);
        let (mut quiet, mut hushed) = (Vec::new(), Vec::new());
        for talk in self.talks.iter() {
            let Some(session) = talk.session else {
                continue;
            };
            if talk.muted {
                quiet.push(session);
            }
            hushed.extend(talk.members.iter().filter(is_blocked));
        }
        quiet.truncate(MAX_QUIET);
        hushed.sort_unstable();
        hushed.dedup();
        hushed.truncate(MAX_QUIET);
        let prefs = self.prefs();
        if prefs.quiet != quiet || prefs.hushed != hushed {
            self.prefs.put(Prefs {
                quiet,
                hushed,
                ..prefs
            });
        }
    }
}
