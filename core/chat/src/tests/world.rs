//! A relay on its own wire, custodians, disks.

use std::collections::{BTreeMap, VecDeque};

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;
use sotto_core::app::live::{LiveContact, LiveMailbox, LiveOpened, LivePeople, LiveSealed};
use sotto_core::contacts::ContactId;
use sotto_core::custody::{Base64Url, Bytes, Custodian, SecretBytes, Statement};
use sotto_core::identity::{IdentityKey, Keyring, Seed};
use sotto_core::vault::VaultId;
use sotto_protocol::TimestampMs;
use sotto_protocol::live::talk::{ChatBody, ChatMessage};
use sotto_protocol::live::{LiveEvent, LiveReply, LiveRequest, Reachability};
use sotto_protocol::relay::{
    CapKind, Digest, Entry, Event, RelayCode, Reply, Request, StreamId, Tag, Verb,
};
use sotto_protocol::view::{ContactBrief, ContactKind, Trust};
use sotto_session::Who;
use sotto_session::format::{Blob, Introduction, capability_digest};
use zeroize::Zeroizing;

use crate::{ChatError, Device, Keys, Live, Output, Step};

pub(super) const RELAY: &str = "ws://127.0.0.1:9000";
/// At first.
const PASS: [u8; 32] = [0xda; 32];

pub(super) struct Person {
    number: u8,
    pub(super) me: IdentityKey,
    custodian: Custodian,
    pub(super) disk: BTreeMap<(String, Vec<u8>), Vec<u8>>,
    pub(super) live: Live,
    pub(super) events: Vec<LiveEvent>,
    pub(super) trust: BTreeMap<IdentityKey, Trust>,
    pub(super) up: bool,
    /// The custodian knows that the mailbox was made.
    has_mailbox: bool,
    is_veiled: bool,
    subscriptions: Vec<(u32, StreamId)>,
}

pub(super) struct World {
    pub(super) now: u64,
    rng: ChaCha20Rng,
    pub(super) people: Vec<Person>,
    pub(super) streams: BTreeMap<[u8; 16], Vec<Entry>>,
    /// Capabilities to write, and their labels.
    pub(super) tokens: BTreeMap<[u8; 16], BTreeMap<Digest, u32>>,
    /// The public tokens of mailboxes have taken what they take in a day.
    pub(super) is_spent: bool,
    /// What is on its way to somebody.
    lanes: Vec<VecDeque<Vec<u8>>>,
    pub(super) relay_up: bool,
    /// Who makes streams there shows this.
    pub(super) pass: [u8; 32],
    /// The relay takes nothing more, and how often it was asked.
    pub(super) is_full: bool,
    pub(super) refused: usize,
    /// The custodian answers.
    pub(super) signs: bool,
    pub(super) published: Vec<(StreamId, Vec<u8>)>,
    /// Presence notes that stand, and until when; and every one that was ever set, by whom.
    pub(super) standing: BTreeMap<([u8; 16], Tag), (Vec<u8>, u64)>,
    pub(super) notes: Vec<(usize, StreamId, Tag, Vec<u8>)>,
    /// The card in letters of strangers.
    pub(super) card: String,
    /// Where introductions say that the answer is awaited, if elsewhere.
    pub(super) elsewhere: Option<String>,
    /// Other relays on everybody's accepted card.
    pub(super) relays: Vec<String>,
    /// Who is connected, or tries to be, to other relays.
    pub(super) connected: Vec<(usize, String)>,
    /// What was sent there.
    pub(super) sent: Vec<Vec<u8>>,
    /// Where accepted cards say that mailboxes are, if elsewhere.
    pub(super) mailbox_at: Option<String>,
}

fn identity(number: u8) -> Seed {
    Seed::from_bytes(Zeroizing::new([number; 32]))
}

fn device(number: u8, reachable: bool) -> Device {
    let secret = |kind: u8| {
        let mut bytes = [number; 32];
        bytes[0] = kind;
        bytes
    };
    Device {
        who: Who {
            identity: identity(number).derive_identity().public(),
            device: [number; 16],
        },
        name: format!("Person {number}"),
        vault: VaultId([number; 16]),
        mailbox: Some(LiveMailbox {
            relay: RELAY.to_owned(),
            stream: Bytes([number; 16]),
            own: SecretBytes(secret(1)),
            write: SecretBytes(secret(2)),
            read: SecretBytes(secret(3)),
            token: Bytes(secret(4)),
            pass: SecretBytes(PASS),
            is_made: false,
        }),
        is_reachable: reachable,
    }
}

