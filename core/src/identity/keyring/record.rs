//! The keyring as the vault's record.

use zeroize::Zeroizing;

use super::{KeyState, Keyring, KeyringError, MAX_KEYS, Origin};
use crate::age::{Identity, RecipientType};
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::identity::IdentitySecret;

impl Keyring {
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
