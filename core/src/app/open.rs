//! Opening letters, and what is remembered of it.

use sotto_protocol::TimestampMs;
use sotto_protocol::desk::LetterSource;
use sotto_protocol::view::{self, OpenedHere};

use super::desk::Desk;
use super::memory::{MAX_OPENED, Opened, OpenedOnTab, opened_key};
use super::{App, AppError, first_words, found};
use crate::age::{FileKey, HeaderParser, Limits, PayloadNonce, Recipient};
use crate::contacts::{ContactId, LetterLog};
use crate::letter::{Letter, Opening};
use zeroize::Zeroizing;

/// Logs of senders who are no contacts; the longest unheard ones go first.
const MAX_STRANGERS: usize = 500;

/// What came out of sealed text.
pub(super) enum OpenedText {
    /// With its sender's proof.
    Proved(Letter),
    /// Without any.
    Unproved(Zeroizing<Vec<u8>>),
}

/// What comes out of sealed text, with the key of ours that opened it.
pub(super) type WithKey = (OpenedText, Recipient);

/// What a frame that was admitted is about to ask for, opened while it loads.
pub(super) struct Foreseen {
    token: String,
    opened: WithKey,
}

impl core::fmt::Debug for Foreseen {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Foreseen(..)")
    }
}

impl Desk {
    /// Opens what the frame of `token` is about to ask for. Nothing is remembered of it, and what
    /// cannot be opened is told when it is asked for.
    pub(super) fn foresee(&mut self, token: &str, text: &str) {
        let opened = self.open_text(text).ok();
        self.foreseen = opened.map(|opened| Foreseen {
            token: token.to_owned(),
            opened,
        });
    }

    /// What was opened for the frame of `token`; for any other it is dropped.
    pub(super) fn take_foreseen(&mut self, token: &str) -> Option<WithKey> {
        let foreseen = self.foreseen.take()?;
        (foreseen.token == token).then_some(foreseen.opened)
    }

    /// Opens a letter for the person to read. `again`: the same reader asks for the same letter
    /// once more, which is no repeat.
    pub(super) fn open_letter(
        &mut self,
        text: &str,
        source: &LetterSource,
        reveal: bool,
        again: bool,
        now: TimestampMs,
    ) -> Result<view::Letter, AppError> {
        let opened = self.open_text(text)?;
        self.read(opened, source, reveal, again, now)
    }

    /// The same of what was opened.
    pub(super) fn read(
        &mut self,
        (opened, key): WithKey,
        source: &LetterSource,
        reveal: bool,
        again: bool,
        now: TimestampMs,
    ) -> Result<view::Letter, AppError> {
        self.key_used(&key, now)?;
        let letter = match opened {
            OpenedText::Unproved(content) => self.show_unproved(&content, source, reveal),
            OpenedText::Proved(letter) => {
                let again = again || self.is_latest_on(source.tab, &letter.proof.letter_id.0);
                self.show_proved(&letter, source, again, now)?
            }
        };
        if !source.private {
            self.remember_opened(&letter, source.tab, now);
        }
        Ok(letter)
    }

    /// Opens sealed text without remembering anything. With it, the key of ours that opened it.
    pub(super) fn open_text(&self, text: &str) -> Result<WithKey, AppError> {
        self.open_file(&found::letter(text)?)
    }

    /// The same of the bytes of an age file.
    pub(super) fn open_file(&self, file: &[u8]) -> Result<WithKey, AppError> {
        let parsed = HeaderParser::new(Limits::READING).push(file)?;
        let (header, taken) = parsed.ok_or(crate::age::AgeError::TruncatedHeader)?;
        let (_, rest) = file.split_at_checked(taken).unwrap_or((file, &[]));
        let truncated = crate::age::AgeError::TruncatedPayload;
        let (nonce, payload) = rest
            .split_first_chunk::<{ PayloadNonce::LEN }>()
            .ok_or(truncated)?;
        let opening = Opening::new(header, PayloadNonce::from_bytes(*nonce))?;
        if opening.header().is_password() {
            return Err(AppError::PasswordNeeded);
        }
        let unwrapped = self.custodian.unwrap(opening.header().as_bytes())?;
        let file_key = FileKey::from_bytes(unwrapped.file_key.0);
        let key = unwrapped.recipient.parse()?;
        let opened = match opening {
            Opening::Sealed(sealed) => {
                let proved = sealed.prove(&file_key, &key, &self.own)?;
                OpenedText::Proved(proved.open(payload)?)
            }
            Opening::Unproved(file) => OpenedText::Unproved(file.open(&file_key, payload)?),
        };
        Ok((opened, key))
    }

