use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::claims::is_person;
use super::digest::ContentDigest;
use super::padding::{PAD, padded_len};
use super::{Claims, Envelope, LetterError, LetterId, Statement, seal_stanza};
use crate::age::{FileKey, Header, PayloadKey, PayloadNonce, PayloadSealer, Stanza, wrap_for_all};
use crate::identity::Signature;

/// A letter whose file key and payload nonce are drawn; its payload may now be sealed anywhere.
///
/// Workers seal chunks under [`Prepared::payload_key`]; what they sealed is the payload of this
/// letter alone. [`Sealing`] does the same in one thread.
#[derive(Debug)]
pub struct Prepared {
    envelope: Envelope,
    file_key: FileKey,
    nonce: PayloadNonce,
    first_sender: Option<String>,
}

impl Prepared {
    /// Checks the envelope and draws file key and nonce.
    ///
    /// # Errors
    /// What is wrong with the envelope.
    pub fn new(envelope: Envelope, rng: &mut impl CryptoRng) -> Result<Self, LetterError> {
        envelope.check()?;
        let file_key = FileKey::generate(rng);
        Ok(Self {
            envelope,
            file_key,
            nonce: PayloadNonce::generate(rng),
            first_sender: None,
        })
    }

    /// Takes up a letter whose payload workers are sealing, under the key and nonce that
    /// [`Prepared::new`] drew for it. They serve once: forget them with the answer.
    ///
    /// # Errors
    /// What is wrong with the envelope.
    pub fn resume(
        envelope: Envelope,
        file_key: FileKey,
        nonce: PayloadNonce,
    ) -> Result<Self, LetterError> {
        envelope.check()?;
        Ok(Self {
            envelope,
            file_key,
            nonce,
            first_sender: None,
        })
    }

    /// Says whom a file was got from that is sent on. A name that cannot stand there is left out.
    #[must_use]
    pub fn sent_on(mut self, first_sender: Option<String>) -> Self {
        self.first_sender = first_sender.filter(|name| is_person(name));
        self
    }

    /// The key under which the chunks of this letter's payload are sealed.
    #[must_use]
    pub fn payload_key(&self) -> PayloadKey {
        PayloadKey::derive(&self.file_key, &self.nonce)
    }

    /// The file key, to be kept sealed until the payload is whole ([`Prepared::resume`]).
    #[must_use]
    pub const fn file_key(&self) -> &FileKey {
        &self.file_key
    }

    /// The nonce, which stands before the first chunk.
    #[must_use]
    pub const fn nonce(&self) -> &PayloadNonce {
        &self.nonce
    }

    /// Wraps the file key for everyone, in random order, and states what is to be signed.
    ///
    /// `length` is that of the content, `digest` the BLAKE3-256 of the whole plaintext with its
    /// padding.
    ///
    /// # Errors
    /// [`crate::age::AgeError::MixedRecipients`], [`LetterError::SealTooLong`].
    pub fn finish(
        self,
        length: u64,
        digest: [u8; 32],
        rng: &mut impl CryptoRng,
    ) -> Result<Unsigned, LetterError> {
        let recipients: Vec<_> = self
            .envelope
            .recipients
            .iter()
            .map(|one| one.recipient.clone())
            .collect();
        let stanzas = shuffled(wrap_for_all(&recipients, &self.file_key, rng)?, rng);
        let head = seal_stanza::head(&Header::prefix(&stanzas));
        let mut claims = Claims::new(self.envelope, length, digest);
        claims.first_sender = self.first_sender;
        let (claims, tbs) = encode(claims)?;
        let statement = Statement {
            head,
            nonce: self.nonce,
            tbs,
        };
        Ok(Unsigned {
            file_key: self.file_key,
            stanzas,
            claims,
            statement,
        })
    }
}

/// Encodes the claims; the card is left out where the seal would be too long with it.
fn encode(mut claims: Claims) -> Result<(Claims, Vec<u8>), LetterError> {
    let mut tbs = claims.encode();
    if !seal_stanza::fits(tbs.len()) {
        claims.card = None;
        tbs = claims.encode();
    }
    if seal_stanza::fits(tbs.len()) {
        Ok((claims, tbs))
    } else {
        Err(LetterError::SealTooLong)
    }
}

/// A random order, so that the place of a stanza tells nothing.
fn shuffled(stanzas: Vec<Stanza>, rng: &mut impl CryptoRng) -> Vec<Stanza> {
    let mut keyed: Vec<_> = stanzas
        .into_iter()
        .map(|stanza| {
            let mut key = [0; 16];
            rng.fill_bytes(&mut key);
            (key, stanza)
        })
        .collect();
    keyed.sort_unstable_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, stanza)| stanza).collect()
}

