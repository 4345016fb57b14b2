//! Poly1305 (RFC 8439 §2.5) in five limbs of 26 bits, two blocks for each reduction.
//!
//! 2¹³⁰ ≡ 5 modulo p = 2¹³⁰ − 5, so what stands above the fifth limb comes back times five. Limbs
//! of products are sums of at most ten terms below 2²⁷ · 5 · 2²⁶·², under 2⁵⁹: nothing overflows.

use zeroize::Zeroize;

/// Bytes of a block.
const BLOCK_LEN: usize = 16;
/// The bits of a limb.
const MASK: u64 = 0x3ff_ffff;
/// The bit above a whole block, 2¹²⁸, in the fifth limb.
const HIGH_BIT: u64 = 1 << 24;

type Limbs = [u64; 5];

/// A factor and five times the limbs that wrap around.
#[derive(Clone, Copy)]
struct Factor {
    limbs: Limbs,
    fives: Limbs,
}

impl Factor {
    fn new(limbs: Limbs) -> Self {
        Self {
            limbs,
            fives: limbs.map(|limb| limb * 5),
        }
    }
}

/// The authenticator of one message.
pub(crate) struct Poly1305 {
    sum: Limbs,
    r: Factor,
    r_squared: Factor,
    pad: [u64; 2],
}

impl Poly1305 {
    /// An authenticator under a one-time key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let (words, _) = key.as_chunks::<8>();
        let [low, high, pad_low, pad_high] = match words {
            [a, b, c, d] => [a, b, c, d].map(|word| u64::from_le_bytes(*word)),
            _ => [0; 4],
        };
        // RFC 8439 §2.5: r &= 0x0ffffffc0ffffffc0ffffffc0fffffff
        let r = split(low & 0x0fff_fffc_0fff_ffff, high & 0x0fff_fffc_0fff_fffc, 0);
        let factor = Factor::new(r);
        Self {
            sum: [0; 5],
            r: factor,
            r_squared: Factor::new(reduce(products(&r, &factor))),
            pad: [pad_low, pad_high],
        }
    }

    /// Takes two blocks: sum = (sum + first) · r² + second · r, one reduction.
    #[inline(always)]
    pub(crate) fn two_blocks(&mut self, blocks: &[u8; 32]) {
        let (words, _) = blocks.as_chunks::<8>();
        let [a, b, c, d] = words else { return };
        let [a, b, c, d] = [a, b, c, d].map(|word| u64::from_le_bytes(*word));
        let first = plus(&self.sum, &split(a, b, HIGH_BIT));
        let first = products(&first, &self.r_squared);
        let second = products(&split(c, d, HIGH_BIT), &self.r);
        self.sum = reduce(plus(&first, &second));
    }

    /// Takes one block: sum = (sum + block) · r.
    fn block(&mut self, block: &[u8; BLOCK_LEN]) {
        let (words, _) = block.as_chunks::<8>();
        let [low, high] = words else { return };
        let block = split(
            u64::from_le_bytes(*low),
            u64::from_le_bytes(*high),
            HIGH_BIT,
        );
        self.sum = reduce(products(&plus(&self.sum, &block), &self.r));
    }

    /// Takes bytes, filled up with zeros to a whole block (RFC 8439 §2.8, `pad16`).
    pub(crate) fn update_padded(&mut self, bytes: &[u8]) {
        let (pairs, rest) = bytes.as_chunks::<32>();
        for pair in pairs {
            self.two_blocks(pair);
        }
        let (blocks, rest) = rest.as_chunks::<BLOCK_LEN>();
        for block in blocks {
            self.block(block);
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK_LEN];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            self.block(&block);
        }
    }

    /// Takes the lengths and gives the tag (RFC 8439 §2.8).
    pub(crate) fn finish(mut self, aad_len: u64, len: u64) -> [u8; BLOCK_LEN] {
        let mut lengths = [0; BLOCK_LEN];
        for (to, from) in lengths
            .iter_mut()
            .zip(aad_len.to_le_bytes().into_iter().chain(len.to_le_bytes()))
        {
            *to = from;
        }
        self.block(&lengths);
        let sum = canonical(self.sum);
        let (low, high) = join(&sum);
        let pad = u128::from(self.pad[0]) | (u128::from(self.pad[1]) << 64);
        let sum = u128::from(low) | (u128::from(high) << 64);
        sum.wrapping_add(pad).to_le_bytes()
    }
}

