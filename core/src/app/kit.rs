//! The recovery kit: 24 words shown once the passphrase is given anew, and the check that they
//! were written down.

use rand_core::CryptoRng;
use sotto_protocol::desk::DeskReply;
use sotto_protocol::{SecretText, TimestampMs};
use subtle::ConstantTimeEq;

use super::desk::Desk;
use super::profile::KitCheck;
use super::{App, AppError, KdfResult};
use crate::identity::{CardQr, RecoveryWords, WORD_COUNT, WordList};
use crate::qr;

/// The purpose under which words of the check are digested.
const CHECK: &str = "kit-check";

impl App {
    pub(super) fn recovery_words(
        &mut self,
        keys: &[KdfResult],
        rng: &mut impl CryptoRng,
    ) -> Result<DeskReply, AppError> {
        let seed = self.read_seed(keys)?;
        let words = RecoveryWords::of_seed(&seed, WordList::English);
        let positions = two_positions(rng);
        let desk = self.desk()?;
        desk.widen(&seed)?;
        let words: Vec<_> = words
            .words()
            .iter()
            .map(|word| SecretText(word.to_string()))
            .collect();
        desk.expect_check(positions, &words)?;
        Ok(DeskReply::RecoveryWords {
            words,
            check: positions.to_vec(),
            fingerprint_qr: desk.fingerprint_qr()?,
        })
    }
}

impl Desk {
    /// The QR of the own card (docs/protocol.md, Contact card), as text for scanners.
    fn fingerprint_qr(&self) -> Result<Vec<String>, AppError> {
        let code = CardQr::of(&self.own, self.profile()?.card.as_bytes());
        Ok(qr::modules(&crate::contacts::card_code_text(&code)))
    }

    fn expect_check(&mut self, positions: [u32; 2], words: &[SecretText]) -> Result<(), AppError> {
        let mut digests = [[0; 32]; 2];
        for (digest, position) in digests.iter_mut().zip(positions) {
            let index = usize::try_from(position)
                .ok()
                .and_then(|at| at.checked_sub(1));
            let word = index
                .and_then(|index| words.get(index))
                .ok_or(AppError::KitCheck)?;
            *digest = self.digest(position, &word.0);
        }
        self.edit_profile()?.kit_check = Some(KitCheck { positions, digests });
        Ok(())
    }

    fn digest(&self, position: u32, word: &str) -> [u8; 32] {
        let word = word.trim().to_lowercase();
        self.vault
            .row_key(CHECK, &[&position.to_be_bytes(), word.as_bytes()].concat())
    }

    pub(super) fn recovery_check(
        &mut self,
        answers: &[SecretText],
        now: TimestampMs,
    ) -> Result<(), AppError> {
        let check = self
            .profile()?
            .kit_check
            .clone()
            .ok_or(AppError::KitCheck)?;
        let mut is_right = answers.len() == check.positions.len();
        for ((position, digest), answer) in check.positions.iter().zip(&check.digests).zip(answers)
        {
            is_right &= bool::from(self.digest(*position, &answer.0).ct_eq(digest));
        }
        if !is_right {
            return Err(AppError::KitCheck);
        }
        let profile = self.edit_profile()?;
        profile.kit_check = None;
        profile.kit_confirmed = Some(now);
        Ok(())
    }
}

/// Two different places among the 24 words, ascending.
fn two_positions(rng: &mut impl CryptoRng) -> [u32; 2] {
    let count = u32::try_from(WORD_COUNT).unwrap_or(24);
    let mut draw = |below: u32| {
        let mut bytes = [0; 4];
        rng.fill_bytes(&mut bytes);
        // Which words are asked is no secret: the bias of 2^-27 does not matter.
        u32::from_be_bytes(bytes).checked_rem(below).unwrap_or(0)
    };
    let first = draw(count);
    let other = draw(count.saturating_sub(1));
    let second = if other >= first {
        other.saturating_add(1)
    } else {
        other
    };
    let mut positions = [first.saturating_add(1), second.saturating_add(1)];
    positions.sort_unstable();
    positions
}
