//! Invitations: four lines for people, in the language of the one who invites, and the card.

use sotto_protocol::TimestampMs;

use super::AppError;
use super::desk::Desk;
use super::memory::{Invitation, invitation_key};
use crate::contacts::{ContactId, ContactsError, is_same_address};
use crate::identity::card::is_address;

impl Desk {
    /// The text of an invitation. Drafts that suggest the address wait for its card from now on.
    pub(super) fn invite(
        &mut self,
        address: &str,
        locale: &str,
        now: TimestampMs,
    ) -> Result<String, AppError> {
        let address = address.trim();
        if !is_address(address) {
            return Err(AppError::Address);
        }
        match self.book.of_address(address) {
            // A contact may want the card once more; there is nothing to wait for.
            Some(contact) if contact.is_in_force() => {}
            Some(_) => return Err(ContactsError::Blocked.into()),
            None if self.book.key_of_address(address).is_some() => {}
            None => {
                let (address, at) = (address.to_owned(), now);
                self.wait_for(&address);
                self.invited.put(Invitation {
                    address,
                    at,
                    answered_by: None,
                });
            }
        }
        let card = &self.profile()?.card;
        Ok(invitation(&card.content().name, &card.to_armor(), locale))
    }

    fn wait_for(&mut self, address: &str) {
        let suggests = |draft: &&super::draft::Draft| {
            draft
                .suggested
                .iter()
                .any(|one| is_same_address(&one.address, address))
                && !draft
                    .addresses
                    .iter()
                    .any(|one| is_same_address(one, address))
        };
        let ids: Vec<_> = self
            .drafts
            .iter()
            .filter(suggests)
            .map(|draft| draft.id)
            .collect();
        for id in ids {
            if let Some(draft) = self.drafts.edit(&id) {
                draft.addresses.push(address.to_owned());
                draft.has_waited = true;
            }
        }
    }

    /// A contact's card is here: invitations of theirs are answered, and drafts that waited for
    /// one of their addresses have a recipient.
    pub(super) fn card_arrived(&mut self, id: ContactId) {
        let Ok(contact) = self.book.get(id) else {
            return;
        };
        let mut addresses = contact.addresses().to_vec();
        let answered = self
            .invited
            .iter()
            .filter(|one| one.answered_by == Some(id));
        addresses.extend(answered.map(|one| one.address.clone()));
        self.addresses_arrived(id, &addresses);
        for key in self.book.take_place_of_keys(id) {
            self.replace_recipient(key, id);
        }
    }

    /// These addresses are a contact's: invitations to them are answered, and drafts that waited for
    /// one have a recipient.
    pub(super) fn addresses_arrived(&mut self, id: ContactId, addresses: &[String]) {
        for address in addresses {
            self.invited.remove(&invitation_key(address));
        }
        let is_theirs = |one: &String| addresses.iter().any(|own| is_same_address(own, one));
        let waiting = self
            .drafts
            .iter()
            .filter(|draft| draft.addresses.iter().any(is_theirs));
        let waiting: Vec<_> = waiting.map(|draft| draft.id).collect();
        for draft in waiting {
            let Some(draft) = self.drafts.edit(&draft) else {
                continue;
            };
            draft.addresses.retain(|one| !is_theirs(one));
            if !draft.to.contains(&id) {
                draft.to.push(id);
            }
            // The page's own spelling goes: the contact stands in its place.
            draft.suggested.retain(|one| !is_theirs(&one.address));
        }
    }

    /// A letter of `sender` came in a message from these addresses: the invitations sent there
    /// wait for this sender's card. Whether it is accepted is the person's decision.
    pub(super) fn invitation_answered(&mut self, sender: ContactId, message_from: &[String]) {
        for address in message_from {
            let key = invitation_key(address);
            let is_open = self
                .invited
                .get(&key)
                .is_some_and(|one| one.answered_by.is_none());
            if is_open && let Some(invitation) = self.invited.edit(&key) {
                invitation.answered_by = Some(sender);
            }
        }
    }
}

/// Four lines, an empty one, and the card. The lines carry no link: the page may be anything.
fn invitation(name: &str, card: &str, locale: &str) -> String {
    let lines = if locale.starts_with("fr") {
        [
            format!(
                "{name} souhaite échanger avec vous des messages scellés, que seuls vous deux pouvez lire."
            ),
            "Installez l’extension de navigateur Sotto, puis ouvrez de nouveau ce message."
                .to_owned(),
            format!(
                "Un bouton « Ajouter » apparaîtra à la place du bloc ci-dessous : il contient la carte de {name}."
            ),
            "Répondez ensuite avec Sotto : votre réponse sera déjà scellée.".to_owned(),
        ]
    } else {
        [
            format!(
                "{name} would like to exchange sealed mail with you that only the two of you can read."
            ),
            "Install the browser extension Sotto, then open this message again.".to_owned(),
            format!(
                "An “Add” button will stand in place of the block below, which is {name}’s card."
            ),
            "Then answer with Sotto: your answer will already be sealed.".to_owned(),
        ]
    };
    format!("{}\n\n{card}", lines.join("\n"))
}
