use sotto_core::age::{
    AgeError, Header, HeaderParser, Limits, Passphrase, PayloadNonce, ScryptSetting,
};
use sotto_core::letter::password::{self, Content, Opening, suggested_name};
use zeroize::Zeroizing;

use crate::sealed::ZeroRng;

/// Work factor of the files made here: scrypt is not what is looked at.
const FAST: u8 = 1;

/// Password letters: what a stranger sends, and what the holder of the password puts inside.
///
/// # Panics
/// On a finding.
pub fn password(input: &[u8]) {
    let ours = Passphrase::new(Zeroizing::new("p".to_owned()));
    foreign(input, &ours);
    let Ok(file) = ours.seal(input, FAST, &mut ZeroRng) else {
        return;
    };
    let whole = password::open(&file, core::slice::from_ref(&ours)).ok();
    assert_eq!(whole, in_pieces(&file, &ours).ok(), "pieces change nothing");
    match whole {
        Some(Content::Bytes(bytes)) => assert!(input.ends_with(&bytes)),
        Some(Content::File { name, bytes }) => {
            assert!(input.ends_with(&bytes));
            let name = name.as_deref().and_then(suggested_name);
            assert!(name.is_none_or(|name| !name.contains(['/', '\\', '\u{202e}'])));
        }
        Some(Content::Text { subject, .. }) => {
            assert!(subject.is_none_or(|subject| !subject.chars().any(char::is_control)));
        }
        None => assert!(whole.is_some(), "what is sealed opens"),
    }
}

/// Bytes as they come. Costs of scrypt above ours are left to the bound of the core.
fn foreign(input: &[u8], ours: &Passphrase) {
    let Ok(Some(header)) = Header::parse(input, Limits::READING) else {
        return;
    };
    if ScryptSetting::of(&header).is_ok_and(|setting| setting.work_factor() <= 4) {
        assert!(
            password::open(input, core::slice::from_ref(ours)).is_err(),
            "no file opens with a password it was not sealed under"
        );
    }
}

fn in_pieces(file: &[u8], ours: &Passphrase) -> Result<Content, AgeError> {
    let parsed = HeaderParser::new(Limits::READING).push(file)?;
    let (header, taken) = parsed.ok_or(AgeError::TruncatedHeader)?;
    let rest = file.get(taken..).unwrap_or_default();
    let (nonce, payload) = rest.split_first_chunk().ok_or(AgeError::TruncatedPayload)?;
    let key = ours.derive(&ScryptSetting::of(&header)?)?;
    let mut opening = Opening::new(&header, PayloadNonce::from_bytes(*nonce), &key)?;
    let mut body = Zeroizing::default();
    for piece in payload.chunks(7) {
        opening.push(piece, &mut body)?;
    }
    let entity = opening.finish(&mut body)?;
    Ok(Content::new(entity, body))
}
