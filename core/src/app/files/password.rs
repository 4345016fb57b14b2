//! Files under a password (docs/protocol.md, A2): for people without Sotto, and from anybody.
//!
//! What is inside begins with a header of its own that bears name and type; the workers seal it as
//! if it were the beginning of the file. Each file has a derivation of its own: under one scrypt key
//! two file keys would be wrapped with one nonce.

use rand_core::CryptoRng;
use sotto_protocol::desk::LetterSource;
use sotto_protocol::files::{
    ByteLen, FileBrief, FileNaming, FileRecipients, OpenedFile, SealOrder,
};
use sotto_protocol::{SecretText, TimestampMs};
use zeroize::Zeroizing;

use super::job::{FileJobRow, Item, PasswordHead};
use super::name::{signed_name, word_of};
use super::open::Look;
use super::seal::{Begun, Ticket, check_order, is_content_type, number_names};
use crate::age::{
    AgeError, FileKey, Header, PayloadKey, PayloadNonce, PayloadOpener, RecipientType,
    ScryptSetting, WORK_FACTOR,
};
use crate::app::desk::Desk;
use crate::app::password::{header_of, jobs_for};
use crate::app::{App, AppError, KdfJob, KdfResult, Outcome, generate_id};
use crate::letter::MAX_NAME_LEN;
use crate::letter::password::{Entity, MAX_HEAD_LEN, Password, suggested_name};

/// Most files of one job: each costs a derivation of a second.
const MAX_FILES: usize = 16;
/// The type of a file that says none.
const ANY_TYPE: &str = "application/octet-stream";

/// What a file under a password says of itself.
#[derive(Debug)]
pub struct Unproved {
    /// The file, under a name that no program opens by itself.
    pub file: OpenedFile,
    /// The name that it claims, made safe.
    pub claimed: Option<String>,
    /// Bytes of plaintext before the content.
    pub content_offset: u64,
}

