use sotto_protocol::TimestampMs;

use super::{Addressee, Kind, LetterError, LetterId};
use crate::identity::IdentityKey;
use crate::identity::card::Card;

/// Most recipients of one letter, the sender included.
pub const MAX_RECIPIENTS: usize = 128;
/// Longest subject or file name, in bytes of UTF-8.
pub const MAX_NAME_LEN: usize = 512;
/// Longest content type, in ASCII characters.
pub const MAX_CONTENT_TYPE_LEN: usize = 127;

/// What is known of a letter before its content.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Who signs.
    pub sender: IdentityKey,
    /// When, by the sender's clock.
    pub sent_at: TimestampMs,
    /// What the content is.
    pub kind: Kind,
    /// Everyone the letter is sealed to, the sender included, each once.
    pub recipients: Vec<Addressee>,
    /// Revision of the sender's current card.
    pub card_revision: u64,
    /// The sender's current card, in the first letters and whenever it is newer than the one
    /// acknowledged.
    pub card: Option<Card>,
    /// Subject, or file name without a path.
    pub name: Option<String>,
    /// Content type of a file.
    pub content_type: Option<String>,
    /// The letter answered.
    pub reply_to: Option<LetterId>,
}

impl Envelope {
    /// Checks what the protocol limits.
    ///
    /// # Errors
    /// [`LetterError::TooManyRecipients`], [`LetterError::SelfMissing`],
    /// [`LetterError::DuplicateRecipient`], [`LetterError::CardMismatch`], [`LetterError::Field`].
    pub(super) fn check(&self) -> Result<(), LetterError> {
        let count = self.recipients.len();
        if count > MAX_RECIPIENTS {
            return Err(LetterError::TooManyRecipients { count });
        }
        if !self
            .recipients
            .iter()
            .any(|one| one.identity == Some(self.sender))
        {
            return Err(LetterError::SelfMissing);
        }
        let mut keys: Vec<_> = self.recipients.iter().map(|one| &one.recipient).collect();
        keys.sort_unstable();
        if !keys.is_sorted_by(|a, b| a < b) {
            return Err(LetterError::DuplicateRecipient);
        }
        if let Some(card) = &self.card {
            check_card(card, &self.sender, self.card_revision)?;
        }
        check_names(
            self.kind,
            self.name.as_deref(),
            self.content_type.as_deref(),
        )
    }
}

/// The card in a letter is the sender's own, of the revision that the letter names.
pub(super) fn check_card(
    card: &Card,
    sender: &IdentityKey,
    revision: u64,
) -> Result<(), LetterError> {
    let same = card.identity() == sender && card.content().revision.0 == revision;
    if same {
        Ok(())
    } else {
        Err(LetterError::CardMismatch)
    }
}

/// The rules for keys 9 and 10, the same for writing and reading.
pub(super) fn check_names(
    kind: Kind,
    name: Option<&str>,
    content_type: Option<&str>,
) -> Result<(), LetterError> {
    if name.is_some_and(|name| !is_name(kind, name)) {
        return Err(LetterError::Field { key: 9 });
    }
    let fits = content_type.is_none_or(|text| kind == Kind::File && is_content_type(text));
    if fits {
        Ok(())
    } else {
        Err(LetterError::Field { key: 10 })
    }
}

/// A file name must not lead anywhere, and no name may hold control characters.
pub(super) fn is_name(kind: Kind, name: &str) -> bool {
    if kind == Kind::File && (name.contains(['/', '\\']) || matches!(name, "." | "..")) {
        return false;
    }
    (1..=MAX_NAME_LEN).contains(&name.len()) && !name.chars().any(char::is_control)
}

pub(super) fn is_content_type(text: &str) -> bool {
    let printable = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() || byte == b' ');
    !text.is_empty() && text.len() <= MAX_CONTENT_TYPE_LEN && printable
}
