//! This profile as a device, and its mailbox.

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sotto_protocol::TimestampMs;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::app::AppError;
use crate::app::desk::Desk;
use crate::app::first_run::sign_card;
use crate::cbor::{CborError, Fields, MapWriter};
use crate::custody::{Bytes, SecretBytes};
use crate::identity::card::{CardContent, Device, MAX_DEVICES, RelayOrigin, next_revision};
use crate::record::{Record, RecordError};

/// The one record of this profile as a device.
#[derive(Clone, Debug)]
pub(in crate::app) struct LiveDevice {
    pub(super) id: [u8; 16],
    pub(super) is_reachable: bool,
    pub(super) mailbox: Option<Mailbox>,
}

/// The stream where introductions arrive: capabilities are bearer secrets.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Mailbox {
    #[zeroize(skip)]
    pub(super) relay: RelayOrigin,
    pub(super) stream: [u8; 16],
    own: [u8; 32],
    write: [u8; 32],
    read: [u8; 32],
    /// The public token: on the card.
    token: [u8; 32],
    /// What its relay wants of who makes streams there; zeros where it wants nothing.
    pub(super) pass: [u8; 32],
    pub(super) is_made: bool,
}

/// A relay's pass from its 64 hexadecimal digits; nothing from an empty text.
pub(super) fn parse_pass(text: &str) -> Result<Option<[u8; 32]>, AppError> {
    let digits = text.trim();
    if digits.is_empty() {
        return Ok(None);
    }
    let (high, low) = digits.split_at_checked(32).ok_or(AppError::RelayPass)?;
    let half = |text: &str| crate::app::parse_id(&text.to_lowercase()).ok_or(AppError::RelayPass);
    let mut pass = [0; 32];
    let bytes = [half(high)?, half(low)?].concat();
    pass.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    Ok(Some(pass))
}

/// The mailbox as the sessions use it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LiveMailbox {
    /// Its relay's origin.
    pub relay: String,
    /// Its stream.
    pub stream: Bytes<16>,
    /// The capability to own it.
    pub own: SecretBytes<32>,
    /// The capability to write that nobody is given.
    pub write: SecretBytes<32>,
    /// The capability to read.
    pub read: SecretBytes<32>,
    /// The public token.
    pub token: Bytes<32>,
    /// The relay's pass, for new streams; zeros: none.
    pub pass: SecretBytes<32>,
    /// It stands at the relay.
    pub is_made: bool,
}

impl Clone for LiveMailbox {
    fn clone(&self) -> Self {
        Self {
            relay: self.relay.clone(),
            stream: self.stream,
            own: SecretBytes(self.own.0),
            write: SecretBytes(self.write.0),
            read: SecretBytes(self.read.0),
            token: self.token,
            pass: SecretBytes(self.pass.0),
            is_made: self.is_made,
        }
    }
}

impl core::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Mailbox(..)")
    }
}

impl Mailbox {
    pub(super) fn draw(relay: RelayOrigin, rng: &mut impl CryptoRng) -> Self {
        let mut mailbox = Self {
            relay,
            stream: [0; 16],
            own: [0; 32],
            write: [0; 32],
            read: [0; 32],
            token: [0; 32],
            pass: [0; 32],
            is_made: false,
        };
        rng.fill_bytes(&mut mailbox.stream);
        rng.fill_bytes(&mut mailbox.own);
        rng.fill_bytes(&mut mailbox.write);
        rng.fill_bytes(&mut mailbox.read);
        rng.fill_bytes(&mut mailbox.token);
        mailbox
    }

    pub(super) fn to_live(&self) -> LiveMailbox {
        LiveMailbox {
            relay: self.relay.as_str().to_owned(),
            stream: Bytes(self.stream),
            own: SecretBytes(self.own),
            write: SecretBytes(self.write),
            read: SecretBytes(self.read),
            token: Bytes(self.token),
            pass: SecretBytes(self.pass),
            is_made: self.is_made,
        }
    }

    pub(super) fn to_device(&self, id: [u8; 16]) -> Device {
        Device {
            id,
            relay: self.relay.clone(),
            stream: self.stream,
            write_token: self.token,
        }
    }

