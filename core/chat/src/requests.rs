//! The table of requests.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::live::{LiveReply, LiveRequest};

use crate::error::ChatError;
use crate::live::Live;
use crate::rows::Prefs;
use crate::step::Step;
use crate::talk::{Stage, TalkId, parse_hex};

/// Why a request changed nothing, or what it gave; nothing where the custodian is waited for.
type Answer = Option<LiveReply>;

impl Live {
    /// Answers a page. Where the reply is still to come (the custodian signs first), it is given
    /// by [`Self::later`], once everything of this step is done.
    ///
    /// The inner result is the page's own: a refusal has changed nothing.
    ///
    /// # Errors
    /// [`ChatError`] after which the instance is thrown away.
    pub fn request(
        &mut self,
        request: LiveRequest,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(Step, Result<Answer, ChatError>), ChatError> {
        self.take(now, rng, |live| live.answer_request(request))
    }

    /// The reply to the request that waited for the custodian.
    ///
    /// # Errors
    /// [`ChatError::Over`] when nothing came of it.
    pub fn later(&mut self, request: &LiveRequest) -> Result<LiveReply, ChatError> {
        let id = self.awaited.take().ok_or(ChatError::Over)?;
        self.creating = None;
        let conversation = self.conversation(id)?;
        if matches!(request, LiveRequest::CreateGroup { .. }) {
            return Ok(LiveReply::CreateGroup { conversation });
        }
        // An answer that was not taken leaves a request, not a conversation.
        if self.talk(id)?.stage != Stage::Active {
            return Err(ChatError::Over);
        }
        Ok(LiveReply::AcceptRequest {
            conversation: Some(conversation),
        })
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table of requests, some lines each"
    )]
    fn answer_request(&mut self, request: LiveRequest) -> Result<Answer, ChatError> {
        if self.is_veiled() && !matches!(request, LiveRequest::LiveStatus {}) {
            return Err(ChatError::Veiled);
        }
        let reply = match request {
            LiveRequest::LiveStatus {} => LiveReply::LiveStatus {
                live: self.status(),
            },
            // The switch and the relay are the custodian's; this instance was loaded anew for them.
            LiveRequest::SetRelay { .. } => LiveReply::SetRelay {
                live: self.status(),
            },
            LiveRequest::SetReachable { .. } => LiveReply::SetReachable {
                live: self.status(),
            },
            LiveRequest::SetLive { settings } => {
                if settings.receipts && !self.prefs().settings.receipts {
                    self.receipts_begin();
                }
                let prefs = Prefs {
                    settings,
                    ..self.prefs()
                };
                self.put_prefs(prefs);
                LiveReply::SetLive {
                    live: self.status(),
                }
            }
            LiveRequest::People {} => LiveReply::People {
                people: self.people_list(),
            },
            LiveRequest::Conversations {} => LiveReply::Conversations {
                conversations: self.briefs(),
                requests: self.requests(),
            },
            LiveRequest::OpenConversation { conversation } => {
                let id = parse(&conversation)?;
                self.looked_at(id);
                LiveReply::OpenConversation {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::Begin { contact } => {
                let with = self.people.of_id(&contact);
                let id = self.begin_with(with.ok_or(ChatError::ContactUnknown)?);
                LiveReply::Begin {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::AcceptRequest { conversation, .. } => {
                let id = parse(&conversation)?;
                let Some(invitation) = self.invitation(id) else {
                    self.accept(id)?;
                    return Ok(None);
                };
                self.decide(&invitation, true)?;
                LiveReply::AcceptRequest { conversation: None }
            }
            LiveRequest::RefuseRequest { conversation, .. } => {
                let id = parse(&conversation)?;
                match self.invitation(id) {
                    Some(invitation) => self.decide(&invitation, false)?,
                    None => self.refuse(id)?,
                }
                LiveReply::RefuseRequest {}
            }
            LiveRequest::Mute {
                conversation,
                muted,
            } => {
                let id = parse(&conversation)?;
                let talk = self.edit_talk(id).ok_or(ChatError::ConversationUnknown)?;
                talk.muted = muted;
                self.shape_changed(id);
                self.changes.status = true;
                LiveReply::Mute {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::ForgetConversation { conversation } => {
                let id = parse(&conversation)?;
                self.part(id)?;
                self.forget_talk(id);
                LiveReply::ForgetConversation {}
            }
            LiveRequest::Renew { conversation } => {
                let id = parse(&conversation)?;
                self.renew(id)?;
                LiveReply::Renew {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::Safety { conversation } => {
                let id = parse(&conversation)?;
                if let Some(talk) = self.edit_talk(id) {
                    talk.is_alarmed = false;
                }
                self.changes.briefs.insert(id);
                LiveReply::Safety {
                    safety: self.safety(id)?,
                }
            }
            LiveRequest::Messages {
                conversation,
                from,
                count,
            } => {
                let (messages, total) = self.messages(parse(&conversation)?, from, count)?;
                LiveReply::Messages { messages, total }
            }
            LiveRequest::Send {
                conversation,
                text,
                reply_to,
            } => {
                let id = parse(&conversation)?;
                let place = self.send(id, &text, message(reply_to.as_deref())?)?;
                LiveReply::Send {
                    message: self.message_at(id, place)?,
                }
            }
            LiveRequest::Edit {
                conversation,
                message,
                text,
            } => {
                let id = parse(&conversation)?;
                let place = self.edit(id, named(&message)?, &text)?;
                LiveReply::Edit {
                    message: self.message_at(id, place)?,
                }
            }
            LiveRequest::Delete {
                conversation,
                message,
            } => {
                self.delete(parse(&conversation)?, named(&message)?)?;
                LiveReply::Delete {}
            }
            LiveRequest::React {
                conversation,
                message,
                emoji,
                on,
            } => {
                let id = parse(&conversation)?;
                let place = self.react(id, named(&message)?, &emoji, on)?;
                LiveReply::React {
                    message: self.message_at(id, place)?,
                }
            }
            LiveRequest::Retry {
                conversation,
                message,
            } => {
                let id = parse(&conversation)?;
                let place = self.retry(id, named(&message)?)?;
                LiveReply::Retry {
                    message: self.message_at(id, place)?,
                }
            }
            LiveRequest::MarkRead {
                conversation,
                position,
            } => LiveReply::MarkRead {
                unread: self.mark_read(parse(&conversation)?, position)?,
            },
            LiveRequest::Typing { conversation, on } => {
                self.type_on(parse(&conversation)?, on)?;
                LiveReply::Typing {}
            }
            LiveRequest::KeepDraft {
                conversation,
                text,
                reply_to,
            } => {
                let reply_to = message(reply_to.as_deref())?;
                self.keep_draft(parse(&conversation)?, text, reply_to)?;
                LiveReply::KeepDraft {}
            }
            LiveRequest::SearchMessages {
                conversation,
                query,
                before,
            } => {
                let within = conversation.as_deref().map(parse).transpose()?;
                let (hits, more) = self.search(within, &query, before.as_deref())?;
                LiveReply::SearchMessages { hits, more }
            }
            LiveRequest::CreateGroup { name, people } => {
                self.create_group(&name, &people)?;
                return Ok(None);
            }
            LiveRequest::AddPeople {
                conversation,
                people,
            } => {
                let id = parse(&conversation)?;
                self.add_people(id, &people)?;
                LiveReply::AddPeople {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::RemovePerson {
                conversation,
                person,
            } => {
                let id = parse(&conversation)?;
                self.remove_person(id, &person)?;
                LiveReply::RemovePerson {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::Leave { conversation } => {
                let id = parse(&conversation)?;
                self.leave(id)?;
                LiveReply::Leave {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::Rename { conversation, name } => {
                let id = parse(&conversation)?;
                self.rename(id, &name)?;
                LiveReply::Rename {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::SetRights {
                conversation,
                add,
                remove,
            } => {
                let id = parse(&conversation)?;
                self.set_rights(id, add, remove)?;
                LiveReply::SetRights {
                    conversation: self.conversation(id)?,
                }
            }
            LiveRequest::SetAdmin {
                conversation,
                person,
                admin,
            } => {
                let id = parse(&conversation)?;
                self.set_admin(id, &person, admin)?;
                LiveReply::SetAdmin {
                    conversation: self.conversation(id)?,
                }
            }
        };
        Ok(Some(reply))
    }

    /// Begins a conversation of two anew.
    fn renew(&mut self, id: TalkId) -> Result<(), ChatError> {
        let talk = self.talk(id)?;
        let with = talk.with().copied().ok_or(ChatError::NotAllowed)?;
        if talk.stage == Stage::Active || talk.stage == Stage::Asked {
            return Err(ChatError::NotAllowed);
        }
        if let Some(error) = self.refuses(&with, Stage::New) {
            return Err(error);
        }
        let text = self.carried_text(id);
        self.introduce(id, with, text)
    }
}

fn parse(conversation: &str) -> Result<TalkId, ChatError> {
    TalkId::parse(conversation).ok_or(ChatError::ConversationUnknown)
}

fn named(message: &str) -> Result<[u8; 16], ChatError> {
    parse_hex(message).ok_or(ChatError::MessageUnknown)
}

fn message(message: Option<&str>) -> Result<Option<[u8; 16]>, ChatError> {
    message.map(named).transpose()
}
