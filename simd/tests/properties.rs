//! The fast code, the reference and RustCrypto say the same; natively, and in WebAssembly the
//! vectors (`cargo xtask test "vectors in WASM"`).

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use proptest::collection::vec;
use proptest::prelude::{any, prop_oneof, proptest};
use proptest::strategy::Strategy;
use sotto_simd::{AeadError, ChaCha20Poly1305, TAG_LEN, reference};

fn rust_crypto(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let message = Payload {
        msg: plaintext,
        aad,
    };
    let cipher = chacha20poly1305::ChaCha20Poly1305::new(key.into());
    cipher.encrypt(nonce.into(), message).unwrap()
}

fn seal(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut sealed = plaintext.to_vec();
    let cipher = ChaCha20Poly1305::new(key);
    let tag = cipher.seal_in_place(nonce, aad, &mut sealed).unwrap();
    sealed.extend(tag);
    sealed
}

fn open(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (ciphertext, tag) = sealed.split_last_chunk::<TAG_LEN>().unwrap();
    let mut buffer = ciphertext.to_vec();
    let opened = ChaCha20Poly1305::new(key).open_in_place(nonce, aad, &mut buffer, tag);
    if opened == Err(AeadError::Tag) {
        assert!(buffer.iter().all(|&byte| byte == 0), "plaintext is left");
    }
    opened.is_ok().then_some(buffer)
}

fn bytes(len: usize, seed: u8) -> Vec<u8> {
    let step = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(state.to_le_bytes()[3])
    };
    core::iter::successors(Some(u32::from(seed)), |_| None)
        .flat_map(|mut state| core::iter::from_fn(move || step(&mut state)))
        .take(len)
        .collect()
}

fn agree(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) {
    let sealed = seal(key, nonce, aad, plaintext);
    assert!(
        sealed == rust_crypto(key, nonce, aad, plaintext),
        "RustCrypto"
    );
    assert_eq!(open(key, nonce, aad, &sealed).unwrap(), plaintext);
}

#[test]
fn every_length_to_three_hundred_agrees() {
    for len in 0_usize..=300 {
        let (key, nonce) = ([len.to_le_bytes()[0]; 32], [3; 12]);
        let (aad, plaintext) = (bytes(len % 40, 1), bytes(len, 2));
        agree(&key, &nonce, &aad, &plaintext);
        let sealed = seal(&key, &nonce, &aad, &plaintext);
        assert_eq!(sealed, reference::seal(&key, &nonce, &aad, &plaintext));
        assert_eq!(
            reference::open(&key, &nonce, &aad, &sealed).unwrap(),
            plaintext
        );
    }
}

#[test]
fn lengths_around_a_chunk_agree() {
    for len in (65_536 - 300..=65_536 + 300)
        .step_by(7)
        .chain([65_535, 65_536, 65_537])
    {
        agree(&[9; 32], &[7; 12], b"", &bytes(len, 5));
    }
}

/// Limbs and sums at their greatest: keys of ones, ciphertexts of ones and of zeros.
#[test]
fn extreme_bytes_agree() {
    for (key, byte) in [(0xff, 0xff), (0xff, 0), (0, 0xff), (0, 0)] {
        let (key, nonce) = ([key; 32], [byte; 12]);
        for len in [15, 16, 32, 255, 256, 257, 1024] {
            let stream = seal(&key, &nonce, b"", &vec![0; len]);
            // A plaintext that makes the ciphertext all `byte`.
            let plaintext: Vec<_> = stream[..len].iter().map(|at| at ^ byte).collect();
            agree(&key, &nonce, &[byte; 33], &plaintext);
            assert_eq!(
                seal(&key, &nonce, &[byte; 33], &plaintext),
                reference::seal(&key, &nonce, &[byte; 33], &plaintext)
            );
        }
    }
}

fn lengths() -> impl Strategy<Value = usize> {
    prop_oneof![0_usize..=300, 65_536_usize - 70..=65_536 + 70]
}

proptest! {
    #[test]
    fn what_is_sealed_agrees_and_opens(
        key: [u8; 32], nonce: [u8; 12], aad in vec(any::<u8>(), 0..70), len in lengths(), seed: u8
    ) {
        agree(&key, &nonce, &aad, &bytes(len, seed));
    }

    #[test]
    fn short_messages_agree_with_the_reference(
        key: [u8; 32], nonce: [u8; 12], aad in vec(any::<u8>(), 0..40), text in vec(any::<u8>(), 0..600)
    ) {
        let sealed = seal(&key, &nonce, &aad, &text);
        proptest::prop_assert_eq!(&sealed, &reference::seal(&key, &nonce, &aad, &text));
        proptest::prop_assert_eq!(open(&key, &nonce, &aad, &sealed), Some(text));
    }

    #[test]
    fn a_flipped_bit_opens_nothing(
        key: [u8; 32], nonce: [u8; 12], aad in vec(any::<u8>(), 1..40), len in lengths(),
        at: proptest::sample::Index, bit in 0_u32..8, field in 0_u8..4
    ) {
        let sealed = seal(&key, &nonce, &aad, &bytes(len, 1));
        let (mut key, mut nonce, mut aad, mut sealed) = (key, nonce, aad, sealed);
        let flipped: &mut [u8] = match field {
            0 => &mut key,
            1 => &mut nonce,
            2 => &mut aad,
            _ => &mut sealed,
        };
        let at = at.index(flipped.len());
        flipped[at] ^= 1 << bit;
        proptest::prop_assert_eq!(open(&key, &nonce, &aad, &sealed), None);
        proptest::prop_assert_eq!(reference::open(&key, &nonce, &aad, &sealed), None);
    }
}

#[test]
fn debug_output_holds_no_secret() {
    let cipher = ChaCha20Poly1305::new(&[7; 32]);
    assert_eq!(format!("{cipher:?}"), "ChaCha20Poly1305(..)");
}
