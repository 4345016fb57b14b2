//! The whole, from the rows to the next step.

use std::collections::{BTreeMap, BTreeSet};

use chacha20::ChaCha20Rng;
use rand_core::{CryptoRng, Rng, SeedableRng};
use sotto_core::app::live::{LiveMailbox, LivePeople};
use sotto_core::custody::Signed;
use sotto_core::identity::IdentityKey;
use sotto_core::record::Table;
use sotto_core::vault::{Vault, VaultId};
use sotto_protocol::TimestampMs;
use sotto_protocol::live::LiveSettings;
use sotto_protocol::relay::Verb;
use sotto_session::format::ConversationId;
use sotto_session::link::{self, Links};
use sotto_session::{Effect, Input, SessionError, Sessions, Who};
use zeroize::Zeroizing;

use crate::error::ChatError;
use crate::history::{History, Way};
use crate::intro::Outgoing;
use crate::mailbox::{self, Act, Mailbox};
use crate::people::People;
use crate::presence::Notes;
use crate::rows::{Page, Prefs};
use crate::step::{Output, Step};
use crate::store::{Kept, TABLE_CHAT, TABLE_SESSION, Write, kind, open_row, seal_table};
use crate::talk::{Talk, TalkId};
use crate::typing::Writing;

/// Who is live, and with what.
#[derive(Debug)]
pub struct Device {
    /// The identity and this profile.
    pub who: Who,
    /// The name on the own card.
    pub name: String,
    /// The vault.
    pub vault: VaultId,
    /// Where introductions arrive.
    pub mailbox: Option<LiveMailbox>,
    /// The person wants to be reached: without it nothing connects.
    pub is_reachable: bool,
}

/// What a step has changed, for those who look.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Places of messages.
    pub(crate) messages: BTreeMap<TalkId, BTreeSet<u32>>,
    /// All messages from a place on are elsewhere.
    pub(crate) stale: BTreeMap<TalkId, u32>,
    /// The line in the list.
    pub(crate) briefs: BTreeSet<TalkId>,
    /// Roster, roles, settings, state.
    pub(crate) shapes: BTreeSet<TalkId>,
    pub(crate) gone: Vec<TalkId>,
    pub(crate) requests: bool,
    pub(crate) status: bool,
}

/// A device that is live, or looks at what was said.
pub struct Live {
    pub(crate) device: Device,
    pub(crate) me: IdentityKey,
    vault: Vault,
    pub(crate) sessions: Sessions,
    pub(crate) links: Links,
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) people: People,
    prefs: Table<Prefs>,
    pub(crate) talks: Table<Talk>,
    pub(crate) histories: BTreeMap<TalkId, History>,
    pub(crate) by_session: BTreeMap<ConversationId, TalkId>,
    /// Session ids of messages that are not yet seen in the stream.
    pub(crate) sending: BTreeMap<[u8; 16], (TalkId, [u8; 16])>,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) last_letter: u64,
    /// The id that the session gave the message that was just handed to it.
    pub(crate) queued: Option<[u8; 16]>,
    pub(crate) receipts_due: BTreeMap<TalkId, u64>,
    /// A relay would not take something: it is given again then.
    pub(crate) retry_at: Option<u64>,
    /// How often it was, since something was taken last.
    pub(crate) retries: u32,
    /// Whom to add to the group that is being made.
    pub(crate) creating: Option<Vec<IdentityKey>>,
    /// What a request that waits for the custodian is about.
    pub(crate) awaited: Option<TalkId>,
    pub(crate) agreed: BTreeMap<TalkId, BTreeSet<IdentityKey>>,
    pub(crate) leaving: BTreeMap<TalkId, BTreeSet<IdentityKey>>,
    pub(crate) writing: BTreeMap<TalkId, BTreeMap<IdentityKey, Writing>>,
    pub(crate) notes: Notes,
    pub(crate) changes: Changes,
    pub(crate) step: Step,
    pub(crate) now: TimestampMs,
    pub(crate) rng: ChaCha20Rng,
    deletions: Vec<Write>,
}

