//! RFC 8439 §2.1 to §2.4.

#![expect(
    clippy::indexing_slicing,
    reason = "the RFC's indices, all constant or of loops over the same array"
)]

/// §2.1: the quarter round.
fn quarter_round(state: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    for (turns, other) in [(16, 12), (8, 7)] {
        state[a] = state[a].wrapping_add(state[b]);
        state[d] = (state[d] ^ state[a]).rotate_left(turns);
        state[c] = state[c].wrapping_add(state[d]);
        state[b] = (state[b] ^ state[c]).rotate_left(other);
    }
}

/// §2.3: the block function.
pub(super) fn block(key: &[u8; 32], counter: u32, nonce: &[u8; 12]) -> [u8; 64] {
    let mut state = [0; 16];
    let (constants, _) = b"expand 32-byte k".as_chunks::<4>();
    let (key, _) = key.as_chunks::<4>();
    let (nonce, _) = nonce.as_chunks::<4>();
    let words = constants.iter().chain(key);
    let counter = counter.to_le_bytes();
    let words = words.chain([&counter]).chain(nonce);
    for (to, word) in state.iter_mut().zip(words) {
        *to = u32::from_le_bytes(*word);
    }
    let start = state;
    for _ in 0..10 {
        quarter_round(&mut state, 0, 4, 8, 12);
        quarter_round(&mut state, 1, 5, 9, 13);
        quarter_round(&mut state, 2, 6, 10, 14);
        quarter_round(&mut state, 3, 7, 11, 15);
        quarter_round(&mut state, 0, 5, 10, 15);
        quarter_round(&mut state, 1, 6, 11, 12);
        quarter_round(&mut state, 2, 7, 8, 13);
        quarter_round(&mut state, 3, 4, 9, 14);
    }
    let mut out = [0; 64];
    let (words, _) = out.as_chunks_mut::<4>();
    for ((to, word), first) in words.iter_mut().zip(state).zip(start) {
        *to = word.wrapping_add(first).to_le_bytes();
    }
    out
}

/// §2.4: the cipher, from block `counter`.
pub(super) fn xor(key: &[u8; 32], counter: u32, nonce: &[u8; 12], bytes: &mut [u8]) {
    for (counter, part) in (counter..).zip(bytes.chunks_mut(64)) {
        for (byte, stream) in part.iter_mut().zip(block(key, counter, nonce)) {
            *byte ^= stream;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::block;

    /// RFC 8439 §2.3.2.
    #[test]
    fn the_block_of_the_rfc() {
        let key = core::array::from_fn(|at| u8::try_from(at).unwrap());
        let nonce = [0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0];
        let block = block(&key, 1, &nonce);
        assert_eq!(
            block[..16],
            *b"\x10\xf1\xe7\xe4\xd1\x3b\x59\x15\x50\x0f\xdd\x1f\xa3\x20\x71\xc4"
        );
        assert_eq!(
            block[48..],
            *b"\xb5\x12\x9c\xd1\xde\x16\x4e\xb9\xcb\xd0\x83\xe8\xa2\x50\x3c\x4e"
        );
    }
}
