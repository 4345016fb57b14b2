//! Rotation: which of the derived keys receive.

use super::{KeyState, Keyring, KeyringError, Origin, RecipientEntry};
use crate::age::{Recipient, RecipientType};
use crate::identity::Seed;

/// Indices beyond the current one whose keys a restored person holds: recovery gives up after so
/// many in a row that open nothing (docs/protocol.md, Keys).
pub const RECOVERY_WINDOW: u32 = 16;

/// The recipient types derived from the seed.
const DERIVED: [RecipientType; 2] = [RecipientType::Mlkem768X25519, RecipientType::X25519];

impl RecipientEntry {
    pub(super) const fn index(&self) -> Option<u32> {
        match self.origin {
            Origin::Seed(index) => Some(index),
            Origin::Random | Origin::Imported => None,
        }
    }
}

impl Keyring {
    /// The rotation index of the derived keys that receive.
    #[must_use]
    pub fn index(&self) -> u32 {
        let current = self.recipients.iter();
        let current = current.filter(|entry| entry.state == KeyState::Current);
        current
            .filter_map(RecipientEntry::index)
            .max()
            .unwrap_or_default()
    }

    /// The rotation index of a key of this keyring; `None` for one that is not derived.
    #[must_use]
    pub fn index_of(&self, recipient: &Recipient) -> Option<u32> {
        let mut entries = self.recipients.iter();
        let entry = entries.find(|entry| entry.recipient() == recipient)?;
        entry.index()
    }

    /// The derived indices at hand, ascending.
    #[must_use]
    pub fn indices(&self) -> Vec<u32> {
        let mut indices: Vec<_> = self
            .recipients
            .iter()
            .filter_map(RecipientEntry::index)
            .collect();
        indices.sort_unstable();
        indices.dedup();
        indices
    }

    /// Retires the derived recipient keys and takes those of the next index.
    ///
    /// # Errors
    /// [`KeyringError::Age`], [`KeyringError::Full`].
    pub fn rotate(&mut self, seed: &Seed) -> Result<(), KeyringError> {
        let next = self.index().checked_add(1).ok_or(KeyringError::Full)?;
        self.receive_at(seed, next)
    }

    /// Derives the keys that a restored person may have been written to under: those of the
    /// current index and [`RECOVERY_WINDOW`] beyond. They open and do not receive.
    ///
    /// # Errors
    /// [`KeyringError::Age`], [`KeyringError::Full`].
    pub fn widen(&mut self, seed: &Seed) -> Result<(), KeyringError> {
        let last = self.index().saturating_add(RECOVERY_WINDOW);
        (0..=last).try_for_each(|index| self.hold(seed, index, KeyState::Retired))
    }

    /// A letter was opened with the keys of `index`. If that is beyond the current one, the person
    /// had rotated that far before they were restored: those keys receive from now on.
    ///
    /// Nobody else can lead the keyring forward: who seals to a key has read it in a card.
    pub fn follow(&mut self, index: u32) -> bool {
        let is_newer = index > self.index() && self.indices().contains(&index);
        if is_newer {
            self.switch_to(index);
        }
        is_newer
    }

    /// Derives the keys of an index and lets them alone receive.
    pub(super) fn receive_at(&mut self, seed: &Seed, index: u32) -> Result<(), KeyringError> {
        self.hold(seed, index, KeyState::Retired)?;
        self.switch_to(index);
        Ok(())
    }

    fn switch_to(&mut self, index: u32) {
        let derived = self.recipients.iter_mut();
        for entry in derived.filter(|entry| entry.index().is_some()) {
            entry.state = if entry.index() == Some(index) {
                KeyState::Current
            } else {
                KeyState::Retired
            };
        }
    }

    /// Adds the keys of an index that are not there yet.
    fn hold(&mut self, seed: &Seed, index: u32, state: KeyState) -> Result<(), KeyringError> {
        for kind in DERIVED {
            let is_it = |entry: &RecipientEntry| {
                entry.index() == Some(index) && entry.recipient().kind() == kind
            };
            if !self.recipients.iter().any(is_it) {
                let secret = seed.derive_recipient(kind, index)?;
                self.add(secret, Origin::Seed(index), state)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn seed() -> Seed {
        Seed::from_bytes(Zeroizing::new([7; 32]))
    }

    #[test]
    fn a_rotated_keyring_receives_under_the_next_index_alone() {
        let mut keyring = Keyring::derive(&seed()).unwrap();
        let first = keyring.current_recipients();
        keyring.rotate(&seed()).unwrap();
        keyring.rotate(&seed()).unwrap();
        assert_eq!((keyring.index(), keyring.indices()), (2, vec![0, 1, 2]));
        assert_eq!(keyring.current_recipients().len(), 2);
        assert!(first.iter().all(|key| keyring.index_of(key) == Some(0)));
        assert!(!keyring.current_recipients().contains(&first[0]));
    }

    #[test]
    fn a_restored_keyring_follows_the_newest_key_that_opened() {
        let mut before = Keyring::derive(&seed()).unwrap();
        (0..5).for_each(|_| before.rotate(&seed()).unwrap());
        let mut restored = Keyring::derive(&seed()).unwrap();
        restored.widen(&seed()).unwrap();
        assert_eq!(restored.indices().len(), 17);
        assert_eq!(restored.index(), 0, "what is only tried does not receive");
        let index = restored.index_of(&before.current_recipients()[0]);
        assert!(restored.follow(index.unwrap()));
        assert_eq!(restored.current_recipients(), before.current_recipients());
        assert!(!restored.follow(3), "never back");
        assert!(!restored.follow(99), "nor to a key that is not there");
        restored.widen(&seed()).unwrap();
        assert_eq!(restored.indices(), (0..=21).collect::<Vec<_>>());
        restored.rotate(&seed()).unwrap();
        assert_eq!(restored.index(), 6, "a key that was tried becomes current");
        let again = Keyring::decode(&restored.encode()).unwrap();
        assert_eq!(again.indices(), restored.indices());
        assert_eq!(again.current_recipients(), restored.current_recipients());
    }
}
