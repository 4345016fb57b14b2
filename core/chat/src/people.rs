//! Contacts, as the custodian says.

use std::collections::BTreeMap;

use sotto_core::app::live::{LiveContact, LivePeople};
use sotto_core::contacts::ContactId;
use sotto_core::identity::IdentityKey;
use sotto_protocol::live::Reachability;
use sotto_protocol::view::{CardLook, ContactBrief, Trust};

use crate::live::Live;
use crate::talk::parse_identity;

/// The contacts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct People {
    contacts: BTreeMap<IdentityKey, LiveContact>,
    keys: Vec<LiveContact>,
    looks: Vec<CardLook>,
}

impl People {
    pub(crate) fn new(people: LivePeople) -> Self {
        let mut all = Self {
            looks: people.looks,
            ..Self::default()
        };
        for contact in people.contacts {
            match contact.identity.as_ref().and_then(parse_identity) {
                Some(identity) => {
                    all.contacts.insert(identity, contact);
                }
                None => all.keys.push(contact),
            }
        }
        all
    }

    /// Everybody who is not blocked, plain keys too, by name.
    pub(crate) fn listed(&self) -> Vec<(Option<IdentityKey>, &LiveContact)> {
        let contacts = self.contacts.iter().map(|(key, it)| (Some(*key), it));
        let keys = self.keys.iter().map(|it| (None, it));
        let mut all: Vec<_> = contacts
            .chain(keys)
            .filter(|(_, it)| it.brief.trust != Trust::Blocked)
            .collect();
        all.sort_by_key(|(_, it)| (it.brief.name.to_lowercase(), it.brief.id.clone()));
        all
    }

    pub(crate) fn get(&self, who: &IdentityKey) -> Option<&LiveContact> {
        self.contacts.get(who)
    }

    /// The contact's brief; blocked ones too.
    pub(crate) fn brief(&self, who: &IdentityKey) -> Option<&ContactBrief> {
        self.get(who).map(|it| &it.brief)
    }

    pub(crate) fn name(&self, who: &IdentityKey) -> String {
        let brief = self.brief(who).filter(|it| it.trust != Trust::Unknown);
        brief.map(|it| it.name.clone()).unwrap_or_default()
    }

    pub(crate) fn trust(&self, who: &IdentityKey) -> Trust {
        self.brief(who).map_or(Trust::Unknown, |it| it.trust)
    }

    pub(crate) fn reachability(&self, who: &IdentityKey) -> Reachability {
        self.get(who)
            .map_or(Reachability::Undecided, |it| it.reachability)
    }

    /// Whether the person has accepted a relay with somebody's card.
    pub(crate) fn are_at(&self, relay: &str) -> bool {
        let mut relays = self.contacts.values().flat_map(|it| &it.relays);
        relays.any(|it| it == relay)
    }

    pub(crate) fn of_id(&self, id: &str) -> Option<IdentityKey> {
        let mut all = self.contacts.iter();
        all.find(|(_, it)| it.brief.id == id).map(|(key, _)| *key)
    }

    pub(crate) fn look(&self, card: &str) -> Option<&CardLook> {
        self.looks.iter().find(|it| it.card == card)
    }
}

impl Live {
    /// Whether the person has blocked somebody. A veiled device knows nobody, but who of those that
    /// it hears is blocked.
    pub(crate) fn is_blocked(&self, who: &IdentityKey) -> bool {
        let hushed = self.prefs.get(b"").filter(|_| self.is_veiled());
        self.people.trust(who) == Trust::Blocked
            || hushed.is_some_and(|prefs| prefs.hushed.contains(who))
    }

    /// Whether somebody is a contact now whom the person talks with.
    pub(crate) fn is_accepted(&self, who: &IdentityKey) -> bool {
        matches!(self.people.trust(who), Trust::Known | Trust::Verified)
    }
}

/// How a person is named between surfaces, also one who is no contact.
pub(crate) fn person_id(who: &IdentityKey) -> String {
    ContactId::of(who).to_string()
}
