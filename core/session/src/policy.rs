//! Who may be in a group, and which commits are refused.
//!
//! Every member applies these rules to the same bytes and comes to the same answer: they look at
//! the group and the commit alone, never at a clock or at what else a device knows.

use openmls::prelude::{
    BasicCredential, Credential, Extensions, GroupContext, LeafNode, LeafNodeIndex, MlsGroup,
    Proposal, Sender, StagedCommit, StagedWelcome,
};
use sotto_core::custody::LeafCredential;
use sotto_core::identity::IdentityKey;

use crate::format::{ConversationId, Refusal, Roles, Scope};
use crate::mls::{self, ROLES_EXTENSION};

/// A device of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// The identity that signed the leaf.
    pub identity: IdentityKey,
    /// Its device.
    pub device: [u8; 16],
}

/// A leaf of the tree: what the roster shows is these, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// Whose it is.
    pub who: Who,
    /// Its place in the tree.
    pub leaf: u32,
}

/// What a commit that is not refused changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) added: Vec<Who>,
    pub(crate) removed: Vec<Who>,
    pub(crate) roles: bool,
}

/// The leaf's credential verifies, is of its signature key, and of this group or of a KeyPackage.
pub(crate) fn check_leaf(
    credential: &Credential,
    signature_key: &[u8],
    group: Option<ConversationId>,
) -> Result<Who, Refusal> {
    let basic = BasicCredential::try_from(credential.clone()).map_err(|_| Refusal::Leaf)?;
    let signed = LeafCredential::parse(basic.identity()).map_err(|_| Refusal::Leaf)?;
    let leaf = signed.leaf();
    let of_group = leaf.group_id.0.is_empty() || group.is_some_and(|id| leaf.group_id.0 == id.0);
    if leaf.signature_key.0 != signature_key || !of_group {
        return Err(Refusal::Leaf);
    }
    Ok(Who {
        identity: *signed.identity(),
        device: leaf.device_id.0,
    })
}

/// Whose a credential is. MLS has checked the message under the key of the leaf, and the leaf was
/// checked when it came into the tree.
pub(crate) fn credential_of(credential: &Credential) -> Result<Who, Refusal> {
    let basic = BasicCredential::try_from(credential.clone()).map_err(|_| Refusal::Leaf)?;
    let signed = LeafCredential::parse(basic.identity()).map_err(|_| Refusal::Leaf)?;
    Ok(Who {
        identity: *signed.identity(),
        device: signed.leaf().device_id.0,
    })
}

fn check_node(node: &LeafNode, group: Option<ConversationId>) -> Result<Who, Refusal> {
    check_leaf(node.credential(), node.signature_key().as_slice(), group)
}

/// Whose the leaves are. A leaf that does not verify is an error: it is shown to nobody.
pub(crate) fn roster(group: &MlsGroup) -> Result<Vec<RosterEntry>, Refusal> {
    let id = conversation(group)?;
    let entry = |member: openmls::prelude::Member| {
        let who = check_leaf(&member.credential, &member.signature_key, Some(id))?;
        Ok(RosterEntry {
            who,
            leaf: member.index.u32(),
        })
    };
    group.members().map(entry).collect()
}

/// Whose one leaf is.
pub(crate) fn member(group: &MlsGroup, leaf: u32) -> Result<Who, Refusal> {
    let id = conversation(group)?;
    let member = group.member_at(LeafNodeIndex::new(leaf));
    let member = member.ok_or(Refusal::Outsider)?;
    check_leaf(&member.credential, &member.signature_key, Some(id))
}

pub(crate) fn conversation(group: &MlsGroup) -> Result<ConversationId, Refusal> {
    let id = group.group_id().as_slice();
    Ok(ConversationId(id.try_into().map_err(|_| Refusal::Leaf)?))
}

/// Every leaf of a tree that we are asked to join, each device once; the roles; who asks.
pub(crate) fn check_welcome(
    staged: &StagedWelcome,
    id: ConversationId,
) -> Result<(Vec<Who>, Roles, Who), Refusal> {
    let check = |member: openmls::prelude::Member| {
        check_leaf(&member.credential, &member.signature_key, Some(id))
    };
    let members: Vec<Who> = staged.members().map(check).collect::<Result<_, _>>()?;
    let mut sorted = members.clone();
    sorted.sort_unstable();
    if !sorted.is_sorted_by(|a, b| a < b) {
        return Err(Refusal::SameDevice);
    }
    let roles = roles_in(staged.group_context().extensions())?;
    let sender = staged.welcome_sender().map_err(|_| Refusal::Leaf)?;
    Ok((members, roles, check_node(sender, Some(id))?))
}

/// The roles in a group context that holds them and the demand to know them, and nothing else.
fn roles_in(extensions: &Extensions<GroupContext>) -> Result<Roles, Refusal> {
    let held = extensions
        .unknown(ROLES_EXTENSION)
        .ok_or(Refusal::MayNotChange)?;
    let roles = Roles::decode(&held.0).map_err(|_| Refusal::MayNotChange)?;
    let ours = mls::context_extensions(held.0.clone()).ok_or(Refusal::MayNotChange)?;
    let same = ours.required_capabilities() == extensions.required_capabilities();
    if same && extensions.iter().count() == 2 {
        Ok(roles)
    } else {
        Err(Refusal::MayNotChange)
    }
}

