//! The spaces of French: before `; ? !` a narrow one, before `:` and inside `« »` a wide one, and
//! neither ends a line.

/// U+202F.
const NARROW: char = '\u{202F}';
/// U+00A0.
const WIDE: char = '\u{A0}';

/// The first sign of a text whose space is another or lacks.
pub(super) fn misplaced(text: &str) -> Option<char> {
    let padded: Vec<char> = text.chars().chain([' ']).collect();
    std::iter::once(' ')
        .chain(padded.iter().copied())
        .zip(padded.windows(2))
        .find_map(|(before, pair)| match pair {
            &[sign, after] => (!is_spaced(before, sign, after)).then_some(sign),
            _ => None,
        })
}

fn is_spaced(before: char, sign: char, after: char) -> bool {
    match sign {
        '«' => after == WIDE,
        '»' => before == WIDE,
        // Inside an address or a time of day it is no sign of a sentence.
        ':' => before == WIDE || !(before.is_whitespace() || after.is_whitespace()),
        '?' | '!' if matches!(before, '?' | '!') => true,
        ';' | '?' | '!' => before == NARROW,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::misplaced;

    #[test]
    fn a_space_that_may_end_a_line_is_found() {
        assert_eq!(misplaced("Vous : oui"), Some(':'));
        assert_eq!(misplaced("Sûr ?"), Some('?'));
        assert_eq!(misplaced("Non ; si"), Some(';'));
        assert_eq!(misplaced("« Joignable\u{A0}»"), Some('«'));
        assert_eq!(misplaced("«\u{A0}Joignable »"), Some('»'));
    }

    #[test]
    fn no_space_and_one_of_another_width_are_found() {
        assert_eq!(misplaced("Vous: oui"), Some(':'));
        assert_eq!(misplaced("Quoi!"), Some('!'));
        assert_eq!(misplaced("Pour\u{202F}:"), Some(':'));
        assert_eq!(misplaced("Sûr\u{A0}?"), Some('?'));
    }

    #[test]
    fn right_spaces_and_addresses_pass() {
        let text = "Vous\u{A0}: «\u{A0}quoi\u{202F}?!\u{A0}», dès 12:30 par wss://relais.example";
        assert_eq!(misplaced(text), None);
    }
}
