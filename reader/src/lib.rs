//! Bindings for the self-contained reader: what opens password letters and files, and nothing
//! else of the core. The page around it is `reader/page`; `cargo xtask build` makes one file of both.
//!
//! A failure is thrown as the string of its [`ErrorCode`].

use sotto_core::age::armor::Label;
use sotto_core::age::extract::{self, Form};
use sotto_core::age::{AgeError, Header, HeaderParser, Limits, PayloadNonce, ScryptSetting};
use sotto_core::letter::password::{Content, Entity, Opening, Password, suggested_name};
use sotto_protocol::ErrorCode;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

/// The first whole letter in a text, as the bytes of an age file. The text may be a page that
/// speaks of such blocks before it has one.
///
/// # Errors
/// `nothing-found`, and what is wrong with the block.
#[wasm_bindgen]
pub fn find_letter(text: &str) -> Result<Vec<u8>, JsValue> {
    let is_letter = |form: &Form| match form {
        Form::Armor(Label::AgeEncryptedFile) | Form::Line => true,
        Form::Armor(Label::SottoContactCard) => false,
    };
    let mut refusal = ErrorCode::NothingFound;
    for found in extract::find(text) {
        match found.bytes {
            Ok(bytes) if is_letter(&found.form) => return Ok(bytes),
            Err(error) if is_letter(&found.form) => refusal = error.code(),
            Ok(_) | Err(_) => {}
        }
    }
    Err(thrown(refusal))
}

/// A sealed file whose header has been read.
#[wasm_bindgen]
#[derive(Debug)]
pub struct SealedFile {
    header: Header,
    nonce: PayloadNonce,
    setting: ScryptSetting,
    payload_start: usize,
}

#[wasm_bindgen]
impl SealedFile {
    /// Reads the beginning of a file: as many bytes as there are, at most [`prefix_len`].
    ///
    /// # Errors
    /// `malformed-header` and its kin; `not-a-recipient` for a file that no password opens;
    /// `work-factor-too-high`.
    pub fn read(prefix: &[u8]) -> Result<Self, JsValue> {
        let parsed = HeaderParser::new(Limits::READING).push(prefix);
        let (header, taken) = parsed
            .map_err(refused)?
            .ok_or_else(|| refused(AgeError::TruncatedHeader))?;
        let rest = prefix.get(taken..).unwrap_or_default();
        let (nonce, _) = rest
            .split_first_chunk::<{ PayloadNonce::LEN }>()
            .ok_or_else(|| refused(AgeError::TruncatedHeader))?;
        Ok(Self {
            setting: ScryptSetting::of(&header).map_err(refused)?,
            payload_start: taken.saturating_add(PayloadNonce::LEN),
            nonce: PayloadNonce::from_bytes(*nonce),
            header,
        })
    }

    /// Where the payload begins in the file.
    #[must_use]
    pub fn payload_start(&self) -> usize {
        self.payload_start
    }

    /// Derives the key, which takes from half a second to many, and begins to open.
    ///
    /// # Errors
    /// `wrong-password`, `out-of-memory`, `tampered`.
    pub fn unlock(&self, password: &str) -> Result<Unlocked, JsValue> {
        let mut error = AgeError::WrongPassphrase;
        for candidate in Password::candidates(password) {
            let key = candidate.derive(&self.setting).map_err(refused)?;
            match Opening::new(&self.header, self.nonce, &key) {
                Ok(opening) => {
                    return Ok(Unlocked {
                        opening: Some(opening),
                    });
                }
                Err(other) => error = other,
            }
        }
        Err(refused(error))
    }
}

/// How many bytes of a file [`SealedFile::read`] may need.
#[wasm_bindgen]
#[must_use]
pub fn prefix_len() -> usize {
    Limits::READING.header_len.saturating_add(PayloadNonce::LEN)
}

/// A file that is being opened. What [`Unlocked::push`] gives waits for [`Unlocked::finish`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct Unlocked {
    opening: Option<Opening>,
}

#[wasm_bindgen]
impl Unlocked {
    /// Takes the next bytes of the payload; gives content that is not yet known to be whole.
    ///
    /// # Errors
    /// `tampered`, `truncated`: what was given is to be thrown away.
    pub fn push(&mut self, sealed: &[u8]) -> Result<Vec<u8>, JsValue> {
        let mut out = Vec::with_capacity(sealed.len());
        let opening = self.opening.as_mut();
        let opening = opening.ok_or_else(|| thrown(ErrorCode::Bug))?;
        opening.push(sealed, &mut out).map_err(refused)?;
        Ok(out)
    }

    /// Opens the last chunk: from here on the content is whole.
    ///
    /// # Errors
    /// As [`Unlocked::push`].
    pub fn finish(&mut self) -> Result<Whole, JsValue> {
        let opening = self.opening.take();
        let opening = opening.ok_or_else(|| thrown(ErrorCode::Bug))?;
        let mut rest = Vec::new();
        let entity = opening.finish(&mut rest).map_err(refused)?;
        Ok(Whole { entity, rest })
    }
}

/// What a whole content says of itself. Nothing proves it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Whole {
    entity: Option<Entity>,
    rest: Vec<u8>,
}

#[wasm_bindgen]
impl Whole {
    /// The last bytes of the content.
    #[must_use]
    pub fn rest(&self) -> Vec<u8> {
        self.rest.clone()
    }

    /// Whether it is a file: its bytes are not to be shown as text.
    #[must_use]
    pub fn is_file(&self) -> bool {
        matches!(self.entity, Some(Entity::File { .. }))
    }

    /// Whether it is a letter: there is nothing to save as a file.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.entity, Some(Entity::Text { .. }))
    }

    /// The subject that a letter claims.
    #[must_use]
    pub fn subject(&self) -> Option<String> {
        match &self.entity {
            Some(Entity::Text { subject }) => subject.clone(),
            Some(Entity::File { .. }) | None => None,
        }
    }

    /// The name that a file claims, fit to be offered.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match &self.entity {
            Some(Entity::File { name, .. }) => name.as_deref().and_then(suggested_name),
            Some(Entity::Text { .. }) | None => None,
        }
    }

    /// The content as text, where it is nothing else. `content` is all of it.
    #[must_use]
    pub fn text(&self, content: Vec<u8>) -> Option<String> {
        let content = Content::new(self.entity.clone(), Zeroizing::new(content));
        content.text().map(|text| text.to_string())
    }
}

/// A name to save under, made fit: what the person typed may be anything.
#[wasm_bindgen]
#[must_use]
pub fn fit_name(typed: &str) -> Option<String> {
    suggested_name(typed)
}

fn thrown(code: ErrorCode) -> JsValue {
    JsValue::from_str(code.as_str())
}

fn refused(error: AgeError) -> JsValue {
    thrown(error.code())
}
