//! What the relay says.

use super::wire::{Reader, WireError, Writer};
use super::{MAX_REPLY_LEN, RelayCode, Tag};

/// A blob as it lies in its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Greater than that of every blob before it; not always by one. Below 2^53.
    pub seq: u64,
    /// When the relay stored it, by its own clock: milliseconds since 1970, below 2^53.
    pub at_ms: u64,
    /// The label of the write token it came through.
    pub via: u32,
    /// Opaque.
    pub blob: Vec<u8>,
}

/// Credentials for a TURN server, good until their time.
#[derive(Clone, PartialEq, Eq)]
pub struct Turn {
    /// Seconds they are good for.
    pub ttl_s: u32,
    /// The time they end, as coturn's REST scheme wants it.
    pub username: String,
    /// HMAC-SHA1 of the username under the secret that relay and TURN server share, in Base64.
    pub password: String,
    /// `turn:` and `turns:` addresses, separated by spaces.
    pub uris: String,
}

impl core::fmt::Debug for Turn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Turn(..)")
    }
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Type 128: It is done.
    Done,
    /// Type 129: A sequence number: of the blob appended, or the last one kept (0: none is).
    At {
        /// The number.
        seq: u64,
    },
    /// Type 130: Blobs in order.
    Page {
        /// Whether there are more after these.
        more: bool,
        /// The blobs.
        entries: Vec<Entry>,
    },
    /// Type 131: TURN credentials.
    Turn(Turn),
    /// Type 132: It was refused.
    Failed {
        /// Why.
        code: RelayCode,
        /// A number that helps, as the code says; else 0.
        detail: u32,
    },
}

/// What happens in a stream subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Type 192: The next blob.
    Blob(Entry),
    /// Type 193: Somebody published this just now.
    Published {
        /// The label of the write token.
        via: u32,
        /// Opaque.
        blob: Vec<u8>,
    },
    /// Type 194: A presence note stands, or was renewed.
    Present {
        /// The label of the write token.
        via: u32,
        /// Which note.
        tag: Tag,
        /// Opaque.
        note: Vec<u8>,
    },
    /// Type 195: A presence note stands no more.
    Absent {
        /// Which note.
        tag: Tag,
    },
    /// Type 196: The subscription has ended.
    Ended {
        /// Why.
        code: RelayCode,
    },
}

/// A message of the relay: an answer, or an event of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Reply(Reply),
    Event(Event),
}

impl Reply {
    /// The message that answers request `id`.
    #[must_use]
    pub fn encode(&self, id: u32) -> Vec<u8> {
        let writer = match self {
            Self::Done => Writer::of(128, id),
            Self::At { seq } => Writer::of(129, id).u64(*seq),
            Self::Page { more, entries } => entries
                .iter()
                .fold(Writer::of(130, id).u8(u8::from(*more)), write_entry),
            Self::Turn(turn) => Writer::of(131, id)
                .u32(turn.ttl_s)
                .bytes(turn.username.as_bytes())
                .bytes(turn.password.as_bytes())
                .bytes(turn.uris.as_bytes()),
            Self::Failed { code, detail } => Writer::of(132, id).u8(code.byte()).u32(*detail),
        };
        writer.0
    }

    /// Whether a message is an answer, not an event, without decoding the rest.
    #[must_use]
    pub fn is_reply(message: &[u8]) -> bool {
        message
            .first()
            .is_some_and(|kind| (128..192).contains(kind))
    }

    /// Decodes an answer and the id of its request.
    ///
    /// # Errors
    /// Says how the bytes are no answer.
    pub fn decode(message: &[u8]) -> Result<(u32, Self), WireError> {
        match decode(message)? {
            (id, Message::Reply(reply)) => Ok((id, reply)),
            (id, Message::Event(_)) => Err(WireError::UnknownType { id }),
        }
    }
}

