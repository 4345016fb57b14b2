//! The messages of a conversation, in one order, in pages.

use std::collections::{BTreeMap, BTreeSet};

use sotto_core::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use sotto_core::identity::IdentityKey;
use sotto_protocol::ErrorCode;
use sotto_protocol::live::AlarmKind;

use crate::body::MessageId;
use crate::rows::{identity, people, read_people};
use crate::talk::{alarm_code, alarm_of};

/// Messages in one row.
pub(crate) const PAGE: usize = 64;
/// Reactions to one message.
const MAX_REACTIONS: usize = 512;

/// What a message says, or what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Text { text: String, edited: bool },
    Deleted,
    Newer,
    Began,
    Added(Vec<IdentityKey>),
    Removed(Vec<IdentityKey>),
    Left,
    Renamed(String),
    RightsChanged,
    NewDevice,
    Alarm(AlarmKind),
}

/// How far a message of ours has come, beside the receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Of somebody else, or nothing that is sent.
    None,
    /// Kept here until there is a session.
    Waiting,
    /// The session has it, under this id.
    Sending(MessageId),
    /// The introduction carries it.
    Carried,
    /// It stands in the stream.
    Sent,
    /// It cannot be sent.
    Failed(ErrorCode),
}

/// One message, or one thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: MessageId,
    pub(crate) author: IdentityKey,
    pub(crate) at: u64,
    /// Its number in the stream.
    pub(crate) seq: Option<u64>,
    pub(crate) said: Said,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) reactions: Vec<(String, IdentityKey)>,
    pub(crate) way: Way,
}

/// The messages of one conversation.
#[derive(Debug, Default)]
pub(crate) struct History {
    entries: Vec<Entry>,
    places: BTreeMap<MessageId, u32>,
    /// Pages that are not as they are kept.
    touched: BTreeSet<u32>,
}

impl History {
    /// Takes the pages as they were kept, in order.
    pub(crate) fn load(pages: impl Iterator<Item = Vec<Entry>>) -> Self {
        let mut history = Self::default();
        for entry in pages.flatten() {
            history.push(entry);
        }
        history.touched.clear();
        history
    }

    pub(crate) fn total(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn push(&mut self, entry: Entry) -> u32 {
        let place = self.total();
        self.places.insert(entry.id, place);
        self.entries.push(entry);
        self.touched.insert(page_of(place));
        place
    }

    pub(crate) fn get(&self, place: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(place).ok()?)
    }

    /// The entry, to be changed.
    pub(crate) fn edit(&mut self, place: u32) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(usize::try_from(place).ok()?)?;
        self.touched.insert(page_of(place));
        Some(entry)
    }

    /// Gives an entry another id, unless another has it.
    pub(crate) fn rename(&mut self, place: u32, id: MessageId) {
        if self.places.contains_key(&id) {
            return;
        }
        let Some(entry) = self.edit(place) else {
            return;
        };
        let before = core::mem::replace(&mut entry.id, id);
        self.places.remove(&before);
        self.places.insert(id, place);
    }

    pub(crate) fn place(&self, id: &MessageId) -> Option<u32> {
        self.places.get(id).copied()
    }

    pub(crate) fn find(&self, id: &MessageId) -> Option<&Entry> {
        self.get(self.place(id)?)
    }

    /// All with their places, the last first.
    pub(crate) fn backwards(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let places = 0..self.total();
        places.zip(&self.entries).rev()
    }

    /// From a place on.
    pub(crate) fn from(&self, place: u32) -> impl Iterator<Item = (u32, &Entry)> {
        let skipped = usize::try_from(place).unwrap_or(usize::MAX);
        let places = place..self.total();
        places.zip(self.entries.iter().skip(skipped))
    }

    pub(crate) fn last(&self) -> Option<(u32, &Entry)> {
        self.backwards().next()
    }

    /// The pages that are to be kept.
    pub(crate) fn take_touched(&mut self) -> Vec<(u32, Vec<Entry>)> {
        let touched = core::mem::take(&mut self.touched);
        let page = |number: u32| {
            let first = usize::try_from(number)
                .unwrap_or(usize::MAX)
                .saturating_mul(PAGE);
            (
                number,
                self.entries
                    .iter()
                    .skip(first)
                    .take(PAGE)
                    .cloned()
                    .collect(),
            )
        };
        touched.into_iter().map(page).collect()
    }

    /// How many pages there are.
    pub(crate) fn pages(&self) -> u32 {
        u32::try_from(self.entries.len().div_ceil(PAGE)).unwrap_or(u32::MAX)
    }

    /// Takes an entry out that was never sent; the places of those behind it change.
    pub(crate) fn remove(&mut self, place: u32) {
        let Some(index) = usize::try_from(place)
            .ok()
            .filter(|it| *it < self.entries.len())
        else {
            return;
        };
        let last = self.pages();
        self.entries.remove(index);
        self.places = (0..)
            .zip(&self.entries)
            .map(|(place, it)| (it.id, place))
            .collect();
        self.touched.extend(page_of(place)..last);
    }
}

