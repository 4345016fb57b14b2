//! What the interoperability tests share: keys, contents, and letters of ours.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::allow_attributes,
    reason = "each test file uses a part of it, and a failing test panics"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64ct::{Base64, Encoding};
use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sotto_core::age::{Identity, RecipientType};
use sotto_core::identity::{IdentityKey, Signature};
use sotto_core::letter::{Addressee, Envelope, Kind, LetterError, seal};
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

/// A generator that gives the same bytes in every run.
pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([42; 32])
}

pub(crate) fn identity(kind: RecipientType) -> Identity {
    Identity::from_secret(kind, Zeroizing::new([11; 32])).unwrap()
}

/// Contents of the lengths at which chunks begin and end.
pub(crate) fn contents() -> Vec<Vec<u8>> {
    [0, 1, 65_535, 65_536, 65_537, 200_000]
        .map(|len| (0..len).map(|at: u32| at.to_le_bytes()[0]).collect())
        .to_vec()
}

/// A letter to one key, by a sender of the same key.
pub(crate) fn letter(to: &Identity, kind: Kind, content: &[u8]) -> Vec<u8> {
    let signer = SigningKey::from_bytes(&[3; 32]);
    let public = [&[1], signer.verifying_key().as_bytes().as_slice()].concat();
    let sender = IdentityKey::parse(&public).unwrap();
    let me = Addressee {
        identity: Some(sender),
        recipient: to.recipient().clone(),
    };
    let envelope = Envelope {
        sender,
        sent_at: TimestampMs(1_790_000_000_000),
        kind,
        recipients: vec![me],
        card_revision: 1,
        card: None,
        name: Some("x".to_owned()),
        content_type: None,
        reply_to: None,
    };
    let content = Zeroizing::new(content.to_vec());
    seal(envelope, &content, &mut rng(), |statement| {
        Ok::<_, LetterError>(Signature(signer.sign(&statement.signed_bytes()).to_bytes()))
    })
    .unwrap()
}

/// Runs `age` with `input`; what it wrote, if it succeeded.
pub(crate) fn age(args: &[&str], input: &[u8]) -> Option<Vec<u8>> {
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

/// An identity file for `age`, removed at the end.
pub(crate) struct KeyFile(PathBuf);

impl KeyFile {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    pub(crate) fn open(&self, file: &[u8]) -> Option<Vec<u8>> {
        age(&["--decrypt", "--identity", self.0.to_str()?], file)
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

/// What typage answers to a request on `bytes`.
pub(crate) fn typage(mut request: Value, bytes: &[u8]) -> Vec<u8> {
    let fields = request.as_object_mut().unwrap();
    fields.insert("bytes".to_owned(), json!(Base64::encode_string(bytes)));
    let mut child = Command::new("node")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/interop/typage.mjs"
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node, which `cargo xtask setup` installs");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(request.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "typage refused; is `npm ci` done?");
    Base64::decode_vec(str::from_utf8(&output.stdout).unwrap()).unwrap()
}
