//! "Send unsealed this once": the person read file and site, and said yes to exactly these.
//!
//! The pass lives in memory alone: it survives no lock, no restart and no second use.

use core::fmt;

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use subtle::ConstantTimeEq as _;

use super::checked_site;
use crate::app::desk::Desk;
use crate::app::{AppError, generate_id, hex, parse_id};

/// Between the answer and the handing over.
const PASS_MS: u64 = 60_000;
/// Files of one pick.
const MAX_FILES: usize = 4096;

/// What may leave unsealed, once.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::app) struct Pass {
    pass: [u8; 16],
    hold: [u8; 16],
    site: String,
    names: Vec<String>,
    until: TimestampMs,
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(..)")
    }
}

impl Desk {
    pub(in crate::app) fn send_unsealed(
        &mut self,
        hold: &str,
        site: &str,
        names: Vec<String>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<String, AppError> {
        let hold = parse_id(hold).ok_or(AppError::NothingThere)?;
        if names.is_empty() || names.len() > MAX_FILES {
            return Err(AppError::TooLong { len: names.len() });
        }
        let pass = generate_id(rng);
        self.pass = Some(Pass {
            pass,
            hold,
            site: checked_site(site)?.to_owned(),
            names,
            until: TimestampMs(now.0.saturating_add(PASS_MS)),
        });
        Ok(hex(&pass))
    }

    pub(in crate::app) fn spend_pass(
        &mut self,
        hold: &str,
        site: &str,
        names: &[String],
        pass: &str,
        now: TimestampMs,
    ) -> Result<(), AppError> {
        let kept = self.pass.take().ok_or(AppError::TokenSpent)?;
        let shown = parse_id(pass).ok_or(AppError::TokenSpent)?;
        let is_it = bool::from(kept.pass.ct_eq(&shown));
        let is_meant = parse_id(hold) == Some(kept.hold) && kept.site == site;
        if is_it && is_meant && kept.names == names && kept.until > now {
            Ok(())
        } else {
            Err(AppError::TokenSpent)
        }
    }
}