    /// The text of a quoted letter, and its id. Unproved text is not quoted: it is withheld
    /// until the person asks.
    pub(super) fn open_for_quoting(
        &self,
        block: &str,
    ) -> Result<(Option<[u8; 16]>, String), AppError> {
        let (OpenedText::Proved(letter), _) = self.open_text(block)? else {
            return Err(AppError::NothingFound);
        };
        let mail = super::show_letter::mail_of(&letter);
        Ok((Some(letter.proof.letter_id.0), mail.text))
    }

    /// Whether the letter is the one that was opened last on the tab: reading on is no repeat.
    fn is_latest_on(&self, tab: Option<u32>, letter: &[u8; 16]) -> bool {
        let Some(tab) = tab else { return false };
        let opened = self.opened.get(&opened_key(Some(tab)));
        let latest = opened.and_then(|opened| opened.letters.first());
        latest.is_some_and(|latest| latest.letter.as_ref() == Some(letter))
    }

    /// Notes a letter in its sender's log. Whether it had been there.
    pub(super) fn note_letter(&mut self, letter: &Letter, private: bool, now: TimestampMs) -> bool {
        let (sender, id) = (letter.proof.claims.sender, letter.proof.letter_id.0);
        let key = *ContactId::of(&sender).as_bytes();
        let was_seen = self.logs.get(&key).is_some_and(|log| log.has_seen(&id));
        if private || was_seen {
            return was_seen;
        }
        if self.logs.get(&key).is_none() {
            self.forget_strangers();
            self.logs.put(LetterLog::new(sender, now));
        }
        if let Some(log) = self.logs.edit(&key) {
            log.note(id, now);
        }
        false
    }

    /// Makes room: anyone can send letters under new keys.
    fn forget_strangers(&mut self) {
        let is_stranger = |log: &&LetterLog| {
            self.book
                .rows
                .get(&crate::record::Record::key(*log))
                .is_none()
        };
        let mut strangers: Vec<_> = self
            .logs
            .iter()
            .filter(is_stranger)
            .map(|log| (log.last, crate::record::Record::key(log)))
            .collect();
        strangers.sort_unstable();
        let surplus = strangers
            .len()
            .saturating_sub(MAX_STRANGERS.saturating_sub(1));
        for (_, key) in strangers.into_iter().take(surplus) {
            self.logs.remove(&key);
        }
    }

    fn remember_opened(&mut self, letter: &view::Letter, tab: Option<u32>, now: TimestampMs) {
        let sender = letter.sender.as_ref();
        let title = letter.subject.as_deref().unwrap_or(&letter.text);
        let entry = Opened {
            letter: letter.id.as_deref().and_then(super::parse_id),
            sender: sender.and_then(|sender| sender.id.parse().ok()),
            name: sender.map(|sender| sender.name.clone()).unwrap_or_default(),
            trust: sender.map(|sender| sender.trust),
            subject: letter.subject.clone(),
            title: first_words(title),
            at: now,
        };
        let mut letters = match self.opened.remove(&opened_key(tab)) {
            Some(before) => before.letters,
            None => Vec::new(),
        };
        letters.retain(|old| old.letter.is_none() || old.letter != entry.letter);
        letters.insert(0, entry);
        letters.truncate(MAX_OPENED);
        self.opened.put(OpenedOnTab { tab, letters });
    }

    pub(super) fn opened_on(&self, tab: u32) -> Vec<OpenedHere> {
        let opened = self.opened.get(&opened_key(Some(tab)));
        let letters = opened
            .map(|opened| opened.letters.iter())
            .unwrap_or_default();
        letters
            .map(|letter| OpenedHere {
                name: letter.name.clone(),
                trust: self.trust_now(letter),
                title: letter.title.clone(),
                at: letter.at,
            })
            .collect()
    }

    /// The trust of a sender as it is now: a decision in between shows at once.
    fn trust_now(&self, opened: &Opened) -> Option<view::Trust> {
        let contact = opened.sender.and_then(|id| self.book.get(id).ok());
        contact
            .map(crate::contacts::Contact::trust)
            .or(opened.trust)
    }
}

impl App {
    /// A page navigated or its tab closed: its frames and the list of what it showed are gone.
    pub(super) fn page_left(&mut self, tab: u32) {
        self.admissions.leave(tab);
        if let Some(desk) = &mut self.desk {
            desk.foreseen = None;
            desk.opened.remove(&opened_key(Some(tab)));
            desk.guard_kept.remove(&super::guard::kept_key(tab));
        }
    }
}
