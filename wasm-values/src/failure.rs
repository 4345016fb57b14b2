use js_sys::{Error, Reflect};
use sotto_protocol::{ErrorCode, Failure};
use wasm_bindgen::JsValue;

/// A failure as a JavaScript `Error` named `CoreError`, with `code` and, where there is one, the
/// number `detail`.
#[must_use]
pub fn core_error(failure: Failure) -> JsValue {
    let error = Error::new(failure.code.as_str());
    error.set_name("CoreError");
    let set = |key: &str, value: &JsValue| Reflect::set(&error, &key.into(), value).is_ok();
    let mut is_set = set("code", &failure.code.as_str().into());
    if let Some(detail) = failure.detail {
        is_set &= set("detail", &detail.into());
    }
    debug_assert!(is_set, "a fresh Error takes properties");
    error.into()
}

/// A message that does not decode. What it was is not echoed.
#[must_use]
pub fn malformed() -> JsValue {
    core_error(Failure {
        code: ErrorCode::MalformedMessage,
        detail: None,
    })
}