/// The roles of a group.
pub(crate) fn roles(group: &MlsGroup) -> Result<Roles, Refusal> {
    roles_in(group.extensions())
}

/// What `committer` and its proposals are held against.
struct Check<'a> {
    id: ConversationId,
    roles: Roles,
    roster: Vec<RosterEntry>,
    by: Who,
    leaving: &'a [Who],
    changes: Changes,
    /// Whose leaf is replaced by one that they signed for this group.
    returning: Vec<Who>,
}

/// Whether a commit by the leaf `committer` to the group of `roster` breaks a rule.
pub(crate) fn check_commit(
    group: &MlsGroup,
    roster: Vec<RosterEntry>,
    (committer, staged): (LeafNodeIndex, &StagedCommit),
    leaving: &[Who],
) -> Result<Changes, Refusal> {
    let by = roster.iter().find(|entry| entry.leaf == committer.u32());
    let mut check = Check {
        id: conversation(group)?,
        roles: roles(group)?,
        by: by.ok_or(Refusal::Outsider)?.who,
        roster,
        leaving,
        changes: Changes::default(),
        returning: Vec::new(),
    };
    check.kinds(staged, committer)?;
    check.removals(staged)?;
    check.additions(staged)?;
    check.returns()?;
    check.context(staged)?;
    check.path(staged)?;
    Ok(check.changes)
}

impl Check<'_> {
    fn kinds(&self, staged: &StagedCommit, committer: LeafNodeIndex) -> Result<(), Refusal> {
        for queued in staged.queued_proposals() {
            let known = matches!(
                queued.proposal(),
                Proposal::Add(_) | Proposal::Remove(_) | Proposal::GroupContextExtensions(_)
            );
            if !known || *queued.sender() != Sender::Member(committer) {
                return Err(Refusal::Proposal);
            }
        }
        Ok(())
    }

    fn removals(&mut self, staged: &StagedCommit) -> Result<(), Refusal> {
        for queued in staged.remove_proposals() {
            let leaf = queued.remove_proposal().removed().u32();
            let place = self.roster.iter().position(|entry| entry.leaf == leaf);
            let gone = self.roster.remove(place.ok_or(Refusal::Proposal)?);
            self.changes.removed.push(gone.who);
        }
        Ok(())
    }

    fn additions(&mut self, staged: &StagedCommit) -> Result<(), Refusal> {
        for queued in staged.add_proposals() {
            let who = self.added(queued.add_proposal().key_package().leaf_node())?;
            let is_twice = self.roster.iter().any(|entry| entry.who == who)
                || self.changes.added.contains(&who);
            if is_twice {
                return Err(Refusal::SameDevice);
            }
            self.may_add(&who)?;
            self.changes.added.push(who);
        }
        Ok(())
    }

    /// A KeyPackage is of no group, but for one of whoever asks to be added anew.
    fn added(&mut self, node: &LeafNode) -> Result<Who, Refusal> {
        let who = check_node(node, None);
        if who.is_ok() {
            return who;
        }
        let who = check_node(node, Some(self.id))?;
        if !self.changes.removed.contains(&who) {
            return Err(Refusal::Leaf);
        }
        self.returning.push(who);
        Ok(who)
    }

    fn may_add(&self, who: &Who) -> Result<(), Refusal> {
        let is_own = who.identity == self.by.identity;
        let allowed = match self.roles.scope {
            Scope::Pair => is_own,
            Scope::Group => is_own || self.roles.has(&self.by.identity, self.roles.add),
        };
        if allowed {
            Ok(())
        } else {
            Err(Refusal::MayNotAdd)
        }
    }

    /// Who is removed: by themselves, because they go, because they asked for another leaf, or by right.
    fn returns(&self) -> Result<(), Refusal> {
        let may = |who: &Who| {
            who.identity == self.by.identity
                || self.leaving.contains(who)
                || self.returning.contains(who)
                || (self.roles.scope == Scope::Group
                    && self.roles.has(&self.by.identity, self.roles.remove))
        };
        if self.changes.removed.iter().all(may) {
            Ok(())
        } else {
            Err(Refusal::MayNotRemove)
        }
    }

    fn context(&mut self, staged: &StagedCommit) -> Result<(), Refusal> {
        let new = roles_in(staged.group_context().extensions())?;
        if new == self.roles {
            return Ok(());
        }
        let is_group = new.scope == Scope::Group && self.roles.scope == Scope::Group;
        if !is_group || new.admins.is_empty() || !self.roles.admins.contains(&self.by.identity) {
            return Err(Refusal::MayNotChange);
        }
        self.changes.roles = true;
        Ok(())
    }

    fn path(&self, staged: &StagedCommit) -> Result<(), Refusal> {
        match staged.update_path_leaf_node() {
            Some(node) if check_node(node, Some(self.id))? != self.by => {
                Err(Refusal::OtherIdentity)
            }
            Some(_) | None => Ok(()),
        }
    }
}
