//! Names and secrets. None of them prints: not even an id belongs in a log of the relay.

use core::fmt;
use core::hint::black_box;

macro_rules! bytes_type {
    ($(#[$doc:meta])+ $name:ident, $len:literal) => {
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

bytes_type! {
    /// The random id of a stream.
    StreamId, 16
}
bytes_type! {
    /// SHA-256("sotto/v1/cap" ‖ 0 ‖ kind ‖ stream id ‖ secret): what the relay keeps of a capability.
    Digest, 32
}
bytes_type! {
    /// Tells the presence notes in a stream apart; chosen by whoever is present.
    Tag, 16
}

/// What a capability allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CapKind {
    /// Grant, revoke, trim, delete.
    Own = 1,
    /// Append, publish, presence.
    Write = 2,
    /// Read, subscribe, TURN credentials.
    Read = 3,
}

impl CapKind {
    /// The byte in the digest.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Own => 1,
            Self::Write => 2,
            Self::Read => 3,
        }
    }
}

/// A bearer secret: whoever has it may do what its kind allows. Overwritten when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        // This crate has serde alone; `black_box` keeps the store from being left out.
        self.0 = [0; 32];
        black_box(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Secret, StreamId, Tag};

    #[test]
    fn debug_output_holds_no_id_and_no_secret() {
        let shown = format!(
            "{:?} {:?} {:?} {:?}",
            StreamId([1; 16]),
            Digest([2; 32]),
            Tag([3; 16]),
            Secret([4; 32])
        );
        assert_eq!(shown, "StreamId(..) Digest(..) Tag(..) Secret(..)");
    }
}
