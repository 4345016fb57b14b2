//! What is kept: a row for each conversation, a row for each page of its messages, one for the
//! settings.

use sotto_core::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use sotto_core::identity::IdentityKey;
use sotto_core::record::{Record, RecordError};
use sotto_protocol::live::{LiveSettings, Notify};
use sotto_session::format::ConversationId;

use crate::history::{Entry, PAGE};
use crate::store::Kept;
use crate::talk::{Request, Talk, TalkId, What};
use crate::tokens::{Given, Token};

/// People in one list of a row: what is written is bounded as what is read.
const MAX_PEOPLE: usize = 2_000;
const MAX_ALARMS: usize = 20;
/// Letters that are remembered: a month of what a mailbox takes in a day.
const MAX_LETTERS: usize = 512;
/// Tokens that are to be revoked: one for each conversation that is forgotten while a relay is away.
pub(crate) const MAX_LEFT: usize = 256;
/// Conversations and people of which a veiled device says nothing.
pub(crate) const MAX_QUIET: usize = 2_000;

/// The settings, and what was read of the mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefs {
    pub(crate) settings: LiveSettings,
    /// The last number that was read of the mailbox, and which mailbox that is; nothing while it is
    /// being made.
    pub(crate) mailbox: Option<([u8; 16], u64)>,
    /// The letters that were read last: a relay that shows one again is not heard.
    pub(crate) letters: Vec<[u8; 16]>,
    /// The number of the next row of what comes while the vault is veiled.
    pub(crate) aside: u64,
    /// Unread messages in those rows.
    pub(crate) waiting: u32,
    /// Bytes that those rows take.
    pub(crate) aside_len: u64,
    /// Sessions of muted conversations.
    pub(crate) quiet: Vec<ConversationId>,
    /// Groups that a contact has added the person to, and that they have not looked at yet; who.
    pub(crate) fresh: Vec<(ConversationId, IdentityKey)>,
    /// Blocked people among the members of conversations.
    pub(crate) hushed: Vec<IdentityKey>,
    /// Tokens of the mailbox whose conversations are forgotten, and that its relay still takes.
    pub(crate) left: Vec<Given>,
}

impl Prefs {
    /// Keeps the id of a letter, for as long as others do not push it out; whether it is new.
    pub(crate) fn note_letter(&mut self, id: [u8; 16]) -> bool {
        if self.letters.contains(&id) {
            return false;
        }
        let surplus = self
            .letters
            .len()
            .saturating_sub(MAX_LETTERS.saturating_sub(1));
        self.letters.drain(..surplus);
        self.letters.push(id);
        true
    }
}

/// Messages that stand together in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) talk: TalkId,
    pub(crate) number: u32,
    pub(crate) entries: Vec<Entry>,
}

impl Kept for Prefs {
    const KIND: u8 = 0;
}

impl Kept for Talk {
    const KIND: u8 = 1;
}

impl Kept for Page {
    const KIND: u8 = 2;
}

impl Record for Prefs {
    const TABLE: &'static str = "chat-prefs";

    fn key(&self) -> Vec<u8> {
        Vec::new()
    }

