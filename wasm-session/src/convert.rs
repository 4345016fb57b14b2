//! Values to and from JavaScript. Structured values are plain objects, bytes are `Uint8Array`s.

use js_sys::{Array, Error, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use sotto_chat::{ChatError, Output, Step, Write};
use sotto_core::custody::{Base64Url, Bytes, Leaf};
use sotto_protocol::live::{LiveEvent, LiveReply};
use sotto_protocol::{ErrorCode, Failure};
use wasm_bindgen::{JsCast, JsValue};

const SERIALIZER: Serializer = Serializer::json_compatible().serialize_bytes_as_arrays(false);

/// How deep a message may be nested, and how many values it may hold.
const MAX_DEPTH: u32 = 8;
const MAX_VALUES: u32 = 100_000;

pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&SERIALIZER).map_err(|_| malformed())
}

/// Decodes a message of JavaScript.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    let mut left = MAX_VALUES;
    if !is_bounded(&value, MAX_DEPTH, &mut left) {
        return Err(malformed());
    }
    serde_wasm_bindgen::from_value(value).map_err(|_| malformed())
}

/// Structured clones may hold cycles, and no decoder ends them.
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

/// The values of an array or plain object; whatever else iterates is none.
fn values_of(value: &JsValue) -> Option<Array> {
    if let Some(array) = value.dyn_ref::<Array>() {
        return Some(array.clone());
    }
    let is_plain = js_sys::try_iter(value).is_ok_and(|iterator| iterator.is_none());
    is_plain.then(|| Object::values(value.unchecked_ref()))
}

/// A failure as a JavaScript `Error` named `CoreError`.
fn core_error(code: ErrorCode) -> JsValue {
    let error = Error::new(code.as_str());
    error.set_name("CoreError");
    let is_set = Reflect::set(&error, &"code".into(), &code.as_str().into());
    debug_assert!(is_set.is_ok(), "a fresh Error takes properties");
    error.into()
}

pub(crate) fn chat_error(error: &ChatError) -> JsValue {
    core_error(error.code())
}

/// A message that does not decode. What it was is not echoed.
pub(crate) fn malformed() -> JsValue {
    core_error(ErrorCode::MalformedMessage)
}

#[derive(Serialize)]
struct JsWrite {
    table: &'static str,
    key: serde_bytes::ByteBuf,
    value: Option<serde_bytes::ByteBuf>,
}

impl From<Write> for JsWrite {
    fn from(write: Write) -> Self {
        Self {
            table: write.table,
            key: write.key.to_vec().into(),
            value: write.value.map(Into::into),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum JsOutput {
    Connect {
        relay: String,
    },
    Send {
        relay: String,
        message: serde_bytes::ByteBuf,
    },
    Close {
        relay: String,
    },
    Sign {
        leaf: Leaf,
    },
    Seal {
        to: Bytes<33>,
        content: Base64Url,
    },
    Open {
        seq: u64,
        letter: Base64Url,
    },
    MailboxMade {
        stream: Bytes<16>,
    },
    Event {
        event: LiveEvent,
    },
}

impl From<Output> for JsOutput {
    fn from(output: Output) -> Self {
        match output {
            Output::Connect { relay } => Self::Connect { relay },
            Output::Send { relay, message } => Self::Send {
                relay,
                message: message.into(),
            },
            Output::Close { relay } => Self::Close { relay },
            Output::Sign(leaf) => Self::Sign { leaf },
            Output::Seal { to, content } => Self::Seal {
                to: Bytes(*to.as_bytes()),
                content: Base64Url(content),
            },
            Output::Open { seq, letter } => Self::Open {
                seq,
                letter: Base64Url(letter),
            },
            Output::MailboxMade { stream } => Self::MailboxMade {
                stream: Bytes(stream),
            },
            Output::Event(event) => Self::Event { event },
        }
    }
}

/// What is to be sent as it is.
pub(crate) fn outputs_to_js(outputs: Vec<Output>) -> Result<JsValue, JsValue> {
    let outputs: Vec<JsOutput> = outputs.into_iter().map(Into::into).collect();
    to_js(&outputs)
}

#[derive(Serialize)]
struct JsStep {
    writes: Vec<JsWrite>,
    durable: bool,
    outputs: Vec<JsOutput>,
    wake: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<LiveReply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

/// A step as TypeScript takes it.
pub(crate) fn step_to_js(
    step: Step,
    answer: Result<Option<LiveReply>, ChatError>,
) -> Result<JsValue, JsValue> {
    let failed = |error: ChatError| Failure {
        code: error.code(),
        detail: None,
    };
    let (reply, failure) = match answer {
        Ok(reply) => (reply, None),
        Err(error) => (None, Some(failed(error))),
    };
    to_js(&JsStep {
        writes: step.writes.into_iter().map(Into::into).collect(),
        durable: step.durable,
        outputs: step.outputs.into_iter().map(Into::into).collect(),
        wake: step.wake.map(|at| at.0),
        reply,
        failure,
    })
}
