//! From the rows to what they tell.

use std::collections::{BTreeMap, BTreeSet};

use rand_core::CryptoRng;
use sotto_core::record::Table;
use sotto_core::vault::{Vault, VaultId};
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::Secret;
use sotto_session::link::Links;
use sotto_session::{SessionError, Sessions};

use crate::error::ChatError;
use crate::history::{History, Way};
use crate::live::{Changes, Device, Keys, Live, seeded};
use crate::mailbox::Mailbox;
use crate::meanwhile::Meanwhile;
use crate::people::People;
use crate::presence::Notes;
use crate::rows::{Page, Prefs};
use crate::step::Step;
use crate::store::{Kept, TABLE_CHAT, TABLE_SESSION, Write, Writes, kind, open_row};
use crate::talk::{Talk, TalkId};

impl Live {
    /// Everything as the rows have it: table, key, value.
    ///
    /// # Errors
    /// [`ChatError`] when a row is not what was written.
    pub fn load(
        device: Device,
        keys: &Keys,
        rows: impl IntoIterator<Item = (String, Vec<u8>, Vec<u8>)>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, ChatError> {
        let vaults = Vaults::new(device.vault, keys);
        let rows = rows.into_iter().collect();
        let (rows, deletions) = of_this_vault(&device, &vaults, keys, rows, rng);
        let (mut prefs, mut talks, mut pages) = Default::default();
        let mut meanwhile: Table<Meanwhile> = Table::default();
        let mut session_rows = Vec::new();
        for (table, row_key, value) in rows {
            if table == TABLE_SESSION {
                session_rows.push(value);
                continue;
            }
            let sessions = &vaults.sessions;
            match (kind(&value), &vaults.history) {
                (Some(Prefs::KIND), _) => open_row(sessions, &row_key, &value, &mut prefs)?,
                // What a veiled device cannot open, or does not, stays as it is.
                (Some(Talk::KIND | Page::KIND | Meanwhile::KIND), None) => {}
                (Some(Talk::KIND), Some(history)) => {
                    open_row(history, &row_key, &value, &mut talks)?;
                }
                (Some(Page::KIND), Some(history)) => {
                    open_row(history, &row_key, &value, &mut pages)?;
                }
                (Some(Meanwhile::KIND), Some(_)) => {
                    open_row(sessions, &row_key, &value, &mut meanwhile)?;
                }
                _ => return Err(ChatError::Malformed),
            }
        }
        let of_sessions = Vault::of_class(device.vault, &keys.sessions);
        let sessions = Sessions::load(device.who, of_sessions, session_rows, rng)?;
        let mut live = Self {
            me: device.who.identity,
            vault: vaults.sessions,
            history_vault: vaults.history,
            sessions,
            links: Links::default(),
            mailbox: None,
            people: People::default(),
            prefs,
            talks,
            histories: histories(&pages),
            by_session: BTreeMap::new(),
            sending: BTreeMap::new(),
            outgoing: Vec::new(),
            last_letter: 0,
            asked_tokens: BTreeSet::new(),
            ways: BTreeMap::new(),
            queued: None,
            receipts_due: BTreeMap::new(),
            retry_at: None,
            retries: 0,
            creating: None,
            awaited: None,
            agreed: BTreeMap::new(),
            leaving: BTreeMap::new(),
            writing: BTreeMap::new(),
            notes: Notes::default(),
            changes: Changes::default(),
            step: Step::default(),
            writes: Writes::default(),
            now,
            rng: seeded(rng),
            deletions,
            aside: Vec::new(),
            aside_len: 0,
            noticed: Vec::new(),
            meanwhile,
            device,
        };
        live.index();
        Ok(live)
    }

    /// What is looked up by others' names.
    fn index(&mut self) {
        for talk in self.talks.iter() {
            if let Some(session) = talk.session {
                self.by_session.insert(session, talk.id);
            }
        }
        for (talk, history) in &self.histories {
            for (_, entry) in history.from(0) {
                if let Way::Sending(id) = entry.way {
                    self.sending.insert(id, (*talk, entry.id));
                }
            }
        }
        let read = self.prefs().mailbox;
        self.mailbox = self.device.mailbox.clone().map(|given| {
            let read = read.filter(|(stream, _)| *stream == given.stream.0);
            Mailbox::new(given, read.map(|(_, seq)| seq))
        });
        if let Some(own) = &self.mailbox {
            let given = &own.given;
            let pass = Secret(given.pass.0);
            self.sessions.settle_at(&given.relay, given.stream.0, pass);
        }
    }
}

/// What opens the rows of each class.
struct Vaults {
    sessions: Vault,
    history: Option<Vault>,
}

impl Vaults {
    fn new(id: VaultId, keys: &Keys) -> Self {
        let history = keys.history.as_ref();
        Self {
            sessions: Vault::of_class(id, &keys.sessions),
            history: history.map(|key| Vault::of_class(id, key)),
        }
    }
}

/// Table, key and sealed value of each.
type Rows = Vec<(String, Vec<u8>, Vec<u8>)>;

/// The rows, unless they are a former vault's: it was reset, and the program ended before they were
/// deleted. Then there are none, and what deletes them. One row that opens keeps them all.
fn of_this_vault(
    device: &Device,
    vaults: &Vaults,
    keys: &Keys,
    rows: Rows,
    rng: &mut impl CryptoRng,
) -> (Rows, Vec<Write>) {
    let is_session = |table: &str| table == TABLE_SESSION;
    let chats = rows.iter().filter(|(table, ..)| !is_session(table));
    // A veil is of the vault that was unlocked before it.
    if rows.is_empty()
        || vaults.history.is_none()
        || chats
            .into_iter()
            .any(|(_, key, value)| opens(vaults, key, value))
    {
        return (rows, Vec::new());
    }
    let of_sessions = rows.iter().filter(|(table, ..)| is_session(table));
    let of_sessions = of_sessions.map(|(_, _, value)| value.clone());
    let vault = Vault::of_class(device.vault, &keys.sessions);
    let loaded = Sessions::load(device.who, vault, of_sessions, rng);
    let has_sessions = rows.iter().any(|(table, ..)| is_session(table));
    let is_former = matches!(loaded, Err(SessionError::Vault(_))) || !has_sessions;
    if !is_former {
        return (rows, Vec::new());
    }
    let deletion = |(table, key, _): &(String, Vec<u8>, Vec<u8>)| {
        Some(Write {
            table: if is_session(table) {
                TABLE_SESSION
            } else {
                TABLE_CHAT
            },
            key: key.as_slice().try_into().ok()?,
            value: None,
        })
    };
    (Vec::new(), rows.iter().filter_map(deletion).collect())
}

fn opens(vaults: &Vaults, row_key: &[u8], value: &[u8]) -> bool {
    let Some(history) = &vaults.history else {
        return false;
    };
    let sessions = &vaults.sessions;
    match kind(value) {
        Some(Prefs::KIND) => is_of::<Prefs>(sessions, row_key, value),
        Some(Talk::KIND) => is_of::<Talk>(history, row_key, value),
        Some(Page::KIND) => is_of::<Page>(history, row_key, value),
        Some(Meanwhile::KIND) => is_of::<Meanwhile>(sessions, row_key, value),
        _ => false,
    }
}

fn is_of<T: Kept>(vault: &Vault, row_key: &[u8], value: &[u8]) -> bool {
    open_row::<T>(vault, row_key, value, &mut Table::default()).is_ok()
}

fn histories(pages: &Table<Page>) -> BTreeMap<TalkId, History> {
    let mut of_talk: BTreeMap<TalkId, Vec<&Page>> = BTreeMap::new();
    for page in pages.iter() {
        of_talk.entry(page.talk).or_default().push(page);
    }
    let history = |pages: Vec<&Page>| History::load(pages.into_iter().map(|it| it.entries.clone()));
    of_talk
        .into_iter()
        .map(|(talk, mut pages)| {
            pages.sort_by_key(|page| page.number);
            (talk, history(pages))
        })
        .collect()
}
