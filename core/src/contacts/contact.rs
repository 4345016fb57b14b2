use sotto_protocol::TimestampMs;
use sotto_protocol::view::Trust;

use super::ContactId;
use crate::age::{Recipient, RecipientType};
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::identity::IdentityKey;
use crate::identity::card::{Card, CardChanges, Device, RelayOrigin, Succession};
use crate::record::{Record, RecordError};

/// Another card for an address of a contact, which waits for the person's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenger {
    /// The other card.
    pub card: Card,
    /// The address both claim; the contact's first one where the key is the same.
    pub address: String,
    /// When it was first seen.
    pub seen_at: TimestampMs,
}

/// Our card on its way to the contact: carried whole until it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Revision of our card.
    pub revision: TimestampMs,
    /// When the first letter with it was sealed.
    pub at: TimestampMs,
}

/// An identity key that the person accepted or blocked, and the cards it signed.
///
/// Three cards, mostly one and the same: name and addresses are those that the person `accepted`;
/// letters are sealed to the keys of the `serving` one; `newest` is the highest revision seen. A
/// newer revision serves silently unless it gives up the hybrid key or the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    accepted: Card,
    serving: Card,
    newest: Card,
    /// When the card was accepted; `None` for a key that was only ever blocked.
    pub since: Option<TimestampMs>,
    /// When the person compared.
    pub verified_at: Option<TimestampMs>,
    /// When the person blocked the key.
    pub blocked_at: Option<TimestampMs>,
    /// Another card that waits for a decision.
    pub challenger: Option<Challenger>,
    carried: Option<Carried>,
    acknowledged: Option<TimestampMs>,
}

impl Contact {
    /// A contact whose card the person just accepted.
    #[must_use]
    pub fn accept(card: Card, now: TimestampMs) -> Self {
        Self {
            since: Some(now),
            ..Self::of(card)
        }
    }

    /// A key that the person wants nothing from.
    #[must_use]
    pub fn refuse(card: Card, now: TimestampMs) -> Self {
        Self {
            blocked_at: Some(now),
            ..Self::of(card)
        }
    }

    fn of(card: Card) -> Self {
        Self {
            accepted: card.clone(),
            serving: card.clone(),
            newest: card,
            since: None,
            verified_at: None,
            blocked_at: None,
            challenger: None,
            carried: None,
            acknowledged: None,
        }
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> ContactId {
        ContactId::of(self.identity())
    }

    /// The identity key.
    #[must_use]
    pub const fn identity(&self) -> &IdentityKey {
        self.accepted.identity()
    }

    /// The name that the person accepted.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.accepted.content().name
    }

    /// The addresses that the person accepted.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.accepted.content().addresses
    }

    /// The newest card.
    #[must_use]
    pub const fn newest(&self) -> &Card {
        &self.newest
    }

    /// Whether name and addresses count: accepted and not blocked.
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        self.since.is_some() && self.blocked_at.is_none()
    }

    /// How the key is trusted.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        if self.blocked_at.is_some() {
            Trust::Blocked
        } else if self.challenger.is_some() {
            Trust::Changed
        } else if self.verified_at.is_some() {
            Trust::Verified
        } else if self.since.is_some() {
            Trust::Known
        } else {
            Trust::Unknown
        }
    }

    /// The key of a type that letters to this contact are sealed to.
    #[must_use]
    pub fn recipient(&self, kind: RecipientType) -> Option<&Recipient> {
        let content = self.serving.content();
        let mut recipients = content.recipients.iter().filter(|_| !content.is_retired);
        recipients.find(|recipient| recipient.kind() == kind)
    }

    /// Where introductions to the contact may go: the first mailbox on a relay that the person
    /// accepted with a card.
    #[must_use]
    pub fn device(&self) -> Option<&Device> {
        let is_accepted =
            |device: &&Device| self.accepted_relays().any(|relay| *relay == device.relay);
        let content = self.serving.content();
        let mut devices = content.devices.iter().filter(|_| !content.is_retired);
        devices.find(is_accepted)
    }

    /// The relays of the card that the person accepted.
    pub fn accepted_relays(&self) -> impl Iterator<Item = &RelayOrigin> {
        self.accepted.content().devices.iter().map(|it| &it.relay)
    }

    /// Every key of the cards at hand: those a letter may name.
    pub fn known_recipients(&self) -> impl Iterator<Item = &Recipient> {
        let cards = [&self.serving, &self.newest, &self.accepted];
        cards
            .into_iter()
            .flat_map(|card| &card.content().recipients)
    }

    /// Whether letters to this contact cannot be post-quantum.
    #[must_use]
    pub fn is_classical(&self) -> bool {
        self.recipient(RecipientType::Mlkem768X25519).is_none()
    }

    /// Name, addresses, relay or loss of the hybrid key of a newer card that wait for the person.
    #[must_use]
    pub fn pending(&self) -> Option<&Card> {
        let names = CardChanges::between(self.accepted.content(), self.newest.content());
        let keys = CardChanges::between(self.serving.content(), self.newest.content());
        let waits = names.need_the_person() || keys.drops_hybrid || keys.retires;
        waits.then_some(&self.newest)
    }

    /// How a card of the same key stands to the newest one.
    #[must_use]
    pub fn succession(&self, card: &Card) -> Succession {
        card.succeeds(&self.newest.to_accepted())
    }

    /// Takes a newer card of the same key as far as that is silent.
    pub(super) fn follow(&mut self, card: &Card) {
        if self.succession(card) != Succession::Newer {
            return;
        }
        self.newest = card.clone();
        let changes = CardChanges::between(self.serving.content(), card.content());
        if !changes.drops_hybrid && !changes.retires {
            self.serving = card.clone();
        }
    }

    /// The person accepts what waits.
    pub(super) fn accept_newest(&mut self) {
        self.accepted = self.newest.clone();
        self.serving = self.newest.clone();
    }

    /// Whether a letter to this contact has to carry our whole card of `revision`.
    #[must_use]
    pub fn needs_card(&self, revision: TimestampMs) -> bool {
        self.acknowledged
            .is_none_or(|acknowledged| acknowledged < revision)
    }

    /// A letter with our card of `revision` was sealed for the contact.
    pub fn card_carried(&mut self, revision: TimestampMs, now: TimestampMs) {
        if self
            .carried
            .is_none_or(|carried| carried.revision < revision)
        {
            self.carried = Some(Carried { revision, at: now });
        }
    }

    /// Whether a letter of theirs says that they have our card: sealed after ours left. They can
    /// seal to us without it only from an older card, and then carrying goes on.
    #[must_use]
    pub fn would_acknowledge(&self, sent_at: TimestampMs) -> Option<TimestampMs> {
        let carried = self.carried.filter(|carried| sent_at > carried.at)?;
        self.needs_card(carried.revision)
            .then_some(carried.revision)
    }

    /// They have our card of `revision`.
    pub const fn acknowledge(&mut self, revision: TimestampMs) {
        self.acknowledged = Some(revision);
    }
}

