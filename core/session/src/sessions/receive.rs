//! What a stream shows, blob by blob.

use openmls::prelude::{
    Credential, LeafNodeIndex, ProcessedMessage, ProcessedMessageContent, ProtocolMessage, Sender,
    StagedCommit,
};
use openmls::prelude::{MlsGroup, MlsMessageBodyIn, MlsMessageIn, PrivateMessageIn};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};
use sotto_core::identity::IdentityKey;
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::Entry;
use tls_codec::DeserializeBytes;

use super::error::{Alarm, SessionError, StopReason};
use super::join::HELD;
use super::record::{Asked, Conversation, InFlight, Intent, Phase, Purpose};
use super::{Command, Event, Sessions};
use crate::format::{Blob, ConversationId, MAX_WHOLE_LEN, MessageKind, Refusal};
use crate::mls::PAST_EPOCHS;
use crate::policy::{self, Who};

/// Nobody is asked again to add us anew before. That others are further needs no keys to be said.
const ASK_MS: u64 = 60_000;

/// The beginning of a blob's SHA-256.
pub(super) fn short_hash(blob: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(blob).into();
    let mut short = [0; 16];
    short
        .iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    short
}

impl Sessions {
    /// A blob comes. Whatever it is, the chain goes on: what is wrong with it is said, not raised.
    pub(super) fn blob(
        &mut self,
        relay: &str,
        stream: [u8; 16],
        entry: &Entry,
    ) -> Result<(), SessionError> {
        let mut open = self.conversations.values().filter(|it| !it.is_stopped());
        let found = open.find(|it| it.link.is(relay, &stream));
        let Some(id) = found.map(|it| it.id) else {
            return Ok(());
        };
        match self.shown(id, entry) {
            // What we could not do with it is no reason to forget that it stands there.
            Err(error) if error.is_of_blob() => {
                self.undo()?;
                let mut conversation = self.take(id)?;
                let hash = short_hash(&entry.blob);
                conversation.in_flight.retain(|own| own.hash != hash);
                if conversation.chain.push(entry.seq, &entry.blob) {
                    self.alarm(id, Alarm::Malformed);
                }
                self.keep(conversation)
            }
            other => other,
        }
    }

    fn shown(&mut self, id: ConversationId, entry: &Entry) -> Result<(), SessionError> {
        let mut conversation = self.take(id)?;
        if conversation.chain.push(entry.seq, &entry.blob) {
            self.seen(&mut conversation, entry)?;
            if !conversation.is_stopped() {
                self.pump(&mut conversation)?;
            }
        } else {
            self.alarm(id, Alarm::Sequence);
        }
        self.keep(conversation)
    }

    fn seen(&mut self, conversation: &mut Conversation, entry: &Entry) -> Result<(), SessionError> {
        let hash = short_hash(&entry.blob);
        if let Some(place) = conversation
            .in_flight
            .iter()
            .position(|own| own.hash == hash)
        {
            let own = conversation.in_flight.remove(place);
            return self.own_seen(conversation, own, entry);
        }
        if conversation.knows(&hash) {
            self.alarm(conversation.id, Alarm::Replayed);
            return Ok(());
        }
        match Blob::decode(&entry.blob) {
            Ok(blob) => self.whole(conversation, blob, entry),
            Err(_) => {
                self.alarm(conversation.id, Alarm::Malformed);
                Ok(())
            }
        }
    }

    fn whole(
        &mut self,
        conversation: &mut Conversation,
        blob: Blob,
        entry: &Entry,
    ) -> Result<(), SessionError> {
        match blob {
            Blob::Mls(bytes) => {
                // The relay's clock: nothing has come in the future.
                let at = TimestampMs(entry.at_ms).min(self.now);
                self.mls(conversation, &bytes, entry.seq, at)
            }
            Blob::Welcome(bytes) => self.welcome(conversation, &bytes),
            Blob::Part(part) => match self.assemble(conversation, part) {
                Some(whole) => self.whole(conversation, whole, entry),
                None => Ok(()),
            },
            // Letters lie in mailboxes.
            Blob::Letter(_) => {
                self.alarm(conversation.id, Alarm::Malformed);
                Ok(())
            }
        }
    }

    /// A blob of ours stands in the stream.
    fn own_seen(
        &mut self,
        conversation: &mut Conversation,
        own: InFlight,
        entry: &Entry,
    ) -> Result<(), SessionError> {
        if self.commit_seen(conversation, &entry.blob)? {
            return Ok(());
        }
        let Some(message) = own.message else {
            return Ok(());
        };
        let mut group = self.take_group(conversation.id)?;
        let epoch = group.epoch().as_u64();
        if is_stale(own.epoch, epoch) {
            // Nobody opens it any more: it is sent again, under the same id.
            conversation.queued.push_front(message);
        } else if message.kind == MessageKind::Leave.number() {
            group.delete(self.provider.rows())?;
            return self.stop(conversation, StopReason::Left);
        } else if message.kind == MessageKind::Content.number() {
            self.event(Event::Delivered {
                conversation: conversation.id,
                id: message.id,
                seq: entry.seq,
            });
        }
        self.put_group(conversation.id, group);
        Ok(())
    }

