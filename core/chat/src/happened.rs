//! What the sessions say that changes a conversation: what is kept of it while the vault is veiled
//! (docs/protocol.md, Chats).

use sotto_core::cbor::{CborError, Field, Fields, MapWriter};
use sotto_core::identity::IdentityKey;
use sotto_protocol::live::AlarmKind;
use sotto_protocol::live::talk::Ended;
use sotto_session::format::ConversationId;
use sotto_session::{Alarm, Event, StopReason, Who};

use crate::rows::{identity, people, read_people};
use crate::talk::{Stage, alarm_code, alarm_of};

/// Something that happened in a session.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Happened {
    pub(crate) session: ConversationId,
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum What {
    Joined {
        with: Option<IdentityKey>,
    },
    Message {
        from: IdentityKey,
        seq: u64,
        /// When the relay says that it came.
        at: u64,
        body: Vec<u8>,
    },
    Delivered {
        id: [u8; 16],
        seq: u64,
    },
    Changed {
        by: IdentityKey,
        added: Vec<IdentityKey>,
        removed: Vec<IdentityKey>,
        /// The group's name since then, where it has roles.
        name: Option<String>,
    },
    Leaving {
        who: IdentityKey,
    },
    Refused {
        by: IdentityKey,
    },
    Agreed {
        with: IdentityKey,
    },
    Disagrees {
        with: IdentityKey,
    },
    Ahead,
    Caught(AlarmKind),
    Newer {
        from: IdentityKey,
    },
    Stopped(Ended),
}

impl core::fmt::Debug for Happened {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Happened(..)")
    }
}

impl Happened {
    /// Of an event; nothing of one that changes no conversation. The name of a group that changed
    /// is the caller's to add.
    pub(crate) fn of(event: Event) -> Option<Self> {
        let (session, what) = match event {
            Event::Joined { conversation, with } => (conversation, What::Joined { with }),
            Event::Message {
                conversation,
                from,
                seq,
                at,
                body,
                ..
            } => {
                let (from, at) = (from.identity, at.0);
                let what = What::Message {
                    from,
                    seq,
                    at,
                    body,
                };
                (conversation, what)
            }
            Event::Invited { .. } | Event::Queued { .. } => return None,
            Event::Delivered {
                conversation,
                id,
                seq,
            } => (conversation, What::Delivered { id, seq }),
            Event::Changed {
                conversation,
                by,
                added,
                removed,
            } => {
                let what = What::Changed {
                    by: by.identity,
                    added: distinct(&added),
                    removed: distinct(&removed),
                    name: None,
                };
                (conversation, what)
            }
            Event::Leaving { conversation, who } => {
                let who = who.identity;
                (conversation, What::Leaving { who })
            }
            Event::Refused {
                conversation, by, ..
            } => (conversation, What::Refused { by: by.identity }),
            Event::Agreed {
                conversation, with, ..
            } => (conversation, What::Agreed { with }),
            Event::Disagrees { conversation, with } => (conversation, What::Disagrees { with }),
            Event::Ahead { conversation } => (conversation, What::Ahead),
            Event::Alarm { conversation, what } => (conversation, What::Caught(alarm(what)?)),
            Event::Newer { conversation, from } => {
                let from = from.identity;
                (conversation, What::Newer { from })
            }
            Event::Stopped {
                conversation,
                reason,
            } => (conversation, What::Stopped(ended(reason))),
        };
        Some(Self { session, what })
    }

    pub(crate) fn to_map(&self) -> MapWriter {
        let map = MapWriter::new().uint(1, self.what.code());
        let map = map.bytes(2, &self.session.0);
        match &self.what {
            What::Joined { with } => {
                map.bytes_if(3, with.as_ref().map(|it| it.as_bytes().as_slice()))
            }
            What::Message {
                from,
                seq,
                at,
                body,
            } => map
                .bytes(3, from.as_bytes())
                .uint(4, *seq)
                .uint(5, *at)
                .bytes(6, body),
            What::Delivered { id, seq } => map.uint(4, *seq).bytes(6, id),
            What::Changed {
                by,
                added,
                removed,
                name,
            } => map
                .bytes(3, by.as_bytes())
                .array(7, &people(added))
                .array(8, &people(removed))
                .text_if(9, name.as_deref()),
            What::Leaving { who: of }
            | What::Refused { by: of }
            | What::Agreed { with: of }
            | What::Disagrees { with: of }
            | What::Newer { from: of } => map.bytes(3, of.as_bytes()),
            What::Ahead => map,
            What::Caught(kind) => map.uint(4, alarm_code(*kind)),
            What::Stopped(ended) => map.uint(4, Stage::Ended(*ended).code()),
        }
    }

    pub(crate) fn from_field(field: Field<'_>) -> Result<Self, CborError> {
        let mut fields = field.fields(1..=9)?;
        let session = ConversationId(fields.require(2)?.array()?);
        let what = match fields.require(1)?.uint()? {
            0 => What::Joined {
                with: fields.take(3).map(|who| identity(&who)).transpose()?,
            },
            1 => What::Message {
                from: who(&mut fields)?,
                seq: fields.require(4)?.uint()?,
                at: fields.require(5)?.uint()?,
                body: fields.require(6)?.bytes()?.to_vec(),
            },
            2 => What::Delivered {
                id: fields.require(6)?.array()?,
                seq: fields.require(4)?.uint()?,
            },
            3 => What::Changed {
                by: who(&mut fields)?,
                added: read_people(fields.require(7)?)?,
                removed: read_people(fields.require(8)?)?,
                name: fields
                    .take(9)
                    .map(|name| name.text().map(str::to_owned))
                    .transpose()?,
            },
            4 => What::Leaving {
                who: who(&mut fields)?,
            },
            5 => What::Refused {
                by: who(&mut fields)?,
            },
            6 => What::Agreed {
                with: who(&mut fields)?,
            },
            7 => What::Ahead,
            8 => What::Caught(alarm_of(fields.require(4)?.uint()?)),
            9 => What::Newer {
                from: who(&mut fields)?,
            },
            10 => match Stage::of(fields.require(4)?.uint()?) {
                Some(Stage::Ended(ended)) => What::Stopped(ended),
                _ => return Err(CborError::Range { key: 4 }),
            },
            11 => What::Disagrees {
                with: who(&mut fields)?,
            },
            _ => return Err(CborError::Range { key: 1 }),
        };
        Ok(Self { session, what })
    }
}