    fn encode(&self) -> Vec<u8> {
        let settings = &self.settings;
        let map = MapWriter::new()
            .bool(1, settings.receipts)
            .bool(2, settings.typing)
            .bool(3, settings.presence)
            .uint(
                4,
                match settings.notify {
                    Notify::Off => 0,
                    Notify::Bare => 1,
                    Notify::Name => 2,
                },
            );
        let map = match &self.mailbox {
            Some((stream, seq)) => map.bytes(5, stream).uint(6, *seq),
            None => map,
        };
        let letters = self.letters.iter();
        let letters = letters.fold(ArrayWriter::new(), |array, id| array.bytes(id));
        let quiet = self.quiet.iter();
        let quiet = quiet.fold(ArrayWriter::new(), |array, id| array.bytes(&id.0));
        let fresh = self.fresh.iter().fold(ArrayWriter::new(), |array, it| {
            array.array(&ArrayWriter::new().bytes(&it.0.0).bytes(it.1.as_bytes()))
        });
        let left = self.left.iter().map(|given| given.to_map());
        let left = left.fold(ArrayWriter::new(), |array, it| array.map(&it));
        map.array(7, &letters)
            .uint(8, self.aside)
            .uint(9, u64::from(self.waiting))
            .array(10, &quiet)
            .array(11, &people(&self.hushed))
            .uint(12, self.aside_len)
            .array(13, &fresh)
            .array(14, &left)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=14)?;
        let notify = match fields.require(4)?.uint()? {
            0 => Notify::Off,
            1 => Notify::Bare,
            2 => Notify::Name,
            _ => return Err(CborError::Range { key: 4 }.into()),
        };
        let settings = LiveSettings {
            receipts: fields.require(1)?.bool()?,
            typing: fields.require(2)?.bool()?,
            presence: fields.require(3)?.bool()?,
            notify,
        };
        let mailbox = match fields.take(5) {
            Some(stream) => Some((stream.array()?, fields.require(6)?.uint()?)),
            None => None,
        };
        let letters = match fields.take(7) {
            Some(letters) => letters.items(MAX_LETTERS)?,
            None => Vec::new(),
        };
        Ok(Self {
            settings,
            mailbox,
            letters: letters.iter().map(Field::array).collect::<Result<_, _>>()?,
            aside: fields.require(8)?.uint()?,
            waiting: fields.require(9)?.uint_as()?,
            quiet: sessions(fields.require(10)?)?,
            hushed: read_people(fields.require(11)?)?,
            aside_len: optional(fields.take(12))?.unwrap_or(0),
            fresh: fields.take(13).map_or_else(|| Ok(Vec::new()), fresh)?,
            left: fields.take(14).map_or_else(|| Ok(Vec::new()), left)?,
        })
    }
}

impl Record for Page {
    const TABLE: &'static str = "chat-page";

    fn key(&self) -> Vec<u8> {
        page_key(&self.talk, self.number)
    }

