//! What a member says.

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
            return self.stop(conversation, StopReason::Forked);
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
        let understood = is_pair && from != self.me() && self.understand(from, message)?;
        if !understood {
            self.alarm(conversation.id, Alarm::Message);
        }
        Ok(())
    }

    fn understand(&mut self, from: Who, message: &Message) -> Result<bool, SessionError> {
        let body = &message.body;
        match message.kind {
            MessageKind::KeyPackages => return self.packages(from, body),
            MessageKind::Invite => match Invite::decode(body) {
                Ok(invite) => self.invited(from, invite)?,
                Err(_) => return Ok(false),
            },
            MessageKind::Witness => match Witness::decode(body) {
                Ok(witness) => self.compare_epoch(from, &witness)?,
                Err(_) => return Ok(false),
            },
            MessageKind::Rejoin => match Rejoin::decode(body) {
                Ok(rejoin) => self.readd(from, rejoin.conversation, rejoin.key_package)?,
                Err(_) => return Ok(false),
            },
            MessageKind::Content | MessageKind::Leave | MessageKind::Newer(_) => return Ok(false),
        }
        Ok(true)
    }
}
