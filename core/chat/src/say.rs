//! What the person says, and how far they have read.

use sotto_core::identity::IdentityKey;
use sotto_protocol::ErrorCode;
use sotto_protocol::live::Reachability;
use sotto_protocol::view::Trust;
use sotto_session::format::ConversationId;
use sotto_session::{Command, Input};

use crate::body::{Body, MAX_TEXT_LEN, is_emoji, is_text};
use crate::error::ChatError;
use crate::history::{Said, Way};
use crate::live::Live;
use crate::talk::{Mark, Stage, Talk, TalkId, What};

/// Receipts wait this long, so that a hundred messages are acknowledged by one.
const RECEIPT_MS: u64 = 150;
/// Longest draft.
const MAX_DRAFT_LEN: usize = 4 * MAX_TEXT_LEN;

impl Live {
    pub(crate) fn talk(&self, id: TalkId) -> Result<&Talk, ChatError> {
        self.talks.get(&id.0).ok_or(ChatError::ConversationUnknown)
    }

    pub(crate) fn edit_talk(&mut self, id: TalkId) -> Option<&mut Talk> {
        self.talks.edit(&id.0)
    }

    pub(crate) fn set_stage(&mut self, id: TalkId, stage: Stage) {
        if let Some(talk) = self.edit_talk(id) {
            talk.stage = stage;
        }
        self.changes.shapes.insert(id);
        self.changes.briefs.insert(id);
    }

    pub(crate) fn message_changed(&mut self, id: TalkId, place: u32) {
        self.changes.messages.entry(id).or_default().insert(place);
        self.changes.briefs.insert(id);
        self.changes.status = true;
    }

    pub(crate) fn shape_changed(&mut self, id: TalkId) {
        self.changes.shapes.insert(id);
        self.changes.briefs.insert(id);
    }

    /// The conversation of two with a contact, also one that has not begun.
    pub(crate) fn begin_with(&mut self, with: IdentityKey) -> TalkId {
        let id = TalkId::of(&with);
        if self.talks.get(&id.0).is_none() {
            let talk = Talk::new(id, What::Pair(with), self.now.0);
            self.talks.put(talk);
            self.changes.briefs.insert(id);
        }
        id
    }

    /// Why nothing can be said in a conversation now.
    pub(crate) fn blocked_by(&self, talk: &Talk) -> Option<ChatError> {
        match (talk.stage, talk.with()) {
            (Stage::Ended(_), _) => Some(ChatError::Over),
            (Stage::Asked, _) => Some(ChatError::NotAllowed),
            (stage, Some(with)) => self.refuses(with, stage),
            (_, None) => None,
        }
    }

    pub(crate) fn refuses(&self, with: &IdentityKey, stage: Stage) -> Option<ChatError> {
        match self.people.trust(with) {
            Trust::Blocked => return Some(ChatError::Contact(ErrorCode::ContactBlocked)),
            Trust::Changed => return Some(ChatError::Contact(ErrorCode::ContactChanged)),
            Trust::Unknown => return Some(ChatError::ContactUnknown),
            Trust::Known | Trust::Verified => {}
        }
        if stage != Stage::New {
            return None;
        }
        if self.mailbox.is_none() {
            return Some(ChatError::NoRelay);
        }
        let is_ready = self.people.reachability(with) == Reachability::Ready;
        (!is_ready).then_some(ChatError::Unreachable)
    }

