use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    AgeError, FileKey, FileOpener, Header, Identity, Passphrase, PayloadKey, PayloadNonce,
    PayloadSealer, Recipient, unwrap, wrap_for_all,
};

/// Seals a plain age file for `recipients`.
///
/// # Errors
/// [`AgeError::NoRecipients`], [`AgeError::MixedRecipients`], [`AgeError::TooManyStanzas`].
pub fn seal(
    plaintext: &[u8],
    recipients: &[Recipient],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, AgeError> {
    let file_key = FileKey::generate(rng);
    let stanzas = wrap_for_all(recipients, &file_key, rng)?;
    assemble(
        &Header::create(stanzas, &file_key)?,
        &file_key,
        plaintext,
        rng,
    )
}

/// Opens a whole plain age file with the identity that fits.
///
/// This proves no sender: anyone who knows a recipient key can write such a file.
///
/// # Errors
/// [`AgeError`]; nothing is released then.
pub fn open(file: &[u8], identities: &[Identity]) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    open_with(file, |header| Ok(unwrap(header, identities)?.file_key))
}

impl Passphrase {
    /// Seals a plain age file under the passphrase.
    ///
    /// # Errors
    /// [`AgeError::WorkFactorTooHigh`].
    pub fn seal(
        &self,
        plaintext: &[u8],
        work_factor: u8,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, AgeError> {
        let file_key = FileKey::generate(rng);
        let stanza = self.wrap(&file_key, work_factor, rng)?;
        assemble(
            &Header::create(vec![stanza], &file_key)?,
            &file_key,
            plaintext,
            rng,
        )
    }

    /// Opens a whole age file sealed under the passphrase.
    ///
    /// # Errors
    /// [`AgeError`]; nothing is released then.
    pub fn open(&self, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, AgeError> {
        open_with(file, |header| self.unwrap(header))
    }
}

fn assemble(
    header: &Header,
    file_key: &FileKey,
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, AgeError> {
    let nonce = PayloadNonce::generate(rng);
    let mut file = [header.as_bytes(), nonce.as_bytes()].concat();
    let mut sealer = PayloadSealer::new(PayloadKey::derive(file_key, &nonce));
    sealer.push(plaintext, &mut file)?;
    sealer.finish(&mut file)?;
    Ok(file)
}

fn open_with(
    file: &[u8],
    unwrap: impl FnOnce(&Header) -> Result<FileKey, AgeError>,
) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let mut plaintext = Zeroizing::new(Vec::with_capacity(file.len()));
    let mut opener = FileOpener::new(unwrap);
    opener.push(file, &mut plaintext)?;
    opener.finish(&mut plaintext)?;
    Ok(plaintext)
}
