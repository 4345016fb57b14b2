//! What RFC 9420 asks of a cipher suite, by the same RustCrypto and dalek crates as the letters.
//!
//! Two suites: 0x004F (X-Wing, AES-128-GCM, SHA-256, Ed25519; draft-ietf-mls-pq-ciphersuites), the
//! only one that [`crate::Sessions`] uses, and 0x0003 (X25519, ChaCha20-Poly1305, SHA-256,
//! Ed25519), in which other implementations can be asked whether they agree.

use core::fmt;
use std::sync::{Mutex, PoisonError};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use chacha20::ChaCha20Rng;
use chacha20poly1305::ChaCha20Poly1305;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::random::OpenMlsRand;
use openmls_traits::types::{
    AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeCiphertext, HpkeConfig,
    HpkeKeyPair, KemOutput, SignatureScheme,
};
use rand_core::{CryptoRng, Rng, SeedableRng};
use sha2::{Digest, Sha256};
use tls_codec::SecretVLBytes;
use zeroize::Zeroizing;

use super::hpke;

/// A cipher suite of RFC 9420 §17.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// 0x004F: what sessions use.
    Hybrid,
    /// 0x0003: for comparing with other implementations.
    Classical,
}

impl Suite {
    /// The code point.
    #[must_use]
    pub const fn ciphersuite(self) -> Ciphersuite {
        match self {
            Self::Hybrid => Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519,
            Self::Classical => Ciphersuite::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519,
        }
    }
}

/// The primitives, and a generator that is seeded anew for every step.
pub struct Primitives {
    suite: Suite,
    // ChaCha20 as a generator: the caller's randomness goes in, 32 bytes at a time.
    rng: Mutex<ChaCha20Rng>,
}

impl Primitives {
    /// Takes 32 bytes of `rng` as the first seed.
    pub fn new(suite: Suite, rng: &mut impl CryptoRng) -> Self {
        Self {
            suite,
            rng: Mutex::new(seeded(rng)),
        }
    }

    /// Replaces the generator by one with a fresh seed.
    pub fn reseed(&self, rng: &mut impl CryptoRng) {
        *self.rng.lock().unwrap_or_else(PoisonError::into_inner) = seeded(rng);
    }

    fn random<T>(&self, draw: impl FnOnce(&mut ChaCha20Rng) -> T) -> T {
        draw(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn seeded(rng: &mut impl CryptoRng) -> ChaCha20Rng {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut seed[..]);
    ChaCha20Rng::from_seed(*seed)
}

impl fmt::Debug for Primitives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Primitives")
            .field("suite", &self.suite)
            .finish_non_exhaustive()
    }
}

fn sha256_only(hash: HashType) -> Result<(), CryptoError> {
    match hash {
        HashType::Sha2_256 => Ok(()),
        HashType::Sha2_384 | HashType::Sha2_512 => Err(CryptoError::UnsupportedHashAlgorithm),
    }
}

fn ed25519_only(scheme: SignatureScheme) -> Result<(), CryptoError> {
    if scheme == SignatureScheme::ED25519 {
        Ok(())
    } else {
        Err(CryptoError::UnsupportedSignatureScheme)
    }
}

fn seal<A: Aead + KeyInit>(
    key: &[u8],
    nonce: &[u8],
    payload: Payload<'_, '_>,
) -> Result<Vec<u8>, CryptoError> {
    let cipher = A::new_from_slice(key).map_err(|_| CryptoError::InvalidLength)?;
    let nonce = nonce.try_into().map_err(|_| CryptoError::InvalidLength)?;
    let sealed = cipher.encrypt(nonce, payload);
    sealed.map_err(|_| CryptoError::CryptoLibraryError)
}

fn open<A: Aead + KeyInit>(
    key: &[u8],
    nonce: &[u8],
    payload: Payload<'_, '_>,
) -> Result<Vec<u8>, CryptoError> {
    let cipher = A::new_from_slice(key).map_err(|_| CryptoError::InvalidLength)?;
    let nonce = nonce.try_into().map_err(|_| CryptoError::InvalidLength)?;
    let opened = cipher.decrypt(nonce, payload);
    opened.map_err(|_| CryptoError::AeadDecryptionError)
}

fn mac(key: &[u8], message: &[u8]) -> Result<SecretVLBytes, CryptoError> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| CryptoError::InvalidLength)?;
    Ok(mac
        .chain_update(message)
        .finalize()
        .into_bytes()
        .to_vec()
        .into())
}

impl OpenMlsCrypto for Primitives {
    fn supports(&self, suite: Ciphersuite) -> Result<(), CryptoError> {
        if suite == self.suite.ciphersuite() {
            Ok(())
        } else {
            Err(CryptoError::UnsupportedCiphersuite)
        }
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        vec![self.suite.ciphersuite()]
    }

    fn hkdf_extract(
        &self,
        hash: HashType,
        salt: &[u8],
        ikm: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        sha256_only(hash)?;
        // RFC 5869 §2.2: PRK = HMAC(salt, IKM).
        mac(salt, ikm)
    }

