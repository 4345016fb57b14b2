//! ChaCha20 (RFC 8439 §2.3, §2.4), four blocks side by side: lane i of every word is block i's.

use zeroize::Zeroize;

use crate::lanes::{Rotate8, U32x4};

/// Bytes of keystream that one call of [`Blocks::keystream`] gives: four blocks.
pub(crate) const BATCH_LEN: usize = 256;

/// Four blocks of keystream.
pub(crate) type Batch = [u8; BATCH_LEN];

/// "expand 32-byte k" (RFC 8439 §2.3).
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// A key as the words of the state.
pub(crate) type KeyWords = [u32; 8];

/// The key words of 32 bytes, little-endian.
pub(crate) fn key_words(key: &[u8; 32]) -> KeyWords {
    let (words, _) = key.as_chunks::<4>();
    let mut out = [0; 8];
    for (to, word) in out.iter_mut().zip(words) {
        *to = u32::from_le_bytes(*word);
    }
    out
}

/// A state, lane i of every word that of block i.
type State = [U32x4; 16];

/// Where the counter stands in a state (RFC 8439 §2.3).
const COUNTER: usize = 12;

/// The next four blocks of a key and nonce.
pub(crate) struct Blocks {
    start: State,
    /// The start after the first quarter rounds of the columns without the counter, which are the
    /// same for all blocks of a key and nonce: three of eighty, done once.
    begun: State,
    rotate8: Rotate8,
}

impl Blocks {
    /// The four blocks from number `counter`.
    #[inline(always)]
    pub(crate) fn new(key: &KeyWords, nonce: &[u8; 12], counter: u32) -> Self {
        let rotate8 = Rotate8::new();
        let start = start(key, nonce, counter);
        let mut begun = start;
        steady_columns(&mut begun, rotate8);
        Self {
            start,
            begun,
            rotate8,
        }
    }

    /// Adds four blocks of keystream to `batch`, without carry, and moves on by four.
    ///
    /// `between` runs in eight of the ten double rounds, with 0 to 7: work that needs no vectors
    /// finds its place there.
    #[inline(always)]
    pub(crate) fn apply(&mut self, batch: &mut Batch, mut between: impl FnMut(usize)) {
        let mut state = self.begun;
        state[COUNTER] = self.start[COUNTER];
        counter_column(&mut state, self.rotate8);
        diagonal_round(&mut state, self.rotate8);
        for round in 0..8 {
            column_round(&mut state, self.rotate8);
            between(round);
            diagonal_round(&mut state, self.rotate8);
        }
        column_round(&mut state, self.rotate8);
        diagonal_round(&mut state, self.rotate8);
        add_keystream(&state, &self.start, batch);
        self.start[COUNTER] = self.start[COUNTER].add(U32x4::splat(4));
    }
}

/// The state of four blocks from number `counter` (RFC 8439 §2.3).
#[inline(always)]
fn start(key: &KeyWords, nonce: &[u8; 12], counter: u32) -> State {
    let [a, b, c, d] = CONSTANTS.map(U32x4::splat);
    let [e, f, g, h, i, j, k, l] = key.map(U32x4::splat);
    let counter = U32x4::splat(counter).add(U32x4::new([0, 1, 2, 3]));
    let (words, _) = nonce.as_chunks::<4>();
    let mut nonce = [U32x4::splat(0); 3];
    for (to, word) in nonce.iter_mut().zip(words) {
        *to = U32x4::splat(u32::from_le_bytes(*word));
    }
    let [n, o, p] = nonce;
    [a, b, c, d, e, f, g, h, i, j, k, l, counter, n, o, p]
}

impl Drop for Blocks {
    /// Wipes the copies of the key. What the compiler spills to its stack is beyond reach; the
    /// instance's memory is thrown away when Sotto locks.
    fn drop(&mut self) {
        for words in self.start.iter_mut().chain(&mut self.begun) {
            *words = core::hint::black_box(U32x4::splat(0));
        }
    }
}

/// The column of the counter.
#[inline(always)]
fn counter_column(state: &mut State, rotate8: Rotate8) {
    let [a, _, _, _, e, _, _, _, i, _, _, _, m, _, _, _] = state;
    quarters([a], [e], [i], [m], rotate8);
}

/// The columns in which there is no counter.
#[inline(always)]
fn steady_columns(state: &mut State, rotate8: Rotate8) {
    let [_, b, c, d, _, f, g, h, _, j, k, l, _, n, o, p] = state;
    quarters([b, c, d], [f, g, h], [j, k, l], [n, o, p], rotate8);
}

#[inline(always)]
fn column_round(state: &mut State, rotate8: Rotate8) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = state;
    quarters(
        [a, b, c, d],
        [e, f, g, h],
        [i, j, k, l],
        [m, n, o, p],
        rotate8,
    );
}

#[inline(always)]
fn diagonal_round(state: &mut State, rotate8: Rotate8) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = state;
    quarters(
        [a, b, c, d],
        [f, g, h, e],
        [k, l, i, j],
        [p, m, n, o],
        rotate8,
    );
}

type Words<'a, const N: usize> = [&'a mut U32x4; N];

/// Quarter rounds (RFC 8439 §2.1), step by step beside each other: none waits for another.
#[inline(always)]
fn quarters<const N: usize>(
    mut a: Words<'_, N>,
    mut b: Words<'_, N>,
    mut c: Words<'_, N>,
    mut d: Words<'_, N>,
    r8: Rotate8,
) {
    step(&mut a, &b, &mut d, U32x4::rotate16);
    step(&mut c, &d, &mut b, U32x4::rotate::<12>);
    step(&mut a, &b, &mut d, |x| r8.of(x));
    step(&mut c, &d, &mut b, U32x4::rotate::<7>);
}

/// `sum += addend; turned = (turned ^ sum) <<< n`, in each of them.
#[inline(always)]
fn step<const N: usize>(
    sum: &mut Words<'_, N>,
    addend: &Words<'_, N>,
    turned: &mut Words<'_, N>,
    rotate: impl Fn(U32x4) -> U32x4,
) {
    for ((sum, addend), turned) in sum.iter_mut().zip(addend).zip(turned) {
        **sum = sum.add(**addend);
        **turned = rotate(turned.xor(**sum));
    }
}

/// Adds the state before the rounds and writes the lanes as four blocks one after the other.
#[inline(always)]
fn add_keystream(state: &State, start: &State, batch: &mut Batch) {
    let (blocks, _) = batch.as_chunks_mut::<64>();
    let (state, _) = state.as_chunks::<4>();
    let (start, _) = start.as_chunks::<4>();
    for (row, ([a, b, c, d], [e, f, g, h])) in state.iter().zip(start).enumerate() {
        let rows = U32x4::transpose([a.add(*e), b.add(*f), c.add(*g), d.add(*h)]);
        for (block, lanes) in blocks.iter_mut().zip(rows) {
            let (parts, _) = block.as_chunks_mut::<16>();
            if let Some(part) = parts.get_mut(row) {
                lanes.xor_into(part);
            }
        }
    }
}

/// The first 32 bytes of block 0: the one-time key of Poly1305 (RFC 8439 §2.6).
#[inline(always)]
pub(crate) fn one_time_key(key: &KeyWords, nonce: &[u8; 12]) -> [u8; 32] {
    let mut batch = [0; BATCH_LEN];
    Blocks::new(key, nonce, 0).apply(&mut batch, |_| {});
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(&batch) {
        *to = *from;
    }
    batch.zeroize();
    out
}
