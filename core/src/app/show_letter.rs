//! What a reader sees of an opened letter.

use sotto_protocol::TimestampMs;
use sotto_protocol::desk::LetterSource;
use sotto_protocol::view::{self, CardVerdict, LetterPart, NoteKind, Sender, Trust};

use super::desk::Desk;
use super::{AppError, hex};
use crate::contacts::{ContactId, is_same_address, show_card};
use crate::identity::IdentityKey;
use crate::identity::card::Card;
use crate::letter::{Addressee, Claims, Kind, Letter};
use crate::mail::{self, Mail};

/// A letter and its message are of one time within two days: mail waits in queues, clocks err.
const DATE_FAR_MS: u64 = 2 * 86_400_000;
/// Addresses of a message that are looked at.
const MAX_FROM: usize = 8;

impl Desk {
    pub(super) fn show_proved(
        &mut self,
        letter: &Letter,
        source: &LetterSource,
        again: bool,
        now: TimestampMs,
    ) -> Result<view::Letter, AppError> {
        let claims = &letter.proof.claims;
        let own = claims.sender == self.own;
        let was_seen = !own && self.note_letter(letter, source.private, now);
        if !own && !source.private {
            self.learn(letter, source, now);
        }
        let mail = mail_of(letter);
        let mut notes = self.notes(letter, source)?;
        let more = [
            (was_seen && !again, NoteKind::SeenBefore),
            (letter.proof.bare, NoteKind::Bare),
            (mail.is_reduced, NoteKind::Reduced),
            (!mail.parts.is_empty(), NoteKind::PartsLeftOut),
        ];
        notes.extend(
            more.into_iter()
                .filter_map(|(is_so, note)| is_so.then_some(note)),
        );
        let (recipients, unnamed_recipients) = self.names_of(claims)?;
        Ok(view::Letter {
            id: Some(hex(&letter.proof.letter_id.0)),
            sender: Some(self.sender(claims)?),
            sent_at: Some(claims.sent_at),
            subject: claims.name.clone(),
            text: mail.text,
            written_to: mail.to,
            written_cc: mail.cc,
            parts: mail.parts.into_iter().map(show_part).collect(),
            withheld: false,
            notes,
            recipients,
            unnamed_recipients,
            card: claims.card.as_ref().and_then(|card| self.card_due(card)),
        })
    }

    /// What a letter tells by itself: newer keys, a challenge, that our card arrived, who answers
    /// an invitation.
    fn learn(&mut self, letter: &Letter, source: &LetterSource, now: TimestampMs) {
        let claims = &letter.proof.claims;
        self.learn_from(claims, now);
        let id = ContactId::of(&claims.sender);
        self.invitation_answered(id, &source.message_from);
    }

    /// What the proof alone tells: newer keys, a challenge, that our card arrived.
    pub(super) fn learn_from(&mut self, claims: &Claims, now: TimestampMs) {
        if let Some(card) = &claims.card {
            self.book.notice(card, now);
        }
        let id = ContactId::of(&claims.sender);
        let contact = self.book.get(id).ok();
        let revision = contact.and_then(|contact| contact.would_acknowledge(claims.sent_at));
        if let Some(revision) = revision
            && let Some(contact) = self.book.rows.edit(id.as_bytes())
        {
            contact.acknowledge(revision);
        }
    }

    fn notes(&self, letter: &Letter, source: &LetterSource) -> Result<Vec<NoteKind>, AppError> {
        let claims = &letter.proof.claims;
        let far = |date: TimestampMs| {
            date.since_ms(claims.sent_at)
                .max(claims.sent_at.since_ms(date))
                > DATE_FAR_MS
        };
        let claimed = self.addresses_of(claims)?;
        let from: Vec<_> = source.message_from.iter().take(MAX_FROM).collect();
        let is_claimed =
            |from: &&String| claimed.iter().any(|address| is_same_address(address, from));
        let mismatch = !from.is_empty() && !claimed.is_empty() && !from.iter().any(is_claimed);
        let notes = [
            (source.message_date.is_some_and(far), NoteKind::DateFar),
            (mismatch, NoteKind::AddressMismatch),
        ];
        Ok(notes
            .into_iter()
            .filter_map(|(is_so, note)| is_so.then_some(note))
            .collect())
    }

    /// The addresses of the sender: as accepted, or as an unknown key's card claims.
    fn addresses_of(&self, claims: &Claims) -> Result<Vec<String>, AppError> {
        if claims.sender == self.own {
            return Ok(self.profile()?.card.content().addresses.clone());
        }
        let contact = self
            .book
            .of_key(&claims.sender)
            .map(|contact| contact.addresses().to_vec());
        let card = claims
            .card
            .as_ref()
            .map(|card| card.content().addresses.clone());
        Ok(contact.or(card).unwrap_or_default())
    }

    pub(super) fn sender(&self, claims: &Claims) -> Result<Sender, AppError> {
        if claims.sender == self.own {
            let me = self.my_brief()?;
            let since = Some(self.profile()?.since);
            let (name, address) = (me.name, me.address);
            return Ok(Sender {
                id: me.id,
                name,
                address,
                trust: Trust::Verified,
                since,
                letters: 0,
                own: true,
            });
        }
        let contact = self.book.of_key(&claims.sender);
        let claimed = claims.card.as_ref().map(Card::content);
        let name = contact.map(crate::contacts::Contact::name);
        let name = name.or(claimed.map(|content| content.name.as_str()));
        let addresses = contact.map(crate::contacts::Contact::addresses);
        let addresses = addresses.or(claimed.map(|content| content.addresses.as_slice()));
        Ok(Sender {
            id: ContactId::of(&claims.sender).to_string(),
            name: name.unwrap_or_default().to_owned(),
            address: addresses
                .and_then(|all| all.first())
                .cloned()
                .unwrap_or_default(),
            trust: self.trust_of(&claims.sender),
            since: contact.and_then(|contact| contact.since),
            letters: self.log_of(&claims.sender).map_or(0, |log| log.count),
            own: false,
        })
    }

