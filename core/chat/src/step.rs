//! What one input leads to.

use sotto_core::custody::Leaf;
use sotto_core::identity::IdentityKey;
use sotto_protocol::TimestampMs;
use sotto_protocol::live::LiveEvent;

use crate::store::Write;

/// What is to be done, in this order: all rows written in one transaction, then each output.
#[derive(Debug, Default)]
#[must_use]
pub struct Step {
    /// The rows.
    pub writes: Vec<Write>,
    /// They must be on disk, not only with the system, before anything is done: what leaves was
    /// encrypted under keys that must not be used again.
    pub durable: bool,
    /// What is done once they are written.
    pub outputs: Vec<Output>,
    /// When [`crate::Live::tick`] is to be called, at the latest.
    pub wake: Option<TimestampMs>,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a WebSocket to `{relay}/v1`.
    Connect {
        /// The relay's origin.
        relay: String,
    },
    /// Send a binary message.
    Send {
        /// The relay's origin.
        relay: String,
        /// The message.
        message: Vec<u8>,
    },
    /// Close a WebSocket.
    Close {
        /// The relay's origin.
        relay: String,
    },
    /// Have the custodian sign a leaf; back by [`crate::Live::signed`].
    Sign(Leaf),
    /// Have the custodian seal an introduction; back by [`crate::Live::sealed`].
    Seal {
        /// To whom.
        to: IdentityKey,
        /// The content of the letter.
        content: Vec<u8>,
    },
    /// Have the custodian open what came through the mailbox; back by [`crate::Live::opened`].
    Open {
        /// Its number in the mailbox.
        seq: u64,
        /// The letter.
        letter: Vec<u8>,
    },
    /// Tell the custodian that the mailbox stands.
    MailboxMade {
        /// Its stream.
        stream: [u8; 16],
    },
    /// Tell open pages.
    Event(LiveEvent),
}
