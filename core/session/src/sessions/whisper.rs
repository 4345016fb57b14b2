//! What is said to those who listen at this moment: "is writing".

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Secret, StreamId, Verb};

use super::Sessions;
use super::beside::{Aside, Form};
use super::error::SessionError;
use crate::format::ConversationId;

const WHISPER: Form = Form {
    number: 5,
    label: "sotto/v1/whisper",
};

impl Sessions {
    /// What tells everybody who is there: the relay to ask, and what. Nothing is kept of it.
    ///
    /// # Errors
    /// [`SessionError::Inactive`], [`SessionError::Unknown`].
    pub fn whisper(
        &mut self,
        id: ConversationId,
        body: &[u8],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(String, Verb), SessionError> {
        let sealed = self.seal_aside(WHISPER, id, body, now, rng)?;
        let verb = Verb::Publish {
            stream: StreamId(sealed.link.stream),
            write: Secret(sealed.link.write),
            blob: sealed.blob,
        };
        Ok((sealed.link.relay.clone(), verb))
    }

    /// Opens what was published in a stream; nothing for what nobody of the group said just now.
    pub fn open_whisper(
        &mut self,
        relay: &str,
        stream: [u8; 16],
        blob: &[u8],
        now: TimestampMs,
    ) -> Option<Aside> {
        let (_, whisper) = self.open_aside(WHISPER, (relay, &stream), blob, now)?;
        Some(whisper)
    }
}
