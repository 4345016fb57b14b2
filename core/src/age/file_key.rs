use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{AgeError, derive_key};

/// The 128-bit key that a header wraps for every recipient (section "File key").
///
/// Drawn anew for every file and never used for a second one. Wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct FileKey([u8; Self::LEN]);

impl FileKey {
    /// Length in bytes.
    pub const LEN: usize = 16;

    /// Draws a fresh file key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut key = Self([0; Self::LEN]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// Takes key bytes that a custodian unwrapped.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The key bytes, for wrapping and for handing to the same profile's workers.
    #[must_use]
    pub const fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// HMAC-SHA-256 over the header up to and including `---` (section "Header MAC").
    #[must_use]
    pub fn header_mac(&self, authenticated: &[u8]) -> [u8; 32] {
        self.mac(authenticated).finalize().into_bytes().into()
    }

    /// Checks the header MAC in constant time.
    ///
    /// # Errors
    /// [`AgeError::HeaderMac`] when it differs.
    pub fn verify_header_mac(&self, authenticated: &[u8], mac: &[u8; 32]) -> Result<(), AgeError> {
        self.mac(authenticated)
            .verify_slice(mac)
            .map_err(|_| AgeError::HeaderMac)
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn mac(&self, authenticated: &[u8]) -> Hmac<Sha256> {
        let key = derive_key(&self.0, b"", b"header");
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_ref()).expect("any length");
        mac.update(authenticated);
        mac
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(..)")
    }
}
