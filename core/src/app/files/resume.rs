//! Going on with a job that was killed in the middle: the browser, its engine room, or the computer.
//!
//! Keys and nonces of what is not sealed yet are in the sealed row, so the payload goes on under
//! them. Only the same file may: for another one the key stream of every chunk that was sealed
//! already would serve twice. What the browser says of a file (name, size, time of its last change)
//! is compared here; the engine room compares content.

use rand_core::CryptoRng;
use sotto_protocol::files::{FileBrief, FileJob, JobState};
use sotto_protocol::{ErrorCode, TimestampMs};

use super::job::{FileJobRow, Item};
use super::seal::{Begun, Ticket};
use crate::age::{PayloadKey, PayloadNonce};
use crate::app::desk::Desk;
use crate::app::{App, AppError, Outcome, hex};

impl App {
    /// A job that runs nowhere any more: `interrupted` where it can go on; else it ends with
    /// `worker-lost`. One that is over stays as it is.
    ///
    /// # Errors
    /// [`AppError::JobUnknown`].
    pub fn interrupt_files(
        &mut self,
        job: &str,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<FileJob>, AppError> {
        let stopped = self.desk().and_then(|desk| desk.interrupt_files(job));
        self.conclude(stopped, now, rng)
    }

    /// What workers need to go on with an interrupted job, for the files that were given again.
    ///
    /// # Errors
    /// [`AppError::JobUnknown`] for a job that cannot go on; [`AppError::FileChanged`] where one of
    /// its files is not among `given`.
    pub fn resume_files(&mut self, job: &str, given: &[FileBrief]) -> Result<Begun, AppError> {
        let row = self.desk()?.job(job)?;
        if !row.can_go_on() {
            return Err(AppError::JobUnknown);
        }
        let ticket = |(index, item): (usize, &Item)| again(index, item, given).transpose();
        let tickets = row.items.iter().enumerate().filter_map(ticket);
        Ok(Begun {
            tickets: tickets.collect::<Result<_, _>>()?,
            job: row.show(),
        })
    }

    /// The jobs whose sealed bytes are kept: those of the last day that did not fail.
    ///
    /// # Errors
    /// [`AppError::Locked`].
    pub fn kept_files(&mut self, now: TimestampMs) -> Result<Vec<String>, AppError> {
        let is_kept = |row: &&FileJobRow| row.state() != JobState::Failed && !row.is_over(now);
        let rows = self.desk()?.files.iter().filter(is_kept);
        Ok(rows.map(|row| hex(&row.id)).collect())
    }
}

impl Desk {
    fn interrupt_files(&mut self, job: &str) -> Result<FileJob, AppError> {
        let row = self.job(job)?;
        let mut shown = row.show();
        if row.can_go_on() {
            shown.state = JobState::Interrupted;
        }
        if shown.state != JobState::Running {
            return Ok(shown);
        }
        self.fail_files(job, ErrorCode::WorkerLost)
    }
}

/// The ticket of a file that is not sealed yet.
fn again(index: usize, item: &Item, given: &[FileBrief]) -> Result<Option<Ticket>, AppError> {
    let Some(file_key) = item.file_key.as_ref().filter(|_| item.copy.is_none()) else {
        return Ok(None);
    };
    let is_same = |file: &FileBrief| {
        file.name == item.name && file.size.0 == item.size && file.modified == item.modified
    };
    let at = given
        .iter()
        .position(is_same)
        .ok_or(AppError::FileChanged)?;
    let nonce = PayloadNonce::from_bytes(item.nonce);
    Ok(Some(Ticket {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        given: u32::try_from(at).unwrap_or(u32::MAX),
        key: PayloadKey::derive(file_key, &nonce).expose().clone(),
        nonce: item.nonce,
        inner: Vec::new(),
    }))
}
