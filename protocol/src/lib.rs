//! Types that cross a boundary, and the error codes.
//!
//! TypeScript is generated from here (`cargo xtask codegen`). There is no cryptography and no
//! decision in this crate: only shapes, decoded strictly.

mod error;
mod time;

pub use error::{ErrorClass, ErrorCode, Failure};
pub use time::TimestampMs;
