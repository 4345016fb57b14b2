//! Which reader frame may ask for which block (docs/architecture.md, "Frame admission").
//!
//! The content script hands over a block with a one-use token that it drew, which the frame's
//! address carries after `#`: so the frame loads while its admission is under way. The browser
//! stamps that address on the frame's messages, so only the frame that was made for the block gets
//! it. The page can neither read nor guess the token.

use serde::{Deserialize, Serialize};
use sotto_protocol::TimestampMs;
use sotto_protocol::shell::{FoundBlock, Retired, Stamp};
use subtle::ConstantTimeEq;

use super::AppError;

/// Live frames of one tab; a further one retires the oldest.
pub const MAX_PER_TAB: usize = 8;
/// Text of one block in bytes.
pub const MAX_BLOCK_LEN: usize = 1 << 20;
/// Text of all live blocks in bytes: the browser's session storage takes 10 MB.
pub const MAX_TOTAL_LEN: usize = 6 << 20;
/// Hex digits of 128 bits.
const TOKEN_LEN: usize = 32;
/// How long a frame may take to load.
const REDEEM_WITHIN_MS: u64 = 60_000;

#[derive(Clone, Serialize, Deserialize)]
struct Admission {
    token: String,
    asked_by: Stamp,
    at: TimestampMs,
    block: FoundBlock,
    redeemed_by: Option<Stamp>,
    was_opened: bool,
}

/// All admissions, oldest first. Serializable: the background keeps them in session storage, so
/// that an open frame outlives the worker.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Admissions(Vec<Admission>);

impl Admissions {
    /// Admits the frame of `token`, 32 hex digits, for `block`; yields the frames whose place it
    /// takes. This is the one rule on how many frames live; content scripts take away what is retired.
    ///
    /// # Errors
    /// [`AppError::TooLong`]; [`AppError::Token`] for what is no token; [`AppError::TokenSpent`]
    /// for one that serves already.
    pub fn admit(
        &mut self,
        asked_by: Stamp,
        token: String,
        block: FoundBlock,
        now: TimestampMs,
    ) -> Result<Vec<Retired>, AppError> {
        check_token(&token)?;
        if block.text.len() > MAX_BLOCK_LEN {
            return Err(AppError::TooLong {
                len: block.text.len(),
            });
        }
        self.0.retain(|admission| admission.is_live(now));
        if self.0.iter().any(|admission| admission.bears(&token)) {
            return Err(AppError::TokenSpent);
        }
        let retired = self.make_room(asked_by.tab, block.text.len());
        let admission = Admission {
            token,
            asked_by,
            at: now,
            block,
            redeemed_by: None,
            was_opened: false,
        };
        self.0.push(admission);
        Ok(retired)
    }

    /// The frame of a token left the document that asked for it.
    pub fn close(&mut self, token: &str, asked_by: &Stamp) {
        self.0
            .retain(|admission| admission.token != token || admission.asked_by != *asked_by);
    }

    /// The block of a token, and whether it was opened for it before. The first document that asks
    /// owns it; it may ask again while it lives.
    ///
    /// # Errors
    /// [`AppError::TokenSpent`] for an unknown or late token, another tab or another document.
    pub fn redeem(
        &mut self,
        token: &str,
        by: &Stamp,
        now: TimestampMs,
    ) -> Result<(&FoundBlock, bool), AppError> {
        let found = self.0.iter_mut().find(|admission| {
            admission.bears(token) && admission.asked_by.tab == by.tab && admission.is_live(now)
        });
        let admission = found.ok_or(AppError::TokenSpent)?;
        let owner = admission.redeemed_by.get_or_insert_with(|| by.clone());
        if owner == by {
            Ok((&admission.block, admission.was_opened))
        } else {
            Err(AppError::TokenSpent)
        }
    }

    /// The block of a token that no document has asked for yet.
    #[must_use]
    pub fn awaited(&self, token: &str, now: TimestampMs) -> Option<&FoundBlock> {
        let is_it = |admission: &&Admission| {
            admission.bears(token) && admission.redeemed_by.is_none() && admission.is_live(now)
        };
        self.0.iter().find(is_it).map(|admission| &admission.block)
    }

