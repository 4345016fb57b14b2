//! Our commits: one at a time, built on the epoch that the stream shows, merged when the stream
//! shows them to have come first.

use openmls::prelude::{KeyPackage, LeafNodeIndex, MlsGroup};
use serde_bytes::ByteBuf;

use super::error::SessionError;
use super::record::{Conversation, Device, Expect, InFlight, Intent, PendingCommit};
use super::state::{authenticator, identity};
use super::{Event, Sessions};
use crate::format::{Blob, Invite, MessageKind, Refusal, split};
use crate::mls;
use crate::policy::{self, Changes, Who};

/// What a commit does.
#[derive(Default)]
struct Plan {
    add: Vec<KeyPackage>,
    remove: Vec<LeafNodeIndex>,
    roles: Option<Vec<u8>>,
    update: bool,
    /// Who is added, and the reference of the KeyPackage.
    invited: Vec<(ByteBuf, ByteBuf)>,
    /// The KeyPackages, to be put back if the commit does not count.
    packages: Vec<(ByteBuf, ByteBuf)>,
}

impl Plan {
    const fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty() && self.roles.is_none() && !self.update
    }
}

impl Sessions {
    /// Builds the next commit that is intended.
    pub(super) fn commit_next(
        &mut self,
        conversation: &mut Conversation,
    ) -> Result<(), SessionError> {
        while conversation.commit.is_none() {
            let Some(intent) = conversation.intents.pop_front() else {
                return Ok(());
            };
            let mut group = self.take_group(conversation.id)?;
            let plan = self.plan(conversation, &group, &intent)?;
            if plan.is_empty() {
                self.put_group(conversation.id, group);
                continue;
            }
            let packages = plan.packages.clone();
            let mark = self.provider.rows().mark();
            match self.build(conversation, &mut group, intent.clone(), plan) {
                Ok(()) => self.put_group(conversation.id, group),
                Err(SessionError::Mls) => {
                    // The group is read anew, as it was.
                    self.provider.rows().undo_to(mark);
                    self.give_up(conversation, intent, packages)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// MLS refuses what is intended: a KeyPackage may be one that fits no tree. Of several people
    /// each is tried alone; what is refused alone is given up, or nothing would ever follow it.
    fn give_up(
        &mut self,
        conversation: &mut Conversation,
        intent: Intent,
        packages: Vec<(ByteBuf, ByteBuf)>,
    ) -> Result<(), SessionError> {
        match intent {
            Intent::Add(people) if people.len() > 1 => {
                self.put_back(packages)?;
                let alone = |person| Intent::Add(vec![person]);
                for person in people.into_iter().rev() {
                    conversation.intents.push_front(alone(person));
                }
            }
            Intent::Add(_)
            | Intent::Remove(_)
            | Intent::Readd(..)
            | Intent::Update
            | Intent::Roles(_) => self.event(Event::Refused {
                conversation: conversation.id,
                by: self.me,
                why: Refusal::Leaf,
            }),
        }
        Ok(())
    }

    /// What the intent means in this epoch; whoever goes is removed with it.
    fn plan(
        &mut self,
        conversation: &Conversation,
        group: &MlsGroup,
        intent: &Intent,
    ) -> Result<Plan, SessionError> {
        let mut plan = Plan::default();
        let mut gone: Vec<Device> = conversation.leaving.clone();
        match intent {
            Intent::Add(people) => self.plan_add(group, people, &mut plan)?,
            Intent::Remove(devices) => gone.extend(devices.clone()),
            Intent::Readd(device, package) => {
                let of = identity(&device.identity)?;
                if let Ok((package, who)) = self.check_package(package, &of, Some(conversation.id))
                    && who.device == device.device
                {
                    gone.push(device.clone());
                    self.plan_one(package, &of, &mut plan)?;
                }
            }
            Intent::Update => plan.update = true,
            Intent::Roles(roles) => plan.roles = Some(roles.to_vec()),
        }
        let roster = self.leaves_of(group)?;
        let is_gone = |device: &Device| gone.contains(device);
        let leaves = roster
            .iter()
            .filter(|it| it.who != self.me && is_gone(&it.who.to_device()));
        plan.remove = leaves.map(|entry| LeafNodeIndex::new(entry.leaf)).collect();
        Ok(plan)
    }

    fn plan_add(
        &mut self,
        group: &MlsGroup,
        people: &[ByteBuf],
        plan: &mut Plan,
    ) -> Result<(), SessionError> {
        let roster = self.leaves_of(group)?;
        for person in people {
            let person = identity(person)?;
            let mut peer = self.peer(&person);
            while let Some(bytes) = peer.packages.pop() {
                let Ok((package, who)) = self.check_package(&bytes, &person, None) else {
                    continue;
                };
                if !roster.iter().any(|entry| entry.who == who) {
                    plan.packages
                        .push((ByteBuf::from(*person.as_bytes()), bytes));
                    self.plan_one(package, &person, plan)?;
                }
                break;
            }
            self.keep_peer(person, peer)?;
        }
        Ok(())
    }

    fn plan_one(
        &self,
        package: KeyPackage,
        of: &sotto_core::identity::IdentityKey,
        plan: &mut Plan,
    ) -> Result<(), SessionError> {
        let reference = ByteBuf::from(self.reference(&package)?);
        plan.invited
            .push((ByteBuf::from(*of.as_bytes()), reference));
        plan.add.push(package);
        Ok(())
    }

    fn build(
        &mut self,
        conversation: &mut Conversation,
        group: &mut MlsGroup,
        intent: Intent,
        plan: Plan,
    ) -> Result<(), SessionError> {
        let failed = |_| SessionError::Mls;
        let signer = self.own_signer(group)?;
        let crypto = self.provider.primitives();
        let mut builder = group
            .commit_builder()
            .force_self_update(true)
            .propose_adds(plan.add)
            .propose_removals(plan.remove);
        if let Some(roles) = plan.roles {
            let context = mls::context_extensions(roles).ok_or(SessionError::Mls)?;
            builder = builder
                .propose_group_context_extensions(context)
                .map_err(|_| SessionError::Mls)?;
        }
        let bundle = builder
            .load_psks(self.provider.rows())
            .map_err(|_| SessionError::Mls)?
            .build(crypto, crypto, &signer, |_| true)
            .map_err(|_| SessionError::Mls)?
            .stage_commit(&self.provider)
            .map_err(|_| SessionError::Mls)?;
        let roster = self.leaves_of(group)?;
        let staged = group.pending_commit().ok_or(SessionError::Mls)?;
        let leaving = leaving(conversation)?;
        let own = (group.own_leaf_index(), staged);
        if let Err(why) = policy::check_commit(group, roster, own, &leaving) {
            group.clear_pending_commit(self.provider.rows())?;
            let (conversation, by) = (conversation.id, self.me);
            self.event(Event::Refused {
                conversation,
                by,
                why,
            });
            return self.put_back(plan.packages);
        }
        let (commit, welcome, _) = bundle.into_messages();
        let commit = commit.to_bytes().map_err(failed)?;
        if let Some(sender) = super::receive::sender_hash(&commit) {
            conversation.remember(sender);
        }
        let commit = split(&Blob::Mls(commit))?;
        let welcome = match welcome {
            Some(welcome) => split(&Blob::Welcome(welcome.to_bytes().map_err(failed)?))?,
            None => Vec::new(),
        };
        let last = commit.len().saturating_sub(1);
        for (index, blob) in commit.iter().enumerate() {
            let expect = if index == last {
                Expect::Last
            } else {
                Expect::Any
            };
            super::command::push_blob(conversation, blob.clone(), expect);
        }
        conversation.commit = Some(PendingCommit {
            intent,
            blobs: commit.into_iter().map(ByteBuf::from).collect(),
            welcome: welcome.into_iter().map(ByteBuf::from).collect(),
            invited: plan.invited,
            packages: plan.packages,
        });
        Ok(())
    }

    /// Another commit came first: ours is given up and intended anew.
    pub(super) fn lose_race(
        &mut self,
        conversation: &mut Conversation,
        group: &mut MlsGroup,
    ) -> Result<(), SessionError> {
        group.clear_pending_commit(self.provider.rows())?;
        let Some(lost) = conversation.commit.take() else {
            return Ok(());
        };
        let is_of_it = |flight: &InFlight| lost.blobs.iter().any(|blob| **blob == flight.blob);
        for flight in &mut conversation.in_flight {
            if is_of_it(flight) {
                flight.blob.clear();
                flight.expect = Expect::Any;
            }
        }
        conversation.intents.push_front(self.retry(lost)?);
        Ok(())
    }

    /// The Welcome of a commit that does not count never left, so its KeyPackages are unused.
    fn retry(&mut self, lost: PendingCommit) -> Result<Intent, SessionError> {
        self.put_back(lost.packages)?;
        Ok(lost.intent)
    }

    fn put_back(&mut self, packages: Vec<(ByteBuf, ByteBuf)>) -> Result<(), SessionError> {
        for (person, package) in packages {
            let person = identity(&person)?;
            let mut peer = self.peer(&person);
            peer.packages.push(package);
            self.keep_peer(person, peer)?;
        }
        Ok(())
    }

    /// A blob of our commit stands in the stream; the last one makes it count.
    pub(super) fn commit_seen(
        &mut self,
        conversation: &mut Conversation,
        blob: &[u8],
    ) -> Result<bool, SessionError> {
        let Some(commit) = &mut conversation.commit else {
            return Ok(false);
        };
        if commit.blobs.front().is_none_or(|next| **next != *blob) {
            return Ok(false);
        }
        commit.blobs.pop_front();
        if commit.blobs.is_empty() {
            self.merge_own(conversation)?;
        }
        Ok(true)
    }

    fn merge_own(&mut self, conversation: &mut Conversation) -> Result<(), SessionError> {
        let Some(commit) = conversation.commit.take() else {
            return Ok(());
        };
        let mut group = self.take_group(conversation.id)?;
        let roster = self.leaves_of(&group)?;
        let staged = group.pending_commit().ok_or(SessionError::Mls)?;
        let leaving = leaving(conversation)?;
        let own = (group.own_leaf_index(), staged);
        let changes = policy::check_commit(&group, roster, own, &leaving);
        let changes = changes.map_err(SessionError::Refused)?;
        group
            .merge_pending_commit(&self.provider)
            .map_err(|_| SessionError::Mls)?;
        self.epoch_began(conversation, &group)?;
        self.put_group(conversation.id, group);
        let added = changes.added.clone();
        self.changed(conversation, self.me, changes);
        for blob in commit.welcome {
            super::command::push_blob(conversation, blob.into_vec(), Expect::Any);
        }
        for (person, reference) in commit.invited {
            match self.invite(conversation, &person, &reference) {
                Err(SessionError::NoSession | SessionError::Inactive) => {
                    let of = identity(&person)?;
                    self.not_invited(conversation, added.iter().filter(|it| it.identity == of))?;
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Meanwhile the conversation of two with somebody we added has ended, so they never hear of it.
    /// The commit stands; who may takes them out again, and otherwise it is said.
    fn not_invited<'a>(
        &mut self,
        conversation: &mut Conversation,
        who: impl Iterator<Item = &'a Who>,
    ) -> Result<(), SessionError> {
        let roles = self.roles(conversation.id)?;
        if roles.has(&self.me.identity, roles.remove) {
            let devices = who.map(|it| it.to_device()).collect();
            conversation.intents.push_back(Intent::Remove(devices));
        } else {
            self.event(Event::Refused {
                conversation: conversation.id,
                by: self.me,
                why: Refusal::Leaf,
            });
        }
        Ok(())
    }

    fn invite(
        &mut self,
        conversation: &Conversation,
        person: &[u8],
        reference: &[u8],
    ) -> Result<(), SessionError> {
        let invite = Invite {
            conversation: conversation.id,
            link: conversation.link.clone(),
            seq: conversation.chain.seq(),
            head: *conversation.chain.head(),
            reference: reference.try_into().map_err(|_| SessionError::Row)?,
        };
        self.say_to(&identity(person)?, MessageKind::Invite, invite.encode())
    }

    pub(super) fn epoch_began(
        &mut self,
        conversation: &mut Conversation,
        group: &MlsGroup,
    ) -> Result<(), SessionError> {
        conversation.note_epoch(group.epoch().as_u64(), &authenticator(group)?);
        Ok(())
    }

    pub(super) fn changed(&mut self, conversation: &mut Conversation, by: Who, changes: Changes) {
        let gone: Vec<_> = changes.removed.iter().map(|who| who.to_device()).collect();
        conversation.leaving.retain(|device| !gone.contains(device));
        if changes != Changes::default() {
            self.event(Event::Changed {
                conversation: conversation.id,
                by,
                added: changes.added,
                removed: changes.removed,
            });
        }
    }
}

pub(super) fn leaving(conversation: &Conversation) -> Result<Vec<Who>, SessionError> {
    conversation.leaving.iter().map(Device::to_who).collect()
}
