//! HTML as its words alone. No tree is built: tags are taken away, and what a reader would not see
//! as text goes with them. What comes out is text, whatever went in.

use mail_parser::decoders::html::add_html_token;

/// Elements whose content is no text for people.
const DROPPED: [&str; 14] = [
    "head", "title", "style", "script", "template", "textarea", "select", "svg", "math", "iframe",
    "object", "audio", "video", "noembed",
];
/// Elements that begin and end a line.
const BLOCKS: [&str; 24] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "section",
    "ul",
];
const TABLE: [&str; 3] = ["table", "tr", "pre"];
/// Longest name of an entity: `&CounterClockwiseContourIntegral;`.
const MAX_ENTITY_LEN: usize = 33;

/// The words of a document, a line for each paragraph.
#[must_use]
pub fn to_text(html: &str) -> String {
    let mut words = Words::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (text, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        words.add(text);
        rest = match from.strip_prefix('<') {
            Some(behind) => tag(behind, &mut words),
            None => entity(from, &mut words),
        };
    }
    words.add(rest);
    words.finish()
}

/// Reads a tag from behind its `<`; what follows it.
fn tag<'a>(from: &'a str, words: &mut Words) -> &'a str {
    if let Some(comment) = from.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let (is_end, named) = match from.strip_prefix('/') {
        Some(named) => (true, named),
        None => (false, from),
    };
    if !named.starts_with(|next: char| next.is_ascii_alphabetic() || "!?".contains(next)) {
        words.add("<");
        return from;
    }
    let is_outside = |letter: char| !letter.is_ascii_alphanumeric();
    let name = named.split(is_outside).next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let rest = behind_tag(named);
    if BLOCKS.contains(&name.as_str()) || TABLE.contains(&name.as_str()) {
        words.end_line();
    } else if matches!(name.as_str(), "td" | "th") {
        words.add(" ");
    }
    if !is_end && DROPPED.contains(&name.as_str()) {
        return behind_element(rest, &name);
    }
    rest
}

/// What follows the `>` of a tag; a `>` in quotes does not end it.
fn behind_tag(tag: &str) -> &str {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return tag.get(at.saturating_add(1)..).unwrap_or_default(),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    ""
}

/// What follows the end tag of an element without text; nothing, where it does not end.
fn behind_element<'a>(from: &'a str, name: &str) -> &'a str {
    let mut rest = from;
    while let Some((_, end)) = rest.split_once("</") {
        let is_it = end
            .get(..name.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(name));
        let is_whole = end
            .get(name.len()..)
            .is_some_and(|tail| !tail.starts_with(|next: char| next.is_ascii_alphanumeric()));
        if is_it && is_whole {
            return behind_tag(end);
        }
        rest = end;
    }
    ""
}

/// Reads from an `&` on; what follows the entity, or the `&` where there is none.
fn entity<'a>(from: &'a str, words: &mut Words) -> &'a str {
    let end = from
        .bytes()
        .take(MAX_ENTITY_LEN.saturating_add(1))
        .position(|byte| byte == b';');
    let whole = end.and_then(|end| from.split_at_checked(end.saturating_add(1)));
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    match whole {
        Some((entity, rest))
            if entity
                .trim_matches(['&', ';'])
                .as_bytes()
                .iter()
                .all(is_name) =>
        {
            let mut letter = String::new();
            add_html_token(&mut letter, entity.as_bytes(), false);
            words.add(&letter);
            rest
        }
        _ => {
            words.add("&");
            from.strip_prefix('&').unwrap_or_default()
        }
    }
}

/// The text so far: white space is one space, and never more than one empty line.
#[derive(Default)]
struct Words {
    text: String,
    has_space: bool,
    ended: bool,
}

impl Words {
    fn add(&mut self, piece: &str) {
        for letter in piece.chars() {
            if letter.is_whitespace() {
                self.has_space = true;
            } else {
                self.begin();
                self.text.push(letter);
            }
        }
    }

    /// Writes the lay-out that waits before the next word.
    fn begin(&mut self) {
        if self.ended && !self.text.is_empty() {
            self.text.push('\n');
        } else if self.has_space && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.ended = false;
        self.has_space = false;
    }

    const fn end_line(&mut self) {
        self.ended = true;
        self.has_space = false;
    }

    fn finish(self) -> String {
        self.text
    }
}
