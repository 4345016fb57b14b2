//! What a client asks.

use super::wire::{Reader, WireError, Writer};
use super::{Digest, MAX_NOTE_LEN, MAX_REQUEST_LEN, Secret, StreamId, Tag};

/// A verb with the number its answer will carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Chosen by the client; not in use by another request of this connection, nor by a
    /// subscription.
    pub id: u32,
    /// What is asked.
    pub verb: Verb,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Type 0: Answered by [`super::Reply::Done`]: shows both sides that the other lives.
    Ping,
    /// Type 1: Makes a stream. Its first write token, label 0, is unlimited.
    Create {
        /// Random; nobody else's.
        stream: StreamId,
        /// Of the capability to own.
        own: Digest,
        /// Of the first capability to write.
        write: Digest,
        /// Of the capability to read.
        read: Digest,
        /// The relay's pass where it demands one, else zeros.
        pass: Secret,
    },
    /// Type 2: Adds a write token, or changes that of the same digest.
    Grant {
        /// The stream.
        stream: StreamId,
        /// To own.
        own: Secret,
        /// Of the new capability to write.
        token: Digest,
        /// Comes back with every blob written through it.
        label: u32,
        /// Blobs in a day of UTC; 0: no quota.
        per_day: u32,
        /// Bytes of a blob; 0: the relay's limit.
        max_blob: u32,
        /// Seconds since 1970 after which it is refused; 0: never.
        expires_s: u64,
    },
    /// Type 3: Removes a write token.
    Revoke {
        /// The stream.
        stream: StreamId,
        /// To own.
        own: Secret,
        /// Of the capability to remove.
        token: Digest,
    },
    /// Type 4: Adds a blob. Answered by [`super::Reply::At`] once it is on disk.
    Append {
        /// The stream.
        stream: StreamId,
        /// To write.
        write: Secret,
        /// Only if this is the last sequence number kept (0: none is).
        expect_seq: Option<u64>,
        /// Opaque.
        blob: Vec<u8>,
    },
    /// Type 5: Blobs from a sequence number on. Answered by [`super::Reply::Page`].
    Read {
        /// The stream.
        stream: StreamId,
        /// To read.
        read: Secret,
        /// The first sequence number wanted.
        from: u64,
        /// Blobs in the page, at most.
        limit: u16,
    },
    /// Type 6: Blobs from a sequence number on, and all that come. Answered by [`super::Reply::At`] with
    /// the last sequence number kept; the events bear this request's id.
    Subscribe {
        /// The stream.
        stream: StreamId,
        /// To read.
        read: Secret,
        /// The first sequence number wanted.
        from: u64,
    },
    /// Type 7: Ends a subscription.
    Unsubscribe {
        /// The id of the request that began it.
        subscription: u32,
    },
    /// Type 8: Forgets the blobs before a sequence number.
    Trim {
        /// The stream.
        stream: StreamId,
        /// To own.
        own: Secret,
        /// The first sequence number to keep.
        before: u64,
    },
    /// Type 9: Hands a blob to those who subscribe just now. Not stored, not ordered, not acknowledged
    /// by anybody.
    Publish {
        /// The stream.
        stream: StreamId,
        /// To write.
        write: Secret,
        /// Opaque.
        blob: Vec<u8>,
    },
    /// Type 10: Leaves a note for those who subscribe, now or while it stands.
    Presence {
        /// The stream.
        stream: StreamId,
        /// To write.
        write: Secret,
        /// Which note this is, or replaces.
        tag: Tag,
        /// How long it stands; 0 takes it away.
        ttl_s: u16,
        /// Opaque, at most [`MAX_NOTE_LEN`] bytes.
        note: Vec<u8>,
    },
    /// Type 11: Credentials for the relay's TURN server. Answered by [`super::Reply::Turn`].
    Turn {
        /// A stream, to show that the asker has one here.
        stream: StreamId,
        /// To read it.
        read: Secret,
    },
    /// Type 12: Forgets the stream with all its blobs.
    Delete {
        /// The stream.
        stream: StreamId,
        /// To own.
        own: Secret,
    },
}

impl Request {
    /// Decodes a message.
    ///
    /// # Errors
    /// Says how the bytes are no request.
    pub fn decode(message: &[u8]) -> Result<Self, WireError> {
        if message.len() > MAX_REQUEST_LEN {
            return Err(WireError::TooLong);
        }
        let mut reader = Reader(message);
        let kind = reader.u8()?;
        let id = reader.u32()?;
        let verb = decode_verb(kind, id, &mut reader)?;
        reader.end()?;
        Ok(Self { id, verb })
    }

    /// The message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode_verb(self.id, &self.verb).0
    }
}

