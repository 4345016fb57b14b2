//! The capabilities of a stream as a store keeps them: fields of fixed size, big endian, after a
//! version byte.

use sotto_protocol::relay::Digest;

use super::{Access, MAX_TOKENS, Token};

const VERSION: u8 = 1;

impl Access {
    /// The record.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut record = vec![VERSION];
        record.extend_from_slice(&self.own.0);
        record.extend_from_slice(&self.read.0);
        for token in &self.tokens {
            record.extend_from_slice(&token.digest.0);
            record.extend_from_slice(&token.label.to_be_bytes());
            record.extend_from_slice(&token.per_day.to_be_bytes());
            record.extend_from_slice(&token.max_blob.to_be_bytes());
            record.extend_from_slice(&token.expires_s.to_be_bytes());
        }
        record
    }

    /// Reads a record; `None` when it is damaged or of a newer relay.
    #[must_use]
    pub fn decode(record: &[u8]) -> Option<Self> {
        let (version, mut rest) = record.split_first()?;
        if *version != VERSION {
            return None;
        }
        let own = Digest(take(&mut rest)?);
        let read = Digest(take(&mut rest)?);
        let mut tokens = Vec::new();
        while !rest.is_empty() && tokens.len() < MAX_TOKENS {
            tokens.push(token(&mut rest)?);
        }
        rest.is_empty().then_some(Self { own, read, tokens })
    }
}

fn token(rest: &mut &[u8]) -> Option<Token> {
    Some(Token {
        digest: Digest(take(rest)?),
        label: u32::from_be_bytes(take(rest)?),
        per_day: u32::from_be_bytes(take(rest)?),
        max_blob: u32::from_be_bytes(take(rest)?),
        expires_s: u64::from_be_bytes(take(rest)?),
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (field, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*field)
}

#[cfg(test)]
mod tests {
    use super::super::{Access, Token};
    use sotto_protocol::relay::Digest;

    #[test]
    fn a_record_comes_back_and_a_cut_one_is_refused() {
        let access = Access {
            own: Digest([1; 32]),
            read: Digest([2; 32]),
            tokens: vec![Token {
                digest: Digest([3; 32]),
                label: 4,
                per_day: 16,
                max_blob: 65_536,
                expires_s: 1 << 33,
            }],
        };
        let record = access.encode();
        assert_eq!(Access::decode(&record), Some(access));
        assert_eq!(Access::decode(&record[..record.len() - 1]), None);
        assert_eq!(Access::decode(&[]), None);
        let mut newer = record;
        newer[0] = 2;
        assert_eq!(Access::decode(&newer), None);
    }
}
