//! The stream where introductions arrive: made at the relay, given its public token, read.

use sotto_core::app::live::LiveMailbox;
use sotto_protocol::ErrorCode;
use sotto_protocol::relay::{CapKind, Entry, RelayCode, Reply, Secret, StreamId, Verb};
use sotto_session::format::{Blob, capability_digest};

/// Letters a day that a token takes, the public one or a contact's.
const PER_DAY: u32 = 16;
/// The label of the public token.
pub(crate) const PUBLIC_LABEL: u32 = 1;
/// Bytes of a letter that it takes.
const MAX_LETTER: u32 = 65_536;
/// Numbers are below 2^53 everywhere, so that every language can hold them.
const MAX_SEQ: u64 = 1 << 53;
/// Tickets of the mailbox have this bit, those of the sessions do not.
const OURS: u64 = 1 << 63;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Create,
    Grant,
    Subscribe,
    Trim,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Away,
    Asking,
    /// Introductions arrive.
    Open,
    Refused(ErrorCode),
}

/// What is to be done about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Ask(Verb, u64),
    /// It was made anew: no token is granted.
    Anew,
    Made,
}

/// What is asked about the token of a contact, by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenTicket {
    Grant(u32),
    Revoke(u32),
}

/// The mailbox while this program runs.
#[derive(Debug)]
pub(crate) struct Mailbox {
    pub(crate) given: LiveMailbox,
    pub(crate) state: State,
    /// The last number that was read for good.
    pub(crate) read: u64,
}

const fn ticket(asked: Asked) -> u64 {
    OURS | match asked {
        Asked::Create => 1,
        Asked::Grant => 2,
        Asked::Subscribe => 3,
        Asked::Trim => 4,
    }
}

/// Whether an answer is one for the mailbox.
pub(crate) const fn is_ours(ticket: u64) -> bool {
    ticket & OURS != 0 && ticket & (LETTER | TOKEN) == 0
}

/// Tickets of letters that are put into others' mailboxes.
const LETTER: u64 = 1 << 62;
/// Tickets about contacts' tokens.
const TOKEN: u64 = 1 << 61;
const REVOKED: u64 = 1 << 60;

impl TokenTicket {
    pub(crate) const fn label(self) -> u32 {
        match self {
            Self::Grant(label) | Self::Revoke(label) => label,
        }
    }

    /// The ticket.
    pub(crate) fn number(self) -> u64 {
        let revoked = match self {
            Self::Grant(_) => 0,
            Self::Revoke(_) => REVOKED,
        };
        OURS | TOKEN | revoked | u64::from(self.label())
    }

    /// What a ticket is about, if it is one.
    pub(crate) fn of(ticket: u64) -> Option<Self> {
        let is_one = ticket & OURS != 0 && ticket & TOKEN != 0 && ticket & LETTER == 0;
        let label = u32::try_from(ticket & 0xffff_ffff)
            .ok()
            .filter(|_| is_one)?;
        Some(match ticket & REVOKED {
            0 => Self::Grant(label),
            _ => Self::Revoke(label),
        })
    }
}

/// The ticket of a letter.
pub(crate) const fn letter_ticket(number: u64) -> u64 {
    OURS | LETTER | (number & 0xffff_ffff)
}

/// The letter of a ticket, if it is one's.
pub(crate) const fn letter_of(ticket: u64) -> Option<u64> {
    if ticket & OURS != 0 && ticket & LETTER != 0 {
        Some(ticket & 0xffff_ffff)
    } else {
        None
    }
}

impl Mailbox {
    /// `read`: the last number that was read, where it is known to stand with its public token.
    pub(crate) fn new(mut given: LiveMailbox, read: Option<u64>) -> Self {
        given.is_made &= read.is_some();
        Self {
            given,
            state: State::Away,
            read: read.unwrap_or(0),
        }
    }

    /// A contact's token is granted, or revoked.
    pub(crate) fn about_token(&self, ticket: TokenTicket, secret: &[u8; 32]) -> Verb {
        let stream = StreamId(self.given.stream.0);
        let own = Secret(self.given.own.0);
        let token = capability_digest(CapKind::Write, &stream.0, secret);
        match ticket {
            TokenTicket::Grant(label) => Verb::Grant {
                stream,
                own,
                token,
                label,
                per_day: PER_DAY,
                max_blob: MAX_LETTER,
                expires_s: 0,
            },
            TokenTicket::Revoke(_) => Verb::Revoke { stream, own, token },
        }
    }

