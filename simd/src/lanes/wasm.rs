//! Four lanes as one `v128`. All unsafe code of the workspace is in this file: one load, one store.

use core::arch::wasm32::{
    i16x8_shuffle, i32x4_shuffle, i64x2_shuffle, u8x16, u8x16_swizzle, u32x4, u32x4_add, u32x4_shl,
    u32x4_shr, u32x4_splat, v128, v128_load, v128_or, v128_store, v128_xor,
};
use core::hint::black_box;

/// Four 32-bit lanes.
#[derive(Clone, Copy)]
pub(crate) struct U32x4(v128);

impl U32x4 {
    #[inline(always)]
    pub(crate) fn new([a, b, c, d]: [u32; 4]) -> Self {
        Self(u32x4(a, b, c, d))
    }

    #[inline(always)]
    pub(crate) fn splat(value: u32) -> Self {
        Self(u32x4_splat(value))
    }

    /// Adds modulo 2³².
    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(u32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        Self(v128_xor(self.0, other.0))
    }

    /// Rotates left by `N` of 1..=31 bits.
    #[inline(always)]
    pub(crate) fn rotate<const N: u32>(self) -> Self {
        Self(v128_or(u32x4_shl(self.0, N), u32x4_shr(self.0, 32 - N)))
    }

    /// Rotates by exchanging halves: V8 has two instructions for that, shifting takes three.
    #[inline(always)]
    pub(crate) fn rotate16(self) -> Self {
        Self(i16x8_shuffle::<1, 0, 3, 2, 5, 4, 7, 6>(self.0, self.0))
    }

    /// Lane i of vector j becomes lane j of vector i.
    #[inline(always)]
    pub(crate) fn transpose([a, b, c, d]: [Self; 4]) -> [Self; 4] {
        let ab_low = i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0);
        let ab_high = i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0);
        let cd_low = i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0);
        let cd_high = i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0);
        [
            Self(i64x2_shuffle::<0, 2>(ab_low, cd_low)),
            Self(i64x2_shuffle::<1, 3>(ab_low, cd_low)),
            Self(i64x2_shuffle::<0, 2>(ab_high, cd_high)),
            Self(i64x2_shuffle::<1, 3>(ab_high, cd_high)),
        ]
    }

    /// Adds the lanes, little-endian, to `bytes` without carry.
    #[inline(always)]
    pub(crate) fn xor_into(self, bytes: &mut [u8; 16]) {
        let sum = v128_xor(load(bytes), self.0);
        store(sum, bytes);
    }
}

#[inline(always)]
#[expect(
    unsafe_code,
    reason = "v128_load takes a pointer; there is no safe load"
)]
fn load(bytes: &[u8; 16]) -> v128 {
    // SAFETY: the pointer comes from a reference to an array of 16 bytes, so the 16 bytes that
    // `v128_load` reads are valid and initialised. It has no requirement of alignment: it is
    // `read_unaligned`. Every pattern of bits is a `v128`.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

#[inline(always)]
#[expect(
    unsafe_code,
    reason = "v128_store takes a pointer; there is no safe store"
)]
fn store(lanes: v128, bytes: &mut [u8; 16]) {
    // SAFETY: the pointer comes from an exclusive reference to an array of 16 bytes, so the 16
    // bytes that `v128_store` writes are ours alone and valid. It has no requirement of alignment:
    // it is `write_unaligned`. Every pattern of bits is a `[u8; 16]`.
    unsafe { v128_store(bytes.as_mut_ptr().cast(), lanes) }
}

/// Rotates left by 8 bits, by moving bytes.
///
/// The places are hidden from the compiler. It would make a shuffle of constants of them, which V8
/// builds anew for each of the 80 rotations of a block (two moves, two inserts); an operand stays
/// in its register.
#[derive(Clone, Copy)]
pub(crate) struct Rotate8(v128);

impl Rotate8 {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        let places = u8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
        Self(black_box(places))
    }

    #[inline(always)]
    pub(crate) fn of(self, lanes: U32x4) -> U32x4 {
        U32x4(u8x16_swizzle(lanes.0, self.0))
    }
}
