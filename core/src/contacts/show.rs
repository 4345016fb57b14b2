//! What surfaces show of contacts and cards.

use base64ct::{Base64UrlUnpadded, Encoding};
use sotto_protocol::view::{
    self, CardChange, CardLook, Comparing, ContactBrief, ContactKind, Trust,
};

use super::{AddressBook, Contact, KeyContact, LetterLog};
use crate::identity::card::Card;
use crate::identity::{CardQr, IdentityKey, SafetyCode, SafetyNumber, WordList};
use crate::qr;

/// What two people compare. The words are English for both, whatever their languages: the eyes of
/// one have to find what the other reads out.
#[must_use]
pub fn comparing(own: &IdentityKey, their: &IdentityKey) -> Comparing {
    let number = SafetyNumber::of(own, their);
    Comparing {
        number: number.groups().to_vec(),
        words: number.words(WordList::English).to_vec(),
        qr: qr::modules(&safety_code_text(own, their)),
    }
}

/// The code that `own`'s screen shows, as text: scanners hand on text, and raw bytes do not survive them. The name stays as
/// it is, the digests are base64url.
#[must_use]
pub fn safety_code_text(own: &IdentityKey, their: &IdentityKey) -> String {
    text_after(SAFETY_PREFIX, SafetyCode::shown(own, their).as_bytes())
}

/// The code of a card as text, see [`comparing`].
#[must_use]
pub fn card_code_text(code: &CardQr) -> String {
    text_after(CARD_PREFIX, code.as_bytes())
}

const SAFETY_PREFIX: &str = "SOTTO-SN1";
const CARD_PREFIX: &str = "SOTTO-F1";

fn text_after(prefix: &str, code: &[u8]) -> String {
    let digests = code.strip_prefix(prefix.as_bytes()).unwrap_or_default();
    format!("{prefix}{}", Base64UrlUnpadded::encode_string(digests))
}

/// The bytes of a safety code that was scanned or typed; empty if it is none.
#[must_use]
pub fn safety_code_bytes(text: &str) -> Vec<u8> {
    let digests = text.trim().strip_prefix(SAFETY_PREFIX);
    let digests = digests.and_then(|digests| Base64UrlUnpadded::decode_vec(digests).ok());
    digests.map_or_else(Vec::new, |digests| {
        [SAFETY_PREFIX.as_bytes(), &digests].concat()
    })
}

/// A contact in a list.
#[must_use]
pub fn show_brief(contact: &Contact) -> ContactBrief {
    ContactBrief {
        id: contact.id().to_string(),
        name: contact.name().to_owned(),
        address: contact.addresses().first().cloned().unwrap_or_default(),
        trust: contact.trust(),
        kind: ContactKind::Card,
    }
}

/// A plain key in a list.
#[must_use]
pub fn show_key_brief(key: &KeyContact) -> ContactBrief {
    ContactBrief {
        id: key.id().to_string(),
        name: key.name.clone(),
        address: key.address.clone().unwrap_or_default(),
        trust: Trust::Known,
        kind: ContactKind::Key,
    }
}

/// A contact in full.
#[must_use]
pub fn show_contact(
    contact: &Contact,
    own: &IdentityKey,
    log: Option<&LetterLog>,
) -> view::Contact {
    let blocked_at = contact.blocked_at.unwrap_or(sotto_protocol::TimestampMs(0));
    view::Contact {
        brief: show_brief(contact),
        addresses: contact.addresses().to_vec(),
        since: contact.since.unwrap_or(blocked_at),
        letters: log.map_or(0, |log| log.count),
        verified_at: contact.verified_at,
        comparing: Some(comparing(own, contact.identity())),
        key: None,
        pending: contact.pending().map(|card| CardChange {
            name: card.content().name.clone(),
            addresses: card.content().addresses.clone(),
        }),
        challenger: contact
            .challenger
            .as_ref()
            .map(|challenger| view::Challenger {
                name: challenger.card.content().name.clone(),
                address: challenger.address.clone(),
                seen_at: challenger.seen_at,
                card: challenger.card.to_armor(),
                comparing: comparing(own, challenger.card.identity()),
            }),
        classical: contact.is_classical(),
    }
}

/// A card before it is accepted.
#[must_use]
pub fn show_card(book: &AddressBook, card: &Card, own: &IdentityKey) -> CardLook {
    let (verdict, contact) = book.verdict(card, own);
    CardLook {
        verdict,
        name: card.content().name.clone(),
        addresses: card.content().addresses.clone(),
        comparing: comparing(own, card.identity()),
        contact: contact
            .map(show_brief)
            .or_else(|| book.key_against(card).map(show_key_brief)),
        card: card.to_armor(),
    }
}
