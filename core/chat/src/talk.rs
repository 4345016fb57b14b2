//! A conversation as people see it. It outlives the MLS groups that carry it: when the other side
//! begins anew, the words go on in the same place.

use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest as _, Sha256};
use sotto_core::cbor::{CborError, Fields, MapWriter};
use sotto_core::contacts::ContactId;
use sotto_core::custody::Bytes;
use sotto_core::identity::IdentityKey;
use sotto_protocol::live::talk::{Ended, Standing};
use sotto_protocol::live::{AlarmKind, MAX_TELLING};
use sotto_session::format::{ConversationId, Introduction};

use crate::rows::identity;
use crate::tokens::{Given, Token};

/// Alarms that are kept of a conversation.
const MAX_ALARMS: usize = 20;

/// Names a conversation: of two, the contact's id; of a group, a digest of MLS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TalkId(pub(crate) [u8; 16]);

impl TalkId {
    pub(crate) fn of(with: &IdentityKey) -> Self {
        Self(*ContactId::of(with).as_bytes())
    }

    /// A group's: its own id is its founder's choice, and could be that of a contact.
    pub(crate) fn of_group(session: ConversationId) -> Self {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(b"sotto/v1/talk\0")
            .chain_update(session.0)
            .finalize()
            .into();
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(id)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse_hex(text).map(Self)
    }

    pub(crate) fn to_hex(self) -> String {
        hex(&self.0)
    }
}

/// 16 bytes as their 32 hex digits.
pub(crate) fn hex(bytes: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*bytes))
}

/// 16 bytes of 32 hex digits in lower case.
pub(crate) fn parse_hex(text: &str) -> Option<[u8; 16]> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_whole = text.len() == 32 && text.bytes().all(is_hex);
    let number = is_whole
        .then(|| u128::from_str_radix(text, 16).ok())
        .flatten();
    number.map(u128::to_be_bytes)
}

/// Two people, or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Pair(IdentityKey),
    Group { name: String },
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    New,
    /// The introduction is on its way.
    Offered,
    /// The introduction lies in their mailbox.
    Left,
    /// Somebody wants to talk.
    Asked,
    Active,
    Ended(Ended),
}

/// An introduction that waits for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) from: IdentityKey,
    pub(crate) card: Option<String>,
    pub(crate) letter: [u8; 16],
    pub(crate) sent_at: u64,
    pub(crate) at: u64,
    pub(crate) introduction: Introduction,
}

/// How far somebody has received, and seen, the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) delivered: Option<u64>,
    pub(crate) read: Option<u64>,
}

/// A conversation, without its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Talk {
    pub(crate) id: TalkId,
    pub(crate) what: What,
    pub(crate) session: Option<ConversationId>,
    pub(crate) stage: Stage,
    /// When it changed last.
    pub(crate) at: u64,
    pub(crate) muted: bool,
    pub(crate) draft: String,
    pub(crate) draft_reply: Option<[u8; 16]>,
    /// Positions before this one were seen.
    pub(crate) seen: u32,
    /// From this place on receipts count: where the present session began (what stands before is
    /// of another stream), or where the person switched them on again.
    pub(crate) since: u32,
    /// The last number of the stream that came of others.
    pub(crate) heard: Option<u64>,
    /// What our last receipt said: delivered, read.
    pub(crate) told: (Option<u64>, Option<u64>),
    /// Everybody in it, us included, as MLS last said.
    pub(crate) members: Vec<IdentityKey>,
    pub(crate) marks: BTreeMap<IdentityKey, Mark>,
    /// What was noticed: kind, name, when.
    pub(crate) alarms: VecDeque<(u64, String, u64)>,
    pub(crate) is_alarmed: bool,
    pub(crate) request: Option<Request>,
    /// The token of our mailbox that the other side of a conversation of two has.
    pub(crate) given: Option<Given>,
    /// The token of theirs that they gave us.
    pub(crate) token: Option<Token>,
}

impl Talk {
    pub(crate) const fn new(id: TalkId, what: What, at: u64) -> Self {
        Self {
            id,
            what,
            session: None,
            stage: Stage::New,
            at,
            muted: false,
            draft: String::new(),
            draft_reply: None,
            seen: 0,
            since: 0,
            heard: None,
            told: (None, None),
            members: Vec::new(),
            marks: BTreeMap::new(),
            alarms: VecDeque::new(),
            is_alarmed: false,
            request: None,
            given: None,
            token: None,
        }
    }

