//! The conversations of one device.

mod answer;
mod assemble;
mod beside;
mod command;
mod commit;
mod error;
mod join;
mod leaves;
mod links;
mod message;
mod presence;
mod receive;
mod record;
mod send;
mod state;
mod whisper;

use core::fmt;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use beside::Aside;
pub use error::{Alarm, SessionError, StopReason};
use openmls::prelude::MlsGroup;
pub use presence::Note;
use rand_core::CryptoRng;
use sotto_core::custody::{Leaf, Signed};
use sotto_core::identity::IdentityKey;
use sotto_core::vault::{RecordName, Vault};
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Entry, Reply, Secret, Verb};

use self::record::{Conversation, Peer};
use crate::format::{ConversationId, Introduction, Refusal, Roles};
use crate::mls::{Provider, Suite};
use crate::policy::{RosterEntry, Who};

const TABLE: &str = "session";

/// What a person, or a part of the program, wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Offer a conversation: makes a stream at `relay` and yields the letter.
    Introduce {
        /// To whom.
        to: IdentityKey,
        /// Our relay's origin.
        relay: String,
        /// The first words.
        text: Option<String>,
    },
    /// Take an offer back that nobody has answered.
    Withdraw {
        /// Whom it was made to.
        to: IdentityKey,
    },
    /// Answer an introduction whose letter has been opened and whose sender was accepted.
    Answer {
        /// Who sealed the letter.
        from: IdentityKey,
        /// The letter's id.
        letter: [u8; 16],
        /// When it was sealed.
        sent_at: TimestampMs,
        /// Its content.
        introduction: Introduction,
    },
    /// Go where somebody has added us to a group.
    Meet {
        /// The group.
        group: ConversationId,
    },
    /// Do not.
    Decline {
        /// The group.
        group: ConversationId,
    },
    /// Make a group of which we are the only member.
    CreateGroup {
        /// Our relay's origin.
        relay: String,
        /// Its name.
        name: Option<String>,
    },
    /// Add people with whom we have sessions: one commit, one Welcome.
    Add {
        /// The group.
        to: ConversationId,
        /// Whom.
        people: Vec<IdentityKey>,
    },
    /// Remove people, with all their devices.
    Remove {
        /// The group.
        from: ConversationId,
        /// Whom.
        people: Vec<IdentityKey>,
    },
    /// Go.
    Leave {
        /// What.
        conversation: ConversationId,
    },
    /// Renew our keys: what was stolen before does not open what comes after.
    Update {
        /// Where.
        conversation: ConversationId,
    },
    /// Change the roles.
    SetRoles {
        /// The group.
        group: ConversationId,
        /// The new ones, whole.
        roles: Roles,
    },
    /// Say something. What `body` is, whoever uses the session knows.
    Send {
        /// Where.
        to: ConversationId,
        /// Opaque, at most 48,000 bytes.
        body: Vec<u8>,
    },
    /// Tell a person, in the conversation of two, which epoch we see in a group.
    Witness {
        /// The group.
        group: ConversationId,
        /// Whom.
        to: IdentityKey,
    },
    /// Ask to be added to a group anew, because its state is lost.
    Rejoin {
        /// The group.
        group: ConversationId,
        /// A member with whom we have a session.
        by: IdentityKey,
    },
}

/// What comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Something is wanted.
    Command(Command),
    /// The identity has signed what [`Effect::Sign`] asked for.
    Signed(Signed),
    /// A relay can be spoken to.
    Connected {
        /// Its origin.
        relay: String,
    },
    /// It cannot any more; what it had not answered may or may not have taken effect.
    Disconnected {
        /// Its origin.
        relay: String,
    },
    /// A relay answers.
    Answer {
        /// Of [`Effect::Relay`].
        ticket: u64,
        /// What.
        reply: Reply,
    },
    /// A blob of a stream.
    Blob {
        /// The origin of the relay that shows it: a stream is one of its relay.
        relay: String,
        /// The stream.
        stream: [u8; 16],
        /// The blob with its number.
        entry: Entry,
    },
    /// The letter of an introduction lies in the other's mailbox.
    LetterSent {
        /// Which.
        conversation: ConversationId,
    },
    /// Time has passed.
    Tick,
}

