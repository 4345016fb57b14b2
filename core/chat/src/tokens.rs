//! Private tokens of mailboxes. Each contact with whom a conversation goes on is given one that
//! nobody else has, so that a stranger who spends the public one of the card shuts no contact out
//! (docs/protocol.md, Mailbox).

use rand_core::Rng as _;
use sotto_core::app::live::LiveSealed;
use sotto_core::cbor::{CborError, Fields, MapWriter};
use sotto_core::custody::Bytes;
use sotto_core::identity::IdentityKey;
use sotto_protocol::relay::{Entry, RelayCode, Reply};

use crate::body::Body;
use crate::error::ChatError;
use crate::live::Live;
use crate::mailbox::{Mailbox, PUBLIC_LABEL, TokenTicket};
use crate::rows::MAX_LEFT;
use crate::talk::{Stage, Talk, TalkId};

/// The token of somebody's mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The mailbox.
    pub(crate) stream: [u8; 16],
    pub(crate) secret: Bytes<32>,
}

/// A token of our mailbox that one contact has, or will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) token: Token,
    /// Comes back with what came through it.
    pub(crate) label: u32,
    /// The relay takes it.
    pub(crate) is_granted: bool,
    /// The contact was told.
    pub(crate) is_told: bool,
}

/// What is to be done next about the token of a contact.
#[derive(Clone, Copy)]
enum Next {
    Draw,
    Grant(Given),
    Tell,
    Revoke(Given),
}

impl Token {
    pub(crate) fn to_map(self) -> MapWriter {
        MapWriter::new()
            .bytes(1, &self.stream)
            .bytes(2, &self.secret.0)
    }

    pub(crate) fn from_map(fields: &mut Fields<'_>) -> Result<Self, CborError> {
        Ok(Self {
            stream: fields.require(1)?.array()?,
            secret: Bytes(fields.require(2)?.array()?),
        })
    }
}

impl Given {
    pub(crate) fn to_map(self) -> MapWriter {
        let map = self.token.to_map().uint(3, u64::from(self.label));
        map.bool(4, self.is_granted).bool(5, self.is_told)
    }

    pub(crate) fn from_map(fields: &mut Fields<'_>) -> Result<Self, CborError> {
        Ok(Self {
            token: Token::from_map(fields)?,
            label: fields.require(3)?.uint_as()?,
            is_granted: fields.require(4)?.bool()?,
            is_told: fields.require(5)?.bool()?,
        })
    }
}

impl Live {
    /// Gives each contact a token of our mailbox, and takes back those of people who are none now.
    pub(crate) fn keep_tokens(&mut self) -> Result<(), ChatError> {
        let own = self.mailbox.as_ref().filter(|own| own.is_open());
        let Some(stream) = own.map(|own| own.given.stream.0) else {
            return Ok(());
        };
        let talks = self.talks.iter().map(|talk| talk.id);
        let next = |id: TalkId| Some((id, self.next_of_token(id, stream)?));
        let next: Vec<_> = talks.filter_map(next).collect();
        for (id, next) in next {
            match next {
                Next::Draw => self.draw_token(id, stream),
                Next::Grant(given) => self.ask_about_token(given, TokenTicket::Grant),
                Next::Tell => self.tell_token(id)?,
                Next::Revoke(given) => self.ask_about_token(given, TokenTicket::Revoke),
            }
        }
        let is_due =
            |it: &Given| it.token.stream == stream && !self.asked_tokens.contains(&it.label);
        let prefs = self.prefs.get(b"");
        let left = prefs.into_iter().flat_map(|prefs| &prefs.left).copied();
        let left: Vec<_> = left.filter(is_due).collect();
        for given in left {
            self.ask_about_token(given, TokenTicket::Revoke);
        }
        Ok(())
    }

    /// The conversation of a token is forgotten: its relay is asked to revoke it until it has.
    pub(crate) fn leave_token(&mut self, given: Given) {
        let own = self.mailbox.as_ref().map(|own| own.given.stream.0);
        let is_of_own = |it: &Given| Some(it.token.stream) == own;
        // Of a mailbox that is none any more nothing need be taken back.
        if !is_of_own(&given) {
            return;
        }
        let mut prefs = self.prefs();
        prefs.left.retain(is_of_own);
        let surplus = prefs.left.len().saturating_sub(MAX_LEFT.saturating_sub(1));
        prefs.left.drain(..surplus);
        prefs.left.push(given);
        self.prefs.put(prefs);
    }

    fn revoked(&mut self, label: u32) {
        let mut prefs = self.prefs();
        prefs.left.retain(|it| it.label != label);
        self.prefs.put(prefs);
    }

    fn next_of_token(&self, id: TalkId, mailbox: [u8; 16]) -> Option<Next> {
        let talk = self.talks.get(&id.0)?;
        let is_accepted = self.is_accepted(talk.with()?);
        let given = talk.given.filter(|it| it.token.stream == mailbox);
        let is_asked = given.is_some_and(|it| self.asked_tokens.contains(&it.label));
        match given {
            _ if is_asked => None,
            Some(it) if !is_accepted => Some(Next::Revoke(it)),
            None if is_accepted && talk.stage == Stage::Active => Some(Next::Draw),
            Some(it) if !it.is_granted => Some(Next::Grant(it)),
            Some(it) if !it.is_told && talk.stage == Stage::Active => Some(Next::Tell),
            _ => None,
        }
    }

