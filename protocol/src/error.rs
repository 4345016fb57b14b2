//! One error language: every failure that leaves a crate has a code.
//!
//! Codes are kebab-case strings, appended, never reused. The words for people live in the
//! interface; `detail` is log-safe by type.

use serde::{Deserialize, Serialize};

/// What the interface may do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The same request may succeed later.
    Retry,
    /// The person must do something first.
    AskUser,
    /// The input is bad or hostile; nothing will mend it.
    Refused,
    /// A defect in Sotto.
    Bug,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])+ $name:ident = $code:literal, $class:ident;)+) => {
        /// A stable code for every failure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        pub enum ErrorCode {
            $($(#[$doc])+ #[serde(rename = $code)] $name,)+
        }

        impl ErrorCode {
            /// Every code, in the order they were added within their group.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as it appears on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What the interface may do about it.
            #[must_use]
            pub const fn class(self) -> ErrorClass {
                match self { $(Self::$name => ErrorClass::$class),+ }
            }
        }
    };
}

error_codes! {
    // Formats
    /// The armored block is not well formed.
    MalformedArmor = "malformed-armor", Refused;
    /// The `sotto1.` line is not well formed.
    MalformedLine = "malformed-line", Refused;
    /// The age header is not well formed.
    MalformedHeader = "malformed-header", Refused;
    /// The seal stanza is not well formed, not alone or not last.
    MalformedSeal = "malformed-seal", Refused;
    /// The contact card is not well formed.
    MalformedCard = "malformed-card", Refused;
    /// A message between surfaces does not decode.
    MalformedMessage = "malformed-message", Refused;
    /// A key or recipient string does not decode.
    MalformedKey = "malformed-key", Refused;
    /// A backup or stored record does not decode.
    MalformedRecord = "malformed-record", Refused;
    /// Deterministic CBOR was expected.
    MalformedCbor = "malformed-cbor", Refused;
    /// Written by a newer Sotto.
    NewerVersion = "newer-version", AskUser;
    /// Over a limit of the format.
    TooLarge = "too-large", Refused;
    /// The bytes end before the format does.
    Truncated = "truncated", Refused;
    /// Authentication failed: the bytes were changed.
    Tampered = "tampered", Refused;
    /// A signature does not verify.
    BadSignature = "bad-signature", Refused;
    /// No key here opens it.
    NotARecipient = "not-a-recipient", Refused;
    /// It opens here, but its sender sealed it to someone else.
    SealedToOther = "sealed-to-other", Refused;
    /// A password opens it, and none was given.
    PasswordNeeded = "password-needed", AskUser;
    /// The password does not open it.
    WrongPassword = "wrong-password", AskUser;
    /// The password is empty or too short to seal with.
    WeakPassword = "weak-password", AskUser;
    /// Opening it would take more time and memory than is allowed.
    WorkFactorTooHigh = "work-factor-too-high", Refused;
    /// Nothing sealed was found in what was given.
    NothingFound = "nothing-found", AskUser;

    // Vault and identity
    /// There is no identity in this profile yet.
    VaultMissing = "vault-missing", AskUser;
    /// There is an identity already.
    VaultExists = "vault-exists", AskUser;
    /// The vault is locked.
    VaultLocked = "vault-locked", AskUser;
    /// A stored record does not open under its key.
    VaultDamaged = "vault-damaged", AskUser;
    /// The passphrase does not open the vault.
    WrongPassphrase = "wrong-passphrase", AskUser;
    /// The passphrase is empty or too short.
    WeakPassphrase = "weak-passphrase", AskUser;
    /// Key derivation had not enough memory.
    OutOfMemory = "out-of-memory", AskUser;
    /// The browser keeps nothing here (private profile, history never remembered).
    StorageUnavailable = "storage-unavailable", AskUser;
    /// The browser's storage is full.
    StorageFull = "storage-full", AskUser;
    /// Not twenty-four words.
    WordsCount = "words-count", AskUser;
    /// A word is not in the list.
    WordsUnknown = "words-unknown", AskUser;
    /// The words do not fit together.
    WordsChecksum = "words-checksum", AskUser;
    /// The recovery check was answered wrongly.
    WordsCheckFailed = "words-check-failed", AskUser;
    /// The recovery kit must be saved before more letters are sealed.
    KitDue = "kit-due", AskUser;

    // Contacts
    /// The name is empty or too long.
    NameInvalid = "name-invalid", AskUser;
    /// The address is empty, too long or not an address.
    AddressInvalid = "address-invalid", AskUser;
    /// No such contact.
    ContactUnknown = "contact-unknown", AskUser;
    /// The contact is blocked.
    ContactBlocked = "contact-blocked", AskUser;
    /// The contact's key changed and the person has not decided.
    ContactChanged = "contact-changed", AskUser;
    /// The card is the person's own.
    CardOwn = "card-own", AskUser;
    /// The card is older than the one accepted.
    CardOlder = "card-older", Refused;
    /// The card is dated more than a day ahead.
    CardFuture = "card-future", Refused;
    /// The card claims an address of another contact.
    AddressClash = "address-clash", AskUser;
    /// The scanned code is not of this pair.
    CodeMismatch = "code-mismatch", AskUser;
    /// The plain key stands on the card of a contact.
    KeyKnown = "key-known", AskUser;

    // Writing
    /// No recipient is chosen.
    NoRecipient = "no-recipient", AskUser;
    /// Hybrid and classical recipients cannot share a letter.
    MixedRecipients = "mixed-recipients", AskUser;
    /// The draft does not exist any more.
    DraftUnknown = "draft-unknown", AskUser;
    /// Attachments are not built yet.
    AttachmentUnsupported = "attachment-unsupported", AskUser;
    /// Bcc is filled in the page.
    BccPresent = "bcc-present", AskUser;
    /// The page's editor is gone.
    EditorGone = "editor-gone", AskUser;
    /// The editor changed what was put into it.
    EditorAltered = "editor-altered", AskUser;
    /// The letter is longer than the site takes.
    EditorTooSmall = "editor-too-small", AskUser;

    // Files
    /// The browser cannot read the file any more.
    FileUnreadable = "file-unreadable", AskUser;
    /// The file changed while it was read.
    FileChanged = "file-changed", AskUser;
    /// No such job, or its sealed copies are gone.
    JobUnknown = "job-unknown", AskUser;
    /// The person stopped it.
    Cancelled = "cancelled", AskUser;

    // Live sessions
    /// No relay was chosen.
    RelayMissing = "relay-missing", AskUser;
    /// What was given is not the address of a relay.
    RelayInvalid = "relay-invalid", AskUser;
    /// The relay does not answer.
    RelayUnreachable = "relay-unreachable", Retry;
    /// The relay refuses: the capability is not good any more.
    RelayRefused = "relay-refused", AskUser;
    /// New mailboxes need the relay's pass.
    RelayPassNeeded = "relay-pass-needed", AskUser;
    /// The relay takes no more of this today, or is full.
    RelayFull = "relay-full", Retry;
    /// *Reachable* is off.
    ReachableOff = "reachable-off", AskUser;
    /// The contact's card names no mailbox.
    ContactUnreachable = "contact-unreachable", AskUser;
    /// The contact has no session, or left nothing to be added to a group with.
    SessionMissing = "session-missing", AskUser;
    /// No such conversation.
    ConversationUnknown = "conversation-unknown", AskUser;
    /// The conversation stopped.
    ConversationOver = "conversation-over", AskUser;
    /// No such message, or it may not be changed any more.
    MessageUnknown = "message-unknown", AskUser;
    /// The message is longer than a message may be.
    MessageTooLong = "message-too-long", AskUser;
    /// The group's rules do not allow it.
    NotAllowed = "not-allowed", AskUser;
    /// The group has as many members as it may.
    GroupFull = "group-full", AskUser;
    /// The relay shows different messages to different members.
    RelayForked = "relay-forked", AskUser;

    // Surfaces
    /// The sender of a message is not who it claims to be.
    NotAdmitted = "not-admitted", Refused;
    /// No such message type.
    UnknownMessage = "unknown-message", Refused;
    /// The frame's token is unknown, used or bound elsewhere.
    TokenSpent = "token-spent", Refused;
    /// No answer within the deadline.
    Deadline = "deadline", Retry;
    /// The background went away in the middle.
    WorkerLost = "worker-lost", Retry;
    /// Another operation of this kind is running.
    Busy = "busy", Retry;
    /// The site was not granted.
    SiteAccessNeeded = "site-access-needed", AskUser;
    /// The page forbids our frame; the letter opens in the panel.
    FrameBlocked = "frame-blocked", AskUser;
    /// The vault was locked while the operation ran.
    LockedMeanwhile = "locked-meanwhile", AskUser;
    /// A defect in Sotto.
    Bug = "bug", Bug;
}

impl core::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure as it crosses a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What went wrong.
    pub code: ErrorCode,
    /// A log-safe number: an offset, a size, an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub detail: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;
    use std::collections::HashSet;

    #[test]
    fn codes_are_distinct_and_stable() {
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        let distinct: HashSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), codes.len());
        insta::assert_snapshot!(codes.join("\n"));
    }

    #[test]
    fn the_wire_form_is_the_code() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