    /// A message of MLS that is not ours.
    pub(super) fn mls(
        &mut self,
        conversation: &mut Conversation,
        bytes: &[u8],
        seq: u64,
        at: TimestampMs,
    ) -> Result<(), SessionError> {
        match &mut conversation.phase {
            Phase::Active => {}
            Phase::Invited { held, .. } => {
                let bytes_held: usize = held.iter().map(|(_, it)| it.len()).sum();
                let len = bytes_held.saturating_add(bytes.len());
                if held.len() < HELD && len <= MAX_WHOLE_LEN {
                    held.push((seq, ByteBuf::from(bytes)));
                } else {
                    self.alarm(conversation.id, Alarm::Flood);
                }
                return Ok(());
            }
            Phase::Offered { .. } | Phase::Stopped(_) => {
                self.alarm(conversation.id, Alarm::Forged);
                return Ok(());
            }
        }
        let mut group = self.take_group(conversation.id)?;
        let processed = self.open(conversation, &mut group, bytes)?;
        let Some(processed) = processed else {
            self.put_group(conversation.id, group);
            return Ok(());
        };
        let is_known = || sender_hash(bytes).is_some_and(|hash| conversation.knows(&hash));
        if is_own(&processed) && (processed.epoch() != group.epoch() || is_known()) {
            // The head of a message of ours before something else, or one that whoever was a member in
            // another epoch could make: nothing of it is authenticated.
            self.put_group(conversation.id, group);
            self.alarm(conversation.id, Alarm::Forged);
            return Ok(());
        }
        self.opened(conversation, group, processed, (seq, at))
    }

    /// Opens a message if it is one of this group and epoch; otherwise says what it is.
    fn open(
        &mut self,
        conversation: &mut Conversation,
        group: &mut MlsGroup,
        bytes: &[u8],
    ) -> Result<Option<ProcessedMessage>, SessionError> {
        let id = conversation.id;
        let Some(message) = private_message(bytes) else {
            self.alarm(id, Alarm::Forged);
            return Ok(None);
        };
        let message = ProtocolMessage::from(message);
        let (sent, ours) = (message.epoch().as_u64(), group.epoch().as_u64());
        if message.group_id().as_slice() != id.0 {
            self.alarm(id, Alarm::Forged);
            return Ok(None);
        }
        if message.is_handshake_message() && sent < ours {
            // It lost the race: another commit of its epoch came first.
            return Ok(None);
        }
        if sent > ours {
            self.ahead(conversation)?;
            return Ok(None);
        }
        if is_stale(sent, ours) {
            self.alarm(id, Alarm::StaleEpoch);
            return Ok(None);
        }
        let mark = self.provider.rows().mark();
        match group.process_message(&self.provider, message) {
            Ok(processed) => Ok(Some(processed)),
            Err(error) => {
                self.provider.rows().undo_to(mark);
                self.alarm(id, classify(&error));
                Ok(None)
            }
        }
    }

    /// Others are in an epoch that we did not see. Whoever can, asks to be added anew.
    fn ahead(&mut self, conversation: &mut Conversation) -> Result<(), SessionError> {
        self.event(Event::Ahead {
            conversation: conversation.id,
        });
        let is_new = |asked: &Asked| self.now.0.saturating_sub(asked.at) < ASK_MS;
        if conversation.asked.as_ref().is_some_and(is_new) {
            return Ok(());
        }
        let helper = self.helper(conversation);
        self.ask_anew(conversation, helper)
    }

