/// A place in a text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    /// Goes to an offset that [`Cursor::offset`] gave.
    pub(super) const fn seek(&mut self, offset: usize) {
        self.offset = offset;
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn before(&self) -> &'a str {
        self.text.get(..self.offset).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip_one(&mut self) -> Option<char> {
        let skipped = self.peek()?;
        self.offset = self.offset.saturating_add(skipped.len_utf8());
        Some(skipped)
    }

    /// Skips what services put between the characters of a block.
    pub(super) fn skip_layout(&mut self) {
        let kept = self.rest().trim_start_matches(is_layout);
        self.offset = self.text.len().saturating_sub(kept.len());
    }

    /// Whether a letter or digit stands directly before.
    pub(super) fn follows_word(&self) -> bool {
        self.before()
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
    }

    /// The end of what has been read since `start`, without lay-out behind it.
    pub(super) fn content_end(&self, start: usize) -> usize {
        let kept = self.before().trim_end_matches(is_layout);
        kept.len().max(start)
    }
}

/// White space of any kind, and characters that show nothing.
fn is_space(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

/// Space and the marks of quoting; none of them is in a base64 alphabet.
fn is_layout(character: char) -> bool {
    is_space(character) || matches!(character, '>' | '|' | '\u{203a}' | '\u{bb}')
}