    fn hmac(&self, hash: HashType, key: &[u8], msg: &[u8]) -> Result<SecretVLBytes, CryptoError> {
        sha256_only(hash)?;
        mac(key, msg)
    }

    fn hkdf_expand(
        &self,
        hash: HashType,
        prk: &[u8],
        info: &[u8],
        okm_len: usize,
    ) -> Result<SecretVLBytes, CryptoError> {
        sha256_only(hash)?;
        let too_long = |_| CryptoError::HkdfOutputLengthInvalid;
        let hkdf = Hkdf::<Sha256>::from_prk(prk).map_err(|_| CryptoError::InvalidLength)?;
        let mut okm = vec![0; okm_len];
        hkdf.expand(info, &mut okm).map_err(too_long)?;
        Ok(okm.into())
    }

    fn hash(&self, hash: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        sha256_only(hash)?;
        Ok(Sha256::digest(data).to_vec())
    }

    fn aead_encrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        msg: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let payload = Payload { msg, aad };
        match alg {
            AeadType::Aes128Gcm => seal::<Aes128Gcm>(key, nonce, payload),
            AeadType::Aes256Gcm => seal::<Aes256Gcm>(key, nonce, payload),
            AeadType::ChaCha20Poly1305 => seal::<ChaCha20Poly1305>(key, nonce, payload),
        }
    }

    fn aead_decrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        msg: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let payload = Payload { msg, aad };
        match alg {
            AeadType::Aes128Gcm => open::<Aes128Gcm>(key, nonce, payload),
            AeadType::Aes256Gcm => open::<Aes256Gcm>(key, nonce, payload),
            AeadType::ChaCha20Poly1305 => open::<ChaCha20Poly1305>(key, nonce, payload),
        }
    }

    fn signature_key_gen(&self, alg: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        ed25519_only(alg)?;
        let mut seed = Zeroizing::new([0; 32]);
        self.random(|rng| rng.fill_bytes(&mut seed[..]));
        let public = SigningKey::from_bytes(&seed).verifying_key();
        Ok((seed.to_vec(), public.to_bytes().to_vec()))
    }

    fn verify_signature(
        &self,
        alg: SignatureScheme,
        data: &[u8],
        public: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        ed25519_only(alg)?;
        let public = public.try_into().map_err(|_| CryptoError::InvalidLength)?;
        let public = VerifyingKey::from_bytes(public).map_err(|_| CryptoError::InvalidPublicKey)?;
        let signature = ed25519_dalek::Signature::from_slice(signature)
            .map_err(|_| CryptoError::InvalidSignature)?;
        let verified = public.verify_strict(data, &signature);
        verified.map_err(|_| CryptoError::InvalidSignature)
    }

    fn sign(&self, alg: SignatureScheme, data: &[u8], key: &[u8]) -> Result<Vec<u8>, CryptoError> {
        ed25519_only(alg)?;
        let key = key.try_into().map_err(|_| CryptoError::InvalidLength)?;
        Ok(SigningKey::from_bytes(key).sign(data).to_bytes().to_vec())
    }

    fn hpke_seal(
        &self,
        config: HpkeConfig,
        public: &[u8],
        info: &[u8],
        aad: &[u8],
        text: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        self.random(|rng| hpke::seal(&config, public, [info, aad, text], rng))
    }

    fn hpke_open(
        &self,
        config: HpkeConfig,
        sealed: &HpkeCiphertext,
        secret: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        hpke::open(&config, sealed, secret, [info, aad])
    }

    // External commits alone need these two (RFC 9420 §8.3), and nobody may join from outside.
    fn hpke_setup_sender_and_export(
        &self,
        _config: HpkeConfig,
        _public: &[u8],
        _info: &[u8],
        _context: &[u8],
        _len: usize,
    ) -> Result<(KemOutput, ExporterSecret), CryptoError> {
        Err(CryptoError::ExporterError)
    }

    fn hpke_setup_receiver_and_export(
        &self,
        _config: HpkeConfig,
        _enc: &[u8],
        _secret: &[u8],
        _info: &[u8],
        _context: &[u8],
        _len: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        Err(CryptoError::ExporterError)
    }

    fn derive_hpke_keypair(
        &self,
        config: HpkeConfig,
        ikm: &[u8],
    ) -> Result<HpkeKeyPair, CryptoError> {
        hpke::derive(&config, ikm)
    }
}

impl OpenMlsRand for Primitives {
    type Error = core::convert::Infallible;

    fn random_array<const N: usize>(&self) -> Result<[u8; N], Self::Error> {
        let mut bytes = [0; N];
        self.random(|rng| rng.fill_bytes(&mut bytes));
        Ok(bytes)
    }

    fn random_vec(&self, len: usize) -> Result<Vec<u8>, Self::Error> {
        let mut bytes = vec![0; len];
        self.random(|rng| rng.fill_bytes(&mut bytes));
        Ok(bytes)
    }
}
