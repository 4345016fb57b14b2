//! People with sessions, a relay, and a world that delivers in any order it likes.

use std::collections::{BTreeMap, VecDeque};

use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sotto_core::custody::{Custodian, Statement};
use sotto_core::identity::{IdentityKey, Keyring, Seed};
use sotto_core::vault::{Vault, VaultId};
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Entry, RelayCode, Reply, Secret, Verb};
use zeroize::Zeroizing;

use crate::format::{Blob, ConversationId, Introduction, Message};
use crate::{Command, Effect, Event, Input, SessionError, Sessions, Who};

pub(super) const RELAY: &str = "ws://127.0.0.1:9000";

#[expect(
    clippy::disallowed_methods,
    reason = "OpenMLS holds KeyPackages against this clock"
)]
fn today() -> TimestampMs {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    TimestampMs(u64::try_from(since.as_millis()).unwrap())
}

pub(super) struct Person {
    pub(super) who: Who,
    custodian: Custodian,
    vault: [u8; 32],
    /// What is on the disk.
    pub(super) disk: BTreeMap<[u8; 32], Vec<u8>>,
    /// Bytes that were ever written there.
    pub(super) written: usize,
    pub(super) sessions: Sessions,
    pub(super) events: Vec<Event>,
    /// Everything that was given to the relay.
    pub(super) sent: Vec<Vec<u8>>,
    pub(super) online: bool,
    /// The disk fails: rows are not written.
    pub(super) disk_fails: bool,
}

/// What is on its way: to the relay or from it, in order for each person.
#[derive(Debug)]
enum Item {
    Up(Verb, u64),
    Down(Input),
    Letter(IdentityKey, Vec<u8>, ConversationId),
}

/// What one reader is shown instead of a blob.
pub(super) type View = Box<dyn FnMut(usize, &Entry) -> Vec<Entry>>;

#[derive(Default)]
pub(super) struct Relay {
    pub(super) streams: BTreeMap<[u8; 16], Vec<Entry>>,
    subscribers: Vec<(usize, [u8; 16])>,
    pub(super) view: Option<View>,
    /// What it answers to the next requests, instead of obeying.
    pub(super) refuses: VecDeque<RelayCode>,
    seq: u64,
}

pub(super) struct World {
    pub(super) now: TimestampMs,
    pub(super) rng: ChaCha20Rng,
    pub(super) relay: Relay,
    pub(super) people: Vec<Person>,
    lanes: Vec<VecDeque<Item>>,
}

fn person(number: u8, device: u8, rng: &mut ChaCha20Rng) -> Person {
    let seed = || Seed::from_bytes(Zeroizing::new([number; 32]));
    let custodian = Custodian::new(Keyring::derive(&seed()).unwrap());
    let who = Who {
        identity: seed().derive_identity().public(),
        device: [device; 16],
    };
    let mut vault = [0; 32];
    rng.fill_bytes(&mut vault);
    let mut sessions = Sessions::load(who, class(&vault), [], rng).unwrap();
    sessions.settle_at(RELAY, mailbox(who), Secret([0; 32]));
    Person {
        who,
        custodian,
        vault,
        disk: BTreeMap::new(),
        written: 0,
        sessions,
        events: Vec::new(),
        sent: Vec::new(),
        online: false,
        disk_fails: false,
    }
}

/// The stream of somebody's mailbox.
pub(super) const fn mailbox(of: Who) -> [u8; 16] {
    of.device
}

fn class(key: &[u8; 32]) -> Vault {
    Vault::of_class(VaultId([9; 16]), &Zeroizing::new(*key))
}

impl World {
    pub(super) fn new(people: usize, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let numbers = 1..=u8::try_from(people).unwrap();
        let people: Vec<_> = numbers
            .map(|number| person(number, number, &mut rng))
            .collect();
        let lanes = people.iter().map(|_| VecDeque::new()).collect();
        let mut world = Self {
            now: today(),
            rng,
            relay: Relay::default(),
            people,
            lanes,
        };
        (0..world.people.len()).for_each(|who| world.go_online(who));
        world.settle();
        world
    }

    pub(super) fn id(&self, who: usize) -> IdentityKey {
        self.people[who].who.identity
    }

    pub(super) fn go_online(&mut self, who: usize) {
        self.people[who].online = true;
        let relay = RELAY.to_owned();
        self.give(who, Input::Connected { relay }).unwrap();
    }