    fn opened(
        &mut self,
        conversation: &mut Conversation,
        mut group: MlsGroup,
        processed: ProcessedMessage,
        (seq, at): (u64, TimestampMs),
    ) -> Result<(), SessionError> {
        let id = conversation.id;
        let Sender::Member(leaf) = *processed.sender() else {
            self.alarm(id, Alarm::Forged);
            self.put_group(id, group);
            return Ok(());
        };
        let credential = processed.credential().clone();
        let from = policy::credential_of(&credential).map_err(SessionError::Refused)?;
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => {
                let is_member = self.is_member(&group, (leaf, from), &credential)?;
                self.put_group(id, group);
                if is_member {
                    return self.message(conversation, from, &message.into_bytes(), (seq, at));
                }
                self.alarm(id, Alarm::Removed);
            }
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                self.foreign_commit(conversation, &mut group, (leaf, from), *staged)?;
                if !conversation.is_stopped() {
                    self.put_group(id, group);
                }
            }
            ProcessedMessageContent::OwnPrivateMessage
            | ProcessedMessageContent::OwnPendingCommit => {
                // Ours, and we do not know it: our state is older than what we have sent.
                self.put_group(id, group);
                let helper = self.helper(conversation);
                self.stop(conversation, StopReason::RolledBack)?;
                self.ask_anew(conversation, helper)?;
            }
            ProcessedMessageContent::ProposalMessage(_)
            | ProcessedMessageContent::ExternalJoinProposalMessage(_) => {
                self.put_group(id, group);
                self.refuse(conversation, from, Refusal::Proposal);
            }
        }
        Ok(())
    }

    /// Whether who said something, maybe in an epoch before this one, is still in the group.
    fn is_member(
        &mut self,
        group: &MlsGroup,
        (leaf, from): (LeafNodeIndex, Who),
        credential: &Credential,
    ) -> Result<bool, SessionError> {
        // As nearly always, in the same place: nobody else's leaf is looked at.
        if group.member(leaf) == Some(credential) {
            return Ok(true);
        }
        let roster = self.leaves_of(group)?;
        Ok(roster.iter().any(|entry| entry.who == from))
    }

    fn refuse(&mut self, conversation: &Conversation, by: Who, why: Refusal) {
        self.event(Event::Refused {
            conversation: conversation.id,
            by,
            why,
        });
    }

    fn foreign_commit(
        &mut self,
        conversation: &mut Conversation,
        group: &mut MlsGroup,
        (leaf, by): (LeafNodeIndex, Who),
        staged: StagedCommit,
    ) -> Result<(), SessionError> {
        let leaving = super::commit::leaving(conversation)?;
        let roster = self.leaves_of(group)?;
        let changes = match policy::check_commit(group, roster, (leaf, &staged), &leaving) {
            Ok(changes) => changes,
            Err(why) => {
                self.refuse(conversation, by, why);
                return Ok(());
            }
        };
        self.lose_race(conversation, group)?;
        let is_removed = staged.self_removed();
        group
            .merge_staged_commit(&self.provider, staged)
            .map_err(|_| SessionError::Mls)?;
        if is_removed {
            self.changed(conversation, by, changes);
            return self.stop(conversation, StopReason::Removed);
        }
        self.epoch_began(conversation, group)?;
        self.changed(conversation, by, changes);
        Ok(())
    }

    /// Somebody goes: whoever stands first among those who stay removes the leaf.
    pub(super) fn leaves(
        &mut self,
        conversation: &mut Conversation,
        who: Who,
    ) -> Result<(), SessionError> {
        let device = who.to_device();
        if !conversation.leaving.contains(&device) {
            conversation.leaving.push(device.clone());
        }
        self.event(Event::Leaving {
            conversation: conversation.id,
            who,
        });
        let group = self.take_group(conversation.id)?;
        let roster = self.leaves_of(&group)?;
        self.put_group(conversation.id, group);
        let leaving = &conversation.leaving;
        let first = roster
            .iter()
            .find(|entry| !leaving.contains(&entry.who.to_device()));
        if first.is_some_and(|entry| entry.who == self.me) {
            conversation.intents.push_back(Intent::Remove(vec![device]));
        }
        Ok(())
    }

    /// Asks a member with whom we have a session to add us anew. In a conversation of two there is
    /// nobody else to ask: it is offered again.
    fn ask_anew(
        &mut self,
        conversation: &mut Conversation,
        helper: Option<IdentityKey>,
    ) -> Result<(), SessionError> {
        let (Purpose::Group, Some(by)) = (&conversation.purpose, helper) else {
            return Ok(());
        };
        let group = conversation.id;
        conversation.asked = Some(self.asked(by));
        match self.command(Command::Rejoin { group, by }) {
            Err(SessionError::NoSession | SessionError::Inactive) => Ok(()),
            other => other,
        }
    }
}

fn is_own(processed: &ProcessedMessage) -> bool {
    matches!(
        processed.content(),
        ProcessedMessageContent::OwnPrivateMessage
    )
}

/// The hash of a PrivateMessage's encrypted sender data (RFC 9420 §6.3): version 2, wire format 2,
/// group id 1 + 16, epoch 8, content type 1, authenticated data 1 (empty), length 1, then 28 bytes.
pub(super) fn sender_hash(message: &[u8]) -> Option<[u8; 16]> {
    message.get(32..60).map(short_hash)
}

const fn is_stale(sent: u64, ours: u64) -> bool {
    sent.saturating_add(PAST_EPOCHS as u64) < ours
}

fn private_message(bytes: &[u8]) -> Option<PrivateMessageIn> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes).ok()?;
    let MlsMessageBodyIn::PrivateMessage(message) = message.extract() else {
        return None;
    };
    Some(message)
}

/// A message that opened before is a replay; what nobody's keys open was made by nobody.
fn classify(error: &openmls::group::ProcessMessageError<crate::mls::StoreError>) -> Alarm {
    use openmls::framing::errors::MessageDecryptionError as Decryption;
    use openmls::group::{ProcessMessageError as Process, ValidationError as Validation};
    let is_spent = matches!(
        error,
        Process::ValidationError(Validation::UnableToDecrypt(Decryption::SecretTreeError(_)))
    );
    if is_spent {
        Alarm::Replayed
    } else {
        Alarm::Forged
    }
}
