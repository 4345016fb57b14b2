//! Files of ours and of typage (npm `age-encryption`) open on the other side, hybrid and
//! classical. `cargo xtask setup` installs it.
#![cfg(not(target_family = "wasm"))]

mod common;

use common::{contents, identity, letter, rng, typage};
use serde_json::json;
use sotto_core::age::{Passphrase, RecipientType, ScryptSetting, open, seal};
use sotto_core::letter::Kind;
use sotto_core::letter::password::{Password, seal_text};
use zeroize::Zeroizing;

const TYPES: [RecipientType; 2] = [RecipientType::Mlkem768X25519, RecipientType::X25519];

#[test]
fn it_opens_our_files_and_letters() {
    for kind in TYPES {
        let ours = identity(kind);
        let request = json!({ "operation": "decrypt", "identity": *ours.to_secret_string() });
        for content in contents().into_iter().step_by(2) {
            let file = seal(&content, &[ours.recipient().clone()], &mut rng()).unwrap();
            assert!(typage(request.clone(), &file) == content);
        }
        let file = letter(&ours, Kind::File, b"exactly this");
        assert_eq!(typage(request, &file), b"exactly this");
    }
}

#[test]
fn we_open_its_files() {
    for kind in TYPES {
        let ours = identity(kind);
        let recipients = [ours.recipient().to_string()];
        let request = json!({ "operation": "encrypt", "recipients": recipients });
        for content in contents().into_iter().step_by(2) {
            let file = typage(request.clone(), &content);
            assert!(*open(&file, std::slice::from_ref(&ours)).unwrap() == content);
        }
    }
}

#[test]
fn passphrases_open_on_both_sides() {
    let ours = Passphrase::new(Zeroizing::new("correct horse".to_owned()));
    let file = ours.seal(b"hello", 10, &mut rng()).unwrap();
    let request = |operation| json!({ "operation": operation, "passphrase": "correct horse" });
    assert_eq!(typage(request("decrypt"), &file), b"hello");
    assert_eq!(
        **ours.open(&typage(request("encrypt"), b"hello")).unwrap(),
        *b"hello"
    );
}

/// A password letter is an age file like any other: typage gives the MIME entity inside.
#[test]
fn it_opens_our_password_letters() {
    let setting = ScryptSetting::generate(10, &mut rng()).unwrap();
    let password = Password::parse("correct horse").unwrap().into_passphrase();
    let key = password.derive(&setting).unwrap();
    let file = seal_text(Some("Hi"), "words", &key, &setting, &mut rng()).unwrap();
    let request = json!({ "operation": "decrypt", "passphrase": "correct horse" });
    let entity = String::from_utf8(typage(request, &file)).unwrap();
    let (head, body) = entity.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("MIME-Version: 1.0\r\n") && head.ends_with("\r\nSubject: Hi"));
    assert_eq!(body.trim_end_matches('\n'), "words");
}
