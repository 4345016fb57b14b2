use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Checksum, Hrp};
use zeroize::Zeroizing;

/// Bech32 (BIP 173) without its length limit: a hybrid recipient has 1,959 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AgeBech32 {}

impl Checksum for AgeBech32 {
    type MidstateRepr = <Bech32 as Checksum>::MidstateRepr;
    type CorrectionField = <Bech32 as Checksum>::CorrectionField;
    const ROOT_GENERATOR: Self::CorrectionField = Bech32::ROOT_GENERATOR;
    const ROOT_EXPONENTS: core::ops::RangeInclusive<usize> = Bech32::ROOT_EXPONENTS;
    const CODE_LENGTH: usize = 4096;
    const CHECKSUM_LENGTH: usize = Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = Bech32::TARGET_RESIDUE;
}

/// Encodes in lower case.
#[expect(
    clippy::expect_used,
    reason = "the prefixes are constants and the keys far below 4096"
)]
pub(super) fn encode(hrp: &str, bytes: &[u8]) -> String {
    let hrp = Hrp::parse(hrp).expect("a constant prefix");
    bech32::encode_lower::<AgeBech32>(hrp, bytes).expect("below the code length")
}

/// Decodes `text`, all in one case, into its lower-case prefix and its bytes.
///
/// Only the one canonical spelling is accepted: what decodes must encode to the same text.
pub(super) fn decode(text: &str) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let checked = CheckedHrpstring::new::<AgeBech32>(text).ok()?;
    let hrp = checked.hrp().to_lowercase();
    let bytes = Zeroizing::new(checked.byte_iter().collect::<Vec<_>>());
    let canonical = Zeroizing::new(encode(&hrp, &bytes));
    canonical.eq_ignore_ascii_case(text).then_some((hrp, bytes))
}
