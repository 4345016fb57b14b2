//! Live sessions: MLS groups (RFC 9420) over the blind relay.
//!
//! Every conversation, also of two, is an MLS group with one leaf for each device; its messages
//! are blobs in one stream of a relay, and the order of the stream is the only order there is: a
//! commit counts if it is the first of its epoch there that breaks no rule.
//!
//! The crate does no I/O. [`Sessions`] takes commands, blobs and answers, with the time and a
//! generator, and yields [`Batch`]es: rows to write, and behind them, *only once they are written*,
//! what may leave ([`Sessions::written`]). So no ciphertext is sent whose state is not kept.
//!
//! It knows no long-term key. What the identity must sign, a leaf, it asks for ([`Effect::Sign`])
//! in the custodian's own words; the letter of an introduction is sealed by others
//! ([`Effect::Letter`]). Its rows are sealed under a key of a class of their own, so it can run
//! beside the custodian or inside a native host.
//!
//! The relay is not believed: what it withholds, repeats, reorders, forges or shows to one member
//! alone is found and said ([`Alarm`]). Nor is a member: a commit that breaks the roles, or whose
//! leaves do not verify, is refused by everybody ([`Event::Refused`]).

pub mod format;
pub mod link;

pub mod mls;
mod policy;
mod sessions;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "tests count, and look at one event of many"
)]
mod tests;

pub use policy::{RosterEntry, Who};
pub use sessions::{
    Alarm, Aside, Batch, Command, Effect, Event, Input, Invitation, Note, SealedRow, SessionError,
    Sessions, StopReason,
};
