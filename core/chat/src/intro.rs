//! Introductions, on their way out and as they arrive.

use sha2::{Digest as _, Sha256};
use sotto_core::app::live::{LiveOpened, LiveSealed};
use sotto_core::custody::Bytes;
use sotto_core::identity::IdentityKey;
use sotto_protocol::relay::{RelayCode, Reply, Secret, StreamId, Verb};
use sotto_protocol::view::Trust;
use sotto_protocol::{ErrorCode, TimestampMs};
use sotto_session::format::{Blob, ConversationId, Introduction};
use sotto_session::{Command, Input};

use crate::error::ChatError;
use crate::history::{Entry, Said, Way};
use crate::live::Live;
use crate::mailbox::{letter_ticket, refusal};
use crate::step::{Output, Step};
use crate::talk::{Request, Stage, Talk, TalkId, What, parse_identity};
use rand_core::CryptoRng;

/// Requests that wait; beyond, the longest waiting gives way.
const MAX_REQUESTS: usize = 64;

/// An introduction that is to lie in somebody's mailbox.
#[derive(Debug)]
pub(crate) struct Outgoing {
    number: u64,
    conversation: ConversationId,
    pub(crate) to: IdentityKey,
    /// Once the custodian has sealed it.
    sealed: Option<LiveSealed>,
    /// The token of the card, where it goes by one that the contact gave us.
    public: Option<Bytes<32>>,
    /// This connection has it: its answer is still to come.
    is_given: bool,
}

impl Outgoing {
    /// Where it is to lie, once that is known.
    pub(crate) fn relay(&self) -> Option<&str> {
        self.sealed.as_ref().map(|it| it.relay.as_str())
    }
}

/// The id of the first words of a conversation: both sides know what it is made of.
fn first_id(conversation: ConversationId, from: &IdentityKey, text: &str) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(b"sotto/v1/first\0")
        .chain_update(conversation.0)
        .chain_update(from.as_bytes())
        .chain_update(text.as_bytes())
        .finalize()
        .into();
    let mut id = [0; 16];
    id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    id
}

impl Live {
    /// The sessions want an introduction to leave; they say so again with every connection.
    pub(crate) fn letter_leaves(
        &mut self,
        conversation: ConversationId,
        to: IdentityKey,
        content: Vec<u8>,
    ) {
        let is_it = |it: &Outgoing| it.conversation == conversation;
        if self.outgoing.iter().any(is_it) || !self.device.is_reachable {
            return;
        }
        self.outgoing.retain(|it| it.to != to);
        self.last_letter = self.last_letter.saturating_add(1);
        self.outgoing.push(Outgoing {
            number: self.last_letter,
            conversation,
            to,
            sealed: None,
            public: None,
            is_given: false,
        });
        self.step.outputs.push(Output::Seal { to, content });
    }

