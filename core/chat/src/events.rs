//! What the sessions say, as it changes the conversations.

use sotto_core::custody::Bytes;
use sotto_core::identity::IdentityKey;
use sotto_core::identity::card::is_name;
use sotto_protocol::live::AlarmKind;
use sotto_protocol::live::talk::Ended;
use sotto_session::format::ConversationId;
use sotto_session::{Alarm, Event};

use crate::body::Body;
use crate::error::ChatError;
use crate::happened::{Happened, What};
use crate::history::{Entry, History, Said, Way};
use crate::live::Live;
use crate::talk::{self, Stage, Talk, TalkId};
use crate::tokens::Token;

/// What a relay would not take is given again after this time, which doubles each time.
const RETRY_MS: u64 = 400;
/// The longest time; a relay that owes blobs is not found out later either.
const MAX_RETRY_MS: u64 = 60_000;

impl Live {
    pub(crate) fn event(&mut self, event: Event) -> Result<(), ChatError> {
        if let Event::Queued { id, .. } = &event {
            self.queued = Some(*id);
        }
        if matches!(event, Event::Delivered { .. }) {
            self.retries = 0;
        }
        if matches!(event, Event::Invited { .. }) {
            self.changes.requests = true;
        }
        if let Event::Alarm {
            what: Alarm::Refused(_),
            ..
        } = event
        {
            self.retry_later();
        }
        let Some(mut happened) = Happened::of(event) else {
            return Ok(());
        };
        if let What::Changed { name, .. } = &mut happened.what {
            let roles = self.sessions.roles(happened.session).ok();
            *name = roles.map(|roles| shown_name(roles.name));
        }
        if self.is_veiled() {
            self.set_aside(happened);
            return Ok(());
        }
        self.happened(happened)
    }

    pub(crate) fn happened(
        &mut self,
        Happened { session, what }: Happened,
    ) -> Result<(), ChatError> {
        match what {
            What::Joined { with } => self.joined(session, with)?,
            What::Message {
                from,
                seq,
                at,
                body,
            } => {
                if let Some(talk) = self.of_session(session) {
                    self.said(talk, from, (seq, at), &body);
                }
            }
            What::Delivered { id, seq } => self.stands(&id, seq),
            What::Changed {
                by,
                added,
                removed,
                name,
            } => self.group_changed(session, by, (&added, &removed), name),
            What::Leaving { who } => self.leaves(session, who),
            What::Refused { by } => self.notice(session, AlarmKind::RefusedChange, Some(by)),
            What::Agreed { with } => {
                if let Some(talk) = self.of_session(session) {
                    self.agreed.entry(talk).or_default().insert(with);
                }
            }
            What::Disagrees { with } => {
                self.notice(session, AlarmKind::OtherEpoch, Some(with));
            }
            What::Ahead => self.notice(session, AlarmKind::OtherEpoch, None),
            What::Caught(kind) => self.notice(session, kind, None),
            What::Newer { from } => {
                if let Some(talk) = self.of_session(session)
                    && !self.is_blocked(&from)
                {
                    let id = self.random();
                    let entry = self.entry(id, from, Said::Newer);
                    self.push(talk, entry);
                }
            }
            What::Stopped(ended) => self.stopped(session, ended),
        }
        Ok(())
    }

    /// A relay would not take something: one wait for all that it refuses meanwhile.
    fn retry_later(&mut self) {
        if self.retry_at.is_some() {
            return;
        }
        let factor = 1_u64.checked_shl(self.retries).unwrap_or(u64::MAX);
        let wait = RETRY_MS.saturating_mul(factor).min(MAX_RETRY_MS);
        self.retries = self.retries.saturating_add(1);
        self.retry_at = Some(self.now.0.saturating_add(wait));
    }

    pub(crate) fn of_session(&self, session: ConversationId) -> Option<TalkId> {
        self.by_session.get(&session).copied()
    }

