use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::{prop_assert, prop_assert_eq};
use zeroize::Zeroizing;

use super::entity::Head;
use super::{Content, Entity, Opening, Password, Sealing, open, seal_text, suggested_name};
use crate::age::{
    AgeError, HeaderParser, Limits, Passphrase, PayloadNonce, ScryptKey, ScryptSetting,
};
use crate::letter::{LetterError, padded_len};

struct ZeroRng;

impl rand_core::TryRng for ZeroRng {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
        dst.fill(0);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for ZeroRng {}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(text.to_owned()))
}

/// 2^4 iterations: these tests are not about scrypt.
fn key() -> (ScryptKey, ScryptSetting) {
    let setting = ScryptSetting::from_parts([7; 16], 4).unwrap();
    (
        passphrase("correct horse").derive(&setting).unwrap(),
        setting,
    )
}

fn opened(file: &[u8]) -> Result<Content, LetterError> {
    open(file, &[passphrase("correct horse")])
}

fn sealed_file(name: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let entity = Entity::File {
        name: name.map(str::to_owned),
        content_type: "application/pdf".to_owned(),
    };
    let (key, setting) = key();
    let mut file = Vec::new();
    let mut sealing = Sealing::begin(&entity, &key, &setting, &mut ZeroRng, &mut file).unwrap();
    sealing.push(bytes, &mut file).unwrap();
    sealing.finish(&mut file).unwrap();
    file
}

fn plain(payload: &[u8]) -> Vec<u8> {
    passphrase("correct horse")
        .seal(payload, 4, &mut ZeroRng)
        .unwrap()
}

#[test]
fn a_text_comes_back_with_its_subject() {
    let (key, setting) = key();
    let file = seal_text(
        Some("Réunion"),
        "Dear Bob,\r\nline\n\nend\n\n",
        &key,
        &setting,
        &mut ZeroRng,
    );
    let text = Zeroizing::new("Dear Bob,\nline\n\nend".to_owned());
    let subject = Some("Réunion".to_owned());
    assert_eq!(opened(&file.unwrap()), Ok(Content::Text { subject, text }));
}

#[test]
fn texts_of_one_size_class_are_equally_long() {
    let (key, setting) = key();
    let len = |text: &str| {
        let file = seal_text(None, text, &key, &setting, &mut ZeroRng);
        file.unwrap().len()
    };
    assert_eq!(len("yes"), len(&"no ".repeat(40)));
    assert!(len("yes") < len(&"no ".repeat(400)));
}

#[test]
fn the_plaintext_is_a_mime_entity_that_stock_age_gives() {
    let (key, setting) = key();
    let file = seal_text(Some("Hi"), "a\nb", &key, &setting, &mut ZeroRng).unwrap();
    let plaintext = passphrase("correct horse").open(&file).unwrap();
    let entity = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: binary\r\nSubject: Hi\r\n\r\na\r\nb";
    assert!(plaintext.starts_with(entity.as_bytes()));
    assert_eq!(plaintext.len() as u64, padded_len(entity.len() as u64));
}

#[test]
fn a_file_comes_back_byte_for_byte() {
    for len in [0, 1, 65_000, 65_536, 200_000] {
        let bytes = vec![b'\n'; len];
        let file = sealed_file(Some("a b.pdf"), &bytes);
        let expected = Content::File {
            name: Some("a b.pdf".to_owned()),
            bytes: Zeroizing::new(bytes),
        };
        assert_eq!(opened(&file), Ok(expected), "{len}");
    }
}

#[test]
fn what_is_no_entity_of_ours_is_bytes() {
    let head = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: binary\r\n";
    let long = format!("{head}Subject: {}\r\n\r\nx", "s".repeat(513));
    for payload in [
        "",
        "hello",
        "MIME",
        "MIME-Version: 1.0\r\n",
        "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<b>",
        &format!("{head}From: alice@example.org\r\n\r\nx"),
        &format!("{head}Subject: a\r\nSubject: b\r\n\r\nx"),
        &format!("{head}Subject: \r\n\r\nx"),
        &format!("{head}Subject: a\tb\r\n\r\nx"),
        &format!("{head}Subject: a\r\n b\r\n\r\nx"),
        &format!("{}\r\nx", head.replace("binary", "base64")),
        &format!("{}\r\nx", head.replace("utf-8", "UTF-8")),
        &format!("{head}Content-Disposition: attachment; filename=\"../x\"\r\n\r\nx"),
        &format!("{head}Content-Disposition: attachment; filename=\"a\"; x=\"b\"\r\n\r\nx"),
        &format!("{head}Content-Disposition: attachment; filename=a\r\n\r\nx"),
        &long,
    ] {
        let bytes = Zeroizing::new(payload.as_bytes().to_vec());
        let content = opened(&plain(payload.as_bytes()));
        assert_eq!(content, Ok(Content::Bytes(bytes)), "{payload:?}");
    }
}

#[test]
fn bytes_are_shown_only_where_they_are_text() {
    let text = |bytes: &[u8]| Content::Bytes(Zeroizing::new(bytes.to_vec())).text();
    assert_eq!(text(b"hello\n").unwrap().as_str(), "hello");
    assert_eq!(text(b"a\0b"), None);
    assert_eq!(text(&[0xff]), None);
    assert_eq!(text(b""), None);
    let not_utf8: Vec<u8> = [
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: binary\r\n\r\n"
            .as_bytes(),
        &[0xff][..],
    ]
    .concat();
    let content = opened(&plain(&not_utf8)).unwrap();
    assert_eq!(content, Content::Bytes(Zeroizing::new(vec![0xff])));
}

