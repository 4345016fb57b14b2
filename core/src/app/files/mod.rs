//! Files: sealing jobs, whose payload workers seal, and opening in two passes.
//!
//! What a job needs after a restart of the background is in one sealed row: for whom, the names,
//! and each file's key and nonce until its header is made. The bytes are the engine room's.

mod job;
mod name;
mod open;
mod password;
mod resume;
mod seal;
mod tar;

pub use open::Look;
pub use password::Unproved;
pub use seal::{Begun, Place, Ticket};
pub use tar::{TarError, archive_end, entry_head, padding_len};

pub(super) use job::FileJobRow;