/// What is to be done, once the rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask a relay.
    Relay {
        /// Its origin.
        relay: String,
        /// What.
        verb: Verb,
        /// Comes back with the answer.
        ticket: u64,
    },
    /// Have the identity sign a leaf; the answer is [`Input::Signed`].
    Sign(Leaf),
    /// Seal a letter and put it into a mailbox; the answer is [`Input::LetterSent`].
    Letter {
        /// Which conversation it offers.
        conversation: ConversationId,
        /// To whom.
        to: IdentityKey,
        /// The content ([`Introduction::CONTENT_TYPE`]).
        content: Vec<u8>,
    },
    /// Something happened.
    Event(Event),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// We are in a conversation.
    Joined {
        /// Which.
        conversation: ConversationId,
        /// The other, if it is one of two.
        with: Option<IdentityKey>,
    },
    /// Somebody has added us to a group: its Welcome is read once that is taken
    /// ([`Command::Meet`]).
    Invited {
        /// Which.
        conversation: ConversationId,
    },
    /// Somebody says something.
    Message {
        /// Where.
        conversation: ConversationId,
        /// Who: from the leaf's credential, never from the message.
        from: Who,
        /// Of the message; the same when it was sent again.
        id: [u8; 16],
        /// Its number in the stream.
        seq: u64,
        /// When the relay says that it came.
        at: TimestampMs,
        /// Opaque.
        body: Vec<u8>,
    },
    /// A message of ours is to be sent under this id.
    Queued {
        /// Where.
        conversation: ConversationId,
        /// Of the message.
        id: [u8; 16],
    },
    /// A message of ours stands in the stream.
    Delivered {
        /// Where.
        conversation: ConversationId,
        /// Of the message.
        id: [u8; 16],
        /// Its number.
        seq: u64,
    },
    /// The members, or their roles, have changed.
    Changed {
        /// Where.
        conversation: ConversationId,
        /// By whom.
        by: Who,
        /// Who is in it now.
        added: Vec<Who>,
        /// Who is not any more.
        removed: Vec<Who>,
    },
    /// Somebody goes.
    Leaving {
        /// Where.
        conversation: ConversationId,
        /// Who.
        who: Who,
    },
    /// A commit breaks a rule and does not count.
    Refused {
        /// Where.
        conversation: ConversationId,
        /// Whose it is.
        by: Who,
        /// Which rule.
        why: Refusal,
    },
    /// A person sees the same epoch as we do.
    Agreed {
        /// The group.
        conversation: ConversationId,
        /// With whom.
        with: IdentityKey,
        /// Which epoch.
        epoch: u64,
    },
    /// A person saw other blobs, or another epoch, than we did, or says so. What they say is left out.
    Disagrees {
        /// Which.
        conversation: ConversationId,
        /// Who.
        with: IdentityKey,
    },
    /// The others are in an epoch that we did not see: it was withheld, or is made up.
    Ahead {
        /// Where.
        conversation: ConversationId,
    },
    /// The relay or a member is caught.
    Alarm {
        /// Where.
        conversation: ConversationId,
        /// At what.
        what: Alarm,
    },
    /// A message of a newer version, which is not shown.
    Newer {
        /// Where.
        conversation: ConversationId,
        /// Whose.
        from: Who,
    },
    /// It is over.
    Stopped {
        /// Which.
        conversation: ConversationId,
        /// Why.
        reason: StopReason,
    },
}

/// A group that somebody has added us to and that we are not in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Which.
    pub group: ConversationId,
    /// Who has added us.
    pub by: IdentityKey,
    /// The origin of its relay.
    pub relay: String,
    /// When.
    pub at: TimestampMs,
}