/// Bytes of what happened, about, beside bodies and people.
const LEN: usize = 64;

impl What {
    /// How many bytes it takes, about.
    pub(crate) fn len(&self) -> u64 {
        let more = match self {
            Self::Message { body, .. } => body.len(),
            Self::Changed { added, removed, .. } => {
                let people = added.len().saturating_add(removed.len());
                people.saturating_mul(LEN)
            }
            Self::Joined { .. }
            | Self::Delivered { .. }
            | Self::Leaving { .. }
            | Self::Refused { .. }
            | Self::Agreed { .. }
            | Self::Ahead
            | Self::Caught(_)
            | Self::Newer { .. }
            | Self::Disagrees { .. }
            | Self::Stopped(_) => 0,
        };
        u64::try_from(more.saturating_add(LEN)).unwrap_or(u64::MAX)
    }

    /// Whether it says no more than that somebody misbehaves.
    pub(crate) const fn is_alarm(&self) -> bool {
        matches!(
            self,
            Self::Caught(_) | Self::Ahead | Self::Refused { .. } | Self::Disagrees { .. }
        )
    }

    const fn code(&self) -> u64 {
        match self {
            Self::Joined { .. } => 0,
            Self::Message { .. } => 1,
            Self::Delivered { .. } => 2,
            Self::Changed { .. } => 3,
            Self::Leaving { .. } => 4,
            Self::Refused { .. } => 5,
            Self::Agreed { .. } => 6,
            Self::Ahead => 7,
            Self::Caught(_) => 8,
            Self::Newer { .. } => 9,
            Self::Stopped(_) => 10,
            Self::Disagrees { .. } => 11,
        }
    }
}

fn who(fields: &mut Fields<'_>) -> Result<IdentityKey, CborError> {
    identity(&fields.require(3)?)
}

fn distinct(all: &[Who]) -> Vec<IdentityKey> {
    let mut who: Vec<_> = all.iter().map(|it| it.identity).collect();
    who.sort_unstable();
    who.dedup();
    who
}

const fn alarm(what: Alarm) -> Option<AlarmKind> {
    Some(match what {
        Alarm::Sequence
        | Alarm::Replayed
        | Alarm::Forged
        | Alarm::Malformed
        | Alarm::Welcome
        | Alarm::StaleEpoch => AlarmKind::Injected,
        Alarm::Removed | Alarm::Message | Alarm::Flood => AlarmKind::Misbehaved,
        Alarm::Withheld => AlarmKind::Withheld,
        // Its own refusal is tried again, and shows as what is not sent.
        Alarm::Refused(_) => return None,
    })
}

const fn ended(reason: StopReason) -> Ended {
    match reason {
        StopReason::Left => Ended::Left,
        StopReason::Removed => Ended::Removed,
        StopReason::Replaced => Ended::Replaced,
        StopReason::Forked => Ended::Forked,
        StopReason::RolledBack => Ended::RolledBack,
        StopReason::Lost | StopReason::Taken => Ended::Lost,
        StopReason::Gone => Ended::Gone,
    }
}

#[cfg(test)]
mod tests {
    use sotto_core::cbor::{ArrayWriter, Fields, MapWriter};
    use sotto_core::identity::Seed;
    use sotto_protocol::live::AlarmKind;
    use sotto_protocol::live::talk::Ended;
    use sotto_session::format::ConversationId;
    use zeroize::Zeroizing;

    use super::{Happened, What};

    #[test]
    fn what_happened_decodes_as_it_was() {
        let seed = Seed::from_bytes(Zeroizing::new([1; 32]));
        let who = seed.derive_identity().public();
        let all = [
            What::Joined { with: Some(who) },
            What::Joined { with: None },
            What::Message {
                from: who,
                seq: 3,
                at: 4,
                body: vec![5; 6],
            },
            What::Delivered {
                id: [7; 16],
                seq: 8,
            },
            What::Changed {
                by: who,
                added: vec![who],
                removed: Vec::new(),
                name: Some("Choir".to_owned()),
            },
            What::Leaving { who },
            What::Refused { by: who },
            What::Agreed { with: who },
            What::Disagrees { with: who },
            What::Ahead,
            What::Caught(AlarmKind::Withheld),
            What::Newer { from: who },
            What::Stopped(Ended::RolledBack),
        ];
        for what in all {
            let session = ConversationId([9; 16]);
            let happened = Happened { session, what };
            let array = ArrayWriter::new().map(&happened.to_map());
            let bytes = MapWriter::new().array(1, &array).finish();
            let mut fields = Fields::parse(&bytes, 1..=1).unwrap();
            let items = fields.require(1).unwrap().items(1).unwrap();
            let again = Happened::from_field(items.into_iter().next().unwrap());
            assert!(again == Ok(happened), "{bytes:?}");
        }
    }
}
