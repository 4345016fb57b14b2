use super::{AgeError, PayloadKey, Place, SEALED_CHUNK_LEN};

/// Opens a payload that arrives in pieces, releasing each chunk once its tag is verified.
///
/// A released chunk is authentic and at its place, but the file may still turn out to be cut
/// short: what must be whole waits for [`PayloadOpener::finish`].
#[derive(Debug)]
pub struct PayloadOpener {
    key: PayloadKey,
    held: Vec<u8>,
    next: u64,
    failed: bool,
}

impl PayloadOpener {
    /// An opener at the first chunk of a payload.
    #[must_use]
    pub fn new(key: PayloadKey) -> Self {
        Self {
            key,
            held: Vec::new(),
            next: 0,
            failed: false,
        }
    }

    /// Takes sealed bytes, appends verified plaintext to `out`.
    ///
    /// # Errors
    /// [`AgeError::Chunk`] when a chunk does not authenticate, [`AgeError::TrailingData`] when
    /// bytes follow the final one, [`AgeError::StreamEnded`] after an earlier error.
    pub fn push(&mut self, mut sealed: &[u8], out: &mut Vec<u8>) -> Result<(), AgeError> {
        if self.failed {
            return Err(AgeError::StreamEnded);
        }
        while !sealed.is_empty() {
            if self.held.len() == SEALED_CHUNK_LEN {
                self.open_inner(out)?;
            }
            let room = SEALED_CHUNK_LEN
                .saturating_sub(self.held.len())
                .min(sealed.len());
            let (taken, rest) = sealed.split_at(room);
            self.held.extend_from_slice(taken);
            sealed = rest;
        }
        Ok(())
    }

    /// Opens the final chunk: the payload is whole exactly if this succeeds.
    ///
    /// # Errors
    /// [`AgeError::TruncatedPayload`] without a final chunk, [`AgeError::Chunk`],
    /// [`AgeError::ChunkLen`], [`AgeError::StreamEnded`].
    pub fn finish(self, out: &mut Vec<u8>) -> Result<(), AgeError> {
        if self.failed {
            return Err(AgeError::StreamEnded);
        }
        if self.held.is_empty() {
            return Err(AgeError::TruncatedPayload);
        }
        self.open(Place::Final(self.next), out).map_err(|error| {
            // A file cut between two chunks ends with an authentic inner one.
            let cut = self.open(Place::Inner(self.next), out).is_ok();
            if cut {
                AgeError::TruncatedPayload
            } else {
                error
            }
        })
    }

    /// Opens a full chunk that more bytes follow.
    fn open_inner(&mut self, out: &mut Vec<u8>) -> Result<(), AgeError> {
        if let Err(error) = self.open(Place::Inner(self.next), out) {
            self.failed = true;
            // A final chunk is authentic, but what follows it is not part of the file.
            let over = self.open(Place::Final(self.next), out).is_ok();
            return Err(if over { AgeError::TrailingData } else { error });
        }
        self.held.clear();
        self.next = self.next.saturating_add(1);
        Ok(())
    }

    fn open(&self, place: Place, out: &mut Vec<u8>) -> Result<(), AgeError> {
        self.key.open_chunk(place, &self.held, out)
    }
}
