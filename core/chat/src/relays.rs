//! Between relays and sessions: what came is handed on, what is wanted is asked for.

use sotto_protocol::relay::Verb;
use sotto_session::{Effect, Input, link};

use crate::error::ChatError;
use crate::live::Live;
use crate::mailbox::{self, Act, Mailbox, TokenTicket};
use crate::step::Output;
use crate::store::{TABLE_SESSION, Write};

impl Live {
    /// Until links and sessions have nothing more to say.
    pub(crate) fn settle(&mut self) -> Result<(), ChatError> {
        loop {
            let outputs = self.links.take_outputs();
            let batch = self.sessions.batch(&mut self.rng)?;
            if outputs.is_empty() && batch.is_none() {
                return Ok(());
            }
            for output in outputs {
                self.link_output(output)?;
            }
            let Some(batch) = batch else { continue };
            for row in batch.rows {
                self.writes.put(Write {
                    table: TABLE_SESSION,
                    key: row.key,
                    value: row.value,
                });
            }
            // The outputs of this step leave when its rows are written.
            for effect in self.sessions.written(batch.id) {
                self.effect(effect)?;
            }
        }
    }

    fn link_output(&mut self, output: link::Output) -> Result<(), ChatError> {
        match output {
            link::Output::Connect { relay } => self.step.outputs.push(Output::Connect { relay }),
            link::Output::Send { relay, message } => {
                self.step.outputs.push(Output::Send { relay, message });
            }
            link::Output::Close { relay } => self.step.outputs.push(Output::Close { relay }),
            link::Output::Session(input) => self.arrived(input)?,
            link::Output::Published {
                relay,
                stream,
                blob,
            } => self.whispered(&relay, stream, &blob),
            link::Output::Present {
                relay,
                stream,
                tag,
                note,
            } => self.note_stands(relay, stream, tag, &note),
            link::Output::Absent { relay, stream, tag } => {
                self.note_ended(&relay, &stream, tag);
            }
        }
        Ok(())
    }

    /// Something of a relay: the mailbox's, a letter's, or the sessions'.
    fn arrived(&mut self, input: Input) -> Result<(), ChatError> {
        match &input {
            Input::Connected { relay } => {
                self.changes.status = true;
                let relay = relay.clone();
                self.handle(input)?;
                let own = self.mailbox.as_mut().filter(|it| it.given.relay == relay);
                if let Some(act) = own.map(Mailbox::connected) {
                    self.act(act);
                }
                self.give_letters_again(&relay);
                return Ok(());
            }
            Input::Disconnected { relay } => {
                self.changes.status = true;
                self.notes_lost(relay);
                if let Some(own) = self.mailbox.as_mut().filter(|it| it.given.relay == *relay) {
                    own.disconnected();
                    self.asked_tokens.clear();
                }
            }
            Input::Answer { ticket, reply } => {
                if let Some(letter) = mailbox::letter_of(*ticket) {
                    return self.letter_answered(letter, reply);
                }
                if let Some(ticket) = TokenTicket::of(*ticket) {
                    self.token_answered(ticket, reply);
                    return Ok(());
                }
                if mailbox::is_ours(*ticket) {
                    let acts = self.mailbox.as_mut().map(|it| it.answer(*ticket, reply));
                    self.keep_mailbox_read();
                    self.changes.status = true;
                    acts.into_iter().flatten().for_each(|act| self.act(act));
                    return Ok(());
                }
            }
            Input::Blob {
                relay,
                stream,
                entry,
            } => {
                let is_own =
                    |it: &&Mailbox| it.given.relay == *relay && it.given.stream.0 == *stream;
                if let Some(own) = self.mailbox.as_ref().filter(is_own) {
                    match own.letter(entry) {
                        // It lies there until somebody can open it.
                        Some(_) if self.is_veiled() => {}
                        Some(letter) => {
                            self.note_way(entry);
                            let seq = entry.seq;
                            self.step.outputs.push(Output::Open { seq, letter });
                        }
                        None => self.mailbox_taken(entry.seq),
                    }
                    return Ok(());
                }
            }
            Input::Command(_) | Input::Signed(_) | Input::LetterSent { .. } | Input::Tick => {}
        }
        self.handle(input)
    }

    fn act(&mut self, act: Act) {
        let Some(mailbox) = &self.mailbox else { return };
        match act {
            Act::Ask(verb, ticket) => {
                let relay = mailbox.given.relay.clone();
                self.links.ask(&relay, verb, ticket);
            }
            Act::Anew => self.tokens_lost(),
            // Its relay says so again.
            Act::Made if self.is_veiled() => {}
            Act::Made => self.step.outputs.push(Output::MailboxMade {
                stream: mailbox.given.stream.0,
            }),
        }
    }

    /// What lies in the mailbox up to a number is taken care of.
    pub(crate) fn mailbox_taken(&mut self, seq: u64) {
        let Some(mailbox) = &mut self.mailbox else {
            return;
        };
        let act = mailbox.taken(seq);
        self.keep_mailbox_read();
        self.act(act);
    }

    /// How far the mailbox was read, where that is another number than before. One that is being
    /// made has no number: should the program end meanwhile, it is made again, and given its token.
    fn keep_mailbox_read(&mut self) {
        let own = self.mailbox.as_ref().filter(|it| it.given.is_made);
        let read = own.map(|it| (it.given.stream.0, it.read));
        let mut prefs = self.prefs();
        if prefs.mailbox != read {
            prefs.mailbox = read;
            self.prefs.put(prefs);
        }
    }

    fn effect(&mut self, effect: Effect) -> Result<(), ChatError> {
        match effect {
            Effect::Relay {
                relay,
                verb,
                ticket,
            } => {
                if self.device.is_reachable {
                    self.step.durable |= matches!(verb, Verb::Append { .. });
                    self.links.ask(&relay, verb, ticket);
                }
            }
            // Asked for again with the next connection of a device that is not veiled.
            Effect::Sign(_) | Effect::Letter { .. } if self.is_veiled() => {}
            Effect::Sign(leaf) => self.step.outputs.push(Output::Sign(leaf)),
            Effect::Letter {
                conversation,
                to,
                content,
            } => self.letter_leaves(conversation, to, content),
            Effect::Event(event) => self.event(event)?,
        }
        Ok(())
    }
}
