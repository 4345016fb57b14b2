use super::cursor::Cursor;
use crate::age::armor::Label;

/// A line that begins or ends armor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Begin(Label),
    End(Label),
}

/// Reads a marker: dashes of any kind, the words, dashes; lay-out between any two characters.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Marker> {
    if !cursor.peek().is_some_and(is_dash) {
        return None;
    }
    skip_dashes(cursor);
    let start = cursor.offset();
    for label in Label::ALL {
        for marker in [Marker::Begin(label), Marker::End(label)] {
            cursor.seek(start);
            if marker.read_words(cursor) {
                cursor.skip_layout();
                if cursor.peek().is_some_and(is_dash) {
                    skip_dashes(cursor);
                    return Some(marker);
                }
            }
        }
    }
    None
}

impl Marker {
    /// The words may have been broken or spaced anew, but are spelt exactly.
    fn read_words(self, cursor: &mut Cursor<'_>) -> bool {
        let (verb, label) = match self {
            Self::Begin(label) => ("BEGIN", label),
            Self::End(label) => ("END", label),
        };
        core::iter::once(verb)
            .chain(label.as_str().split(' '))
            .flat_map(str::chars)
            .all(|letter| {
                cursor.skip_layout();
                cursor.skip_one() == Some(letter)
            })
    }
}

/// As many `-` as a marker has on each side.
const DASHES: usize = 5;
/// More than that are taken only where they stand together.
const MOST_DASHES: usize = 8;

/// Skips the dashes of one side, which services made typographic or broke; what stands apart from
/// five of them is not ours (`-- ` begins a signature).
fn skip_dashes(cursor: &mut Cursor<'_>) {
    let mut width = 0_usize;
    let mut end = cursor.offset();
    loop {
        let together = cursor.offset() == end && width < MOST_DASHES;
        let next = cursor
            .peek()
            .filter(|&next| is_dash(next) && (width < DASHES || together));
        let Some(dash) = next else { break };
        width = width.saturating_add(dash_width(dash));
        cursor.skip_one();
        end = cursor.offset();
        cursor.skip_layout();
    }
    cursor.seek(end);
}

/// How many `-` a dash stands for.
const fn dash_width(dash: char) -> usize {
    match dash {
        '\u{2014}' | '\u{2015}' => 3,
        '\u{2013}' => 2,
        _ => 1,
    }
}

/// Hyphens, dashes and what fonts and services put in their place.
pub(super) const fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
    )
}
