//! Files of ours and of the stock `age` command open on the other side. `cargo xtask setup`
//! installs the command.
#![cfg(not(target_family = "wasm"))]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failing test panics"
)]

mod common;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::{contents, identity, letter, rng};
use sotto_core::age::armor::{self, Label};
use sotto_core::age::{RecipientType, open, seal};
use sotto_core::letter::Kind;

/// Runs `age` with `input`; what it wrote, if it succeeded.
fn age(args: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("age")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the age command, which `cargo xtask setup` installs");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The identity as a key file, removed at the end.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, &*identity(RecipientType::X25519).to_secret_string()).unwrap();
        Self(path)
    }

    fn open(&self, file: &[u8]) -> Option<Vec<u8>> {
        age(&["--decrypt", "--identity", self.0.to_str()?], file)
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

#[test]
fn it_opens_our_files_and_letters() {
    let key = KeyFile::new("ours.key");
    let ours = identity(RecipientType::X25519);
    for content in contents() {
        let file = seal(&content, &[ours.recipient().clone()], &mut rng()).unwrap();
        assert!(key.open(&file).unwrap() == content);
        let armored = armor::encode(Label::AgeEncryptedFile, &file);
        assert!(key.open(armored.as_bytes()).unwrap() == content);
        assert!(key.open(&letter(&ours, Kind::File, &content)).unwrap() == content);
    }
    let text = key.open(&letter(&ours, Kind::Text, b"hello")).unwrap();
    assert_eq!(text.trim_ascii_end(), b"hello");
}

#[test]
fn we_open_its_files() {
    let ours = identity(RecipientType::X25519);
    let recipient = ours.recipient().to_string();
    for content in contents() {
        let file = age(&["--recipient", &recipient], &content).unwrap();
        assert!(*open(&file, std::slice::from_ref(&ours)).unwrap() == content);
        let armored = age(&["--armor", "--recipient", &recipient], &content).unwrap();
        let file = armor::decode(Label::AgeEncryptedFile, &armored).unwrap();
        assert!(armor::encode(Label::AgeEncryptedFile, &file).as_bytes() == armored);
        assert!(*open(&file, std::slice::from_ref(&ours)).unwrap() == content);
    }
}
