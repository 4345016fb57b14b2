//! A plain age key as a contact.

use sotto_protocol::TimestampMs;
use sotto_protocol::desk::DeskReply;
use sotto_protocol::view;

use super::AppError;
use super::desk::Desk;
use super::first_run::is_mail_address;
use crate::age::Recipient;
use crate::contacts::{ContactId, KeyContact, show_key_brief};
use crate::identity::card::is_name;

impl Desk {
    /// Adds `age1…` or `age1pq1…` under a name, and an address if the person gives one.
    pub(super) fn add_key(
        &mut self,
        text: &str,
        name: &str,
        address: &str,
        now: TimestampMs,
    ) -> Result<DeskReply, AppError> {
        let recipient: Recipient = text.trim().parse()?;
        let (name, address) = (name.trim(), address.trim());
        if !is_name(name) {
            return Err(AppError::Name);
        }
        if !address.is_empty() && !is_mail_address(address) {
            return Err(AppError::Address);
        }
        let key = KeyContact {
            name: name.to_owned(),
            address: (!address.is_empty()).then(|| address.to_owned()),
            recipient,
            since: now,
        };
        if !address.is_empty() && self.around(now)?.is_me(address) {
            return Err(crate::contacts::ContactsError::AddressClash.into());
        }
        let id = self.book.add_key(key, &self.custodian.opening_keys()?)?;
        self.contacts_changed(now)?;
        self.key_arrived(id);
        Ok(DeskReply::AddKey {
            contact: self.show_contact(id)?,
            drafts: self.drafts_for(id, now)?,
        })
    }

    /// Drafts that waited for a card of this address have a recipient.
    fn key_arrived(&mut self, id: ContactId) {
        let address = self.book.key(id).and_then(|key| key.address.clone());
        if let Some(address) = address {
            self.addresses_arrived(id, &[address]);
        }
    }

    pub(super) fn show_key(&self, key: &KeyContact) -> view::Contact {
        view::Contact {
            brief: show_key_brief(key),
            addresses: key.address.iter().cloned().collect(),
            since: key.since,
            letters: 0,
            verified_at: None,
            comparing: None,
            key: Some(key.recipient.to_string()),
            pending: None,
            challenger: None,
            classical: key.is_classical(),
        }
    }
}