    fn encode(&self) -> Vec<u8> {
        let entries = self
            .entries
            .iter()
            .fold(ArrayWriter::new(), |array, it| array.map(&it.to_map()));
        MapWriter::new()
            .bytes(1, &self.talk.0)
            .uint(2, u64::from(self.number))
            .array(3, &entries)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=3)?;
        let entries = fields.require(3)?.items(PAGE)?;
        Ok(Self {
            talk: TalkId(fields.require(1)?.array()?),
            number: fields.require(2)?.uint_as()?,
            entries: entries
                .into_iter()
                .map(Entry::from_field)
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The row of a page.
pub(crate) fn page_key(talk: &TalkId, number: u32) -> Vec<u8> {
    [&talk.0[..], &number.to_be_bytes()].concat()
}

impl Record for Talk {
    const TABLE: &'static str = "chat-talk";

    fn key(&self) -> Vec<u8> {
        self.id.0.to_vec()
    }

    fn encode(&self) -> Vec<u8> {
        let marks =
            self.marks
                .iter()
                .take(MAX_PEOPLE)
                .fold(ArrayWriter::new(), |array, (who, mark)| {
                    let map = MapWriter::new().bytes(1, who.as_bytes());
                    let map = map.uint_if(2, mark.delivered).uint_if(3, mark.read);
                    array.map(&map)
                });
        let alarms = self.alarms.iter().fold(ArrayWriter::new(), |array, it| {
            array.array(&ArrayWriter::new().uint(it.0).text(&it.1).uint(it.2))
        });
        let map = MapWriter::new().bytes(1, &self.id.0);
        let map = match &self.what {
            What::Pair(with) => map.bytes(2, with.as_bytes()),
            What::Group { name } => map.text(3, name),
        };
        let map = map
            .bytes_if(4, self.session.as_ref().map(|id| id.0.as_slice()))
            .uint(5, self.stage.code())
            .uint(6, self.at)
            .bool(7, self.muted)
            .text(8, &self.draft)
            .bytes_if(9, self.draft_reply.as_ref().map(<[u8; 16]>::as_slice))
            .uint(10, u64::from(self.seen))
            .uint_if(11, self.heard)
            .uint_if(12, self.told.0)
            .uint_if(13, self.told.1)
            .array(14, &people(&self.members))
            .array(15, &marks)
            .array(16, &alarms)
            .bool(17, self.is_alarmed)
            .uint(19, u64::from(self.since));
        let maps = [
            (18, self.request.as_ref().map(Request::to_map)),
            (20, self.given.map(Given::to_map)),
            (21, self.token.map(Token::to_map)),
        ];
        let maps = maps.into_iter().filter_map(|(key, map)| Some((key, map?)));
        maps.fold(map, |all, (key, map)| all.map(key, &map))
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=21)?;
        let what = match (fields.take(2), fields.take(3)) {
            (Some(with), None) => What::Pair(identity(&with)?),
            (None, Some(name)) => What::Group {
                name: name.text()?.to_owned(),
            },
            _ => return Err(CborError::Range { key: 2 }.into()),
        };
        let mut talk = Self::new(TalkId(fields.require(1)?.array()?), what, 0);
        let session = fields.take(4).map(|id| id.array()).transpose()?;
        talk.session = session.map(ConversationId);
        talk.stage = crate::talk::Stage::of(fields.require(5)?.uint()?)
            .ok_or(CborError::Range { key: 5 })?;
        talk.at = fields.require(6)?.uint()?;
        talk.muted = fields.require(7)?.bool()?;
        fields.require(8)?.text()?.clone_into(&mut talk.draft);
        talk.draft_reply = fields.take(9).map(|id| id.array()).transpose()?;
        talk.seen = fields.require(10)?.uint_as()?;
        talk.heard = optional(fields.take(11))?;
        talk.told = (optional(fields.take(12))?, optional(fields.take(13))?);
        let members = fields.require(14)?.items(MAX_PEOPLE)?;
        talk.members = members.iter().map(identity).collect::<Result<_, _>>()?;
        for mark in fields.require(15)?.items(MAX_PEOPLE)? {
            let mut fields = mark.fields(1..=3)?;
            let who = identity(&fields.require(1)?)?;
            let mark = crate::talk::Mark {
                delivered: optional(fields.take(2))?,
                read: optional(fields.take(3))?,
            };
            talk.marks.insert(who, mark);
        }
        for alarm in fields.require(16)?.items(MAX_ALARMS)? {
            let [kind, name, at] = alarm.tuple()?;
            let name = name.text()?.to_owned();
            talk.alarms.push_back((kind.uint()?, name, at.uint()?));
        }
        talk.is_alarmed = fields.require(17)?.bool()?;
        talk.since = fields.require(19)?.uint_as()?;
        let request = fields
            .take(18)
            .map(|field| field.fields(1..=6))
            .transpose()?;
        talk.request = request.map(Request::from_map).transpose()?;
        if let Some(given) = fields.take(20) {
            talk.given = Some(Given::from_map(&mut given.fields(1..=5)?)?);
        }
        if let Some(token) = fields.take(21) {
            talk.token = Some(Token::from_map(&mut token.fields(1..=2)?)?);
        }
        Ok(talk)
    }
}

pub(crate) fn people(people: &[IdentityKey]) -> ArrayWriter {
    people
        .iter()
        .take(MAX_PEOPLE)
        .fold(ArrayWriter::new(), |array, who| array.bytes(who.as_bytes()))
}

pub(crate) fn read_people(field: Field<'_>) -> Result<Vec<IdentityKey>, CborError> {
    field.items(MAX_PEOPLE)?.iter().map(identity).collect()
}

pub(crate) fn identity(field: &Field<'_>) -> Result<IdentityKey, CborError> {
    IdentityKey::parse(field.bytes()?).map_err(|_| CborError::Range { key: 0 })
}

fn sessions(field: Field<'_>) -> Result<Vec<ConversationId>, CborError> {
    let sessions = field.items(MAX_QUIET)?;
    let sessions = sessions.iter().map(|id| id.array().map(ConversationId));
    sessions.collect()
}

fn fresh(field: Field<'_>) -> Result<Vec<(ConversationId, IdentityKey)>, CborError> {
    let of_group = |field: Field<'_>| {
        let [group, by] = field.tuple()?;
        Ok((ConversationId(group.array()?), identity(&by)?))
    };
    field.items(MAX_QUIET)?.into_iter().map(of_group).collect()
}

fn left(field: Field<'_>) -> Result<Vec<Given>, CborError> {
    let left = field.items(MAX_LEFT)?.into_iter();
    left.map(|it| Given::from_map(&mut it.fields(1..=5)?))
        .collect()
}

fn optional(field: Option<Field<'_>>) -> Result<Option<u64>, CborError> {
    field.map(|field| field.uint()).transpose()
}

#[cfg(test)]
mod tests {
    use super::{MAX_LETTERS, MAX_PEOPLE, Prefs};
    use crate::history::Said;
    use crate::talk::{Talk, TalkId, What};
    use crate::tokens::{Given, Token};
    use sotto_core::custody::Bytes;
    use sotto_core::identity::{IdentityKey, Seed};
    use sotto_core::record::Record as _;
    use sotto_protocol::live::LiveSettings;
    use sotto_session::format::ConversationId;
    use zeroize::Zeroizing;

