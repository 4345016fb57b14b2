use zeroize::Zeroizing;

use super::addressee::entry;
use super::claims::peek_sender;
use super::{Claims, LetterError, Proof, Proved, Statement, seal_stanza};
use crate::age::{AgeError, FileKey, Header, PayloadKey, PayloadNonce, PayloadOpener, Recipient};
use crate::identity::IdentityKey;

/// What an age file turns out to be, once its header and payload nonce are read.
#[derive(Debug)]
pub enum Opening {
    /// It has a seal: it opens with a valid one or not at all.
    Sealed(SealedLetter),
    /// It has none: it opens without a sender's proof.
    Unproved(Unproved),
}

impl Opening {
    /// Sorts a file by its header. `nonce` are the 16 bytes after the header.
    ///
    /// # Errors
    /// [`LetterError::SealShape`], [`LetterError::NewerVersion`].
    pub fn new(header: Header, nonce: PayloadNonce) -> Result<Self, LetterError> {
        Ok(match seal_stanza::find(&header)? {
            Some(seal) => Self::Sealed(SealedLetter {
                header,
                nonce,
                seal,
            }),
            None => Self::Unproved(Unproved { header, nonce }),
        })
    }

    /// The header, for the custodian to unwrap.
    #[must_use]
    pub const fn header(&self) -> &Header {
        match self {
            Self::Sealed(letter) => &letter.header,
            Self::Unproved(file) => &file.header,
        }
    }
}

/// A letter whose seal has not been looked into.
#[derive(Debug)]
pub struct SealedLetter {
    header: Header,
    nonce: PayloadNonce,
    seal: usize,
}

impl SealedLetter {
    /// Checks everything but the payload: header MAC, seal, signature, addressee, card.
    ///
    /// `own_key` is the public half of the key that unwrapped `file_key`, `own_id` the identity of
    /// the person who owns it.
    ///
    /// # Errors
    /// [`LetterError`]; any failure is final, and none leads to a letter without proof.
    pub fn prove(
        self,
        file_key: &FileKey,
        own_key: &Recipient,
        own_id: &IdentityKey,
    ) -> Result<Proved, LetterError> {
        self.header.verify(file_key)?;
        let head = seal_stanza::head(self.header.bytes_before(self.seal).unwrap_or_default());
        let stanza = self
            .header
            .stanzas()
            .get(self.seal)
            .ok_or(LetterError::SealShape)?;
        let (tbs, signature) = seal_stanza::open(file_key, &head, stanza)?;

        let sender = peek_sender(&tbs).ok_or(LetterError::Field { key: 1 })?;
        let sender = IdentityKey::parse(&sender).map_err(LetterError::SenderKey)?;
        let statement = Statement {
            head,
            nonce: self.nonce,
            tbs,
        };
        let verified = sender.verify(&statement.signed_bytes(), &signature);
        verified.map_err(|_| LetterError::Signature)?;

        let claims = Claims::decode(&statement.tbs)?;
        let bare = self.check_addressee(&claims, own_key, own_id)?;
        let proof = Proof {
            claims,
            letter_id: statement.letter_id(),
            bare,
        };
        Ok(Proved::new(
            proof,
            PayloadKey::derive(file_key, &self.nonce),
        ))
    }

    /// Whether the sender meant this key without knowing whose it is (`bare`).
    ///
    /// A recipient who seals the same words anew for someone else cannot sign that list; a sender
    /// who was given another person's key as theirs has signed that other identity.
    fn check_addressee(
        &self,
        claims: &Claims,
        own_key: &Recipient,
        own_id: &IdentityKey,
    ) -> Result<bool, LetterError> {
        let (entries, stanzas) = (claims.recipient_count(), self.seal);
        if entries != stanzas {
            return Err(LetterError::EntryCount { entries, stanzas });
        }
        if claims.entries.contains(&entry(Some(own_id), own_key)) {
            return Ok(false);
        }
        if claims.entries.contains(&entry(None, own_key)) {
            return Ok(true);
        }
        Err(LetterError::NotAddressed)
    }
}

/// A plain age file or a password letter: anyone could have written it.
#[derive(Debug)]
pub struct Unproved {
    header: Header,
    nonce: PayloadNonce,
}

impl Unproved {
    /// Whether a passphrase opens it.
    #[must_use]
    pub fn is_password(&self) -> bool {
        self.header.is_password()
    }

    /// Opens the payload: the bytes after the nonce. There is no proof of who wrote them.
    ///
    /// # Errors
    /// [`AgeError`]; nothing is released then.
    pub fn open(&self, file_key: &FileKey, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, AgeError> {
        let mut content = Zeroizing::new(Vec::with_capacity(payload.len()));
        let mut opener = self.opener(file_key)?;
        opener.push(payload, &mut content)?;
        opener.finish(&mut content)?;
        Ok(content)
    }

    /// Opens a payload that arrives in pieces.
    ///
    /// # Errors
    /// [`AgeError::HeaderMac`].
    pub fn opener(&self, file_key: &FileKey) -> Result<PayloadOpener, AgeError> {
        self.header.verify(file_key)?;
        Ok(PayloadOpener::new(PayloadKey::derive(
            file_key,
            &self.nonce,
        )))
    }
}
