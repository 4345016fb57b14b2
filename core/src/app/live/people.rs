//! Contacts as the sessions know them.

use serde::{Deserialize, Serialize};
use sotto_protocol::TimestampMs;
use sotto_protocol::live::Reachability;
use sotto_protocol::view::{CardLook, ContactBrief, Trust};

use crate::app::desk::Desk;
use crate::app::{App, AppError, Outcome};
use crate::contacts::{Contact, show_brief, show_card, show_key_brief};
use crate::custody::Bytes;
use crate::identity::card::Card;

/// A contact, or a blocked key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LiveContact {
    /// The identity key; a plain key has none.
    pub identity: Option<Bytes<33>>,
    /// As in lists.
    pub brief: ContactBrief,
    /// Whether introductions can go to them.
    pub reachability: Reachability,
    /// The relays that the person accepted with their card.
    pub relays: Vec<String>,
}

/// Contacts, and how the cards of requests relate to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LivePeople {
    /// Contacts and blocked keys.
    pub contacts: Vec<LiveContact>,
    /// The cards that were asked about and are genuine.
    pub looks: Vec<CardLook>,
}

impl App {
    /// The contacts, and a look at `cards` (armored), none of which is stored.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoIdentity`].
    pub fn live_people(&self, cards: &[String]) -> Result<LivePeople, AppError> {
        let desk = self.desk.as_ref().ok_or_else(|| self.closed())?;
        let cards = cards.iter().filter_map(|card| Card::parse_armor(card).ok());
        let looks = cards.map(|card| show_card(&desk.book, &card, &desk.own));
        Ok(LivePeople {
            contacts: desk.live_contacts(),
            looks: looks.collect(),
        })
    }

    /// The person wants nothing from whoever signed a card.
    ///
    /// # Errors
    /// [`AppError::Card`] for what is no card.
    pub fn live_refuse(
        &mut self,
        card: &str,
        now: TimestampMs,
        rng: &mut impl rand_core::CryptoRng,
    ) -> Result<Outcome<()>, AppError> {
        let refused = self.desk().and_then(|desk| desk.live_refuse(card, now));
        self.conclude(refused, now, rng)
    }
}

impl Desk {
    pub(super) fn live_contacts(&self) -> Vec<LiveContact> {
        let contacts = self.book.rows.iter().map(show);
        let keys = self.book.keys.iter().map(|key| LiveContact {
            identity: None,
            brief: show_key_brief(key),
            reachability: Reachability::NoCard,
            relays: Vec::new(),
        });
        contacts.chain(keys).collect()
    }

    fn live_refuse(&mut self, card: &str, now: TimestampMs) -> Result<(), AppError> {
        let card = Card::parse_armor(card)?;
        if let Some(contact) = self.book.of_key(card.identity()) {
            let id = contact.id();
            self.book.block(id, true, now)?;
        } else if *card.identity() != self.own {
            self.book.rows.put(Contact::refuse(card, now));
        }
        self.contacts_changed(now)
    }
}

fn show(contact: &Contact) -> LiveContact {
    LiveContact {
        identity: Some(Bytes(*contact.identity().as_bytes())),
        brief: show_brief(contact),
        reachability: reachability(contact),
        relays: relays(contact),
    }
}

/// None of somebody who is not accepted, or not any more.
fn relays(contact: &Contact) -> Vec<String> {
    match contact.trust() {
        Trust::Known | Trust::Verified => {
            let accepted = contact.accepted_relays();
            accepted.map(|relay| relay.as_str().to_owned()).collect()
        }
        Trust::Blocked | Trust::Changed | Trust::Unknown => Vec::new(),
    }
}

fn reachability(contact: &Contact) -> Reachability {
    match contact.trust() {
        Trust::Blocked | Trust::Changed | Trust::Unknown => Reachability::Undecided,
        Trust::Known | Trust::Verified if contact.device().is_some() => Reachability::Ready,
        Trust::Known | Trust::Verified if contact.newest().content().devices.is_empty() => {
            Reachability::NoMailbox
        }
        Trust::Known | Trust::Verified => Reachability::RelayPending,
    }
}
