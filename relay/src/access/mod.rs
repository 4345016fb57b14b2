//! Capabilities: who may do what with a stream. The relay keeps digests, never secrets.

mod cache;
mod record;

use sha2::{Digest as _, Sha256};
use sotto_protocol::relay::{CapKind, Digest, RelayCode, Secret, StreamId};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

pub(crate) use cache::AccessCache;

/// Write tokens of a stream, at most.
pub const MAX_TOKENS: usize = 1024;

/// What a capability's secret is kept as.
#[must_use]
pub fn digest(kind: CapKind, stream: &StreamId, secret: &Secret) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"sotto/v1/cap\0");
    hash.update([kind.byte()]);
    hash.update(stream.0);
    hash.update(secret.0);
    Digest(hash.finalize().into())
}

/// A capability to write, with its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Of its secret.
    pub digest: Digest,
    /// Comes back with every blob written through it.
    pub label: u32,
    /// Blobs in a day of UTC; 0: no quota.
    pub per_day: u32,
    /// Bytes of a blob; 0: the relay's limit.
    pub max_blob: u32,
    /// Seconds since 1970 after which it is refused; 0: never.
    pub expires_s: u64,
}

impl Token {
    /// The token a stream is made with: label 0, no bounds but the relay's.
    #[must_use]
    pub fn first(digest: Digest) -> Self {
        Self {
            digest,
            label: 0,
            per_day: 0,
            max_blob: 0,
            expires_s: 0,
        }
    }
}

/// The capabilities of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Of the capability to own.
    pub own: Digest,
    /// Of the capability to read.
    pub read: Digest,
    /// The capabilities to write.
    pub tokens: Vec<Token>,
}

/// A change of the write tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds a token, or replaces that of the same digest.
    Grant(Token),
    /// Removes a token.
    Revoke(Digest),
}

impl Access {
    /// Whether `secret` is the capability to own.
    #[must_use]
    pub fn owns(&self, stream: &StreamId, secret: &Secret) -> bool {
        equal(&self.own, &digest(CapKind::Own, stream, secret))
    }

    /// Whether `secret` is the capability to read.
    #[must_use]
    pub fn reads(&self, stream: &StreamId, secret: &Secret) -> bool {
        equal(&self.read, &digest(CapKind::Read, stream, secret))
    }

    /// The token `secret` belongs to.
    ///
    /// # Errors
    /// [`RelayCode::Refused`] when it belongs to none, [`RelayCode::Expired`] when its time is over.
    pub fn writes(
        &self,
        stream: &StreamId,
        secret: &Secret,
        now_s: u64,
    ) -> Result<Token, RelayCode> {
        let wanted = digest(CapKind::Write, stream, secret);
        let token = self.find(&wanted).ok_or(RelayCode::Refused)?;
        if token.expires_s != 0 && token.expires_s <= now_s {
            return Err(RelayCode::Expired);
        }
        Ok(token)
    }

    /// Looks at every token, so that the time taken says nothing about which one it is.
    fn find(&self, wanted: &Digest) -> Option<Token> {
        let mut found = Choice::from(0);
        let mut at = 0_u32;
        for (index, token) in (0_u32..).zip(&self.tokens) {
            let same = token.digest.0.ct_eq(&wanted.0);
            at.conditional_assign(&index, same);
            found |= same;
        }
        let at = usize::try_from(at).ok()?;
        bool::from(found).then(|| self.tokens.get(at).copied())?
    }

    /// Whether a change is made.
    #[must_use]
    pub fn holds(&self, change: Change) -> bool {
        match change {
            Change::Grant(token) => self.tokens.contains(&token),
            Change::Revoke(digest) => !self.tokens.iter().any(|it| it.digest == digest),
        }
    }

    /// Changes the tokens.
    ///
    /// # Errors
    /// [`RelayCode::TooMany`] when there is no room for another.
    pub fn apply(&mut self, change: Change) -> Result<(), RelayCode> {
        match change {
            Change::Revoke(digest) => self.tokens.retain(|token| token.digest != digest),
            Change::Grant(token) => {
                self.tokens.retain(|kept| kept.digest != token.digest);
                if self.tokens.len() >= MAX_TOKENS {
                    return Err(RelayCode::TooMany);
                }
                self.tokens.push(token);
            }
        }
        Ok(())
    }
}

fn equal(kept: &Digest, shown: &Digest) -> bool {
    kept.0.ct_eq(&shown.0).into()
}

#[cfg(test)]
mod tests {
    use super::{Access, Change, MAX_TOKENS, Token, digest};
    use sotto_protocol::relay::{CapKind, Digest, RelayCode, Secret, StreamId};

    const STREAM: StreamId = StreamId([1; 16]);

    fn access() -> Access {
        Access {
            own: digest(CapKind::Own, &STREAM, &Secret([2; 32])),
            read: digest(CapKind::Read, &STREAM, &Secret([3; 32])),
            tokens: vec![Token::first(digest(
                CapKind::Write,
                &STREAM,
                &Secret([4; 32]),
            ))],
        }
    }

    #[test]
    fn the_digest_is_that_of_the_protocol() {
        // printf 'sotto/v1/cap\0\2' + 16 times \1 + 32 times \4 | sha256sum
        let shown: String = digest(CapKind::Write, &STREAM, &Secret([4; 32]))
            .0
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            shown,
            "815774ad25e24480f5913d2ba959230adb2810b447e728b771c5eede4933f15c"
        );
    }

    #[test]
    fn a_secret_serves_its_kind_and_stream_alone() {
        let access = access();
        assert!(access.owns(&STREAM, &Secret([2; 32])));
        assert!(!access.owns(&STREAM, &Secret([3; 32])));
        assert!(!access.owns(&StreamId([9; 16]), &Secret([2; 32])));
        assert!(access.reads(&STREAM, &Secret([3; 32])));
        assert!(!access.reads(&STREAM, &Secret([2; 32])));
        assert_eq!(
            access.writes(&STREAM, &Secret([2; 32]), 0),
            Err(RelayCode::Refused)
        );
        assert_eq!(
            access.writes(&STREAM, &Secret([4; 32]), 0).unwrap().label,
            0
        );
    }

    #[test]
    fn a_token_ends_at_its_time_and_when_revoked() {
        let mut access = access();
        let secret = Secret([5; 32]);
        let token = Token {
            label: 7,
            expires_s: 100,
            ..Token::first(digest(CapKind::Write, &STREAM, &secret))
        };
        access.apply(Change::Grant(token)).unwrap();
        assert_eq!(access.writes(&STREAM, &secret, 99), Ok(token));
        assert_eq!(
            access.writes(&STREAM, &secret, 100),
            Err(RelayCode::Expired)
        );
        access.apply(Change::Revoke(token.digest)).unwrap();
        assert_eq!(access.writes(&STREAM, &secret, 99), Err(RelayCode::Refused));
    }

    #[test]
    fn tokens_are_replaced_by_digest_and_bounded() {
        let mut access = access();
        for index in 1..MAX_TOKENS {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&index.to_be_bytes());
            access
                .apply(Change::Grant(Token::first(Digest(bytes))))
                .unwrap();
        }
        let again = access.tokens[5];
        access.apply(Change::Grant(again)).unwrap();
        let more = Token::first(Digest([0xFF; 32]));
        assert_eq!(access.apply(Change::Grant(more)), Err(RelayCode::TooMany));
        assert_eq!(access.tokens.len(), MAX_TOKENS);
    }
}
