//! Cards: the person's own, and those that lie about in texts.

use sotto_protocol::TimestampMs;
use sotto_protocol::desk::DeskReply;
use sotto_protocol::view::CardLook;

use super::desk::Desk;
use super::{AppError, found};
use crate::contacts::show_card;
use crate::identity::Fingerprint;
use crate::identity::card::Card;

/// Cards of one text that are looked at.
const MAX_CARDS: usize = 16;

impl Desk {
    pub(super) fn own_card(&self) -> Result<DeskReply, AppError> {
        Ok(DeskReply::OwnCard {
            card: self.profile()?.card.to_armor(),
            fingerprint: Fingerprint::of(&self.own).groups().join(" "),
        })
    }

    /// Looks at every card of a text. Nothing is stored; a card that is not genuine is left out,
    /// and only where none is left, the reason is given.
    pub(super) fn look_at_cards(
        &self,
        text: &str,
        now: TimestampMs,
    ) -> Result<Vec<CardLook>, AppError> {
        let mut cards = Vec::new();
        let mut refused = AppError::NothingFound;
        for bytes in found::cards(text)?.iter().take(MAX_CARDS) {
            match look(bytes, now) {
                Ok(card) => cards.push(show_card(&self.book, &card, &self.own)),
                Err(error) => refused = error,
            }
        }
        if cards.is_empty() {
            Err(refused)
        } else {
            Ok(cards)
        }
    }
}

fn look(bytes: &[u8], now: TimestampMs) -> Result<Card, AppError> {
    let card = Card::parse(bytes)?;
    card.content().check_date(now)?;
    Ok(card)
}
