use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;

use super::error::CustodyError;
use super::request::{PublicKeys, PublicRecipient, Reply, Request, Signed, Unwrapped};
use super::statement::{Statement, Successor};
use super::wire::{Base64Url, Bytes, SecretBytes};
use crate::age::{self, AgeError, Header, Limits, Recipient};
use crate::cbor::Fields;
use crate::identity::card::CardContent;
use crate::identity::{IdentityKey, Keyring, Seed};
use crate::vault::{RecordName, Vault};

/// Longest map of a letter: a seal's 7,680 bytes without length and signature.
const MAX_TBS_LEN: usize = 7614;

/// Holds the unlocked keyring and answers requests.
#[derive(Debug, Default)]
pub struct Custodian {
    keyring: Option<Keyring>,
}

impl Custodian {
    /// A custodian without keys.
    #[must_use]
    pub const fn locked() -> Self {
        Self { keyring: None }
    }

    /// A custodian of a keyring.
    #[must_use]
    pub const fn new(keyring: Keyring) -> Self {
        Self {
            keyring: Some(keyring),
        }
    }

    /// Takes the keys of an opened vault.
    pub fn unlock(&mut self, keyring: Keyring) {
        self.keyring = Some(keyring);
    }

    /// Drops the keys, which wipes them.
    pub fn lock(&mut self) {
        self.keyring = None;
    }

    /// Whether no keys are at hand.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.keyring.is_none()
    }

    /// Retires the derived recipient keys and takes those of the next index.
    ///
    /// # Errors
    /// [`CustodyError::Locked`], [`CustodyError::Keyring`].
    pub fn rotate(&mut self, seed: &Seed) -> Result<(), CustodyError> {
        Ok(self.edit_keyring()?.rotate(seed)?)
    }

    /// Derives the keys that a restored person may have been written to under.
    ///
    /// # Errors
    /// [`CustodyError::Locked`], [`CustodyError::Keyring`].
    pub fn widen(&mut self, seed: &Seed) -> Result<(), CustodyError> {
        Ok(self.edit_keyring()?.widen(seed)?)
    }

    /// A letter was opened with `recipient`: whether the keyring went forward to its index.
    ///
    /// # Errors
    /// [`CustodyError::Locked`].
    pub fn follow(&mut self, recipient: &Recipient) -> Result<bool, CustodyError> {
        let keyring = self.edit_keyring()?;
        let index = keyring.index_of(recipient);
        Ok(index.is_some_and(|index| keyring.follow(index)))
    }

    /// The keyring as a record that only `vault` opens.
    ///
    /// # Errors
    /// [`CustodyError::Locked`], [`CustodyError::Vault`].
    pub fn seal_keyring(
        &self,
        vault: &Vault,
        name: &RecordName<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, CustodyError> {
        Ok(vault.seal(name, &self.keyring()?.encode(), rng)?)
    }

    /// The rotation index of the keys that receive.
    ///
    /// # Errors
    /// [`CustodyError::Locked`].
    pub fn index(&self) -> Result<u32, CustodyError> {
        Ok(self.keyring()?.index())
    }

    /// The rotation indices whose keys receive or have received, ascending: none of those that a
    /// restored person only tries, which the next rotations will take.
    ///
    /// # Errors
    /// [`CustodyError::Locked`].
    pub fn indices_to_now(&self) -> Result<Vec<u32>, CustodyError> {
        let keyring = self.keyring()?;
        let now = keyring.index();
        let indices = keyring.indices().into_iter();
        Ok(indices.filter(|index| *index <= now).collect())
    }

    /// The public half of every key that opens, current ones first.
    ///
    /// # Errors
    /// [`CustodyError::Locked`].
    pub fn opening_keys(&self) -> Result<Vec<Recipient>, CustodyError> {
        let openers = self.keyring()?.openers();
        Ok(openers.map(|entry| entry.recipient().clone()).collect())
    }

    /// Answers one request.
    ///
    /// # Errors
    /// [`CustodyError`]; [`CustodyError::Locked`] for everything but the status while locked.
    pub fn answer(&self, request: &Request, now: TimestampMs) -> Result<Reply, CustodyError> {
        match request {
            Request::Status {} => Ok(Reply::Status {
                is_locked: self.is_locked(),
            }),
            Request::PublicKeys {} => self.public_keys().map(Reply::PublicKeys),
            Request::Unwrap { header } => self.unwrap(&header.0).map(Reply::Unwrapped),
            Request::Sign { statement } => self.sign(statement, now).map(Reply::Signed),
        }
    }

    fn keyring(&self) -> Result<&Keyring, CustodyError> {
        self.keyring.as_ref().ok_or(CustodyError::Locked)
    }

    fn edit_keyring(&mut self) -> Result<&mut Keyring, CustodyError> {
        self.keyring.as_mut().ok_or(CustodyError::Locked)
    }

    /// The public halves of all keys.
    ///
    /// # Errors
    /// [`CustodyError::Locked`].
    pub fn public_keys(&self) -> Result<PublicKeys, CustodyError> {
        let keyring = self.keyring()?;
        let recipients = keyring.current_recipients();
        Ok(PublicKeys {
            identity: Bytes(*keyring.identity_key().as_bytes()),
            recipients: recipients.iter().map(PublicRecipient::from).collect(),
        })
    }

    /// Unwraps the file key of one letter's header.
    ///
    /// # Errors
    /// [`CustodyError::Locked`], [`CustodyError::Header`].
    pub fn unwrap(&self, header: &[u8]) -> Result<Unwrapped, CustodyError> {
        let keyring = self.keyring()?;
        let parsed = Header::parse(header, Limits::READING)?.ok_or(AgeError::TruncatedHeader)?;
        if parsed.as_bytes() != header {
            return Err(CustodyError::Trailing);
        }
        let openers: Vec<_> = keyring.openers().collect();
        let found = age::unwrap(&parsed, openers.iter().map(|entry| entry.secret()))?;
        let opener = openers.get(found.identity).ok_or(AgeError::NoMatch)?;
        Ok(Unwrapped {
            file_key: SecretBytes(*found.file_key.expose()),
            recipient: opener.recipient().into(),
            stanza: u32::try_from(found.stanza).map_err(|_| AgeError::NoMatch)?,
        })
    }

    /// Signs a statement that this identity may make.
    ///
    /// # Errors
    /// [`CustodyError::Locked`] and the refusals.
    pub fn sign(&self, statement: &Statement, now: TimestampMs) -> Result<Signed, CustodyError> {
        let keyring = self.keyring()?;
        let identity = keyring.identity_key();
        match statement {
            Statement::Letter { tbs, .. } => check_letter(&identity, &tbs.0)?,
            Statement::Card { tbs } => check_card(keyring, &tbs.0, now)?,
            Statement::Leaf(leaf) => leaf.check()?,
            Statement::Successor(successor) => check_successor(&identity, successor)?,
        }
        let tbs = statement.to_tbs(&identity);
        let signature = keyring.identity().sign(&statement.signed_bytes(&tbs));
        Ok(Signed {
            tbs: Base64Url(tbs),
            signature: Bytes(signature.0),
        })
    }
}