fn page_of(place: u32) -> u32 {
    place
        .checked_div(u32::try_from(PAGE).unwrap_or(u32::MAX))
        .unwrap_or_default()
}

impl Entry {
    pub(crate) fn to_map(&self) -> MapWriter {
        let map = MapWriter::new()
            .bytes(1, &self.id)
            .bytes(2, self.author.as_bytes())
            .uint(3, self.at)
            .uint_if(4, self.seq)
            .uint(5, self.said.code());
        let map = match &self.said {
            Said::Text { text, edited } => map.text(6, text).bool(7, *edited),
            Said::Renamed(name) => map.text(6, name),
            Said::Added(who) | Said::Removed(who) => map.array(8, &people(who)),
            Said::Alarm(kind) => map.uint(9, alarm_code(*kind)),
            Said::Deleted
            | Said::Newer
            | Said::Began
            | Said::Left
            | Said::RightsChanged
            | Said::NewDevice => map,
        };
        let map = map.bytes_if(10, self.reply_to.as_ref().map(<[u8; 16]>::as_slice));
        let reactions = self.reactions.iter().fold(ArrayWriter::new(), |array, it| {
            array.array(&ArrayWriter::new().text(&it.0).bytes(it.1.as_bytes()))
        });
        let map = map.array(11, &reactions);
        match self.way {
            Way::None => map.uint(12, 0),
            Way::Waiting => map.uint(12, 1),
            Way::Sending(id) => map.uint(12, 2).bytes(13, &id),
            Way::Carried => map.uint(12, 3),
            Way::Sent => map.uint(12, 4),
            Way::Failed(code) => map.uint(12, 5).text(14, code.as_str()),
        }
    }

    pub(crate) fn from_field(field: Field<'_>) -> Result<Self, CborError> {
        let mut fields = field.fields(1..=14)?;
        let said = Said::from_fields(&mut fields)?;
        let reactions = fields.require(11)?.items(MAX_REACTIONS)?;
        let reaction = |field: Field<'_>| {
            let [emoji, who] = field.tuple()?;
            Ok((emoji.text()?.to_owned(), identity(&who)?))
        };
        Ok(Self {
            id: fields.require(1)?.array()?,
            author: identity(&fields.require(2)?)?,
            at: fields.require(3)?.uint()?,
            seq: fields.take(4).map(|seq| seq.uint()).transpose()?,
            said,
            reply_to: fields.take(10).map(|id| id.array()).transpose()?,
            reactions: reactions
                .into_iter()
                .map(reaction)
                .collect::<Result<_, CborError>>()?,
            way: way(&mut fields)?,
        })
    }

    /// Gives a reaction or takes it back. Whether anything changed.
    pub(crate) fn react(&mut self, emoji: &str, who: IdentityKey, on: bool) -> bool {
        let is_it = |it: &(String, IdentityKey)| it.0 == emoji && it.1 == who;
        let given = self.reactions.iter().any(is_it);
        if on && !given && self.reactions.len() < MAX_REACTIONS {
            self.reactions.push((emoji.to_owned(), who));
            return true;
        }
        if !on && given {
            self.reactions.retain(|it| !is_it(it));
            return true;
        }
        false
    }
}

fn way(fields: &mut Fields<'_>) -> Result<Way, CborError> {
    Ok(match fields.require(12)?.uint()? {
        0 => Way::None,
        1 => Way::Waiting,
        2 => Way::Sending(fields.require(13)?.array()?),
        3 => Way::Carried,
        4 => Way::Sent,
        5 => {
            let code = fields.require(14)?.text()?.to_owned();
            let known = ErrorCode::ALL.iter().find(|it| it.as_str() == code);
            Way::Failed(known.copied().unwrap_or(ErrorCode::Bug))
        }
        _ => return Err(CborError::Range { key: 12 }),
    })
}

impl Said {
    const fn code(&self) -> u64 {
        match self {
            Self::Text { .. } => 0,
            Self::Deleted => 1,
            Self::Newer => 2,
            Self::Began => 3,
            Self::Added(_) => 4,
            Self::Removed(_) => 5,
            Self::Left => 6,
            Self::Renamed(_) => 7,
            Self::RightsChanged => 8,
            Self::NewDevice => 9,
            Self::Alarm(_) => 10,
        }
    }

    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, CborError> {
        Ok(match fields.require(5)?.uint()? {
            0 => Self::Text {
                text: fields.require(6)?.text()?.to_owned(),
                edited: fields.require(7)?.bool()?,
            },
            1 => Self::Deleted,
            2 => Self::Newer,
            3 => Self::Began,
            4 => Self::Added(read_people(fields.require(8)?)?),
            5 => Self::Removed(read_people(fields.require(8)?)?),
            6 => Self::Left,
            7 => Self::Renamed(fields.require(6)?.text()?.to_owned()),
            8 => Self::RightsChanged,
            9 => Self::NewDevice,
            10 => Self::Alarm(alarm_of(fields.require(9)?.uint()?)),
            _ => return Err(CborError::Range { key: 5 }),
        })
    }
}