    pub(crate) fn send(
        &mut self,
        id: TalkId,
        text: &str,
        reply_to: Option<[u8; 16]>,
    ) -> Result<u32, ChatError> {
        check_text(text)?;
        let talk = self.talk(id)?;
        if let Some(error) = self.blocked_by(talk) {
            return Err(error);
        }
        let (stage, session, with) = (talk.stage, talk.session, talk.with().copied());
        let reply_to = reply_to.filter(|it| {
            let history = self.histories.get(&id);
            history.is_some_and(|history| history.place(it).is_some())
        });
        let said = Said::Text {
            text: text.to_owned(),
            edited: false,
        };
        let (message, way) = match (stage, session, with) {
            (Stage::Active, Some(session), _) => {
                let message = self.random();
                let body = Body::Text {
                    id: message,
                    text: text.to_owned(),
                    reply_to,
                };
                let queued = self.hand(session, &body)?;
                self.sending.insert(queued, (id, message));
                (message, Way::Sending(queued))
            }
            (Stage::New, _, Some(with)) => {
                self.introduce(id, with, Some(text.to_owned()))?;
                (self.random(), Way::Carried)
            }
            _ => (self.random(), Way::Waiting),
        };
        let mut entry = self.entry(message, self.me, said);
        (entry.reply_to, entry.way) = (reply_to, way);
        self.looked_at(id);
        if let Some(talk) = self.edit_talk(id) {
            // Lines that were written behind it are not sent yet.
            let rest = talk.draft.strip_prefix(text);
            let rest = rest.and_then(|rest| rest.strip_prefix('\n'));
            talk.draft = rest.unwrap_or_default().to_owned();
            if talk.draft.is_empty() || talk.draft_reply == reply_to {
                talk.draft_reply = None;
            }
        }
        Ok(self.push(id, entry))
    }

    /// The words that an introduction carries and nobody has answered.
    pub(crate) fn carried_text(&self, id: TalkId) -> Option<String> {
        let history = self.histories.get(&id)?;
        let carried = history.backwards().map(|(_, it)| it);
        let mut carried = carried.filter(|it| it.way == Way::Carried);
        if let Said::Text { text, .. } = &carried.next()?.said {
            return Some(text.clone());
        }
        None
    }

    /// Offers the conversation.
    pub(crate) fn introduce(
        &mut self,
        id: TalkId,
        to: IdentityKey,
        text: Option<String>,
    ) -> Result<(), ChatError> {
        let relay = self.mailbox.as_ref().ok_or(ChatError::NoRelay)?;
        let relay = relay.given.relay.clone();
        let command = Command::Introduce { to, relay, text };
        self.sessions
            .handle(Input::Command(command), self.now, &mut self.rng)?;
        self.set_stage(id, Stage::Offered);
        self.settle()
    }

    /// Gives the session a body; the id under which it is on its way.
    pub(crate) fn hand(&mut self, to: ConversationId, body: &Body) -> Result<[u8; 16], ChatError> {
        let body = body.encode();
        let command = Command::Send { to, body };
        self.sessions
            .handle(Input::Command(command), self.now, &mut self.rng)?;
        self.settle()?;
        self.queued
            .take()
            .ok_or(ChatError::Session(sotto_session::SessionError::Mls))
    }

    /// The conversations of two that go on with somebody who is not accepted now.
    pub(crate) fn people_refused(&self) -> Vec<TalkId> {
        let active = self.talks.iter().filter(|it| it.stage == Stage::Active);
        let refused = active.filter(|it| it.with().is_some_and(|with| !self.is_accepted(with)));
        refused.map(|it| it.id).collect()
    }

    /// What waited for a session goes into it, in the order it was written.
    pub(crate) fn flush(&mut self, id: TalkId) -> Result<(), ChatError> {
        let talk = self.talk(id)?;
        let session = talk.session;
        // What was written before the contact was blocked, say, waits until they are not.
        if talk.with().is_some_and(|with| !self.is_accepted(with)) {
            return Ok(());
        }
        let Some(history) = self.histories.get(&id) else {
            return Ok(());
        };
        let waiting = history.from(0).filter(|(_, it)| it.way == Way::Waiting);
        let waiting: Vec<_> = waiting.map(|(place, it)| (place, it.clone())).collect();
        let Some(session) = session else {
            return Ok(());
        };
        for (place, entry) in waiting {
            let Said::Text { text, .. } = entry.said else {
                continue;
            };
            let body = Body::Text {
                id: entry.id,
                text,
                reply_to: entry.reply_to,
            };
            let queued = self.hand(session, &body)?;
            self.sending.insert(queued, (id, entry.id));
            if let Some(entry) = self.histories.get_mut(&id).and_then(|it| it.edit(place)) {
                entry.way = Way::Sending(queued);
            }
            self.message_changed(id, place);
        }
        Ok(())
    }

