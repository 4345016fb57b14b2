//! The program as it is started. That there is a test of it also has it built with all the others.

use std::process::Command;

#[test]
fn whoever_names_no_relay_is_told() {
    let ended = Command::new(env!("CARGO_BIN_EXE_sotto-crowd"))
        .output()
        .unwrap();
    assert!(!ended.status.success());
    assert_eq!(ended.stderr, b"sotto-crowd: no relay\n");
}
