//! Veiled: the vault is shut, and what the live sessions need stays, so that the person stays
//! reachable (docs/architecture.md, Unlocking and locking).
//!
//! What stays is the class key *sessions* and what says who this device is. No data key, no
//! identity key, no contact, and not the class key *history*: what was said before does not open.

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

use super::LiveStart;
use super::device::{LiveDevice, Mailbox};
use crate::app::desk::Desk;
use crate::app::rows::Rows;
use crate::app::unlock::{SESSION, SLOTS};
use crate::app::{App, AppError, Outcome, SessionChange, Write};
use crate::cbor::{CborError, Fields, MapWriter};
use crate::custody::Bytes;
use crate::identity::IdentityKey;
use crate::record::{Record as _, RecordError};
use crate::vault::{SessionKey, Slot, VaultId};

/// The row of the veil, in the table of sessions.
const VEIL: &[u8] = b"veil";

/// What stays.
pub(in crate::app) struct Veil {
    identity: IdentityKey,
    name: String,
    device: LiveDevice,
    vault: VaultId,
    sessions_key: Zeroizing<[u8; 32]>,
    /// The screen's lock ends it, if the person wants that.
    pub(in crate::app) lock_with_screen: bool,
}

impl core::fmt::Debug for Veil {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Veil(..)")
    }
}

impl Veil {
    /// Of an unlocked vault whose person wants to be reached.
    fn of(desk: &Desk) -> Result<Option<Self>, AppError> {
        let device = desk.live.get(b"").filter(|device| device.is_reachable);
        let Some(device) = device.cloned() else {
            return Ok(None);
        };
        Ok(Some(Self {
            identity: desk.own,
            name: desk.profile()?.card.content().name.clone(),
            device,
            vault: desk.vault.id(),
            sessions_key: desk.vault.sessions_key(),
            lock_with_screen: desk.settings().lock_with_screen,
        }))
    }

    pub(super) fn start(&self) -> LiveStart {
        LiveStart {
            identity: Bytes(*self.identity.as_bytes()),
            name: self.name.clone(),
            device: Bytes(self.device.id),
            vault: Bytes(self.vault.0),
            reachable: self.device.is_reachable,
            mailbox: self.device.mailbox.as_ref().map(Mailbox::to_live),
        }
    }

    pub(super) const fn sessions_key(&self) -> &Zeroizing<[u8; 32]> {
        &self.sessions_key
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let map = MapWriter::new()
            .bytes(1, self.identity.as_bytes())
            .text(2, &self.name)
            .bytes(3, &Zeroizing::new(self.device.encode()))
            .bytes(4, &self.sessions_key[..])
            .bool(5, self.lock_with_screen);
        Zeroizing::new(map.finish())
    }

    fn decode(vault: VaultId, bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=5)?;
        let identity = IdentityKey::parse(fields.require(1)?.bytes()?);
        Ok(Self {
            identity: identity.map_err(|_| CborError::Range { key: 1 })?,
            name: fields.require(2)?.text()?.to_owned(),
            device: LiveDevice::decode(fields.require(3)?.bytes()?)?,
            vault,
            sessions_key: Zeroizing::new(fields.require(4)?.array()?),
            lock_with_screen: fields.require(5)?.bool()?,
        })
    }

    /// The veil of this epoch, if the secret fits what the rows hold.
    pub(in crate::app) fn resume(rows: &Rows, epoch: u32, session: &str) -> Option<Self> {
        let (_, slot) = rows.table(SLOTS).next()?;
        let vault = Slot::decode(slot).ok()?.vault_id();
        let mut secret = Zeroizing::new([0; 32]);
        let len = Base64UrlUnpadded::decode(session, &mut secret[..])
            .ok()?
            .len();
        let key = (len == secret.len()).then(|| SessionKey::from_bytes(*secret))?;
        let sealed = rows.get(SESSION, VEIL)?;
        let content = key.open_veil(vault, u64::from(epoch), sealed).ok()?;
        Self::decode(vault, &content).ok()
    }
}

impl App {
    /// The person has not been there for a while. Everything is dropped as by a lock; where they
    /// want to be reached, what the live sessions need stays, under a session secret of its own.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoIdentity`].
    pub fn veil(
        &mut self,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<()>, AppError> {
        let veiled = self.draw_veil(rng);
        self.conclude(veiled, now, rng)
    }

    fn draw_veil(&mut self, rng: &mut impl CryptoRng) -> Result<(), AppError> {
        let veil = Veil::of(self.desk()?)?;
        self.lock()?;
        let Some(veil) = veil else { return Ok(()) };
        let key = SessionKey::generate(rng);
        let sealed = key.seal_veil(veil.vault, u64::from(self.epoch), &veil.encode(), rng)?;
        self.put(SESSION, VEIL, &sealed);
        self.session = SessionChange::Set(Base64UrlUnpadded::encode_string(key.expose()));
        self.veil = Some(veil);
        Ok(())
    }

    /// Unlocked or locked: what stayed goes.
    pub(in crate::app) fn drop_veil(&mut self) {
        self.veil = None;
        self.writes.push(Write {
            table: SESSION.to_owned(),
            key: VEIL.to_vec(),
            value: None,
            is_volatile: false,
        });
    }
}
