//! PADMÉ (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
//! PURBs", 2019, §4): lengths leak O(log log n) bits for at most 12 % more bytes.

/// What follows the content of kinds 1 and 2: it does not show in a plain viewer.
pub(super) const PAD: u8 = b'\n';

/// Smallest padded length.
const MIN_LEN: u64 = 256;

/// The length to which `len` bytes of content are padded.
///
/// Lengths within 12 % of 2^64 are left as they are.
#[must_use]
pub const fn padded_len(len: u64) -> u64 {
    let n = if len < MIN_LEN { MIN_LEN } else { len };
    let exponent = n.ilog2();
    let significant = exponent.ilog2().saturating_add(1);
    let step = 1_u64 << exponent.saturating_sub(significant);
    match n.checked_next_multiple_of(step) {
        Some(padded) => padded,
        None => n,
    }
}

#[cfg(test)]
mod tests {
    use super::padded_len;

    #[test]
    fn lengths_are_those_of_padme() {
        for (len, padded) in [
            (0, 256),
            (1, 256),
            (256, 256),
            (257, 272),
            (272, 272),
            (273, 288),
            (1000, 1024),
            (1025, 1088),
            (65_536, 65_536),
            (65_537, 67_584),
            (1_000_001, 1_015_808),
        ] {
            assert_eq!(padded_len(len), padded, "{len}");
        }
    }

    #[test]
    fn padding_adds_at_most_12_percent_and_is_idempotent() {
        let lens = (0..100_000).chain((20..63).map(|bits| (1 << bits) + 1));
        for len in lens {
            let padded = padded_len(len);
            assert!(padded >= len && padded_len(padded) == padded, "{len}");
            assert!(
                len < 256 || u128::from(padded - len) * 100 <= u128::from(len) * 12,
                "{len}"
            );
        }
    }
}
