//! Section "The scrypt recipient type".

use core::fmt;

use base64ct::{Base64Unpadded, Encoding};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::kdf::{open_file_key, seal_file_key};
use super::stanza::decode_base64;
use super::{AgeError, FileKey, Header, Stanza};

pub(super) const TAG: &str = "scrypt";
const SALT_LABEL: &[u8] = b"age-encryption.org/v1/scrypt";

/// Work factor written by default: 2^18, as the stock command writes; 256 MiB of memory.
pub const WORK_FACTOR: u8 = 18;
/// Highest work factor accepted: 2^20, 1 GiB of memory.
pub const MAX_WORK_FACTOR: u8 = 20;

/// A passphrase as an age recipient and identity. Wiped on drop.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase, which should be in Unicode normal form NFC.
    #[must_use]
    pub const fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// Wraps a file key as the only stanza of a header.
    ///
    /// # Errors
    /// [`AgeError::WorkFactorTooHigh`] for 0 or above [`MAX_WORK_FACTOR`].
    pub fn wrap(
        &self,
        file_key: &FileKey,
        work_factor: u8,
        rng: &mut impl CryptoRng,
    ) -> Result<Stanza, AgeError> {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let key = self.wrap_key(&salt, work_factor)?;
        let args = vec![
            Base64Unpadded::encode_string(&salt),
            work_factor.to_string(),
        ];
        Ok(Stanza::new(TAG, args, seal_file_key(&key, file_key)?))
    }

    /// Unwraps and checks the header MAC.
    ///
    /// # Errors
    /// [`AgeError::NoMatch`] without a scrypt stanza, [`AgeError::WrongPassphrase`],
    /// [`AgeError::MalformedStanza`], [`AgeError::WorkFactorTooHigh`], [`AgeError::HeaderMac`].
    pub fn unwrap(&self, header: &Header) -> Result<FileKey, AgeError> {
        let [stanza] = header.stanzas() else {
            return Err(AgeError::NoMatch);
        };
        if stanza.tag != TAG {
            return Err(AgeError::NoMatch);
        }
        let (salt, work_factor, body) = parse(stanza)?;
        let key = self.wrap_key(&salt, work_factor)?;
        let file_key = open_file_key(&key, &body).ok_or(AgeError::WrongPassphrase)?;
        header.verify(&file_key)?;
        Ok(file_key)
    }

    fn wrap_key(&self, salt: &[u8; 16], log_n: u8) -> Result<Zeroizing<[u8; 32]>, AgeError> {
        if log_n == 0 || log_n > MAX_WORK_FACTOR {
            return Err(AgeError::WorkFactorTooHigh);
        }
        let params = scrypt::Params::new(log_n, 8, 1).map_err(|_| AgeError::WorkFactorTooHigh)?;
        let mut key = Zeroizing::new([0; 32]);
        let salt = [SALT_LABEL, salt].concat();
        scrypt::scrypt(self.0.as_bytes(), &salt, &params, key.as_mut())
            .map_err(|_| AgeError::Encrypt)?;
        Ok(key)
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

fn parse(stanza: &Stanza) -> Result<([u8; 16], u8, [u8; 32]), AgeError> {
    let malformed = AgeError::MalformedStanza { index: 0 };
    let [salt, work_factor] = stanza.args.as_slice() else {
        return Err(malformed);
    };
    let salt = decode_base64(salt.as_bytes()).and_then(|salt| salt.try_into().ok());
    let body = stanza.body.as_slice().try_into().map_err(|_| malformed)?;
    Ok((
        salt.ok_or(malformed)?,
        parse_work_factor(work_factor)?,
        body,
    ))
}

/// `^[1-9][0-9]*$`, and what does not fit is too high.
fn parse_work_factor(text: &str) -> Result<u8, AgeError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.is_empty() || text.starts_with('0') {
        return Err(AgeError::MalformedStanza { index: 0 });
    }
    text.parse().map_err(|_| AgeError::WorkFactorTooHigh)
}
