//! Contacts: what the person sees of them and decides about them.

use sotto_protocol::TimestampMs;
use sotto_protocol::desk::DeskReply;
use sotto_protocol::view::{self, CardVerdict, ContactBrief};

use super::AppError;
use super::desk::Desk;
use super::memory::{UNDO_CONTACT, Undo};
use crate::contacts::{self, ContactId, ContactsError, show_brief, show_key_brief};
use crate::identity::card::Card;

impl Desk {
    pub(super) fn contacts(&self, query: &str) -> DeskReply {
        let found = self.book.search(query);
        let query = query.trim().to_lowercase();
        let mut invited: Vec<_> = self
            .invited
            .iter()
            .filter(|one| one.address.to_lowercase().contains(&query))
            .map(|one| view::Invited {
                address: one.address.clone(),
                at: one.at,
            })
            .collect();
        invited.sort_by_key(|one| core::cmp::Reverse(one.at));
        let mut contacts: Vec<ContactBrief> = found.into_iter().map(show_brief).collect();
        contacts.extend(self.book.search_keys(&query).map(show_key_brief));
        contacts.sort_by_cached_key(|one| (one.name.to_lowercase(), one.id.clone()));
        DeskReply::Contacts { contacts, invited }
    }

    pub(super) fn show_contact(&self, id: ContactId) -> Result<view::Contact, AppError> {
        if let Some(key) = self.book.key(id) {
            return Ok(self.show_key(key));
        }
        let contact = self.book.get(id)?;
        Ok(contacts::show_contact(
            contact,
            &self.own,
            self.log_of(contact.identity()),
        ))
    }

    pub(super) fn accept_card(
        &mut self,
        card: &str,
        verdict: CardVerdict,
        now: TimestampMs,
    ) -> Result<DeskReply, AppError> {
        let card = Card::parse_armor(card)?;
        let id = self.book.accept(&card, verdict, &self.own, now)?;
        self.contacts_changed(now)?;
        if self.book.get(id)?.is_in_force() {
            self.card_arrived(id);
        }
        let contact = self.show_contact(id)?;
        Ok(DeskReply::AcceptCard {
            contact,
            drafts: self.drafts_for(id, now)?,
        })
    }

    pub(super) fn accept_change(
        &mut self,
        id: &str,
        now: TimestampMs,
    ) -> Result<view::Contact, AppError> {
        let id = self.book.accept_change(id.parse()?)?;
        self.contacts_changed(now)?;
        self.card_arrived(id);
        self.show_contact(id)
    }

    pub(super) fn compared(
        &mut self,
        id: &str,
        now: TimestampMs,
    ) -> Result<view::Contact, AppError> {
        let id = id.parse()?;
        self.book.compared(id, now)?;
        self.contacts_changed(now)?;
        self.show_contact(id)
    }

    pub(super) fn compared_code(
        &mut self,
        id: &str,
        code: &str,
        now: TimestampMs,
    ) -> Result<view::Contact, AppError> {
        let id = id.parse()?;
        let scanned = contacts::safety_code_bytes(code);
        self.book.compared_code(id, &self.own, &scanned, now)?;
        self.contacts_changed(now)?;
        self.show_contact(id)
    }

    pub(super) fn decide_change(
        &mut self,
        id: &str,
        take: bool,
        now: TimestampMs,
    ) -> Result<view::Contact, AppError> {
        let old = id.parse()?;
        let id = self.book.decide(old, take, now)?;
        self.contacts_changed(now)?;
        self.replace_recipient(old, id);
        self.replace_guarded(old, id);
        self.show_contact(id)
    }

    pub(super) fn block(
        &mut self,
        id: &str,
        blocked: bool,
        now: TimestampMs,
    ) -> Result<view::Contact, AppError> {
        let contact = self.book.block(id.parse()?, blocked, now)?;
        self.contacts_changed(now)?;
        Ok(contacts::show_contact(
            &contact,
            &self.own,
            self.log_of(contact.identity()),
        ))
    }

    pub(super) fn forget_contact(&mut self, id: &str, now: TimestampMs) -> Result<(), AppError> {
        let id = id.parse()?;
        let forgotten = match self.book.forget_key(id) {
            Some(key) => Undo::Key(key),
            None => Undo::Contact(self.book.forget(id)?),
        };
        self.undo.put(forgotten);
        self.contacts_changed(now)
    }

    pub(super) fn undo_forget(&mut self, now: TimestampMs) -> Result<view::Contact, AppError> {
        let id = match self.undo.remove(UNDO_CONTACT) {
            Some(Undo::Contact(contact)) => self.book.bring_back(contact)?,
            Some(Undo::Key(key)) => self.book.bring_back_key(key)?,
            Some(Undo::Draft(_)) | None => return Err(ContactsError::Unknown.into()),
        };
        self.contacts_changed(now)?;
        self.show_contact(id)
    }
}
