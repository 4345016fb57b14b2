//! Files of ours and of the stock `age` command open on the other side. `cargo xtask setup`
//! installs the command.
#![cfg(not(target_family = "wasm"))]

mod common;

use common::{KeyFile, age, contents, identity, letter, rng};
use sotto_core::age::armor::{self, Label};
use sotto_core::age::{RecipientType, open, seal};
use sotto_core::letter::Kind;

#[test]
fn it_opens_our_files_and_letters() {
    let key = KeyFile::new(
        "ours.key",
        &identity(RecipientType::X25519).to_secret_string(),
    );
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
