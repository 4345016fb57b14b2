//! The relay client: one connection to each relay, in messages and times, without a socket.
//!
//! The host opens a WebSocket when told ([`Output::Connect`]), hands over what comes, and sends
//! what it is given. A lost connection is tried again after a random time that doubles up to a
//! minute (full jitter), so that the clients of a relay that comes back do not come all at once.
//! Where to go on in a stream is [`crate::Sessions`]' matter: it subscribes from the last number
//! that it has read.

use std::collections::{BTreeMap, BTreeSet};

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Event, Reply, Request, StreamId, Tag, Verb};

use crate::Input;

/// The first wait, at most.
const FIRST_MS: u64 = 1_000;
/// The longest wait.
const LONGEST_MS: u64 = 60_000;
/// How long a connection stands until the next wait is the first again. Longer than a relay's store
/// takes to fail.
const STEADY_MS: u64 = 30_000;
/// Silence after which the relay is asked whether it lives. Browsers end a background that has been
/// silent for 30 s.
const QUIET_MS: u64 = 20_000;
/// How long a relay that is needed no more may owe answers.
const PARTING_MS: u64 = 10_000;
/// Silence after which the connection is given up.
const DEAD_MS: u64 = 45_000;

/// What the host does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a WebSocket to `{relay}/v1` with [`sotto_protocol::relay::SUBPROTOCOL`].
    Connect {
        /// The relay's origin.
        relay: String,
    },
    /// Send a binary message.
    Send {
        /// The relay's origin.
        relay: String,
        /// The message.
        message: Vec<u8>,
    },
    /// Close it.
    Close {
        /// The relay's origin.
        relay: String,
    },
    /// Hand this to [`crate::Sessions::handle`].
    Session(Input),
    /// Somebody published this just now: for [`crate::Sessions::open_whisper`].
    Published {
        /// The relay's origin.
        relay: String,
        /// The stream.
        stream: [u8; 16],
        /// Opaque.
        blob: Vec<u8>,
    },
    /// A presence note stands in a stream: for [`crate::Sessions::open_note`].
    Present {
        /// The relay's origin.
        relay: String,
        /// The stream.
        stream: [u8; 16],
        /// Which note.
        tag: Tag,
        /// Opaque.
        note: Vec<u8>,
    },
    /// A presence note stands no more, says the relay.
    Absent {
        /// The relay's origin.
        relay: String,
        /// The stream.
        stream: [u8; 16],
        /// Which note.
        tag: Tag,
    },
}

#[derive(Debug)]
enum State {
    Waiting {
        until: TimestampMs,
    },
    Opening,
    Open {
        since: TimestampMs,
        heard: TimestampMs,
        asked: bool,
    },
}

#[derive(Debug)]
struct Link {
    state: State,
    /// It is needed no more, since then.
    parting: Option<TimestampMs>,
    tries: u32,
    next_id: u32,
    tickets: BTreeMap<u32, u64>,
    subscriptions: BTreeMap<u32, StreamId>,
}

/// The connections of a device.
#[derive(Debug, Default)]
pub struct Links {
    links: BTreeMap<String, Link>,
    outputs: Vec<Output>,
}

impl Link {
    const fn new() -> Self {
        Self {
            state: State::Opening,
            parting: None,
            tries: 0,
            next_id: 0,
            tickets: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
        }
    }

    /// An id that no request under way and no subscription has.
    fn id(&mut self) -> u32 {
        loop {
            self.next_id = self.next_id.wrapping_add(1);
            let id = self.next_id;
            if !self.tickets.contains_key(&id) && !self.subscriptions.contains_key(&id) {
                return id;
            }
        }
    }
}

impl Links {
    /// What is to be done.
    #[must_use]
    pub fn take_outputs(&mut self) -> Vec<Output> {
        core::mem::take(&mut self.outputs)
    }

    /// A relay is needed: it is connected to, and kept so.
    pub fn want(&mut self, relay: &str) {
        if !self.links.contains_key(relay) {
            self.links.insert(relay.to_owned(), Link::new());
            self.connect(relay);
        }
    }

    /// A relay is not needed any more.
    pub fn forget(&mut self, relay: &str) {
        if self.links.remove(relay).is_some() {
            let close = relay.to_owned();
            self.outputs.push(Output::Close { relay: close });
            let relay = relay.to_owned();
            self.outputs
                .push(Output::Session(Input::Disconnected { relay }));
        }
    }

    /// These relays are needed and no others. Of the others each is forgotten once it has answered
    /// what it was asked, and soon if it does not.
    pub fn keep(&mut self, needed: &BTreeSet<String>, now: TimestampMs) {
        let mut over = Vec::new();
        for (relay, link) in &mut self.links {
            if needed.contains(relay) {
                link.parting = None;
                continue;
            }
            let since = *link.parting.get_or_insert(now);
            let is_open = matches!(link.state, State::Open { .. });
            let owes = is_open && !link.tickets.is_empty();
            if !owes || now.since_ms(since) > PARTING_MS {
                over.push(relay.clone());
            }
        }
        for relay in over {
            self.forget(&relay);
        }
        for relay in needed {
            self.want(relay);
        }
    }

