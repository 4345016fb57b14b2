//! Types that cross a boundary, and the error codes.
//!
//! TypeScript is generated from here (`cargo xtask codegen`). There is no cryptography and no
//! decision in this crate: only shapes, decoded strictly.

#[macro_use]
mod shapes;

pub mod desk;
mod error;
pub mod files;
pub mod live;
pub mod relay;
mod secret;
pub mod shell;
mod time;
pub mod view;

pub use error::{ErrorClass, ErrorCode, Failure};
pub use secret::SecretText;
pub use time::TimestampMs;
