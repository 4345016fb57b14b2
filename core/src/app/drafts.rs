//! Drafts: begun, kept, thrown away, brought back.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::desk::{ComposeContext, PageAddress};
use sotto_protocol::view::{self, DraftBrief, PageField, TextForm};

use super::desk::Desk;
use super::draft::{Bcc, Draft, MAX_RECIPIENTS, Suggestion};
use super::memory::{UNDO_DRAFT, Undo};
use super::{AppError, generate_id, parse_id};
use crate::contacts::{ContactId, KeyContact, is_same_address};
use crate::identity::card::is_address;

/// Longest text of a draft, in bytes.
pub(super) const MAX_TEXT_LEN: usize = 256 * 1024;
/// Longest subject, in bytes: that of a letter.
pub(super) const MAX_SUBJECT_LEN: usize = crate::letter::MAX_NAME_LEN;
/// Sealed blocks of a page that are opened for quoting.
const MAX_QUOTED: usize = 4;
/// Untouched drafts are swept after an hour.
const UNTOUCHED_MS: u64 = 3_600_000;

/// What a composer saves.
pub(super) struct DraftChange {
    pub(super) to: Vec<String>,
    pub(super) addresses: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) form: TextForm,
}

pub(super) fn check_len(text: &str, max_len: usize) -> Result<(), AppError> {
    if text.len() > max_len {
        Err(AppError::TooLong { len: text.len() })
    } else {
        Ok(())
    }
}

