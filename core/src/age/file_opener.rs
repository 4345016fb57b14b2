use core::fmt;

use super::{
    AgeError, FileKey, Header, HeaderParser, Limits, PayloadKey, PayloadNonce, PayloadOpener,
};

/// Opens a plain age file that arrives in pieces.
///
/// `unwrap` finds the file key of the header, with the header MAC checked, as [`super::unwrap`]
/// and [`super::Passphrase::unwrap`] do.
pub struct FileOpener<F>(State<F>);

enum State<F> {
    Header(HeaderParser, F),
    Nonce(FileKey, Vec<u8>),
    Payload(PayloadOpener),
    Ended,
}

impl<F: FnOnce(&Header) -> Result<FileKey, AgeError>> FileOpener<F> {
    /// An opener at the first byte of a file.
    #[must_use]
    pub const fn new(unwrap: F) -> Self {
        Self(State::Header(HeaderParser::new(Limits::READING), unwrap))
    }

    /// Takes bytes of the file, appends verified plaintext to `out`.
    ///
    /// # Errors
    /// [`AgeError`]; every later call fails too.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), AgeError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let state = core::mem::replace(&mut self.0, State::Ended);
            (self.0, rest) = state.step(rest, out)?;
        }
        Ok(())
    }

    /// Opens the final chunk: the file is whole exactly if this succeeds.
    ///
    /// # Errors
    /// [`AgeError::TruncatedHeader`], [`AgeError::TruncatedPayload`] and those of the last chunk.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<(), AgeError> {
        match self.0 {
            State::Header(..) => Err(AgeError::TruncatedHeader),
            State::Nonce(_, nonce) if nonce.len() < PayloadNonce::LEN => {
                Err(AgeError::TruncatedHeader)
            }
            State::Nonce(..) => Err(AgeError::TruncatedPayload),
            State::Payload(opener) => opener.finish(out),
            State::Ended => Err(AgeError::StreamEnded),
        }
    }
}

impl<F: FnOnce(&Header) -> Result<FileKey, AgeError>> State<F> {
    fn step<'a>(self, bytes: &'a [u8], out: &mut Vec<u8>) -> Result<(Self, &'a [u8]), AgeError> {
        match self {
            Self::Header(mut parser, unwrap) => match parser.push(bytes)? {
                None => Ok((Self::Header(parser, unwrap), &[])),
                Some((header, taken)) => {
                    let rest = bytes.get(taken..).unwrap_or_default();
                    Ok((Self::Nonce(unwrap(&header)?, Vec::new()), rest))
                }
            },
            Self::Nonce(file_key, mut nonce) => {
                let missing = PayloadNonce::LEN
                    .saturating_sub(nonce.len())
                    .min(bytes.len());
                let (taken, rest) = bytes.split_at(missing);
                nonce.extend_from_slice(taken);
                let Ok(whole) = <[u8; PayloadNonce::LEN]>::try_from(nonce.as_slice()) else {
                    return Ok((Self::Nonce(file_key, nonce), rest));
                };
                let key = PayloadKey::derive(&file_key, &PayloadNonce::from_bytes(whole));
                Ok((Self::Payload(PayloadOpener::new(key)), rest))
            }
            Self::Payload(mut opener) => {
                opener.push(bytes, out)?;
                Ok((Self::Payload(opener), &[]))
            }
            Self::Ended => Err(AgeError::StreamEnded),
        }
    }
}

impl<F> fmt::Debug for FileOpener<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileOpener(..)")
    }
}
