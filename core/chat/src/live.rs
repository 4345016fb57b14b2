//! A device that is live: what it holds, and what of it is kept.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use chacha20::ChaCha20Rng;
use rand_core::{CryptoRng, Rng, SeedableRng};
use sotto_core::app::live::LiveMailbox;
use sotto_core::identity::IdentityKey;
use sotto_core::record::{Record, Table};
use sotto_core::vault::{Vault, VaultId};
use sotto_protocol::TimestampMs;
use sotto_session::format::ConversationId;
use sotto_session::link::Links;
use sotto_session::{Sessions, Who};
use zeroize::Zeroizing;

use crate::error::ChatError;
use crate::happened::Happened;
use crate::history::History;
use crate::intro::Outgoing;
use crate::mailbox::Mailbox;
use crate::meanwhile::Meanwhile;
use crate::people::People;
use crate::presence::Notes;
use crate::rows::{Page, Prefs, page_key};
use crate::step::Step;
use crate::store::{TABLE_CHAT, Write, Writes, seal_table};
use crate::talk::{Talk, TalkId};
use crate::typing::Writing;

/// Who is live, and with what.
#[derive(Debug)]
pub struct Device {
    /// The identity and this profile.
    pub who: Who,
    /// The name on the own card.
    pub name: String,
    /// The vault.
    pub vault: VaultId,
    /// Where introductions arrive.
    pub mailbox: Option<LiveMailbox>,
    /// The person wants to be reached: without it nothing connects.
    pub is_reachable: bool,
}

/// What opens the rows.
pub struct Keys {
    /// Of the class *sessions*.
    pub sessions: Zeroizing<[u8; 32]>,
    /// Of the class *history*; a veiled device has none.
    pub history: Option<Zeroizing<[u8; 32]>>,
}

impl core::fmt::Debug for Keys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// What a step has changed, for those who look.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Places of messages.
    pub(crate) messages: BTreeMap<TalkId, BTreeSet<u32>>,
    /// All messages from a place on are elsewhere.
    pub(crate) stale: BTreeMap<TalkId, u32>,
    /// The line in the list.
    pub(crate) briefs: BTreeSet<TalkId>,
    /// Roster, roles, settings, state.
    pub(crate) shapes: BTreeSet<TalkId>,
    pub(crate) gone: Vec<TalkId>,
    pub(crate) requests: bool,
    pub(crate) status: bool,
}

/// A device that is live, or looks at what was said.
pub struct Live {
    pub(crate) device: Device,
    pub(crate) me: IdentityKey,
    /// Opens sessions, settings and what came meanwhile.
    pub(crate) vault: Vault,
    /// Opens conversations and what was said in them, unless the device is veiled.
    pub(crate) history_vault: Option<Vault>,
    pub(crate) sessions: Sessions,
    pub(crate) links: Links,
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) people: People,
    pub(crate) prefs: Table<Prefs>,
    pub(crate) talks: Table<Talk>,
    pub(crate) histories: BTreeMap<TalkId, History>,
    pub(crate) by_session: BTreeMap<ConversationId, TalkId>,
    /// Session ids of messages that are not yet seen in the stream.
    pub(crate) sending: BTreeMap<[u8; 16], (TalkId, [u8; 16])>,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) last_letter: u64,
    /// Labels of tokens about which this connection to the mailbox was asked.
    pub(crate) asked_tokens: BTreeSet<u32>,
    /// Who alone could leave what lies in the mailbox under a number.
    pub(crate) ways: BTreeMap<u64, IdentityKey>,
    /// The id that the session gave the message that was just handed to it.
    pub(crate) queued: Option<[u8; 16]>,
    pub(crate) receipts_due: BTreeMap<TalkId, u64>,
    /// A relay would not take something: it is given again then.
    pub(crate) retry_at: Option<u64>,
    /// How often it was, since something was taken last.
    pub(crate) retries: u32,
    /// Whom to add to the group that is being made.
    pub(crate) creating: Option<Vec<IdentityKey>>,
    /// What a request that waits for the custodian is about.
    pub(crate) awaited: Option<TalkId>,
    pub(crate) agreed: BTreeMap<TalkId, BTreeSet<IdentityKey>>,
    pub(crate) leaving: BTreeMap<TalkId, BTreeSet<IdentityKey>>,
    pub(crate) writing: BTreeMap<TalkId, BTreeMap<IdentityKey, Writing>>,
    pub(crate) notes: Notes,
    pub(crate) changes: Changes,
    pub(crate) step: Step,
    /// The rows of this step.
    pub(crate) writes: Writes,
    pub(crate) now: TimestampMs,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) deletions: Vec<Write>,
    /// What this step sets aside, veiled.
    pub(crate) aside: Vec<Happened>,
    /// Its bytes, about.
    pub(crate) aside_len: u64,
    /// Alarms that this program has set aside.
    pub(crate) noticed: Vec<Happened>,
    /// What came while the vault was veiled, until [`Self::begin`].
    pub(crate) meanwhile: Table<Meanwhile>,
}

impl Live {
    pub(crate) fn prefs(&self) -> Prefs {
        self.prefs.get(b"").cloned().unwrap_or_default()
    }

    pub(crate) fn put_prefs(&mut self, prefs: Prefs) {
        self.prefs.put(prefs);
        self.changes.status = true;
    }

    /// Seals what was touched.
    pub(crate) fn seal_rows(&mut self) -> Result<(), ChatError> {
        let mut pages = Table::default();
        for (talk, history) in &mut self.histories {
            for (number, entries) in history.take_touched() {
                let talk = *talk;
                pages.put(Page {
                    talk,
                    number,
                    entries,
                });
            }
        }
        let mut writes = core::mem::take(&mut self.writes);
        for deletion in core::mem::take(&mut self.deletions) {
            writes.put(deletion);
        }
        self.seal_aside(&mut writes)?;
        if let Some(vault) = &self.history_vault {
            seal_table(vault, &mut pages, &mut self.rng, &mut writes)?;
            seal_table(vault, &mut self.talks, &mut self.rng, &mut writes)?;
        }
        seal_table(&self.vault, &mut self.meanwhile, &mut self.rng, &mut writes)?;
        seal_table(&self.vault, &mut self.prefs, &mut self.rng, &mut writes)?;
        self.writes = writes;
        Ok(())
    }

    /// Forgets pages of a conversation from a number on.
    pub(crate) fn delete_pages(&mut self, talk: TalkId, numbers: Range<u32>) {
        let Some(vault) = &self.history_vault else {
            return;
        };
        for number in numbers {
            let key = page_key(&talk, number);
            self.deletions.push(Write {
                table: TABLE_CHAT,
                key: vault.row_key(Page::TABLE, &key),
                value: None,
            });
        }
    }

    pub(crate) fn random(&mut self) -> [u8; 16] {
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        id
    }
}

/// A generator of this instance's own, from the host's.
pub(crate) fn seeded(rng: &mut impl CryptoRng) -> ChaCha20Rng {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    ChaCha20Rng::from_seed(seed)
}

impl core::fmt::Debug for Live {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Live(..)")
    }
}