    /// A message of the person's own that may be changed: its place, and the session.
    fn own_message(
        &self,
        id: TalkId,
        message: &[u8; 16],
    ) -> Result<(u32, Option<ConversationId>), ChatError> {
        let talk = self.talk(id)?;
        let history = self.histories.get(&id).ok_or(ChatError::MessageUnknown)?;
        let place = history.place(message).ok_or(ChatError::MessageUnknown)?;
        let entry = history.get(place).ok_or(ChatError::MessageUnknown)?;
        let is_own = entry.author == self.me && matches!(entry.said, Said::Text { .. });
        if !is_own {
            return Err(ChatError::MessageUnknown);
        }
        // A failed introduction is still in the session, and leaves when it can.
        let is_here = entry.way == Way::Waiting;
        if is_here {
            return Ok((place, None));
        }
        match (talk.stage, talk.session) {
            (Stage::Active, Some(session)) => Ok((place, Some(session))),
            (Stage::Ended(_), _) => Err(ChatError::Over),
            _ => Err(ChatError::MessageUnknown),
        }
    }

    pub(crate) fn edit(
        &mut self,
        id: TalkId,
        message: [u8; 16],
        text: &str,
    ) -> Result<u32, ChatError> {
        check_text(text)?;
        let (place, session) = self.own_message(id, &message)?;
        if let Some(session) = session {
            let text = text.to_owned();
            self.hand(session, &Body::Edit { id: message, text })?;
        }
        if let Some(entry) = self.histories.get_mut(&id).and_then(|it| it.edit(place)) {
            entry.said = Said::Text {
                text: text.to_owned(),
                edited: session.is_some(),
            };
        }
        self.message_changed(id, place);
        Ok(place)
    }

    pub(crate) fn delete(&mut self, id: TalkId, message: [u8; 16]) -> Result<(), ChatError> {
        let (place, session) = self.own_message(id, &message)?;
        let history = self.histories.entry(id).or_default();
        let Some(session) = session else {
            let pages = history.pages();
            history.remove(place);
            let left = history.pages();
            self.delete_pages(id, left..pages);
            self.changes.stale.insert(id, place);
            self.shape_changed(id);
            return Ok(());
        };
        self.hand(session, &Body::Delete { id: message })?;
        if let Some(entry) = self.histories.get_mut(&id).and_then(|it| it.edit(place)) {
            entry.said = Said::Deleted;
            entry.reactions.clear();
            entry.reply_to = None;
        }
        self.message_changed(id, place);
        Ok(())
    }

    pub(crate) fn react(
        &mut self,
        id: TalkId,
        message: [u8; 16],
        emoji: &str,
        on: bool,
    ) -> Result<u32, ChatError> {
        if !is_emoji(emoji) {
            return Err(ChatError::Malformed);
        }
        let talk = self.talk(id)?;
        let (Stage::Active, Some(session)) = (talk.stage, talk.session) else {
            return Err(ChatError::Over);
        };
        let history = self.histories.get(&id).ok_or(ChatError::MessageUnknown)?;
        let place = history.place(&message).ok_or(ChatError::MessageUnknown)?;
        let body = Body::React {
            id: message,
            emoji: emoji.to_owned(),
            on,
        };
        self.hand(session, &body)?;
        self.reaction(id, &message, emoji, self.me, on);
        Ok(place)
    }

