//! Opening a file: its header first, what it says only after every chunk was opened.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::desk::LetterSource;
use sotto_protocol::files::{ByteLen, FileBrief, OpenedFile, SealOrder};
use sotto_protocol::view::NoteKind;
use zeroize::Zeroizing;

use super::name::{safe_name, word_of};
use super::seal::Begun;
use crate::age::{AgeError, FileKey, HeaderParser, Limits, PayloadKey, PayloadNonce};
use crate::app::desk::Desk;
use crate::app::{App, AppError, Outcome};
use crate::letter::{Letter, Opening, Proved};

/// What workers need to open a payload.
#[derive(Debug)]
pub struct Look {
    /// The key of the payload.
    pub key: Zeroizing<[u8; 32]>,
    /// Bytes before the first chunk.
    pub payload_offset: u64,
    /// There is a sender's proof.
    pub sealed: bool,
}

/// A header that was read and unwrapped.
struct Head {
    what: What,
    nonce: PayloadNonce,
    payload_offset: u64,
}

enum What {
    Proved(Box<Proved>),
    Unproved(FileKey),
}

impl App {
    /// Reads the beginning of a file: header, nonce. Whatever follows is not looked at.
    ///
    /// # Errors
    /// [`AppError::Age`], [`AppError::Letter`]; nothing is learned then.
    pub fn look_file(&mut self, head: &[u8]) -> Result<Look, AppError> {
        let head = self.desk()?.head(head)?;
        let (key, sealed) = match &head.what {
            What::Proved(proved) => (proved.payload_key().expose().clone(), true),
            What::Unproved(file_key) => {
                let key = PayloadKey::derive(file_key, &head.nonce);
                (key.expose().clone(), false)
            }
        };
        Ok(Look {
            key,
            payload_offset: head.payload_offset,
            sealed,
        })
    }

    /// Every chunk was opened: compares with what the sender signed, and only then shows it.
    ///
    /// # Errors
    /// [`AppError::Letter`]; the file is refused then.
    pub fn verified_file(
        &mut self,
        head: &[u8],
        length: u64,
        digest: &[u8; 32],
        source: &LetterSource,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<OpenedFile>, AppError> {
        let file = self
            .desk()
            .and_then(|desk| desk.verified_file(head, length, digest, source, now));
        self.conclude(file, now, rng)
    }
}

impl App {
    /// Begins to seal an opened file anew for others, in one pass. Its name goes along; whom it came
    /// from, as the person's word.
    ///
    /// # Errors
    /// Those of [`App::verified_file`] and [`App::begin_files`].
    pub fn send_on_file(
        &mut self,
        head: &[u8],
        length: u64,
        digest: &[u8; 32],
        order: SealOrder,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<(Begun, Look)>, AppError> {
        let look = self.look_file(head)?;
        let begun = self
            .desk()
            .and_then(|desk| desk.send_on_file(head, length, digest, order, now, rng));
        self.conclude(begun.map(|begun| (begun, look)), now, rng)
    }
}

impl Desk {
    fn send_on_file(
        &mut self,
        head: &[u8],
        length: u64,
        digest: &[u8; 32],
        mut order: SealOrder,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Begun, AppError> {
        let head = self.head(head)?;
        let mut brief = FileBrief {
            name: format!("{}.bin", word_of(&head.nonce)),
            size: ByteLen(length),
            modified: TimestampMs(0),
            content_type: String::new(),
        };
        let mut first_sender = None;
        if let What::Proved(proved) = head.what {
            let claims = proved.agree(length, digest)?.claims;
            first_sender = Some(self.sender(&claims)?)
                .filter(|sender| !sender.own)
                .map(|sender| sender.name);
            brief.name = claims.name.unwrap_or(brief.name);
            brief.content_type = claims.content_type.unwrap_or_default();
        }
        order.files = vec![brief];
        order.site = None;
        self.begin_files(order, first_sender.as_deref(), now, rng)
    }

    fn head(&self, file: &[u8]) -> Result<Head, AppError> {
        let parsed = HeaderParser::new(Limits::READING).push(file)?;
        let (header, taken) = parsed.ok_or(AgeError::TruncatedHeader)?;
        if header.is_password() {
            return Err(AppError::PasswordNeeded);
        }
        let rest = file.get(taken..).unwrap_or_default();
        let nonce = rest
            .first_chunk::<{ PayloadNonce::LEN }>()
            .ok_or(AgeError::TruncatedPayload)?;
        let nonce = PayloadNonce::from_bytes(*nonce);
        let opening = Opening::new(header, nonce)?;
        let unwrapped = self.custodian.unwrap(opening.header().as_bytes())?;
        let file_key = FileKey::from_bytes(unwrapped.file_key.0);
        let what = match opening {
            Opening::Sealed(sealed) => {
                let proved = sealed.prove(&file_key, &unwrapped.recipient.parse()?, &self.own)?;
                What::Proved(Box::new(proved))
            }
            Opening::Unproved(file) => {
                // The MAC is checked before the key serves for anything.
                file.opener(&file_key).map(drop)?;
                What::Unproved(file_key)
            }
        };
        let payload_offset = taken.saturating_add(PayloadNonce::LEN);
        Ok(Head {
            what,
            nonce,
            payload_offset: u64::try_from(payload_offset).unwrap_or(u64::MAX),
        })
    }

    fn verified_file(
        &mut self,
        head: &[u8],
        length: u64,
        digest: &[u8; 32],
        source: &LetterSource,
        now: TimestampMs,
    ) -> Result<OpenedFile, AppError> {
        let head = self.head(head)?;
        let word = word_of(&head.nonce);
        let mut first_sender = None;
        let (letter, name) = match head.what {
            What::Proved(proved) => {
                let letter = Letter {
                    proof: proved.agree(length, digest)?,
                    content: Zeroizing::default(),
                };
                let name = letter.proof.claims.name.as_deref().and_then(safe_name);
                first_sender = letter
                    .proof
                    .claims
                    .first_sender
                    .as_deref()
                    .and_then(safe_name);
                let mut shown = self.show_proved(&letter, source, false, now)?;
                shown.notes.retain(|note| *note != NoteKind::PartsLeftOut);
                shown.subject = None;
                (shown, name.unwrap_or_else(|| format!("{word}.bin")))
            }
            // Without a proof no name is taken as true, and none is in the file.
            What::Unproved(_) => (
                self.show_unproved(&[], source, false),
                format!("{word}.bin"),
            ),
        };
        Ok(OpenedFile {
            letter,
            name,
            word,
            size: ByteLen(length),
            first_sender,
        })
    }
}
