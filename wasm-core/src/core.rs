use sotto_core::app::{Admissions, App, KdfJob};
use sotto_protocol::desk::DeskRequest;
use sotto_protocol::shell::Stamp;
use sotto_wasm_values::{now, rng, to_js};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::convert::{app_error, outcome_to_js, rows_from_js};
use crate::decode::from_js;
use crate::password::{js_jobs, kdf_results};

/// The application, loaded from the rows of the database and the session secret.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    pub(crate) app: App,
}

#[wasm_bindgen]
impl Core {
    /// Loads all rows. `session` is what session storage holds, if anything.
    ///
    /// # Errors
    /// A `CoreError` when a row is no row. One that does not open leaves the vault locked.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "Row[]")] rows: JsValue,
        session: Option<String>,
        #[wasm_bindgen(unchecked_optional_param_type = "Admissions")] admissions: JsValue,
    ) -> Result<Self, JsValue> {
        // Admissions of another version are worth nothing: frames ask for a new token.
        let admissions: Admissions = serde_wasm_bindgen::from_value(admissions).unwrap_or_default();
        let session = session.map(Zeroizing::new);
        let session = session.as_ref().map(|text| text.as_str());
        Ok(Self {
            app: App::load(rows_from_js(rows)?, session, admissions),
        })
    }

    /// The key derivations a request needs first. For each: reset the instance, [`derive_kek`];
    /// then reset, load, and [`Core::handle`] with the results in order. Mostly empty.
    ///
    /// # Errors
    /// A `CoreError` when the request cannot succeed.
    pub fn kdf_jobs(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DeskRequest")] request: JsValue,
    ) -> Result<Vec<js_sys::Uint8Array>, JsValue> {
        let request: DeskRequest = from_js(request)?;
        let jobs = self
            .app
            .kdf_jobs(&request, &mut rng())
            .map_err(|error| app_error(&error))?;
        Ok(js_jobs(&jobs))
    }

    /// Answers an extension page.
    ///
    /// # Errors
    /// A `CoreError`; nothing is to be written then.
    #[wasm_bindgen(unchecked_return_type = "Outcome<DeskReply>")]
    pub fn handle(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "DeskRequest")] request: JsValue,
        keks: Vec<js_sys::Uint8Array>,
    ) -> Result<JsValue, JsValue> {
        let keys = kdf_results(keks);
        let outcome = self.app.handle(from_js(request)?, &keys, now(), &mut rng());
        outcome_to_js(outcome.map_err(|error| app_error(&error))?)
    }

    /// Answers a reader frame. `token` is what follows `#` in the sender's stamped address.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<FrameReply>")]
    pub fn frame(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "FrameRequest")] request: JsValue,
        token: &str,
        #[wasm_bindgen(unchecked_param_type = "Stamp")] stamp: JsValue,
    ) -> Result<JsValue, JsValue> {
        let stamp: Stamp = from_js(stamp)?;
        let outcome = self
            .app
            .frame(&from_js(request)?, token, &stamp, now(), &mut rng());
        outcome_to_js(outcome.map_err(|error| app_error(&error))?)
    }

    /// Admits the reader frame of a token for a block; yields the frames whose place it takes.
    ///
    /// # Errors
    /// A `CoreError`: `malformed-message`, `too-large`, `token-spent`.
    #[wasm_bindgen(unchecked_return_type = "Retired[]")]
    pub fn admit(
        &mut self,
        token: String,
        #[wasm_bindgen(unchecked_param_type = "FoundBlock")] block: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Stamp")] stamp: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (stamp, block) = (from_js(stamp)?, from_js(block)?);
        let retired = self.app.admit(stamp, token, block, now());
        to_js(&retired.map_err(|error| app_error(&error))?)
    }

    /// Opens the letter of a frame that was admitted, while it loads.
    pub fn foresee(&mut self, token: &str) {
        self.app.foresee(token, now());
    }

    /// A frame left the document that asked for it.
    ///
    /// # Errors
    /// A `CoreError`: `malformed-message`.
    pub fn close(
        &mut self,
        token: &str,
        #[wasm_bindgen(unchecked_param_type = "Stamp")] stamp: JsValue,
    ) -> Result<(), JsValue> {
        self.app.close(token, &from_js(stamp)?);
        Ok(())
    }

    /// The errand of a block that is to be read in a surface of the extension.
    ///
    /// # Errors
    /// A `CoreError`: `malformed-message`, `too-large`.
    #[wasm_bindgen(unchecked_return_type = "Errand")]
    pub fn errand(
        &self,
        #[wasm_bindgen(unchecked_param_type = "FoundBlock")] block: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Stamp")] stamp: JsValue,
    ) -> Result<JsValue, JsValue> {
        let stamp: Stamp = from_js(stamp)?;
        to_js(&App::errand(from_js(block)?, &stamp).map_err(|error| app_error(&error))?)
    }

    /// A content script said hello: what its frame's former document asked for is over.
    ///
    /// # Errors
    /// A `CoreError`: `malformed-message`.
    pub fn arrive(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Stamp")] stamp: JsValue,
    ) -> Result<(), JsValue> {
        self.app.arrive(&from_js(stamp)?);
        Ok(())
    }

    /// What to keep in session storage after `admit`, `close`, `arrive`, `frame` and `page-left`.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(unchecked_return_type = "Admissions")]
    pub fn admissions(&self) -> Result<JsValue, JsValue> {
        to_js(self.app.admissions())
    }
}

/// Runs one key derivation: up to a second and 256 MiB, which the instance never gives back.
/// Reset the instance before and after.
///
/// # Errors
/// A `CoreError`: `out-of-memory`.
#[wasm_bindgen]
pub fn derive_kek(job: Vec<u8>) -> Result<js_sys::Uint8Array, JsValue> {
    let result = KdfJob(Zeroizing::new(job))
        .run()
        .map_err(|error| app_error(&error))?;
    Ok(result.0.as_slice().into())
}