impl Event {
    /// The message for subscription `id`.
    #[must_use]
    pub fn encode(&self, id: u32) -> Vec<u8> {
        let writer = match self {
            Self::Blob(entry) => Writer::of(192, id)
                .u64(entry.seq)
                .u64(entry.at_ms)
                .u32(entry.via)
                .raw(&entry.blob),
            Self::Published { via, blob } => Writer::of(193, id).u32(*via).raw(blob),
            Self::Present { via, tag, note } => Writer::of(194, id).u32(*via).raw(&tag.0).raw(note),
            Self::Absent { tag } => Writer::of(195, id).raw(&tag.0),
            Self::Ended { code } => Writer::of(196, id).u8(code.byte()),
        };
        writer.0
    }

    /// Decodes an event and the id of its subscription.
    ///
    /// # Errors
    /// Says how the bytes are no event.
    pub fn decode(message: &[u8]) -> Result<(u32, Self), WireError> {
        match decode(message)? {
            (id, Message::Event(event)) => Ok((id, event)),
            (id, Message::Reply(_)) => Err(WireError::UnknownType { id }),
        }
    }
}

fn write_entry(writer: Writer, entry: &Entry) -> Writer {
    writer
        .u64(entry.seq)
        .u64(entry.at_ms)
        .u32(entry.via)
        .bytes(&entry.blob)
}

fn decode(message: &[u8]) -> Result<(u32, Message), WireError> {
    if message.len() > MAX_REPLY_LEN {
        return Err(WireError::TooLong);
    }
    let mut reader = Reader(message);
    let kind = reader.u8()?;
    let id = reader.u32()?;
    let decoded = if kind < 192 {
        Message::Reply(decode_reply(kind, id, &mut reader)?)
    } else {
        Message::Event(decode_event(kind, id, &mut reader)?)
    };
    reader.end()?;
    Ok((id, decoded))
}

fn decode_reply(kind: u8, id: u32, reader: &mut Reader<'_>) -> Result<Reply, WireError> {
    Ok(match kind {
        128 => Reply::Done,
        129 => Reply::At {
            seq: reader.whole()?,
        },
        130 => Reply::Page {
            more: flag(reader)?,
            entries: entries(reader)?,
        },
        131 => Reply::Turn(Turn {
            ttl_s: reader.u32()?,
            username: reader.text()?,
            password: reader.text()?,
            uris: reader.text()?,
        }),
        132 => Reply::Failed {
            code: code(reader)?,
            detail: reader.u32()?,
        },
        _ => return Err(WireError::UnknownType { id }),
    })
}

fn decode_event(kind: u8, id: u32, reader: &mut Reader<'_>) -> Result<Event, WireError> {
    Ok(match kind {
        192 => Event::Blob(Entry {
            seq: reader.whole()?,
            at_ms: reader.whole()?,
            via: reader.u32()?,
            blob: reader.rest().to_vec(),
        }),
        193 => Event::Published {
            via: reader.u32()?,
            blob: reader.rest().to_vec(),
        },
        194 => Event::Present {
            via: reader.u32()?,
            tag: reader.array().map(Tag)?,
            note: reader.rest().to_vec(),
        },
        195 => Event::Absent {
            tag: reader.array().map(Tag)?,
        },
        196 => Event::Ended {
            code: code(reader)?,
        },
        _ => return Err(WireError::UnknownType { id }),
    })
}

fn flag(reader: &mut Reader<'_>) -> Result<bool, WireError> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(WireError::Range),
    }
}

fn code(reader: &mut Reader<'_>) -> Result<RelayCode, WireError> {
    RelayCode::of(reader.u8()?).ok_or(WireError::Range)
}

fn entries(reader: &mut Reader<'_>) -> Result<Vec<Entry>, WireError> {
    let mut entries = Vec::new();
    while !reader.0.is_empty() {
        entries.push(Entry {
            seq: reader.whole()?,
            at_ms: reader.whole()?,
            via: reader.u32()?,
            blob: reader.bytes()?.to_vec(),
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