    /// The trust of a key: that of its contact, or `changed` when it challenges one.
    fn trust_of(&self, key: &IdentityKey) -> Trust {
        if let Some(contact) = self.book.of_key(key) {
            return contact.trust();
        }
        let challenges = self.book.rows.iter().any(|contact| {
            let challenger = contact.challenger.as_ref();
            challenger.is_some_and(|challenger| challenger.card.identity() == key)
        });
        if challenges {
            Trust::Changed
        } else {
            Trust::Unknown
        }
    }

    /// The names of those who can open the letter, and how many more there are.
    fn names_of(&self, claims: &Claims) -> Result<(Vec<String>, u32), AppError> {
        let mut names = Vec::new();
        let is_for_me = self.custodian.opening_keys()?.into_iter().any(|recipient| {
            claims.names(&Addressee {
                identity: Some(self.own),
                recipient,
            })
        });
        if is_for_me {
            names.push(self.my_brief()?.name);
        }
        for contact in self.book.rows.iter() {
            let identity = Some(*contact.identity());
            let is_named = contact.known_recipients().any(|recipient| {
                claims.names(&Addressee {
                    identity,
                    recipient: recipient.clone(),
                })
            });
            if is_named {
                names.push(contact.name().to_owned());
            }
        }
        for key in self.book.keys.iter() {
            let recipient = key.recipient.clone();
            if claims.names(&Addressee {
                identity: None,
                recipient,
            }) {
                names.push(key.name.clone());
            }
        }
        if let Some(name) = self.stranger_among(claims) {
            names.push(name);
        }
        let unnamed = claims.recipient_count().saturating_sub(names.len());
        Ok((names, u32::try_from(unnamed).unwrap_or(u32::MAX)))
    }

    /// The name that a sender without contact gives in the card they sent, when they are among
    /// the recipients, as senders are.
    fn stranger_among(&self, claims: &Claims) -> Option<String> {
        let is_known = claims.sender == self.own || self.book.of_key(&claims.sender).is_some();
        let content = claims.card.as_ref().filter(|_| !is_known)?.content();
        let is_named = content.recipients.iter().any(|recipient| {
            let recipient = recipient.clone();
            claims.names(&Addressee {
                identity: Some(claims.sender),
                recipient,
            })
        });
        is_named.then(|| content.name.clone())
    }

    /// The sender's card, where there is something to accept or to compare.
    fn card_due(&self, card: &Card) -> Option<view::CardLook> {
        let look = show_card(&self.book, card, &self.own);
        match look.verdict {
            CardVerdict::New | CardVerdict::OtherKey => Some(look),
            // What changes silently has changed already.
            CardVerdict::Newer => {
                let contact = self.book.of_key(card.identity());
                contact
                    .is_some_and(|contact| contact.pending().is_some())
                    .then_some(look)
            }
            CardVerdict::Own | CardVerdict::Same | CardVerdict::Older | CardVerdict::Blocked => {
                None
            }
        }
    }

    /// Without a proof, a message that claims a contact is a warning.
    pub(super) fn notes_unproved(&self, source: &LetterSource) -> Vec<NoteKind> {
        let claims_contact = source.message_from.iter().take(MAX_FROM).any(|address| {
            self.book
                .of_address(address)
                .is_some_and(crate::contacts::Contact::is_in_force)
        });
        if claims_contact {
            vec![NoteKind::ClaimsContact]
        } else {
            Vec::new()
        }
    }

    /// A plain age file: no name, no subject, and text only after the person asked.
    pub(super) fn show_unproved(
        &self,
        content: &[u8],
        source: &LetterSource,
        reveal: bool,
    ) -> view::Letter {
        let text = if reveal {
            String::from_utf8_lossy(content).into_owned()
        } else {
            String::new()
        };
        view::Letter {
            id: None,
            sender: None,
            sent_at: None,
            subject: None,
            text,
            written_to: Vec::new(),
            written_cc: Vec::new(),
            parts: Vec::new(),
            withheld: !reveal,
            notes: self.notes_unproved(source),
            recipients: Vec::new(),
            unnamed_recipients: 0,
            card: None,
        }
    }
}

/// What is shown of a letter's content.
pub(super) fn mail_of(letter: &Letter) -> Mail {
    let claims = &letter.proof.claims;
    match claims.kind {
        Kind::Text => Mail {
            text: String::from_utf8_lossy(&letter.content).into_owned(),
            ..Mail::default()
        },
        Kind::Mail => mail::read(&letter.content),
        Kind::File => Mail {
            parts: vec![mail::Part {
                name: claims.name.clone().unwrap_or_default(),
                kind: claims.content_type.clone().unwrap_or_default(),
                len: letter.content.len(),
            }],
            ..Mail::default()
        },
    }
}

fn show_part(part: mail::Part) -> LetterPart {
    LetterPart {
        name: part.name,
        kind: part.kind,
        len: u32::try_from(part.len).unwrap_or(u32::MAX),
    }
}