fn keys(number: u8, veiled: bool) -> Keys {
    Keys {
        sessions: Zeroizing::new([number; 32]),
        history: (!veiled).then(|| Zeroizing::new([!number; 32])),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "OpenMLS holds KeyPackages against this clock"
)]
fn today() -> u64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

impl World {
    pub(super) fn new(count: u8) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(u64::from(count));
        let now = today();
        let people: Vec<_> = (1..=count)
            .map(|number| {
                let keys = keys(number, false);
                let live = Live::load(device(number, true), &keys, [], TimestampMs(now), &mut rng);
                Person {
                    number,
                    me: identity(number).derive_identity().public(),
                    custodian: Custodian::new(Keyring::derive(&identity(number)).unwrap()),
                    disk: BTreeMap::new(),
                    live: live.unwrap(),
                    events: Vec::new(),
                    trust: BTreeMap::new(),
                    up: false,
                    has_mailbox: false,
                    is_veiled: false,
                    subscriptions: Vec::new(),
                }
            })
            .collect();
        let lanes = people.iter().map(|_| VecDeque::new()).collect();
        let mut world = Self {
            now,
            rng,
            people,
            streams: BTreeMap::new(),
            tokens: BTreeMap::new(),
            is_spent: false,
            lanes,
            relay_up: true,
            pass: PASS,
            is_full: false,
            refused: 0,
            signs: true,
            published: Vec::new(),
            standing: BTreeMap::new(),
            notes: Vec::new(),
            card: "a card".to_owned(),
            elsewhere: None,
            relays: Vec::new(),
            connected: Vec::new(),
            sent: Vec::new(),
            mailbox_at: None,
        };
        for who in 0..world.people.len() {
            world.tell_people(who);
            world.step(who, |live, now, rng| live.begin(now, rng));
        }
        world.settle();
        world
    }

    /// Everybody has accepted everybody's card.
    pub(super) fn acquainted(count: u8) -> Self {
        let mut world = Self::new(count);
        let all: Vec<_> = world.people.iter().map(|it| it.me).collect();
        for who in 0..world.people.len() {
            for other in all.iter().filter(|other| **other != all[who]) {
                world.people[who].trust.insert(*other, Trust::Known);
            }
            world.tell_people(who);
        }
        world
    }

    pub(super) fn tell_people(&mut self, who: usize) {
        let contact = |(key, trust): (&IdentityKey, &Trust)| LiveContact {
            identity: Some(Bytes(*key.as_bytes())),
            brief: ContactBrief {
                id: ContactId::of(key).to_string(),
                name: self.name(key),
                address: String::new(),
                trust: *trust,
                kind: ContactKind::Card,
            },
            reachability: Reachability::Ready,
            relays: [&[RELAY.to_owned()], &self.relays[..]].concat(),
        };
        let people = LivePeople {
            contacts: self.people[who].trust.iter().map(contact).collect(),
            looks: Vec::new(),
        };
        self.step(who, |live, now, rng| live.set_people(people, now, rng));
    }

    fn name(&self, key: &IdentityKey) -> String {
        let known = self.people.iter().find(|it| it.me == *key);
        known.map_or_else(String::new, |it| format!("Person {}", it.number))
    }

    pub(super) fn step(
        &mut self,
        who: usize,
        take: impl FnOnce(&mut Live, TimestampMs, &mut ChaCha20Rng) -> Result<Step, ChatError>,
    ) {
        let now = TimestampMs(self.now);
        let step = take(&mut self.people[who].live, now, &mut self.rng).unwrap();
        self.perform(who, step);
    }

    fn perform(&mut self, who: usize, step: Step) {
        for write in step.writes {
            let name = (write.table.to_owned(), write.key.to_vec());
            match write.value {
                Some(value) => self.people[who].disk.insert(name, value),
                None => self.people[who].disk.remove(&name),
            };
        }
        for output in step.outputs {
            self.put(who, output);
        }
    }

    fn put(&mut self, who: usize, output: Output) {
        let is_veiled = self.people[who].is_veiled;
        match output {
            Output::Sign(_) | Output::Seal { .. } | Output::Open { .. } if is_veiled => {
                panic!("{output:?}: there is no custodian")
            }
            Output::MailboxMade { .. } if is_veiled => panic!("{output:?}"),
            Output::Connect { relay } if relay != RELAY => self.connected.push((who, relay)),
            Output::Connect { relay } => {
                if self.relay_up {
                    self.people[who].up = true;
                    self.step(who, |live, now, rng| live.connected(&relay, now, rng));
                } else {
                    self.step(who, |live, now, rng| live.disconnected(&relay, now, rng));
                }
            }
            Output::Send { relay, message } if relay != RELAY => self.sent.push(message),
            Output::Send { message, .. } if self.people[who].up => self.relay(who, &message),
            Output::Send { .. } => {}
            Output::Close { relay } if relay != RELAY => {
                self.connected.retain(|it| *it != (who, relay.clone()));
            }
            Output::Close { .. } => self.cut(who),
            Output::Sign(_) if !self.signs => {}
            Output::Sign(leaf) => {
                let statement = Statement::Leaf(leaf);
                let now = TimestampMs(self.now);
                let signed = self.people[who].custodian.sign(&statement, now).unwrap();
                self.step(who, |live, now, rng| live.signed(signed, now, rng));
            }
            Output::Seal { to, content } => {
                let number = self.people.iter().find(|it| it.me == to).unwrap().number;
                let given = device(number, true).mailbox.unwrap();
                let mut introduction = Introduction::decode(&content).unwrap();
                if let Some(relay) = self.elsewhere.clone() {
                    introduction.link.relay = relay;
                }
                let content = introduction.encode();
                // What the custodian would seal, in the clear: who, then what.
                let from = self.people[who].me;
                let letter = [&from.as_bytes()[..], &content].concat();
                let sealed = LiveSealed {
                    letter: Base64Url(letter),
                    relay: self.mailbox_at.clone().unwrap_or(given.relay.clone()),
                    stream: given.stream,
                    token: given.token,
                };
                self.step(who, |live, now, rng| live.sealed(to, Ok(sealed), now, rng));
            }
            Output::Open { seq, letter } => {
                let opened = self.open(who, &letter);
                self.step(who, |live, now, rng| live.opened(seq, opened, now, rng));
                self.tell_people(who);
            }
            Output::MailboxMade { .. } => self.people[who].has_mailbox = true,
            Output::Event(event) => self.people[who].events.push(event),
        }
    }

    fn open(&self, who: usize, letter: &[u8]) -> Option<LiveOpened> {
        let (from, content) = letter.split_first_chunk::<33>()?;
        let key = IdentityKey::parse(from).ok()?;
        let mut id = [0; 16];
        id.copy_from_slice(&content[content.len() / 2..][..16]);
        Some(LiveOpened {
            from: Bytes(*from),
            trust: self.people[who]
                .trust
                .get(&key)
                .copied()
                .unwrap_or(Trust::Unknown),
            card: (!self.people[who].trust.contains_key(&key)).then(|| self.card.clone()),
            letter: Bytes(id),
            sent_at: TimestampMs(self.now),
            content: Base64Url(content.to_vec()),
        })
    }

    /// The relay takes a message, as far as its wire goes; capabilities are its own tests' matter.
    fn relay(&mut self, who: usize, message: &[u8]) {
        self.now += 1;
        let Request { id, verb } = Request::decode(message).unwrap();
        let reply = match verb {
            Verb::Create { pass, .. } if pass.0 != self.pass => Reply::Failed {
                code: RelayCode::PassNeeded,
                detail: 0,
            },
            Verb::Create { stream, .. } if self.streams.contains_key(&stream.0) => Reply::Failed {
                code: RelayCode::Exists,
                detail: 0,
            },
            Verb::Create { stream, write, .. } => {
                self.streams.insert(stream.0, Vec::new());
                self.tokens.insert(stream.0, [(write, 0)].into());
                Reply::Done
            }
            Verb::Grant {
                stream,
                token,
                label,
                ..
            } => {
                self.tokens
                    .entry(stream.0)
                    .or_default()
                    .insert(token, label);
                Reply::Done
            }
            Verb::Revoke { stream, token, .. } => {
                self.tokens.entry(stream.0).or_default().remove(&token);
                Reply::Done
            }
            Verb::Subscribe { stream, from, .. } => {
                let Some(kept) = self.streams.get(&stream.0).cloned() else {
                    let failed = Reply::Failed {
                        code: RelayCode::Refused,
                        detail: 0,
                    };
                    self.lanes[who].push_back(failed.encode(id));
                    return;
                };
                self.people[who].subscriptions.push((id, stream));
                let seq = kept.last().map_or(0, |entry| entry.seq);
                self.lanes[who].push_back(Reply::At { seq }.encode(id));
                for entry in kept.into_iter().filter(|entry| entry.seq >= from) {
                    self.lanes[who].push_back(Event::Blob(entry).encode(id));
                }
                for ((of, tag), (note, _)) in &self.standing {
                    let (via, tag, note) = (0, *tag, note.clone());
                    if *of == stream.0 {
                        let event = Event::Present { via, tag, note };
                        self.lanes[who].push_back(event.encode(id));
                    }
                }
                return;
            }
            Verb::Append { .. } if self.is_full => {
                self.refused += 1;
                Reply::Failed {
                    code: RelayCode::QuotaSpent,
                    detail: 0,
                }
            }
            Verb::Append {
                stream,
                write,
                expect_seq,
                blob,
            } => {
                let token = capability_digest(CapKind::Write, &stream.0, &write.0);
                let label = self.tokens.get(&stream.0).and_then(|it| it.get(&token));
                match label.copied() {
                    None => Reply::Failed {
                        code: RelayCode::Refused,
                        detail: 0,
                    },
                    Some(1) if self.is_spent => Reply::Failed {
                        code: RelayCode::QuotaSpent,
                        detail: 0,
                    },
                    Some(via) => self.append(stream, expect_seq, via, blob),
                }
            }
            Verb::Publish { stream, blob, .. } => {
                let (via, published) = (0, blob.clone());
                self.tell(stream, &Event::Published { via, blob });
                self.published.push((stream, published));
                Reply::Done
            }
            Verb::Presence {
                stream,
                tag,
                ttl_s: 0,
                ..
            } => {
                self.take_back(stream, tag);
                Reply::Done
            }
            Verb::Presence {
                stream,
                tag,
                ttl_s,
                note,
                ..
            } => {
                let until = self.now + 1_000 * u64::from(ttl_s);
                self.standing.insert((stream.0, tag), (note.clone(), until));
                self.notes.push((who, stream, tag, note.clone()));
                self.tell(stream, &Event::Present { via: 0, tag, note });
                Reply::Done
            }
            _ => Reply::Done,
        };
        self.lanes[who].push_back(reply.encode(id));
    }

    fn append(&mut self, stream: StreamId, expect: Option<u64>, via: u32, blob: Vec<u8>) -> Reply {
        let kept = self.streams.entry(stream.0).or_default();
        let last = kept.last().map_or(0, |entry| entry.seq);
        if expect.is_some_and(|expect| expect != last) {
            return Reply::Failed {
                code: RelayCode::Conflict,
                detail: 0,
            };
        }
        let entry = Entry {
            seq: last + 1,
            at_ms: self.now,
            via,
            blob,
        };
        kept.push(entry.clone());
        self.tell(stream, &Event::Blob(entry));
        Reply::At { seq: last + 1 }
    }

    /// Whoever subscribes is told.
    pub(super) fn tell(&mut self, stream: StreamId, event: &Event) {
        for (who, person) in self.people.iter().enumerate() {
            for (id, _) in person.subscriptions.iter().filter(|it| it.1 == stream) {
                self.lanes[who].push_back(event.encode(*id));
            }
        }
    }

    fn take_back(&mut self, stream: StreamId, tag: Tag) {
        if self.standing.remove(&(stream.0, tag)).is_some() {
            self.tell(stream, &Event::Absent { tag });
        }
    }

    /// Notes end when nobody renews them.
    fn end_notes(&mut self) {
        let over = self.standing.iter().filter(|(_, it)| it.1 <= self.now);
        let over: Vec<_> = over.map(|(of, _)| *of).collect();
        for (stream, tag) in over {
            self.take_back(StreamId(stream), tag);
        }
    }

    /// Somebody's connection is lost.
    pub(super) fn cut(&mut self, who: usize) {
        self.people[who].up = false;
        self.people[who].subscriptions.clear();
        self.lanes[who].clear();
        self.step(who, |live, now, rng| live.disconnected(RELAY, now, rng));
    }

    /// Somebody's program ends, and says so.
    pub(super) fn farewell(&mut self, who: usize) {
        for output in self.people[who].live.farewell() {
            let Output::Send { message, .. } = output else {
                panic!("{output:?}")
            };
            self.relay(who, &message);
        }
        self.people[who].up = false;
        self.people[who].subscriptions.clear();
        self.lanes[who].clear();
    }

    /// Nothing is left of what somebody had.
    pub(super) fn lose(&mut self, who: usize) {
        self.people[who].disk.clear();
        self.restart(who, false);
    }

    /// The vault was reset, and the program ended before what was said was deleted; how many rows
    /// are left when it has begun again.
    pub(super) fn reset(&mut self, who: usize) -> usize {
        let person = &mut self.people[who];
        let rows = person.disk.iter();
        let rows: Vec<_> = rows
            .map(|((table, key), value)| (table.clone(), key.clone(), value.clone()))
            .collect();
        let keys = keys(0xee, false);
        let now = TimestampMs(self.now);
        let device = device(person.number, false);
        person.live = Live::load(device, &keys, rows, now, &mut self.rng).unwrap();
        self.step(who, |live, now, rng| live.begin(now, rng));
        self.people[who].disk.len()
    }

    /// How often a letter was put into somebody's mailbox.
    pub(super) fn letters(&self, who: usize) -> usize {
        let mailbox = self.streams.get(&[self.people[who].number; 16]);
        mailbox.map_or(0, Vec::len)
    }

    /// The program ends, and starts again from the disk.
    pub(super) fn restart(&mut self, who: usize, reachable: bool) {
        self.load(who, reachable, false);
        self.tell_people(who);
        self.step(who, |live, now, rng| live.begin(now, rng));
    }

    /// The program goes on with the class of sessions alone, and without a custodian; it may do so
    /// when it was killed too.
    pub(super) fn veil(&mut self, who: usize) {
        self.load(who, true, true);
        self.step(who, |live, now, rng| live.begin(now, rng));
    }

    fn load(&mut self, who: usize, reachable: bool, veiled: bool) {
        let person = &mut self.people[who];
        (person.up, person.is_veiled) = (false, veiled);
        person.subscriptions.clear();
        person.events.clear();
        self.lanes[who].clear();
        let rows = person.disk.iter();
        let rows: Vec<_> = rows
            .map(|((table, key), value)| (table.clone(), key.clone(), value.clone()))
            .collect();
        let keys = keys(person.number, veiled);
        let mut device = device(person.number, reachable);
        if let Some(mailbox) = &mut device.mailbox {
            mailbox.is_made = person.has_mailbox;
        }
        let now = TimestampMs(self.now);
        person.live = Live::load(device, &keys, rows, now, &mut self.rng).unwrap();
    }

    /// What is on its way arrives.
    pub(super) fn deliver(&mut self) {
        while let Some(who) = self.lanes.iter().position(|lane| !lane.is_empty()) {
            self.deliver_to(who);
        }
    }

    /// What is on its way to somebody arrives; what they answer, or are answered, does not yet.
    pub(super) fn deliver_to(&mut self, who: usize) {
        let all: Vec<_> = self.lanes[who].drain(..).collect();
        let all: Vec<_> = all.into_iter().map(|it| (RELAY.to_owned(), it)).collect();
        self.step(who, |live, now, rng| live.received(&all, now, rng));
    }

    /// A relay shows once more what was published last.
    pub(super) fn publish_again(&mut self) {
        let (stream, blob) = self.published.last().cloned().unwrap();
        self.tell(stream, &Event::Published { via: 0, blob });
        self.deliver();
    }

    /// Until nothing is on its way, and time has passed for receipts and connections.
    pub(super) fn settle(&mut self) {
        for _ in 0..3 {
            self.deliver();
            self.pass(2_000);
        }
    }

    /// Time passes for everybody, the relay too.
    pub(super) fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.end_notes();
        for who in 0..self.people.len() {
            self.step(who, |live, now, rng| live.tick(now, rng));
        }
    }

    // What the tests begin with.

    #[expect(
        clippy::needless_pass_by_value,
        reason = "tests write requests where they ask"
    )]
    pub(super) fn ask(&mut self, who: usize, request: LiveRequest) -> Result<LiveReply, ChatError> {
        let now = TimestampMs(self.now);
        let asked = request.clone();
        let (step, answer) = self.people[who]
            .live
            .request(asked, now, &mut self.rng)
            .unwrap();
        self.perform(who, step);
        match answer? {
            Some(reply) => Ok(reply),
            None => self.people[who].live.later(&request),
        }
    }

    pub(super) fn id(&self, who: usize) -> String {
        ContactId::of(&self.people[who].me).to_string()
    }

    pub(super) fn say(&mut self, who: usize, talk: &str, text: &str) -> ChatMessage {
        let request = LiveRequest::Send {
            conversation: talk.to_owned(),
            text: text.to_owned(),
            reply_to: None,
        };
        match self.ask(who, request) {
            Ok(LiveReply::Send { message }) => message,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn messages(&mut self, who: usize, talk: &str) -> Vec<ChatMessage> {
        let mut all = Vec::new();
        loop {
            let request = LiveRequest::Messages {
                conversation: talk.to_owned(),
                from: u32::try_from(all.len()).unwrap(),
                count: 60,
            };
            let Ok(LiveReply::Messages { messages, total }) = self.ask(who, request) else {
                panic!()
            };
            all.extend(messages);
            if all.len() >= usize::try_from(total).unwrap() {
                return all;
            }
        }
    }

    /// What was said, without what happened.
    pub(super) fn words(&mut self, who: usize, talk: &str) -> Vec<String> {
        let messages = self.messages(who, talk).into_iter();
        messages
            .filter_map(|it| match it.body {
                ChatBody::Text { text, .. } => Some(text),
                _ => None,
            })
            .collect()
    }

    /// Two talk: the first has introduced themself, the second has accepted.
    pub(super) fn pair(&mut self, one: usize, other: usize) -> [String; 2] {
        let (mine, theirs) = (self.id(other), self.id(one));
        let contact = mine.clone();
        self.ask(one, LiveRequest::Begin { contact }).unwrap();
        self.say(one, &mine, "hello");
        self.settle();
        let accept = LiveRequest::AcceptRequest {
            conversation: theirs.clone(),
            verdict: None,
        };
        self.ask(other, accept).unwrap();
        self.settle();
        [mine, theirs]
    }

    /// The relay shows once more what lies in somebody's mailbox, under new numbers.
    pub(super) fn show_letters_again(&mut self, who: usize) {
        let stream = StreamId([self.people[who].number; 16]);
        for entry in self.streams[&stream.0].clone() {
            assert!(matches!(
                self.append(stream, None, entry.via, entry.blob),
                Reply::At { .. }
            ));
        }
        self.settle();
    }

    /// The relay has lost somebody's mailbox.
    pub(super) fn lose_mailbox(&mut self, who: usize) {
        self.streams.remove(&[self.people[who].number; 16]);
        self.tokens.remove(&[self.people[who].number; 16]);
    }

    /// The labels under which somebody's mailbox takes letters of one contact alone.
    pub(super) fn private(&self, who: usize) -> Vec<u32> {
        self.labels(who).filter(|it| *it > 1).collect()
    }

    /// Under which somebody's mailbox takes letters; 0 is the owner's.
    pub(super) fn labels(&self, who: usize) -> impl Iterator<Item = u32> {
        let tokens = &self.tokens[&[self.people[who].number; 16]];
        tokens.values().copied()
    }

    /// Through which tokens letters came into somebody's mailbox.
    pub(super) fn ways(&self, who: usize) -> Vec<u32> {
        let mailbox = &self.streams[&[self.people[who].number; 16]];
        mailbox.iter().map(|entry| entry.via).collect()
    }

    /// The last letter in somebody's mailbox, which is not there any more.
    pub(super) fn take_letter(&mut self, who: usize) -> Vec<u8> {
        let mailbox = self.streams.get_mut(&[self.people[who].number; 16]);
        let entry = mailbox.and_then(Vec::pop).unwrap();
        match Blob::decode(&entry.blob) {
            Ok(Blob::Letter(letter)) => letter,
            other => panic!("{other:?}"),
        }
    }

    /// Puts a blob into somebody's mailbox, whoever made it.
    pub(super) fn inject(&mut self, who: usize, letter: Vec<u8>) {
        self.inject_by(who, 1, letter);
    }

    /// Through the token of a label.
    pub(super) fn inject_by(&mut self, who: usize, via: u32, letter: Vec<u8>) {
        let stream = StreamId([self.people[who].number; 16]);
        let blob = Blob::Letter(letter).encode();
        let reply = self.append(stream, None, via, blob);
        assert!(matches!(reply, Reply::At { .. }));
        self.settle();
    }
}
