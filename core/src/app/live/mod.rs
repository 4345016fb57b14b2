//! What live sessions need of the custodian. They run in a module of their own, which has no
//! identity key, no contacts and no other record than those of its class.
//!
//! What crosses here has a wire form like the custodian's own: the caller carries it and looks at
//! nothing in it.

mod device;
mod letters;
mod people;
mod veil;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

pub(super) use device::LiveDevice;
pub use device::LiveMailbox;
pub use letters::{INTRODUCTION_TYPE, LiveOpened, LiveSealed};
pub use people::{LiveContact, LivePeople};
pub(super) use veil::Veil;

use super::desk::Desk;
use super::{App, AppError, Outcome};
use crate::custody::{Bytes, Leaf, Signed, Statement};
use crate::identity::card::RelayOrigin;
use device::{Mailbox, parse_pass};

/// Who is live, and with what. Without the class key, which goes beside ([`App::live_key`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LiveStart {
    /// The identity key.
    pub identity: Bytes<33>,
    /// The name on the own card.
    pub name: String,
    /// The id of this profile.
    pub device: Bytes<16>,
    /// The vault whose class key goes beside.
    pub vault: Bytes<16>,
    /// The person wants to be reached.
    pub reachable: bool,
    /// Where introductions arrive, once a relay is named.
    pub mailbox: Option<LiveMailbox>,
}

impl App {
    /// What the sessions begin with.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoIdentity`].
    pub fn live_start(
        &mut self,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<LiveStart>, AppError> {
        let start = match &self.veil {
            Some(veil) => Ok(veil.start()),
            None => self.desk().and_then(|desk| desk.live_start(rng)),
        };
        self.conclude(start, now, rng)
    }

    /// The key of the class *sessions*, and behind it, unless the vault is veiled, that of the
    /// class *history*: 32 bytes or 64.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoIdentity`].
    pub fn live_keys(&self) -> Result<Zeroizing<Vec<u8>>, AppError> {
        if let Some(veil) = &self.veil {
            return Ok(Zeroizing::new(veil.sessions_key().to_vec()));
        }
        let desk = self.desk.as_ref().ok_or_else(|| self.closed())?;
        let (sessions, history) = (desk.vault.sessions_key(), desk.vault.history_key());
        Ok(Zeroizing::new([&sessions[..], &history[..]].concat()))
    }

    /// The person switches *Reachable*, or chooses a relay, with its pass or an empty text: with another one, a new mailbox is
    /// drawn; with an empty name, there is none any more and the card says so.
    ///
    /// # Errors
    /// [`AppError::Relay`] for what is no relay's origin, [`AppError::RelayPass`] for what is no pass; [`AppError::NoRelay`] to be reachable
    /// without one.
    pub fn live_reach(
        &mut self,
        reachable: Option<bool>,
        relay: Option<(&str, &str)>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<LiveStart>, AppError> {
        let start = self
            .desk()
            .and_then(|desk| desk.live_reach(reachable, relay, now, rng));
        self.conclude(start, now, rng)
    }

    /// The mailbox stands at its relay: contacts may know of it.
    ///
    /// # Errors
    /// [`AppError::NothingThere`] when it is not the mailbox any more.
    pub fn live_mailbox_made(
        &mut self,
        stream: &Bytes<16>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<()>, AppError> {
        let made = self
            .desk()
            .and_then(|desk| desk.live_mailbox_made(stream, now));
        self.conclude(made, now, rng)
    }

    /// Signs a leaf of this device, and no other.
    ///
    /// # Errors
    /// [`AppError::Custody`]; [`AppError::NothingThere`] for another device's.
    pub fn live_sign(&self, leaf: Leaf, now: TimestampMs) -> Result<Signed, AppError> {
        let desk = self.desk.as_ref().ok_or_else(|| self.closed())?;
        let device = desk.live.get(b"").ok_or(AppError::NothingThere)?;
        if leaf.device_id.0 != device.id {
            return Err(AppError::NothingThere);
        }
        Ok(desk.custodian.sign(&Statement::Leaf(leaf), now)?)
    }
}

impl Desk {
    /// The device of this profile; its id is drawn when it is first needed.
    fn live_device(&mut self, rng: &mut impl CryptoRng) -> LiveDevice {
        if let Some(device) = self.live.get(b"") {
            return device.clone();
        }
        let device = LiveDevice::new(super::generate_id(rng));
        self.live.put(device.clone());
        device
    }

    fn live_start(&mut self, rng: &mut impl CryptoRng) -> Result<LiveStart, AppError> {
        let device = self.live_device(rng);
        Ok(LiveStart {
            identity: Bytes(*self.own.as_bytes()),
            name: self.profile()?.card.content().name.clone(),
            device: Bytes(device.id),
            vault: Bytes(self.vault.id().0),
            reachable: device.is_reachable,
            mailbox: device.mailbox.as_ref().map(Mailbox::to_live),
        })
    }

    fn live_reach(
        &mut self,
        reachable: Option<bool>,
        relay: Option<(&str, &str)>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<LiveStart, AppError> {
        let mut device = self.live_device(rng);
        match relay {
            Some(("", _)) => {
                device.mailbox = None;
                device.is_reachable = false;
                self.drop_device(&device.id, now)?;
            }
            Some((relay, pass)) => {
                let pass = parse_pass(pass)?;
                let relay = RelayOrigin::parse(relay).ok_or(AppError::Relay)?;
                if device.mailbox.as_ref().is_none_or(|it| it.relay != relay) {
                    device.mailbox = Some(Mailbox::draw(relay, rng));
                }
                // The same relay, chosen again without a pass, keeps the one that it has.
                if let (Some(mailbox), Some(pass)) = (&mut device.mailbox, pass) {
                    mailbox.pass = pass;
                }
            }
            None => {}
        }
        if reachable == Some(true) && device.mailbox.is_none() {
            return Err(AppError::NoRelay);
        }
        device.is_reachable = reachable.unwrap_or(device.is_reachable);
        self.live.put(device);
        self.live_start(rng)
    }

    fn live_mailbox_made(&mut self, stream: &Bytes<16>, now: TimestampMs) -> Result<(), AppError> {
        let mut device = self.live.get(b"").cloned().ok_or(AppError::NothingThere)?;
        let mailbox = device.mailbox.as_mut().ok_or(AppError::NothingThere)?;
        if mailbox.stream != stream.0 {
            return Err(AppError::NothingThere);
        }
        mailbox.is_made = true;
        let on_card = mailbox.to_device(device.id);
        self.live.put(device);
        self.put_device(on_card, now)
    }
}
