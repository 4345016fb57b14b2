//! The vectors of the other files run in WebAssembly too; here, that they ran on vector code.
#![cfg(target_arch = "wasm32")]

use blake3::platform::Platform;

/// The feature `wasm32_simd` is what makes BLAKE3 hash four chunks at once.
#[test]
fn blake3_hashes_four_chunks_at_once() {
    let platform = Platform::detect();
    assert!(matches!(platform, Platform::WASM32_SIMD), "{platform:?}");
    assert_eq!(platform.simd_degree(), 4);
}

/// Without `simd128` the lanes of `sotto-simd` would be the portable ones.
#[test]
fn this_build_has_vectors() {
    assert!(cfg!(target_feature = "simd128"));
}
