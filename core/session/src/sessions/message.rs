//! What a member says.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;
use sotto_core::identity::IdentityKey;
use sotto_protocol::TimestampMs;

use super::error::{Alarm, SessionError, StopReason};
use super::record::{Conversation, Purpose};
use super::{Event, Sessions};
use crate::format::{Invite, Message, MessageKind, Rejoin, Verdict, Witness};
use crate::policy::Who;

impl Sessions {
    pub(super) fn message(
        &mut self,
        conversation: &mut Conversation,
        from: Who,
        bytes: &[u8],
        (seq, at): (u64, TimestampMs),
    ) -> Result<(), SessionError> {
        let Ok(message) = Message::decode(bytes) else {
            self.alarm(conversation.id, Alarm::Message);
            return Ok(());
        };
        // What was read can only lie before what was then said.
        let is_past = message.claim.seq < seq;
        if !is_past || conversation.chain.compare(&message.claim) == Verdict::Forked {
            return self.disagrees(conversation, from.identity);
        }
        match message.kind {
            MessageKind::Content => self.event(Event::Message {
                conversation: conversation.id,
                from,
                id: message.id,
                seq,
                at,
                body: message.body,
            }),
            MessageKind::Leave => self.leaves(conversation, from)?,
            MessageKind::Newer(_) => self.event(Event::Newer {
                conversation: conversation.id,
                from,
            }),
            MessageKind::KeyPackages
            | MessageKind::Invite
            | MessageKind::Witness
            | MessageKind::Rejoin => self.between_two(conversation, from, &message)?,
        }
        Ok(())
    }

    /// What is said between two people alone.
    fn between_two(
        &mut self,
        conversation: &Conversation,
        from: Who,
        message: &Message,
    ) -> Result<(), SessionError> {
        let is_pair = matches!(conversation.purpose, Purpose::Pair(_));
        let understood =
            is_pair && from != self.me() && self.understand(conversation, from, message)?;
        if !understood {
            self.alarm(conversation.id, Alarm::Message);
        }
        Ok(())
    }

    fn understand(
        &mut self,
        pair: &Conversation,
        from: Who,
        message: &Message,
    ) -> Result<bool, SessionError> {
        let body = &message.body;
        match message.kind {
            MessageKind::KeyPackages => return self.packages(from, body),
            MessageKind::Invite => match Invite::decode(body) {
                // The conversation in which it is said, and its stream, are no group's.
                Ok(invite) if invite.conversation != pair.id && !pair.link.is_of(&invite.link) => {
                    self.invited(from, invite)?;
                }
                Ok(_) | Err(_) => return Ok(false),
            },
            MessageKind::Witness => match Witness::decode(body) {
                Ok(witness) => self.compare_epoch(from, &witness)?,
                Err(_) => return Ok(false),
            },
            MessageKind::Rejoin => match Rejoin::decode(body) {
                Ok(rejoin) => self.readd(from, rejoin)?,
                Err(_) => return Ok(false),
            },
            MessageKind::Content | MessageKind::Leave | MessageKind::Newer(_) => return Ok(false),
        }
        Ok(true)
    }

    /// Somebody saw other blobs or another epoch than we did: the relay shows two views, or they say
    /// what is not so. One person alone ends no group: a second one must say it, unless there is none.
    pub(super) fn disagrees(
        &mut self,
        conversation: &mut Conversation,
        who: IdentityKey,
    ) -> Result<(), SessionError> {
        let doubter = ByteBuf::from(*who.as_bytes());
        if !conversation.doubters.contains(&doubter) {
            conversation.doubters.push(doubter);
        }
        let others: BTreeSet<_> = self
            .roster(conversation.id)?
            .into_iter()
            .map(|entry| entry.who.identity)
            .filter(|it| *it != self.me.identity)
            .collect();
        let doubts = |it: &&IdentityKey| {
            let doubters = &conversation.doubters;
            doubters.iter().any(|known| **known == *it.as_bytes())
        };
        if others.iter().filter(doubts).count() >= others.len().min(2) {
            return self.stop(conversation, StopReason::Forked);
        }
        self.event(Event::Disagrees {
            conversation: conversation.id,
            with: who,
        });
        Ok(())
    }
}