fn decode_verb(kind: u8, id: u32, reader: &mut Reader<'_>) -> Result<Verb, WireError> {
    Ok(match kind {
        0 => Verb::Ping,
        1 => Verb::Create {
            stream: stream(reader)?,
            own: digest(reader)?,
            write: digest(reader)?,
            read: digest(reader)?,
            pass: secret(reader)?,
        },
        2 => Verb::Grant {
            stream: stream(reader)?,
            own: secret(reader)?,
            token: digest(reader)?,
            label: reader.u32()?,
            per_day: reader.u32()?,
            max_blob: reader.u32()?,
            expires_s: reader.u64()?,
        },
        3 => Verb::Revoke {
            stream: stream(reader)?,
            own: secret(reader)?,
            token: digest(reader)?,
        },
        4 => Verb::Append {
            stream: stream(reader)?,
            write: secret(reader)?,
            expect_seq: expectation(reader)?,
            blob: reader.rest().to_vec(),
        },
        5 => Verb::Read {
            stream: stream(reader)?,
            read: secret(reader)?,
            from: reader.u64()?,
            limit: reader.u16()?,
        },
        6 => Verb::Subscribe {
            stream: stream(reader)?,
            read: secret(reader)?,
            from: reader.u64()?,
        },
        7 => Verb::Unsubscribe {
            subscription: reader.u32()?,
        },
        8 => Verb::Trim {
            stream: stream(reader)?,
            own: secret(reader)?,
            before: reader.u64()?,
        },
        9 => Verb::Publish {
            stream: stream(reader)?,
            write: secret(reader)?,
            blob: reader.rest().to_vec(),
        },
        10 => Verb::Presence {
            stream: stream(reader)?,
            write: secret(reader)?,
            tag: reader.array().map(Tag)?,
            ttl_s: reader.u16()?,
            note: note(reader)?,
        },
        11 => Verb::Turn {
            stream: stream(reader)?,
            read: secret(reader)?,
        },
        12 => Verb::Delete {
            stream: stream(reader)?,
            own: secret(reader)?,
        },
        _ => return Err(WireError::UnknownType { id }),
    })
}

fn stream(reader: &mut Reader<'_>) -> Result<StreamId, WireError> {
    reader.array().map(StreamId)
}

fn digest(reader: &mut Reader<'_>) -> Result<Digest, WireError> {
    reader.array().map(Digest)
}

fn secret(reader: &mut Reader<'_>) -> Result<Secret, WireError> {
    reader.array().map(Secret)
}

/// One byte, 0 or 1, then a number that is 0 where nothing is expected.
fn expectation(reader: &mut Reader<'_>) -> Result<Option<u64>, WireError> {
    match (reader.u8()?, reader.u64()?) {
        (0, 0) => Ok(None),
        (1, seq) => Ok(Some(seq)),
        _ => Err(WireError::Range),
    }
}

fn note(reader: &mut Reader<'_>) -> Result<Vec<u8>, WireError> {
    let note = reader.rest();
    if note.len() > MAX_NOTE_LEN {
        return Err(WireError::Range);
    }
    Ok(note.to_vec())
}

fn encode_verb(id: u32, verb: &Verb) -> Writer {
    match verb {
        Verb::Ping => Writer::of(0, id),
        Verb::Create {
            stream,
            own,
            write,
            read,
            pass,
        } => Writer::of(1, id)
            .raw(&stream.0)
            .raw(&own.0)
            .raw(&write.0)
            .raw(&read.0)
            .raw(&pass.0),
        Verb::Grant {
            stream,
            own,
            token,
            label,
            per_day,
            max_blob,
            expires_s,
        } => Writer::of(2, id)
            .raw(&stream.0)
            .raw(&own.0)
            .raw(&token.0)
            .u32(*label)
            .u32(*per_day)
            .u32(*max_blob)
            .u64(*expires_s),
        Verb::Revoke { stream, own, token } => {
            Writer::of(3, id).raw(&stream.0).raw(&own.0).raw(&token.0)
        }
        Verb::Append {
            stream,
            write,
            expect_seq,
            blob,
        } => Writer::of(4, id)
            .raw(&stream.0)
            .raw(&write.0)
            .u8(u8::from(expect_seq.is_some()))
            .u64(expect_seq.unwrap_or(0))
            .raw(blob),
        Verb::Read {
            stream,
            read,
            from,
            limit,
        } => Writer::of(5, id)
            .raw(&stream.0)
            .raw(&read.0)
            .u64(*from)
            .u16(*limit),
        Verb::Subscribe { stream, read, from } => {
            Writer::of(6, id).raw(&stream.0).raw(&read.0).u64(*from)
        }
        Verb::Unsubscribe { subscription } => Writer::of(7, id).u32(*subscription),
        Verb::Trim {
            stream,
            own,
            before,
        } => Writer::of(8, id).raw(&stream.0).raw(&own.0).u64(*before),
        Verb::Publish {
            stream,
            write,
            blob,
        } => Writer::of(9, id).raw(&stream.0).raw(&write.0).raw(blob),
        Verb::Presence {
            stream,
            write,
            tag,
            ttl_s,
            note,
        } => Writer::of(10, id)
            .raw(&stream.0)
            .raw(&write.0)
            .raw(&tag.0)
            .u16(*ttl_s)
            .raw(note),
        Verb::Turn { stream, read } => Writer::of(11, id).raw(&stream.0).raw(&read.0),
        Verb::Delete { stream, own } => Writer::of(12, id).raw(&stream.0).raw(&own.0),
    }
}

#[cfg(test)]
mod tests;
