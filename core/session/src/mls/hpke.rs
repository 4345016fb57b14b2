//! HPKE (RFC 9180) in base mode, by the `hpke` crate: X-Wing (0x647A) and, for peers that have
//! nothing else, DHKEM(X25519).

use hpke::aead::{AesGcm128, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::{X25519HkdfSha256, XWing};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use openmls_traits::types::{
    CryptoError, HpkeAeadType, HpkeCiphertext, HpkeConfig, HpkeKdfType, HpkeKemType, HpkeKeyPair,
};
use rand_core::CryptoRng;

/// The two combinations that a suite of ours names.
#[derive(Clone, Copy)]
enum Hpke {
    Hybrid,
    Classical,
}

fn of(config: &HpkeConfig) -> Result<Hpke, CryptoError> {
    match (config.0, config.1, config.2) {
        (HpkeKemType::XWingKemDraft6, HpkeKdfType::HkdfSha256, HpkeAeadType::AesGcm128) => {
            Ok(Hpke::Hybrid)
        }
        (HpkeKemType::DhKem25519, HpkeKdfType::HkdfSha256, HpkeAeadType::ChaCha20Poly1305) => {
            Ok(Hpke::Classical)
        }
        _ => Err(CryptoError::UnsupportedCiphersuite),
    }
}

pub(super) fn seal(
    config: &HpkeConfig,
    public: &[u8],
    [info, aad, text]: [&[u8]; 3],
    rng: &mut impl CryptoRng,
) -> Result<HpkeCiphertext, CryptoError> {
    match of(config)? {
        Hpke::Hybrid => seal_with::<AesGcm128, XWing>(public, info, aad, text, rng),
        Hpke::Classical => {
            seal_with::<ChaCha20Poly1305, X25519HkdfSha256>(public, info, aad, text, rng)
        }
    }
}

fn seal_with<A: hpke::aead::Aead, K: Kem>(
    public: &[u8],
    info: &[u8],
    aad: &[u8],
    text: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<HpkeCiphertext, CryptoError> {
    let public = K::PublicKey::from_bytes(public).map_err(|_| CryptoError::InvalidPublicKey)?;
    let (enc, sealed) = hpke::single_shot_seal_with_rng::<A, HkdfSha256, K>(
        &OpModeS::Base,
        &public,
        info,
        text,
        aad,
        rng,
    )
    .map_err(|_| CryptoError::HpkeEncryptionError)?;
    Ok(HpkeCiphertext {
        kem_output: enc.to_bytes().to_vec().into(),
        ciphertext: sealed.into(),
    })
}

pub(super) fn open(
    config: &HpkeConfig,
    sealed: &HpkeCiphertext,
    secret: &[u8],
    [info, aad]: [&[u8]; 2],
) -> Result<Vec<u8>, CryptoError> {
    match of(config)? {
        Hpke::Hybrid => open_with::<AesGcm128, XWing>(sealed, secret, info, aad),
        Hpke::Classical => {
            open_with::<ChaCha20Poly1305, X25519HkdfSha256>(sealed, secret, info, aad)
        }
    }
}

fn open_with<A: hpke::aead::Aead, K: Kem>(
    sealed: &HpkeCiphertext,
    secret: &[u8],
    info: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let failed = |_| CryptoError::HpkeDecryptionError;
    let secret = K::PrivateKey::from_bytes(secret).map_err(failed)?;
    let enc = K::EncappedKey::from_bytes(sealed.kem_output.as_slice()).map_err(failed)?;
    hpke::single_shot_open::<A, HkdfSha256, K>(
        &OpModeR::Base,
        &secret,
        &enc,
        info,
        sealed.ciphertext.as_slice(),
        aad,
    )
    .map_err(failed)
}

pub(super) fn derive(config: &HpkeConfig, ikm: &[u8]) -> Result<HpkeKeyPair, CryptoError> {
    match of(config)? {
        Hpke::Hybrid => Ok(derive_with::<XWing>(ikm)),
        Hpke::Classical => Ok(derive_with::<X25519HkdfSha256>(ikm)),
    }
}

fn derive_with<K: Kem>(ikm: &[u8]) -> HpkeKeyPair {
    let (secret, public) = K::derive_keypair(ikm);
    HpkeKeyPair {
        private: secret.to_bytes().as_slice().into(),
        public: public.to_bytes().to_vec(),
    }
}