impl App {
    /// The derivations for sealing files under a password, one for each.
    ///
    /// # Errors
    /// [`AppError::Letter`] for a password that is too short or too long; those of an order.
    pub fn seal_file_jobs(
        &mut self,
        order: &SealOrder,
        password: &SecretText,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<KdfJob>, AppError> {
        self.desk()?;
        check_order(order, MAX_FILES)?;
        let password = Password::parse(&password.0)?.into_passphrase();
        let job = |_: &FileBrief| {
            let setting = ScryptSetting::generate(WORK_FACTOR, rng)?;
            Ok(KdfJob::for_password(&password, &setting))
        };
        order.files.iter().map(job).collect()
    }

    /// Begins a job that seals files under a password. `keys` are those of
    /// [`App::seal_file_jobs`], in order.
    ///
    /// # Errors
    /// [`AppError::KeyMissing`] where a key is missing; those of an order.
    pub fn begin_password_files(
        &mut self,
        order: SealOrder,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<Begun>, AppError> {
        let begun = self
            .desk()
            .and_then(|desk| desk.begin_password_files(order, keys, now, rng));
        self.conclude(begun, now, rng)
    }

    /// The derivations for opening a file: one for each spelling of the password.
    ///
    /// # Errors
    /// [`AppError::Age`] for a file that no password opens.
    pub fn open_file_jobs(
        &mut self,
        head: &[u8],
        password: &SecretText,
    ) -> Result<Vec<KdfJob>, AppError> {
        self.desk()?;
        jobs_for(head, password)
    }

    /// Unwraps the key of a file. `keys` are those of [`App::open_file_jobs`].
    ///
    /// # Errors
    /// [`AppError::Age`]: `wrong-password`, and what is wrong with the header.
    pub fn look_password_file(
        &mut self,
        head: &[u8],
        keys: &[KdfResult],
    ) -> Result<Look, AppError> {
        self.desk()?;
        let (header, nonce, payload_offset) = split(head)?;
        let mut refused = AppError::KeyMissing;
        for key in keys {
            match key.to_scrypt()?.0.unwrap(&header) {
                Ok(file_key) => {
                    return Ok(Look {
                        key: PayloadKey::derive(&file_key, &nonce).expose().clone(),
                        payload_offset: u64::try_from(payload_offset).unwrap_or(u64::MAX),
                        sealed: false,
                    });
                }
                Err(error) => refused = error.into(),
            }
        }
        Err(refused)
    }

    /// Every chunk of the file was opened with `key`: what it says of itself.
    ///
    /// # Errors
    /// [`AppError::Age`] where the first chunk does not open.
    pub fn opened_password_file(
        &mut self,
        head: &[u8],
        key: Zeroizing<[u8; 32]>,
        length: u64,
        source: &LetterSource,
    ) -> Result<Unproved, AppError> {
        let desk = self.desk()?;
        let (_, nonce, payload_offset) = split(head)?;
        let payload = head.get(payload_offset..).unwrap_or_default();
        let begin = beginning(key, payload)?;
        let (entity, offset) = match Entity::at_start(&begin, true) {
            Some((entity, taken)) => (Some(entity), u64::try_from(taken).unwrap_or(u64::MAX)),
            None => (None, 0),
        };
        let claimed = match entity {
            Some(Entity::File { name, .. }) => name.as_deref().and_then(suggested_name),
            Some(Entity::Text { .. }) => Some("letter.txt".to_owned()),
            None => None,
        };
        let word = word_of(&nonce);
        let content = length
            .checked_sub(offset)
            .ok_or(AgeError::TruncatedPayload)?;
        Ok(Unproved {
            file: OpenedFile {
                letter: desk.show_unproved(&[], source, false),
                name: format!("{word}.bin"),
                word,
                size: ByteLen(content),
                first_sender: None,
            },
            claimed,
            content_offset: offset,
        })
    }
}

impl Desk {
    fn begin_password_files(
        &mut self,
        order: SealOrder,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Begun, AppError> {
        self.files.retain(|row| !row.is_over(now));
        check_order(&order, MAX_FILES)?;
        let is_password = matches!(order.recipients, FileRecipients::Password {});
        if !is_password || order.files.len() != keys.len() {
            return Err(AppError::KeyMissing);
        }
        let mut row = FileJobRow {
            id: generate_id(rng),
            at: now,
            site: None,
            contacts: Vec::new(),
            names: Vec::new(),
            kind: RecipientType::Mlkem768X25519,
            items: Vec::new(),
            failure: None,
            private: order.private,
        };
        let mut tickets = Vec::new();
        for (file, key) in order.files.into_iter().zip(keys) {
            let index = u32::try_from(row.items.len()).unwrap_or(u32::MAX);
            let (item, ticket) = draw(file, index, order.naming, key, rng)?;
            row.items.push(item);
            tickets.push(ticket);
        }
        number_names(&mut row.items);
        let job = row.show();
        self.files.put(row);
        Ok(Begun { job, tickets })
    }

    /// The payload is sealed. Its header was made at the beginning; it is given once.
    pub(super) fn finish_password_file(
        &mut self,
        job: &[u8; 16],
        index: u32,
        length: u64,
        item: &Item,
        head: &PasswordHead,
    ) -> Result<Vec<u8>, AppError> {
        if item.copy.is_some() {
            return Err(AppError::JobUnknown);
        }
        if item.size.checked_add(head.inner_len) != Some(length) {
            return Err(AppError::FileChanged);
        }
        self.note_copy(job, index)?;
        Ok(head.header.clone())
    }
}

fn draw(
    file: FileBrief,
    index: u32,
    naming: FileNaming,
    key: &KdfResult,
    rng: &mut impl CryptoRng,
) -> Result<(Item, Ticket), AppError> {
    let (key, setting) = key.to_scrypt()?;
    let name = signed_name(&file.name, MAX_NAME_LEN);
    let content_type = Some(file.content_type)
        .filter(|text| is_content_type(text) && text.contains('/') && !text.contains('"'));
    let entity = Entity::File {
        name: name.clone(),
        content_type: content_type.clone().unwrap_or_else(|| ANY_TYPE.to_owned()),
    };
    let inner = entity.encode()?.into_bytes();
    let file_key = FileKey::generate(rng);
    let header = Header::create(vec![key.wrap(&file_key, &setting)?], &file_key)?;
    let nonce = PayloadNonce::generate(rng);
    let sealed_name = match (naming, name) {
        (FileNaming::Real, Some(name)) => format!("{name}.age"),
        (FileNaming::Word | FileNaming::Real, _) => format!("sealed-{}.age", word_of(&nonce)),
    };
    let item = Item {
        name: file.name,
        size: file.size.0,
        modified: file.modified,
        content_type,
        sealed_name,
        nonce: *nonce.as_bytes(),
        file_key: None,
        first_sender: None,
        copy: None,
        password: Some(PasswordHead {
            header: header.as_bytes().to_vec(),
            inner_len: u64::try_from(inner.len()).unwrap_or(u64::MAX),
        }),
    };
    let ticket = Ticket {
        index,
        given: index,
        key: PayloadKey::derive(&file_key, &nonce).expose().clone(),
        nonce: *nonce.as_bytes(),
        inner,
    };
    Ok((item, ticket))
}

/// Header, nonce, and where the payload begins.
fn split(head: &[u8]) -> Result<(Header, PayloadNonce, usize), AppError> {
    let (header, taken) = header_of(head)?;
    let nonce = head
        .get(taken..)
        .and_then(|rest| rest.first_chunk::<{ PayloadNonce::LEN }>())
        .ok_or(AgeError::TruncatedPayload)?;
    let nonce = PayloadNonce::from_bytes(*nonce);
    Ok((header, nonce, taken.saturating_add(PayloadNonce::LEN)))
}

/// The first bytes of plaintext, as many as an inner header can have.
fn beginning(key: Zeroizing<[u8; 32]>, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let mut opener = PayloadOpener::new(PayloadKey::from_bytes(key));
    let mut plain = Zeroizing::new(Vec::new());
    opener.push(payload, &mut plain)?;
    // A payload of one chunk is given with its end alone.
    if plain.len() < MAX_HEAD_LEN {
        opener.finish(&mut plain)?;
    }
    Ok(plain)
}
