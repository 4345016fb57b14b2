//! Files: jobs that seal them, the headers of those that are opened.

use serde::Serialize;
use sotto_core::app::files::{Begun, Look, Place, TarError, archive_end, entry_head, padding_len};
use sotto_protocol::files::{FileBrief, FileJob, SealOrder};
use sotto_protocol::{ErrorCode, Failure};
use sotto_wasm_values::{core_error, malformed, now, rng, to_js};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert::{app_error, outcome_to_js};
use crate::core::Core;
use crate::decode::from_js;

#[derive(Serialize)]
pub(crate) struct JsTicket {
    index: u32,
    given: u32,
    key: serde_bytes::ByteBuf,
    nonce: serde_bytes::ByteBuf,
    inner: serde_bytes::ByteBuf,
}

#[derive(Serialize)]
pub(crate) struct JsBegun {
    job: FileJob,
    tickets: Vec<JsTicket>,
}

#[derive(Serialize)]
struct JsPlace {
    job: String,
    index: u32,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JsLook {
    key: serde_bytes::ByteBuf,
    payload_offset: u64,
    sealed: bool,
}

#[derive(Serialize)]
struct JsSentOn {
    begun: JsBegun,
    look: JsLook,
}

#[wasm_bindgen]
impl Core {
    /// Begins a sealing job: what its workers need.
    ///
    /// # Errors
    /// A `CoreError`; nothing is to be written then.
    #[wasm_bindgen(unchecked_return_type = "Outcome<FilesBegun>")]
    pub fn begin_files(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "SealOrder")] order: JsValue,
    ) -> Result<JsValue, JsValue> {
        let order: SealOrder = from_js(order)?;
        let begun = self.app.begin_files(order, now(), &mut rng());
        outcome_to_js(begun.map_err(|error| app_error(&error))?.map(js_begun))
    }

    /// All of a file's payload is sealed: its header, which stands before nonce and payload.
    ///
    /// # Errors
    /// A `CoreError`; nothing is to be written then.
    #[wasm_bindgen(unchecked_return_type = "Outcome<Uint8Array>")]
    pub fn finish_file(
        &mut self,
        job: &str,
        index: u32,
        length: f64,
        digest: &[u8],
    ) -> Result<JsValue, JsValue> {
        let (length, digest) = (whole(length)?, digest.try_into().map_err(|_| malformed())?);
        let header = self
            .app
            .finish_file(job, index, length, digest, now(), &mut rng());
        let header = header.map_err(|error| app_error(&error))?;
        outcome_to_js(header.map(serde_bytes::ByteBuf::from))
    }

    /// Ends a job that cannot go on.
    ///
    /// # Errors
    /// A `CoreError`; nothing is to be written then.
    #[wasm_bindgen(unchecked_return_type = "Outcome<FileJob>")]
    pub fn fail_files(
        &mut self,
        job: &str,
        #[wasm_bindgen(unchecked_param_type = "ErrorCode")] code: JsValue,
    ) -> Result<JsValue, JsValue> {
        let code: ErrorCode = from_js(code)?;
        let failed = self.app.fail_files(job, code, now(), &mut rng());
        outcome_to_js(failed.map_err(|error| app_error(&error))?)
    }

    /// A job that runs nowhere any more: whether it can go on.
    ///
    /// # Errors
    /// A `CoreError`: `job-unknown`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<FileJob>")]
    pub fn interrupt_files(&mut self, job: &str) -> Result<JsValue, JsValue> {
        let stopped = self.app.interrupt_files(job, now(), &mut rng());
        outcome_to_js(stopped.map_err(|error| app_error(&error))?)
    }

    /// What workers need to go on with a job, for the files that were given again.
    ///
    /// # Errors
    /// A `CoreError`: `job-unknown`, `file-changed`.
    #[wasm_bindgen(unchecked_return_type = "FilesBegun")]
    pub fn resume_files(
        &mut self,
        job: &str,
        #[wasm_bindgen(unchecked_param_type = "FileBrief[]")] given: JsValue,
    ) -> Result<JsValue, JsValue> {
        let given: Vec<FileBrief> = from_js(given)?;
        let begun = self.app.resume_files(job, &given);
        to_js(&js_begun(begun.map_err(|error| app_error(&error))?))
    }

    /// The jobs whose sealed bytes are kept.
    ///
    /// # Errors
    /// A `CoreError`: `vault-locked`.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn kept_files(&mut self) -> Result<JsValue, JsValue> {
        let kept = self.app.kept_files(now());
        to_js(&kept.map_err(|error| app_error(&error))?)
    }

    /// Forgets a job.
    ///
    /// # Errors
    /// A `CoreError`; nothing is to be written then.
    #[wasm_bindgen(unchecked_return_type = "Outcome<null>")]
    pub fn forget_files(&mut self, job: &str) -> Result<JsValue, JsValue> {
        let gone = self.app.forget_files(job, now(), &mut rng());
        outcome_to_js(gone.map_err(|error| app_error(&error))?)
    }

    /// The jobs of the last day.
    ///
    /// # Errors
    /// A `CoreError`: `vault-locked`.
    #[wasm_bindgen(unchecked_return_type = "FileJob[]")]
    pub fn file_jobs(&mut self) -> Result<JsValue, JsValue> {
        to_js(
            &self
                .app
                .file_jobs(now())
                .map_err(|error| app_error(&error))?,
        )
    }

    /// One job.
    ///
    /// # Errors
    /// A `CoreError`: `job-unknown`.
    #[wasm_bindgen(unchecked_return_type = "FileJob")]
    pub fn file_job(&mut self, id: &str) -> Result<JsValue, JsValue> {
        to_js(&self.app.file_job(id).map_err(|error| app_error(&error))?)
    }

    /// Where the sealed copies of a job lie.
    ///
    /// # Errors
    /// A `CoreError`: `job-unknown`.
    #[wasm_bindgen(unchecked_return_type = "FilePlace[]")]
    pub fn file_places(&mut self, id: &str) -> Result<JsValue, JsValue> {
        let places = self
            .app
            .file_places(id)
            .map_err(|error| app_error(&error))?;
        let js = |Place { job, index, name }| JsPlace { job, index, name };
        to_js(&places.into_iter().map(js).collect::<Vec<_>>())
    }

    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "FileLook")]
    pub fn look_file(&mut self, head: &[u8]) -> Result<JsValue, JsValue> {
        let look = self
            .app
            .look_file(head)
            .map_err(|error| app_error(&error))?;
        to_js(&js_look(&look))
    }

    /// Begins to seal an opened file anew for others.
    ///
    /// # Errors
    /// A `CoreError`; nothing is to be written then.
    #[wasm_bindgen(unchecked_return_type = "Outcome<FileSentOn>")]
    pub fn send_on_file(
        &mut self,
        head: &[u8],
        length: f64,
        digest: &[u8],
        #[wasm_bindgen(unchecked_param_type = "SealOrder")] order: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (length, order) = (whole(length)?, from_js(order)?);
        let digest: [u8; 32] = digest.try_into().map_err(|_| malformed())?;
        let sent = self
            .app
            .send_on_file(head, length, &digest, order, now(), &mut rng());
        let sent = sent.map_err(|error| app_error(&error))?;
        outcome_to_js(sent.map(|(begun, look)| JsSentOn {
            begun: js_begun(begun),
            look: js_look(&look),
        }))
    }

    /// Compares an opened file with what its sender signed.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<OpenedFile>")]
    pub fn verified_file(
        &mut self,
        head: &[u8],
        length: f64,
        digest: &[u8],
        #[wasm_bindgen(unchecked_param_type = "LetterSource")] source: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (length, source) = (whole(length)?, from_js(source)?);
        let digest: [u8; 32] = digest.try_into().map_err(|_| malformed())?;
        let file = self
            .app
            .verified_file(head, length, &digest, &source, now(), &mut rng());
        outcome_to_js(file.map_err(|error| app_error(&error))?)
    }
}

