//! Recipients whose only key is classical, beside others: one such stanza would undo the hybrid
//! ones, so the person decides once.

use sotto_protocol::view::{ClassicalChoice, Mixed, Recipient, RecipientState};
use sotto_protocol::{ErrorCode, TimestampMs};

use super::AppError;
use super::desk::Desk;
use super::draft::Draft;
use super::recipients::Around;
use crate::age::RecipientType;
use crate::contacts::{ContactId, is_same_address};

impl Draft {
    /// Whether chosen recipients cannot share a letter as they are; and what was decided.
    pub(super) fn mixed(&self, chosen: &[&Recipient], around: &Around<'_>) -> Option<Mixed> {
        let others = || chosen.iter().filter(|one| !around.is_own(one));
        let classical = others().filter(|one| one.state == RecipientState::Classical);
        let names: Vec<_> = classical.map(|one| name_of(one)).collect();
        let has_hybrid = others().any(|one| one.state == RecipientState::Ready);
        (has_hybrid && !names.is_empty()).then(|| Mixed {
            names,
            choice: self.classical,
            can_seal_all: others().all(|one| has_classical(one, around)),
        })
    }
}

fn name_of(recipient: &Recipient) -> String {
    let contact = recipient.contact.as_ref();
    contact.map_or_else(|| recipient.address.clone(), |contact| contact.name.clone())
}

fn has_classical(recipient: &Recipient, around: &Around<'_>) -> bool {
    let contact = recipient.contact.as_ref();
    let id = contact.and_then(|contact| contact.id.parse::<ContactId>().ok());
    id.is_some_and(|id| around.book.recipient(id, RecipientType::X25519).is_some())
}

impl Desk {
    pub(super) fn decide_classical(
        &mut self,
        id: &str,
        choice: ClassicalChoice,
        now: TimestampMs,
    ) -> Result<sotto_protocol::view::Draft, AppError> {
        let shown = self.show_draft(id, now)?;
        let mixed = shown.mixed.ok_or(AppError::NothingThere)?;
        if choice == ClassicalChoice::SealAll && !mixed.can_seal_all {
            return Err(AppError::Unsealable(ErrorCode::MixedRecipients));
        }
        let draft = self.edit_draft(id)?;
        if choice == ClassicalChoice::LeaveOut {
            let is_out = |one: &&Recipient| one.state == RecipientState::Classical;
            for out in shown.recipients.iter().filter(is_out) {
                leave_out(draft, out);
            }
        } else {
            draft.classical = Some(choice);
        }
        self.show_draft(id, now)
    }

    /// A choice about recipients who are gone is none about later ones.
    pub(super) fn forget_needless_choice(
        &mut self,
        id: &str,
        now: TimestampMs,
    ) -> Result<(), AppError> {
        if self.show_draft(id, now)?.mixed.is_none() {
            self.edit_draft(id)?.classical = None;
        }
        Ok(())
    }
}

fn leave_out(draft: &mut Draft, out: &Recipient) {
    let id = out.contact.as_ref().map(|contact| contact.id.as_str());
    draft.to.retain(|one| Some(one.to_string().as_str()) != id);
    let is_it = |address: &String| is_same_address(address, &out.address);
    draft.addresses.retain(|address| !is_it(address));
}
