//! Which links of others are taken up: a link says where our device connects and what it reads.

use sotto_core::identity::card::RelayOrigin;
use sotto_protocol::relay::Secret;

use super::{Home, Sessions};
use crate::format::{ConversationId, Link};

impl Sessions {
    /// Our own relay, the stream of our mailbox there, and the pass with which it lets us make
    /// streams (zeros: it wants none), which no other relay is shown. Without one, nobody's local relay is
    /// connected to.
    pub fn settle_at(&mut self, relay: &str, mailbox: [u8; 16], pass: Secret) {
        self.home = Some(Home {
            relay: relay.to_owned(),
            mailbox,
            pass,
        });
    }

    /// Whether a conversation may take place where somebody else says: in a stream that no other
    /// conversation and not our mailbox has, and never in our own network, unless our relay is
    /// there too.
    pub(super) fn may_meet(&self, id: ConversationId, link: &Link) -> bool {
        let is_home = |home: &Home| link.is(&home.relay, &home.mailbox);
        let mut open = self.conversations.values().filter(|it| !it.is_stopped());
        let is_taken = open.any(|it| it.id != id && link.is(&it.link.relay, &it.link.stream));
        !is_taken && !self.home.as_ref().is_some_and(is_home) && self.may_knock(&link.relay)
    }

    /// Whether a relay that somebody else names may be connected to at all.
    #[must_use]
    pub fn may_knock(&self, relay: &str) -> bool {
        let is_local = |relay: &str| RelayOrigin::parse(relay).is_none_or(|it| it.is_local());
        !is_local(relay) || self.home.as_ref().is_some_and(|own| is_local(&own.relay))
    }

    /// The pass for a new stream at a relay.
    pub(super) fn pass_at(&self, relay: &str) -> Secret {
        let home = self.home.as_ref().filter(|home| home.relay == relay);
        Secret(home.map_or([0; 32], |home| home.pass.0))
    }
}
