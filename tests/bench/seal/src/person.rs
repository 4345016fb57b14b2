//! A sender who is her own only recipient. Her keys are known to everybody.

use ed25519_dalek::{Signer, SigningKey};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rand_core::CryptoRng;
use sotto_core::age::{HeaderParser, Identity, Limits, PayloadNonce, RecipientType, unwrap};
use sotto_core::identity::{IdentityKey, Signature};
use sotto_core::letter::{Addressee, Envelope, Kind, LetterError, Opening, Prepared, Proved};
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

/// The system's generator.
#[must_use]
pub const fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// Someone with a signing key and a hybrid recipient key.
#[derive(Debug)]
pub struct Person {
    signer: SigningKey,
    id: IdentityKey,
    identity: Identity,
}

impl Person {
    /// The person of the bench.
    ///
    /// # Errors
    /// None in practice: the keys are constants.
    pub fn new() -> Result<Self, LetterError> {
        let signer = SigningKey::from_bytes(&[3; 32]);
        let public = [&[1], signer.verifying_key().as_bytes().as_slice()].concat();
        let secret = Zeroizing::new([11; 32]);
        Ok(Self {
            id: IdentityKey::parse(&public).map_err(LetterError::SenderKey)?,
            signer,
            identity: Identity::from_secret(RecipientType::Mlkem768X25519, secret)?,
        })
    }

    /// Begins a file.
    ///
    /// # Errors
    /// None in practice.
    pub fn begin(&self, rng: &mut impl CryptoRng) -> Result<Prepared, LetterError> {
        let me = Addressee {
            identity: Some(self.id),
            recipient: self.identity.recipient().clone(),
        };
        let envelope = Envelope {
            sender: self.id,
            sent_at: TimestampMs(1_790_000_000_000),
            kind: Kind::File,
            recipients: vec![me],
            card_revision: 1,
            card: None,
            name: Some("video.mp4".to_owned()),
            content_type: Some("video/mp4".to_owned()),
            reply_to: None,
        };
        Prepared::new(envelope, rng)
    }

    /// Ends a file: its header, signed.
    ///
    /// # Errors
    /// None in practice.
    pub fn header(
        &self,
        letter: Prepared,
        length: u64,
        digest: [u8; 32],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, LetterError> {
        let unsigned = letter.finish(length, digest, rng)?;
        let signed = self.signer.sign(&unsigned.statement().signed_bytes());
        unsigned.with_signature(&Signature(signed.to_bytes()), rng)
    }

    /// Looks at the beginning of a file: what is proved of it and where the payload begins.
    ///
    /// # Errors
    /// Where it is no letter to this person.
    pub fn look(&self, head: &[u8]) -> Result<(Proved, usize), LetterError> {
        let (header, len) = HeaderParser::new(Limits::READING)
            .push(head)?
            .ok_or(LetterError::SealShape)?;
        let rest = head.get(len..).unwrap_or_default();
        let nonce = rest.first_chunk().ok_or(LetterError::SealShape)?;
        let file_key = unwrap(&header, core::slice::from_ref(&self.identity))?.file_key;
        match Opening::new(header, PayloadNonce::from_bytes(*nonce))? {
            Opening::Sealed(letter) => {
                let proved = letter.prove(&file_key, self.identity.recipient(), &self.id)?;
                Ok((proved, len.saturating_add(PayloadNonce::LEN)))
            }
            Opening::Unproved(_) => Err(LetterError::SealShape),
        }
    }
}
