//! Finds sealed blocks in text that services have rewritten.
//!
//! Mail and chat services double, drop or join lines, quote with `> `, put U+200B into blank
//! lines, turn `--` into dashes and split at 350 or 998 characters. Finding is tolerant of all
//! that; what is found is taken back to its one canonical form and decoded strictly. Nothing is
//! repaired: a character that is neither of the block nor of its lay-out ends it.

mod cursor;
mod marker;

use core::ops::Range;

use base64ct::{Base64, Encoding};

use self::cursor::Cursor;
use self::marker::Marker;
use super::armor::Label;
use super::{AgeError, line};

/// Longest block looked at, in characters that count: 64 MiB of base64.
const MAX_BLOCK_LEN: usize = 67_108_864;

/// A block in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands, in bytes of the text: from the first to the last character of its markers.
    pub range: Range<usize>,
    /// What it is.
    pub form: Form,
    /// The bytes it holds, strictly decoded, or why it holds none.
    pub bytes: Result<Vec<u8>, AgeError>,
}

/// The form in which a block was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// ASCII armor.
    Armor(Label),
    /// The line form for chats.
    Line,
}

/// Finds every block in `text`, in order, without overlap.
///
/// A begin marker without its end is found too, as [`AgeError::TruncatedArmor`]: the rest may
/// still be on its way into the page.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut cursor = Cursor::new(text);
    while let Some(block) = next(&mut cursor) {
        found.push(block);
    }
    found
}

fn next(cursor: &mut Cursor<'_>) -> Option<Found> {
    loop {
        let start = cursor.offset();
        if let Some(Marker::Begin(label)) = marker::read(cursor) {
            return Some(armor(cursor, start, label));
        }
        cursor.seek(start);
        if let Some(found) = line_form(cursor, start) {
            return Some(found);
        }
        cursor.seek(start);
        cursor.skip_one()?;
    }
}

/// Reads from behind a begin marker to its end marker.
fn armor(cursor: &mut Cursor<'_>, start: usize, label: Label) -> Found {
    let form = Form::Armor(label);
    let mut base64 = String::new();
    loop {
        cursor.skip_layout();
        let here = cursor.offset();
        let error = match cursor.peek() {
            Some(next @ ('A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=')) => {
                base64.push(next);
                cursor.skip_one();
                if base64.len() <= MAX_BLOCK_LEN {
                    continue;
                }
                AgeError::MalformedArmor { line: 1 }
            }
            Some(next) if marker::is_dash(next) => match marker::read(cursor) {
                Some(Marker::End(end)) if end == label => {
                    let bytes = decode(&base64);
                    return Found {
                        range: start..cursor.offset(),
                        form,
                        bytes,
                    };
                }
                _ => {
                    // Another block begins here: it is looked at on its own.
                    cursor.seek(here);
                    AgeError::TruncatedArmor
                }
            },
            Some(_) => AgeError::MalformedArmor { line: 1 },
            None => AgeError::TruncatedArmor,
        };
        return Found {
            range: start..cursor.content_end(start),
            form,
            bytes: Err(error),
        };
    }
}

fn decode(base64: &str) -> Result<Vec<u8>, AgeError> {
    Base64::decode_vec(base64).map_err(|_| AgeError::MalformedArmor { line: 1 })
}

/// Reads `sotto1.….` with anything of lay-out within.
fn line_form(cursor: &mut Cursor<'_>, start: usize) -> Option<Found> {
    if cursor.peek() != line::PREFIX.chars().next() || cursor.follows_word() {
        return None;
    }
    let mut text = String::new();
    for expected in line::PREFIX.chars() {
        cursor.skip_layout();
        (cursor.peek() == Some(expected)).then(|| cursor.skip_one())?;
        text.push(expected);
    }
    let form = Form::Line;
    while text.len() <= MAX_BLOCK_LEN {
        cursor.skip_layout();
        match cursor.peek() {
            Some(next @ ('A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_')) => text.push(next),
            Some(next) if next == line::SUFFIX => {
                text.push(next);
                cursor.skip_one();
                let bytes = line::decode(&text);
                return Some(Found {
                    range: start..cursor.offset(),
                    form,
                    bytes,
                });
            }
            Some(_) | None => break,
        }
        cursor.skip_one();
    }
    // A word that only begins like a line is no block; a cut line is one.
    let bytes = Err(AgeError::MalformedLine);
    let cut = text.starts_with(CUT_LINE);
    cut.then(|| Found {
        range: start..cursor.content_end(start),
        form,
        bytes,
    })
}

/// How the line form of every age file begins: `age-` in base64url.
const CUT_LINE: &str = "sotto1.YWdl";

#[cfg(test)]
mod tests;