    fn joined(
        &mut self,
        session: ConversationId,
        with: Option<IdentityKey>,
    ) -> Result<(), ChatError> {
        let (id, what) = match with {
            Some(with) => (TalkId::of(&with), talk::What::Pair(with)),
            None => {
                let name = self.sessions.roles(session).ok().and_then(|it| it.name);
                let name = shown_name(name);
                (TalkId::of_group(session), talk::What::Group { name })
            }
        };
        let talk = self.talks.get(&id.0).cloned();
        // No group takes a person's place, nor the other way round.
        if talk.as_ref().is_some_and(|it| it.with() != with.as_ref()) {
            return Ok(());
        }
        let is_anew = talk
            .as_ref()
            .is_some_and(|it| it.session.is_some_and(|old| old != session));
        let mut talk = talk.unwrap_or_else(|| Talk::new(id, what, self.now.0));
        talk.session = Some(session);
        talk.stage = Stage::Active;
        talk.at = self.now.0;
        talk.since = self.histories.get(&id).map_or(0, History::total);
        if is_anew {
            (talk.heard, talk.told) = (None, (None, None));
            talk.marks.clear();
        }
        self.talks.put(talk);
        self.by_session.insert(session, id);
        self.refresh_members(id);
        let said = if is_anew {
            Said::NewDevice
        } else {
            Said::Began
        };
        let author = with.unwrap_or(self.me);
        let note = self.random();
        let entry = self.entry(note, author, said);
        self.push(id, entry);
        self.take_first_words(id, session);
        // What crossed it would be late, and is not to be answered.
        self.outgoing.retain(|it| Some(it.to) != with);
        self.tell_token_again(id);
        self.carried_arrived(id, session);
        self.shape_changed(id);
        if with.is_none()
            && let Some(people) = self.creating.take()
        {
            self.awaited = Some(id);
            self.add_all(session, people)?;
        }
        self.flush(id)
    }

    /// The members as MLS has them.
    pub(crate) fn refresh_members(&mut self, id: TalkId) {
        let session = self.talks.get(&id.0).and_then(|talk| talk.session);
        let roster = session.and_then(|session| self.sessions.roster(session).ok());
        let Some(roster) = roster else { return };
        let mut members: Vec<_> = roster.iter().map(|entry| entry.who.identity).collect();
        members.sort_unstable();
        members.dedup();
        let Some(talk) = self.edit_talk(id) else {
            return;
        };
        let was_telling = talk.is_telling();
        talk.members = members;
        if talk.is_telling() != was_telling {
            self.telling_changed(id);
        }
    }

    /// Somebody says something. What is no message of theirs is left out.
    fn said(&mut self, talk: TalkId, from: IdentityKey, (seq, at): (u64, u64), body: &[u8]) {
        // A relay's clock says nothing of the time to come.
        let at = at.min(self.now.0);
        let is_own = from == self.me;
        if self.is_blocked(&from) {
            return;
        }
        if !is_own {
            self.heard(talk, seq);
        }
        match Body::decode(body) {
            Ok(Body::Text { id, text, reply_to }) => {
                let is_known = self.histories.get(&talk).and_then(|it| it.place(&id));
                if is_known.is_some() {
                    return;
                }
                let said = Said::Text {
                    text,
                    edited: false,
                };
                let mut entry = self.entry(id, from, said);
                (entry.seq, entry.at, entry.reply_to) = (Some(seq), at, reply_to);
                entry.way = if is_own { Way::Sent } else { Way::None };
                self.push(talk, entry);
                if !is_own {
                    self.wrote(talk, &from);
                    self.receipt_due(talk);
                }
            }
            Ok(Body::Edit { id, text }) => {
                self.change_of(talk, from, &id, |said| {
                    *said = Said::Text { text, edited: true };
                });
            }
            Ok(Body::Delete { id }) => {
                self.change_of(talk, from, &id, |said| *said = Said::Deleted);
            }
            Ok(Body::React { id, emoji, on }) => {
                self.reaction(talk, &id, &emoji, from, on);
            }
            Ok(Body::Receipt { delivered, read }) => self.receipt(talk, from, delivered, read),
            Ok(Body::Mailbox { stream, token }) if self.is_with(talk, &from) => {
                let secret = Bytes(token);
                self.token_came(talk, Token { stream, secret });
            }
            Ok(Body::Mailbox { .. }) => {}
            Err(error) if error.is_newer() => {
                let id = self.random();
                let mut entry = self.entry(id, from, Said::Newer);
                (entry.seq, entry.at) = (Some(seq), at);
                self.push(talk, entry);
            }
            Err(_) => self.alarmed(talk, AlarmKind::Misbehaved, Some(from)),
        }
    }

