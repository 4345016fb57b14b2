//! Strict decoding of messages: unknown types and unknown fields are refused.

use serde::de::DeserializeOwned;
use sotto_protocol::files::{EngineRequest, FilesRequest};
use sotto_protocol::shell::guard::GuardRequest;
use sotto_protocol::shell::{ContentRequest, FrameRequest, ShellRequest};
use sotto_wasm_values::to_js;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// How many values a message may hold.
const MAX_VALUES: u32 = 20_000;

/// Decodes a message of JavaScript.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    sotto_wasm_values::from_js(value, MAX_VALUES)
}

/// Decodes a message that claims to come from a content script.
///
/// # Errors
/// `malformed-message`.
#[wasm_bindgen(unchecked_return_type = "ContentRequest")]
pub fn decode_content_request(value: JsValue) -> Result<JsValue, JsValue> {
    to_js(&from_js::<ContentRequest>(value)?)
}

/// Decodes a message that claims to come from a reader frame.
///
/// # Errors
/// `malformed-message`.
#[wasm_bindgen(unchecked_return_type = "FrameRequest")]
pub fn decode_frame_request(value: JsValue) -> Result<JsValue, JsValue> {
    to_js(&from_js::<FrameRequest>(value)?)
}

/// Decodes a request of an extension page that the background answers itself.
///
/// # Errors
/// `malformed-message`.
#[wasm_bindgen(unchecked_return_type = "ShellRequest")]
pub fn decode_shell_request(value: JsValue) -> Result<JsValue, JsValue> {
    to_js(&from_js::<ShellRequest>(value)?)
}

/// Decodes a request for work on files; what travels beside it is not looked at here.
///
/// # Errors
/// `malformed-message`.
#[wasm_bindgen(unchecked_return_type = "FilesRequest")]
pub fn decode_files_request(value: JsValue) -> Result<JsValue, JsValue> {
    to_js(&from_js::<FilesRequest>(value)?)
}

/// Decodes a message of the engine room.
///
/// # Errors
/// `malformed-message`.
#[wasm_bindgen(unchecked_return_type = "EngineRequest")]
pub fn decode_engine_request(value: JsValue) -> Result<JsValue, JsValue> {
    to_js(&from_js::<EngineRequest>(value)?)
}

/// Decodes a message that claims to come from the guard's script in a page.
///
/// # Errors
/// `malformed-message`.
#[wasm_bindgen(unchecked_return_type = "GuardRequest")]
pub fn decode_guard_request(value: JsValue) -> Result<JsValue, JsValue> {
    to_js(&from_js::<GuardRequest>(value)?)
}
