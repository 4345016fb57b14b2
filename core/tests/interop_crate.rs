//! Files of ours and of the `age` crate open on the other side.
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

mod common;

use age::secrecy::SecretString;
use common::{contents, identity, letter, rng};
use sotto_core::age::{Passphrase, RecipientType, ScryptSetting, open, seal};
use sotto_core::letter::password::{self, Entity, Password, Sealing};
use sotto_core::letter::{Kind, padded_len};
use zeroize::Zeroizing;

const PASSPHRASE: &str = "correct horse battery staple";

fn their_identity() -> age::x25519::Identity {
    identity(RecipientType::X25519)
        .to_secret_string()
        .parse()
        .unwrap()
}

#[test]
fn they_open_our_files() {
    let ours = identity(RecipientType::X25519);
    for content in contents() {
        let file = seal(&content, &[ours.recipient().clone()], &mut rng()).unwrap();
        assert!(age::decrypt(&their_identity(), &file).unwrap() == content);
    }
}

#[test]
fn we_open_their_files() {
    let ours = identity(RecipientType::X25519);
    let theirs: age::x25519::Recipient = ours.recipient().to_string().parse().unwrap();
    for content in contents() {
        let file = age::encrypt(&theirs, &content).unwrap();
        assert!(*open(&file, std::slice::from_ref(&ours)).unwrap() == content);
    }
}

#[test]
fn keys_have_one_spelling() {
    let ours = identity(RecipientType::X25519);
    let theirs = age::x25519::Identity::generate();
    let parsed: sotto_core::age::Identity = {
        use age::secrecy::ExposeSecret;
        theirs.to_string().expose_secret().parse().unwrap()
    };
    assert_eq!(
        parsed.recipient().to_string(),
        theirs.to_public().to_string()
    );
    assert_eq!(
        their_identity().to_public().to_string(),
        ours.recipient().to_string()
    );
}

#[test]
fn passphrases_open_on_both_sides() {
    let ours = Passphrase::new(Zeroizing::new(PASSPHRASE.to_owned()));
    let secret = SecretString::from(PASSPHRASE.to_owned());
    let file = ours.seal(b"hello", 12, &mut rng()).unwrap();
    let theirs = age::scrypt::Identity::new(secret.clone());
    assert_eq!(age::decrypt(&theirs, &file).unwrap(), b"hello");

    let mut recipient = age::scrypt::Recipient::new(secret);
    recipient.set_work_factor(12);
    let file = age::encrypt(&recipient, b"hello").unwrap();
    assert_eq!(**ours.open(&file).unwrap(), *b"hello");
}

/// Who leaves Sotto takes the letters along: the seal is ignored, files are exact.
#[test]
fn they_open_our_letters() {
    let ours = identity(RecipientType::X25519);
    for content in contents() {
        let file = letter(&ours, Kind::File, &content);
        assert!(age::decrypt(&their_identity(), &file).unwrap() == content);
    }
    let text = age::decrypt(&their_identity(), &letter(&ours, Kind::Text, b"hello")).unwrap();
    assert_eq!(text.len() as u64, padded_len(5));
    assert_eq!(text.trim_ascii_end(), b"hello");
}

#[test]
fn password_files_open_on_both_sides() {
    let secret = SecretString::from(PASSPHRASE.to_owned());
    let mut recipient = age::scrypt::Recipient::new(secret.clone());
    recipient.set_work_factor(10);
    let theirs = age::encrypt(&recipient, b"\x89PNG").unwrap();
    let opened = password::open(&theirs, &Password::candidates(PASSPHRASE)).unwrap();
    assert_eq!(opened.file(), Some(&b"\x89PNG"[..]));

    let setting = ScryptSetting::generate(10, &mut rng()).unwrap();
    let key = Password::parse(PASSPHRASE).unwrap().into_passphrase();
    let key = key.derive(&setting).unwrap();
    let entity = Entity::File {
        name: Some("a.png".to_owned()),
        content_type: "image/png".to_owned(),
    };
    let mut ours = Vec::new();
    let mut sealing = Sealing::begin(&entity, &key, &setting, &mut rng(), &mut ours).unwrap();
    sealing.push(b"\x89PNG", &mut ours).unwrap();
    sealing.finish(&mut ours).unwrap();
    let plaintext = age::decrypt(&age::scrypt::Identity::new(secret), &ours).unwrap();
    assert!(plaintext.ends_with(b"filename=\"a.png\"\r\n\r\n\x89PNG"));
}
