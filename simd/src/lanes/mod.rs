//! Four 32-bit lanes, and what ChaCha20 needs of them.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use portable::{Rotate8, U32x4};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::{Rotate8, U32x4};

#[cfg(test)]
mod tests {
    use super::{Rotate8, U32x4};

    const A: [u32; 4] = [0x0102_0304, u32::MAX, 0, 0x8000_0001];
    const B: [u32; 4] = [5, 1, 0x1234_5678, 0x8000_0000];

    fn values(lanes: U32x4) -> [u32; 4] {
        let mut bytes = [0; 16];
        lanes.xor_into(&mut bytes);
        let (words, _) = bytes.as_chunks::<4>();
        core::array::from_fn(|lane| u32::from_le_bytes(words[lane]))
    }

    #[test]
    fn each_lane_is_computed_for_itself() {
        let (a, b) = (U32x4::new(A), U32x4::new(B));
        let rotate8 = Rotate8::new();
        let expect = |lane: fn(u32, u32) -> u32| core::array::from_fn(|i| lane(A[i], B[i]));
        assert_eq!(values(a), A);
        assert_eq!(values(a.add(b)), expect(u32::wrapping_add));
        assert_eq!(values(a.xor(b)), expect(|a, b| a ^ b));
        assert_eq!(values(a.rotate16()), expect(|a, _| a.rotate_left(16)));
        assert_eq!(values(a.rotate::<12>()), expect(|a, _| a.rotate_left(12)));
        assert_eq!(values(rotate8.of(a)), expect(|a, _| a.rotate_left(8)));
        assert_eq!(values(a.rotate::<7>()), expect(|a, _| a.rotate_left(7)));
        assert_eq!(values(U32x4::splat(9)), [9; 4]);
    }

    #[test]
    fn columns_become_rows() {
        let rows: [[u32; 4]; 4] = core::array::from_fn(|row| {
            core::array::from_fn(|lane| u32::try_from(row * 4 + lane).unwrap())
        });
        let columns = U32x4::transpose(rows.map(U32x4::new)).map(values);
        for (row, lane) in (0..4).flat_map(|row| (0..4).map(move |lane| (row, lane))) {
            assert_eq!(columns[lane][row], rows[row][lane]);
        }
    }

    #[test]
    fn keystream_is_added_to_what_is_there() {
        let mut bytes = [0xff; 16];
        U32x4::new([1, 2, 3, 4]).xor_into(&mut bytes);
        assert_eq!(bytes[..5], [0xfe, 0xff, 0xff, 0xff, 0xfd]);
    }
}
