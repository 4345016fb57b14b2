//! Who a draft would be sealed for, and what stands in the way.

use sotto_protocol::view::{
    ClassicalChoice, ContactBrief, ContactKind, PageField, Recipient, RecipientState, Trust,
};
use sotto_protocol::{ErrorCode, view};

use super::draft::{Bcc, Draft};
use super::memory::{Invitation, invitation_key};
use crate::age::RecipientType;
use crate::contacts::{
    AddressBook, Contact, ContactId, KeyContact, is_same_address, show_brief, show_key_brief,
};
use crate::record::Table;

/// What a draft's recipients are judged by.
pub(super) struct Around<'a> {
    pub(super) book: &'a AddressBook,
    pub(super) invited: &'a Table<Invitation>,
    /// The person: sealed to always.
    pub(super) me: ContactBrief,
    pub(super) my_addresses: &'a [String],
    pub(super) kit_now: bool,
}

impl Around<'_> {
    pub(super) fn is_me(&self, address: &str) -> bool {
        self.my_addresses
            .iter()
            .any(|own| is_same_address(own, address))
    }

    /// Whether a recipient is the person themself.
    pub(super) fn is_own(&self, recipient: &Recipient) -> bool {
        let contact = recipient.contact.as_ref();
        contact.is_some_and(|contact| contact.kind == ContactKind::Own)
    }
}

/// Who a draft would be sealed for, and why it cannot be.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) contacts: Vec<ContactId>,
    pub(super) names: Vec<String>,
    /// Those whose letter is one of their own, sealed next.
    pub(super) apart: Vec<ContactId>,
    pub(super) kind: RecipientType,
    pub(super) blocked_by: Option<ErrorCode>,
}

/// How a contact stands as a recipient.
pub(super) fn state_of(contact: &Contact) -> RecipientState {
    match contact.trust() {
        Trust::Blocked => RecipientState::Blocked,
        Trust::Changed => RecipientState::Changed,
        Trust::Unknown => RecipientState::NoCard,
        Trust::Known | Trust::Verified => {
            if !contact.is_classical() {
                RecipientState::Ready
            } else if contact.recipient(RecipientType::X25519).is_some() {
                RecipientState::Classical
            } else {
                // A retired card: letters to it are no longer read.
                RecipientState::NoCard
            }
        }
    }
}

impl Draft {
    /// All recipients, suggested ones first.
    pub(super) fn recipients(&self, around: &Around<'_>) -> Vec<Recipient> {
        let mut list: Vec<Recipient> = Vec::new();
        let suggested = self
            .suggested
            .iter()
            .map(|one| (one.address.as_str(), Some(one.field)));
        let addresses = self
            .addresses
            .iter()
            .map(|address| (address.as_str(), None));
        for (address, field) in suggested {
            self.add(&mut list, self.of_address(address, field, around));
        }
        for id in &self.to {
            if let Some(recipient) = Self::of_contact(*id, around) {
                self.add(&mut list, recipient);
            }
        }
        for (address, field) in addresses {
            self.add(&mut list, self.of_address(address, field, around));
        }
        list
    }

    fn add(&self, list: &mut Vec<Recipient>, mut recipient: Recipient) {
        let is_same = |other: &Recipient| match (&other.contact, &recipient.contact) {
            (Some(one), Some(other)) => one.id == other.id,
            (None, None) => is_same_address(&other.address, &recipient.address),
            (Some(_), None) | (None, Some(_)) => false,
        };
        if list.iter().any(is_same) {
            return;
        }
        let chosen_contact = recipient
            .contact
            .as_ref()
            .is_some_and(|contact| self.to.iter().any(|id| id.to_string() == contact.id));
        let by_address = self
            .addresses
            .iter()
            .any(|address| is_same_address(address, &recipient.address));
        recipient.chosen = recipient.state != RecipientState::Bcc && (chosen_contact || by_address);
        list.push(recipient);
    }

    fn of_contact(id: ContactId, around: &Around<'_>) -> Option<Recipient> {
        if id.to_string() == around.me.id {
            return Some(Self::myself(&around.me.address, None, around));
        }
        if let Some(key) = around.book.key(id) {
            return Some(Self::of_key(key, None));
        }
        let contact = around.book.get(id).ok()?;
        let brief = show_brief(contact);
        Some(Recipient {
            address: brief.address.clone(),
            contact: Some(brief),
            state: state_of(contact),
            from_page: None,
            chosen: false,
        })
    }

    fn of_key(key: &KeyContact, from_page: Option<PageField>) -> Recipient {
        let brief = show_key_brief(key);
        let state = match from_page {
            Some(PageField::Bcc) => RecipientState::Bcc,
            _ if key.is_classical() => RecipientState::Classical,
            _ => RecipientState::Ready,
        };
        Recipient {
            address: brief.address.clone(),
            contact: Some(brief),
            state,
            from_page,
            chosen: false,
        }
    }

    fn myself(address: &str, from_page: Option<PageField>, around: &Around<'_>) -> Recipient {
        Recipient {
            address: address.to_owned(),
            contact: Some(around.me.clone()),
            state: RecipientState::Ready,
            from_page,
            chosen: false,
        }
    }

    fn of_address(
        &self,
        address: &str,
        from_page: Option<PageField>,
        around: &Around<'_>,
    ) -> Recipient {
        if around.is_me(address) {
            return Self::myself(address, from_page, around);
        }
        let contact = around.book.of_address(address);
        if contact.is_none()
            && let Some(key) = around.book.key_of_address(address)
        {
            return Self::of_key(key, from_page);
        }
        let is_invited = around.invited.get(&invitation_key(address)).is_some();
        let state = match contact {
            _ if from_page == Some(PageField::Bcc) => RecipientState::Bcc,
            Some(contact) => state_of(contact),
            None if is_invited => RecipientState::Invited,
            None => RecipientState::NoCard,
        };
        let contact = contact.map(show_brief);
        Recipient {
            address: address.to_owned(),
            contact,
            state,
            from_page,
            chosen: false,
        }
    }

