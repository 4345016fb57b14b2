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

/// What a key derivation needs beside the passphrase: salt and work factor of one stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScryptSetting {
    salt: [u8; 16],
    work_factor: u8,
}

impl ScryptSetting {
    /// A fresh salt: one for every file.
    ///
    /// # Errors
    /// [`AgeError::WorkFactorTooHigh`] for 0 or above [`MAX_WORK_FACTOR`].
    pub fn generate(work_factor: u8, rng: &mut impl CryptoRng) -> Result<Self, AgeError> {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        Self::from_parts(salt, work_factor)
    }

    /// Takes a setting apart that travelled to where the key is derived.
    ///
    /// # Errors
    /// [`AgeError::WorkFactorTooHigh`] for 0 or above [`MAX_WORK_FACTOR`].
    pub const fn from_parts(salt: [u8; 16], work_factor: u8) -> Result<Self, AgeError> {
        if work_factor == 0 || work_factor > MAX_WORK_FACTOR {
            return Err(AgeError::WorkFactorTooHigh);
        }
        Ok(Self { salt, work_factor })
    }

    /// The setting of a header's only stanza.
    ///
    /// # Errors
    /// [`AgeError::NoMatch`] without a scrypt stanza, [`AgeError::MalformedStanza`],
    /// [`AgeError::WorkFactorTooHigh`].
    pub fn of(header: &Header) -> Result<Self, AgeError> {
        Ok(parse(sole(header)?)?.0)
    }

    /// The salt.
    #[must_use]
    pub const fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The binary logarithm of scrypt's N.
    #[must_use]
    pub const fn work_factor(&self) -> u8 {
        self.work_factor
    }

    /// Memory that the derivation takes, in bytes: 128 · r · N (RFC 7914 §2).
    #[must_use]
    pub const fn memory_len(&self) -> usize {
        1024_usize << self.work_factor
    }
}

/// The key that wraps the file key, derived with one [`ScryptSetting`]. Wiped on drop.
pub struct ScryptKey(Zeroizing<[u8; 32]>);

impl ScryptKey {
    /// Takes the bytes that another instance derived.
    #[must_use]
    pub const fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The bytes, to hand to another instance of the same process, at once.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Wraps a file key as the only stanza of a header. `setting` is that of this key.
    ///
    /// # Errors
    /// [`AgeError::Encrypt`] if the cipher refuses.
    pub fn wrap(&self, file_key: &FileKey, setting: &ScryptSetting) -> Result<Stanza, AgeError> {
        let args = vec![
            Base64Unpadded::encode_string(&setting.salt),
            setting.work_factor.to_string(),
        ];
        Ok(Stanza::new(TAG, args, seal_file_key(&self.0, file_key)?))
    }

    /// Unwraps and checks the header MAC.
    ///
    /// # Errors
    /// As [`Passphrase::unwrap`].
    pub fn unwrap(&self, header: &Header) -> Result<FileKey, AgeError> {
        let (_, body) = parse(sole(header)?)?;
        let file_key = open_file_key(&self.0, &body).ok_or(AgeError::WrongPassphrase)?;
        header.verify(&file_key)?;
        Ok(file_key)
    }
}

impl fmt::Debug for ScryptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScryptKey(..)")
    }
}

/// A passphrase as an age recipient and identity. Wiped on drop.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase, which should be in Unicode normal form NFC.
    #[must_use]
    pub const fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, to hand to where the key is derived.
    #[must_use]
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Wraps a file key as the only stanza of a header.
    ///
    /// # Errors
    /// [`AgeError::WorkFactorTooHigh`] for 0 or above [`MAX_WORK_FACTOR`],
    /// [`AgeError::OutOfMemory`].
    pub fn wrap(
        &self,
        file_key: &FileKey,
        work_factor: u8,
        rng: &mut impl CryptoRng,
    ) -> Result<Stanza, AgeError> {
        let setting = ScryptSetting::generate(work_factor, rng)?;
        self.derive(&setting)?.wrap(file_key, &setting)
    }

    /// Unwraps and checks the header MAC.
    ///
    /// # Errors
    /// [`AgeError::NoMatch`] without a scrypt stanza, [`AgeError::WrongPassphrase`],
    /// [`AgeError::MalformedStanza`], [`AgeError::WorkFactorTooHigh`], [`AgeError::OutOfMemory`],
    /// [`AgeError::HeaderMac`].
    pub fn unwrap(&self, header: &Header) -> Result<FileKey, AgeError> {
        self.derive(&ScryptSetting::of(header)?)?.unwrap(header)
    }

    /// Runs scrypt: at 2^18 half a second and 256 MiB, at 2^20 four times that.
    ///
    /// # Errors
    /// [`AgeError::OutOfMemory`].
    pub fn derive(&self, setting: &ScryptSetting) -> Result<ScryptKey, AgeError> {
        // The crate allocates without asking, and a failed allocation ends the program.
        let mut room = Vec::<u8>::new();
        room.try_reserve_exact(setting.memory_len())
            .map_err(|_| AgeError::OutOfMemory)?;
        // Seen, so that the optimiser does not strike it out.
        drop(core::hint::black_box(room));
        let params = scrypt::Params::new(setting.work_factor, 8, 1)
            .map_err(|_| AgeError::WorkFactorTooHigh)?;
        let mut key = Zeroizing::new([0; 32]);
        let salt = [SALT_LABEL, &setting.salt].concat();
        scrypt::scrypt(self.0.as_bytes(), &salt, &params, key.as_mut())
            .map_err(|_| AgeError::Encrypt)?;
        Ok(ScryptKey(key))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

fn sole(header: &Header) -> Result<&Stanza, AgeError> {
    match header.stanzas() {
        [stanza] if stanza.tag == TAG => Ok(stanza),
        _ => Err(AgeError::NoMatch),
    }
}

fn parse(stanza: &Stanza) -> Result<(ScryptSetting, [u8; 32]), AgeError> {
    let malformed = AgeError::MalformedStanza { index: 0 };
    let [salt, work_factor] = stanza.args.as_slice() else {
        return Err(malformed);
    };
    let salt = decode_base64(salt.as_bytes()).and_then(|salt| salt.try_into().ok());
    let body = stanza.body.as_slice().try_into().map_err(|_| malformed)?;
    let salt: [u8; 16] = salt.ok_or(malformed)?;
    let setting = ScryptSetting::from_parts(salt, parse_work_factor(work_factor)?)?;
    Ok((setting, body))
}

/// `^[1-9][0-9]*$`, and what does not fit is too high.
fn parse_work_factor(text: &str) -> Result<u8, AgeError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.is_empty() || text.starts_with('0') {
        return Err(AgeError::MalformedStanza { index: 0 });
    }
    text.parse().map_err(|_| AgeError::WorkFactorTooHigh)
}
