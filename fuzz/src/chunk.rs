use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use sotto_simd::{ChaCha20Poly1305, reference};

/// What the slow reference is asked for: it adds bit by bit.
const SHORT: usize = 1024;

/// ChaCha20-Poly1305: three implementations of the same bytes. The input is key, nonce, the length
/// of the associated data, and then that and the plaintext.
///
/// # Panics
/// On a finding.
pub fn chunk(input: &[u8]) {
    let Some((key, rest)) = input.split_first_chunk::<32>() else {
        return;
    };
    let Some((nonce, rest)) = rest.split_first_chunk::<12>() else {
        return;
    };
    let Some((&aad_len, rest)) = rest.split_first() else {
        return;
    };
    let (aad, plaintext) = rest.split_at(usize::from(aad_len).min(rest.len()));

    let cipher = ChaCha20Poly1305::new(key);
    let mut buffer = plaintext.to_vec();
    let Ok(tag) = cipher.seal_in_place(nonce, aad, &mut buffer) else {
        return;
    };
    let sealed = [buffer.as_slice(), &tag].concat();
    let message = Payload {
        msg: plaintext,
        aad,
    };
    let theirs = chacha20poly1305::ChaCha20Poly1305::new(key.into());
    let theirs = theirs.encrypt(nonce.into(), message);
    assert_eq!(theirs.as_ref(), Ok(&sealed), "RustCrypto seals otherwise");
    if plaintext.len() <= SHORT {
        let reference = reference::seal(key, nonce, aad, plaintext);
        assert_eq!(reference, sealed, "the reference seals otherwise");
    }

    let opened = cipher.open_in_place(nonce, aad, &mut buffer, &tag);
    assert_eq!(opened, Ok(()));
    assert_eq!(buffer, plaintext, "what was sealed opens");
    refuse(&cipher, nonce, aad, &sealed);
}

/// A bit is flipped at a place that the bytes themselves choose: nothing is released.
fn refuse(cipher: &ChaCha20Poly1305, nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) {
    let mut flipped = sealed.to_vec();
    let at = sealed.iter().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    let at = at.checked_rem(flipped.len()).unwrap_or_default();
    if let Some(byte) = flipped.get_mut(at) {
        *byte ^= 1;
    }
    let Some((ciphertext, tag)) = flipped.split_last_chunk_mut::<16>() else {
        return;
    };
    assert!(cipher.open_in_place(nonce, aad, ciphertext, tag).is_err());
    assert!(
        ciphertext.iter().all(|&byte| byte == 0),
        "something is left"
    );
}
