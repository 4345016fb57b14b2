//! Chats over live sessions: what is said, what is kept of it, what is shown, and who is told.
//!
//! [`Live`] holds one device's [`sotto_session::Sessions`] and the links to its relays, the mailbox
//! where introductions arrive, and the conversations as people see them. It does no I/O: it takes
//! requests of pages, messages of relays, answers of the custodian and the time, and gives a
//! [`Step`]: rows, and what is to be done *once these are written*.
//!
//! It knows no long-term key. Leaves are signed, introductions sealed and opened by the custodian,
//! who also says who is a contact ([`sotto_core::app::live`]).

mod body;
mod error;
mod events;
mod group;
mod happened;
mod history;
mod hosts;
mod inputs;
mod intro;
mod live;
mod load;
mod mailbox;
mod meanwhile;
mod people;
mod presence;
mod relays;
mod requests;
mod rows;
mod say;
mod search;
mod step;
mod store;
mod talk;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "tests count, and look at one event of many"
)]
mod tests;
mod tokens;
mod typing;
mod view;

pub use body::{Body, BodyError};
pub use error::ChatError;
pub use live::{Device, Keys, Live};
pub use step::{Output, Step};
pub use store::{TABLE_CHAT, TABLE_SESSION, Write};
