//! From a claimed file name to one that can be offered for saving.

/// Longest name offered, in bytes of UTF-8: any file system takes it.
const MAX_LEN: usize = 120;
/// Longest ending that survives shortening, its dot included.
const MAX_ENDING_LEN: usize = 16;

/// Names that Windows gives to devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name that leads nowhere, hides nothing and fits everywhere; `None` when nothing is left.
///
/// It stays a claim: it is offered, and the person takes it or not.
#[must_use]
pub fn suggested_name(claimed: &str) -> Option<String> {
    let visible: String = claimed
        .chars()
        .filter(|&letter| !is_hidden(letter))
        .map(|letter| if is_reserved(letter) { '_' } else { letter })
        .collect();
    let trimmed = visible.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    let short = shortened(trimmed)?;
    Some(if is_device(&short) {
        format!("_{short}")
    } else {
        short
    })
}

/// Controls, marks that change the direction of writing, and what takes no place.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// What separates folders or means something to a shell or a file system.
const fn is_reserved(letter: char) -> bool {
    matches!(letter, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

fn shortened(name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    if name.len() <= MAX_LEN {
        return Some(name.to_owned());
    }
    let ending = name
        .rfind('.')
        .and_then(|dot| name.get(dot..))
        .filter(|ending| ending.len() <= MAX_ENDING_LEN)
        .unwrap_or_default();
    let room = MAX_LEN.saturating_sub(ending.len());
    let stem: String = name
        .char_indices()
        .take_while(|(at, letter)| at.saturating_add(letter.len_utf8()) <= room)
        .map(|(_, letter)| letter)
        .collect();
    Some(stem + ending)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}