/// A letter names this identity as its sender; the other keys are the letter's own matter.
fn check_letter(identity: &IdentityKey, tbs: &[u8]) -> Result<(), CustodyError> {
    if tbs.len() > MAX_TBS_LEN {
        return Err(CustodyError::TooLong { len: tbs.len() });
    }
    let sender = Fields::parse(tbs, 1..=11)?.require(1)?.array::<33>()?;
    if sender == *identity.as_bytes() {
        Ok(())
    } else {
        Err(CustodyError::ForeignIdentity)
    }
}

/// A card is one that receivers accept, of this identity, and lists none but this keyring's keys:
/// whoever controls the caller cannot have letters sealed to a key of their own.
fn check_card(keyring: &Keyring, tbs: &[u8], now: TimestampMs) -> Result<(), CustodyError> {
    let content = CardContent::decode(tbs)?;
    if content.identity != keyring.identity_key() {
        return Err(CustodyError::ForeignIdentity);
    }
    content.check_date(now)?;
    let current = keyring.current_recipients();
    let is_foreign = |recipient| !current.contains(recipient);
    match content.recipients.iter().position(is_foreign) {
        Some(index) => Err(CustodyError::ForeignRecipient { index }),
        None => Ok(()),
    }
}

fn check_successor(identity: &IdentityKey, statement: &Successor) -> Result<(), CustodyError> {
    let successor = IdentityKey::parse(&statement.successor.0)?;
    if successor == *identity {
        Err(CustodyError::Successor)
    } else {
        Ok(())
    }
}
