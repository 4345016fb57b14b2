//! Runs every input that fuzzing found worth keeping, and a few bytes of everything.

use std::fs;
use std::path::Path;

use sotto_fuzz::TARGETS;

#[test]
fn the_corpora_are_read_without_a_panic() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(name);
        let mut ran = 0_usize;
        for file in fs::read_dir(folder).unwrap() {
            target(&fs::read(file.unwrap().path()).unwrap());
            ran = ran.saturating_add(1);
        }
        assert!(ran > 0, "{name} has no corpus");
    }
}

#[test]
fn one_byte_and_none_are_read_without_a_panic() {
    for (_, target) in TARGETS {
        target(&[]);
        (0..=255_u8).for_each(|byte| target(&[byte]));
    }
}