pub(crate) fn js_look(look: &Look) -> JsLook {
    JsLook {
        key: look.key.to_vec().into(),
        payload_offset: look.payload_offset,
        sealed: look.sealed,
    }
}

pub(crate) fn js_begun(begun: Begun) -> JsBegun {
    let ticket = |ticket: sotto_core::app::files::Ticket| JsTicket {
        index: ticket.index,
        given: ticket.given,
        key: ticket.key.to_vec().into(),
        nonce: ticket.nonce.to_vec().into(),
        inner: ticket.inner.into(),
    };
    JsBegun {
        job: begun.job,
        tickets: begun.tickets.into_iter().map(ticket).collect(),
    }
}

/// A number of bytes: whole, not negative, below 2^53.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked first"
)]
pub(crate) fn whole(number: f64) -> Result<u64, JsValue> {
    let is_whole = (0.0..9_007_199_254_740_992.0).contains(&number) && number.fract() == 0.0;
    if is_whole {
        Ok(number as u64)
    } else {
        Err(malformed())
    }
}

/// What stands before a file in an archive of a folder.
///
/// # Errors
/// A `CoreError`: `name-invalid`.
#[wasm_bindgen]
pub fn archive_entry(path: &str, size: f64) -> Result<Vec<u8>, JsValue> {
    let refused = |error: TarError| {
        core_error(Failure {
            code: error.code(),
            detail: None,
        })
    };
    entry_head(path, whole(size)?).map_err(refused)
}

/// Zeros after a file in an archive.
///
/// # Errors
/// A `CoreError`: `malformed-message`.
#[wasm_bindgen]
pub fn archive_padding(size: f64) -> Result<Vec<u8>, JsValue> {
    Ok(vec![0; padding_len(whole(size)?)])
}

/// What ends an archive.
#[wasm_bindgen]
#[must_use]
pub fn archive_tail() -> Vec<u8> {
    archive_end().to_vec()
}