    fn connect(&mut self, relay: &str) {
        let relay = relay.to_owned();
        self.outputs.push(Output::Connect { relay });
    }

    /// The connection is open.
    pub fn opened(&mut self, relay: &str, now: TimestampMs) {
        let Some(link) = self.links.get_mut(relay) else {
            return;
        };
        link.state = State::Open {
            since: now,
            heard: now,
            asked: false,
        };
        link.tickets.clear();
        link.subscriptions.clear();
        let relay = relay.to_owned();
        self.outputs
            .push(Output::Session(Input::Connected { relay }));
    }

    /// The connection is lost, or could not be opened.
    pub fn closed(&mut self, relay: &str, now: TimestampMs, rng: &mut impl CryptoRng) {
        let Some(link) = self.links.get_mut(relay) else {
            return;
        };
        if let State::Open { since, .. } = link.state
            && now.since_ms(since) > STEADY_MS
        {
            link.tries = 0;
        }
        let most = FIRST_MS.saturating_mul(1_u64.checked_shl(link.tries).unwrap_or(u64::MAX));
        let most = most.clamp(FIRST_MS, LONGEST_MS);
        let wait = rng.next_u64().checked_rem(most).unwrap_or(most);
        link.tries = link.tries.saturating_add(1);
        link.state = State::Waiting {
            until: TimestampMs(now.0.saturating_add(wait)),
        };
        let relay = relay.to_owned();
        self.outputs
            .push(Output::Session(Input::Disconnected { relay }));
    }

    /// Asks a relay; without a connection nothing is asked, and [`Input::Connected`] begins anew.
    pub fn ask(&mut self, relay: &str, verb: Verb, ticket: u64) {
        self.want(relay);
        let Some(link) = self.links.get_mut(relay) else {
            return;
        };
        if !matches!(link.state, State::Open { .. }) {
            return;
        }
        let id = link.id();
        if let Verb::Subscribe { stream, .. } = &verb {
            link.subscriptions.insert(id, *stream);
        }
        link.tickets.insert(id, ticket);
        let message = Request { id, verb }.encode();
        let relay = relay.to_owned();
        self.outputs.push(Output::Send { relay, message });
    }

    /// A binary message of a relay. What does not decode ends the connection.
    pub fn message(&mut self, relay: &str, message: &[u8], now: TimestampMs) {
        let Some(link) = self.links.get_mut(relay) else {
            return;
        };
        let State::Open { heard, asked, .. } = &mut link.state else {
            return;
        };
        (*heard, *asked) = (now, false);
        match read(link, relay, message) {
            Ok(Some(output)) => self.outputs.push(output),
            Ok(None) => {}
            Err(Broken) => {
                let relay = relay.to_owned();
                self.outputs.push(Output::Close { relay });
            }
        }
    }

    /// Whether a relay can be spoken to.
    #[must_use]
    pub fn is_open(&self, relay: &str) -> bool {
        let link = self.links.get(relay);
        link.is_some_and(|link| matches!(link.state, State::Open { .. }))
    }

    /// The relays that are wanted.
    #[must_use]
    pub fn wanted(&self) -> Vec<String> {
        self.links.keys().cloned().collect()
    }

    /// When a relay is tried again, if it waits.
    #[must_use]
    pub fn next_try(&self, relay: &str) -> Option<TimestampMs> {
        match self.links.get(relay)?.state {
            State::Waiting { until } => Some(until),
            State::Opening | State::Open { .. } => None,
        }
    }

    /// When [`Self::tick`] has something to do, at the latest.
    #[must_use]
    pub fn next_tick(&self) -> Option<TimestampMs> {
        let due = |link: &Link| match &link.state {
            State::Waiting { until } => Some(until.0),
            State::Open { heard, asked, .. } => {
                let silence = if *asked { DEAD_MS } else { QUIET_MS };
                Some(heard.0.saturating_add(silence).saturating_add(1))
            }
            State::Opening => None,
        };
        let parted = self.links.values().filter_map(|link| link.parting);
        let parted = parted.map(|since| since.0.saturating_add(PARTING_MS).saturating_add(1));
        let due = self.links.values().filter_map(due);
        due.chain(parted).min().map(TimestampMs)
    }

