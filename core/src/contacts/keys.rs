//! Plain age keys in the address book: an address belongs to one contact, whatever they have.

use super::book::{AddressBook, is_same_address};
use super::{Contact, ContactId, ContactsError, KeyContact};
use crate::age::{Recipient, RecipientType};
use crate::identity::card::Card;

impl AddressBook {
    /// A plain key.
    #[must_use]
    pub fn key(&self, id: ContactId) -> Option<&KeyContact> {
        self.keys.get(id.as_bytes())
    }

    /// The plain key that the person keeps for an address.
    #[must_use]
    pub fn key_of_address(&self, address: &str) -> Option<&KeyContact> {
        let has = |key: &&KeyContact| {
            let own = key.address.as_deref();
            own.is_some_and(|own| is_same_address(own, address))
        };
        self.keys.iter().find(has)
    }

    /// The key of a type that letters to a contact, with or without a card, are sealed to.
    #[must_use]
    pub fn recipient(&self, id: ContactId, kind: RecipientType) -> Option<&Recipient> {
        match self.key(id) {
            Some(key) => Some(&key.recipient).filter(|recipient| recipient.kind() == kind),
            None => self.get(id).ok()?.recipient(kind),
        }
    }

    /// Adds a key, or gives the one that is there another name and address.
    ///
    /// # Errors
    /// [`ContactsError::OwnCard`] for a key of the person's own; [`ContactsError::KeyKnown`] when it
    /// stands on a contact's card; [`ContactsError::AddressClash`].
    pub fn add_key(
        &mut self,
        key: KeyContact,
        own: &[Recipient],
    ) -> Result<ContactId, ContactsError> {
        if own.contains(&key.recipient) {
            return Err(ContactsError::OwnCard);
        }
        let has_card = |contact: &Contact| {
            let mut known = contact.known_recipients();
            known.any(|recipient| *recipient == key.recipient)
        };
        if self.rows.iter().any(has_card) {
            return Err(ContactsError::KeyKnown);
        }
        let id = key.id();
        if self.is_taken(&key, id) {
            return Err(ContactsError::AddressClash);
        }
        self.keys.put(key);
        Ok(id)
    }

    fn is_taken(&self, key: &KeyContact, id: ContactId) -> bool {
        let Some(address) = key.address.as_deref() else {
            return false;
        };
        let other_key = self.key_of_address(address);
        self.of_address(address).is_some() || other_key.is_some_and(|other| other.id() != id)
    }

    /// Brings a forgotten or backed up key back, unless the address has another contact by now.
    ///
    /// # Errors
    /// [`ContactsError::AddressClash`], [`ContactsError::KeyKnown`]; [`ContactsError::OlderCard`]
    /// when the key is here.
    pub fn bring_back_key(&mut self, key: KeyContact) -> Result<ContactId, ContactsError> {
        if self.key(key.id()).is_some() {
            return Err(ContactsError::OlderCard);
        }
        self.add_key(key, &[])
    }

    /// Keys whose name or address contains `query`, in lower case.
    pub fn search_keys(&self, query: &str) -> impl Iterator<Item = &KeyContact> {
        self.keys.iter().filter(move |key| {
            let address = key.address.as_deref().unwrap_or_default();
            [key.name.as_str(), address]
                .iter()
                .any(|text| text.to_lowercase().contains(query))
        })
    }

    /// Removes a key.
    pub fn forget_key(&mut self, id: ContactId) -> Option<KeyContact> {
        self.keys.remove(id.as_bytes())
    }

    /// The plain key that has an address of a card which does not list that key: somebody else may
    /// have written the card.
    #[must_use]
    pub fn key_against(&self, card: &Card) -> Option<&KeyContact> {
        let content = card.content();
        let mut addresses = content.addresses.iter();
        addresses.find_map(|address| {
            let key = self.key_of_address(address);
            key.filter(|key| !content.recipients.contains(&key.recipient))
        })
    }

    /// The contact's card lists these plain keys: it takes their place.
    pub fn take_place_of_keys(&mut self, id: ContactId) -> Vec<ContactId> {
        let Ok(contact) = self.get(id) else {
            return Vec::new();
        };
        let listed: Vec<_> = contact.known_recipients().map(ContactId::of_key).collect();
        let there = listed.into_iter().filter(|id| self.key(*id).is_some());
        let there: Vec<_> = there.collect();
        for id in &there {
            self.keys.remove(id.as_bytes());
        }
        there
    }
}
