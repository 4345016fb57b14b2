use core::fmt;
use core::str::FromStr;

use zeroize::Zeroizing;

use super::{
    AgeError, FileKey, Header, Recipient, RecipientType, Stanza, bech32, mlkem768x25519, x25519,
};

/// A secret key that files are opened with: `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`.
///
/// Wiped on drop, never printed, not cloned: the keyring of the custodian owns it.
pub struct Identity {
    kind: RecipientType,
    secret: Zeroizing<[u8; 32]>,
    recipient: Recipient,
}

/// A file key and how it was found.
#[derive(Debug)]
pub struct Unwrapped {
    /// The file key; the header MAC has been verified with it.
    pub file_key: FileKey,
    /// Index of the identity that opened it.
    pub identity: usize,
    /// Index of the stanza that it opened.
    pub stanza: usize,
}

impl Identity {
    /// Takes a secret of either type: an X25519 scalar or an X-Wing seed, both any 32 bytes.
    ///
    /// # Errors
    /// [`AgeError::MalformedKey`] if the primitives refuse it.
    pub fn from_secret(kind: RecipientType, secret: Zeroizing<[u8; 32]>) -> Result<Self, AgeError> {
        let recipient = Recipient::of_secret(kind, &secret)?;
        Ok(Self {
            kind,
            secret,
            recipient,
        })
    }

    /// The public key.
    #[must_use]
    pub const fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// The secret bytes, for the vault alone.
    #[must_use]
    pub const fn expose(&self) -> &Zeroizing<[u8; 32]> {
        &self.secret
    }

    /// The secret as text, for an export that the person asked for.
    #[must_use]
    pub fn to_secret_string(&self) -> Zeroizing<String> {
        let mut text = bech32::encode(self.hrp(), self.secret.as_ref());
        text.make_ascii_uppercase();
        Zeroizing::new(text)
    }

    const fn hrp(&self) -> &'static str {
        match self.kind {
            RecipientType::X25519 => HRP_X25519,
            RecipientType::Mlkem768X25519 => HRP_HYBRID,
        }
    }

    /// Tries the stanzas of this key's type. `None`: no stanza is for this key.
    ///
    /// # Errors
    /// [`AgeError::MalformedStanza`], [`AgeError::SmallOrderShare`]: a stanza of this type that
    /// breaks its shape spoils the file, whoever it is for.
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<(FileKey, usize)>, AgeError> {
        let ours = || {
            stanzas
                .iter()
                .enumerate()
                .filter(|(_, stanza)| stanza.tag == self.tag())
        };
        if let Some((index, _)) = ours().find(|(_, stanza)| !self.has_shape(stanza)) {
            return Err(AgeError::MalformedStanza { index });
        }
        for (index, stanza) in ours() {
            if let Some(file_key) = self.unwrap_one(index, stanza)? {
                return Ok(Some((file_key, index)));
            }
        }
        Ok(None)
    }

    const fn tag(&self) -> &'static str {
        match self.kind {
            RecipientType::X25519 => x25519::TAG,
            RecipientType::Mlkem768X25519 => mlkem768x25519::TAG,
        }
    }

    fn has_shape(&self, stanza: &Stanza) -> bool {
        match self.kind {
            RecipientType::X25519 => x25519::parse(stanza).is_some(),
            RecipientType::Mlkem768X25519 => mlkem768x25519::parse(stanza).is_some(),
        }
    }

    fn unwrap_one(&self, index: usize, stanza: &Stanza) -> Result<Option<FileKey>, AgeError> {
        match self.kind {
            RecipientType::X25519 => {
                x25519::unwrap(index, stanza, &self.secret, self.recipient.as_bytes())
            }
            RecipientType::Mlkem768X25519 => mlkem768x25519::unwrap(index, stanza, &self.secret),
        }
    }
}

/// Finds the file key of a header among a keyring, and checks the header MAC.
///
/// # Errors
/// [`AgeError::NoMatch`] when no identity opens any stanza, [`AgeError::HeaderMac`], and the
/// errors of malformed stanzas.
pub fn unwrap<'a>(
    header: &Header,
    identities: impl IntoIterator<Item = &'a Identity>,
) -> Result<Unwrapped, AgeError> {
    for (index, identity) in identities.into_iter().enumerate() {
        if let Some((file_key, stanza)) = identity.unwrap(header.stanzas())? {
            header.verify(&file_key)?;
            return Ok(Unwrapped {
                file_key,
                identity: index,
                stanza,
            });
        }
    }
    Err(AgeError::NoMatch)
}

const HRP_X25519: &str = "age-secret-key-";
const HRP_HYBRID: &str = "age-secret-key-pq-";

impl FromStr for Identity {
    type Err = AgeError;

    fn from_str(text: &str) -> Result<Self, AgeError> {
        let upper = !text.bytes().any(|byte| byte.is_ascii_lowercase());
        let (hrp, bytes) = bech32::decode(text)
            .filter(|_| upper)
            .ok_or(AgeError::MalformedKey)?;
        let kind = match hrp.as_str() {
            HRP_X25519 => RecipientType::X25519,
            HRP_HYBRID => RecipientType::Mlkem768X25519,
            _ => return Err(AgeError::MalformedKey),
        };
        let mut secret = Zeroizing::new([0; 32]);
        if bytes.len() != secret.len() {
            return Err(AgeError::MalformedKey);
        }
        secret.copy_from_slice(&bytes);
        Self::from_secret(kind, secret)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}
