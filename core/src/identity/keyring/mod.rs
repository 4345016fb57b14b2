//! The keyring: every long-term secret of a person, with where it came from.

mod export;
mod record;
mod rotation;

pub use export::{Export, Owner};
pub use rotation::RECOVERY_WINDOW;

use core::fmt;

use sotto_protocol::ErrorCode;

use super::{IdentityKey, IdentitySecret, Seed};
use crate::age::{AgeError, Identity, Recipient};
use crate::cbor::CborError;

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
        keyring.receive_at(seed, 0)?;
        Ok(keyring)
    }

    /// Adds a plain age identity that the person brought; it opens, and receives if wished.
    ///
    /// # Errors
    /// [`KeyringError::Duplicate`], [`KeyringError::Full`].
    pub fn import(&mut self, secret: Identity, state: KeyState) -> Result<(), KeyringError> {
        self.add(secret, Origin::Imported, state)
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
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(..)")
    }
}