    /// The letter of a token was opened: asking again is no repeat of the letter.
    pub fn note_opened(&mut self, token: &str) {
        let opened = self
            .0
            .iter_mut()
            .filter(|admission| admission.token == token);
        opened.for_each(|admission| admission.was_opened = true);
    }

    /// A document stands in a frame: whatever another document asked for or redeemed there is over.
    pub fn arrive(&mut self, place: &Stamp) {
        let is_over = |old: &Stamp| {
            old.tab == place.tab && old.frame == place.frame && old.document != place.document
        };
        self.0.retain(|admission| {
            !is_over(&admission.asked_by) && !admission.redeemed_by.as_ref().is_some_and(is_over)
        });
    }

    /// The tab closed or went elsewhere.
    pub fn leave(&mut self, tab: u32) {
        self.0.retain(|admission| admission.asked_by.tab != tab);
    }

    fn make_room(&mut self, tab: u32, len: usize) -> Vec<Retired> {
        let in_tab = |admission: &Admission| admission.asked_by.tab == tab;
        let room = MAX_TOTAL_LEN.saturating_sub(len);
        let mut retired = Vec::new();
        while self.0.iter().filter(|admission| in_tab(admission)).count() >= MAX_PER_TAB {
            let oldest = self.0.iter().position(in_tab);
            retired.extend(oldest.map(|oldest| self.0.remove(oldest).retire()));
        }
        while self.total_len() > room {
            retired.push(self.0.remove(0).retire());
        }
        retired
    }

    fn total_len(&self) -> usize {
        self.0
            .iter()
            .map(|admission| admission.block.text.len())
            .sum()
    }
}

fn check_token(token: &str) -> Result<(), AppError> {
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if token.len() == TOKEN_LEN && token.as_bytes().iter().all(is_hex) {
        Ok(())
    } else {
        Err(AppError::Token)
    }
}

impl Admission {
    fn bears(&self, token: &str) -> bool {
        self.token.as_bytes().ct_eq(token.as_bytes()).into()
    }

    fn retire(self) -> Retired {
        Retired {
            tab: self.asked_by.tab,
            token: self.token,
        }
    }

    fn is_live(&self, now: TimestampMs) -> bool {
        self.redeemed_by.is_some() || now.since_ms(self.at) < REDEEM_WITHIN_MS
    }
}

