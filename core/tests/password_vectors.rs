//! `tests/vectors/password.json`: what a password opens, and what is refused.
//!
//! `SOTTO_BLESS=1 cargo test -p sotto-core --test password_vectors` writes the file anew.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a failing test panics"
)]

mod support;

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use sotto_core::age::{Passphrase, ScryptKey, ScryptSetting};
use sotto_core::letter::password::{
    self, Content, Entity, Password, Sealing, seal_text, suggested_name,
};
use support::FixedRng;
use zeroize::Zeroizing;

const PASSWORD: &str = "abandon ability able about above absent";
const HEAD: &str = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: binary\r\n";
/// A quick one: the vectors are not about scrypt.
const WORK_FACTOR: u8 = 10;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Vector {
    name: String,
    password: String,
    /// The age file, base64.
    file: String,
    #[serde(flatten)]
    expected: Expected,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "expect", rename_all = "kebab-case")]
enum Expected {
    Text {
        subject: Option<String>,
        text: String,
    },
    File {
        claimed: Option<String>,
        suggested: Option<String>,
        content: String,
    },
    Bytes {
        content: String,
        text: Option<String>,
    },
    Refused {
        code: String,
    },
}

fn expected(file: &[u8], typed: &str) -> Expected {
    match password::open(file, &Password::candidates(typed)) {
        Ok(Content::Text { subject, text }) => Expected::Text {
            subject,
            text: text.to_string(),
        },
        Ok(Content::File { name, bytes }) => Expected::File {
            suggested: name.as_deref().and_then(suggested_name),
            claimed: name,
            content: Base64::encode_string(&bytes),
        },
        Ok(content @ Content::Bytes(_)) => Expected::Bytes {
            content: Base64::encode_string(content.file().unwrap()),
            text: content.text().map(|text| text.to_string()),
        },
        Err(error) => Expected::Refused {
            code: error.code().as_str().to_owned(),
        },
    }
}

struct Maker {
    key: ScryptKey,
    setting: ScryptSetting,
    vectors: Vec<Vector>,
}

impl Maker {
    fn new() -> Self {
        let setting = ScryptSetting::generate(WORK_FACTOR, &mut FixedRng(0)).unwrap();
        let password = Password::parse(PASSWORD).unwrap().into_passphrase();
        let key = password.derive(&setting).unwrap();
        Self {
            key,
            setting,
            vectors: Vec::new(),
        }
    }

    fn add(&mut self, name: &str, password: &str, file: &[u8]) {
        self.vectors.push(Vector {
            name: name.to_owned(),
            password: password.to_owned(),
            file: Base64::encode_string(file),
            expected: expected(file, password),
        });
    }

    fn text(&self, subject: Option<&str>, text: &str) -> Vec<u8> {
        seal_text(subject, text, &self.key, &self.setting, &mut FixedRng(1)).unwrap()
    }

    fn file(&self, name: Option<&str>, content: &[u8]) -> Vec<u8> {
        let entity = Entity::File {
            name: name.map(str::to_owned),
            content_type: "application/octet-stream".to_owned(),
        };
        let mut file = Vec::new();
        let (key, setting) = (&self.key, &self.setting);
        let mut sealing =
            Sealing::begin(&entity, key, setting, &mut FixedRng(2), &mut file).unwrap();
        sealing.push(content, &mut file).unwrap();
        sealing.finish(&mut file).unwrap();
        file
    }

    /// A payload that no Sotto writes.
    fn payload(&self, payload: &[u8]) -> Vec<u8> {
        Passphrase::new(Zeroizing::new(PASSWORD.to_owned()))
            .seal(payload, WORK_FACTOR, &mut FixedRng(3))
            .unwrap()
    }
}

/// The file with a part of its header in other words; the MAC is the old one.
fn with_header(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = file
        .windows(from.len())
        .position(|window| window == from.as_bytes())
        .unwrap();
    [&file[..at], to.as_bytes(), &file[at + from.len()..]].concat()
}

fn make() -> Vec<Vector> {
    let mut maker = Maker::new();
    letters(&mut maker);
    files(&mut maker);
    foreign(&mut maker);
    refused(&mut maker);
    maker.vectors
}

fn letters(maker: &mut Maker) {
    let file = maker.text(
        Some("The keys — où ?"),
        "Dear Bob,\n\nunder the mat.\n\nAlice\n\n",
    );
    maker.add("a text with a subject", PASSWORD, &file);
    maker.add(
        "white space around the password",
        &format!(" {PASSWORD} "),
        &file,
    );
    let markup = "<img src=https://example.org/x onerror=alert(1)><b>not markup</b>";
    let file = maker.text(Some("<script>alert(1)</script>"), markup);
    maker.add("a text that looks like markup", PASSWORD, &file);
    let file = maker.text(None, "");
    maker.add("an empty text", PASSWORD, &file);
    let setting = ScryptSetting::generate(WORK_FACTOR, &mut FixedRng(9)).unwrap();
    let key = Password::parse("re\u{301}ponse secre\u{300}te").unwrap();
    let key = key.into_passphrase().derive(&setting).unwrap();
    let file = seal_text(None, "x", &key, &setting, &mut FixedRng(9)).unwrap();
    maker.add(
        "a password in normal form C",
        "r\u{e9}ponse secr\u{e8}te",
        &file,
    );
}