    pub(crate) fn retry(&mut self, id: TalkId, message: [u8; 16]) -> Result<u32, ChatError> {
        let talk = self.talk(id)?;
        let (stage, with) = (talk.stage, talk.with().copied());
        let history = self.histories.get(&id).ok_or(ChatError::MessageUnknown)?;
        let place = history.place(&message).ok_or(ChatError::MessageUnknown)?;
        let entry = history.get(place).ok_or(ChatError::MessageUnknown)?;
        if !matches!(entry.way, Way::Failed(_)) {
            return Err(ChatError::MessageUnknown);
        }
        let Said::Text { text, .. } = entry.said.clone() else {
            return Err(ChatError::MessageUnknown);
        };
        let way = match (stage, with) {
            (Stage::New | Stage::Offered | Stage::Left, Some(with)) => {
                self.introduce(id, with, Some(text))?;
                Way::Carried
            }
            _ => Way::Waiting,
        };
        if let Some(entry) = self.histories.get_mut(&id).and_then(|it| it.edit(place)) {
            entry.way = way;
        }
        self.message_changed(id, place);
        if way == Way::Waiting {
            self.flush(id)?;
        }
        Ok(place)
    }

    pub(crate) fn keep_draft(
        &mut self,
        id: TalkId,
        text: String,
        reply_to: Option<[u8; 16]>,
    ) -> Result<(), ChatError> {
        if text.len() > MAX_DRAFT_LEN {
            return Err(ChatError::TooLong { len: text.len() });
        }
        let talk = self.edit_talk(id).ok_or(ChatError::ConversationUnknown)?;
        (talk.draft, talk.draft_reply) = (text, reply_to);
        self.changes.briefs.insert(id);
        Ok(())
    }

    pub(crate) fn mark_read(&mut self, id: TalkId, place: u32) -> Result<u32, ChatError> {
        let total = self
            .histories
            .get(&id)
            .map_or(0, super::history::History::total);
        let talk = self.edit_talk(id).ok_or(ChatError::ConversationUnknown)?;
        let seen = place.saturating_add(1).min(total);
        if seen > talk.seen {
            talk.seen = seen;
            self.changes.briefs.insert(id);
            self.changes.status = true;
            self.receipts_due.insert(id, self.now.0);
        }
        Ok(self.unread(id))
    }

    pub(crate) fn unread(&self, id: TalkId) -> u32 {
        let (Some(talk), Some(history)) = (self.talks.get(&id.0), self.histories.get(&id)) else {
            return 0;
        };
        let counts = |said: &Said| matches!(said, Said::Text { .. } | Said::Newer);
        let unread = history
            .from(talk.seen)
            .filter(|(_, it)| it.author != self.me && counts(&it.said));
        u32::try_from(unread.count()).unwrap_or(u32::MAX)
    }

    /// Something of somebody else's came.
    pub(crate) fn heard(&mut self, id: TalkId, seq: u64) {
        if let Some(talk) = self.edit_talk(id) {
            talk.heard = Some(talk.heard.map_or(seq, |heard| heard.max(seq)));
        }
    }

    pub(crate) fn receipt_due(&mut self, id: TalkId) {
        let at = self.now.0.saturating_add(RECEIPT_MS);
        self.receipts_due.entry(id).or_insert(at);
    }

    /// Says what came and what was seen, where it is time and the person wants it said.
    pub(crate) fn send_receipts(&mut self) -> Result<(), ChatError> {
        let due = self
            .receipts_due
            .iter()
            .filter(|(_, at)| **at <= self.now.0);
        let due: Vec<_> = due.map(|(id, _)| *id).collect();
        for id in due {
            self.receipts_due.remove(&id);
            self.send_receipt(id)?;
        }
        Ok(())
    }

    /// Receipts are on again: what came before is told by none.
    pub(crate) fn receipts_begin(&mut self) {
        let all: Vec<_> = self.talks.iter().map(|talk| talk.id).collect();
        all.into_iter().for_each(|id| self.receipts_begin_in(id));
    }

    fn receipts_begin_in(&mut self, id: TalkId) {
        let total = self
            .histories
            .get(&id)
            .map_or(0, super::history::History::total);
        if let Some(talk) = self.edit_talk(id) {
            talk.since = total;
        }
    }

    /// A group has more people than tell each other what they have read, or has not any more.
    pub(crate) fn telling_changed(&mut self, id: TalkId) {
        self.receipts_begin_in(id);
        self.writing.remove(&id);
        let history = self.histories.get(&id);
        let own = history.into_iter().flat_map(|it| it.from(0));
        let own = own.filter(|(_, it)| it.author == self.me);
        let places: Vec<_> = own.map(|(place, _)| place).collect();
        for place in places {
            self.message_changed(id, place);
        }
    }

