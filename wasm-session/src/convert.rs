//! What the sessions give, as TypeScript takes it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_chat::{ChatError, Output, Step, Write};
use sotto_core::custody::{Base64Url, Bytes, Leaf};
use sotto_protocol::Failure;
use sotto_protocol::live::{LiveEvent, LiveReply};
use sotto_wasm_values::{core_error, to_js};
use wasm_bindgen::JsValue;

/// How many values a message may hold: all contacts may come in one.
const MAX_VALUES: u32 = 100_000;

/// Decodes a message of JavaScript.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    sotto_wasm_values::from_js(value, MAX_VALUES)
}

fn failure(error: &ChatError) -> Failure {
    Failure {
        code: error.code(),
        detail: None,
    }
}

pub(crate) fn chat_error(error: &ChatError) -> JsValue {
    core_error(failure(error))
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
    let (reply, failure) = match answer {
        Ok(reply) => (reply, None),
        Err(error) => (None, Some(failure(&error))),
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