/// A letter being sealed in one pass.
#[derive(Debug)]
pub struct Sealing {
    letter: Prepared,
    sealer: PayloadSealer,
    digest: ContentDigest,
    length: u64,
}

impl Sealing {
    /// Begins a letter; the first bytes of its payload go to `out`.
    ///
    /// # Errors
    /// What is wrong with the envelope.
    pub fn begin(
        envelope: Envelope,
        rng: &mut impl CryptoRng,
        out: &mut Vec<u8>,
    ) -> Result<Self, LetterError> {
        let letter = Prepared::new(envelope, rng)?;
        out.extend_from_slice(letter.nonce.as_bytes());
        let sealer = PayloadSealer::new(letter.payload_key());
        Ok(Self {
            letter,
            sealer,
            digest: ContentDigest::default(),
            length: 0,
        })
    }

    /// Takes content, appends payload to `out`.
    ///
    /// # Errors
    /// [`crate::age::AgeError::Encrypt`].
    pub fn push(&mut self, content: &[u8], out: &mut Vec<u8>) -> Result<(), LetterError> {
        self.length = self
            .length
            .saturating_add(u64::try_from(content.len()).unwrap_or(u64::MAX));
        self.seal(content, out)
    }

    fn seal(&mut self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), LetterError> {
        self.digest.update(plaintext);
        Ok(self.sealer.push(plaintext, out)?)
    }

    /// Pads, ends the payload, wraps the file key.
    ///
    /// # Errors
    /// Those of [`Prepared::finish`].
    pub fn finish(
        mut self,
        rng: &mut impl CryptoRng,
        out: &mut Vec<u8>,
    ) -> Result<Unsigned, LetterError> {
        if self.letter.envelope.kind.is_padded() {
            let missing = padded_len(self.length).saturating_sub(self.length);
            let mut missing = usize::try_from(missing).unwrap_or(usize::MAX);
            while missing > 0 {
                let pad = [PAD; 4096];
                let part = pad.get(..missing).unwrap_or(&pad);
                self.seal(part, out)?;
                missing = missing.saturating_sub(part.len());
            }
        }
        self.sealer.finish(out)?;
        self.letter.finish(self.length, self.digest.finish(), rng)
    }
}

/// A letter that lacks only its signature.
#[derive(Debug)]
pub struct Unsigned {
    file_key: FileKey,
    stanzas: Vec<Stanza>,
    claims: Claims,
    statement: Statement,
}

impl Unsigned {
    /// What the custodian has to sign.
    #[must_use]
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// What the letter will say of itself; its card is gone where there was no room for it.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The id of the letter.
    #[must_use]
    pub fn letter_id(&self) -> LetterId {
        self.statement.letter_id()
    }

    /// Puts the seal into the header. The letter is this header and then the payload.
    ///
    /// # Errors
    /// [`LetterError::Signature`] when it is not the sender's: such a letter would not open.
    pub fn with_signature(
        mut self,
        signature: &Signature,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, LetterError> {
        let signed = self.statement.signed_bytes();
        self.claims
            .sender
            .verify(&signed, signature)
            .map_err(|_| LetterError::Signature)?;
        let Statement { head, tbs, .. } = &self.statement;
        self.stanzas.push(seal_stanza::create(
            &self.file_key,
            head,
            tbs,
            signature,
            rng,
        )?);
        Ok(Header::create(self.stanzas, &self.file_key)?
            .as_bytes()
            .to_vec())
    }
}

/// Seals content that is in memory, asking `sign` once.
///
/// # Errors
/// What is wrong with the envelope, and the signer's refusal.
pub fn seal<R: CryptoRng, E: From<LetterError>>(
    envelope: Envelope,
    content: &Zeroizing<Vec<u8>>,
    rng: &mut R,
    sign: impl FnOnce(&Statement) -> Result<Signature, E>,
) -> Result<Vec<u8>, E> {
    let mut payload = Vec::new();
    let mut sealing = Sealing::begin(envelope, rng, &mut payload)?;
    sealing.push(content, &mut payload)?;
    let unsigned = sealing.finish(rng, &mut payload)?;
    let signature = sign(unsigned.statement())?;
    let mut letter = unsigned.with_signature(&signature, rng)?;
    letter.append(&mut payload);
    Ok(letter)
}