impl Live {
    /// Everything as the rows have it: table, key, value.
    ///
    /// # Errors
    /// [`ChatError`] when a row is not what was written.
    pub fn load(
        device: Device,
        key: &Zeroizing<[u8; 32]>,
        rows: impl IntoIterator<Item = (String, Vec<u8>, Vec<u8>)>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, ChatError> {
        let vault = Vault::of_class(device.vault, key);
        let (rows, deletions) = of_this_vault(&device, key, rows.into_iter().collect(), rng);
        let (mut prefs, mut talks, mut pages) = Default::default();
        let mut session_rows = Vec::new();
        for (table, row_key, value) in rows {
            if table == TABLE_SESSION {
                session_rows.push(value);
                continue;
            }
            match kind(&value) {
                Some(Prefs::KIND) => open_row(&vault, &row_key, &value, &mut prefs)?,
                Some(Talk::KIND) => open_row(&vault, &row_key, &value, &mut talks)?,
                Some(Page::KIND) => open_row(&vault, &row_key, &value, &mut pages)?,
                _ => return Err(ChatError::Malformed),
            }
        }
        let of_sessions = Vault::of_class(device.vault, key);
        let sessions = Sessions::load(device.who, of_sessions, session_rows, rng)?;
        let mut live = Self {
            me: device.who.identity,
            vault,
            sessions,
            links: Links::default(),
            mailbox: None,
            people: People::default(),
            prefs,
            talks,
            histories: histories(&pages),
            by_session: BTreeMap::new(),
            sending: BTreeMap::new(),
            outgoing: Vec::new(),
            last_letter: 0,
            queued: None,
            receipts_due: BTreeMap::new(),
            retry_at: None,
            retries: 0,
            creating: None,
            awaited: None,
            agreed: BTreeMap::new(),
            leaving: BTreeMap::new(),
            writing: BTreeMap::new(),
            notes: Notes::default(),
            changes: Changes::default(),
            step: Step::default(),
            now,
            rng: seeded(rng),
            deletions,
            device,
        };
        live.index();
        live.note_lost_offers();
        Ok(live)
    }

    /// What is looked up by others' names.
    fn index(&mut self) {
        for talk in self.talks.iter() {
            if let Some(session) = talk.session {
                self.by_session.insert(session, talk.id);
            }
        }
        for (talk, history) in &self.histories {
            for (_, entry) in history.from(0) {
                if let Way::Sending(id) = entry.way {
                    self.sending.insert(id, (*talk, entry.id));
                }
            }
        }
        let read = self.prefs().mailbox;
        self.mailbox = self.device.mailbox.clone().map(|given| {
            let read = read.filter(|(stream, _)| *stream == given.stream.0);
            Mailbox::new(given, read.map_or(0, |(_, seq)| seq))
        });
        if let Some(own) = &self.mailbox {
            self.sessions
                .settle_at(&own.given.relay, own.given.stream.0);
        }
    }

    pub(crate) fn prefs(&self) -> Prefs {
        let kept = self.prefs.get(b"").cloned();
        kept.unwrap_or(Prefs {
            settings: LiveSettings::default(),
            mailbox: None,
            letters: Vec::new(),
        })
    }

    pub(crate) fn put_prefs(&mut self, prefs: Prefs) {
        self.prefs.put(prefs);
        self.changes.status = true;
    }

    /// Takes something in, and gives what it leads to.
    pub(crate) fn take<T>(
        &mut self,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
        take: impl FnOnce(&mut Self) -> Result<T, ChatError>,
    ) -> Result<(Step, Result<T, ChatError>), ChatError> {
        self.now = now;
        self.rng = seeded(rng);
        let taken = take(self);
        self.settle()?;
        self.send_receipts()?;
        self.settle()?;
        self.want_relays();
        self.keep_notes();
        self.settle()?;
        self.events();
        self.seal_rows()?;
        let mut step = core::mem::take(&mut self.step);
        step.wake = self.wake();
        Ok((step, taken))
    }

    /// A conversation may have begun on a relay that nothing was asked of before.
    fn want_relays(&mut self) {
        if !self.device.is_reachable {
            return;
        }
        let own = self.device.mailbox.iter().map(|it| it.relay.clone());
        for relay in own.chain(self.sessions.relays()).collect::<BTreeSet<_>>() {
            self.links.want(&relay);
        }
    }

    fn plain(
        &mut self,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
        take: impl FnOnce(&mut Self) -> Result<(), ChatError>,
    ) -> Result<Step, ChatError> {
        let (step, taken) = self.take(now, rng, take)?;
        taken.map(|()| step)
    }

    /// Connects to every relay that is needed, if the person wants to be reached.
    ///
    /// # Errors
    /// [`ChatError`]; the instance is thrown away then, as after every error but a request's.
    pub fn begin(&mut self, now: TimestampMs, rng: &mut impl CryptoRng) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.changes.status = true;
            live.answer_again()
        })
    }

    /// A WebSocket is open.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn connected(
        &mut self,
        relay: &str,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.links.opened(relay, now);
            Ok(())
        })
    }

    /// A WebSocket is closed, or could not be opened.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn disconnected(
        &mut self,
        relay: &str,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.links.closed(relay, now, &mut live.rng);
            live.changes.status = true;
            Ok(())
        })
    }

    /// Messages of relays, in order.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn received(
        &mut self,
        messages: &[(String, Vec<u8>)],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            for (relay, message) in messages {
                live.links.message(relay, message, now);
                live.settle()?;
            }
            Ok(())
        })
    }

    /// Time has passed.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn tick(&mut self, now: TimestampMs, rng: &mut impl CryptoRng) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.links.tick(now);
            live.end_writing();
            // The sessions give again what was refused: not before its time.
            live.retry_at = live.retry_at.filter(|at| *at > now.0);
            if live.retry_at.is_some() {
                return Ok(());
            }
            live.handle(Input::Tick)
        })
    }

    /// The custodian has signed.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn signed(
        &mut self,
        signed: Signed,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| live.handle(Input::Signed(signed)))
    }

    /// The contacts are others.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn set_people(
        &mut self,
        people: LivePeople,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            let people = People::new(people);
            if live.people == people {
                return Ok(());
            }
            live.people = people;
            live.changes.requests = true;
            let all: Vec<_> = live.talks.iter().map(|talk| talk.id).collect();
            live.changes.briefs.extend(all);
            Ok(())
        })
    }

    /// The sessions take something. What they refuse has changed nothing, and a relay's nonsense
    /// ends nothing here.
    pub(crate) fn handle(&mut self, input: Input) -> Result<(), ChatError> {
        use sotto_session::SessionError::{Row, Store, Vault};
        match self.sessions.handle(input, self.now, &mut self.rng) {
            Err(error @ (Row | Store(_) | Vault(_))) => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Until links and sessions have nothing more to say.
    pub(crate) fn settle(&mut self) -> Result<(), ChatError> {
        loop {
            let outputs = self.links.take_outputs();
            let batch = self.sessions.batch(&mut self.rng)?;
            if outputs.is_empty() && batch.is_none() {
                return Ok(());
            }
            for output in outputs {
                self.link_output(output)?;
            }
            let Some(batch) = batch else { continue };
            let writes = batch.rows.into_iter().map(|row| Write {
                table: TABLE_SESSION,
                key: row.key,
                value: row.value,
            });
            self.step.writes.extend(writes);
            // The outputs of this step leave when its rows are written.
            for effect in self.sessions.written(batch.id) {
                self.effect(effect)?;
            }
        }
    }

    fn link_output(&mut self, output: link::Output) -> Result<(), ChatError> {
        match output {
            link::Output::Connect { relay } => self.step.outputs.push(Output::Connect { relay }),
            link::Output::Send { relay, message } => {
                self.step.outputs.push(Output::Send { relay, message });
            }
            link::Output::Close { relay } => self.step.outputs.push(Output::Close { relay }),
            link::Output::Session(input) => self.arrived(input)?,
            link::Output::Published {
                relay,
                stream,
                blob,
            } => self.whispered(&relay, stream, &blob),
            link::Output::Present {
                relay,
                stream,
                tag,
                note,
            } => self.note_stands(relay, stream, tag, &note),
            link::Output::Absent { relay, stream, tag } => {
                self.note_ended(&relay, &stream, tag);
            }
        }
        Ok(())
    }

    /// Something of a relay: the mailbox's, a letter's, or the sessions'.
    fn arrived(&mut self, input: Input) -> Result<(), ChatError> {
        match &input {
            Input::Connected { relay } => {
                self.changes.status = true;
                let relay = relay.clone();
                self.handle(input)?;
                let own = self.mailbox.as_mut().filter(|it| it.given.relay == relay);
                if let Some(act) = own.map(Mailbox::connected) {
                    self.act(act);
                }
                self.give_letters_again(&relay);
                return Ok(());
            }
            Input::Disconnected { relay } => {
                self.changes.status = true;
                self.notes_lost(relay);
                if let Some(own) = self.mailbox.as_mut().filter(|it| it.given.relay == *relay) {
                    own.disconnected();
                }
            }
            Input::Answer { ticket, reply } => {
                if let Some(letter) = mailbox::letter_of(*ticket) {
                    return self.letter_answered(letter, reply);
                }
                if mailbox::is_ours(*ticket) {
                    let acts = self.mailbox.as_mut().map(|it| it.answer(*ticket, reply));
                    self.keep_mailbox_read();
                    self.changes.status = true;
                    acts.into_iter().flatten().for_each(|act| self.act(act));
                    return Ok(());
                }
            }
            Input::Blob {
                relay,
                stream,
                entry,
            } => {
                let is_own =
                    |it: &&Mailbox| it.given.relay == *relay && it.given.stream.0 == *stream;
                if let Some(own) = self.mailbox.as_ref().filter(is_own) {
                    match own.letter(entry) {
                        Some(letter) => self.step.outputs.push(Output::Open {
                            seq: entry.seq,
                            letter,
                        }),
                        None => self.mailbox_taken(entry.seq),
                    }
                    return Ok(());
                }
            }
            Input::Command(_) | Input::Signed(_) | Input::LetterSent { .. } | Input::Tick => {}
        }
        self.handle(input)
    }

    fn act(&mut self, act: Act) {
        let Some(mailbox) = &self.mailbox else { return };
        match act {
            Act::Ask(verb, ticket) => {
                let relay = mailbox.given.relay.clone();
                self.links.ask(&relay, verb, ticket);
            }
            Act::Made => self.step.outputs.push(Output::MailboxMade {
                stream: mailbox.given.stream.0,
            }),
        }
    }

    /// What lies in the mailbox up to a number is taken care of.
    pub(crate) fn mailbox_taken(&mut self, seq: u64) {
        let Some(mailbox) = &mut self.mailbox else {
            return;
        };
        let act = mailbox.taken(seq);
        self.keep_mailbox_read();
        self.act(act);
    }

    /// How far the mailbox was read, where that is another number than before.
    fn keep_mailbox_read(&mut self) {
        let own = self.mailbox.as_ref();
        let read = own.map(|it| (it.given.stream.0, it.read));
        let mut prefs = self.prefs();
        if prefs.mailbox != read {
            prefs.mailbox = read;
            self.prefs.put(prefs);
        }
    }

    fn effect(&mut self, effect: Effect) -> Result<(), ChatError> {
        match effect {
            Effect::Relay {
                relay,
                verb,
                ticket,
            } => {
                if self.device.is_reachable {
                    self.step.durable |= matches!(verb, Verb::Append { .. });
                    self.links.ask(&relay, verb, ticket);
                }
            }
            Effect::Sign(leaf) => self.step.outputs.push(Output::Sign(leaf)),
            Effect::Letter {
                conversation,
                to,
                content,
            } => self.letter_leaves(conversation, to, content),
            Effect::Event(event) => self.event(event)?,
        }
        Ok(())
    }

    fn seal_rows(&mut self) -> Result<(), ChatError> {
        let mut pages = Table::default();
        for (talk, history) in &mut self.histories {
            for (number, entries) in history.take_touched() {
                let talk = *talk;
                pages.put(Page {
                    talk,
                    number,
                    entries,
                });
            }
        }
        let writes = &mut self.step.writes;
        writes.append(&mut self.deletions);
        seal_table(&self.vault, &mut pages, &mut self.rng, writes)?;
        seal_table(&self.vault, &mut self.talks, &mut self.rng, writes)?;
        seal_table(&self.vault, &mut self.prefs, &mut self.rng, writes)
    }

    /// Forgets pages of a conversation from a number on.
    pub(crate) fn delete_pages(&mut self, talk: TalkId, numbers: core::ops::Range<u32>) {
        let table = <Page as sotto_core::record::Record>::TABLE;
        for number in numbers {
            let key = crate::rows::page_key(&talk, number);
            self.deletions.push(Write {
                table: TABLE_CHAT,
                key: self.vault.row_key(table, &key),
                value: None,
            });
        }
    }

    fn wake(&self) -> Option<TimestampMs> {
        let links = self.links.next_tick();
        let receipts = self.receipts_due.values().min().copied();
        let ours = receipts.into_iter().chain(self.retry_at).map(TimestampMs);
        links
            .into_iter()
            .chain(ours)
            .chain(self.next_end())
            .chain(self.next_note())
            .min_by_key(|at| at.0)
    }

    pub(crate) fn random(&mut self) -> [u8; 16] {
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        id
    }
}

/// Table, key and sealed value of each.
type Rows = Vec<(String, Vec<u8>, Vec<u8>)>;

/// The rows, unless they are a former vault's: it was reset, and the program ended before they were
/// deleted. Then there are none, and what deletes them. One row that opens keeps them all.
fn of_this_vault(
    device: &Device,
    key: &Zeroizing<[u8; 32]>,
    rows: Rows,
    rng: &mut impl CryptoRng,
) -> (Rows, Vec<Write>) {
    let vault = Vault::of_class(device.vault, key);
    let is_session = |table: &str| table == TABLE_SESSION;
    let chats = rows.iter().filter(|(table, ..)| !is_session(table));
    if rows.is_empty()
        || chats
            .into_iter()
            .any(|(_, key, value)| opens(&vault, key, value))
    {
        return (rows, Vec::new());
    }
    let of_sessions = rows.iter().filter(|(table, ..)| is_session(table));
    let of_sessions = of_sessions.map(|(_, _, value)| value.clone());
    let loaded = Sessions::load(device.who, vault, of_sessions, rng);
    let has_sessions = rows.iter().any(|(table, ..)| is_session(table));
    let is_former = matches!(loaded, Err(SessionError::Vault(_))) || !has_sessions;
    if !is_former {
        return (rows, Vec::new());
    }
    let deletion = |(table, key, _): &(String, Vec<u8>, Vec<u8>)| {
        Some(Write {
            table: if is_session(table) {
                TABLE_SESSION
            } else {
                TABLE_CHAT
            },
            key: key.as_slice().try_into().ok()?,
            value: None,
        })
    };
    (Vec::new(), rows.iter().filter_map(deletion).collect())
}

fn opens(vault: &Vault, row_key: &[u8], value: &[u8]) -> bool {
    match kind(value) {
        Some(Prefs::KIND) => open_row::<Prefs>(vault, row_key, value, &mut Table::default()),
        Some(Talk::KIND) => open_row::<Talk>(vault, row_key, value, &mut Table::default()),
        Some(Page::KIND) => open_row::<Page>(vault, row_key, value, &mut Table::default()),
        _ => return false,
    }
    .is_ok()
}

fn histories(pages: &Table<Page>) -> BTreeMap<TalkId, History> {
    let mut of_talk: BTreeMap<TalkId, Vec<&Page>> = BTreeMap::new();
    for page in pages.iter() {
        of_talk.entry(page.talk).or_default().push(page);
    }
    let history = |pages: Vec<&Page>| History::load(pages.into_iter().map(|it| it.entries.clone()));
    of_talk
        .into_iter()
        .map(|(talk, mut pages)| {
            pages.sort_by_key(|page| page.number);
            (talk, history(pages))
        })
        .collect()
}

fn seeded(rng: &mut impl CryptoRng) -> ChaCha20Rng {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    ChaCha20Rng::from_seed(seed)
}

impl core::fmt::Debug for Live {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Live(..)")
    }
}
