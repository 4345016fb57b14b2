//! The application: every request of the extension's surfaces is answered here.
//!
//! [`App`] does no I/O. The background loads it from the rows of the database and the session
//! secret, hands it one request at a time, commits the writes of the [`Outcome`] in one
//! transaction and only then lets the reply leave. The worker may be killed at any moment: what
//! counts is in the rows. A request that fails writes nothing, and what it had changed in memory
//! is taken back from the rows.
//!
//! One file per job; [`requests`] hands them out, and here is collected what they wrote.

mod add_key;
pub mod admission;
mod backup;
mod book;
mod cards;
mod classical;
mod desk;
mod draft;
mod drafts;
mod error;
pub mod files;
mod first_run;
mod found;
mod frame;
mod guard;
mod invite;
mod kdf;
mod keys;
mod kit;
pub mod live;
mod memory;
mod open;
mod outcome;
mod parked;
mod password;
mod profile;
mod recipients;
mod requests;
mod rows;
mod seal;
mod settings;
mod show_letter;
mod status;
mod store;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test that overflows, slices amiss or gets another variant fails, as it should"
)]
mod tests;
mod unlock;

pub use admission::Admissions;
pub use error::AppError;
pub use kdf::{KdfJob, KdfResult, MIN_PASSPHRASE_CHARS};
pub use outcome::{Outcome, SessionChange};
pub use profile::LETTERS_BEFORE_KIT;
pub use store::{Row, Write};

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::shell::Errand;

use crate::vault::Slot;
use desk::Desk;
use live::Veil;
use rows::Rows;

/// The application.
#[derive(Default)]
pub struct App {
    rows: Rows,
    epoch: u32,
    desk: Option<Desk>,
    veil: Option<Veil>,
    admissions: Admissions,
    // What the request at hand wants beyond its records.
    writes: Vec<Write>,
    session: SessionChange,
    errand: Option<Errand>,
}

impl App {
    /// Loads what the database and the session storage hold. With a session secret of the present
    /// epoch the vault is open; in any other case, damage included, it is locked, and unlocking
    /// says what is wrong.
    #[must_use]
    pub fn load(rows: Vec<Row>, session: Option<&str>, admissions: Admissions) -> Self {
        let rows = Rows::new(rows);
        let epoch = unlock::epoch_of(&rows);
        let desk = session.and_then(|session| unlock::resume(&rows, epoch, session));
        let veiled = session.filter(|_| desk.is_none());
        let veil = veiled.and_then(|session| Veil::resume(&rows, epoch, session));
        Self {
            rows,
            epoch,
            desk,
            veil,
            admissions,
            ..Self::default()
        }
    }

    /// The admissions, to be kept in session storage.
    #[must_use]
    pub const fn admissions(&self) -> &Admissions {
        &self.admissions
    }

    /// Answers a page of the extension. `keys` are the results of [`Self::kdf_jobs`], in order.
    ///
    /// # Errors
    /// [`AppError`]; nothing is written then.
    pub fn handle(
        &mut self,
        request: DeskRequest,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<DeskReply>, AppError> {
        let reply = self.answer(request, keys, now, rng);
        self.conclude(reply, now, rng)
    }

    /// Collects what a successful request wrote; takes a failed one back.
    fn conclude<R>(
        &mut self,
        reply: Result<R, AppError>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<R>, AppError> {
        let mut writes = core::mem::take(&mut self.writes);
        let session = core::mem::take(&mut self.session);
        let errand = self.errand.take();
        let sealed = reply.and_then(|reply| {
            let sealed = self
                .desk
                .as_mut()
                .map(|desk| desk.take_writes(rng))
                .transpose()?;
            Ok((reply, sealed.unwrap_or_default()))
        });
        let (reply, sealed) = match sealed {
            Ok(sealed) => sealed,
            Err(error) => {
                self.roll_back();
                return Err(error);
            }
        };
        writes.extend(sealed);
        self.rows.apply(&writes);
        let is_changed = !writes.is_empty() || session != SessionChange::Keep;
        let status = if is_changed {
            Some(self.status(now)?)
        } else {
            None
        };
        Ok(Outcome {
            reply,
            writes,
            session,
            status,
            errand,
        })
    }

    /// Memory as the rows have it. If they do not open any more, the vault is locked.
    fn roll_back(&mut self) {
        self.epoch = unlock::epoch_of(&self.rows);
        if let Some(desk) = self.desk.take_if(|desk| desk.is_touched()) {
            self.desk = Desk::open(desk.vault, &self.rows).ok();
        }
    }

    fn slot(&self) -> Result<Slot, AppError> {
        let (_, slot) = self
            .rows
            .table(unlock::SLOTS)
            .next()
            .ok_or(AppError::NoIdentity)?;
        Ok(Slot::decode(slot)?)
    }

    fn has_identity(&self) -> bool {
        self.rows.table(unlock::SLOTS).next().is_some()
    }

    /// What is wrong when no desk is there.
    fn closed(&self) -> AppError {
        if self.has_identity() {
            AppError::Locked
        } else {
            AppError::NoIdentity
        }
    }

    fn desk(&mut self) -> Result<&mut Desk, AppError> {
        let closed = self.closed();
        self.desk.as_mut().ok_or(closed)
    }
}

impl core::fmt::Debug for App {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let is_open = self.desk.is_some();
        f.debug_struct("App")
            .field("epoch", &self.epoch)
            .field("is_open", &is_open)
            .field("is_veiled", &self.veil.is_some())
            .finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// A 16-byte id from its 32 hex digits.
fn parse_id(text: &str) -> Option<[u8; 16]> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let whole = text.len() == 32 && text.bytes().all(is_hex);
    let number = whole
        .then(|| u128::from_str_radix(text, 16).ok())
        .flatten()?;
    Some(number.to_be_bytes())
}

fn generate_id(rng: &mut impl CryptoRng) -> [u8; 16] {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    id
}

/// The beginning of a text in one line, for lists.
fn first_words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = line.chars();
    let head: String = letters.by_ref().take(60).collect();
    if letters.next().is_none() {
        head
    } else {
        format!("{head}…")
    }
}
