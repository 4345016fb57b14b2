use sotto_protocol::TimestampMs;

use super::{Card, CardContent, CardError, RelayOrigin};
use crate::age::RecipientType;

/// How far ahead of the clock a card may be dated: a day.
pub const FUTURE_LIMIT_MS: u64 = 86_400_000;

/// The revision of a card signed now. A person restored from words is not behind: time goes on.
#[must_use]
pub fn next_revision(previous: Option<TimestampMs>, now: TimestampMs) -> TimestampMs {
    let after = previous.map_or(0, |previous| previous.0.saturating_add(1));
    TimestampMs(after.max(now.0))
}

/// What is kept of the newest card accepted from an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The highest revision.
    pub revision: TimestampMs,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
}

/// How a card stands to the newest one accepted from the same identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Succession {
    /// The same bytes.
    Same,
    /// A higher revision.
    Newer,
    /// A lower revision: ignored.
    Older,
    /// The same revision with other bytes: somebody else signs with this key.
    Conflicting,
}

/// What a newer card would change; the rest changes silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardChanges {
    /// Another name: takes effect when the person accepts.
    pub name: bool,
    /// Other addresses: take effect when the person accepts.
    pub addresses: bool,
    /// A device on a relay host not accepted before.
    pub relay_host: bool,
    /// Post-quantum protection would be lost.
    pub drops_hybrid: bool,
    /// The identity is given up.
    pub retires: bool,
    /// Other recipient keys: silent, unless one of the above.
    pub recipients: bool,
    /// Other devices: silent, unless one of the above.
    pub devices: bool,
}

impl Card {
    /// What is kept when this card is accepted.
    #[must_use]
    pub fn to_accepted(&self) -> Accepted {
        let revision = self.content.revision;
        Accepted {
            revision,
            digest: self.digest(),
        }
    }

    /// Compares with what was accepted from the same identity.
    #[must_use]
    pub fn succeeds(&self, accepted: &Accepted) -> Succession {
        match self.content.revision.cmp(&accepted.revision) {
            core::cmp::Ordering::Less => Succession::Older,
            core::cmp::Ordering::Greater => Succession::Newer,
            core::cmp::Ordering::Equal if self.digest() == accepted.digest => Succession::Same,
            core::cmp::Ordering::Equal => Succession::Conflicting,
        }
    }
}

impl CardContent {
    /// Refuses a card from the future: it would shut out every later one.
    ///
    /// # Errors
    /// [`CardError::Future`].
    pub fn check_date(&self, now: TimestampMs) -> Result<(), CardError> {
        let ahead_ms = self.revision.since_ms(now);
        if ahead_ms > FUTURE_LIMIT_MS {
            Err(CardError::Future { ahead_ms })
        } else {
            Ok(())
        }
    }
}

impl CardChanges {
    /// What `newer` changes against the accepted content.
    #[must_use]
    pub fn between(accepted: &CardContent, newer: &CardContent) -> Self {
        let knows =
            |relay: &RelayOrigin| accepted.devices.iter().any(|device| device.relay == *relay);
        let is_hybrid = |content: &CardContent| {
            let mut recipients = content.recipients.iter();
            recipients.any(|recipient| recipient.kind() == RecipientType::Mlkem768X25519)
        };
        Self {
            name: accepted.name != newer.name,
            addresses: accepted.addresses != newer.addresses,
            relay_host: !newer.devices.iter().all(|device| knows(&device.relay)),
            drops_hybrid: is_hybrid(accepted) && !is_hybrid(newer),
            retires: newer.is_retired && !accepted.is_retired,
            recipients: accepted.recipients != newer.recipients,
            devices: accepted.devices != newer.devices,
        }
    }

    /// Whether the person has to look at the card.
    #[must_use]
    pub const fn need_the_person(&self) -> bool {
        self.name || self.addresses || self.relay_host || self.drops_hybrid || self.retires
    }
}
