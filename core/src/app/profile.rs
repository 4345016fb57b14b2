//! The person's own record: card, kit, backup.

use sotto_protocol::TimestampMs;
use sotto_protocol::view::{Due, Settings};

use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::identity::card::Card;
use crate::record::{Record, RecordError};

/// Letters that may be sealed before the recovery kit is due.
pub const LETTERS_BEFORE_KIT: u32 = 4;
const DAY_MS: u64 = 86_400_000;
const KIT_AFTER_MS: u64 = 7 * DAY_MS;
const BACKUP_AFTER_MS: u64 = 30 * DAY_MS;

/// What the recovery check asks for: positions from 1, and keyed digests of the words there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KitCheck {
    pub(super) positions: [u32; 2],
    pub(super) digests: [[u8; 32]; 2],
}

/// The one record of the person themself.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub(super) card: Card,
    pub(super) since: TimestampMs,
    pub(super) kit_confirmed: Option<TimestampMs>,
    pub(super) kit_check: Option<KitCheck>,
    pub(super) letters_sealed: u32,
    pub(super) backup_at: Option<TimestampMs>,
    pub(super) contacts_changed: Option<TimestampMs>,
    /// The identity came from the recovery words: keys of later indices may be in use.
    pub(super) is_restored: bool,
}

impl Profile {
    pub(super) const fn new(card: Card, now: TimestampMs) -> Self {
        Self {
            card,
            since: now,
            kit_confirmed: None,
            kit_check: None,
            letters_sealed: 0,
            backup_at: None,
            contacts_changed: None,
            is_restored: false,
        }
    }

    /// What the person should not forget.
    pub(super) fn due(&self, now: TimestampMs) -> Due {
        let kit = self.kit_confirmed.is_none();
        let kit_letters_left = LETTERS_BEFORE_KIT.saturating_sub(self.letters_sealed);
        let is_late = now.since_ms(self.since) >= KIT_AFTER_MS;
        let last = self.backup_at.unwrap_or(self.since);
        let has_changed = self.contacts_changed.is_some_and(|changed| changed > last);
        Due {
            kit,
            kit_now: kit && (kit_letters_left == 0 || is_late),
            kit_letters_left,
            backup: has_changed && now.since_ms(last) >= BACKUP_AFTER_MS,
        }
    }
}

fn time(field: Option<Field<'_>>) -> Result<Option<TimestampMs>, CborError> {
    field.map(|field| field.uint().map(TimestampMs)).transpose()
}

impl Record for Profile {
    const TABLE: &'static str = "profile";

    fn key(&self) -> Vec<u8> {
        Vec::new()
    }

    fn encode(&self) -> Vec<u8> {
        let map = MapWriter::new()
            .bytes(1, self.card.as_bytes())
            .uint(2, self.since.0)
            .uint_if(3, self.kit_confirmed.map(|at| at.0))
            .uint(5, u64::from(self.letters_sealed))
            .uint_if(6, self.backup_at.map(|at| at.0))
            .uint_if(7, self.contacts_changed.map(|at| at.0))
            .bool(8, self.is_restored);
        match &self.kit_check {
            Some(check) => map.array(4, &check.encode()).finish(),
            None => map.finish(),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=8)?;
        Ok(Self {
            card: Card::parse(fields.require(1)?.bytes()?)?,
            since: TimestampMs(fields.require(2)?.uint()?),
            kit_confirmed: time(fields.take(3))?,
            kit_check: fields.take(4).map(KitCheck::decode).transpose()?,
            letters_sealed: fields.require(5)?.uint_as()?,
            backup_at: time(fields.take(6))?,
            contacts_changed: time(fields.take(7))?,
            is_restored: match fields.take(8) {
                Some(restored) => restored.bool()?,
                None => false,
            },
        })
    }
}

impl KitCheck {
    fn encode(&self) -> ArrayWriter {
        self.positions
            .iter()
            .zip(&self.digests)
            .fold(ArrayWriter::new(), |row, (at, digest)| {
                row.uint(u64::from(*at)).bytes(digest)
            })
    }

    fn decode(field: Field<'_>) -> Result<Self, CborError> {
        let [first, first_digest, second, second_digest] = field.tuple()?;
        Ok(Self {
            positions: [first.uint_as()?, second.uint_as()?],
            digests: [first_digest.array()?, second_digest.array()?],
        })
    }
}

/// The settings as a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredSettings(pub(super) Settings);

impl Record for StoredSettings {
    const TABLE: &'static str = "settings";

    fn key(&self) -> Vec<u8> {
        Vec::new()
    }

    fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .uint(1, u64::from(self.0.idle_minutes))
            .bool(2, self.0.lock_with_screen)
            .bool(3, self.0.adapters)
            .bool(4, self.0.compose_in_tab)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=4)?;
        Ok(Self(Settings {
            idle_minutes: fields.require(1)?.uint_as()?,
            lock_with_screen: fields.require(2)?.bool()?,
            adapters: fields.require(3)?.bool()?,
            compose_in_tab: fields.require(4)?.bool()?,
        }))
    }
}