    /// The connection is gone, with everything on its way.
    pub(super) fn go_offline(&mut self, who: usize) {
        self.people[who].online = false;
        self.lanes[who].retain(|item| matches!(item, Item::Letter(..)));
        self.relay.subscribers.retain(|(reader, _)| *reader != who);
        let relay = RELAY.to_owned();
        self.give(who, Input::Disconnected { relay }).unwrap();
    }

    /// The program ends, and starts again from the disk.
    pub(super) fn restart(&mut self, who: usize) {
        let person = &mut self.people[who];
        let rows: Vec<_> = person.disk.values().cloned().collect();
        let vault = class(&person.vault);
        person.sessions = Sessions::load(person.who, vault, rows, &mut self.rng).unwrap();
        person
            .sessions
            .settle_at(RELAY, mailbox(person.who), Secret([0; 32]));
        let was_online = person.online;
        self.lanes[who].retain(|item| matches!(item, Item::Letter(..)));
        self.relay.subscribers.retain(|(reader, _)| *reader != who);
        if was_online {
            self.go_online(who);
        }
    }

    pub(super) fn give(&mut self, who: usize, input: Input) -> Result<(), SessionError> {
        let person = &mut self.people[who];
        let result = person.sessions.handle(input, self.now, &mut self.rng);
        self.flush(who);
        result
    }

    pub(super) fn command(&mut self, who: usize, command: Command) {
        self.give(who, Input::Command(command)).unwrap();
    }

    /// Invitations to our relay are taken.
    fn meet(&mut self, who: usize) {
        let sessions = &mut self.people[who].sessions;
        let here = sessions
            .invitations()
            .into_iter()
            .filter(|it| it.relay == RELAY);
        for invitation in here.collect::<Vec<_>>() {
            let group = invitation.group;
            let meet = Input::Command(Command::Meet { group });
            self.people[who]
                .sessions
                .handle(meet, self.now, &mut self.rng)
                .unwrap();
        }
    }

    /// Writes what is to be written, then does what may be done.
    fn flush(&mut self, who: usize) {
        self.meet(who);
        while let Some(batch) = self.people[who].sessions.batch(&mut self.rng).unwrap() {
            let person = &mut self.people[who];
            if person.disk_fails {
                return;
            }
            for row in batch.rows {
                person.written += row.value.as_ref().map_or(0, Vec::len);
                match row.value {
                    Some(value) => person.disk.insert(row.key, value),
                    None => person.disk.remove(&row.key),
                };
            }
            for effect in self.people[who].sessions.written(batch.id) {
                self.perform(who, effect);
            }
        }
    }

    fn perform(&mut self, who: usize, effect: Effect) {
        match effect {
            Effect::Relay { verb, ticket, .. } => {
                let person = &mut self.people[who];
                if let Verb::Append { blob, .. } = &verb {
                    person.sent.push(blob.clone());
                }
                if person.online {
                    self.lanes[who].push_back(Item::Up(verb, ticket));
                }
            }
            Effect::Sign(leaf) => {
                let statement = Statement::Leaf(leaf);
                let signed = self.people[who]
                    .custodian
                    .sign(&statement, self.now)
                    .unwrap();
                self.give(who, Input::Signed(signed)).unwrap();
            }
            Effect::Letter {
                conversation,
                to,
                content,
            } => self.lanes[who].push_back(Item::Letter(to, content, conversation)),
            Effect::Event(event) => self.people[who].events.push(event),
        }
    }

    /// Delivers one thing that is on its way. `false`: there is none.
    pub(super) fn deliver(&mut self) -> bool {
        let busy: Vec<_> = (0..self.lanes.len())
            .filter(|who| !self.lanes[*who].is_empty())
            .collect();
        if busy.is_empty() {
            return false;
        }
        let who = busy[self.below(busy.len())];
        self.now = TimestampMs(self.now.0 + 1);
        let Some(item) = self.lanes[who].pop_front() else {
            return false;
        };
        match item {
            Item::Up(verb, ticket) => self.relay_takes(who, verb, ticket),
            Item::Down(input) => self.give(who, input).unwrap(),
            Item::Letter(to, content, conversation) => {
                self.letter(who, to, &content);
                self.give(who, Input::LetterSent { conversation }).unwrap();
            }
        }
        true
    }

