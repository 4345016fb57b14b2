//! Presence: short notes that stand for a while.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use sotto_protocol::relay::{Event, Tag};
use tokio::time::Instant;

/// Notes of one stream, at most; more are dropped.
const MAX_NOTES: usize = 64;

#[derive(Debug)]
struct Note {
    via: u32,
    note: Bytes,
    until: Instant,
}

/// The notes of a stream.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeMap<Tag, Note>);

impl Notes {
    /// Sets or takes away a note. Returns what subscribers are told.
    pub(super) fn put(&mut self, via: u32, tag: Tag, ttl_s: u16, note: &Bytes) -> Option<Event> {
        if ttl_s == 0 {
            return self.0.remove(&tag).map(|_| Event::Absent { tag });
        }
        if self.0.len() >= MAX_NOTES && !self.0.contains_key(&tag) {
            return None;
        }
        let until = Instant::now().checked_add(Duration::from_secs(ttl_s.into()))?;
        let note = Note {
            via,
            note: note.clone(),
            until,
        };
        let event = note.event(tag);
        self.0.insert(tag, note);
        Some(event)
    }

    /// What a new subscription is told.
    pub(super) fn standing(&self) -> impl Iterator<Item = Event> {
        let now = Instant::now();
        self.0
            .iter()
            .filter(move |(_, note)| note.until > now)
            .map(|(tag, note)| note.event(*tag))
    }

    /// Takes away what is over. Returns what subscribers are told.
    pub(super) fn expired(&mut self) -> Vec<Event> {
        let now = Instant::now();
        let over: Vec<Tag> = self
            .0
            .iter()
            .filter(|(_, note)| note.until <= now)
            .map(|(tag, _)| *tag)
            .collect();
        self.0.retain(|_, note| note.until > now);
        over.into_iter().map(|tag| Event::Absent { tag }).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Note {
    fn event(&self, tag: Tag) -> Event {
        Event::Present {
            via: self.via,
            tag,
            note: self.note.to_vec(),
        }
    }
}