    /// The custodian has sealed an introduction, or refuses to.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn sealed(
        &mut self,
        to: IdentityKey,
        sealed: Result<LiveSealed, ErrorCode>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        let (step, taken) = self.take(now, rng, |live| {
            match sealed {
                // The card of a contact names it: it is not to have us knock in our own network.
                Ok(sealed) if !live.sessions.may_knock(&sealed.relay) => {
                    live.outgoing.retain(|it| it.to != to);
                    live.introduction_failed(TalkId::of(&to), ErrorCode::RelayInvalid);
                }
                Ok(mut sealed) => {
                    let public = live.use_token(&to, &mut sealed);
                    let relay = sealed.relay.clone();
                    let mut all = live.outgoing.iter_mut();
                    if let Some(letter) = all.find(|it| it.to == to && it.sealed.is_none()) {
                        (letter.sealed, letter.public) = (Some(sealed), public);
                    }
                    live.links.want(&relay);
                    live.give_letters(&relay);
                }
                Err(code) => {
                    live.outgoing.retain(|it| it.to != to);
                    live.introduction_failed(TalkId::of(&to), code);
                }
            }
            Ok(())
        })?;
        taken.map(|()| step)
    }

    /// A relay is there anew: whether it took what it was given before is not known.
    pub(crate) fn give_letters_again(&mut self, relay: &str) {
        for letter in &mut self.outgoing {
            if letter.sealed.as_ref().is_some_and(|it| it.relay == relay) {
                letter.is_given = false;
            }
        }
        self.give_letters(relay);
    }

    /// An offer that waited for the custodian's signature ended with the program: its words are not
    /// on their way.
    pub(crate) fn note_lost_offers(&mut self) {
        let is_lost = |talk: &&Talk| {
            let with = talk.with().filter(|_| talk.stage == Stage::Offered);
            with.is_some_and(|with| !self.sessions.is_offering(with))
        };
        let lost: Vec<_> = self.talks.iter().filter(is_lost).map(|it| it.id).collect();
        for talk in lost {
            self.set_stage(talk, Stage::New);
            self.introduction_failed(talk, ErrorCode::LockedMeanwhile);
        }
    }

    /// Puts what waits into the mailboxes of a relay.
    pub(crate) fn give_letters(&mut self, relay: &str) {
        if !self.links.is_open(relay) {
            return;
        }
        for letter in self.outgoing.iter_mut().filter(|it| !it.is_given) {
            let Some(sealed) = letter.sealed.as_ref().filter(|it| it.relay == relay) else {
                continue;
            };
            let verb = Verb::Append {
                stream: StreamId(sealed.stream.0),
                write: Secret(sealed.token.0),
                expect_seq: None,
                blob: Blob::Letter(sealed.letter.0.clone()).encode(),
            };
            letter.is_given = true;
            self.step.durable = true;
            self.links.ask(relay, verb, letter_ticket(letter.number));
        }
    }

    pub(crate) fn letter_answered(&mut self, number: u64, reply: &Reply) -> Result<(), ChatError> {
        let Some(place) = self.outgoing.iter().position(|it| it.number == number) else {
            return Ok(());
        };
        if let Reply::Failed { code, .. } = reply
            && self.goes_by_card(place, *code)
        {
            return Ok(());
        }
        let letter = self.outgoing.remove(place);
        let talk = TalkId::of(&letter.to);
        if let Reply::Failed { code, .. } = reply {
            self.introduction_failed(talk, refusal(*code));
            return Ok(());
        }
        let conversation = letter.conversation;
        self.handle(Input::LetterSent { conversation })?;
        if self.talks.get(&talk.0).map(|it| it.stage) == Some(Stage::Offered) {
            self.set_stage(talk, Stage::Left);
            self.carried_changed(talk, |_| ());
        }
        Ok(())
    }

    /// What the contact's own token did not bring there goes by the one of their card.
    fn goes_by_card(&mut self, place: usize, code: RelayCode) -> bool {
        let Some(letter) = self.outgoing.get_mut(place) else {
            return false;
        };
        let Some(public) = letter.public.take() else {
            return false;
        };
        letter.is_given = false;
        let to = letter.to;
        let Some(sealed) = &mut letter.sealed else {
            return false;
        };
        sealed.token = public;
        let relay = sealed.relay.clone();
        self.forget_token(&to, code);
        self.give_letters(&relay);
        true
    }

    /// Who was to be answered when the program ended, is: their letter does not come again.
    pub(crate) fn answer_again(&mut self) -> Result<(), ChatError> {
        if !self.device.is_reachable {
            return Ok(());
        }
        let is_wanted =
            |talk: &&Talk| !matches!(talk.stage, Stage::New | Stage::Asked) && !self.is_asked(talk);
        let waiting = self.talks.iter().filter(is_wanted);
        let waiting: Vec<_> = waiting.filter_map(|talk| talk.request.clone()).collect();
        for request in waiting {
            if self.is_accepted(&request.from) {
                self.answer(&request)?;
            }
        }
        Ok(())
    }

    fn introduction_failed(&mut self, talk: TalkId, code: ErrorCode) {
        self.carried_changed(talk, |entry| entry.way = Way::Failed(code));
    }

    /// Changes the messages that introductions carry.
    pub(crate) fn carried_changed(&mut self, talk: TalkId, change: impl Fn(&mut Entry)) {
        let Some(history) = self.histories.get_mut(&talk) else {
            return;
        };
        let carried = history.backwards().filter(|(_, it)| it.way == Way::Carried);
        let places: Vec<_> = carried.map(|(place, _)| place).collect();
        for place in &places {
            if let Some(entry) = history.edit(*place) {
                change(entry);
            }
        }
        for place in places {
            self.message_changed(talk, place);
        }
    }

    /// The custodian has opened what came through the mailbox; or it is none.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn opened(
        &mut self,
        seq: u64,
        opened: Option<LiveOpened>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        let (step, taken) = self.take(now, rng, |live| {
            let holder = live.ways.remove(&seq);
            if let Some(opened) = opened {
                live.introduced(opened, holder)?;
            }
            live.mailbox_taken(seq);
            Ok(())
        })?;
        taken.map(|()| step)
    }

    fn introduced(
        &mut self,
        opened: LiveOpened,
        holder: Option<IdentityKey>,
    ) -> Result<(), ChatError> {
        let introduction = Introduction::decode(&opened.content.0);
        let (Some(from), Ok(introduction)) = (parse_identity(&opened.from), introduction) else {
            return Ok(());
        };
        // What was given to one serves nobody else.
        if holder.is_some_and(|holder| holder != from) {
            return Ok(());
        }
        let mut prefs = self.prefs();
        let is_new = prefs.note_letter(opened.letter.0);
        self.put_prefs(prefs);
        if opened.trust == Trust::Blocked || !is_new {
            return Ok(());
        }
        let request = Request {
            from,
            card: opened.card,
            letter: opened.letter.0,
            sent_at: opened.sent_at.0,
            at: self.now.0,
            introduction,
        };
        let id = TalkId::of(&from);
        if !self.may_ask(id, &request, opened.trust) {
            return Ok(());
        }
        let stage = self.talks.get(&id.0).map(|it| it.stage);
        let is_trusted = matches!(opened.trust, Trust::Known | Trust::Verified);
        let is_wanted = matches!(
            stage,
            Some(Stage::Offered | Stage::Left | Stage::Active | Stage::Ended(_))
        );
        let is_taken = self.is_taken(&request.introduction.link.relay);
        if is_trusted && is_wanted && is_taken {
            // The person has decided about this one already: they go on, or offered it themself.
            self.answer(&request)?;
            self.put_request(id, request, stage);
            return Ok(());
        }
        self.make_room();
        self.put_request(id, request, stage.filter(|stage| *stage != Stage::New));
        Ok(())
    }

    /// Whether a request may wait for the person at all.
    fn may_ask(&self, id: TalkId, request: &Request, trust: Trust) -> bool {
        // Without a card there is nobody to decide about.
        let is_somebody = trust != Trust::Unknown || request.card.is_some();
        // What the person looks at stays the card that they take.
        let waiting = self.talks.get(&id.0).and_then(|it| it.request.as_ref());
        let is_same = waiting.is_none_or(|it| it.card == request.card);
        // Our mailbox is no place to talk in.
        let link = &request.introduction.link;
        let own = self.mailbox.as_ref();
        let is_elsewhere = own.is_none_or(|own| own.given.stream.0 != link.stream);
        // Nobody else's relay is on this machine or in its network, unless ours is.
        let is_allowed = self.sessions.may_knock(&link.relay);
        is_somebody && is_same && is_elsewhere && is_allowed
    }

    /// Keeps a request: with a conversation that goes on, or as what waits for the person.
    fn put_request(&mut self, id: TalkId, request: Request, stage: Option<Stage>) {
        let mut talk = self
            .talks
            .get(&id.0)
            .cloned()
            .unwrap_or_else(|| Talk::new(id, What::Pair(request.from), self.now.0));
        talk.stage = stage.unwrap_or(Stage::Asked);
        talk.at = self.now.0;
        talk.request = Some(request);
        self.talks.put(talk);
        self.changes.requests = true;
        self.changes.status = true;
    }

    fn make_room(&mut self) {
        let waiting = self.talks.iter().filter(|it| it.stage == Stage::Asked);
        let mut waiting: Vec<_> = waiting.map(|it| (it.at, it.id)).collect();
        waiting.sort_unstable();
        let surplus = waiting.len().saturating_sub(MAX_REQUESTS.saturating_sub(1));
        for (_, talk) in waiting.into_iter().take(surplus) {
            self.forget_talk(talk);
        }
    }

    /// The person does not take a request. A conversation that goes on with somebody stays.
    pub(crate) fn refuse(&mut self, id: TalkId) -> Result<(), ChatError> {
        let talk = self.talk(id)?;
        if !self.is_asked(talk) {
            return Err(ChatError::ConversationUnknown);
        }
        if talk.stage == Stage::Asked {
            self.forget_talk(id);
        } else if let Some(talk) = self.edit_talk(id) {
            talk.request = None;
            self.changes.requests = true;
        }
        Ok(())
    }

    fn answer(&mut self, request: &Request) -> Result<(), ChatError> {
        self.handle(Input::Command(answer_to(request)))
    }

    /// The person takes a request.
    pub(crate) fn accept(&mut self, id: TalkId) -> Result<(), ChatError> {
        let talk = self.talk(id)?;
        let request = talk.request.clone();
        let request = request.ok_or(ChatError::ConversationUnknown)?;
        match self.people.trust(&request.from) {
            Trust::Known | Trust::Verified => {}
            Trust::Blocked => return Err(ChatError::Contact(ErrorCode::ContactBlocked)),
            Trust::Changed => return Err(ChatError::Contact(ErrorCode::ContactChanged)),
            Trust::Unknown => return Err(ChatError::ContactUnknown),
        }
        self.sessions
            .handle(Input::Command(answer_to(&request)), self.now, &mut self.rng)?;
        self.awaited = Some(id);
        self.settle()
    }

    /// What our introduction carried has arrived, and bears the id that the other side gives it.
    pub(crate) fn carried_arrived(&mut self, id: TalkId, session: ConversationId) {
        let me = self.me;
        if let Some(history) = self.histories.get_mut(&id) {
            let carried = history.backwards().filter_map(|(place, it)| {
                let Said::Text { text, .. } = &it.said else {
                    return None;
                };
                (it.way == Way::Carried).then(|| (place, first_id(session, &me, text)))
            });
            for (place, first) in carried.collect::<Vec<_>>() {
                history.rename(place, first);
            }
        }
        self.carried_changed(id, |entry| (entry.way, entry.seq) = (Way::Sent, Some(0)));
    }

    /// The first words of an introduction that is now answered.
    pub(crate) fn take_first_words(&mut self, id: TalkId, session: ConversationId) {
        let Some(request) = self.edit_talk(id).and_then(|talk| talk.request.take()) else {
            return;
        };
        self.changes.requests = true;
        self.changes.status = true;
        if let Some(text) = request.introduction.text.clone() {
            let first = first_id(session, &request.from, &text);
            let is_known = self.histories.get(&id).and_then(|it| it.place(&first));
            if is_known.is_none() {
                let said = Said::Text {
                    text,
                    edited: false,
                };
                let mut entry = self.entry(first, request.from, said);
                (entry.seq, entry.at) = (Some(0), request.at);
                self.push(id, entry);
            }
        }
        if let Some(talk) = self.edit_talk(id) {
            talk.heard = Some(talk.heard.unwrap_or(0));
        }
        self.receipt_due(id);
    }
}

fn answer_to(request: &Request) -> Command {
    Command::Answer {
        from: request.from,
        letter: request.letter,
        sent_at: TimestampMs(request.sent_at),
        introduction: request.introduction.clone(),
    }
}
