//! Password letters: for somebody without Sotto, and from anybody.

use base64ct::{Base64, Encoding};
use rand_core::CryptoRng;
use sotto_protocol::SecretText;
use sotto_protocol::desk::LetterSource;
use sotto_protocol::view::{PasswordFile, PasswordLetter, TextForm};
use zeroize::Zeroizing;

use super::desk::Desk;
use super::{AppError, KdfJob, KdfResult, found};
use crate::age::armor::{self, Label};
use crate::age::{
    AgeError, Header, HeaderParser, Limits, PayloadNonce, ScryptSetting, WORK_FACTOR, line,
};
use crate::letter::password::{self, Content, Opening, Password};

/// The derivations that opening needs: one for each spelling of the password that may be meant.
pub(super) fn opening_jobs(text: &str, password: &SecretText) -> Result<Vec<KdfJob>, AppError> {
    jobs_for(&found::letter(text)?, password)
}

/// The same for a file of which at least the header is there.
pub(super) fn jobs_for(file: &[u8], password: &SecretText) -> Result<Vec<KdfJob>, AppError> {
    let setting = ScryptSetting::of(&header_of(file)?.0)?;
    let jobs: Vec<_> = Password::candidates(&password.0)
        .iter()
        .map(|candidate| KdfJob::for_password(candidate, &setting))
        .collect();
    if jobs.is_empty() {
        return Err(AgeError::WrongPassphrase.into());
    }
    Ok(jobs)
}

/// The header, and how many bytes it takes.
pub(super) fn header_of(file: &[u8]) -> Result<(Header, usize), AppError> {
    let parsed = HeaderParser::new(Limits::READING).push(file)?;
    Ok(parsed.ok_or(AgeError::TruncatedHeader)?)
}

impl Desk {
    /// The derivation for sealing a draft.
    pub(super) fn password_job(
        &self,
        id: &str,
        password: &SecretText,
        rng: &mut impl CryptoRng,
    ) -> Result<KdfJob, AppError> {
        self.draft(id)?;
        let password = Password::parse(&password.0)?.into_passphrase();
        let setting = ScryptSetting::generate(WORK_FACTOR, rng)?;
        Ok(KdfJob::for_password(&password, &setting))
    }

    /// Seals a draft for whoever has the password. It is sealed to nobody else, not even to the
    /// person: a scrypt stanza stands alone.
    pub(super) fn seal_with_password(
        &mut self,
        id: &str,
        keys: &[KdfResult],
        rng: &mut impl CryptoRng,
    ) -> Result<String, AppError> {
        let (key, setting) = keys.first().ok_or(AppError::KeyMissing)?.to_scrypt()?;
        let draft = self.draft(id)?;
        let words: Vec<_> = draft.subject.split_whitespace().collect();
        let subject = words.join(" ");
        let subject = (!subject.is_empty()).then_some(subject.as_str());
        let file = password::seal_text(subject, &draft.text, &key, &setting, rng)?;
        Ok(match draft.form {
            TextForm::Armor => armor::encode(Label::AgeEncryptedFile, &file),
            TextForm::Line => line::encode(&file),
        })
    }

    /// Opens what a password opens. `keys` are those of [`opening_jobs`].
    pub(super) fn open_with_password(
        &self,
        text: &str,
        source: &LetterSource,
        keys: &[KdfResult],
    ) -> Result<PasswordLetter, AppError> {
        let content = open(&found::letter(text)?, keys)?;
        let (subject, name) = match &content {
            Content::Text { subject, .. } => (subject.clone(), None),
            Content::File { name, .. } => (None, name.as_deref()),
            Content::Bytes(_) => (None, None),
        };
        let file = content.file().map(|bytes| PasswordFile {
            name: name.and_then(password::suggested_name),
            content: Base64::encode_string(bytes),
        });
        Ok(PasswordLetter {
            subject,
            text: content.text().map(|text| text.to_string()),
            file,
            notes: self.notes_unproved(source),
        })
    }
}

fn open(file: &[u8], keys: &[KdfResult]) -> Result<Content, AppError> {
    let (header, taken) = header_of(file)?;
    let rest = file.get(taken..).unwrap_or_default();
    let (nonce, payload) = rest
        .split_first_chunk::<{ PayloadNonce::LEN }>()
        .ok_or(AgeError::TruncatedHeader)?;
    let nonce = PayloadNonce::from_bytes(*nonce);
    let mut refused = AppError::KeyMissing;
    for key in keys {
        match Opening::new(&header, nonce, &key.to_scrypt()?.0) {
            Ok(mut opening) => {
                let mut body = Zeroizing::new(Vec::with_capacity(payload.len()));
                opening.push(payload, &mut body)?;
                let entity = opening.finish(&mut body)?;
                return Ok(Content::new(entity, body));
            }
            Err(error) => refused = error.into(),
        }
    }
    Err(refused)
}
