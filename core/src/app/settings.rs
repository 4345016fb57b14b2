//! Settings and the passphrase suggestion.

use rand_core::CryptoRng;
use sotto_protocol::SecretText;
use sotto_protocol::desk::DeskReply;
use sotto_protocol::view::Settings;

use super::AppError;
use super::desk::Desk;
use crate::identity::WordList;
use crate::vault;

/// Longest idle time before locking: a day.
const MAX_IDLE_MINUTES: u32 = 24 * 60;

/// Six words of a list of 2,048: 66 bits, each guess at the price of Argon2id.
pub(super) fn suggest_passphrase(rng: &mut impl CryptoRng) -> DeskReply {
    let words = vault::suggest_passphrase(WordList::English, rng);
    DeskReply::SuggestPassphrase {
        passphrase: SecretText(words.to_string()),
    }
}

impl Desk {
    pub(super) fn set_settings(&mut self, settings: Settings) -> Result<(), AppError> {
        if settings.idle_minutes > MAX_IDLE_MINUTES {
            return Err(AppError::Setting);
        }
        self.put_settings(settings);
        Ok(())
    }
}