/// A row to write, or (`None`) to delete.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// A keyed digest of what it is.
    pub key: [u8; 32],
    /// Sealed.
    pub value: Option<Vec<u8>>,
}

impl fmt::Debug for SealedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedRow(..)")
    }
}

/// Rows that belong together, to be written in one transaction.
#[derive(Debug)]
#[must_use]
pub struct Batch {
    /// For [`Sessions::written`].
    pub id: u64,
    /// The rows.
    pub rows: Vec<SealedRow>,
}

/// What is known of a conversation's relay while this program runs.
#[derive(Debug, Default)]
struct Live {
    /// The last number when we subscribed; what comes before it must be read before we send.
    target: Option<u64>,
    /// Everything up to it was read.
    ready: bool,
    /// Own blobs that were given to this connection.
    sent: BTreeSet<[u8; 16]>,
    /// Where a commit met a conflict: it waits until more was read.
    blocked: Option<u64>,
    /// Blobs that the relay would not take: tried again with the next tick.
    refused: BTreeSet<[u8; 16]>,
    /// What it would not take for a reason that concerns every blob: none goes before it.
    held: bool,
    /// It would not make or show the stream: asked again with the next tick.
    again: bool,
    since: Option<TimestampMs>,
}

#[derive(Clone, Copy, Debug)]
enum Ticket {
    Create(ConversationId),
    Subscribe(ConversationId),
    /// Which blob, and what stood last when it was given.
    Append(ConversationId, [u8; 16], u64),
}

/// Our relay.
struct Home {
    relay: String,
    /// The stream of our mailbox there.
    mailbox: [u8; 16],
    pass: Secret,
}

/// The conversations of one device.
pub struct Sessions {
    me: Who,
    vault: Vault,
    provider: Provider,
    conversations: BTreeMap<ConversationId, Conversation>,
    peers: BTreeMap<IdentityKey, Peer>,
    groups: BTreeMap<ConversationId, MlsGroup>,
    /// The leaves of groups, verified, and the authenticator of the epoch whose they are.
    rosters: BTreeMap<ConversationId, ([u8; 32], Vec<RosterEntry>)>,
    live: BTreeMap<ConversationId, Live>,
    connected: BTreeSet<String>,
    home: Option<Home>,
    tickets: BTreeMap<u64, Ticket>,
    waiting: Vec<([u8; 32], Command)>,
    effects: Vec<Effect>,
    step_effects: Vec<Effect>,
    batches: VecDeque<(u64, Vec<Effect>)>,
    last_number: u64,
    now: TimestampMs,
}

