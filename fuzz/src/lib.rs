//! The bodies of the fuzz targets, one function per decoder.
//!
//! Each takes any bytes and asserts what must hold of whatever the decoder accepts: mostly that it
//! has one spelling, so writing it again gives the bytes that were read. A panic is the finding.
//!
//! `cargo +nightly fuzz run --features libfuzzer NAME` looks for new inputs; what it found worth
//! keeping lies in `corpus/NAME`, and `tests/replay.rs` runs it like any other test.

mod chunk;
mod decoders;
mod letters;
mod live;
mod password;
mod protocol;
mod relay;
mod sealed;
mod signed;

pub use chunk::chunk;
pub use decoders::{armor, card, cbor, header, line};
pub use letters::seal;
pub use live::{chat, session};
pub use password::password;
pub use protocol::messages;
pub use relay::relay;
pub use sealed::vault;

/// A target: its name, which is that of its corpus, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 13] = [
    ("armor", armor),
    ("card", card),
    ("cbor", cbor),
    ("chat", chat),
    ("chunk", chunk),
    ("header", header),
    ("line", line),
    ("messages", messages),
    ("password", password),
    ("relay", relay),
    ("seal", seal),
    ("session", session),
    ("vault", vault),
];
