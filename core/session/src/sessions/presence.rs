//! "Here": a note of a member of two that stands at the relay for a while.
//!
//! It is sealed like a whisper, with nothing in it but the time. Its tag is
//! MLS-Exporter("sotto/v1/presence-tag", u32 leaf, 16): the same as long as the epoch, so that a
//! program that starts again renews its own note, and another in every stream.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Secret, StreamId, Tag, Verb};

use super::Sessions;
use super::beside::{Aside, Form};
use super::error::SessionError;
use super::record::Purpose;
use crate::format::ConversationId;

const PRESENCE: Form = Form {
    number: 6,
    label: "sotto/v1/presence",
};
const TAG_LABEL: &str = "sotto/v1/presence-tag";

/// A note of ours, as its relay is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The relay's origin.
    pub relay: String,
    /// Sets or renews it.
    pub publish: Verb,
    /// Takes it back; the same for every note of one tag.
    pub take_back: Verb,
}

impl Sessions {
    /// A note that we are here, for so many seconds. Nothing is kept of it.
    ///
    /// # Errors
    /// [`SessionError::Inactive`] in a group, and where the stream was not read up to now.
    pub fn present(
        &mut self,
        id: ConversationId,
        ttl_s: u16,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Note, SessionError> {
        let is_ready = self.live.get(&id).is_some_and(|live| live.ready);
        if !is_ready || !self.is_of_two(id) {
            return Err(SessionError::Inactive);
        }
        let sealed = self.seal_aside(PRESENCE, id, &[], now, rng)?;
        let own = self.with_group(id, |_, group| Some(group.own_leaf_index().u32()));
        let tag = own.and_then(|leaf| self.tag(id, leaf));
        let tag = tag.ok_or(SessionError::Inactive)?;
        let verb = |ttl_s, note| Verb::Presence {
            stream: StreamId(sealed.link.stream),
            write: Secret(sealed.link.write),
            tag,
            ttl_s,
            note,
        };
        Ok(Note {
            relay: sealed.link.relay.clone(),
            publish: verb(ttl_s, sealed.blob.clone()),
            take_back: verb(0, Vec::new()),
        })
    }

    /// Opens a note that stands in a stream; nothing for one that nobody else of the group has set
    /// just now, or that stands under another tag than its author's.
    pub fn open_note(
        &mut self,
        relay: &str,
        stream: [u8; 16],
        (tag, note): (Tag, &[u8]),
        now: TimestampMs,
    ) -> Option<Aside> {
        let (leaf, said) = self.open_aside(PRESENCE, (relay, &stream), note, now)?;
        let id = said.conversation;
        let is_one = self.is_of_two(id) && said.body.is_empty() && self.tag(id, leaf) == Some(tag);
        is_one.then_some(said)
    }

    fn is_of_two(&self, id: ConversationId) -> bool {
        let conversation = self.conversations.get(&id);
        conversation.is_some_and(|it| matches!(it.purpose, Purpose::Pair(_)))
    }

    fn tag(&mut self, id: ConversationId, leaf: u32) -> Option<Tag> {
        self.with_group(id, |sessions, group| {
            let tag = sessions.member_secret::<16>(group, TAG_LABEL, leaf);
            tag.ok().map(|tag| Tag(*tag))
        })
    }
}
