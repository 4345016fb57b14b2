//! The keyring: every long-term secret of a person, with where it came from.

use core::fmt;

use sotto_protocol::ErrorCode;
use zeroize::Zeroizing;

use super::{IdentityKey, IdentitySecret, Seed};
use crate::age::{AgeError, Identity, Recipient, RecipientType};
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};

/// Most keys a keyring may hold: many years of rotations.
pub const MAX_KEYS: usize = 4096;

/// Where a secret came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Derived from the seed at this rotation index; the recovery words bring it back.
    Seed(u32),
    /// Drawn at random; lost with the vault.
    Random,
    /// Brought by the person, for example a plain age identity.
    Imported,
}

/// What a recipient key is still used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// In the card; opens and receives.
    Current,
    /// Opens old letters, receives no new ones.
    Retired,
}

/// A secret with which letters are opened.
#[derive(Debug)]
pub struct RecipientEntry {
    secret: Identity,
    origin: Origin,
    state: KeyState,
}

impl RecipientEntry {
    /// The public key.
    #[must_use]
    pub const fn recipient(&self) -> &Recipient {
        self.secret.recipient()
    }

    /// Where the secret came from.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// What it is used for.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        self.state
    }

    pub(crate) const fn secret(&self) -> &Identity {
        &self.secret
    }
}

/// Why a keyring is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The stored record is not the encoding of a keyring.
    #[error("keyring record does not decode")]
    Cbor(#[from] CborError),
    /// A secret is refused by its primitive.
    #[error("keyring secret is refused")]
    Age(#[from] AgeError),
    /// There is not exactly one identity key.
    #[error("keyring has {count} identity keys")]
    IdentityCount {
        /// How many there are.
        count: usize,
    },
    /// A key of a type that this version does not know.
    #[error("key type {kind} is unknown")]
    UnknownType {
        /// The number found.
        kind: u64,
    },
    /// A key is there already.
    #[error("key is in the keyring already")]
    Duplicate,
    /// More than [`MAX_KEYS`].
    #[error("keyring is full")]
    Full,
}

impl KeyringError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Cbor(CborError::NewerVersion { .. }) | Self::UnknownType { .. } => {
                ErrorCode::NewerVersion
            }
            Self::Cbor(_) | Self::IdentityCount { .. } => ErrorCode::MalformedRecord,
            Self::Age(_) | Self::Duplicate => ErrorCode::MalformedKey,
            Self::Full => ErrorCode::TooLarge,
        }
    }
}

/// One identity key and the recipient keys, newest first among those of a state.
pub struct Keyring {
    identity: IdentitySecret,
    identity_origin: Origin,
    recipients: Vec<RecipientEntry>,
}

impl Keyring {
    /// The keys of a new or restored person: identity, hybrid and X25519 key at index 0.
    ///
    /// # Errors
    /// [`KeyringError::Age`].
    pub fn derive(seed: &Seed) -> Result<Self, KeyringError> {
        let mut keyring = Self {
            identity: seed.derive_identity(),
            identity_origin: Origin::Seed(0),
            recipients: Vec::new(),
        };
        keyring.add_derived(seed, 0)?;
        Ok(keyring)
    }

    /// Retires the derived recipient keys and derives those of the next index.
    ///
    /// # Errors
    /// [`KeyringError::Age`], [`KeyringError::Full`].
    pub fn rotate(&mut self, seed: &Seed) -> Result<(), KeyringError> {
        let next = self.next_index();
        for entry in &mut self.recipients {
            if matches!(entry.origin, Origin::Seed(_)) {
                entry.state = KeyState::Retired;
            }
        }
        self.add_derived(seed, next)
    }

    /// Adds the derived keys of an index as retired ones: recovery opens letters to old keys.
    ///
    /// # Errors
    /// [`KeyringError::Age`], [`KeyringError::Duplicate`], [`KeyringError::Full`].
    pub fn add_retired(&mut self, seed: &Seed, index: u32) -> Result<(), KeyringError> {
        for kind in DERIVED {
            let secret = seed.derive_recipient(kind, index)?;
            self.add(secret, Origin::Seed(index), KeyState::Retired)?;
        }
        Ok(())
    }

    /// Adds a plain age identity that the person brought; it opens, and receives if wished.
    ///
    /// # Errors
    /// [`KeyringError::Duplicate`], [`KeyringError::Full`].
    pub fn import(&mut self, secret: Identity, state: KeyState) -> Result<(), KeyringError> {
        self.add(secret, Origin::Imported, state)
    }