impl Sessions {
    /// The sessions of `me`, from the rows that were written before. `vault` is that of the class
    /// *sessions* ([`Vault::of_class`]).
    ///
    /// # Errors
    /// [`SessionError::Vault`], [`SessionError::Row`].
    pub fn load(
        me: Who,
        vault: Vault,
        rows: impl IntoIterator<Item = Vec<u8>>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, SessionError> {
        let mut sessions = Self {
            me,
            vault,
            provider: Provider::new(Suite::Hybrid, rng),
            conversations: BTreeMap::new(),
            peers: BTreeMap::new(),
            groups: BTreeMap::new(),
            rosters: BTreeMap::new(),
            live: BTreeMap::new(),
            connected: BTreeSet::new(),
            home: None,
            tickets: BTreeMap::new(),
            waiting: Vec::new(),
            effects: Vec::new(),
            step_effects: Vec::new(),
            batches: VecDeque::new(),
            last_number: 0,
            now: TimestampMs(0),
        };
        for row in rows {
            sessions.open_row(&row)?;
        }
        sessions.reload()?;
        Ok(sessions)
    }

    /// Takes one input.
    ///
    /// # Errors
    /// [`SessionError`]; nothing has changed then.
    pub fn handle(
        &mut self,
        input: Input,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(), SessionError> {
        self.provider.primitives().reseed(rng);
        self.now = now;
        match self.step(input) {
            Ok(()) => {
                self.provider.rows().keep();
                self.effects.append(&mut self.step_effects);
                Ok(())
            }
            Err(error) => {
                self.undo()?;
                Err(error)
            }
        }
    }

    /// As it was before the step.
    fn undo(&mut self) -> Result<(), SessionError> {
        self.provider.rows().undo();
        self.step_effects.clear();
        self.reload()
    }

    fn step(&mut self, input: Input) -> Result<(), SessionError> {
        match input {
            Input::Command(command) => self.command(command),
            Input::Signed(signed) => self.signed(&signed),
            Input::Connected { relay } => self.connect(&relay),
            Input::Disconnected { relay } => {
                self.disconnect(&relay);
                Ok(())
            }
            Input::Answer { ticket, reply } => self.answer(ticket, &reply),
            Input::Blob {
                relay,
                stream,
                entry,
            } => self.blob(&relay, stream, &entry),
            Input::LetterSent { conversation } => self.letter_sent(conversation),
            Input::Tick => self.tick(),
        }
    }

    /// What is to be written before anything else happens; `None` if there is nothing to do.
    ///
    /// # Errors
    /// [`SessionError::Vault`].
    pub fn batch(&mut self, rng: &mut impl CryptoRng) -> Result<Option<Batch>, SessionError> {
        let touched = self.provider.rows().take_touched();
        if touched.is_empty() && self.effects.is_empty() {
            return Ok(None);
        }
        let mut rows = Vec::with_capacity(touched.len());
        for (key, row) in touched {
            rows.push(self.seal_row(&key, row.as_ref().map(|row| &row[..]), rng)?);
        }
        let id = self.number();
        let effects = core::mem::take(&mut self.effects);
        self.batches.push_back((id, effects));
        Ok(Some(Batch { id, rows }))
    }

    /// The batch, and all before it, are written: what may now leave.
    ///
    /// A batch that could not be written is never confirmed; the instance is thrown away then, and
    /// loaded again from the rows.
    #[must_use]
    pub fn written(&mut self, id: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some((_, released)) = self.batches.pop_front_if(|(batch, _)| *batch <= id) {
            effects.extend(released);
        }
        effects
    }

    fn number(&mut self) -> u64 {
        self.last_number = self.last_number.saturating_add(1);
        self.last_number
    }

    /// A row as it is stored: its own key travels inside, the stored key is a digest.
    fn seal_row(
        &self,
        key: &[u8],
        row: Option<&[u8]>,
        rng: &mut impl CryptoRng,
    ) -> Result<SealedRow, SessionError> {
        let stored = self.vault.row_key(TABLE, key);
        let value = match row {
            Some(row) => Some(self.seal_value(&stored, key, row, rng)?),
            None => None,
        };
        Ok(SealedRow { key: stored, value })
    }

    fn seal_value(
        &self,
        stored: &[u8; 32],
        key: &[u8],
        row: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SessionError> {
        let value = state::row_value(key, row);
        let sealed = self.vault.seal(&row_name(stored), &value, rng)?;
        Ok([&stored[..], &sealed].concat())
    }

    fn open_row(&self, sealed: &[u8]) -> Result<(), SessionError> {
        let (stored, sealed) = sealed.split_first_chunk::<32>().ok_or(SessionError::Row)?;
        let value = self.vault.open(&row_name(stored), sealed)?;
        let (key, row) = state::split_row(&value)?;
        if self.vault.row_key(TABLE, &key) != *stored {
            return Err(SessionError::Row);
        }
        self.provider.rows().load(key, row);
        Ok(())
    }
}

const fn row_name(stored: &[u8; 32]) -> RecordName<'_> {
    RecordName {
        table: TABLE,
        row_key: stored,
        schema: 1,
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(..)")
    }
}