    pub(crate) fn with(&self) -> Option<&IdentityKey> {
        match &self.what {
            What::Pair(with) => Some(with),
            What::Group { .. } => None,
        }
    }

    /// Whether the members tell each other what they have read, and that they are writing.
    pub(crate) fn is_telling(&self) -> bool {
        u32::try_from(self.members.len()).is_ok_and(|people| people <= MAX_TELLING)
    }

    /// Whether it stands in the list of conversations.
    pub(crate) fn is_listed(&self) -> bool {
        self.stage != Stage::Asked
    }

    pub(crate) fn note_alarm(&mut self, kind: AlarmKind, name: String, at: u64) {
        let code = alarm_code(kind);
        // The same again within a minute says nothing new.
        let is_same = |it: &&(u64, String, u64)| it.0 == code && at.saturating_sub(it.2) < 60_000;
        if self.alarms.back().filter(is_same).is_some() {
            return;
        }
        if self.alarms.len() >= MAX_ALARMS {
            self.alarms.pop_front();
        }
        self.alarms.push_back((code, name, at));
        self.is_alarmed = true;
    }
}

const ALARMS: [AlarmKind; 6] = [
    AlarmKind::Forked,
    AlarmKind::Withheld,
    AlarmKind::Injected,
    AlarmKind::RefusedChange,
    AlarmKind::Misbehaved,
    AlarmKind::OtherEpoch,
];

pub(crate) fn alarm_code(kind: AlarmKind) -> u64 {
    let place = ALARMS.iter().position(|it| *it == kind).unwrap_or_default();
    u64::try_from(place).unwrap_or_default()
}

pub(crate) fn alarm_of(code: u64) -> AlarmKind {
    let place = usize::try_from(code).unwrap_or(usize::MAX);
    ALARMS.get(place).copied().unwrap_or(AlarmKind::Misbehaved)
}

const ENDS: [Ended; 7] = [
    Ended::Left,
    Ended::Removed,
    Ended::Forked,
    Ended::RolledBack,
    Ended::Lost,
    Ended::Replaced,
    Ended::Gone,
];
/// The code of the first end.
const FIRST_END: u64 = 16;

impl Stage {
    pub(crate) fn code(self) -> u64 {
        match self {
            Self::New => 0,
            Self::Offered => 1,
            Self::Left => 2,
            Self::Asked => 3,
            Self::Active => 4,
            Self::Ended(end) => {
                let place = ENDS.iter().position(|it| *it == end).unwrap_or_default();
                FIRST_END.saturating_add(u64::try_from(place).unwrap_or_default())
            }
        }
    }

    pub(crate) fn of(code: u64) -> Option<Self> {
        Some(match code {
            0 => Self::New,
            1 => Self::Offered,
            2 => Self::Left,
            3 => Self::Asked,
            4 => Self::Active,
            code => {
                let place = usize::try_from(code.checked_sub(FIRST_END)?).ok()?;
                Self::Ended(*ENDS.get(place)?)
            }
        })
    }

    pub(crate) const fn standing(self) -> Standing {
        match self {
            Self::New | Self::Asked => Standing::New,
            Self::Offered | Self::Left => Standing::Offered,
            Self::Active => Standing::Active,
            Self::Ended(_) => Standing::Ended,
        }
    }
}

impl Request {
    pub(crate) fn to_map(&self) -> MapWriter {
        MapWriter::new()
            .bytes(1, self.from.as_bytes())
            .text_if(2, self.card.as_deref())
            .bytes(3, &self.letter)
            .uint(4, self.sent_at)
            .uint(5, self.at)
            .bytes(6, &self.introduction.encode())
    }

    pub(crate) fn from_map(mut fields: Fields<'_>) -> Result<Self, CborError> {
        let introduction = Introduction::decode(fields.require(6)?.bytes()?);
        Ok(Self {
            from: identity(&fields.require(1)?)?,
            card: fields
                .take(2)
                .map(|card| card.text().map(str::to_owned))
                .transpose()?,
            letter: fields.require(3)?.array()?,
            sent_at: fields.require(4)?.uint()?,
            at: fields.require(5)?.uint()?,
            introduction: introduction.map_err(|_| CborError::Range { key: 6 })?,
        })
    }
}

/// An identity key of the wire.
pub(crate) fn parse_identity(bytes: &Bytes<33>) -> Option<IdentityKey> {
    IdentityKey::parse(&bytes.0).ok()
}