    /// Whether a conversation is one of two with somebody.
    fn is_with(&self, talk: TalkId, who: &IdentityKey) -> bool {
        let talk = self.talks.get(&talk.0);
        talk.and_then(Talk::with) == Some(who)
    }

    /// An author changes a message of theirs.
    fn change_of(
        &mut self,
        talk: TalkId,
        author: IdentityKey,
        id: &[u8; 16],
        change: impl FnOnce(&mut Said),
    ) {
        let Some(history) = self.histories.get_mut(&talk) else {
            return;
        };
        let Some(place) = history.place(id) else {
            return;
        };
        let is_theirs = |it: &Entry| it.author == author && matches!(it.said, Said::Text { .. });
        if history.get(place).is_some_and(is_theirs)
            && let Some(entry) = history.edit(place)
        {
            change(&mut entry.said);
            if entry.said == Said::Deleted {
                entry.reactions.clear();
                entry.reply_to = None;
            }
            self.message_changed(talk, place);
        }
    }

    pub(crate) fn reaction(
        &mut self,
        talk: TalkId,
        id: &[u8; 16],
        emoji: &str,
        who: IdentityKey,
        on: bool,
    ) {
        let Some(history) = self.histories.get_mut(&talk) else {
            return;
        };
        let Some(place) = history.place(id) else {
            return;
        };
        let is_text = |it: &Entry| matches!(it.said, Said::Text { .. });
        if history.get(place).is_some_and(is_text)
            && let Some(entry) = history.edit(place)
            && entry.react(emoji, who, on)
        {
            self.message_changed(talk, place);
        }
    }

    /// A message of ours stands in the stream.
    fn stands(&mut self, id: &[u8; 16], seq: u64) {
        let Some((talk, message)) = self.sending.remove(id) else {
            return;
        };
        let Some(history) = self.histories.get_mut(&talk) else {
            return;
        };
        let Some(place) = history.place(&message) else {
            return;
        };
        if let Some(entry) = history.edit(place) {
            (entry.way, entry.seq) = (Way::Sent, Some(seq));
        }
        self.message_changed(talk, place);
    }

    fn group_changed(
        &mut self,
        session: ConversationId,
        by: IdentityKey,
        (added, gone): (&[IdentityKey], &[IdentityKey]),
        name: Option<String>,
    ) {
        let Some(id) = self.of_session(session) else {
            return;
        };
        let before = self.talks.get(&id.0).map(|it| it.members.clone());
        let before = before.unwrap_or_default();
        self.refresh_members(id);
        self.agreed.remove(&id);
        let now = self.talks.get(&id.0).map(|it| it.members.clone());
        let now = now.unwrap_or_default();
        // Who is in it with another leaf than before was taken out, too: that is not passed over.
        let came = added
            .iter()
            .filter(|who| !before.contains(who) || gone.contains(who));
        let came: Vec<_> = came.copied().collect();
        let left = gone.iter().filter(|who| !now.contains(who));
        let leaving = self.leaving.entry(id).or_default();
        // Who said that they leave is in the record already.
        let removed = left.filter(|who| !leaving.remove(who));
        let removed: Vec<_> = removed.copied().collect();
        if !came.is_empty() {
            self.note(id, by, Said::Added(came.clone()));
        }
        if !removed.is_empty() {
            self.note(id, by, Said::Removed(removed));
        }
        let is_quiet = added.is_empty() && gone.is_empty();
        if let Some(name) = name {
            self.renamed(id, name, by, is_quiet);
        }
        self.shape_changed(id);
    }

