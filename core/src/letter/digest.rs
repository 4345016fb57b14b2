use crate::age::CHUNK_LEN;

/// BLAKE3-256 of a plaintext, on the way through.
#[derive(Debug, Default)]
pub(super) struct ContentDigest(Box<blake3::Hasher>);

impl ContentDigest {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn finish(&self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// One BLAKE3-256 for every 64 KiB chunk of a plaintext: 512 KiB for a gibibyte.
#[derive(Debug, Default)]
pub(super) struct ChunkDigests(Vec<[u8; 32]>);

impl ChunkDigests {
    /// Takes whole chunks as an opener releases them.
    pub(super) fn extend(&mut self, plaintext: &[u8]) {
        self.0.extend(plaintext.chunks(CHUNK_LEN).map(digest));
    }

    pub(super) fn matches(&self, index: u64, chunk: &[u8]) -> bool {
        let expected = usize::try_from(index)
            .ok()
            .and_then(|index| self.0.get(index));
        expected == Some(&digest(chunk))
    }
}

fn digest(chunk: &[u8]) -> [u8; 32] {
    blake3::hash(chunk).into()
}