    /// Until nothing is on its way.
    pub(super) fn settle(&mut self) {
        for _ in 0..200_000 {
            if !self.deliver() {
                return;
            }
        }
        panic!("the world does not come to rest");
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.rng.next_u32()).unwrap() % bound
    }

    fn letter(&mut self, from: usize, to: IdentityKey, content: &[u8]) {
        let to = self
            .people
            .iter()
            .position(|person| person.who.identity == to)
            .unwrap();
        let mut letter = [0; 16];
        self.rng.fill_bytes(&mut letter);
        let answer = Command::Answer {
            from: self.id(from),
            letter,
            sent_at: self.now,
            introduction: Introduction::decode(content).unwrap(),
        };
        match self.give(to, Input::Command(answer)) {
            Ok(()) | Err(SessionError::Repeated) => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn relay_takes(&mut self, who: usize, verb: Verb, ticket: u64) {
        let refused = self.relay.refuses.pop_front();
        let reply = match verb {
            _ if refused.is_some() => Reply::Failed {
                code: refused.unwrap(),
                detail: 0,
            },
            Verb::Create { stream, .. } => {
                let fresh = self.relay.streams.insert(stream.0, Vec::new()).is_none();
                assert!(fresh, "a stream is made once");
                Reply::Done
            }
            Verb::Subscribe { stream, from, .. } => {
                let Some(kept) = self.relay.streams.get(&stream.0).cloned() else {
                    let reply = Reply::Failed {
                        code: RelayCode::Refused,
                        detail: 0,
                    };
                    self.lanes[who].push_back(Item::Down(Input::Answer { ticket, reply }));
                    return;
                };
                self.relay.subscribers.push((who, stream.0));
                let last = kept.last().map_or(0, |entry| entry.seq);
                let reply = Reply::At { seq: last };
                self.lanes[who].push_back(Item::Down(Input::Answer { ticket, reply }));
                for entry in kept.into_iter().filter(|entry| entry.seq >= from) {
                    self.show(who, stream.0, &entry);
                }
                return;
            }
            Verb::Append {
                stream,
                expect_seq,
                blob,
                ..
            } => self.append(stream.0, expect_seq, blob),
            other => panic!("{other:?}"),
        };
        self.lanes[who].push_back(Item::Down(Input::Answer { ticket, reply }));
    }

    fn append(&mut self, stream: [u8; 16], expect: Option<u64>, blob: Vec<u8>) -> Reply {
        let last = self.relay.streams[&stream]
            .last()
            .map_or(0, |entry| entry.seq);
        if expect.is_some_and(|expect| expect != last) {
            return Reply::Failed {
                code: RelayCode::Conflict,
                detail: 0,
            };
        }
        Reply::At {
            seq: self.inject(stream, blob),
        }
    }

    /// Puts a blob at the end of a stream, whoever made it.
    pub(super) fn inject(&mut self, stream: [u8; 16], blob: Vec<u8>) -> u64 {
        // Numbers rise, not always by one.
        self.relay.seq += 1 + u64::from(self.rng.next_u32() % 3);
        let entry = Entry {
            seq: self.relay.seq,
            at_ms: self.now.0,
            via: 0,
            blob,
        };
        self.relay
            .streams
            .entry(stream)
            .or_default()
            .push(entry.clone());
        let readers = self.relay.subscribers.clone();
        for (reader, _) in readers.iter().filter(|(_, read)| *read == stream) {
            self.show(*reader, stream, &entry);
        }
        self.relay.seq
    }

    fn show(&mut self, reader: usize, stream: [u8; 16], entry: &Entry) {
        let shown = match &mut self.relay.view {
            Some(view) => view(reader, entry),
            None => vec![entry.clone()],
        };
        for entry in shown {
            let relay = RELAY.to_owned();
            self.lanes[reader].push_back(Item::Down(Input::Blob {
                relay,
                stream,
                entry,
            }));
        }
    }

    // What the tests begin with.

    /// Both have a session with each other.
    pub(super) fn acquaint(&mut self, one: usize, other: usize) -> ConversationId {
        let (to, relay) = (self.id(other), RELAY.to_owned());
        self.command(
            one,
            Command::Introduce {
                to,
                relay,
                text: None,
            },
        );
        self.settle();
        self.people[one]
            .sessions
            .pair(&to)
            .expect("they have a session")
    }

    /// The first person makes a group and adds the others.
    pub(super) fn group(&mut self, members: &[usize]) -> ConversationId {
        let (founder, others) = members.split_first().unwrap();
        for other in others {
            if self.people[*founder]
                .sessions
                .pair(&self.id(*other))
                .is_none()
            {
                self.acquaint(*founder, *other);
            }
        }
        let relay = RELAY.to_owned();
        let known: Vec<_> = self.people[*founder].sessions.conversations();
        self.command(
            *founder,
            Command::CreateGroup {
                relay,
                name: Some("Choir".into()),
            },
        );
        self.settle();
        let all = self.people[*founder].sessions.conversations();
        let (group, _) = *all.iter().find(|it| !known.contains(it)).unwrap();
        let people = others.iter().map(|other| self.id(*other)).collect();
        self.command(*founder, Command::Add { to: group, people });
        self.settle();
        group
    }

    pub(super) fn say(&mut self, who: usize, to: ConversationId, text: &str) {
        let body = text.as_bytes().to_vec();
        self.command(who, Command::Send { to, body });
    }

    /// What somebody has heard in a conversation: who, what.
    pub(super) fn heard(&self, who: usize, at: ConversationId) -> Vec<(IdentityKey, String)> {
        let heard = self.people[who]
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Message {
                    conversation,
                    from,
                    body,
                    ..
                } if *conversation == at => {
                    Some((from.identity, String::from_utf8(body.clone()).unwrap()))
                }
                _ => None,
            });
        heard.collect()
    }

    pub(super) fn delivered(&self, who: usize, at: ConversationId) -> usize {
        let is_delivery = |event: &&Event| matches!(event, Event::Delivered { conversation, .. } if *conversation == at);
        self.people[who].events.iter().filter(is_delivery).count()
    }

    pub(super) fn members(&mut self, who: usize, of: ConversationId) -> Vec<IdentityKey> {
        let roster = self.people[who].sessions.roster(of).unwrap();
        let mut members: Vec<_> = roster.iter().map(|entry| entry.who.identity).collect();
        members.sort_unstable();
        members
    }

    /// All see one epoch, one roster.
    pub(super) fn agree(&mut self, people: &[usize], at: ConversationId) {
        let views: Vec<_> = people
            .iter()
            .map(|who| {
                let members = self.members(*who, at);
                (self.people[*who].sessions.epoch(at).unwrap(), members)
            })
            .collect();
        assert!(views.windows(2).all(|pair| pair[0] == pair[1]), "{views:?}");
    }

    pub(super) fn stream(&self, who: usize, of: ConversationId) -> [u8; 16] {
        self.people[who].sessions.stream(of)
    }

    pub(super) fn alarms(&self, who: usize) -> Vec<crate::Alarm> {
        let alarms = self.people[who]
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Alarm { what, .. } => Some(*what),
                _ => None,
            });
        alarms.collect()
    }

    /// Who says that they saw something else.
    pub(super) fn disagree(&self, who: usize) -> Vec<IdentityKey> {
        let events = self.people[who].events.iter();
        let disagree = events.filter_map(|event| match event {
            Event::Disagrees { with, .. } => Some(*with),
            _ => None,
        });
        disagree.collect()
    }

    /// What somebody says who keeps no rule: the same words as ours, whatever they hold.
    pub(super) fn say_by_hand(&mut self, who: usize, at: ConversationId, message: &Message) {
        let made = self.people[who]
            .sessions
            .misuse(at, |group, provider, signer| {
                let sealed = group.create_message(provider, signer, &message.encode());
                sealed.unwrap().to_bytes().unwrap()
            });
        let stream = self.stream(who, at);
        self.inject(stream, Blob::Mls(made).encode());
    }

    pub(super) fn stopped(&self, who: usize, at: ConversationId) -> Option<crate::StopReason> {
        self.people[who]
            .events
            .iter()
            .find_map(|event| match event {
                Event::Stopped {
                    conversation,
                    reason,
                } if *conversation == at => Some(*reason),
                _ => None,
            })
    }
}

impl Sessions {
    pub(super) fn stream(&self, of: ConversationId) -> [u8; 16] {
        self.stream_of(of).unwrap()
    }
}

impl Person {
    /// The sessions that these rows make.
    pub(super) fn reload(
        &self,
        rows: Vec<Vec<u8>>,
        rng: &mut ChaCha20Rng,
    ) -> Result<Sessions, SessionError> {
        Sessions::load(self.who, class(&self.vault), rows, rng)
    }
}