#[test]
fn passwords_are_tried_as_we_write_them_and_then_as_typed() {
    assert_eq!(Password::candidates("plain").len(), 1);
    assert_eq!(Password::candidates(" plain ").len(), 2);
    assert_eq!(Password::candidates("  ").len(), 1);
    assert!(Password::candidates("").is_empty());
    let spaced = passphrase(" as typed ").seal(b"x", 4, &mut ZeroRng);
    assert!(open(&spaced.unwrap(), &Password::candidates(" as typed ")).is_ok());
    // U+00E9, and e with U+0301.
    let setting = ScryptSetting::from_parts([7; 16], 4).unwrap();
    let composed = Password::parse("correct hors\u{e9}\n").unwrap();
    let key = composed.into_passphrase().derive(&setting).unwrap();
    let file = seal_text(None, "x", &key, &setting, &mut ZeroRng).unwrap();
    assert!(open(&file, &Password::candidates("correct horse\u{301}")).is_ok());
}

#[test]
fn a_short_password_does_not_seal() {
    let len = |typed: &str| Password::parse(typed).err();
    assert_eq!(
        len("  123456789  "),
        Some(LetterError::PasswordLength { len: 9 })
    );
    assert_eq!(len("1234567890"), None);
    let long = "x".repeat(257);
    assert_eq!(len(&long), Some(LetterError::PasswordLength { len: 257 }));
}

#[test]
fn the_first_error_is_the_password() {
    let file = plain(b"x");
    let refused = open(&file, &Password::candidates("another one"));
    assert_eq!(refused, Err(AgeError::WrongPassphrase.into()));
    assert_eq!(open(&file, &[]), Err(AgeError::WrongPassphrase.into()));
}

#[test]
fn names_are_offered_without_what_misleads() {
    for (claimed, offered) in [
        ("report.pdf", Some("report.pdf")),
        ("../../etc/passwd", Some("_.._etc_passwd")),
        ("a\u{202e}fdp.exe", Some("afdp.exe")),
        ("x\u{0}y\n.txt", Some("xy.txt")),
        (" . .", None),
        ("", None),
        ("CON.txt", Some("_CON.txt")),
        ("com1", Some("_com1")),
        ("a:b?c.txt. ", Some("a_b_c.txt")),
        (".bashrc", Some("bashrc")),
    ] {
        assert_eq!(suggested_name(claimed).as_deref(), offered, "{claimed:?}");
    }
    let long = suggested_name(&format!("{}.tar", "é".repeat(5_000))).unwrap();
    assert!(long.len() <= 120 && long.ends_with("é.tar"), "{long}");
}

#[test]
fn debug_output_holds_no_secret() {
    let (key, _) = key();
    assert_eq!(format!("{key:?}"), "ScryptKey(..)");
    let password = Password::parse("correct horse").unwrap();
    assert_eq!(format!("{password:?}"), "Password(..)");
    let bytes = Content::Bytes(Zeroizing::new(b"secret".to_vec()));
    assert_eq!(format!("{bytes:?}"), "Bytes(..)");
}

fn in_pieces(file: &[u8], piece: usize) -> Result<Content, AgeError> {
    let (header, taken) = HeaderParser::new(Limits::READING).push(file)?.unwrap();
    let (nonce, payload) = file[taken..].split_first_chunk().unwrap();
    let (key, _) = key();
    let setting = ScryptSetting::of(&header)?;
    let key = if *setting.salt() == [7; 16] {
        key
    } else {
        passphrase("correct horse").derive(&setting)?
    };
    let mut opening = Opening::new(&header, PayloadNonce::from_bytes(*nonce), &key)?;
    let mut body = Zeroizing::default();
    for piece in payload.chunks(piece) {
        opening.push(piece, &mut body)?;
    }
    let entity = opening.finish(&mut body)?;
    Ok(Content::new(entity, body))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_opens_as_it_was_sealed(text in any::<String>(), subject in "[^\\p{Cc}]{1,100}") {
        let (key, setting) = key();
        let file = seal_text(Some(&subject), &text, &key, &setting, &mut ZeroRng).unwrap();
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        let expected = Content::Text {
            subject: Some(subject),
            text: Zeroizing::new(lines.trim_end_matches('\n').to_owned()),
        };
        prop_assert_eq!(opened(&file), Ok(expected));
    }

    #[test]
    fn pieces_do_not_matter(bytes in any::<Vec<u8>>(), piece in 1_usize..200) {
        let file = sealed_file(Some("x"), &bytes);
        prop_assert_eq!(in_pieces(&file, piece), Ok(opened(&file).unwrap()));
        let file = plain(&bytes);
        prop_assert_eq!(in_pieces(&file, piece), Ok(opened(&file).unwrap()));
    }

    #[test]
    fn a_head_that_is_read_is_the_one_that_is_written(bytes in any::<Vec<u8>>(), whole in any::<bool>()) {
        if let Head::Entity(entity, len) = Entity::read(&bytes, whole) {
            let again = entity.encode().unwrap();
            prop_assert_eq!(again.as_bytes(), &bytes[..len]);
        }
    }

    #[test]
    fn a_cut_or_changed_file_gives_nothing(at in any::<proptest::sample::Index>(), bit in 0_u8..8) {
        let mut file = sealed_file(None, b"content");
        let at = at.index(file.len());
        prop_assert!(opened(&file[..at]).is_err());
        file[at] ^= 1 << bit;
        prop_assert!(opened(&file).is_err());
    }

    #[test]
    fn an_offered_name_is_offered_again(claimed in any::<String>()) {
        if let Some(name) = suggested_name(&claimed) {
            prop_assert!(!name.is_empty() && name.len() <= 121 && !name.contains(['/', '\\']));
        }
    }
}
