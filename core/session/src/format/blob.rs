//! Blobs in a stream: `u8 version = 1 ‖ u8 type ‖ body`.
//!
//! What is longer than a blob may be (the commit and the Welcome of a large group) travels in
//! parts: `id (16) ‖ u16 index ‖ u16 count ‖ bytes`, where id is the beginning of the SHA-256 of
//! the whole. The whole takes effect where its last part stands.

use sha2::{Digest, Sha256};
use sotto_protocol::ErrorCode;

const VERSION: u8 = 1;
/// Bytes of a blob of ours: below every relay's 64 KiB.
pub const MAX_BLOB_LEN: usize = 60_000;
/// Bytes of what parts make: a commit or a Welcome in a group of some hundreds.
pub const MAX_WHOLE_LEN: usize = 4 << 20;
const PART_HEAD: usize = 2 + 16 + 4;
const PART_LEN: usize = MAX_BLOB_LEN - PART_HEAD;

/// A blob by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blob {
    /// Type 1: a PrivateMessage of MLS, a commit or an application message.
    Mls(Vec<u8>),
    /// Type 2: a Welcome of MLS.
    Welcome(Vec<u8>),
    /// Type 3: a letter, in a mailbox.
    Letter(Vec<u8>),
    /// Type 4: a part of something longer.
    Part(Part),
}

/// A part of something longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of the whole: the beginning of its SHA-256.
    pub id: [u8; 16],
    /// Which part, from 0.
    pub index: u16,
    /// Of how many.
    pub count: u16,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why bytes are no blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// Shorter than version and type, or than the head of a part.
    #[error("blob is cut off")]
    Truncated,
    /// Another version.
    #[error("blob has version {version}")]
    Version {
        /// The version found.
        version: u8,
    },
    /// A type of a newer version.
    #[error("blob has type {kind}")]
    Kind {
        /// The type found.
        kind: u8,
    },
    /// Parts that do not make a whole.
    #[error("parts make no whole")]
    Parts,
}

impl BlobError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Truncated | Self::Parts => ErrorCode::MalformedMessage,
            Self::Version { .. } | Self::Kind { .. } => ErrorCode::NewerVersion,
        }
    }
}

impl Blob {
    /// Reads a blob.
    ///
    /// # Errors
    /// [`BlobError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BlobError> {
        let ([version, kind], body) = bytes.split_first_chunk().ok_or(BlobError::Truncated)?;
        if *version != VERSION {
            return Err(BlobError::Version { version: *version });
        }
        match kind {
            1 => Ok(Self::Mls(body.to_vec())),
            2 => Ok(Self::Welcome(body.to_vec())),
            3 => Ok(Self::Letter(body.to_vec())),
            4 => Part::decode(body).map(Self::Part),
            kind => Err(BlobError::Kind { kind: *kind }),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Mls(body) => framed(1, body),
            Self::Welcome(body) => framed(2, body),
            Self::Letter(body) => framed(3, body),
            Self::Part(part) => framed(4, &part.encode()),
        }
    }
}

fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[VERSION, kind], body].concat()
}

impl Part {
    fn decode(body: &[u8]) -> Result<Self, BlobError> {
        let (id, rest) = body.split_first_chunk::<16>().ok_or(BlobError::Truncated)?;
        let (index, rest) = rest.split_first_chunk().ok_or(BlobError::Truncated)?;
        let (count, bytes) = rest.split_first_chunk().ok_or(BlobError::Truncated)?;
        let (index, count) = (u16::from_be_bytes(*index), u16::from_be_bytes(*count));
        let most = MAX_WHOLE_LEN.div_ceil(PART_LEN);
        let is_sized = (1..=PART_LEN).contains(&bytes.len());
        if index >= count || count < 2 || usize::from(count) > most || !is_sized {
            return Err(BlobError::Parts);
        }
        Ok(Self {
            id: *id,
            index,
            count,
            bytes: bytes.to_vec(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        let [index, count] = [self.index, self.count].map(u16::to_be_bytes);
        [&self.id[..], &index, &count, &self.bytes].concat()
    }
}

fn part_id(whole: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(whole).into();
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    id
}

/// The blobs in which `blob` travels: itself, or its parts.
///
/// # Errors
/// [`BlobError::Parts`] when it is longer than [`MAX_WHOLE_LEN`].
pub fn split(blob: &Blob) -> Result<Vec<Vec<u8>>, BlobError> {
    let whole = blob.encode();
    if whole.len() <= MAX_BLOB_LEN {
        return Ok(vec![whole]);
    }
    if whole.len() > MAX_WHOLE_LEN {
        return Err(BlobError::Parts);
    }
    let id = part_id(&whole);
    let count = u16::try_from(whole.len().div_ceil(PART_LEN)).map_err(|_| BlobError::Parts)?;
    let part = |(index, bytes): (u16, &[u8])| {
        let bytes = bytes.to_vec();
        Blob::Part(Part {
            id,
            index,
            count,
            bytes,
        })
        .encode()
    };
    Ok((0..count).zip(whole.chunks(PART_LEN)).map(part).collect())
}

/// The whole of all its parts, given in order.
///
/// # Errors
/// [`BlobError`].
pub fn join(id: &[u8; 16], parts: &[Vec<u8>]) -> Result<Blob, BlobError> {
    let whole = parts.concat();
    if whole.len() > MAX_WHOLE_LEN || part_id(&whole) != *id {
        return Err(BlobError::Parts);
    }
    match Blob::decode(&whole)? {
        Blob::Part(_) => Err(BlobError::Parts),
        blob @ (Blob::Mls(_) | Blob::Welcome(_) | Blob::Letter(_)) => Ok(blob),
    }
}

#[cfg(test)]
mod tests {
    use super::{Blob, BlobError, MAX_BLOB_LEN, join, split};
    use proptest::prelude::*;

    #[test]
    fn a_long_one_travels_in_parts() {
        let blob = Blob::Welcome((0..200_000_u32).map(|n| n.to_be_bytes()[3]).collect());
        let parts = split(&blob).unwrap();
        assert!(parts.len() > 3 && parts.iter().all(|part| part.len() <= MAX_BLOB_LEN));
        let parts: Vec<_> = parts
            .iter()
            .map(|part| Blob::decode(part).unwrap())
            .collect();
        let Blob::Part(first) = &parts[0] else {
            panic!()
        };
        let bytes: Vec<_> = parts
            .iter()
            .map(|part| match part {
                Blob::Part(part) => part.bytes.clone(),
                Blob::Mls(_) | Blob::Welcome(_) | Blob::Letter(_) => panic!("no part"),
            })
            .collect();
        assert_eq!(join(&first.id, &bytes), Ok(blob));
        assert_eq!(join(&first.id, &bytes[1..]), Err(BlobError::Parts));
    }

    proptest! {
        #[test]
        fn decoding_takes_any_bytes_and_has_one_encoding(
            bytes in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            if let Ok(blob) = Blob::decode(&bytes) {
                prop_assert_eq!(blob.encode(), bytes);
            }
        }
    }
}
