//! Every C2SP/CCTV age vector: whole, in pieces of several sizes, and byte by byte.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

use base64ct::{Base64, Encoding};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sotto_core::age::armor::{Decoder, Label};
use sotto_core::age::{AgeError, FileKey, FileOpener, Header, Identity, Passphrase, unwrap};
use zeroize::Zeroizing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    expect: String,
    payload: Option<String>,
    identity: Vec<String>,
    passphrase: Vec<String>,
    armored: Option<String>,
    compressed: Option<String>,
    #[serde(rename = "comment")]
    _comment: Option<String>,
    file_key: Option<String>,
    file: String,
}

impl Vector {
    fn all() -> Vec<Self> {
        serde_json::from_str(include_str!("../../tests/vectors/age/cctv.json")).unwrap()
    }

    fn file(&self) -> Vec<u8> {
        let file = Base64::decode_vec(&self.file).unwrap();
        match self.compressed.as_deref() {
            None => file,
            Some("zlib") => miniz_oxide::inflate::decompress_to_vec_zlib(&file).unwrap(),
            Some(other) => panic!("{other}"),
        }
    }

    fn identities(&self) -> Vec<Identity> {
        self.identity
            .iter()
            .map(|text| text.parse().unwrap())
            .collect()
    }

    /// Opens the file, fed in pieces of `piece` bytes: all that was released, and how it ended.
    fn open(&self, piece: usize) -> (Vec<u8>, Result<(), AgeError>) {
        let identities = self.identities();
        let mut opener = FileOpener::new(|header: &Header| self.unwrap(header, &identities));
        let mut released = Vec::new();
        let ended = self.feed(piece, &mut opener, &mut released);
        let ended = ended.and_then(|()| opener.finish(&mut released));
        (released, ended)
    }

    fn unwrap(&self, header: &Header, identities: &[Identity]) -> Result<FileKey, AgeError> {
        let by_passphrase = self
            .passphrase
            .iter()
            .map(|text| Passphrase::new(Zeroizing::new(text.clone())).unwrap(header));
        let by_identity = (!identities.is_empty() || self.passphrase.is_empty())
            .then(|| unwrap(header, identities).map(|unwrapped| unwrapped.file_key));
        let key = by_passphrase
            .chain(by_identity)
            .reduce(Result::or)
            .unwrap()?;
        if let Some(expected) = &self.file_key {
            assert_eq!(&hex(key.expose()), expected, "{}", self.name);
        }
        Ok(key)
    }

    fn feed(
        &self,
        piece: usize,
        opener: &mut FileOpener<impl FnOnce(&Header) -> Result<FileKey, AgeError>>,
        released: &mut Vec<u8>,
    ) -> Result<(), AgeError> {
        let file = self.file();
        if self.armored.is_none() {
            return file
                .chunks(piece)
                .try_for_each(|piece| opener.push(piece, released));
        }
        let mut decoder = Decoder::new(Label::AgeEncryptedFile);
        let mut decoded = Vec::new();
        for piece in file.chunks(piece) {
            decoded.clear();
            // What was decoded before a bad line goes on to the opener, as in a real stream.
            let armor = decoder.push(piece, &mut decoded);
            opener.push(&decoded, released)?;
            armor?;
        }
        decoded.clear();
        decoder.finish(&mut decoded)?;
        opener.push(&decoded, released)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The class of failure in the words of the vectors.
fn class(error: AgeError) -> &'static str {
    match error {
        AgeError::NotAge
        | AgeError::UnsupportedVersion
        | AgeError::MalformedHeader { .. }
        | AgeError::HeaderTooLong { .. }
        | AgeError::TooManyStanzas { .. }
        | AgeError::TruncatedHeader
        | AgeError::MalformedStanza { .. }
        | AgeError::SmallOrderShare { .. }
        | AgeError::ScryptNotAlone
        | AgeError::OutOfMemory
        | AgeError::WorkFactorTooHigh => "header failure",
        AgeError::NoMatch | AgeError::WrongPassphrase => "no match",
        AgeError::HeaderMac => "HMAC failure",
        AgeError::Chunk { .. }
        | AgeError::ChunkLen { .. }
        | AgeError::TruncatedPayload
        | AgeError::TrailingData => "payload failure",
        AgeError::MalformedArmor { .. } | AgeError::TruncatedArmor => "armor failure",
        AgeError::StreamEnded
        | AgeError::MalformedKey
        | AgeError::InvalidRecipient
        | AgeError::NoRecipients
        | AgeError::MixedRecipients
        | AgeError::Encrypt
        | AgeError::MalformedLine => panic!("{error}"),
    }
}

fn check(vector: &Vector, piece: usize) {
    let (released, ended) = vector.open(piece);
    let outcome = ended.map_or_else(class, |()| "success");
    assert_eq!(
        outcome, vector.expect,
        "{} in pieces of {piece}: {ended:?}",
        vector.name
    );
    if let Some(payload) = &vector.payload {
        assert_eq!(
            &hex(&Sha256::digest(&released)),
            payload,
            "{} ({piece})",
            vector.name
        );
    } else {
        assert!(released.is_empty(), "{}", vector.name);
    }
}

#[test]
fn there_are_143_vectors() {
    assert_eq!(Vector::all().len(), 143);
}

#[test]
fn whole() {
    Vector::all()
        .iter()
        .for_each(|vector| check(vector, usize::MAX));
}

#[test]
fn streamed() {
    for vector in &Vector::all() {
        for piece in [61, 4096, 65_553] {
            check(vector, piece);
        }
    }
}

#[test]
fn byte_by_byte() {
    Vector::all().iter().for_each(|vector| check(vector, 1));
}

#[test]
fn headers_are_written_as_they_were_read() {
    for vector in Vector::all() {
        let file = vector.file();
        let Ok(Some(header)) = Header::parse(&file, sotto_core::age::Limits::READING) else {
            continue;
        };
        let written = Header::prefix(header.stanzas());
        assert!(file.starts_with(&written), "{}", vector.name);
        assert_eq!(
            header.bytes_before(0),
            Some(b"age-encryption.org/v1\n".as_slice())
        );
    }
}