impl Drop for Poly1305 {
    fn drop(&mut self) {
        self.sum.zeroize();
        self.pad.zeroize();
        for factor in [&mut self.r, &mut self.r_squared] {
            factor.limbs.zeroize();
            factor.fives.zeroize();
        }
    }
}

/// 128 bits and the bit above them as limbs.
#[inline(always)]
const fn split(low: u64, high: u64, top: u64) -> Limbs {
    [
        low & MASK,
        (low >> 26) & MASK,
        ((low >> 52) | (high << 12)) & MASK,
        (high >> 14) & MASK,
        (high >> 40) | top,
    ]
}

/// The lower 128 bits of canonical limbs.
const fn join(limbs: &Limbs) -> (u64, u64) {
    let [a, b, c, d, e] = *limbs;
    (a | (b << 26) | (c << 52), (c >> 12) | (d << 14) | (e << 40))
}

#[inline(always)]
const fn plus(a: &Limbs, b: &Limbs) -> Limbs {
    let ([a, b, c, d, e], [f, g, h, i, j]) = (*a, *b);
    [a + f, b + g, c + h, d + i, e + j]
}

/// The product, limb by limb, not yet carried.
#[inline(always)]
const fn products(x: &Limbs, factor: &Factor) -> Limbs {
    let [a, b, c, d, e] = *x;
    let [r0, r1, r2, r3, r4] = factor.limbs;
    let [_, s1, s2, s3, s4] = factor.fives;
    [
        a * r0 + b * s4 + c * s3 + d * s2 + e * s1,
        a * r1 + b * r0 + c * s4 + d * s3 + e * s2,
        a * r2 + b * r1 + c * r0 + d * s4 + e * s3,
        a * r3 + b * r2 + c * r1 + d * r0 + e * s4,
        a * r4 + b * r3 + c * r2 + d * r1 + e * r0,
    ]
}

/// Carries, in two chains that do not wait for each other, until every limb is below 2²⁶ + 2¹³.
#[inline(always)]
const fn reduce(limbs: Limbs) -> Limbs {
    let [mut a, mut b, mut c, mut d, mut e] = limbs;
    (a, b) = (a & MASK, b + (a >> 26));
    (d, e) = (d & MASK, e + (d >> 26));
    (b, c) = (b & MASK, c + (b >> 26));
    (e, a) = (e & MASK, a + (e >> 26) * 5);
    (c, d) = (c & MASK, d + (c >> 26));
    (a, b) = (a & MASK, b + (a >> 26));
    (d, e) = (d & MASK, e + (d >> 26));
    [a, b, c, d, e]
}

/// The one value below p that is congruent, without a branch.
fn canonical(limbs: Limbs) -> Limbs {
    let carried = carry(carry(limbs));
    // carried + 5 reaches 2¹³⁰ exactly if carried is not below p; then it is the value, less 2¹³⁰.
    let [a, b, c, d, e] = carried;
    let [a, b, c, d, e] = ripple([a + 5, b, c, d, e]);
    let reaches = e >> 26;
    let over = 0_u64.wrapping_sub(reaches);
    let mut out = carried;
    for (limb, other) in out.iter_mut().zip([a, b, c, d, e & MASK]) {
        *limb ^= (*limb ^ other) & over;
    }
    out
}

/// Carries through all limbs once and brings the overflow back times five.
const fn carry(limbs: Limbs) -> Limbs {
    let [a, b, c, d, e] = ripple(limbs);
    [a + (e >> 26) * 5, b, c, d, e & MASK]
}

/// Carries upwards; what passes 2¹³⁰ stays in the fifth limb.
const fn ripple(limbs: Limbs) -> Limbs {
    let [a, mut b, mut c, mut d, mut e] = limbs;
    b += a >> 26;
    c += b >> 26;
    d += c >> 26;
    e += d >> 26;
    [a & MASK, b & MASK, c & MASK, d & MASK, e]
}
