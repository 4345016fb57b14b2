//! Values to and from JavaScript. Structured values are plain objects, bytes are `Uint8Array`s.

use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use sotto_core::app::{Outcome, Row, SessionChange, Write};
use sotto_protocol::shell::Errand;
use sotto_protocol::view::Status;
use wasm_bindgen::JsValue;

use crate::error::malformed;

const SERIALIZER: Serializer = Serializer::json_compatible().serialize_bytes_as_arrays(false);

/// A value of ours as JavaScript sees it.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&SERIALIZER).map_err(|_| malformed())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsRow {
    table: String,
    key: serde_bytes::ByteBuf,
    value: serde_bytes::ByteBuf,
}

/// The rows of the database. They are ours: not bounded like messages.
pub(crate) fn rows_from_js(rows: JsValue) -> Result<Vec<Row>, JsValue> {
    let rows: Vec<JsRow> = serde_wasm_bindgen::from_value(rows).map_err(|_| malformed())?;
    let row = |row: JsRow| Row {
        table: row.table,
        key: row.key.into_vec(),
        value: row.value.into_vec(),
    };
    Ok(rows.into_iter().map(row).collect())
}

#[derive(Serialize)]
struct JsWrite {
    table: String,
    key: serde_bytes::ByteBuf,
    value: Option<serde_bytes::ByteBuf>,
    volatile: bool,
}

#[derive(Serialize)]
struct JsOutcome<R> {
    reply: R,
    writes: Vec<JsWrite>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errand: Option<Errand>,
}

/// An outcome as TypeScript takes it.
pub(crate) fn outcome_to_js<R: Serialize>(outcome: Outcome<R>) -> Result<JsValue, JsValue> {
    let write = |write: Write| JsWrite {
        table: write.table,
        key: write.key.into(),
        value: write.value.map(Into::into),
        volatile: write.is_volatile,
    };
    to_js(&JsOutcome {
        reply: outcome.reply,
        writes: outcome.writes.into_iter().map(write).collect(),
        session: match outcome.session {
            SessionChange::Keep => None,
            SessionChange::Set(session) => Some(Some(session)),
            SessionChange::Clear => Some(None),
        },
        status: outcome.status,
        errand: outcome.errand,
    })
}
