//! What of a text is taken: the first letter, or all cards.

use super::AppError;
use super::admission::MAX_BLOCK_LEN;
use super::drafts::check_len;
use crate::age::armor::Label;
use crate::age::extract::{Form, Found, find};

/// The first letter of a text, as armor or line.
pub(super) fn letter(text: &str) -> Result<Vec<u8>, AppError> {
    check_len(text, MAX_BLOCK_LEN)?;
    let is_letter = |found: &Found| match found.form {
        Form::Armor(Label::AgeEncryptedFile) | Form::Line => true,
        Form::Armor(Label::SottoContactCard) => false,
    };
    let found = find(text)
        .into_iter()
        .find(is_letter)
        .ok_or(AppError::NothingFound)?;
    Ok(found.bytes?)
}

/// The cards of a text, in order; malformed ones are left as text.
pub(super) fn cards(text: &str) -> Result<Vec<Vec<u8>>, AppError> {
    check_len(text, MAX_BLOCK_LEN)?;
    let mut cards = Vec::new();
    let mut refused = AppError::NothingFound;
    let blocks = find(text).into_iter();
    for found in blocks.filter(|found| found.form == Form::Armor(Label::SottoContactCard)) {
        match found.bytes {
            Ok(card) => cards.push(card),
            Err(error) => refused = error.into(),
        }
    }
    if cards.is_empty() {
        Err(refused)
    } else {
        Ok(cards)
    }
}
