//! What the core gives, as TypeScript takes it.

use serde::Serialize;
use sotto_core::app::{AppError, Outcome, Row, SessionChange, Write};
use sotto_protocol::shell::Errand;
use sotto_protocol::view::Status;
use sotto_wasm_values::{core_error, to_js};
use wasm_bindgen::JsValue;

pub(crate) fn app_error(error: &AppError) -> JsValue {
    core_error(error.failure())
}

/// The rows of the database.
pub(crate) fn rows_from_js(rows: JsValue) -> Result<Vec<Row>, JsValue> {
    let row = |row: sotto_wasm_values::Row| Row {
        table: row.table,
        key: row.key,
        value: row.value,
    };
    Ok(sotto_wasm_values::rows(rows)?
        .into_iter()
        .map(row)
        .collect())
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
