//! Files under a password. Each derivation runs in an instance that is thrown away.

use js_sys::Uint8Array;
use serde::Serialize;
use sotto_core::app::files::Unproved;
use sotto_core::app::{KdfJob, KdfResult};
use sotto_protocol::SecretText;
use sotto_protocol::files::{OpenedFile, SealOrder};
use sotto_wasm_values::{malformed, now, rng, to_js};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::convert::{app_error, outcome_to_js};
use crate::core::Core;
use crate::decode::from_js;
use crate::files::{js_begun, js_look, whole};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsUnproved {
    file: OpenedFile,
    claimed: Option<String>,
    content_offset: u64,
}

#[wasm_bindgen]
impl Core {
    /// The derivations for sealing files under a password.
    ///
    /// # Errors
    /// A `CoreError`.
    pub fn seal_file_jobs(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "SealOrder")] order: JsValue,
        password: String,
    ) -> Result<Vec<Uint8Array>, JsValue> {
        let (order, password): (SealOrder, _) = (from_js(order)?, SecretText(password));
        let jobs = self.app.seal_file_jobs(&order, &password, &mut rng());
        jobs.map(|jobs| js_jobs(&jobs))
            .map_err(|error| app_error(&error))
    }

    /// Begins a job that seals files under a password.
    ///
    /// # Errors
    /// A `CoreError`; nothing is to be written then.
    #[wasm_bindgen(unchecked_return_type = "Outcome<FilesBegun>")]
    pub fn begin_password_files(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "SealOrder")] order: JsValue,
        keys: Vec<Uint8Array>,
    ) -> Result<JsValue, JsValue> {
        let order: SealOrder = from_js(order)?;
        let keys = kdf_results(keys);
        let begun = self
            .app
            .begin_password_files(order, &keys, now(), &mut rng());
        outcome_to_js(begun.map_err(|error| app_error(&error))?.map(js_begun))
    }

    /// The derivations for opening a file under a password.
    ///
    /// # Errors
    /// A `CoreError`.
    pub fn open_file_jobs(
        &mut self,
        head: &[u8],
        password: String,
    ) -> Result<Vec<Uint8Array>, JsValue> {
        let jobs = self.app.open_file_jobs(head, &SecretText(password));
        jobs.map(|jobs| js_jobs(&jobs))
            .map_err(|error| app_error(&error))
    }

    /// Unwraps the key of a file under a password.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "FileLook")]
    pub fn look_password_file(
        &mut self,
        head: &[u8],
        keys: Vec<Uint8Array>,
    ) -> Result<JsValue, JsValue> {
        let look = self.app.look_password_file(head, &kdf_results(keys));
        to_js(&js_look(&look.map_err(|error| app_error(&error))?))
    }

    /// What an opened file under a password says of itself.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "FileUnproved")]
    pub fn opened_password_file(
        &mut self,
        head: &[u8],
        key: &[u8],
        length: f64,
        #[wasm_bindgen(unchecked_param_type = "LetterSource")] source: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (length, source) = (whole(length)?, from_js(source)?);
        let key = Zeroizing::new(key.try_into().map_err(|_| malformed())?);
        let opened = self.app.opened_password_file(head, key, length, &source);
        let Unproved {
            file,
            claimed,
            content_offset,
        } = opened.map_err(|error| app_error(&error))?;
        to_js(&JsUnproved {
            file,
            claimed,
            content_offset,
        })
    }
}

/// Derivations as TypeScript hands them on.
pub(crate) fn js_jobs(jobs: &[KdfJob]) -> Vec<Uint8Array> {
    jobs.iter().map(|job| job.0.as_slice().into()).collect()
}

/// What came of derivations.
pub(crate) fn kdf_results(keys: Vec<Uint8Array>) -> Vec<KdfResult> {
    let result = |key: Uint8Array| KdfResult(Zeroizing::new(key.to_vec()));
    keys.into_iter().map(result).collect()
}