    fn add_derived(&mut self, seed: &Seed, index: u32) -> Result<(), KeyringError> {
        for kind in DERIVED {
            let secret = seed.derive_recipient(kind, index)?;
            self.add(secret, Origin::Seed(index), KeyState::Current)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        secret: Identity,
        origin: Origin,
        state: KeyState,
    ) -> Result<(), KeyringError> {
        if self.recipients.len() >= MAX_KEYS {
            return Err(KeyringError::Full);
        }
        let is_there = |entry: &RecipientEntry| entry.recipient() == secret.recipient();
        if self.recipients.iter().any(is_there) {
            return Err(KeyringError::Duplicate);
        }
        self.recipients.push(RecipientEntry {
            secret,
            origin,
            state,
        });
        Ok(())
    }

    fn next_index(&self) -> u32 {
        let index = |entry: &RecipientEntry| match entry.origin {
            Origin::Seed(index) => Some(index),
            Origin::Random | Origin::Imported => None,
        };
        let last = self.recipients.iter().filter_map(index).max();
        last.map_or(0, |last| last.saturating_add(1))
    }

    /// The person's public identity.
    #[must_use]
    pub fn identity_key(&self) -> IdentityKey {
        self.identity.public()
    }

    pub(crate) const fn identity(&self) -> &IdentitySecret {
        &self.identity
    }

    /// The keys that receive, preferred (hybrid) first: what the card lists.
    #[must_use]
    pub fn current_recipients(&self) -> Vec<Recipient> {
        let mut current: Vec<_> = self
            .recipients
            .iter()
            .filter(|entry| entry.state == KeyState::Current)
            .map(|entry| entry.recipient().clone())
            .collect();
        current.sort_by_key(|recipient| core::cmp::Reverse(recipient.kind()));
        current
    }

    /// Every key that opens, current ones first.
    pub fn openers(&self) -> impl Iterator<Item = &RecipientEntry> {
        let in_state = |state| {
            self.recipients
                .iter()
                .filter(move |entry| entry.state == state)
        };
        in_state(KeyState::Current).chain(in_state(KeyState::Retired))
    }

    /// The recipient keys as an identity file of `age`, one line each, for an export that the
    /// person asked for with the passphrase. A custodian has no request for it.
    #[must_use]
    pub fn to_age_identities(&self) -> Zeroizing<String> {
        let lines: Vec<_> = self
            .openers()
            .map(|entry| entry.secret.to_secret_string())
            .collect();
        let len = lines
            .iter()
            .map(|line| line.len().saturating_add(1))
            .sum::<usize>();
        let mut text = Zeroizing::new(String::with_capacity(len));
        for line in &lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The record of the vault: `{1: [[type, secret, origin, index, state]…]}`.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let seed = self.identity.to_seed();
        let identity = row(ED25519, &seed, self.identity_origin, KeyState::Current);
        let rows = ArrayWriter::new().array(&identity);
        let rows = self.recipients.iter().fold(rows, |rows, entry| {
            let kind = u64::from(entry.recipient().kind().code());
            let secret = entry.secret.expose();
            rows.array(&row(kind, secret, entry.origin, entry.state))
        });
        Zeroizing::new(MapWriter::new().array(1, &rows).finish())
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// Every variant of [`KeyringError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, KeyringError> {
        let mut rows = Fields::parse(bytes, 1..=1)?
            .require(1)?
            .items(MAX_KEYS.saturating_add(1))?
            .into_iter()
            .map(Row::parse)
            .collect::<Result<Vec<_>, _>>()?;
        let identities: Vec<_> = rows.extract_if(.., |row| row.kind == ED25519).collect();
        let [identity] = identities.as_slice() else {
            let count = identities.len();
            return Err(KeyringError::IdentityCount { count });
        };
        let mut keyring = Self {
            identity: IdentitySecret::from_seed(&identity.secret),
            identity_origin: identity.origin,
            recipients: Vec::new(),
        };
        for row in rows {
            let unknown = KeyringError::UnknownType { kind: row.kind };
            let code = u8::try_from(row.kind).map_err(|_| unknown.clone())?;
            let kind = RecipientType::from_code(code).ok_or(unknown)?;
            let secret = Identity::from_secret(kind, row.secret)?;
            keyring.add(secret, row.origin, row.state)?;
        }
        Ok(keyring)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(..)")
    }
}

/// The recipient types derived from the seed.
const DERIVED: [RecipientType; 2] = [RecipientType::Mlkem768X25519, RecipientType::X25519];

/// The type number of the identity key; recipient keys have [`RecipientType::code`].
const ED25519: u64 = 0;

fn row(kind: u64, secret: &[u8; 32], origin: Origin, state: KeyState) -> ArrayWriter {
    let (origin, index) = match origin {
        Origin::Seed(index) => (0, u64::from(index)),
        Origin::Random => (1, 0),
        Origin::Imported => (2, 0),
    };
    let state = match state {
        KeyState::Current => 0,
        KeyState::Retired => 1,
    };
    let row = ArrayWriter::new().uint(kind).bytes(secret);
    row.uint(origin).uint(index).uint(state)
}

struct Row {
    kind: u64,
    secret: Zeroizing<[u8; 32]>,
    origin: Origin,
    state: KeyState,
}

impl Row {
    fn parse(row: Field<'_>) -> Result<Self, CborError> {
        let [kind, secret, origin, index, state] = row.tuple()?;
        let origin = match (origin.uint()?, index.uint_as()?) {
            (0, index) => Origin::Seed(index),
            (1, 0) => Origin::Random,
            (2, 0) => Origin::Imported,
            _ => return Err(CborError::Range { key: 1 }),
        };
        let state = match state.uint()? {
            0 => KeyState::Current,
            1 => KeyState::Retired,
            _ => return Err(CborError::Range { key: 1 }),
        };
        Ok(Self {
            kind: kind.uint()?,
            secret: Zeroizing::new(secret.array()?),
            origin,
            state,
        })
    }
}
