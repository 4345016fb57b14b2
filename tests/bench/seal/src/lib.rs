//! The bench of sealing: one person who seals to herself, and the bare chunk cipher.

#[cfg(target_arch = "wasm32")]
mod browser;
mod person;

#[cfg(target_arch = "wasm32")]
pub use browser::{Chunks, Desk};
pub use person::{Person, rng};
