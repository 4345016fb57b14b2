//! Why the relay refuses. A table of its own: none of these reaches a person as it stands, the
//! client decides what to say.

macro_rules! relay_codes {
    ($($(#[$doc:meta])+ $name:ident = $byte:literal, $text:literal;)+) => {
        /// A stable code for every refusal: appended, never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum RelayCode {
            $($(#[$doc])+ $name = $byte,)+
        }

        impl RelayCode {
            /// Every code, in the order they were added.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code on the wire.
            #[must_use]
            pub const fn byte(self) -> u8 {
                match self { $(Self::$name => $byte),+ }
            }

            /// The code's name, for logs, metrics and HTTP bodies.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The code of a byte; `None` from a newer relay.
            #[must_use]
            pub const fn of(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

relay_codes! {
    /// The message does not decode. The connection ends.
    Malformed = 1, "malformed";
    /// A type byte of a newer wire.
    UnknownVerb = 2, "unknown-verb";
    /// No such stream, or no such capability of it: the relay does not say which.
    Refused = 3, "refused";
    /// The write token was good until its date.
    Expired = 4, "expired";
    /// `expect_seq` is not the last sequence number; `detail` is its low 32 bits.
    Conflict = 5, "conflict";
    /// The blob is larger than the token or the relay allows; `detail` is the limit in bytes.
    TooLarge = 6, "too-large";
    /// The token's blobs of this day are used up; `detail` is the quota.
    QuotaSpent = 7, "quota-spent";
    /// The stream holds as many blobs or bytes as it may: trim it.
    StreamFull = 8, "stream-full";
    /// The relay's storage is full.
    StorageFull = 9, "storage-full";
    /// Too fast; `detail` is how many milliseconds to wait.
    RateLimited = 10, "rate-limited";
    /// Too many subscriptions, tokens, notes or requests under way.
    TooMany = 11, "too-many";
    /// There is a stream of this id.
    Exists = 12, "exists";
    /// The store does not answer. Whether the request took effect is not known: read before retrying.
    Unavailable = 13, "unavailable";
    /// The relay is shutting down; connect again.
    Draining = 14, "draining";
    /// The stream was deleted.
    Deleted = 15, "deleted";
    /// The relay has no TURN server.
    NoTurn = 16, "no-turn";
    /// New streams need the pass of this relay.
    PassNeeded = 17, "pass-needed";
}

#[cfg(test)]
mod tests {
    use super::RelayCode;

    #[test]
    fn codes_are_distinct_and_stable() {
        let table: Vec<_> = RelayCode::ALL
            .iter()
            .map(|code| format!("{} {}", code.byte(), code.as_str()))
            .collect();
        insta::assert_snapshot!(table.join("\n"));
        for code in RelayCode::ALL {
            assert_eq!(RelayCode::of(code.byte()), Some(*code));
        }
    }
}
