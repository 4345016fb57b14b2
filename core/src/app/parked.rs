//! Parked letters: sealed text with nowhere to go waits a day.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::view::Parked;

use super::admission::MAX_BLOCK_LEN;
use super::desk::Desk;
use super::drafts::check_len;
use super::memory::ParkedLetter;
use super::{AppError, generate_id, hex, parse_id};

/// How long parked text waits.
const PARKED_MS: u64 = 86_400_000;
/// Letters that wait at once; a further one is refused rather than losing another.
const MAX_PARKED: usize = 64;

impl Desk {
    pub(super) fn park(
        &mut self,
        text: String,
        site: &str,
        names: Vec<String>,
        private: bool,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Parked>, AppError> {
        check_len(&text, MAX_BLOCK_LEN)?;
        self.parked.retain(|letter| letter.until > now);
        if self.parked.len() >= MAX_PARKED {
            return Err(AppError::TooLong { len: MAX_PARKED });
        }
        let until = TimestampMs(now.0.saturating_add(PARKED_MS));
        let id = generate_id(rng);
        self.parked.put(ParkedLetter {
            id,
            text,
            site: site.to_owned(),
            names,
            until,
            private,
        });
        Ok(self.parked_for(site, now))
    }

    /// What waits for a site, or everywhere; the latest first.
    pub(super) fn parked_for(&mut self, site: &str, now: TimestampMs) -> Vec<Parked> {
        self.parked.retain(|letter| letter.until > now);
        let fits = |letter: &&ParkedLetter| site.is_empty() || letter.site == site;
        let mut waiting: Vec<_> = self.parked.iter().filter(fits).map(show).collect();
        waiting.sort_by_key(|parked| core::cmp::Reverse(parked.until));
        waiting
    }

    pub(super) fn unpark(&mut self, id: &str) -> Result<(), AppError> {
        let id = parse_id(id).ok_or(AppError::NothingThere)?;
        self.parked
            .remove(&id)
            .map(drop)
            .ok_or(AppError::NothingThere)
    }
}

fn show(letter: &ParkedLetter) -> Parked {
    Parked {
        id: hex(&letter.id),
        text: letter.text.clone(),
        site: letter.site.clone(),
        names: letter.names.clone(),
        until: letter.until,
    }
}