    /// Chooses, of what the page suggested, the contacts who are known and ready: never an unknown
    /// or changed one, never Bcc, and the person themself only when nobody else is suggested.
    pub(super) fn preselect(&mut self, around: &Around<'_>) {
        let all = self.recipients(around);
        let others = all.iter().any(|one| !around.is_me(&one.address));
        let fit = |one: &&Recipient| {
            one.state == RecipientState::Ready && !(others && around.is_me(&one.address))
        };
        let ids = all
            .iter()
            .filter(fit)
            .filter_map(|one| one.contact.as_ref()?.id.parse().ok());
        for id in ids.collect::<Vec<ContactId>>() {
            if !self.to.contains(&id) {
                self.to.push(id);
            }
        }
    }

    /// Who the draft would be sealed for, and why it cannot be.
    pub(super) fn plan(&self, around: &Around<'_>) -> Plan {
        let all = self.recipients(around);
        let chosen: Vec<_> = all.iter().filter(|one| one.chosen).collect();
        let has = |state| chosen.iter().any(|one| one.state == state);
        let bcc = self.suggested.iter().any(|one| {
            one.bcc == Bcc::Undecided
                && all.iter().any(|shown| {
                    shown.state == RecipientState::Bcc
                        && is_same_address(&shown.address, &one.address)
                })
        });
        let mixed = self.mixed(&chosen, around);
        let choice = mixed.as_ref().and_then(|mixed| mixed.choice);
        let own_letter = choice == Some(ClassicalChoice::OwnLetter);
        let undecided = mixed.as_ref().is_some_and(|mixed| match choice {
            Some(ClassicalChoice::OwnLetter) => false,
            Some(ClassicalChoice::SealAll) => !mixed.can_seal_all,
            Some(ClassicalChoice::LeaveOut) | None => true,
        });
        let blocked_by = [
            (has(RecipientState::Changed), ErrorCode::ContactChanged),
            (has(RecipientState::Blocked), ErrorCode::ContactBlocked),
            (
                has(RecipientState::NoCard) || has(RecipientState::Invited),
                ErrorCode::ContactUnknown,
            ),
            (bcc, ErrorCode::BccPresent),
            (undecided, ErrorCode::MixedRecipients),
            (chosen.is_empty(), ErrorCode::NoRecipient),
            (around.kit_now, ErrorCode::KitDue),
        ];
        let is_apart = |one: &&&Recipient| own_letter && one.state == RecipientState::Classical;
        let brief = |one: &&'_ Recipient| one.contact.clone();
        let apart = chosen.iter().filter(|one| is_apart(one)).filter_map(brief);
        let briefs = chosen.iter().filter(|one| !is_apart(one)).filter_map(brief);
        let briefs: Vec<ContactBrief> = briefs.collect();
        let id = |brief: &ContactBrief| brief.id.parse::<ContactId>().ok();
        let others = briefs.iter().filter(|brief| brief.id != around.me.id);
        Plan {
            contacts: others.filter_map(id).collect(),
            names: briefs.iter().map(|brief| brief.name.clone()).collect(),
            apart: apart.filter_map(|brief| id(&brief)).collect(),
            kind: if has(RecipientState::Classical) && !own_letter {
                RecipientType::X25519
            } else {
                RecipientType::Mlkem768X25519
            },
            blocked_by: blocked_by
                .into_iter()
                .find_map(|(is_so, code)| is_so.then_some(code)),
        }
    }

    /// Whether every chosen recipient has a card, and there is one.
    pub(super) fn is_ready(&self, around: &Around<'_>) -> bool {
        let around = Around {
            kit_now: false,
            me: around.me.clone(),
            ..*around
        };
        self.plan(&around).blocked_by.is_none()
    }

    /// The draft as the composer paints it.
    pub(super) fn show(&self, around: &Around<'_>) -> view::Draft {
        let plan = self.plan(around);
        let recipients = self.recipients(around);
        let chosen: Vec<_> = recipients.iter().filter(|one| one.chosen).collect();
        let mixed = self.mixed(&chosen, around);
        view::Draft {
            id: super::hex(&self.id),
            private: self.private,
            mixed,
            recipients,
            subject: self.subject.clone(),
            text: self.text.clone(),
            quoted: self.quoted.clone(),
            seen_by_site: self.seen_by_site,
            page_subject: self.page_subject.clone(),
            site: self.site.clone(),
            reply_to: self.reply_to.as_ref().map(|id| super::hex(id)),
            seal_for: plan.names,
            blocked_by: plan.blocked_by,
            form: self.form,
        }
    }

    /// The draft in a list.
    pub(super) fn brief(&self, around: &Around<'_>) -> view::DraftBrief {
        let to = self.recipients(around).into_iter().filter(|one| one.chosen);
        let to = to.map(|one| one.contact.map_or(one.address, |contact| contact.name));
        let title = if self.subject.is_empty() {
            &self.text
        } else {
            &self.subject
        };
        view::DraftBrief {
            id: super::hex(&self.id),
            to: to.collect(),
            title: super::first_words(title),
            at: self.at,
            ready: self.is_ready(around),
        }
    }

    /// Whether somebody wrote or chose something: an untouched draft is not worth a list.
    pub(super) fn is_worth_keeping(&self) -> bool {
        !self.text.trim().is_empty() || !self.subject.trim().is_empty() || self.has_waited
    }
}
