//! One person: the core as custodian, the live sessions, a socket to each relay.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;
use serde_json::json;
use sotto_chat::{Device, Keys, Live, Output, Step};
use sotto_core::app::{App, KdfResult};
use sotto_core::custody::{Base64Url, Bytes};
use sotto_core::identity::IdentityKey;
use sotto_core::vault::VaultId;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::live::{LiveEvent, LiveReply, LiveRequest};
use sotto_protocol::{SecretText, TimestampMs};
use sotto_session::Who;
use tokio::sync::mpsc::UnboundedSender;
use zeroize::Zeroizing;

use crate::wire::{self, Told, What};
use crate::{Failure, say};

pub(crate) struct Member {
    number: usize,
    app: App,
    live: Live,
    rng: ChaCha20Rng,
    told: UnboundedSender<Told>,
    wires: BTreeMap<String, UnboundedSender<Vec<u8>>>,
    wake: Option<TimestampMs>,
    is_away: bool,
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock of the program"
)]
fn now() -> Result<TimestampMs, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(TimestampMs(u64::try_from(since.as_millis())?))
}

fn rng() -> Result<ChaCha20Rng, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(ChaCha20Rng::from_seed(seed))
}

fn creation(number: usize) -> DeskRequest {
    DeskRequest::Create {
        name: format!("Member {number}"),
        address: format!("member{number}@example.org"),
        passphrase: SecretText("the same for everybody".to_owned()),
    }
}

/// Argon2id, once for all of them.
pub(crate) fn passphrase_key() -> Result<KdfResult, Failure> {
    let jobs = App::default().kdf_jobs(&creation(0), &mut rng()?)?;
    Ok(jobs.first().ok_or("no derivation")?.run()?)
}

impl Member {
    pub(crate) fn new(
        number: usize,
        relay: &str,
        key: &KdfResult,
        told: UnboundedSender<Told>,
    ) -> Result<Self, Failure> {
        let (mut app, mut rng, now) = (App::default(), rng()?, now()?);
        let key = KdfResult(key.0.clone());
        drop(app.handle(creation(number), core::slice::from_ref(&key), now, &mut rng)?);
        let start = app
            .live_reach(Some(true), Some((relay, "")), now, &mut rng)?
            .reply;
        let device = Device {
            who: Who {
                identity: IdentityKey::parse(&start.identity.0)?,
                device: start.device.0,
            },
            name: start.name,
            vault: VaultId(start.vault.0),
            mailbox: start.mailbox,
            is_reachable: start.reachable,
        };
        let keys = app.live_keys()?;
        let (sessions, history) = keys.split_at_checked(32).ok_or("keys")?;
        let keys = Keys {
            sessions: Zeroizing::new(sessions.try_into()?),
            history: Some(Zeroizing::new(history.try_into()?)),
        };
        let live = Live::load(device, &keys, [], now, &mut rng)?;
        let mut member = Self {
            number,
            app,
            live,
            rng,
            told,
            wires: BTreeMap::new(),
            wake: None,
            is_away: false,
        };
        member.tell_people()?;
        let step = member.live.begin(now, &mut member.rng)?;
        member.perform(step)?;
        Ok(member)
    }

    /// How long until something is due.
    pub(crate) fn due(&self) -> Option<Duration> {
        let wake = self.wake.filter(|_| !self.is_away)?;
        Some(Duration::from_millis(wake.0.saturating_sub(now().ok()?.0)))
    }

    pub(crate) fn tick(&mut self) -> Result<(), Failure> {
        let step = self.live.tick(now()?, &mut self.rng)?;
        self.perform(step)
    }

    pub(crate) fn hear(&mut self, relay: &str, what: What) -> Result<(), Failure> {
        if self.is_away {
            return Ok(());
        }
        let (now, rng) = (now()?, &mut self.rng);
        let step = match what {
            What::Opened => self.live.connected(relay, now, rng)?,
            What::Closed => self.live.disconnected(relay, now, rng)?,
            What::Message(message) => {
                self.live
                    .received(&[(relay.to_owned(), message)], now, rng)?
            }
        };
        self.perform(step)?;
        self.take_requests()
    }