    fn me() -> IdentityKey {
        let seed = Seed::from_bytes(Zeroizing::new([1; 32]));
        seed.derive_identity().public()
    }

    fn given() -> Given {
        Given {
            token: Token {
                stream: [1; 16],
                secret: Bytes([2; 32]),
            },
            label: 3,
            is_granted: true,
            is_told: false,
        }
    }

    #[test]
    fn letters_are_remembered_up_to_a_bound() {
        let mut prefs = Prefs {
            settings: LiveSettings::default(),
            mailbox: None,
            letters: Vec::new(),
            aside: 7,
            waiting: 8,
            aside_len: 9,
            fresh: vec![(ConversationId([9; 16]), me())],
            quiet: vec![ConversationId([9; 16])],
            hushed: Vec::new(),
            left: vec![given()],
        };
        for number in 0..2_000_u128 {
            assert!(prefs.note_letter(number.to_be_bytes()));
            assert!(!prefs.note_letter(number.to_be_bytes()));
        }
        assert_eq!(prefs.letters.len(), MAX_LETTERS);
        assert_eq!(Prefs::decode(&prefs.encode()).unwrap(), prefs);
    }

    #[test]
    fn settings_from_before_tokens_were_left_load() {
        let prefs = Prefs {
            mailbox: Some(([1; 16], 2)),
            ..Prefs::default()
        };
        // A map of 14 entries, of which the last is key 14 with no items.
        let mut row = prefs.encode();
        assert_eq!((row[0], &row[row.len() - 2..]), (0xae, &[14, 0x80][..]));
        row.truncate(row.len() - 2);
        row[0] = 0xad;
        assert_eq!(Prefs::decode(&row).unwrap(), prefs);
    }

    #[test]
    fn a_row_of_more_people_than_there_may_be_loads_again() {
        let me = me();
        let name = String::new();
        let mut talk = Talk::new(TalkId([1; 16]), What::Group { name }, 0);
        talk.members = vec![me; MAX_PEOPLE + 50];
        let kept = Talk::decode(&talk.encode()).unwrap();
        assert_eq!(kept.members.len(), MAX_PEOPLE);
        let entry = crate::history::Entry {
            id: [1; 16],
            author: me,
            at: 0,
            seq: None,
            said: Said::Added(talk.members),
            reply_to: None,
            reactions: Vec::new(),
            way: crate::history::Way::None,
        };
        let page = super::Page {
            talk: talk.id,
            number: 0,
            entries: vec![entry],
        };
        assert!(super::Page::decode(&page.encode()).is_ok());
    }
}
