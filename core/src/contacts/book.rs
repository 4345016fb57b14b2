use sotto_protocol::TimestampMs;
use sotto_protocol::view::CardVerdict;

use super::contact::{Challenger, Contact};
use super::{ContactId, ContactsError, KeyContact};
use crate::identity::card::{Card, Succession};
use crate::identity::{IdentityKey, SafetyCode};
use crate::record::Table;

/// All contacts. An identity key belongs to at most one contact, and so does an address.
#[derive(Debug, Default)]
pub struct AddressBook {
    /// The rows.
    pub rows: Table<Contact>,
    /// Plain age keys.
    pub keys: Table<KeyContact>,
}

/// Addresses are compared without regard to case and outer white space.
#[must_use]
pub fn is_same_address(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

impl AddressBook {
    /// A contact or a blocked key.
    ///
    /// # Errors
    /// [`ContactsError::Unknown`].
    pub fn get(&self, id: ContactId) -> Result<&Contact, ContactsError> {
        self.rows.get(id.as_bytes()).ok_or(ContactsError::Unknown)
    }

    fn edit(&mut self, id: ContactId) -> Result<&mut Contact, ContactsError> {
        self.rows.edit(id.as_bytes()).ok_or(ContactsError::Unknown)
    }

    /// The contact of an identity key.
    #[must_use]
    pub fn of_key(&self, key: &IdentityKey) -> Option<&Contact> {
        self.rows.get(ContactId::of(key).as_bytes())
    }

    /// The contact in force to whom an address belongs; else a blocked one that claims it.
    #[must_use]
    pub fn of_address(&self, address: &str) -> Option<&Contact> {
        let claims = |contact: &&Contact| {
            contact
                .addresses()
                .iter()
                .any(|own| is_same_address(own, address))
        };
        let mut claiming: Vec<_> = self.rows.iter().filter(claims).collect();
        claiming.sort_by_key(|contact| !contact.is_in_force());
        claiming.into_iter().next()
    }

    /// The contact in force, of another key, that has an address of the card.
    fn clash(&self, card: &Card) -> Option<&Contact> {
        card.content().addresses.iter().find_map(|address| {
            let owner = self.of_address(address).filter(|owner| owner.is_in_force());
            owner.filter(|owner| owner.identity() != card.identity())
        })
    }

    /// How a card relates to what is known, and the contact it touches. Nothing is stored.
    #[must_use]
    pub fn verdict(&self, card: &Card, own: &IdentityKey) -> (CardVerdict, Option<&Contact>) {
        if card.identity() == own {
            return (CardVerdict::Own, None);
        }
        if let Some(contact) = self.of_key(card.identity()) {
            return (verdict_on(contact, card), Some(contact));
        }
        match self.clash(card) {
            Some(owner) => (CardVerdict::OtherKey, Some(owner)),
            None if self.key_against(card).is_some() => (CardVerdict::OtherKey, None),
            None => (CardVerdict::New, None),
        }
    }

    /// Accepts a card on the verdict that the person saw. With [`CardVerdict::OtherKey`] nothing is
    /// accepted: the other card is laid before the person, to be compared and decided.
    ///
    /// # Errors
    /// [`ContactsError`]: the verdict is another one now, or leaves nothing to accept.
    pub fn accept(
        &mut self,
        card: &Card,
        seen: CardVerdict,
        own: &IdentityKey,
        now: TimestampMs,
    ) -> Result<ContactId, ContactsError> {
        card.content().check_date(now)?;
        let (verdict, touched) = self.verdict(card, own);
        let touched = touched.map(Contact::id);
        if verdict != seen {
            return Err(ContactsError::Changed);
        }
        match (verdict, touched) {
            (CardVerdict::Own, _) => Err(ContactsError::OwnCard),
            (CardVerdict::Older, _) => Err(ContactsError::OlderCard),
            (CardVerdict::Blocked, _) => Err(ContactsError::Blocked),
            (CardVerdict::Same, Some(id)) => Ok(id),
            (CardVerdict::Newer, Some(id)) => {
                self.edit(id)?.follow(card);
                self.accept_change(id)
            }
            (CardVerdict::OtherKey, Some(id)) => {
                self.challenge(card, now);
                Ok(id)
            }
            // The person forgets the plain key first, knowing that they do.
            (CardVerdict::OtherKey, None) => Err(ContactsError::AddressClash),
            (CardVerdict::New | CardVerdict::Same | CardVerdict::Newer, _) => {
                let contact = Contact::accept(card.clone(), now);
                let id = contact.id();
                self.rows.put(contact);
                Ok(id)
            }
        }
    }

    /// Takes what a card that came sealed in its owner's letter says without asking: keys of a
    /// contact; and that another key claims a contact's address.
    pub fn notice(&mut self, card: &Card, now: TimestampMs) {
        if card.content().check_date(now).is_err() {
            return;
        }
        match self.of_key(card.identity()) {
            Some(contact) if contact.is_in_force() => {
                let id = contact.id();
                match contact.succession(card) {
                    Succession::Newer => {
                        let _followed = self.edit(id).map(|contact| contact.follow(card));
                    }
                    Succession::Conflicting => self.challenge(card, now),
                    Succession::Same | Succession::Older => {}
                }
            }
            // A blocked key changes nothing and challenges nobody.
            Some(_) => {}
            None => self.challenge(card, now),
        }
    }

    /// Marks every contact whose address or key the card claims as changed.
    fn challenge(&mut self, card: &Card, now: TimestampMs) {
        let claims = |contact: &Contact| {
            let first = contact
                .addresses()
                .first()
                .map(String::as_str)
                .unwrap_or_default();
            let claimed = &card.content().addresses;
            if contact.identity() == card.identity() {
                return Some(first.to_owned());
            }
            let is_claimed = |own: &&String| claimed.iter().any(|one| is_same_address(one, own));
            contact.addresses().iter().find(is_claimed).cloned()
        };
        let in_force = self.rows.iter().filter(|contact| contact.is_in_force());
        let challenged: Vec<_> = in_force
            .filter_map(|contact| Some((contact.id(), claims(contact)?)))
            .collect();
        for (id, address) in challenged {
            let Ok(contact) = self.edit(id) else { continue };
            let same_key = |known: &Challenger| known.card.identity() == card.identity();
            let seen_at = contact.challenger.as_ref().filter(|known| same_key(known));
            let seen_at = seen_at.map_or(now, |known| known.seen_at);
            contact.challenger = Some(Challenger {
                card: card.clone(),
                address,
                seen_at,
            });
        }
    }

    /// The person accepts the pending name, addresses or relay.
    ///
    /// # Errors
    /// [`ContactsError::AddressClash`] when a new address belongs to another contact.
    pub fn accept_change(&mut self, id: ContactId) -> Result<ContactId, ContactsError> {
        let newest = self.get(id)?.newest();
        if self.clash(newest).is_some() || self.key_against(newest).is_some() {
            return Err(ContactsError::AddressClash);
        }
        self.edit(id)?.accept_newest();
        Ok(id)
    }

    /// The person compared and it agrees.
    ///
    /// # Errors
    /// [`ContactsError::Blocked`]; [`ContactsError::Changed`] while another key waits.
    pub fn compared(&mut self, id: ContactId, now: TimestampMs) -> Result<(), ContactsError> {
        let contact = self.get(id)?;
        if !contact.is_in_force() {
            return Err(ContactsError::Blocked);
        }
        if contact.challenger.is_some() {
            return Err(ContactsError::Changed);
        }
        self.edit(id)?.verified_at = Some(now);
        Ok(())
    }

    /// The person scanned the other's code.
    ///
    /// # Errors
    /// [`ContactsError::Code`] and those of [`Self::compared`].
    pub fn compared_code(
        &mut self,
        id: ContactId,
        own: &IdentityKey,
        scanned: &[u8],
        now: TimestampMs,
    ) -> Result<(), ContactsError> {
        SafetyCode::check_scanned(own, self.get(id)?.identity(), scanned)?;
        self.compared(id, now)
    }

    /// The person takes the other key in place of the contact's, as known, or refuses it.
    ///
    /// # Errors
    /// [`ContactsError::NothingPending`]; [`ContactsError::AddressClash`] when the other card claims
    /// an address of a third contact.
    pub fn decide(
        &mut self,
        id: ContactId,
        take: bool,
        now: TimestampMs,
    ) -> Result<ContactId, ContactsError> {
        let contact = self.get(id)?;
        let challenger = contact
            .challenger
            .clone()
            .ok_or(ContactsError::NothingPending)?;
        let is_other_key = challenger.card.identity() != contact.identity();
        if take {
            let owners = challenger.card.content().addresses.iter();
            let mut owners = owners.filter_map(|address| self.of_address(address));
            let is_others = owners.any(|owner| owner.is_in_force() && owner.id() != id);
            if is_others || self.key_against(&challenger.card).is_some() {
                return Err(ContactsError::AddressClash);
            }
            self.rows.remove(id.as_bytes());
            let contact = Contact::accept(challenger.card, now);
            let id = contact.id();
            self.rows.put(contact);
            return Ok(id);
        }
        self.edit(id)?.challenger = None;
        if is_other_key {
            self.rows.put(Contact::refuse(challenger.card, now));
        }
        Ok(id)
    }

    /// Blocks or unblocks. A key that was never accepted is unknown again when unblocked.
    ///
    /// # Errors
    /// [`ContactsError::AddressClash`] when its address belongs to another contact by now.
    pub fn block(
        &mut self,
        id: ContactId,
        blocked: bool,
        now: TimestampMs,
    ) -> Result<Contact, ContactsError> {
        let contact = self.get(id)?;
        if !blocked && contact.since.is_some() && self.clash_of(contact) {
            return Err(ContactsError::AddressClash);
        }
        let contact = self.edit(id)?;
        contact.blocked_at = blocked.then_some(now);
        contact.verified_at = contact.verified_at.filter(|_| !blocked);
        let contact = contact.clone();
        if contact.trust() == sotto_protocol::view::Trust::Unknown {
            self.rows.remove(id.as_bytes());
        }
        Ok(contact)
    }

    /// Removes a contact.
    ///
    /// # Errors
    /// [`ContactsError::Unknown`].
    pub fn forget(&mut self, id: ContactId) -> Result<Contact, ContactsError> {
        self.rows
            .remove(id.as_bytes())
            .ok_or(ContactsError::Unknown)
    }

    /// Brings a forgotten or backed up contact back, unless a newer one is here.
    ///
    /// # Errors
    /// [`ContactsError::AddressClash`]; [`ContactsError::OlderCard`] when the one here is as new.
    pub fn bring_back(&mut self, contact: Contact) -> Result<ContactId, ContactsError> {
        let here = self.of_key(contact.identity());
        if here.is_some_and(|here| contact.succession(here.newest()) != Succession::Older) {
            return Err(ContactsError::OlderCard);
        }
        if contact.is_in_force() && self.clash_of(&contact) {
            return Err(ContactsError::AddressClash);
        }
        let id = contact.id();
        self.rows.put(contact);
        Ok(id)
    }

    fn clash_of(&self, contact: &Contact) -> bool {
        let addresses = contact.addresses();
        let mut keys = addresses.iter().filter_map(|one| self.key_of_address(one));
        keys.next().is_some() || self.clash_with_card(contact)
    }

    fn clash_with_card(&self, contact: &Contact) -> bool {
        contact.addresses().iter().any(|address| {
            let owner = self.of_address(address);
            owner.is_some_and(|owner| owner.is_in_force() && owner.id() != contact.id())
        })
    }

    /// Contacts whose name or an address contains `query`, by name.
    #[must_use]
    pub fn search(&self, query: &str) -> Vec<&Contact> {
        let query = query.trim().to_lowercase();
        let contains = |text: &String| text.to_lowercase().contains(&query);
        let mut found: Vec<_> = self
            .rows
            .iter()
            .filter(|contact| {
                contains(&contact.name().to_owned()) || contact.addresses().iter().any(contains)
            })
            .collect();
        found.sort_by_key(|contact| (contact.name().to_lowercase(), contact.id()));
        found
    }
}

fn verdict_on(contact: &Contact, card: &Card) -> CardVerdict {
    if contact.blocked_at.is_some() {
        return CardVerdict::Blocked;
    }
    match contact.succession(card) {
        Succession::Newer => CardVerdict::Newer,
        Succession::Older => CardVerdict::Older,
        Succession::Conflicting => CardVerdict::OtherKey,
        Succession::Same if contact.pending().is_some() => CardVerdict::Newer,
        Succession::Same => CardVerdict::Same,
    }
}
