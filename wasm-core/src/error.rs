use js_sys::{Error, Reflect};
use sotto_core::app::AppError;
use sotto_protocol::{ErrorCode, Failure};
use wasm_bindgen::JsValue;

/// A failure as a JavaScript `Error` named `CoreError`.
pub(crate) fn core_error(failure: Failure) -> JsValue {
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

pub(crate) fn app_error(error: &AppError) -> JsValue {
    core_error(error.failure())
}

/// A message that does not decode. What it was is not echoed.
pub(crate) fn malformed() -> JsValue {
    core_error(Failure {
        code: ErrorCode::MalformedMessage,
        detail: None,
    })
}