    fn ask(&self, asked: Asked) -> Act {
        let given = &self.given;
        let stream = StreamId(given.stream.0);
        let own = || Secret(given.own.0);
        let verb = match asked {
            Asked::Create => Verb::Create {
                stream,
                own: capability_digest(CapKind::Own, &stream.0, &given.own.0),
                write: capability_digest(CapKind::Write, &stream.0, &given.write.0),
                read: capability_digest(CapKind::Read, &stream.0, &given.read.0),
                pass: Secret(given.pass.0),
            },
            Asked::Grant => Verb::Grant {
                stream,
                own: own(),
                token: capability_digest(CapKind::Write, &stream.0, &given.token.0),
                label: PUBLIC_LABEL,
                per_day: PER_DAY,
                max_blob: MAX_LETTER,
                expires_s: 0,
            },
            Asked::Subscribe => Verb::Subscribe {
                stream,
                read: Secret(given.read.0),
                from: self.read.saturating_add(1),
            },
            Asked::Trim => Verb::Trim {
                stream,
                own: own(),
                before: self.read.saturating_add(1),
            },
        };
        Act::Ask(verb, ticket(asked))
    }

    /// Its relay can be spoken to.
    pub(crate) fn connected(&mut self) -> Act {
        self.state = State::Asking;
        if self.given.is_made {
            self.ask(Asked::Subscribe)
        } else {
            self.ask(Asked::Create)
        }
    }

    pub(crate) const fn disconnected(&mut self) {
        self.state = State::Away;
    }

    /// The relay answers.
    pub(crate) fn answer(&mut self, number: u64, reply: &Reply) -> Vec<Act> {
        let is = |asked| number == ticket(asked);
        match reply {
            Reply::Failed {
                code: RelayCode::Exists,
                ..
            } if is(Asked::Create) => vec![Act::Anew, self.ask(Asked::Grant)],
            // It was not used for long, or the relay has lost what it had: it is made anew.
            Reply::Failed {
                code: RelayCode::Refused | RelayCode::Deleted,
                ..
            } if is(Asked::Subscribe) && self.state == State::Asking && self.given.is_made => {
                self.given.is_made = false;
                self.read = 0;
                vec![self.ask(Asked::Create)]
            }
            Reply::Failed { .. } if is(Asked::Trim) => Vec::new(),
            Reply::Failed { code, .. } => {
                self.state = State::Refused(refusal(*code));
                Vec::new()
            }
            Reply::Done | Reply::At { .. } | Reply::Page { .. } | Reply::Turn(_) => {
                self.went_well(number)
            }
        }
    }

    fn went_well(&mut self, number: u64) -> Vec<Act> {
        let is = |asked| number == ticket(asked);
        if is(Asked::Create) {
            // A stream that did not stand begins at its first number, whatever was read before.
            self.read = 0;
            return vec![Act::Anew, self.ask(Asked::Grant)];
        }
        if is(Asked::Grant) {
            self.given.is_made = true;
            return vec![Act::Made, self.ask(Asked::Subscribe)];
        }
        if is(Asked::Subscribe) {
            self.state = State::Open;
        }
        Vec::new()
    }

    /// A letter lies there; `None` for what is none or was read.
    pub(crate) fn letter(&self, entry: &Entry) -> Option<Vec<u8>> {
        match Blob::decode(&entry.blob) {
            Ok(Blob::Letter(letter)) if entry.seq > self.read && entry.seq < MAX_SEQ => {
                Some(letter)
            }
            Ok(_) | Err(_) => None,
        }
    }

    /// Everything up to a number is taken care of: it need not be kept.
    pub(crate) fn taken(&mut self, seq: u64) -> Act {
        self.read = self.read.max(seq);
        self.ask(Asked::Trim)
    }
}

/// A refusal of a relay, in the words of the interface.
pub(crate) const fn refusal(code: RelayCode) -> ErrorCode {
    match code {
        RelayCode::PassNeeded => ErrorCode::RelayPassNeeded,
        RelayCode::QuotaSpent
        | RelayCode::StreamFull
        | RelayCode::StorageFull
        | RelayCode::RateLimited
        | RelayCode::TooMany => ErrorCode::RelayFull,
        RelayCode::Unavailable | RelayCode::Draining => ErrorCode::RelayUnreachable,
        RelayCode::TooLarge => ErrorCode::TooLarge,
        RelayCode::Malformed
        | RelayCode::UnknownVerb
        | RelayCode::Refused
        | RelayCode::Expired
        | RelayCode::Conflict
        | RelayCode::Exists
        | RelayCode::Deleted
        | RelayCode::NoTurn => ErrorCode::RelayRefused,
    }
}
