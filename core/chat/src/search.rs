//! Search in what was said.

use sotto_protocol::TimestampMs;
use sotto_protocol::live::talk::Hit;

use crate::error::ChatError;
use crate::history::{Entry, Said};
use crate::live::Live;
use crate::talk::{TalkId, hex};

/// Hits in one answer.
const MOST: usize = 30;
const MIN_QUERY: usize = 2;
const MAX_QUERY: usize = 200;
/// Characters around a match.
const AROUND: usize = 60;

impl Live {
    /// Hits, the newest first, and whether there are more.
    pub(crate) fn search(
        &self,
        within: Option<TalkId>,
        query: &str,
        before: Option<&str>,
    ) -> Result<(Vec<Hit>, bool), ChatError> {
        let query: Vec<char> = query.trim().to_lowercase().chars().collect();
        if !(MIN_QUERY..=MAX_QUERY).contains(&query.len()) {
            return Err(ChatError::Malformed);
        }
        let before = before.map(parse_cursor).transpose()?;
        let talks = self.talks.iter().filter(|talk| talk.is_listed());
        let talks = talks.filter(|talk| within.is_none_or(|id| talk.id == id));
        let mut found: Vec<(u64, TalkId, u32, [String; 3])> = Vec::new();
        for talk in talks {
            let Some(history) = self.histories.get(&talk.id) else {
                continue;
            };
            for (place, entry) in history.backwards() {
                let is_older = before.is_none_or(|end| (entry.at, talk.id, place) < end);
                if !is_older {
                    continue;
                }
                if let Some(parts) = matched(entry, &query) {
                    found.push((entry.at, talk.id, place, parts));
                }
            }
        }
        found.sort_by_key(|it| core::cmp::Reverse((it.0, it.1, it.2)));
        let more = found.len() > MOST;
        found.truncate(MOST);
        let hits = found.into_iter().filter_map(|hit| self.show_hit(hit));
        Ok((hits.collect(), more))
    }

    fn show_hit(
        &self,
        (at, talk, place, [before, found, after]): (u64, TalkId, u32, [String; 3]),
    ) -> Option<Hit> {
        let entry = self.histories.get(&talk)?.get(place)?;
        Some(Hit {
            conversation: talk.to_hex(),
            title: self.title(self.talks.get(&talk.0)?),
            message: hex(&entry.id),
            position: place,
            at: TimestampMs(at),
            name: self.people.name(&entry.author),
            own: entry.author == self.me,
            before,
            found,
            after,
            cursor: format!("{at}.{}.{place}", talk.to_hex()),
        })
    }
}

fn parse_cursor(text: &str) -> Result<(u64, TalkId, u32), ChatError> {
    let mut parts = text.split('.');
    let at = parts.next().and_then(|part| part.parse().ok());
    let talk = parts.next().and_then(TalkId::parse);
    let place = parts.next().and_then(|part| part.parse().ok());
    match (at, talk, place, parts.next()) {
        (Some(at), Some(talk), Some(place), None) => Ok((at, talk, place)),
        _ => Err(ChatError::Malformed),
    }
}

/// The text around the first match, character by character: lower case may be longer than upper.
fn matched(entry: &Entry, query: &[char]) -> Option<[String; 3]> {
    let Said::Text { text, .. } = &entry.said else {
        return None;
    };
    let letters: Vec<char> = text.chars().collect();
    let lower = |letter: &char| letter.to_lowercase().next().unwrap_or(*letter);
    let folded: Vec<char> = letters.iter().map(lower).collect();
    let at = folded.windows(query.len()).position(|it| it == query)?;
    let end = at.saturating_add(query.len());
    let part = |range: core::ops::Range<usize>| -> String {
        letters.get(range).unwrap_or_default().iter().collect()
    };
    Some([
        part(at.saturating_sub(AROUND)..at),
        part(at..end),
        part(end..end.saturating_add(AROUND).min(letters.len())),
    ])
}
