//! MIME entities inside letters of kind *mail*, reduced to what is shown: words, names and sizes.
//!
//! Everything in an entity was written by the letter's author and proves nothing: sender, subject
//! and date of its header are not even read. Nothing of it is rendered and nothing is fetched.

mod html;

use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

pub use html::to_text;

/// Parts that are listed.
const MAX_PARTS: usize = 64;
/// Addresses of each field that are listed.
const MAX_ADDRESSES: usize = 64;
/// Longest name, type or address that is shown, in characters.
const MAX_NAME_CHARS: usize = 128;

/// What is shown of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The words: plain text, or formatted text without its formatting.
    pub text: String,
    /// Some of the words were formatted.
    pub is_reduced: bool,
    /// To, as the author wrote it.
    pub to: Vec<String>,
    /// Cc, as the author wrote it.
    pub cc: Vec<String>,
    /// What is no text.
    pub parts: Vec<Part>,
}

/// A part that is only named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// File name, or empty.
    pub name: String,
    /// Content type as the author claims it.
    pub kind: String,
    /// Size in bytes.
    pub len: usize,
}

/// Reads an entity (RFC 2045, 5322). What is not one is plain text.
#[must_use]
pub fn read(entity: &[u8]) -> Mail {
    let Some(message) = MessageParser::new()
        .with_mime_headers()
        .with_address_headers()
        .parse(entity)
    else {
        return Mail {
            text: String::from_utf8_lossy(entity).into_owned(),
            ..Mail::default()
        };
    };
    let mut mail = Mail {
        to: addresses(message.to()),
        cc: addresses(message.cc()),
        parts: parts(&message),
        ..Mail::default()
    };
    for part in message.text_bodies() {
        mail.add(part);
    }
    mail
}

impl Mail {
    fn add(&mut self, part: &MessagePart<'_>) {
        let text = match &part.body {
            PartType::Text(text) => text.replace("\r\n", "\n"),
            PartType::Html(html) => {
                self.is_reduced = true;
                to_text(html)
            }
            // Listed with the parts.
            PartType::Binary(_)
            | PartType::InlineBinary(_)
            | PartType::Message(_)
            | PartType::Multipart(_) => return,
        };
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text.trim_end());
    }
}

fn parts(message: &Message<'_>) -> Vec<Part> {
    message.attachments().take(MAX_PARTS).map(part).collect()
}

fn part(part: &MessagePart<'_>) -> Part {
    let kind = part.content_type().map(|kind| match kind.subtype() {
        Some(subtype) => format!("{}/{subtype}", kind.ctype()),
        None => kind.ctype().to_owned(),
    });
    Part {
        name: one_line(part.attachment_name().unwrap_or_default()),
        kind: one_line(&kind.unwrap_or_default().to_ascii_lowercase()),
        len: part.len(),
    }
}

fn addresses(field: Option<&Address<'_>>) -> Vec<String> {
    let all = field.into_iter().flat_map(Address::iter);
    all.take(MAX_ADDRESSES)
        .map(|one| {
            let address = one.address().unwrap_or_default();
            match one.name() {
                Some(name) => one_line(&format!("{name} <{address}>")),
                None => one_line(address),
            }
        })
        .collect()
}

/// One line of visible characters.
fn one_line(text: &str) -> String {
    let is_shown = |letter: &char| !letter.is_control() && !is_invisible(*letter);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words
        .chars()
        .filter(is_shown)
        .take(MAX_NAME_CHARS)
        .collect()
}

/// Characters that show nothing, or turn the direction of what follows.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests;