    /// Loses every connection, or may connect again.
    pub(crate) fn set_away(&mut self, away: bool) -> Result<(), Failure> {
        self.is_away = away;
        let wires = core::mem::take(&mut self.wires);
        for relay in wires.into_keys() {
            let step = self.live.disconnected(&relay, now()?, &mut self.rng)?;
            self.perform(step)?;
        }
        Ok(())
    }

    /// Answers as the background does.
    pub(crate) fn live(&mut self, request: &LiveRequest) -> Result<LiveReply, Failure> {
        let (step, answer) = self.live.request(request.clone(), now()?, &mut self.rng)?;
        self.perform(step)?;
        match answer? {
            Some(reply) => Ok(reply),
            None => Ok(self.live.later(request)?),
        }
    }

    /// Answers as the background does.
    pub(crate) fn desk(&mut self, request: DeskRequest) -> Result<DeskReply, Failure> {
        let reply = self.app.handle(request, &[], now()?, &mut self.rng)?.reply;
        self.tell_people()?;
        self.take_requests()?;
        Ok(reply)
    }

    fn take_requests(&mut self) -> Result<(), Failure> {
        if self.live.status().requests == 0 {
            return Ok(());
        }
        let LiveReply::Conversations { requests, .. } =
            self.live(&LiveRequest::Conversations {})?
        else {
            return Err("no conversations".into());
        };
        for request in requests.into_iter().filter(|it| it.contact.is_some()) {
            let (conversation, verdict) = (request.conversation, None);
            drop(self.live(&LiveRequest::AcceptRequest {
                conversation,
                verdict,
            })?);
        }
        Ok(())
    }

    fn tell_people(&mut self) -> Result<(), Failure> {
        let people = self.app.live_people(&self.live.cards())?;
        let step = self.live.set_people(people, now()?, &mut self.rng)?;
        self.perform(step)
    }

    fn perform(&mut self, step: Step) -> Result<(), Failure> {
        self.wake = step.wake;
        step.outputs
            .into_iter()
            .try_for_each(|output| self.put(output))
    }

    fn put(&mut self, output: Output) -> Result<(), Failure> {
        let (now, rng) = (now()?, &mut self.rng);
        let step = match output {
            Output::Connect { relay } => {
                if !self.is_away {
                    let wire = wire::open(self.number, relay.clone(), self.told.clone());
                    drop(self.wires.insert(relay, wire));
                }
                return Ok(());
            }
            Output::Send { relay, message } => {
                if let Some(wire) = self.wires.get(&relay) {
                    // One that is closed says so itself.
                    drop(wire.send(message));
                }
                return Ok(());
            }
            Output::Close { relay } => {
                drop(self.wires.remove(&relay));
                return Ok(());
            }
            Output::Event(event) => return self.event(&event),
            Output::MailboxMade { stream } => {
                drop(self.app.live_mailbox_made(&Bytes(stream), now, rng)?);
                return Ok(());
            }
            Output::Sign(leaf) => {
                let signed = self.app.live_sign(leaf, now)?;
                self.live.signed(signed, now, rng)?
            }
            Output::Seal { to, content } => {
                let whom = Bytes(*to.as_bytes());
                let sealed = self.app.live_seal(&whom, &Base64Url(content), now, rng)?;
                self.live.sealed(to, Ok(sealed.reply), now, rng)?
            }
            Output::Open { seq, letter } => {
                let opened = self.app.live_open(&Base64Url(letter), now, rng);
                let opened = opened.ok().map(|it| it.reply);
                let step = self.live.opened(seq, opened, now, rng)?;
                self.perform(step)?;
                return self.tell_people();
            }
        };
        self.perform(step)
    }

    fn event(&self, event: &LiveEvent) -> Result<(), Failure> {
        if !matches!(event, LiveEvent::Messages { .. }) {
            return Ok(());
        }
        say(&json!({"member": self.number, "event": event}))
    }
}