impl Desk {
    pub(super) fn compose(
        &mut self,
        context: Option<ComposeContext>,
        to: &[String],
        reply_to: Option<&str>,
        private: bool,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<view::Draft, AppError> {
        self.drafts
            .retain(|old| old.is_worth_keeping() || now.since_ms(old.at) < UNTOUCHED_MS);
        let to = to
            .iter()
            .map(|id| self.known_id(id))
            .collect::<Result<Vec<_>, _>>()?;
        let reply_to = reply_to
            .map(|id| parse_id(id).ok_or(AppError::NothingThere))
            .transpose()?;
        let mut draft = blank(generate_id(rng), now);
        draft.to = to;
        draft.reply_to = reply_to;
        draft.private = private;
        if let Some(context) = context {
            self.take_context(&mut draft, context)?;
        }
        draft.subject = self.answered_subject(draft.reply_to).unwrap_or_default();
        draft.preselect(&self.around(now)?);
        let id = draft.id;
        self.drafts.put(draft);
        self.show(&id, now)
    }

    /// A contact's id, or the person's own.
    pub(super) fn known_id(&self, id: &str) -> Result<ContactId, AppError> {
        let id: ContactId = id.parse()?;
        if id != ContactId::of(&self.own) && self.book.key(id).is_none() {
            self.book.get(id)?;
        }
        Ok(id)
    }

    fn take_context(&self, draft: &mut Draft, context: ComposeContext) -> Result<(), AppError> {
        check_len(&context.text, MAX_TEXT_LEN)?;
        draft.suggested = suggestions(&context.addresses);
        draft.seen_by_site = !context.text.trim().is_empty();
        draft.text = context.text;
        draft.page_subject = context
            .subject
            .filter(|subject| subject.len() <= MAX_SUBJECT_LEN);
        draft.site = Some(context.site);
        draft.form = if context.one_line {
            TextForm::Line
        } else {
            TextForm::Armor
        };
        let mut quoted = Vec::new();
        for block in context.quoted.iter().take(MAX_QUOTED) {
            // A block that does not open stays what it is in the page: sealed text.
            let Ok((id, text)) = self.open_for_quoting(block) else {
                continue;
            };
            draft.reply_to = draft.reply_to.or(id);
            quoted.push(text);
        }
        draft.quoted = (!quoted.is_empty()).then(|| quoted.join("\n\n"));
        Ok(())
    }

    /// "Re: …", when the answered letter was opened here.
    fn answered_subject(&self, reply_to: Option<[u8; 16]>) -> Option<String> {
        let letters = self.opened.iter().flat_map(|tab| &tab.letters);
        let answered =
            letters.filter(|letter| letter.letter.is_some() && letter.letter == reply_to);
        let subject = answered
            .filter_map(|letter| letter.subject.as_deref())
            .next()?;
        let is_answer = subject
            .get(..3)
            .is_some_and(|head| head.eq_ignore_ascii_case("re:"));
        let subject = if is_answer {
            subject.to_owned()
        } else {
            format!("Re: {subject}")
        };
        (subject.len() <= MAX_SUBJECT_LEN).then_some(subject)
    }

    pub(super) fn draft(&self, id: &str) -> Result<&Draft, AppError> {
        let id = parse_id(id).ok_or(AppError::DraftUnknown)?;
        self.drafts.get(&id).ok_or(AppError::DraftUnknown)
    }

    pub(super) fn edit_draft(&mut self, id: &str) -> Result<&mut Draft, AppError> {
        let id = parse_id(id).ok_or(AppError::DraftUnknown)?;
        self.drafts.edit(&id).ok_or(AppError::DraftUnknown)
    }

    fn show(&self, id: &[u8; 16], now: TimestampMs) -> Result<view::Draft, AppError> {
        let draft = self.drafts.get(id).ok_or(AppError::DraftUnknown)?;
        Ok(draft.show(&self.around(now)?))
    }

    pub(super) fn show_draft(&self, id: &str, now: TimestampMs) -> Result<view::Draft, AppError> {
        Ok(self.draft(id)?.show(&self.around(now)?))
    }

    pub(super) fn save_draft(
        &mut self,
        id: &str,
        change: DraftChange,
        now: TimestampMs,
    ) -> Result<view::Draft, AppError> {
        check_len(&change.text, MAX_TEXT_LEN)?;
        check_len(&change.subject, MAX_SUBJECT_LEN)?;
        let count = change.to.len().saturating_add(change.addresses.len());
        if count > MAX_RECIPIENTS {
            return Err(AppError::TooLong { len: count });
        }
        let mut to = change
            .to
            .iter()
            .map(|id| self.known_id(id))
            .collect::<Result<Vec<_>, _>>()?;
        let mut addresses = Vec::new();
        for address in change.addresses {
            let address = address.trim();
            if !is_address(address) {
                return Err(AppError::Address);
            }
            match self.owner_of(address)? {
                Some(owner) => to.push(owner),
                None => addresses.push(address.to_owned()),
            }
        }
        let draft = self.edit_draft(id)?;
        draft.has_waited |= !addresses.is_empty();
        draft.to = to;
        draft.addresses = addresses;
        draft.subject = change.subject;
        draft.text = change.text;
        draft.form = change.form;
        draft.at = now;
        self.forget_needless_choice(id, now)?;
        self.show_draft(id, now)
    }

    /// Who has an address: a contact in force, or the person.
    fn owner_of(&self, address: &str) -> Result<Option<ContactId>, AppError> {
        let mine = self.profile()?.card.content();
        if mine
            .addresses
            .iter()
            .any(|own| is_same_address(own, address))
        {
            return Ok(Some(ContactId::of(&self.own)));
        }
        let owner = self
            .book
            .of_address(address)
            .filter(|owner| owner.is_in_force());
        let key = || self.book.key_of_address(address).map(KeyContact::id);
        Ok(owner.map(crate::contacts::Contact::id).or_else(key))
    }

    pub(super) fn decide_bcc(
        &mut self,
        id: &str,
        address: &str,
        next_letter: bool,
        now: TimestampMs,
    ) -> Result<view::Draft, AppError> {
        let draft = self.edit_draft(id)?;
        let is_meant = |one: &Suggestion| {
            one.field == PageField::Bcc && is_same_address(&one.address, address)
        };
        if next_letter {
            let meant = draft.suggested.iter_mut().filter(|one| is_meant(one));
            meant.for_each(|one| one.bcc = Bcc::NextLetter);
        } else {
            draft.suggested.retain(|one| !is_meant(one));
        }
        self.show_draft(id, now)
    }

    pub(super) fn all_drafts(&self, now: TimestampMs) -> Result<Vec<DraftBrief>, AppError> {
        let around = self.around(now)?;
        let kept = self.drafts.iter().filter(|draft| draft.is_worth_keeping());
        let mut briefs: Vec<_> = kept.map(|draft| draft.brief(&around)).collect();
        briefs.sort_by_key(|brief| core::cmp::Reverse(brief.at));
        Ok(briefs)
    }

    /// Drafts that are to go to a contact.
    pub(super) fn drafts_for(
        &self,
        id: ContactId,
        now: TimestampMs,
    ) -> Result<Vec<DraftBrief>, AppError> {
        let around = self.around(now)?;
        let waiting = self
            .drafts
            .iter()
            .filter(|draft| draft.has_waited && draft.to.contains(&id));
        Ok(waiting.map(|draft| draft.brief(&around)).collect())
    }

    /// The contact goes on under another key.
    pub(super) fn replace_recipient(&mut self, old: ContactId, new: ContactId) {
        if old == new {
            return;
        }
        let to_old = self.drafts.iter().filter(|draft| draft.to.contains(&old));
        let ids: Vec<_> = to_old.map(|draft| draft.id).collect();
        for id in ids {
            if let Some(draft) = self.drafts.edit(&id) {
                draft
                    .to
                    .iter_mut()
                    .filter(|id| **id == old)
                    .for_each(|id| *id = new);
            }
        }
    }

    pub(super) fn discard_draft(&mut self, id: &str) -> Result<(), AppError> {
        let id = parse_id(id).ok_or(AppError::DraftUnknown)?;
        let draft = self.drafts.remove(&id).ok_or(AppError::DraftUnknown)?;
        self.undo.put(Undo::Draft(draft));
        Ok(())
    }

    pub(super) fn undo_discard(&mut self, now: TimestampMs) -> Result<view::Draft, AppError> {
        let Some(Undo::Draft(draft)) = self.undo.remove(UNDO_DRAFT) else {
            return Err(AppError::DraftUnknown);
        };
        let id = draft.id;
        self.drafts.put(draft);
        self.show(&id, now)
    }
}

/// A draft with nothing in it.
pub(super) const fn blank(id: [u8; 16], now: TimestampMs) -> Draft {
    Draft {
        id,
        at: now,
        suggested: Vec::new(),
        to: Vec::new(),
        addresses: Vec::new(),
        subject: String::new(),
        text: String::new(),
        quoted: None,
        seen_by_site: false,
        page_subject: None,
        site: None,
        reply_to: None,
        form: TextForm::Armor,
        has_waited: false,
        was_sealed: false,
        classical: None,
        private: false,
    }
}

/// What of the page's fields can be an address: each once, To and Cc before Bcc.
pub(super) fn suggestions(addresses: &[PageAddress]) -> Vec<Suggestion> {
    let mut sorted: Vec<_> = addresses.iter().take(MAX_RECIPIENTS).collect();
    sorted.sort_by_key(|one| one.field == PageField::Bcc);
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for one in sorted {
        let address = bare_address(&one.address);
        let is_known = suggestions
            .iter()
            .any(|known| is_same_address(&known.address, address));
        if is_address(address) && !is_known {
            let (address, field) = (address.to_owned(), one.field);
            suggestions.push(Suggestion {
                address,
                field,
                bcc: Bcc::Undecided,
            });
        }
    }
    suggestions
}

/// The address of `Name <address>` (RFC 5322 §3.4), or the whole.
fn bare_address(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_suffix('>')
        .and_then(|head| head.rsplit_once('<'));
    inner.map_or(text, |(_, address)| address.trim())
}