    /// Time has passed: waits end, silence is asked about.
    pub fn tick(&mut self, now: TimestampMs) {
        let mut connect = Vec::new();
        for (relay, link) in &mut self.links {
            match &mut link.state {
                State::Waiting { until } if now >= *until => {
                    link.state = State::Opening;
                    connect.push(relay.clone());
                }
                State::Open { heard, .. } if now.since_ms(*heard) > DEAD_MS => {
                    let relay = relay.clone();
                    self.outputs.push(Output::Close { relay });
                }
                State::Open { heard, asked, .. } if now.since_ms(*heard) > QUIET_MS && !*asked => {
                    *asked = true;
                    let id = link.id();
                    let message = Request {
                        id,
                        verb: Verb::Ping,
                    }
                    .encode();
                    let relay = relay.clone();
                    self.outputs.push(Output::Send { relay, message });
                }
                State::Waiting { .. } | State::Opening | State::Open { .. } => {}
            }
        }
        for relay in connect {
            self.connect(&relay);
        }
    }
}

/// The relay does not speak our wire.
struct Broken;

fn read(link: &mut Link, relay: &str, message: &[u8]) -> Result<Option<Output>, Broken> {
    if Reply::is_reply(message) {
        let (id, reply) = Reply::decode(message).map_err(|_| Broken)?;
        if matches!(reply, Reply::Failed { .. }) {
            link.subscriptions.remove(&id);
        }
        let ticket = link.tickets.remove(&id);
        return Ok(ticket.map(|ticket| Output::Session(Input::Answer { ticket, reply })));
    }
    let (id, event) = Event::decode(message).map_err(|_| Broken)?;
    let Some(stream) = link.subscriptions.get(&id) else {
        return Ok(None);
    };
    let (relay, stream) = (relay.to_owned(), stream.0);
    Ok(Some(match event {
        Event::Blob(entry) => Output::Session(Input::Blob {
            relay,
            stream,
            entry,
        }),
        Event::Published { blob, .. } => Output::Published {
            relay,
            stream,
            blob,
        },
        Event::Present { tag, note, .. } => Output::Present {
            relay,
            stream,
            tag,
            note,
        },
        Event::Absent { tag } => Output::Absent { relay, stream, tag },
        // What ended is begun anew, with the connection.
        Event::Ended { .. } => return Err(Broken),
    }))
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;
    use sotto_protocol::TimestampMs;
    use sotto_protocol::relay::{Entry, Event, Reply, Request, Secret, StreamId, Tag, Verb};

    use super::{Links, Output};
    use crate::Input;

    const RELAY: &str = "wss://relay.example";

    fn open() -> Links {
        let mut links = Links::default();
        links.want(RELAY);
        links.opened(RELAY, TimestampMs(0));
        assert_eq!(links.take_outputs().len(), 2);
        links
    }

    fn subscribe(links: &mut Links) -> u32 {
        let verb = Verb::Subscribe {
            stream: StreamId([1; 16]),
            read: Secret([2; 32]),
            from: 4,
        };
        links.ask(RELAY, verb, 7);
        let [Output::Send { message, .. }] = &links.take_outputs()[..] else {
            panic!()
        };
        Request::decode(message).unwrap().id
    }

    #[test]
    fn answers_find_their_questions_and_blobs_their_streams() {
        let mut links = open();
        let id = subscribe(&mut links);
        let reply = Reply::At { seq: 9 };
        links.message(RELAY, &reply.encode(id), TimestampMs(1));
        let entry = Entry {
            seq: 9,
            at_ms: 5,
            via: 0,
            blob: vec![1],
        };
        links.message(
            RELAY,
            &Event::Blob(entry.clone()).encode(id),
            TimestampMs(2),
        );
        // An answer to nothing, a blob of no subscription.
        links.message(RELAY, &reply.encode(99), TimestampMs(3));
        links.message(
            RELAY,
            &Event::Blob(entry.clone()).encode(99),
            TimestampMs(3),
        );
        let expected = [
            Output::Session(Input::Answer { ticket: 7, reply }),
            Output::Session(Input::Blob {
                relay: RELAY.to_owned(),
                stream: [1; 16],
                entry,
            }),
        ];
        assert_eq!(links.take_outputs(), expected);
    }

    #[test]
    fn notes_find_their_streams_and_of_no_subscription_there_are_none() {
        let mut links = open();
        let id = subscribe(&mut links);
        let (tag, note) = (Tag([3; 16]), vec![4; 70]);
        let present = Event::Present {
            via: 0,
            tag,
            note: note.clone(),
        };
        for of in [99, id] {
            links.message(RELAY, &present.encode(of), TimestampMs(1));
            let absent = Event::Absent { tag };
            links.message(RELAY, &absent.encode(of), TimestampMs(2));
        }
        let (relay, stream) = (RELAY.to_owned(), [1; 16]);
        let expected = [
            Output::Present {
                relay: relay.clone(),
                stream,
                tag,
                note,
            },
            Output::Absent { relay, stream, tag },
        ];
        assert_eq!(links.take_outputs(), expected);
    }

    #[test]
    fn what_does_not_decode_ends_the_connection() {
        let mut links = open();
        links.message(RELAY, b"nonsense", TimestampMs(1));
        assert_eq!(
            links.take_outputs(),
            [Output::Close {
                relay: RELAY.to_owned()
            }]
        );
    }

    #[test]
    fn a_lost_connection_is_tried_again_after_a_random_time_that_grows() {
        let mut links = open();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut now = TimestampMs(0);
        let mut waits = Vec::new();
        for _ in 0..12 {
            links.closed(RELAY, now, &mut rng);
            let from = now;
            assert_eq!(links.take_outputs().len(), 1);
            while links.take_outputs().is_empty() {
                now = TimestampMs(now.0 + 10);
                links.tick(now);
            }
            waits.push(now.0 - from.0);
        }
        assert!(waits.iter().all(|wait| *wait <= 60_010), "{waits:?}");
        assert!(waits[..3].iter().all(|wait| *wait <= 4_010), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait > 8_000), "{waits:?}");
    }

    /// A relay that answers and then cuts, as one does whose store fails.
    #[test]
    fn a_connection_that_is_cut_early_waits_longer_and_one_that_stood_does_not() {
        let mut links = open();
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let mut now = 0;
        let mut waits = Vec::new();
        for stood in [5; 40].into_iter().chain([31_000; 40]) {
            now += stood;
            let failed = Reply::Failed {
                code: sotto_protocol::relay::RelayCode::Unavailable,
                detail: 0,
            };
            links.message(RELAY, &failed.encode(1), TimestampMs(now));
            links.closed(RELAY, TimestampMs(now), &mut rng);
            let until = links.next_try(RELAY).unwrap().0;
            waits.push(until - now);
            now = until;
            links.tick(TimestampMs(now));
            links.opened(RELAY, TimestampMs(now));
        }
        assert!(waits[0] <= 1_000 && waits[..40].iter().any(|wait| *wait > 20_000));
        assert!(waits[40..].iter().all(|wait| *wait <= 1_000), "{waits:?}");
    }

    #[test]
    fn silence_is_asked_about_and_then_given_up() {
        let mut links = open();
        links.tick(TimestampMs(21_000));
        links.tick(TimestampMs(22_000));
        let [Output::Send { message, .. }] = &links.take_outputs()[..] else {
            panic!()
        };
        assert_eq!(Request::decode(message).unwrap().verb, Verb::Ping);
        links.tick(TimestampMs(46_000));
        assert_eq!(
            links.take_outputs(),
            [Output::Close {
                relay: RELAY.to_owned()
            }]
        );
    }

    #[test]
    fn what_is_needed_no_more_goes_once_it_has_answered_or_soon() {
        let other = ["wss://other.example".to_owned()].into();
        for answers in [true, false] {
            let mut links = open();
            let id = subscribe(&mut links);
            links.keep(&other, TimestampMs(1));
            let connect = Output::Connect {
                relay: "wss://other.example".to_owned(),
            };
            assert_eq!(links.take_outputs(), [connect]);
            let now = if answers {
                let reply = Reply::At { seq: 9 };
                links.message(RELAY, &reply.encode(id), TimestampMs(2));
                assert_eq!(links.take_outputs().len(), 1);
                TimestampMs(2)
            } else {
                links.keep(&other, TimestampMs(10_001));
                assert_eq!(links.take_outputs(), [], "it has time to answer");
                assert_eq!(links.next_tick(), Some(TimestampMs(10_002)));
                TimestampMs(10_002)
            };
            links.keep(&other, now);
            let relay = RELAY.to_owned();
            let gone = Output::Session(Input::Disconnected {
                relay: relay.clone(),
            });
            assert_eq!(links.take_outputs(), [Output::Close { relay }, gone]);
            assert_eq!(links.wanted(), ["wss://other.example"]);
        }
    }

    #[test]
    fn what_is_needed_again_is_kept_and_what_never_answered_goes_at_once() {
        let mut links = open();
        subscribe(&mut links);
        links.keep(&[].into(), TimestampMs(1));
        links.keep(&[RELAY.to_owned()].into(), TimestampMs(2));
        links.keep(&[].into(), TimestampMs(20_000));
        assert_eq!(links.take_outputs(), [], "its time begins anew");
        let mut links = Links::default();
        links.want(RELAY);
        links.keep(&[].into(), TimestampMs(1));
        assert!(links.wanted().is_empty());
    }

    #[test]
    fn without_a_connection_nothing_is_asked() {
        let mut links = Links::default();
        links.ask(RELAY, Verb::Ping, 1);
        assert_eq!(
            links.take_outputs(),
            [Output::Connect {
                relay: RELAY.to_owned()
            }]
        );
    }
}
