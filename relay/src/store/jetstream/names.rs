//! Names of JetStream's streams and subjects. An id is written in hexadecimal.

use sotto_protocol::relay::{Digest, StreamId};

/// The names under one prefix.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) blobs: String,
    pub(super) access: String,
    pub(super) spent: String,
    live: String,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            blobs: format!("{prefix}-blobs"),
            access: format!("{prefix}-access"),
            spent: format!("{prefix}-spent"),
            live: format!("{prefix}-live"),
        }
    }

    pub(super) fn of_blobs(&self, id: &str) -> String {
        format!("{}.{id}", self.blobs)
    }

    pub(super) fn of_access(&self, stream: &StreamId) -> String {
        format!("{}.{}", self.access, hex(&stream.0))
    }

    pub(super) fn of_spent(&self, stream: &StreamId, token: &Digest) -> String {
        format!("{}.{}.{}", self.spent, hex(&stream.0), hex(&token.0))
    }

    /// Not kept by JetStream: plain NATS.
    pub(super) fn of_live(&self, id: &str) -> String {
        format!("{}.{id}", self.live)
    }
}

/// Lower case, two digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The stream whose id is the last token of a subject.
pub(super) fn stream_of(subject: &str) -> Option<StreamId> {
    let (_, token) = subject.rsplit_once('.')?;
    let mut id = [0; 16];
    if token.len() != 32 {
        return None;
    }
    for (byte, pair) in id.iter_mut().zip(token.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(StreamId(id))
}

#[cfg(test)]
mod tests {
    use super::{Names, hex, stream_of};
    use sotto_protocol::relay::StreamId;

    #[test]
    fn an_id_comes_back_from_its_subject() {
        let stream = StreamId([0x0F, 0xA0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 255]);
        let subject = Names::new("sotto").of_blobs(&hex(&stream.0));
        assert_eq!(subject, "sotto-blobs.0fa00102030405060708090a0b0c0dff");
        assert_eq!(stream_of(&subject), Some(stream));
        assert_eq!(stream_of("sotto-blobs.0fa0"), None);
        assert_eq!(stream_of("nothing"), None);
    }
}
