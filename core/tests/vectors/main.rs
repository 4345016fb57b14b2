//! Our own vectors: every format of docs/protocol.md, in `tests/vectors/*.json`.
//!
//! Each file is generated here with a fixed generator of random numbers, and checked in. The test
//! of a file proves three things: what is generated is what is checked in, every input gives the
//! expected result, and the expectation written in the generator holds. To write the files anew:
//! `SOTTO_BLESS=1 cargo test -p sotto-core --test vectors`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a failing test panics"
)]

mod card;
mod cbor;
mod compare;
mod keys;
mod vault;
mod words;

#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sotto_protocol::ErrorCode;
use support::FixedRng;

type Object = Map<String, Value>;

/// One vector: what goes in, `ok` or the error code, and what comes out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    input: Object,
    expect: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    output: Object,
}

/// A vector before it is run.
struct Case {
    name: String,
    input: Value,
    refusal: Option<ErrorCode>,
}

fn accepted(name: impl Into<String>, input: Value) -> Case {
    Case {
        name: name.into(),
        input,
        refusal: None,
    }
}

fn refused(name: impl Into<String>, input: Value, code: ErrorCode) -> Case {
    Case {
        name: name.into(),
        input,
        refusal: Some(code),
    }
}

impl Case {
    fn run(self, run: fn(&Object) -> Result<Value, ErrorCode>) -> Vector {
        let Value::Object(input) = self.input else {
            unimplemented!("inputs are objects")
        };
        let result = run(&input);
        assert_eq!(
            result.as_ref().err(),
            self.refusal.as_ref(),
            "{}",
            self.name
        );
        let (expect, output) = match result {
            Ok(Value::Object(output)) => ("ok".to_owned(), output),
            Ok(_) => unimplemented!("outputs are objects"),
            Err(code) => (code.as_str().to_owned(), Map::new()),
        };
        Vector {
            name: self.name,
            input,
            expect,
            output,
        }
    }
}

fn check(file: &str, cases: Vec<Case>, run: fn(&Object) -> Result<Value, ErrorCode>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(file);
    let generated: Vec<_> = cases.into_iter().map(|case| case.run(run)).collect();
    if std::env::var_os("SOTTO_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&generated).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let kept: Vec<Vector> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(kept.len(), generated.len(), "{file}");
    for (kept, generated) in kept.iter().zip(&generated) {
        assert_eq!(kept, generated, "{file}: {}", generated.name);
    }
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

fn text<'a>(input: &'a Object, key: &str) -> &'a str {
    input[key].as_str().unwrap()
}

fn bytes(input: &Object, key: &str) -> Vec<u8> {
    unhex(text(input, key))
}

fn array<const N: usize>(input: &Object, key: &str) -> [u8; N] {
    bytes(input, key).try_into().unwrap()
}

#[test]
fn cbor_vectors() {
    check("cbor.json", cbor::cases(), cbor::run);
}

#[test]
fn card_vectors() {
    check("card.json", card::cases(), card::run);
}

#[test]
fn compare_vectors() {
    check("compare.json", compare::cases(), compare::run);
}

#[test]
fn keys_vectors() {
    check("keys.json", keys::cases(), keys::run);
}

#[test]
fn vault_vectors() {
    check("vault.json", vault::cases(), vault::run);
}

#[test]
fn words_vectors() {
    check("words.json", words::cases(), words::run);
}