impl core::fmt::Debug for Admissions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Admissions({} live)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_protocol::shell::BlockKind;

    const NOW: TimestampMs = TimestampMs(1_000_000);

    fn block(text: &str) -> FoundBlock {
        FoundBlock {
            kind: BlockKind::Letter,
            text: text.to_owned(),
            message_from: Vec::new(),
            message_date: None,
        }
    }

    fn place(tab: u32, frame: u32, document: &str) -> Stamp {
        Stamp {
            tab,
            frame,
            document: document.to_owned(),
            ..Stamp::default()
        }
    }

    fn admitted(text: &str) -> (Admissions, String) {
        let mut admissions = Admissions::default();
        let page = place(1, 0, "page");
        let token = "0f".repeat(16);
        let retired = admissions.admit(page, token.clone(), block(text), NOW);
        assert_eq!(retired.unwrap(), []);
        (admissions, token)
    }

    fn token(number: u32) -> String {
        format!("{number:032x}")
    }

    #[test]
    fn a_token_serves_once_and_is_of_one_form() {
        let (mut admissions, taken) = admitted("x");
        let mut admit = |token: &str| {
            let page = place(1, 0, "page");
            admissions.admit(page, token.to_owned(), block("y"), NOW)
        };
        assert!(matches!(admit(&taken), Err(AppError::TokenSpent)));
        for wrong in [
            "",
            "0f",
            &"0F".repeat(16),
            &"g0".repeat(16),
            &"é".repeat(16),
        ] {
            assert!(matches!(admit(wrong), Err(AppError::Token)), "{wrong}");
        }
        let frame = place(1, 7, "frame");
        assert_eq!(admissions.redeem(&taken, &frame, NOW).unwrap().0.text, "x");
    }

    #[test]
    fn the_first_document_owns_the_block_and_may_ask_again() {
        let (mut admissions, token) = admitted("x");
        let frame = place(1, 7, "frame");
        let later = TimestampMs(NOW.0 + 10 * REDEEM_WITHIN_MS);
        assert_eq!(admissions.redeem(&token, &frame, NOW).unwrap().0.text, "x");
        assert_eq!(
            admissions.redeem(&token, &frame, later).unwrap().0.text,
            "x"
        );
        let copy = place(1, 8, "other");
        assert!(matches!(
            admissions.redeem(&token, &copy, NOW),
            Err(AppError::TokenSpent)
        ));
    }

    #[test]
    fn another_tab_a_wrong_token_and_a_late_frame_get_nothing() {
        let (mut admissions, token) = admitted("x");
        let late = TimestampMs(NOW.0 + REDEEM_WITHIN_MS);
        assert!(
            admissions
                .redeem(&token, &place(2, 7, "frame"), NOW)
                .is_err()
        );
        assert!(
            admissions
                .redeem(&"0".repeat(32), &place(1, 7, "frame"), NOW)
                .is_err()
        );
        assert!(admissions.redeem("", &place(1, 7, "frame"), NOW).is_err());
        assert!(
            admissions
                .redeem(&token, &place(1, 7, "frame"), late)
                .is_err()
        );
    }

    #[test]
    fn a_page_that_left_takes_its_tokens_along() {
        let (mut admissions, token) = admitted("x");
        admissions.arrive(&place(1, 0, "page"));
        assert!(
            admissions
                .clone()
                .redeem(&token, &place(1, 7, "frame"), NOW)
                .is_ok()
        );
        admissions.arrive(&place(1, 0, "next page"));
        assert!(
            admissions
                .redeem(&token, &place(1, 7, "frame"), NOW)
                .is_err()
        );
        let (mut admissions, token) = admitted("x");
        admissions.leave(1);
        assert!(
            admissions
                .redeem(&token, &place(1, 7, "frame"), NOW)
                .is_err()
        );
    }

    #[test]
    fn the_ninth_frame_of_a_tab_retires_the_first_wherever_it_stands() {
        let (mut admissions, first) = admitted("first");
        let mut retired = admissions
            .admit(place(2, 0, "other tab"), token(9), block("n"), NOW)
            .unwrap();
        for frame in 0..8 {
            assert_eq!(retired, []);
            retired = admissions
                .admit(place(1, frame, "inner"), token(frame), block("n"), NOW)
                .unwrap();
        }
        let expected = Retired {
            tab: 1,
            token: first.clone(),
        };
        assert_eq!(retired, [expected]);
        let frame = place(1, 17, "frame");
        assert!(admissions.redeem(&first, &frame, NOW).is_err());
        assert!(admissions.redeem(&token(7), &frame, NOW).is_ok());
        assert_eq!(format!("{admissions:?}"), "Admissions(9 live)");
    }

    #[test]
    fn a_frame_that_left_frees_its_place_and_no_other() {
        let (mut admissions, first) = admitted("first");
        for _ in 0..3 * MAX_PER_TAB {
            let (page, next) = (place(1, 0, "page"), token(1));
            let retired = admissions.admit(page.clone(), next.clone(), block("n"), NOW);
            assert_eq!(retired.unwrap(), []);
            admissions.close(&next, &place(1, 0, "another"));
            admissions.close("", &page);
            assert_eq!(format!("{admissions:?}"), "Admissions(2 live)");
            admissions.close(&next, &page);
        }
        assert!(
            admissions
                .redeem(&first, &place(1, 7, "frame"), NOW)
                .is_ok()
        );
    }

    #[test]
    fn blocks_are_bounded_one_by_one_and_together() {
        let (mut admissions, _) = admitted("x");
        let long = block(&"y".repeat(MAX_BLOCK_LEN));
        let over = block(&"y".repeat(MAX_BLOCK_LEN + 1));
        let page = place(1, 0, "page");
        assert!(admissions.admit(page, token(99), over, NOW).is_err());
        for tab in 0..20 {
            admissions
                .admit(place(tab, 0, "page"), token(tab), long.clone(), NOW)
                .unwrap();
        }
        assert_eq!(format!("{admissions:?}"), "Admissions(6 live)");
    }
}
