use js_sys::{Array, Object, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

use crate::malformed;

const SERIALIZER: Serializer = Serializer::json_compatible().serialize_bytes_as_arrays(false);

/// How deep a message may be nested. Structured clones may hold cycles, and no decoder ends them.
const MAX_DEPTH: u32 = 8;

/// A record of the database.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Of which table.
    pub table: String,
    /// Under which key.
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    /// What it holds, sealed.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
}

/// A value of ours as JavaScript sees it.
///
/// # Errors
/// `malformed-message` for a value that JavaScript has no like of.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&SERIALIZER).map_err(|_| malformed())
}

/// Decodes a message of JavaScript that holds at most so many values.
///
/// # Errors
/// `malformed-message`.
pub fn from_js<T: DeserializeOwned>(value: JsValue, most_values: u32) -> Result<T, JsValue> {
    let mut left = most_values;
    if !is_bounded(&value, MAX_DEPTH, &mut left) {
        return Err(malformed());
    }
    serde_wasm_bindgen::from_value(value).map_err(|_| malformed())
}

/// The rows of the database. They are ours: not bounded like messages.
///
/// # Errors
/// `malformed-message`.
pub fn rows(rows: JsValue) -> Result<Vec<Row>, JsValue> {
    serde_wasm_bindgen::from_value(rows).map_err(|_| malformed())
}

fn is_bounded(value: &JsValue, depth: u32, left: &mut u32) -> bool {
    if !value.is_object() {
        return !value.is_function();
    }
    if value.is_instance_of::<Uint8Array>() {
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
