//! Strict decoding of messages: unknown types and unknown fields are refused.

use js_sys::{Array, Object};
use serde::de::DeserializeOwned;
use sotto_protocol::files::{EngineRequest, FilesRequest};
use sotto_protocol::shell::guard::GuardRequest;
use sotto_protocol::shell::{ContentRequest, FrameRequest, ShellRequest};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::convert::to_js;
use crate::error::malformed;

/// How deep a message may be nested. Structured clones may hold cycles, and no decoder ends them.
const MAX_DEPTH: u32 = 8;
/// How many values a message may hold.
const MAX_VALUES: u32 = 20_000;

/// Decodes a message of JavaScript.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    let mut left = MAX_VALUES;
    if !is_bounded(&value, MAX_DEPTH, &mut left) {
        return Err(malformed());
    }
    serde_wasm_bindgen::from_value(value).map_err(|_| malformed())
}

fn is_bounded(value: &JsValue, depth: u32, left: &mut u32) -> bool {
    if !value.is_object() {
        return !value.is_function();
    }
    if value.is_instance_of::<js_sys::Uint8Array>() {
        return true;
    }
    let (Some(depth), Some(values)) = (depth.checked_sub(1), values_of(value)) else {
        return false;
    };
    let Some(rest) = left.checked_sub(values.length()) else {
        return false;
    };
    *left = rest;
    values.iter().all(|inner| is_bounded(&inner, depth, left))
}

/// The values of an array or plain object. Maps, sets and whatever else iterates are none: what
/// they hold does not show as properties, but the decoder would follow it.
fn values_of(value: &JsValue) -> Option<Array> {
    if let Some(array) = value.dyn_ref::<Array>() {
        return Some(array.clone());
    }
    let is_plain = js_sys::try_iter(value).is_ok_and(|iterator| iterator.is_none());
    is_plain.then(|| Object::values(value.unchecked_ref()))
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