    fn renamed(&mut self, id: TalkId, new: String, by: IdentityKey, is_quiet: bool) {
        let Some(talk) = self.edit_talk(id) else {
            return;
        };
        match &mut talk.what {
            talk::What::Group { name } if *name != new => {
                name.clone_from(&new);
                self.note(id, by, Said::Renamed(new));
            }
            // Nobody came or went: rights or admins are others, unless keys were renewed.
            talk::What::Group { .. } if is_quiet => {
                self.note(id, by, Said::RightsChanged);
            }
            talk::What::Group { .. } | talk::What::Pair(_) => {}
        }
    }

    fn leaves(&mut self, session: ConversationId, who: IdentityKey) {
        let Some(id) = self.of_session(session) else {
            return;
        };
        let is_first = self.leaving.entry(id).or_default().insert(who);
        // Of somebody who is blocked it ends what it ends, and says nothing.
        if is_first && !self.is_blocked(&who) {
            self.note(id, who, Said::Left);
        }
        let is_pair = self.talks.get(&id.0).is_some_and(|it| it.with().is_some());
        if is_pair {
            self.set_stage(id, Stage::Ended(Ended::Left));
        }
        self.shape_changed(id);
    }

    fn stopped(&mut self, session: ConversationId, ended: Ended) {
        let Some(id) = self.of_session(session) else {
            return;
        };
        self.by_session.remove(&session);
        let is_current = self
            .talks
            .get(&id.0)
            .is_some_and(|it| it.session == Some(session));
        if !is_current {
            return;
        }
        if ended == Ended::Forked {
            self.alarmed(id, AlarmKind::Forked, None);
        }
        self.set_stage(id, Stage::Ended(ended));
        self.shape_changed(id);
    }

    fn notice(&mut self, session: ConversationId, kind: AlarmKind, who: Option<IdentityKey>) {
        if let Some(id) = self.of_session(session) {
            self.alarmed(id, kind, who);
        }
    }

    fn alarmed(&mut self, id: TalkId, kind: AlarmKind, who: Option<IdentityKey>) {
        let name = who.map(|who| self.people.name(&who)).unwrap_or_default();
        let now = self.now.0;
        if let Some(talk) = self.edit_talk(id) {
            talk.note_alarm(kind, name, now);
        }
        self.shape_changed(id);
    }

    /// A line of what happened.
    pub(crate) fn note(&mut self, id: TalkId, who: IdentityKey, said: Said) {
        let note = self.random();
        let entry = self.entry(note, who, said);
        self.push(id, entry);
    }

    pub(crate) const fn entry(&self, id: [u8; 16], author: IdentityKey, said: Said) -> Entry {
        Entry {
            id,
            author,
            at: self.now.0,
            seq: None,
            said,
            reply_to: None,
            reactions: Vec::new(),
            way: Way::None,
        }
    }

    pub(crate) fn push(&mut self, id: TalkId, entry: Entry) -> u32 {
        let at = entry.at;
        let place = self.histories.entry(id).or_default().push(entry);
        if let Some(talk) = self.edit_talk(id) {
            talk.at = talk.at.max(at);
        }
        self.message_changed(id, place);
        place
    }
}

/// A name that somebody else gave a group: one that could pass for another is none.
fn shown_name(name: Option<String>) -> String {
    name.filter(|name| is_name(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::shown_name;

    #[test]
    fn a_group_has_no_name_that_reads_as_another() {
        let shown = |name: &str| shown_name(Some(name.to_owned()));
        assert_eq!(shown("Choir"), "Choir");
        let refused = [
            "",
            "Choir\u{202e}riohC",
            "two\nlines",
            "nul\0",
            &"x".repeat(200),
        ];
        assert!(refused.iter().all(|name| shown(name).is_empty()));
        assert!(shown_name(None).is_empty());
    }
}
