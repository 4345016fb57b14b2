mod drafts;
mod files;
mod frames;
mod guard;
mod keys;
mod mixed_files;
mod monkey;
mod password;
mod password_files;
mod person;
mod plain_keys;
mod private;
mod readers;
mod story;
mod vault;
mod veil;

use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// A generator whose bytes are the same in every run: SHA-256 of a seed and a counter.
#[derive(Debug)]
pub(crate) struct TestRng {
    seed: u64,
    block: u64,
}

impl TestRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, block: 0 }
    }
}

impl TryRng for TestRng {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in dst.chunks_mut(32) {
            self.block += 1;
            let seed = [self.seed.to_be_bytes(), self.block.to_be_bytes()].concat();
            chunk.copy_from_slice(&Sha256::digest(seed)[..chunk.len()]);
        }
        Ok(())
    }
}
impl TryCryptoRng for TestRng {}
