//! Four lanes without vectors: what `wasm.rs` is, in words that every processor understands.

/// Four 32-bit lanes.
#[derive(Clone, Copy)]
pub(crate) struct U32x4([u32; 4]);

impl U32x4 {
    pub(crate) const fn new(lanes: [u32; 4]) -> Self {
        Self(lanes)
    }

    pub(crate) const fn splat(value: u32) -> Self {
        Self([value; 4])
    }

    fn zip(self, other: Self, lane: impl Fn(u32, u32) -> u32) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([lane(a, e), lane(b, f), lane(c, g), lane(d, h)])
    }

    /// Adds modulo 2³².
    pub(crate) fn add(self, other: Self) -> Self {
        self.zip(other, u32::wrapping_add)
    }

    pub(crate) fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    /// Rotates left by `N` of 1..=31 bits.
    pub(crate) fn rotate<const N: u32>(self) -> Self {
        Self(self.0.map(|lane| lane.rotate_left(N)))
    }

    pub(crate) fn rotate16(self) -> Self {
        self.rotate::<16>()
    }

    /// Lane i of vector j becomes lane j of vector i.
    pub(crate) const fn transpose(rows: [Self; 4]) -> [Self; 4] {
        let [
            Self([a, b, c, d]),
            Self([e, f, g, h]),
            Self([i, j, k, l]),
            Self([m, n, o, p]),
        ] = rows;
        [
            Self([a, e, i, m]),
            Self([b, f, j, n]),
            Self([c, g, k, o]),
            Self([d, h, l, p]),
        ]
    }

    /// Adds the lanes, little-endian, to `bytes` without carry.
    pub(crate) fn xor_into(self, bytes: &mut [u8; 16]) {
        let (words, _) = bytes.as_chunks_mut::<4>();
        for (word, lane) in words.iter_mut().zip(self.0) {
            *word = (u32::from_le_bytes(*word) ^ lane).to_le_bytes();
        }
    }
}

/// Rotates left by 8 bits.
#[derive(Clone, Copy)]
pub(crate) struct Rotate8;

impl Rotate8 {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn of(self, lanes: U32x4) -> U32x4 {
        lanes.rotate::<8>()
    }
}
