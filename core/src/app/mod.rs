//! The application: every request of the extension's surfaces is answered here.
//!
//! [`App`] does no I/O. The background loads it from the rows of the database and the session
//! secret, hands it one request at a time, commits the writes of the [`Outcome`] in one
//! transaction and only then lets the reply leave. The worker may be killed at any moment: what
//! counts is in the rows. A request that fails writes nothing, and what it had changed in memory
//! is taken back from the rows.
//!
//! One file per job; this one hands requests out and collects what they wrote.

pub mod admission;
mod backup;
mod book;
mod cards;
mod desk;
mod draft;
mod drafts;
mod error;
mod first_run;
mod found;
mod frame;
mod invite;
mod kdf;
mod kit;
mod memory;
mod open;
mod outcome;
mod parked;
mod profile;
mod rows;
mod seal;
mod settings;
mod show_letter;
mod status;
mod store;
#[cfg(test)]
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
use rows::Rows;

/// The application.
#[derive(Default)]
pub struct App {
    rows: Rows,
    epoch: u32,
    desk: Option<Desk>,
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
        Self {
            rows,
            epoch,
            desk,
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

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the desk's own table is complete: a new request does not compile there"
    )]
    fn answer(
        &mut self,
        request: DeskRequest,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<DeskReply, AppError> {
        match request {
            DeskRequest::Status {} => Ok(DeskReply::Status {
                status: self.status(now)?,
            }),
            DeskRequest::Create { name, address, .. } => {
                self.create(&name, &address, keys, now, rng)?;
                Ok(DeskReply::Create {
                    status: self.status(now)?,
                })
            }
            DeskRequest::Restore {
                words,
                name,
                address,
                ..
            } => {
                self.restore(&words, &name, &address, keys, now, rng)?;
                Ok(DeskReply::Restore {
                    status: self.status(now)?,
                })
            }
            DeskRequest::DeleteIdentity { name } => {
                self.delete_identity(&name)?;
                Ok(DeskReply::DeleteIdentity {
                    status: self.status(now)?,
                })
            }
            DeskRequest::Unlock { .. } => {
                self.unlock(keys, rng)?;
                Ok(DeskReply::Unlock {
                    status: self.status(now)?,
                })
            }
            DeskRequest::Lock {} => {
                self.lock()?;
                Ok(DeskReply::Lock {
                    status: self.status(now)?,
                })
            }
            DeskRequest::ChangePassphrase { .. } => {
                self.change_passphrase(keys, rng)?;
                Ok(DeskReply::ChangePassphrase {})
            }
            DeskRequest::SuggestPassphrase {} => Ok(settings::suggest_passphrase(rng)),
            DeskRequest::RecoveryWords { .. } => self.recovery_words(keys, rng),
            DeskRequest::RecoveryCheck { answers } => {
                self.desk()?.recovery_check(&answers, now)?;
                Ok(DeskReply::RecoveryCheck {
                    status: self.status(now)?,
                })
            }
            DeskRequest::SetSettings { settings } => {
                self.desk()?.set_settings(settings)?;
                Ok(DeskReply::SetSettings {
                    status: self.status(now)?,
                })
            }
            DeskRequest::PageLeft { tab } => {
                self.page_left(tab);
                Ok(DeskReply::PageLeft {})
            }
            request => self.desk()?.answer(request, now, rng),
        }
    }
}