    fn draw_token(&mut self, id: TalkId, stream: [u8; 16]) {
        let mut secret = [0; 32];
        self.rng.fill_bytes(&mut secret);
        let token = Token {
            stream,
            secret: Bytes(secret),
        };
        let label = self.draw_label();
        let given = Given {
            token,
            label,
            is_granted: false,
            is_told: false,
        };
        if let Some(talk) = self.edit_talk(id) {
            talk.given = Some(given);
        }
        self.ask_about_token(given, TokenTicket::Grant);
    }

    /// One that nobody has, of which nothing is left at the relay, and not the public one's.
    fn draw_label(&mut self) -> u32 {
        loop {
            let label = self.rng.next_u32();
            let left = self.prefs.get(b"").into_iter().flat_map(|it| &it.left);
            let is_taken = left.map(|it| it.label).any(|taken| taken == label);
            if label > PUBLIC_LABEL && !is_taken && self.holder_of(label).is_none() {
                return label;
            }
        }
    }

    /// Once for each connection: what the relay refuses now it would refuse again.
    fn ask_about_token(&mut self, given: Given, what: fn(u32) -> TokenTicket) {
        let Some(own) = self.mailbox.as_ref().filter(|own| own.is_open()) else {
            return;
        };
        let ticket = what(given.label);
        let verb = own.about_token(ticket, &given.token.secret.0);
        let relay = own.given.relay.clone();
        self.asked_tokens.insert(given.label);
        self.links.ask(&relay, verb, ticket.number());
    }

    fn tell_token(&mut self, id: TalkId) -> Result<(), ChatError> {
        let talk = self.talk(id)?;
        let (Some(session), Some(given)) = (talk.session, talk.given) else {
            return Ok(());
        };
        let body = Body::Mailbox {
            stream: given.token.stream,
            token: given.token.secret.0,
        };
        // A session that takes nothing now is told with the next one.
        match self.hand(session, &body) {
            Err(ChatError::Session(_)) => return Ok(()),
            other => other?,
        };
        self.edit_given(id, |given| given.is_told = true);
        Ok(())
    }

    fn edit_given(&mut self, id: TalkId, change: impl FnOnce(&mut Given)) {
        if let Some(given) = self.edit_talk(id).and_then(|talk| talk.given.as_mut()) {
            change(given);
        }
    }

    /// The relay answers.
    pub(crate) fn token_answered(&mut self, ticket: TokenTicket, reply: &Reply) {
        // Else it is asked again with the next connection.
        if *reply != Reply::Done {
            return;
        }
        let label = ticket.label();
        self.asked_tokens.remove(&label);
        let holder = self.holder_of(label).map(|talk| talk.id);
        match (ticket, holder) {
            (TokenTicket::Grant(_), Some(id)) => self.edit_given(id, |it| it.is_granted = true),
            (TokenTicket::Revoke(_), Some(id)) => {
                if let Some(talk) = self.edit_talk(id) {
                    talk.given = None;
                }
            }
            (TokenTicket::Revoke(_), None) => self.revoked(label),
            // The conversation was forgotten meanwhile.
            (TokenTicket::Grant(_), None) => {}
        }
    }

    /// The mailbox was made anew: its relay knows no token.
    pub(crate) fn tokens_lost(&mut self) {
        let given = self.talks.iter().filter(|talk| talk.given.is_some());
        let given: Vec<_> = given.map(|talk| talk.id).collect();
        for id in given {
            self.edit_given(id, |given| given.is_granted = false);
        }
        self.asked_tokens.clear();
    }

    /// A session began: who lost what they knew knows no token either.
    pub(crate) fn tell_token_again(&mut self, id: TalkId) {
        self.edit_given(id, |given| given.is_told = false);
    }

    /// A contact gives us a token of their mailbox.
    pub(crate) fn token_came(&mut self, id: TalkId, token: Token) {
        if let Some(talk) = self.edit_talk(id) {
            talk.token = Some(token);
        }
    }

    /// Puts the token that the contact gave us in the place of the card's, where it is of the same
    /// mailbox; gives the card's.
    pub(crate) fn use_token(&self, to: &IdentityKey, sealed: &mut LiveSealed) -> Option<Bytes<32>> {
        let talk = self.talks.get(&TalkId::of(to).0)?;
        let token = talk.token.filter(|it| it.stream == sealed.stream.0)?;
        Some(core::mem::replace(&mut sealed.token, token.secret))
    }

    /// Whether a relay says that it does not know the token that a contact gave us.
    pub(crate) fn forget_token(&mut self, to: &IdentityKey, code: RelayCode) {
        if matches!(code, RelayCode::Refused | RelayCode::Expired)
            && let Some(talk) = self.edit_talk(TalkId::of(to))
        {
            talk.token = None;
        }
    }

    /// To whom the token was given through which a letter came, if to one alone.
    pub(crate) fn note_way(&mut self, entry: &Entry) {
        let holder = self.holder_of(entry.via).and_then(Talk::with).copied();
        if let Some(holder) = holder {
            self.ways.insert(entry.seq, holder);
        }
    }

    /// The conversation with whom was given the token of a label.
    fn holder_of(&self, label: u32) -> Option<&Talk> {
        let is_it = |given: Given| given.label == label;
        let mut talks = self.talks.iter();
        talks.find(|talk| talk.given.is_some_and(is_it))
    }
}

impl Mailbox {
    /// Whether it stands at its relay, which can be spoken to.
    fn is_open(&self) -> bool {
        self.state == crate::mailbox::State::Open
    }
}
