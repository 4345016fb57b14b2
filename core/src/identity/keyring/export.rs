//! The identity file of `age`: for the person who wants to open letters without Sotto.

use core::fmt;

use zeroize::Zeroizing;

use super::{Keyring, KeyringError, RecipientEntry};
use crate::age::RecipientType;
use crate::identity::Seed;

/// Whose keys are in the file: comments for the person, without line ends.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// Name as on the card.
    pub name: &'a str,
    /// First address on the card, or empty.
    pub address: &'a str,
}

/// Two identity files, as `age --identity` reads them.
pub struct Export {
    /// Every key, newest first: opens every letter. Needs an age that knows hybrid keys.
    pub all: Zeroizing<String>,
    /// The X25519 keys alone, for an older age: it refuses a file with a line it does not know.
    pub classical: Zeroizing<String>,
}

impl Export {
    /// Derives the keys of these rotation indices from the seed. A keyring in a custodian has no
    /// such output: whoever calls has the seed, and with it everything.
    ///
    /// # Errors
    /// [`KeyringError::Age`], [`KeyringError::Full`].
    pub fn derive(seed: &Seed, indices: &[u32], owner: Owner<'_>) -> Result<Self, KeyringError> {
        let mut keyring = Keyring::derive(seed)?;
        for index in indices {
            keyring.receive_at(seed, *index)?;
        }
        let mut entries: Vec<_> = keyring.openers().collect();
        entries.sort_by_key(|entry| core::cmp::Reverse((entry.index(), entry.recipient().kind())));
        let is_classical =
            |entry: &&RecipientEntry| entry.recipient().kind() == RecipientType::X25519;
        let classical: Vec<_> = entries.iter().copied().filter(is_classical).collect();
        Ok(Self {
            all: write(owner, &entries),
            classical: write(owner, &classical),
        })
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Export(..)")
    }
}

/// Room for a comment and a secret of one entry: a hybrid recipient has 1,959 characters.
const ENTRY_LEN: usize = 2_200;

fn write(owner: Owner<'_>, entries: &[&RecipientEntry]) -> Zeroizing<String> {
    // Room for all at once: a text that grows leaves copies behind.
    let len = entries
        .len()
        .saturating_mul(ENTRY_LEN)
        .saturating_add(1_024);
    let mut text = Zeroizing::new(String::with_capacity(len));
    text.push_str(&format!("# Sotto: {} <{}>\n", owner.name, owner.address));
    for entry in entries {
        text.push_str(&format!("# public key: {}\n", entry.recipient()));
        text.push_str(&entry.secret.to_secret_string());
        text.push('\n');
    }
    text
}
