//! What leaves: never before everything that stands in the stream was read.

use openmls::prelude::MlsGroup;

use super::error::SessionError;
use super::record::{Conversation, Expect, InFlight, Phase, Queued};
use super::{Live, Sessions};
use crate::format::{Blob, Message, MessageKind};

/// Messages under way.
const WINDOW: usize = 32;

impl Sessions {
    /// Sends what can be sent: blobs under way that this connection was not given, a commit that
    /// is intended, messages that wait.
    pub(super) fn pump(&mut self, conversation: &mut Conversation) -> Result<(), SessionError> {
        if !self.is_ready(conversation) {
            return Ok(());
        }
        if conversation.phase == Phase::Active {
            self.commit_next(conversation)?;
            self.encrypt_next(conversation)?;
        }
        self.give_relay(conversation);
        Ok(())
    }

    fn is_ready(&mut self, conversation: &Conversation) -> bool {
        let Some(live) = self.live.get_mut(&conversation.id) else {
            return false;
        };
        let read = live
            .target
            .is_some_and(|target| conversation.chain.seq() >= target);
        live.ready |= read;
        live.ready && !conversation.is_stopped()
    }

    /// Messages are encrypted only now: with the keys of the present epoch and the present chain.
    fn encrypt_next(&mut self, conversation: &mut Conversation) -> Result<(), SessionError> {
        let first = conversation
            .in_flight
            .iter()
            .any(|flight| flight.expect == Expect::Empty);
        if conversation.queued.is_empty() || first {
            // Nothing goes before our Welcome.
            return Ok(());
        }
        let mut group = self.take_group(conversation.id)?;
        while conversation.in_flight.len() < WINDOW && conversation.may_seal() {
            let Some(queued) = conversation.queued.pop_front() else {
                break;
            };
            self.encrypt(conversation, &mut group, queued)?;
        }
        self.put_group(conversation.id, group);
        Ok(())
    }

    fn encrypt(
        &mut self,
        conversation: &mut Conversation,
        group: &mut MlsGroup,
        queued: Queued,
    ) -> Result<(), SessionError> {
        let message = Message {
            claim: conversation.chain.claim(),
            id: queued.id,
            kind: MessageKind::of(queued.kind),
            body: queued.body.clone(),
        };
        let signer = self.own_signer(group)?;
        let sealed = group
            .create_message(&self.provider, &signer, &message.encode())
            .map_err(|_| SessionError::Mls)?;
        let sealed = sealed.to_bytes().map_err(|_| SessionError::Mls)?;
        if let Some(sender) = super::receive::sender_hash(&sealed) {
            conversation.remember(sender);
        }
        let blob = Blob::Mls(sealed).encode();
        let hash = super::receive::short_hash(&blob);
        conversation.remember(hash);
        conversation.count_sealed();
        conversation.in_flight.push(InFlight {
            hash,
            blob,
            message: Some(queued),
            expect: Expect::Any,
            epoch: group.epoch().as_u64(),
        });
        Ok(())
    }

    pub(super) fn own_signer(
        &self,
        group: &MlsGroup,
    ) -> Result<super::leaves::LeafSigner, SessionError> {
        let leaf = group.own_leaf_node().ok_or(SessionError::Inactive)?;
        self.signer(leaf.signature_key().as_slice())
    }

    fn give_relay(&mut self, conversation: &Conversation) {
        let next = conversation
            .commit
            .as_ref()
            .and_then(|commit| commit.blobs.front());
        for flight in &conversation.in_flight {
            // Of a commit in parts, the last is given when the others stand in the stream.
            let is_due =
                flight.expect != Expect::Last || next.is_some_and(|it| **it == flight.blob);
            let is_abandoned = flight.blob.is_empty();
            if is_due && !is_abandoned && self.may_give(conversation, flight) {
                self.append(
                    conversation,
                    flight.blob.clone(),
                    flight.hash,
                    flight.expect,
                );
            }
        }
    }

    fn may_give(&mut self, conversation: &Conversation, flight: &InFlight) -> bool {
        let Some(live) = self.live.get_mut(&conversation.id) else {
            return false;
        };
        !live.held && is_unblocked(live, conversation, flight) && live.sent.insert(flight.hash)
    }
}

/// A commit that met a conflict waits until what came before it was read.
fn is_unblocked(live: &Live, conversation: &Conversation, flight: &InFlight) -> bool {
    flight.expect != Expect::Last || live.blocked != Some(conversation.chain.seq())
}
