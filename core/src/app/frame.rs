//! What reader frames ask, and the errands that lead from a page to a surface.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::desk::LetterSource;
use sotto_protocol::shell::{
    BlockKind, Errand, FoundBlock, FrameReply, FrameRequest, Job, ReadErrand, Retired, Stamp,
};

use super::admission::MAX_BLOCK_LEN;
use super::drafts::check_len;
use super::{App, AppError, Outcome};

impl App {
    /// Admits the reader frame that bears `token` after `#` in its address, for a block of a page.
    ///
    /// # Errors
    /// [`AppError::TooLong`], [`AppError::Token`], [`AppError::TokenSpent`].
    pub fn admit(
        &mut self,
        asked_by: Stamp,
        token: String,
        block: FoundBlock,
        now: TimestampMs,
    ) -> Result<Vec<Retired>, AppError> {
        self.forget_foreseen();
        self.admissions.admit(asked_by, token, block, now)
    }

    /// Opens the letter of a frame that was admitted and has not asked yet, so that the person does
    /// not wait first for the frame and then for the letter. It is given to that frame alone, once,
    /// and kept until the next is admitted, a frame or page goes, or the vault is locked.
    pub fn foresee(&mut self, token: &str, now: TimestampMs) {
        let Some(block) = self.admissions.awaited(token, now) else {
            return;
        };
        if let (Some(desk), true) = (&mut self.desk, block.kind != BlockKind::Card) {
            desk.foresee(token, &block.text);
        }
    }

    fn forget_foreseen(&mut self) {
        if let Some(desk) = &mut self.desk {
            desk.foreseen = None;
        }
    }

    /// A frame left the document that asked for it.
    pub fn close(&mut self, token: &str, asked_by: &Stamp) {
        self.forget_foreseen();
        self.admissions.close(token, asked_by);
    }

    /// A content script says hello from a new document.
    pub fn arrive(&mut self, stamp: &Stamp) {
        self.forget_foreseen();
        self.admissions.arrive(stamp);
    }

    /// The errand of a block that is to be read in a surface of the extension.
    ///
    /// # Errors
    /// [`AppError::TooLong`].
    pub fn errand(block: FoundBlock, stamp: &Stamp) -> Result<Errand, AppError> {
        check_len(&block.text, MAX_BLOCK_LEN)?;
        Ok(match block.kind {
            BlockKind::Card => Errand {
                cards: Some(block.text),
                ..empty(Job::Compose, stamp)
            },
            BlockKind::Letter | BlockKind::Line => {
                let source = source_of(&block, stamp);
                let read = Some(ReadErrand {
                    text: block.text,
                    source,
                });
                Errand {
                    read,
                    ..empty(Job::Read, stamp)
                }
            }
        })
    }

    /// Answers a reader frame.
    ///
    /// # Errors
    /// [`AppError::TokenSpent`] and those of opening; a page learns no detail.
    pub fn frame(
        &mut self,
        request: &FrameRequest,
        token: &str,
        stamp: &Stamp,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<FrameReply>, AppError> {
        let reply = self.answer_frame(request, token, stamp, now);
        self.conclude(reply, now, rng)
    }

    fn answer_frame(
        &mut self,
        request: &FrameRequest,
        token: &str,
        stamp: &Stamp,
        now: TimestampMs,
    ) -> Result<FrameReply, AppError> {
        let (block, was_opened) = self.admissions.redeem(token, stamp, now)?;
        let block = block.clone();
        match request {
            FrameRequest::Open { reveal } => {
                self.open_in_frame(token, &block, stamp, *reveal, was_opened, now)
            }
            FrameRequest::OpenInSotto {} => {
                self.errand = Some(Self::errand(block, stamp)?);
                Ok(FrameReply::OpenInSotto {})
            }
            FrameRequest::Reply {} => {
                self.errand = Some(self.reply_errand(block, stamp, now)?);
                Ok(FrameReply::Reply {})
            }
            FrameRequest::Unlock {} => {
                self.errand = Some(match &self.desk {
                    None => empty(Job::Unlock, stamp),
                    Some(_) => self.reply_errand(block, stamp, now)?,
                });
                Ok(FrameReply::Unlock {})
            }
        }
    }

    fn open_in_frame(
        &mut self,
        token: &str,
        block: &FoundBlock,
        stamp: &Stamp,
        reveal: bool,
        was_opened: bool,
        now: TimestampMs,
    ) -> Result<FrameReply, AppError> {
        let Some(desk) = &mut self.desk else {
            return Ok(FrameReply::Open {
                letter: None,
                cards: Vec::new(),
                locked: true,
            });
        };
        if block.kind == BlockKind::Card {
            let cards = desk.look_at_cards(&block.text, now)?;
            return Ok(FrameReply::Open {
                letter: None,
                cards,
                locked: false,
            });
        }
        let source = source_of(block, stamp);
        let opened = match desk.take_foreseen(token) {
            Some(opened) => opened,
            None => desk.open_text(&block.text)?,
        };
        let letter = desk.read(opened, &source, reveal, was_opened, now)?;
        self.admissions.note_opened(token);
        Ok(FrameReply::Open {
            letter: Some(letter),
            cards: Vec::new(),
            locked: false,
        })
    }

    /// Where *Reply* and *Add* lead: to writing when the sender is a contact, to their card when
    /// they are not, to reading when there is neither.
    fn reply_errand(
        &mut self,
        block: FoundBlock,
        stamp: &Stamp,
        now: TimestampMs,
    ) -> Result<Errand, AppError> {
        if block.kind == BlockKind::Card {
            return Self::errand(block, stamp);
        }
        let source = source_of(&block, stamp);
        let desk = self.desk()?;
        let letter = desk.open_letter(&block.text, &source, false, true, now)?;
        let errand = empty(Job::Compose, stamp);
        if let Some(look) = letter.card {
            return Ok(Errand {
                cards: Some(look.card),
                reply_to: letter.id,
                ..errand
            });
        }
        let Some(sender) = letter.sender else {
            return Self::errand(block, stamp);
        };
        let is_contact = sender.own || desk.contact(&sender.id).is_ok();
        if is_contact {
            return Ok(Errand {
                to: vec![sender.id],
                reply_to: letter.id,
                ..errand
            });
        }
        Self::errand(block, stamp)
    }
}

fn source_of(block: &FoundBlock, stamp: &Stamp) -> LetterSource {
    LetterSource {
        tab: Some(stamp.tab),
        private: stamp.private,
        message_from: block.message_from.clone(),
        message_date: block.message_date,
    }
}

const fn empty(job: Job, stamp: &Stamp) -> Errand {
    Errand {
        job,
        tab: Some(stamp.tab),
        compose: None,
        read: None,
        cards: None,
        to: Vec::new(),
        reply_to: None,
        draft: None,
        hold: None,
    }
}