impl Record for Contact {
    const TABLE: &'static str = "contacts";

    fn key(&self) -> Vec<u8> {
        self.id().as_bytes().to_vec()
    }

    fn encode(&self) -> Vec<u8> {
        let other = |card: &Card| (*card != self.accepted).then(|| card.as_bytes().to_vec());
        let map = MapWriter::new()
            .bytes(1, self.accepted.as_bytes())
            .bytes_if(2, other(&self.serving).as_deref())
            .bytes_if(3, other(&self.newest).as_deref())
            .uint_if(4, self.since.map(|at| at.0))
            .uint_if(5, self.verified_at.map(|at| at.0))
            .uint_if(6, self.blocked_at.map(|at| at.0));
        let map = match &self.challenger {
            Some(challenger) => map.array(7, &challenger.encode()),
            None => map,
        };
        let map = match self.carried {
            Some(carried) => map.array(
                8,
                &ArrayWriter::new()
                    .uint(carried.revision.0)
                    .uint(carried.at.0),
            ),
            None => map,
        };
        map.uint_if(9, self.acknowledged.map(|at| at.0)).finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=9)?;
        let accepted = Card::parse(fields.require(1)?.bytes()?)?;
        Ok(Self {
            serving: decode_card(fields.take(2), &accepted)?,
            newest: decode_card(fields.take(3), &accepted)?,
            accepted,
            since: decode_time(fields.take(4))?,
            verified_at: decode_time(fields.take(5))?,
            blocked_at: decode_time(fields.take(6))?,
            challenger: fields.take(7).map(Challenger::decode).transpose()?,
            carried: fields.take(8).map(decode_carried).transpose()?,
            acknowledged: decode_time(fields.take(9))?,
        })
    }
}

fn decode_card(field: Option<Field<'_>>, accepted: &Card) -> Result<Card, RecordError> {
    match field {
        Some(field) => Ok(Card::parse(field.bytes()?)?),
        None => Ok(accepted.clone()),
    }
}

fn decode_time(field: Option<Field<'_>>) -> Result<Option<TimestampMs>, CborError> {
    field.map(|field| field.uint().map(TimestampMs)).transpose()
}

fn decode_carried(field: Field<'_>) -> Result<Carried, CborError> {
    let [revision, at] = field.tuple()?;
    Ok(Carried {
        revision: TimestampMs(revision.uint()?),
        at: TimestampMs(at.uint()?),
    })
}

impl Challenger {
    fn encode(&self) -> ArrayWriter {
        let row = ArrayWriter::new()
            .bytes(self.card.as_bytes())
            .text(&self.address);
        row.uint(self.seen_at.0)
    }

    fn decode(field: Field<'_>) -> Result<Self, RecordError> {
        let [card, address, seen_at] = field.tuple()?;
        Ok(Self {
            card: Card::parse(card.bytes()?)?,
            address: address.text()?.to_owned(),
            seen_at: TimestampMs(seen_at.uint()?),
        })
    }
}