impl Desk {
    /// Answers what needs an unlocked vault and nothing else.
    #[expect(
        clippy::too_many_lines,
        reason = "a table of requests, one line or two each"
    )]
    fn answer(
        &mut self,
        request: DeskRequest,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<DeskReply, AppError> {
        match request {
            DeskRequest::MakeBackup {} => self.make_backup(now, rng),
            DeskRequest::RestoreBackup { text } => self.restore_backup(&text, now),
            DeskRequest::Contacts { query } => Ok(self.contacts(&query)),
            DeskRequest::Contact { id } => {
                let contact = self.show_contact(id.parse()?)?;
                Ok(DeskReply::Contact { contact })
            }
            DeskRequest::OwnCard {} => self.own_card(),
            DeskRequest::LookAtCards { text } => Ok(DeskReply::LookAtCards {
                cards: self.look_at_cards(&text, now)?,
            }),
            DeskRequest::AcceptCard { card, verdict } => self.accept_card(&card, verdict, now),
            DeskRequest::AcceptChange { id } => {
                let contact = self.accept_change(&id, now)?;
                Ok(DeskReply::AcceptChange { contact })
            }
            DeskRequest::Compared { id } => {
                let contact = self.compared(&id, now)?;
                Ok(DeskReply::Compared { contact })
            }
            DeskRequest::ComparedCode { id, code } => {
                let contact = self.compared_code(&id, &code, now)?;
                Ok(DeskReply::ComparedCode { contact })
            }
            DeskRequest::DecideChange { id, take } => {
                let contact = self.decide_change(&id, take, now)?;
                Ok(DeskReply::DecideChange { contact })
            }
            DeskRequest::Block { id, blocked } => {
                let contact = self.block(&id, blocked, now)?;
                Ok(DeskReply::Block { contact })
            }
            DeskRequest::ForgetContact { id } => {
                self.forget_contact(&id, now)?;
                Ok(DeskReply::ForgetContact {})
            }
            DeskRequest::UndoForget {} => {
                let contact = self.undo_forget(now)?;
                Ok(DeskReply::UndoForget { contact })
            }
            DeskRequest::Invite { address, locale } => {
                let text = self.invite(&address, &locale, now)?;
                Ok(DeskReply::Invite { text })
            }
            DeskRequest::Compose {
                context,
                to,
                reply_to,
            } => {
                let draft = self.compose(context, &to, reply_to.as_deref(), now, rng)?;
                Ok(DeskReply::Compose { draft })
            }
            DeskRequest::OpenDraft { id } => {
                let draft = self.show_draft(&id, now)?;
                Ok(DeskReply::OpenDraft { draft })
            }
            DeskRequest::SaveDraft {
                id,
                to,
                addresses,
                subject,
                text,
                form,
            } => {
                let change = drafts::DraftChange {
                    to,
                    addresses,
                    subject,
                    text,
                    form,
                };
                let draft = self.save_draft(&id, change, now)?;
                Ok(DeskReply::SaveDraft { draft })
            }
            DeskRequest::DecideBcc {
                id,
                address,
                next_letter,
            } => {
                let draft = self.decide_bcc(&id, &address, next_letter, now)?;
                Ok(DeskReply::DecideBcc { draft })
            }
            DeskRequest::Drafts {} => Ok(DeskReply::Drafts {
                drafts: self.all_drafts(now)?,
            }),
            DeskRequest::DiscardDraft { id } => {
                self.discard_draft(&id)?;
                Ok(DeskReply::DiscardDraft {})
            }
            DeskRequest::UndoDiscard {} => {
                let draft = self.undo_discard(now)?;
                Ok(DeskReply::UndoDiscard { draft })
            }
            DeskRequest::Seal { id, seal_for } => {
                let sealed = self.seal(&id, &seal_for, now, rng)?;
                Ok(DeskReply::Seal { sealed })
            }
            DeskRequest::Sent { id } => {
                self.sent(&id)?;
                Ok(DeskReply::Sent {})
            }
            DeskRequest::Park { text, site, names } => {
                let parked = self.park(text, &site, names, now, rng)?;
                Ok(DeskReply::Park { parked })
            }
            DeskRequest::ParkedFor { site } => Ok(DeskReply::ParkedFor {
                parked: self.parked_for(&site, now),
            }),
            DeskRequest::Unpark { id } => {
                self.unpark(&id)?;
                Ok(DeskReply::Unpark {})
            }
            DeskRequest::Open {
                text,
                source,
                reveal,
            } => {
                let letter = self.open_letter(&text, &source, reveal, false, now)?;
                Ok(DeskReply::Open { letter })
            }
            DeskRequest::OpenedOn { tab } => Ok(DeskReply::OpenedOn {
                letters: self.opened_on(tab),
            }),
            DeskRequest::Status {}
            | DeskRequest::Create { .. }
            | DeskRequest::Restore { .. }
            | DeskRequest::DeleteIdentity { .. }
            | DeskRequest::Unlock { .. }
            | DeskRequest::Lock {}
            | DeskRequest::ChangePassphrase { .. }
            | DeskRequest::SuggestPassphrase {}
            | DeskRequest::RecoveryWords { .. }
            | DeskRequest::RecoveryCheck { .. }
            | DeskRequest::SetSettings { .. }
            | DeskRequest::PageLeft { .. } => Err(AppError::Defect("answered before the desk")),
        }
    }
}

impl core::fmt::Debug for App {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let is_open = self.desk.is_some();
        f.debug_struct("App")
            .field("epoch", &self.epoch)
            .field("is_open", &is_open)
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
