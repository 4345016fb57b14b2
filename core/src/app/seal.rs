//! Sealing a draft.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::view::{PageField, SealedText, TextForm};
use zeroize::Zeroizing;

use super::desk::Desk;
use super::draft::{Bcc, Draft};
use super::drafts::blank;
use super::recipients::Plan;
use super::{AppError, generate_id, hex, parse_id};
use crate::age::armor::{self, Label};
use crate::age::{Recipient, RecipientType, line};
use crate::contacts::{Contact, ContactId, ContactsError, KeyContact};
use crate::custody::{Base64Url, Bytes, Custodian, Statement};
use crate::identity::Signature;
use crate::letter::{self, Addressee, Envelope, Kind, LetterId};

impl Desk {
    /// Seals a draft for exactly the people named on the button. The draft stays until it is sent.
    pub(super) fn seal(
        &mut self,
        id: &str,
        seal_for: &[String],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<SealedText, AppError> {
        let draft = self.draft(id)?.clone();
        let plan = draft.plan(&self.around(now)?);
        if let Some(code) = plan.blocked_by {
            return Err(AppError::Unsealable(code));
        }
        if plan.names != seal_for {
            return Err(AppError::OtherRecipients);
        }
        let envelope = self.envelope(&draft, &plan, now)?;
        let carried = envelope
            .card
            .is_some()
            .then_some(TimestampMs(envelope.card_revision));
        let content = Zeroizing::new(draft.text.clone().into_bytes());
        let (file, letter) = seal_file(&self.custodian, envelope, &content, now, rng)?;
        if let Some(revision) = carried {
            for contact in &plan.contacts {
                if let Some(contact) = self.book.rows.edit(contact.as_bytes()) {
                    contact.card_carried(revision, now);
                }
            }
        }
        if !draft.was_sealed {
            let profile = self.edit_profile()?;
            profile.letters_sealed = profile.letters_sealed.saturating_add(1);
        }
        let next_draft = self.next_letters(&draft, &plan.apart, now, rng);
        self.edit_draft(id)?.was_sealed = true;
        let text = match draft.form {
            TextForm::Armor => armor::encode(Label::AgeEncryptedFile, &file),
            TextForm::Line => line::encode(&file),
        };
        let names = plan.names;
        Ok(SealedText {
            id: hex(&letter.0),
            text,
            names,
            next_draft: next_draft.map(|id| hex(&id)),
        })
    }

    fn envelope(&self, draft: &Draft, plan: &Plan, now: TimestampMs) -> Result<Envelope, AppError> {
        let mut envelope = self.envelope_for(&plan.contacts, plan.kind, now)?;
        let subject = draft
            .subject
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        envelope.name = (!subject.is_empty()).then_some(subject);
        envelope.reply_to = draft.reply_to.map(LetterId);
        Ok(envelope)
    }

    /// The envelope of a text for contacts and the person, without name and reply.
    pub(super) fn envelope_for(
        &self,
        contacts: &[ContactId],
        kind: RecipientType,
        now: TimestampMs,
    ) -> Result<Envelope, AppError> {
        let card = &self.profile()?.card;
        let revision = card.content().revision;
        let mut recipients = vec![self.myself(kind)?];
        let mut needs_card = false;
        for id in contacts {
            let recipient = self.book.recipient(*id, kind);
            let recipient = recipient.ok_or(ContactsError::Changed)?.clone();
            let identity = match self.book.key(*id) {
                Some(_) => None,
                None => {
                    let contact = self.book.get(*id)?;
                    needs_card |= contact.needs_card(revision);
                    Some(*contact.identity())
                }
            };
            recipients.push(Addressee {
                identity,
                recipient,
            });
        }
        Ok(Envelope {
            sender: self.own,
            sent_at: now,
            kind: Kind::Text,
            recipients,
            card_revision: revision.0,
            card: needs_card.then(|| card.clone()),
            name: None,
            content_type: None,
            reply_to: None,
        })
    }

    /// The person as an addressee, with their current key of a type.
    pub(super) fn myself(&self, kind: RecipientType) -> Result<Addressee, AppError> {
        let mut own = self.own_recipients()?.into_iter();
        let recipient = own.find(|recipient| recipient.kind() == kind);
        let recipient = recipient.ok_or(AppError::Defect("a key of each type is current"))?;
        Ok(Addressee {
            identity: Some(self.own),
            recipient,
        })
    }

    pub(super) fn own_recipients(&self) -> Result<Vec<Recipient>, AppError> {
        let keys = self.custodian.public_keys()?.recipients;
        Ok(keys
            .iter()
            .map(|key| key.parse())
            .collect::<Result<_, _>>()?)
    }

    /// Drafts of their own for those in Bcc, and one for those apart. The first one's id.
    fn next_letters(
        &mut self,
        draft: &Draft,
        apart: &[ContactId],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Option<[u8; 16]> {
        let is_next = |one: &&super::draft::Suggestion| {
            one.field == PageField::Bcc && one.bcc == Bcc::NextLetter
        };
        let mut first = None;
        for next in draft.suggested.iter().filter(is_next) {
            let mut own = same_words(draft, generate_id(rng), now);
            let contact = self.book.of_address(&next.address).map(Contact::id);
            let key = || self.book.key_of_address(&next.address).map(KeyContact::id);
            match contact.or_else(key) {
                Some(id) => own.to.push(id),
                None => own.addresses.push(next.address.clone()),
            }
            first = first.or(Some(own.id));
            self.drafts.put(own);
        }
        if !apart.is_empty() {
            let mut own = same_words(draft, generate_id(rng), now);
            own.to = apart.to_vec();
            first = first.or(Some(own.id));
            self.drafts.put(own);
        }
        // They have their drafts: sealing this one again makes no further ones.
        if first.is_some()
            && let Some(draft) = self.drafts.edit(&draft.id)
        {
            draft.suggested.retain(|one| !is_next(&one));
            draft.to.retain(|one| !apart.contains(one));
        }
        first
    }

    /// The sealed text is where it was meant to go.
    pub(super) fn sent(&mut self, id: &str) -> Result<(), AppError> {
        let id = parse_id(id).ok_or(AppError::DraftUnknown)?;
        self.drafts
            .remove(&id)
            .map(drop)
            .ok_or(AppError::DraftUnknown)
    }
}

/// A draft with the words of another and nobody to go to yet.
fn same_words(draft: &Draft, id: [u8; 16], now: TimestampMs) -> Draft {
    let mut own = blank(id, now);
    own.subject.clone_from(&draft.subject);
    own.text.clone_from(&draft.text);
    own.site.clone_from(&draft.site);
    own.reply_to = draft.reply_to;
    own.form = draft.form;
    own.has_waited = true;
    own.private = draft.private;
    own
}

/// Seals content in memory; the custodian signs.
pub(super) fn seal_file(
    custodian: &Custodian,
    envelope: Envelope,
    content: &Zeroizing<Vec<u8>>,
    now: TimestampMs,
    rng: &mut impl CryptoRng,
) -> Result<(Vec<u8>, LetterId), AppError> {
    let mut id = None;
    let file = letter::seal(envelope, content, rng, |statement| {
        id = Some(statement.letter_id());
        sign_letter(custodian, statement, now)
    })?;
    Ok((
        file,
        id.ok_or(AppError::Defect("a sealed letter was signed"))?,
    ))
}

/// The custodian's signature of a letter; it rebuilds the bytes itself.
pub(super) fn sign_letter(
    custodian: &Custodian,
    statement: &letter::Statement,
    now: TimestampMs,
) -> Result<Signature, AppError> {
    let signed = custodian.sign(
        &Statement::Letter {
            head: Bytes(statement.head),
            nonce: Bytes(*statement.nonce.as_bytes()),
            tbs: Base64Url(statement.tbs.clone()),
        },
        now,
    )?;
    Ok(Signature(signed.signature.0))
}
