//! The application: every request of the extension's surfaces is answered here.
//!
//! `App` does no I/O. The background loads it from the rows of the database and the session
//! secret, hands it one request at a time, commits the writes of the [`Outcome`] in one
//! transaction and only then lets the reply leave. The worker may be killed at any moment: what
//! counts is in the rows. A request that fails writes nothing.

pub mod admission;
mod error;
mod store;
#[cfg(test)]
mod tests;

pub use admission::Admissions;
pub use error::AppError;
pub use store::{Row, Write};

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::desk::LetterSource;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::shell::{
    BlockKind, Errand, FoundBlock, FrameReply, FrameRequest, Job, ReadErrand, Stamp,
};
use sotto_protocol::view::{Due, Settings, Status, VaultState};
use zeroize::Zeroizing;

/// What becomes of the session secret, which the browser's session storage holds while unlocked.
#[derive(Clone, PartialEq, Eq)]
pub enum SessionChange {
    /// Nothing.
    Keep,
    /// Unlocked: keep this text.
    Set(String),
    /// Locked: forget it, then throw the instance away.
    Clear,
}

impl core::fmt::Debug for SessionChange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Set(_) => "Set(..)",
            Self::Clear => "Clear",
        })
    }
}

/// The answer to one request and what must be done before it leaves.
#[derive(Clone, Debug)]
pub struct Outcome<R> {
    /// The reply.
    pub reply: R,
    /// To be committed in one transaction.
    pub writes: Vec<Write>,
    /// The session secret.
    pub session: SessionChange,
    /// The status, when it changed: broadcast it.
    pub status: Option<Status>,
    /// A surface to open.
    pub errand: Option<Errand>,
}

/// A key derivation to be run in an instance of its own: the passphrase and the slot's parameters.
/// Opaque to TypeScript.
pub struct KdfJob(pub Zeroizing<Vec<u8>>);

/// What [`KdfJob`] gave: the key and the parameters it was made with. Opaque to TypeScript.
pub struct KdfResult(pub Zeroizing<Vec<u8>>);

impl core::fmt::Debug for KdfJob {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KdfJob(..)")
    }
}

impl core::fmt::Debug for KdfResult {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KdfResult(..)")
    }
}

impl KdfJob {
    /// Runs Argon2id. Takes up to a second and 256 MiB, which a WASM instance never gives back.
    ///
    /// # Errors
    /// [`AppError`] when the job is no job of ours or memory is short.
    pub fn run(&self) -> Result<KdfResult, AppError> {
        Err(AppError::Defect("key derivation is not built yet"))
    }
}

/// The application.
#[derive(Debug, Default)]
pub struct App {
    epoch: u32,
    admissions: Admissions,
}

impl App {
    /// Loads what the database and the session storage hold.
    ///
    /// # Errors
    /// [`AppError`] when a row is damaged.
    pub fn load(
        _rows: Vec<Row>,
        _session: Option<&str>,
        admissions: Admissions,
    ) -> Result<Self, AppError> {
        Ok(Self {
            epoch: 0,
            admissions,
        })
    }

    /// The admissions, to be kept in session storage.
    #[must_use]
    pub const fn admissions(&self) -> &Admissions {
        &self.admissions
    }

    /// The key derivations that `request` needs before it can be handled, in order. Mostly none.
    ///
    /// # Errors
    /// Whatever is wrong with the request already, so that nobody waits a second to hear it.
    pub fn kdf_jobs(
        &self,
        _request: &DeskRequest,
        _rng: &mut impl CryptoRng,
    ) -> Result<Vec<KdfJob>, AppError> {
        Ok(Vec::new())
    }

    /// Answers a page of the extension.
    ///
    /// # Errors
    /// [`AppError`]; nothing is written then.
    pub fn handle(
        &mut self,
        request: DeskRequest,
        _keys: &[KdfResult],
        _now: TimestampMs,
        _rng: &mut impl CryptoRng,
    ) -> Result<Outcome<DeskReply>, AppError> {
        if matches!(request, DeskRequest::Status {}) {
            return Ok(Outcome::plain(DeskReply::Status {
                status: self.status(),
            }));
        }
        Err(AppError::NoIdentity)
    }

    /// Admits a reader frame for a block of a page; the token goes after `#` in its address.
    ///
    /// # Errors
    /// [`AppError::BlockTooLarge`].
    pub fn admit(
        &mut self,
        asked_by: Stamp,
        block: FoundBlock,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<String, AppError> {
        self.admissions.admit(asked_by, block, now, rng)
    }

    /// The errand of a block that is to be read in a surface of the extension.
    ///
    /// # Errors
    /// [`AppError::BlockTooLarge`].
    pub fn errand(block: FoundBlock, stamp: &Stamp) -> Result<Errand, AppError> {
        if block.text.len() > admission::MAX_BLOCK_LEN {
            return Err(AppError::BlockTooLarge {
                len: block.text.len(),
            });
        }
        let mut errand = empty_errand(Job::Read, stamp);
        match block.kind {
            BlockKind::Card => {
                errand.job = Job::Compose;
                errand.cards = Some(block.text);
            }
            BlockKind::Letter | BlockKind::Line => {
                let source = source_of(&block, stamp);
                errand.read = Some(ReadErrand {
                    text: block.text,
                    source,
                });
            }
        }
        Ok(errand)
    }

    /// A content script says hello from a new document.
    pub fn arrive(&mut self, stamp: &Stamp) {
        self.admissions.arrive(stamp);
    }

    /// Answers a reader frame.
    ///
    /// # Errors
    /// [`AppError::TokenSpent`] and those of opening; a page learns no detail.
    pub fn frame(
        &mut self,
        _request: FrameRequest,
        token: &str,
        stamp: &Stamp,
        now: TimestampMs,
        _rng: &mut impl CryptoRng,
    ) -> Result<Outcome<FrameReply>, AppError> {
        self.admissions.redeem(token, stamp, now)?;
        Ok(Outcome::plain(FrameReply::Open {
            letter: None,
            cards: Vec::new(),
            locked: true,
        }))
    }

    fn status(&self) -> Status {
        Status {
            epoch: self.epoch,
            vault: VaultState::Missing,
            me: None,
            due: Due {
                kit: false,
                kit_now: false,
                kit_letters_left: 0,
                backup: false,
            },
            settings: Settings::default(),
            contacts: 0,
            ready_drafts: Vec::new(),
        }
    }
}

impl<R> Outcome<R> {
    const fn plain(reply: R) -> Self {
        let (status, errand) = (None, None);
        Self {
            reply,
            writes: Vec::new(),
            session: SessionChange::Keep,
            status,
            errand,
        }
    }
}

fn source_of(block: &FoundBlock, stamp: &Stamp) -> LetterSource {
    LetterSource {
        tab: Some(stamp.tab),
        private: stamp.private,
        message_from: block.message_from.clone(),
        message_date: block.message_date,
    }
}

const fn empty_errand(job: Job, stamp: &Stamp) -> Errand {
    Errand {
        job,
        tab: Some(stamp.tab),
        compose: None,
        read: None,
        cards: None,
        to: Vec::new(),
        reply_to: None,
        draft: None,
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