    fn to_map(&self) -> MapWriter {
        MapWriter::new()
            .text(1, self.relay.as_str())
            .bytes(2, &self.stream)
            .bytes(3, &self.own)
            .bytes(4, &self.write)
            .bytes(5, &self.read)
            .bytes(6, &self.token)
            .bool(7, self.is_made)
            .bytes_if(8, (self.pass != [0; 32]).then_some(&self.pass[..]))
    }

    fn from_map(mut fields: Fields<'_>) -> Result<Self, CborError> {
        let relay = RelayOrigin::parse(fields.require(1)?.text()?);
        Ok(Self {
            relay: relay.ok_or(CborError::Range { key: 1 })?,
            stream: fields.require(2)?.array()?,
            own: fields.require(3)?.array()?,
            write: fields.require(4)?.array()?,
            read: fields.require(5)?.array()?,
            token: fields.require(6)?.array()?,
            is_made: fields.require(7)?.bool()?,
            pass: match fields.take(8) {
                Some(pass) => pass.array()?,
                None => [0; 32],
            },
        })
    }
}

impl LiveDevice {
    pub(super) const fn new(id: [u8; 16]) -> Self {
        Self {
            id,
            is_reachable: false,
            mailbox: None,
        }
    }
}

impl Record for LiveDevice {
    const TABLE: &'static str = "live";

    fn key(&self) -> Vec<u8> {
        Vec::new()
    }

    fn encode(&self) -> Vec<u8> {
        let map = MapWriter::new()
            .bytes(1, &self.id)
            .bool(2, self.is_reachable);
        match &self.mailbox {
            Some(mailbox) => map.map(3, &mailbox.to_map()).finish(),
            None => map.finish(),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=3)?;
        let mailbox = fields.take(3).map(|field| field.fields(1..=8));
        Ok(Self {
            id: fields.require(1)?.array()?,
            is_reachable: fields.require(2)?.bool()?,
            mailbox: mailbox.transpose()?.map(Mailbox::from_map).transpose()?,
        })
    }
}

impl Desk {
    /// The own card with this device, in place of what it said of it before.
    pub(super) fn put_device(&mut self, device: Device, now: TimestampMs) -> Result<(), AppError> {
        let mut content = self.profile()?.card.content().clone();
        if content.devices.contains(&device) {
            return Ok(());
        }
        content.devices.retain(|other| other.id != device.id);
        // The longest listed goes: a profile that is gone cannot take itself off.
        while content.devices.len() >= MAX_DEVICES {
            content.devices.remove(0);
        }
        content.devices.push(device);
        self.sign_devices(content, now)
    }

    /// The own card without a device.
    pub(super) fn drop_device(&mut self, id: &[u8; 16], now: TimestampMs) -> Result<(), AppError> {
        let mut content = self.profile()?.card.content().clone();
        let before = content.devices.len();
        content.devices.retain(|device| device.id != *id);
        if content.devices.len() == before {
            return Ok(());
        }
        self.sign_devices(content, now)
    }

    fn sign_devices(&mut self, mut content: CardContent, now: TimestampMs) -> Result<(), AppError> {
        content.revision = next_revision(Some(content.revision), now);
        let card = sign_card(&self.custodian, &content, now)?;
        self.edit_profile()?.card = card;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{LiveDevice, Mailbox, RelayOrigin, parse_pass};
    use crate::app::AppError;
    use crate::app::tests::TestRng;
    use crate::record::Record as _;

    #[test]
    fn a_pass_is_64_digits_or_nothing() {
        assert!(matches!(parse_pass("  "), Ok(None)));
        let pass = parse_pass(&format!(" {} ", "0F".repeat(32))).unwrap();
        assert_eq!(pass, Some([0x0f; 32]));
        let long = "0".repeat(66);
        for wrong in [
            "word",
            &"0".repeat(63),
            &long,
            &"é".repeat(32),
            &"g".repeat(64),
        ] {
            assert!(
                matches!(parse_pass(wrong), Err(AppError::RelayPass)),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_mailbox_is_kept_with_its_pass_or_without() {
        let relay = RelayOrigin::parse("wss://relay.example").unwrap();
        for pass in [[0; 32], [7; 32]] {
            let mut device = LiveDevice::new([1; 16]);
            let mut mailbox = Mailbox::draw(relay.clone(), &mut TestRng::new(1));
            mailbox.pass = pass;
            device.mailbox = Some(mailbox);
            let again = LiveDevice::decode(&device.encode()).unwrap();
            assert_eq!(again.mailbox.unwrap().pass, pass);
        }
    }
}
