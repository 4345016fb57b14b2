//! What must not compile: copying, writing out or printing a secret, and signing bytes.

#[test]
fn secrets_stay_where_they_are() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