fn files(maker: &mut Maker) {
    let file = maker.file(Some("r\u{e9}sum\u{e9} 1.pdf"), b"%PDF-1.7\n\n");
    maker.add("a file with a name", PASSWORD, &file);
    let file = maker.file(None, &[0, 255, 10, 10]);
    maker.add("a file without a name", PASSWORD, &file);
    let file = maker.file(Some("x.txt"), b"");
    maker.add("an empty file", PASSWORD, &file);
    let file = maker.file(Some("invoice\u{202e}fdp.exe"), b"MZ");
    maker.add("a name that turns its end around", PASSWORD, &file);
    let file = maker.file(Some("CON"), b"x");
    maker.add("a name of a device", PASSWORD, &file);
}

fn foreign(maker: &mut Maker) {
    let payloads = [
        ("text that stock age sealed", "hello\nworld\n".to_owned()),
        ("nothing that stock age sealed", String::new()),
        (
            "a header with From",
            format!("{HEAD}From: alice@example.org\r\n\r\nx"),
        ),
        (
            "a header with two subjects",
            format!("{HEAD}Subject: a\r\nSubject: b\r\n\r\nx"),
        ),
        (
            "a header with LF alone",
            format!("{}\nx", HEAD.replace("\r\n", "\n")),
        ),
        (
            "a header of HTML",
            "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<b>x".to_owned(),
        ),
        ("a header without end", HEAD.to_owned()),
        (
            "a name with a path",
            "MIME-Version: 1.0\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: binary\r\n\
             Content-Disposition: attachment; filename=\"../../x\"\r\n\r\nx"
                .to_owned(),
        ),
    ];
    for (name, payload) in payloads {
        let file = maker.payload(payload.as_bytes());
        maker.add(name, PASSWORD, &file);
    }
    let file = maker.payload(&[HEAD.as_bytes(), b"\r\n", &[0xff, 0xfe]].concat());
    maker.add("text that is no UTF-8", PASSWORD, &file);
}

fn refused(maker: &mut Maker) {
    let file = maker.text(None, "text");
    maker.add(
        "another password",
        "abandon ability able about above",
        &file,
    );
    maker.add("no password", "", &file);
    let high = with_header(&file, " 10\n", " 21\n");
    maker.add("a work factor of 21", PASSWORD, &high);
    let zero = with_header(&file, " 10\n", " 0\n");
    maker.add("a work factor of 0", PASSWORD, &zero);
    let other = with_header(&file, " 10\n", " 11\n");
    maker.add("another work factor than sealed with", PASSWORD, &other);
    let grease = with_header(&file, "--- ", "-> grease x\n\n--- ");
    maker.add("a stanza beside the password's", PASSWORD, &grease);
    let seal = with_header(&file, "--- ", "-> sotto.seal.v1\n\n--- ");
    maker.add("a seal beside the password's", PASSWORD, &seal);
    let people = with_header(&file, "-> scrypt ", "-> other ");
    maker.add("no stanza of a password", PASSWORD, &people);
    let version = with_header(&file, "/v1", "/v2");
    maker.add("a version 2", PASSWORD, &version);
    maker.add("no age file", PASSWORD, b"hello");
    for (name, at) in [
        ("cut in the header", 30),
        ("cut in the nonce", file.len() - 16 - 256 - 8),
        ("cut in the payload", file.len() - 1),
    ] {
        maker.add(name, PASSWORD, &file[..at]);
    }
    let mut flipped = file.clone();
    *flipped.last_mut().unwrap() ^= 1;
    maker.add("a bit flipped in the payload", PASSWORD, &flipped);
    let longer = [file.as_slice(), &[0]].concat();
    maker.add("a byte more", PASSWORD, &longer);
    let mac = file
        .windows(4)
        .position(|window| window == b"--- ")
        .unwrap()
        + 4;
    let mut flipped = file.clone();
    flipped[mac] = if flipped[mac] == b'A' { b'B' } else { b'A' };
    maker.add("another header MAC", PASSWORD, &flipped);
}

#[test]
fn passwords_open_or_are_refused_as_written() {
    let made = make();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/vectors/password.json"
    );
    if std::env::var_os("SOTTO_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&made).unwrap();
        std::fs::write(path, text + "\n").unwrap();
    }
    let text = include_str!("../../tests/vectors/password.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
    for vector in &vectors {
        let file = Base64::decode_vec(&vector.file).unwrap();
        assert_eq!(
            expected(&file, &vector.password),
            vector.expected,
            "{}",
            vector.name
        );
    }
    assert_eq!(made, vectors, "what is made today is what was written");
}
