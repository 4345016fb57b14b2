//! Groups: who is in them, and who may do what.

use sotto_core::identity::IdentityKey;
use sotto_protocol::live::talk::Right;
use sotto_session::format::{self, ConversationId, Roles};
use sotto_session::{Command, Input};

use crate::error::ChatError;
use crate::live::Live;
use crate::people::person_id;
use crate::talk::{Stage, TalkId, What};

/// Longest name of a group.
const MAX_NAME_LEN: usize = 128;

impl Live {
    fn command(&mut self, command: Command) -> Result<(), ChatError> {
        self.sessions
            .handle(Input::Command(command), self.now, &mut self.rng)?;
        self.settle()
    }

    fn group(&self, id: TalkId) -> Result<ConversationId, ChatError> {
        let talk = self.talk(id)?;
        match (&talk.what, talk.stage, talk.session) {
            (What::Group { .. }, Stage::Active, Some(session)) => Ok(session),
            (What::Group { .. }, ..) => Err(ChatError::Over),
            (What::Pair(_), ..) => Err(ChatError::NotAllowed),
        }
    }

    /// The contacts that ids name, each of whom can be added.
    fn addable(&self, ids: &[String]) -> Result<Vec<IdentityKey>, ChatError> {
        let known = |id: &String| self.people.of_id(id).ok_or(ChatError::ContactUnknown);
        let people: Vec<_> = ids.iter().map(known).collect::<Result<_, _>>()?;
        if people.iter().all(|who| self.sessions.can_add(who)) {
            Ok(people)
        } else {
            Err(ChatError::NoSession)
        }
    }

    pub(crate) fn create_group(&mut self, name: &str, people: &[String]) -> Result<(), ChatError> {
        let name = check_name(name)?;
        let people = self.addable(people)?;
        let relay = self.mailbox.as_ref().ok_or(ChatError::NoRelay)?;
        let relay = relay.given.relay.clone();
        self.creating = Some(people);
        let name = Some(name);
        self.command(Command::CreateGroup { relay, name })
    }

    pub(crate) fn add_all(
        &mut self,
        to: ConversationId,
        people: Vec<IdentityKey>,
    ) -> Result<(), ChatError> {
        if people.is_empty() {
            return Ok(());
        }
        let command = Command::Add { to, people };
        Ok(self
            .sessions
            .handle(Input::Command(command), self.now, &mut self.rng)?)
    }

    pub(crate) fn add_people(&mut self, id: TalkId, people: &[String]) -> Result<(), ChatError> {
        let to = self.group(id)?;
        let people = self.addable(people)?;
        self.command(Command::Add { to, people })
    }

    /// A member by the id that surfaces use.
    fn member(&self, id: TalkId, person: &str) -> Result<IdentityKey, ChatError> {
        let mut members = self.talk(id)?.members.iter();
        let member = members.find(|who| person_id(who) == person);
        member.copied().ok_or(ChatError::ContactUnknown)
    }

    pub(crate) fn remove_person(&mut self, id: TalkId, person: &str) -> Result<(), ChatError> {
        let from = self.group(id)?;
        let people = vec![self.member(id, person)?];
        if people.contains(&self.me) {
            return Err(ChatError::NotAllowed);
        }
        self.command(Command::Remove { from, people })
    }

    pub(crate) fn leave(&mut self, id: TalkId) -> Result<(), ChatError> {
        let conversation = self.group(id)?;
        self.command(Command::Leave { conversation })?;
        self.shape_changed(id);
        Ok(())
    }

    /// Ends what there is of a conversation, so that nothing goes on unseen.
    pub(crate) fn part(&mut self, id: TalkId) -> Result<(), ChatError> {
        let talk = self.talk(id)?;
        match (talk.stage, talk.session, talk.with().copied()) {
            (Stage::Active, Some(conversation), _) => self.command(Command::Leave { conversation }),
            // The others have left, or it fell apart: the keys go too, where there are any yet.
            (Stage::Ended(_), Some(conversation), _) => {
                self.handle(Input::Command(Command::Leave { conversation }))?;
                self.settle()
            }
            (Stage::Offered | Stage::Left, _, Some(to)) => {
                self.outgoing.retain(|it| it.to != to);
                self.command(Command::Withdraw { to })
            }
            _ => Ok(()),
        }
    }

    /// Changes the roles, which only admins may.
    pub(crate) fn change_roles(
        &mut self,
        id: TalkId,
        change: impl FnOnce(&mut Roles),
    ) -> Result<(), ChatError> {
        let group = self.group(id)?;
        let mut roles = self.sessions.roles(group)?;
        if !roles.admins.contains(&self.me) {
            return Err(ChatError::NotAllowed);
        }
        change(&mut roles);
        if roles.admins.is_empty() {
            return Err(ChatError::NotAllowed);
        }
        self.command(Command::SetRoles { group, roles })
    }

    pub(crate) fn rename(&mut self, id: TalkId, name: &str) -> Result<(), ChatError> {
        let name = check_name(name)?;
        self.change_roles(id, |roles| roles.name = Some(name))
    }

    pub(crate) fn set_rights(
        &mut self,
        id: TalkId,
        add: Right,
        remove: Right,
    ) -> Result<(), ChatError> {
        self.change_roles(id, |roles| {
            (roles.add, roles.remove) = (to_format(add), to_format(remove));
        })
    }

    pub(crate) fn set_admin(
        &mut self,
        id: TalkId,
        person: &str,
        is_admin: bool,
    ) -> Result<(), ChatError> {
        let who = self.member(id, person)?;
        self.change_roles(id, |roles| {
            roles.admins.retain(|admin| *admin != who);
            if is_admin {
                roles.admins.push(who);
            }
        })
    }
}

fn check_name(name: &str) -> Result<String, ChatError> {
    let name = name.trim();
    if name.len() > MAX_NAME_LEN {
        return Err(ChatError::TooLong { len: name.len() });
    }
    if sotto_core::identity::card::is_name(name) {
        Ok(name.to_owned())
    } else {
        Err(ChatError::Malformed)
    }
}

const fn to_format(right: Right) -> format::Right {
    match right {
        Right::Admins => format::Right::Admins,
        Right::Everybody => format::Right::Everybody,
    }
}