    fn send_receipt(&mut self, id: TalkId) -> Result<(), ChatError> {
        let is_wanted = self.prefs().settings.receipts;
        let (Some(talk), Some(history)) = (self.talks.get(&id.0), self.histories.get(&id)) else {
            return Ok(());
        };
        let is_told = is_wanted && talk.is_telling();
        let (Stage::Active, Some(session), true) = (talk.stage, talk.session, is_told) else {
            return Ok(());
        };
        let of_others = |it: &&super::history::Entry| it.author != self.me;
        let seqs = history
            .from(talk.since)
            .filter(|(place, _)| *place < talk.seen);
        let read = seqs
            .map(|(_, it)| it)
            .filter(of_others)
            .filter_map(|it| it.seq)
            .max();
        let heard = history.from(talk.since).map(|(_, it)| it).filter(of_others);
        let told = (heard.filter_map(|it| it.seq).max(), read);
        let Some(delivered) = told.0 else {
            return Ok(());
        };
        if talk.with().is_some_and(|with| !self.is_accepted(with)) {
            return Ok(());
        }
        if told == talk.told {
            return Ok(());
        }
        // A session that takes nothing now is told with the next one.
        match self.hand(session, &Body::Receipt { delivered, read }) {
            Err(ChatError::Session(_)) => return Ok(()),
            other => other?,
        };
        if let Some(talk) = self.edit_talk(id) {
            talk.told = told;
        }
        Ok(())
    }

    /// Somebody says how far they are. Back it never goes.
    pub(crate) fn receipt(
        &mut self,
        id: TalkId,
        who: IdentityKey,
        delivered: u64,
        read: Option<u64>,
    ) {
        if who == self.me || !self.prefs().settings.receipts {
            return;
        }
        let counts = |talk: &Talk| talk.members.contains(&who) && talk.is_telling();
        if !self.talks.get(&id.0).is_some_and(counts) {
            return;
        }
        let Some(talk) = self.talks.edit(&id.0) else {
            return;
        };
        let before = talk.marks.get(&who).copied().unwrap_or_default();
        let mark = Mark {
            delivered: before.delivered.max(Some(delivered)),
            read: before.read.max(read),
        };
        talk.marks.insert(who, mark);
        let reached = |seq: u64| {
            let of = |was: Option<u64>, is: Option<u64>| is >= Some(seq) && was < Some(seq);
            of(before.delivered, mark.delivered) || of(before.read, mark.read)
        };
        let Some(history) = self.histories.get(&id) else {
            return;
        };
        let own = history.backwards().filter(|(_, it)| it.author == self.me);
        let places: Vec<_> = own
            .filter(|(_, it)| it.seq.is_some_and(reached))
            .map(|(place, _)| place)
            .collect();
        for place in places {
            self.message_changed(id, place);
        }
    }

    /// Forgets a conversation and all that was said in it.
    pub(crate) fn forget_talk(&mut self, id: TalkId) {
        if let Some(given) = self.talks.get(&id.0).and_then(|it| it.given) {
            self.leave_token(given);
        }
        if let Some(history) = self.histories.remove(&id) {
            self.delete_pages(id, 0..history.pages());
        }
        if let Some(talk) = self.talks.remove(&id.0)
            && let Some(session) = talk.session
        {
            self.by_session.remove(&session);
        }
        self.sending.retain(|_, (talk, _)| *talk != id);
        self.receipts_due.remove(&id);
        self.looked_at(id);
        self.writing.remove(&id);
        self.notes.forget(id);
        self.changes.gone.push(id);
        self.changes.requests = true;
        self.changes.status = true;
    }
}

fn check_text(text: &str) -> Result<(), ChatError> {
    if text.len() > MAX_TEXT_LEN {
        return Err(ChatError::TooLong { len: text.len() });
    }
    if is_text(text) {
        Ok(())
    } else {
        Err(ChatError::Malformed)
    }
}
