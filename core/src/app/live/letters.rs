//! Introductions: the letters that sessions begin with. Hybrid alone, in both directions.

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sotto_protocol::TimestampMs;
use sotto_protocol::view::Trust;
use zeroize::Zeroizing;

use crate::age::RecipientType;
use crate::app::desk::Desk;
use crate::app::open::OpenedText;
use crate::app::seal::seal_file;
use crate::app::{App, AppError, Outcome};
use crate::contacts::{Contact, ContactsError};
use crate::custody::{Base64Url, Bytes};
use crate::identity::IdentityKey;
use crate::letter::{Kind, Letter};

/// The content type of an introduction (docs/protocol.md, Sessions).
pub const INTRODUCTION_TYPE: &str = "application/vnd.sotto.introduction";

/// A sealed introduction, and the mailbox that it goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LiveSealed {
    /// The letter.
    pub letter: Base64Url,
    /// The relay of the mailbox.
    pub relay: String,
    /// The mailbox.
    pub stream: Bytes<16>,
    /// Its public token.
    pub token: Bytes<32>,
}

/// An introduction that came through the mailbox: what its letter proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LiveOpened {
    /// Who sealed it.
    pub from: Bytes<33>,
    /// Trust.
    pub trust: Trust,
    /// The card, armored, where it came along and the sender is no contact.
    pub card: Option<String>,
    /// The letter's id.
    pub letter: Bytes<16>,
    /// When it was sealed.
    pub sent_at: TimestampMs,
    /// The content.
    pub content: Base64Url,
}

impl App {
    /// Seals an introduction for a contact.
    ///
    /// # Errors
    /// [`AppError::NotReachable`] for a contact without a mailbox; [`AppError::Contacts`] for one
    /// who is blocked, changed or none.
    pub fn live_seal(
        &mut self,
        to: &Bytes<33>,
        content: &Base64Url,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<LiveSealed>, AppError> {
        let sealed = self
            .desk()
            .and_then(|desk| desk.seal_introduction(to, &content.0, now, rng));
        self.conclude(sealed, now, rng)
    }

    /// Opens what came through the mailbox.
    ///
    /// # Errors
    /// [`AppError::NothingFound`] for a letter that is no introduction; those of letters.
    pub fn live_open(
        &mut self,
        letter: &Base64Url,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<LiveOpened>, AppError> {
        let opened = self
            .desk()
            .and_then(|desk| desk.open_introduction(&letter.0, now));
        self.conclude(opened, now, rng)
    }
}

impl Desk {
    fn seal_introduction(
        &mut self,
        to: &Bytes<33>,
        content: &[u8],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<LiveSealed, AppError> {
        let to = IdentityKey::parse(&to.0).map_err(|_| ContactsError::Unknown)?;
        let contact = self.book.of_key(&to).ok_or(ContactsError::Unknown)?;
        check_contact(contact)?;
        let id = contact.id();
        let device = contact.device().cloned().ok_or(AppError::NotReachable)?;
        let mut envelope = self.envelope_for(&[id], RecipientType::Mlkem768X25519, now)?;
        envelope.kind = Kind::File;
        envelope.content_type = Some(INTRODUCTION_TYPE.to_owned());
        let carried = envelope.card.is_some();
        let revision = TimestampMs(envelope.card_revision);
        let content = Zeroizing::new(content.to_vec());
        let (letter, _) = seal_file(&self.custodian, envelope, &content, now, rng)?;
        if carried && let Some(contact) = self.book.rows.edit(id.as_bytes()) {
            contact.card_carried(revision, now);
        }
        Ok(LiveSealed {
            letter: Base64Url(letter),
            relay: device.relay.as_str().to_owned(),
            stream: Bytes(device.stream),
            token: Bytes(device.write_token),
        })
    }

    fn open_introduction(&mut self, file: &[u8], now: TimestampMs) -> Result<LiveOpened, AppError> {
        let (opened, key) = self.open_file(file)?;
        let OpenedText::Proved(letter) = opened else {
            return Err(AppError::NothingFound);
        };
        let claims = &letter.proof.claims;
        let is_introduction = claims.kind == Kind::File
            && claims.content_type.as_deref() == Some(INTRODUCTION_TYPE)
            && key.kind() == RecipientType::Mlkem768X25519
            && claims.sender != self.own
            && !letter.proof.bare;
        if !is_introduction {
            return Err(AppError::NothingFound);
        }
        self.learn_from(claims, now);
        Ok(self.introduced(&letter))
    }

    fn introduced(&self, letter: &Letter) -> LiveOpened {
        let claims = &letter.proof.claims;
        let contact = self.book.of_key(&claims.sender);
        let card = claims.card.as_ref().filter(|_| contact.is_none());
        LiveOpened {
            from: Bytes(*claims.sender.as_bytes()),
            trust: contact.map_or(Trust::Unknown, Contact::trust),
            card: card.map(crate::identity::card::Card::to_armor),
            letter: Bytes(letter.proof.letter_id.0),
            sent_at: claims.sent_at,
            content: Base64Url(letter.content.to_vec()),
        }
    }
}

/// Whoever is blocked, or whose key changed, is not introduced to.
fn check_contact(contact: &Contact) -> Result<(), ContactsError> {
    match contact.trust() {
        Trust::Known | Trust::Verified => Ok(()),
        Trust::Blocked => Err(ContactsError::Blocked),
        Trust::Changed => Err(ContactsError::Changed),
        Trust::Unknown => Err(ContactsError::Unknown),
    }
}
