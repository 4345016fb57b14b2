//! What is painted.

use sotto_core::contacts::comparing;
use sotto_core::identity::IdentityKey;
use sotto_protocol::live::talk::{
    Author, ChatBody, ChatDraft, ChatMessage, Conversation, ConversationBrief, Delivery,
    DeliveryState, Member, MessageRights, Quoted, Reaction, Right, TalkKind, TalkRights,
};
use sotto_protocol::live::{
    AlarmLine, LiveEvent, LivePerson, LiveStatus, MAX_PAGE, MessageRequest, Presence, Reach, Safety,
};
use sotto_protocol::view::{ContactKind, Trust};
use sotto_protocol::{ErrorCode, TimestampMs};
use sotto_session::format::{self, Roles, Scope};

use crate::error::ChatError;
use crate::history::{Entry, Said, Way};
use crate::live::Live;
use crate::mailbox::State;
use crate::people::person_id;
use crate::step::Output;
use crate::talk::{Stage, Talk, TalkId, What, alarm_of, hex};

/// Characters of a quoted or last message.
const CUT: usize = 200;
/// Characters of the first words of a request.
const FIRST_WORDS: usize = 1_000;
const MAX_NAMES: usize = 20;

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

impl Live {
    /// The status.
    #[must_use]
    pub fn status(&self) -> LiveStatus {
        let (reach, code) = self.reach();
        let listed = self.talks.iter().filter(|talk| talk.is_listed());
        let heard = listed.filter(|talk| !talk.muted);
        let unread = heard.map(|talk| self.unread(talk.id));
        let relay = self.mailbox.as_ref().map(|it| it.given.relay.clone());
        LiveStatus {
            reach,
            code,
            next_try: relay.as_ref().and_then(|it| self.links.next_try(it)),
            relay,
            settings: self.prefs().settings,
            // Of a veiled device, what came since.
            unread: unread.fold(self.prefs().waiting, u32::saturating_add),
            requests: count(self.requests().len()),
        }
    }

    fn reach(&self) -> (Reach, Option<ErrorCode>) {
        let Some(mailbox) = self.mailbox.as_ref().filter(|_| self.device.is_reachable) else {
            return (Reach::Off, None);
        };
        match mailbox.state {
            State::Open => (Reach::Reachable, None),
            State::Refused(code) => (Reach::Unreachable, Some(code)),
            State::Asking => (Reach::Connecting, None),
            State::Away if self.links.next_try(&mailbox.given.relay).is_some() => {
                (Reach::Unreachable, Some(ErrorCode::RelayUnreachable))
            }
            State::Away => (Reach::Connecting, None),
        }
    }

    pub(crate) fn title(&self, talk: &Talk) -> String {
        match &talk.what {
            What::Pair(with) => self.people.name(with),
            What::Group { name } => name.clone(),
        }
    }

    pub(crate) fn brief(&self, talk: &Talk) -> ConversationBrief {
        let last = self.histories.get(&talk.id).and_then(|it| it.last());
        let last = last.map(|(place, entry)| {
            let mut message = self.message(talk, place, entry);
            if let ChatBody::Text { text, .. } = &mut message.body {
                *text = cut(text, CUT);
            }
            message
        });
        ConversationBrief {
            id: talk.id.to_hex(),
            kind: match talk.what {
                What::Pair(_) => TalkKind::Pair,
                What::Group { .. } => TalkKind::Group,
            },
            title: self.title(talk),
            contact: talk.with().and_then(|it| self.people.brief(it)).cloned(),
            presence: self.presence(talk),
            standing: talk.stage.standing(),
            last,
            at: TimestampMs(talk.at),
            unread: self.unread(talk.id),
            muted: talk.muted,
            draft: cut(&talk.draft, CUT),
            alarm: talk.is_alarmed,
        }
    }

    /// All conversations, the newest first.
    pub(crate) fn briefs(&self) -> Vec<ConversationBrief> {
        let is_there = |talk: &&Talk| talk.is_listed() && !self.is_blank(talk);
        let mut briefs: Vec<_> = self
            .talks
            .iter()
            .filter(is_there)
            .map(|talk| self.brief(talk))
            .collect();
        briefs.sort_by_key(|brief| core::cmp::Reverse(brief.at));
        briefs
    }

    /// Nothing was ever said in it, nor is anything about to be.
    fn is_blank(&self, talk: &Talk) -> bool {
        let is_empty = self
            .histories
            .get(&talk.id)
            .is_none_or(|it| it.total() == 0);
        talk.stage == Stage::New && is_empty && talk.draft.is_empty()
    }

    /// What waits for the person.
    pub(crate) fn requests(&self) -> Vec<MessageRequest> {
        let waiting = self.talks.iter().filter(|talk| self.is_asked(talk));
        let mut requests: Vec<_> = waiting
            .filter_map(|talk| {
                let request = talk.request.as_ref()?;
                if self.people.trust(&request.from) == Trust::Blocked {
                    return None;
                }
                let look = request.card.as_deref();
                Some(MessageRequest {
                    conversation: talk.id.to_hex(),
                    at: TimestampMs(request.at),
                    card: look.and_then(|card| self.people.look(card)).cloned(),
                    contact: self.people.brief(&request.from).cloned(),
                    text: cut(
                        request.introduction.text.as_deref().unwrap_or_default(),
                        FIRST_WORDS,
                    ),
                    group: false,
                    relay: self.new_relay(talk),
                })
            })
            .chain(self.invited())
            .collect();
        requests.sort_by_key(|request| core::cmp::Reverse(request.at));
        requests
    }

    /// The cards of requests, which the custodian is to look at.
    #[must_use]
    pub fn cards(&self) -> Vec<String> {
        let requests = self.talks.iter().filter_map(|it| it.request.as_ref());
        requests.filter_map(|it| it.card.clone()).collect()
    }

    /// The card of one request.
    #[must_use]
    pub fn card_of(&self, conversation: &str) -> Option<String> {
        let talk = self.talks.get(&TalkId::parse(conversation)?.0)?;
        talk.request.as_ref()?.card.clone()
    }

    /// The contact, or who is to become one, that a request is of.
    #[must_use]
    pub fn asker_of(&self, conversation: &str) -> Option<String> {
        let id = TalkId::parse(conversation)?;
        let of_pair = self.talks.get(&id.0).and_then(|it| it.request.as_ref());
        let of_group = || self.invitation(id).map(|it| it.by);
        let from = of_pair.map(|it| it.from).or_else(of_group)?;
        Some(person_id(&from))
    }

    pub(crate) fn conversation(&mut self, id: TalkId) -> Result<Conversation, ChatError> {
        let talk = self.talk(id)?.clone();
        let roles = match (talk.stage, talk.session) {
            (Stage::Active, Some(session)) => self.sessions.roles(session).ok(),
            _ => None,
        };
        let total = self.histories.get(&id).map_or(0, |it| it.total());
        let blocked_by = self.blocked_by(&talk).map(|error| error.code());
        Ok(Conversation {
            brief: self.brief(&talk),
            total,
            first_unread: (talk.seen < total && self.unread(id) > 0).then_some(talk.seen),
            roster: self.roster(&talk, roles.as_ref()),
            add: roles.as_ref().map_or(Right::Admins, |it| right(it.add)),
            remove: roles.as_ref().map_or(Right::Admins, |it| right(it.remove)),
            may: self.rights(&talk, roles.as_ref(), blocked_by.is_none()),
            blocked_by,
            ended: match talk.stage {
                Stage::Ended(ended) => Some(ended),
                Stage::New | Stage::Offered | Stage::Left | Stage::Asked | Stage::Active => None,
            },
            draft: ChatDraft {
                text: talk.draft.clone(),
                reply_to: talk.draft_reply.map(|it| self.quoted(id, &it)),
            },
            typing: self.writers(id),
            quiet: !talk.is_telling(),
            changing: talk.session.is_some_and(|it| self.sessions.is_changing(it)),
        })
    }

    /// Who is in it: the leaves of the tree, by person. The person first, then admins, then by name.
    fn roster(&mut self, talk: &Talk, roles: Option<&Roles>) -> Vec<Member> {
        let leaves = match (talk.stage, talk.session) {
            (Stage::Active, Some(session)) => self.sessions.roster(session).unwrap_or_default(),
            _ => Vec::new(),
        };
        let mut who: Vec<_> = leaves.iter().map(|leaf| leaf.who.identity).collect();
        who.sort_unstable();
        who.dedup();
        let leaving = self.leaving.get(&talk.id);
        let member = |who: &IdentityKey| {
            let own = *who == self.me;
            let brief = self.people.brief(who);
            Member {
                id: person_id(who),
                name: self.name_of(who),
                address: brief.map(|it| it.address.clone()).unwrap_or_default(),
                trust: self.trust_of(who),
                own,
                admin: roles.is_some_and(|it| it.admins.contains(who)),
                devices: count(leaves.iter().filter(|it| it.who.identity == *who).count()),
                leaving: leaving.is_some_and(|it| it.contains(who)),
            }
        };
        let mut roster: Vec<_> = who.iter().map(member).collect();
        roster.sort_by_cached_key(|it| {
            let is_nameless = it.name.is_empty();
            (
                !it.own,
                !it.admin,
                is_nameless,
                it.name.to_lowercase(),
                it.id.clone(),
            )
        });
        roster
    }

    fn name_of(&self, who: &IdentityKey) -> String {
        if *who == self.me {
            self.device.name.clone()
        } else {
            self.people.name(who)
        }
    }

    fn trust_of(&self, who: &IdentityKey) -> Trust {
        if *who == self.me {
            Trust::Verified
        } else {
            self.people.trust(who)
        }
    }

    fn rights(&self, talk: &Talk, roles: Option<&Roles>, send: bool) -> TalkRights {
        let group = roles.filter(|it| it.scope == Scope::Group);
        let is_pair = talk.with().is_some();
        let is_renewable = matches!(talk.stage, Stage::Ended(_) | Stage::Left | Stage::Offered);
        TalkRights {
            send,
            add: group.is_some_and(|it| it.has(&self.me, it.add)),
            remove: group.is_some_and(|it| it.has(&self.me, it.remove)),
            change: group.is_some_and(|it| it.admins.contains(&self.me)),
            leave: group.is_some(),
            renew: is_pair && is_renewable,
        }
    }

    pub(crate) fn messages(
        &self,
        id: TalkId,
        from: u32,
        most: u32,
    ) -> Result<(Vec<ChatMessage>, u32), ChatError> {
        let talk = self.talk(id)?;
        let Some(history) = self.histories.get(&id) else {
            return Ok((Vec::new(), 0));
        };
        let most = usize::try_from(most.min(MAX_PAGE)).unwrap_or_default();
        let page = history.from(from).take(most);
        let page = page.map(|(place, entry)| self.message(talk, place, entry));
        Ok((page.collect(), history.total()))
    }

    pub(crate) fn message_at(&self, id: TalkId, place: u32) -> Result<ChatMessage, ChatError> {
        let talk = self.talk(id)?;
        let history = self.histories.get(&id).ok_or(ChatError::MessageUnknown)?;
        let entry = history.get(place).ok_or(ChatError::MessageUnknown)?;
        Ok(self.message(talk, place, entry))
    }

    fn message(&self, talk: &Talk, place: u32, entry: &Entry) -> ChatMessage {
        let own = entry.author == self.me;
        let is_text = matches!(entry.said, Said::Text { .. });
        let is_active = talk.stage == Stage::Active;
        let is_here = entry.way == Way::Waiting;
        let is_bound = matches!(entry.way, Way::Carried | Way::Failed(_));
        let may_change = own && is_text && (is_active || is_here) && !is_bound;
        ChatMessage {
            id: hex(&entry.id),
            position: place,
            at: TimestampMs(entry.at),
            author: Author {
                id: person_id(&entry.author),
                name: self.name_of(&entry.author),
                trust: self.trust_of(&entry.author),
                own,
            },
            body: self.body(&entry.said),
            reply_to: entry.reply_to.map(|it| self.quoted(talk.id, &it)),
            reactions: self.reactions(entry),
            delivery: (own && is_text).then(|| self.delivery(talk, entry)),
            may: MessageRights {
                reply: is_text && is_active,
                react: is_text && is_active,
                edit: may_change,
                delete: may_change,
                retry: matches!(entry.way, Way::Failed(_)),
            },
        }
    }

    fn body(&self, said: &Said) -> ChatBody {
        let names = |who: &[IdentityKey]| who.iter().map(|it| self.name_of(it)).collect();
        match said {
            Said::Text { text, edited } => ChatBody::Text {
                text: text.clone(),
                edited: *edited,
            },
            Said::Deleted => ChatBody::Deleted {},
            Said::Newer => ChatBody::Newer {},
            Said::Began => ChatBody::Began {},
            Said::Added(who) => ChatBody::Added { names: names(who) },
            Said::Removed(who) => ChatBody::Removed { names: names(who) },
            Said::Left => ChatBody::Left {},
            Said::Renamed(name) => ChatBody::Renamed { name: name.clone() },
            Said::RightsChanged => ChatBody::RightsChanged {},
            Said::NewDevice => ChatBody::NewDevice {},
            Said::Alarm(kind) => ChatBody::Alarm { kind: *kind },
        }
    }

    fn quoted(&self, talk: TalkId, id: &[u8; 16]) -> Quoted {
        let history = self.histories.get(&talk);
        let entry = history.and_then(|it| it.find(id));
        let text = entry.and_then(|it| {
            if let Said::Text { text, .. } = &it.said {
                return Some(cut(text, CUT));
            }
            None
        });
        Quoted {
            message: hex(id),
            position: history.and_then(|it| it.place(id)),
            name: entry.map(|it| self.name_of(&it.author)).unwrap_or_default(),
            own: entry.is_some_and(|it| it.author == self.me),
            text: text.unwrap_or_default(),
        }
    }

    fn reactions(&self, entry: &Entry) -> Vec<Reaction> {
        let mut shown: Vec<Reaction> = Vec::new();
        for (emoji, who) in &entry.reactions {
            let place = shown.iter().position(|it| it.emoji == *emoji);
            let place = place.unwrap_or_else(|| {
                shown.push(Reaction {
                    emoji: emoji.clone(),
                    count: 0,
                    own: false,
                    names: Vec::new(),
                });
                shown.len().saturating_sub(1)
            });
            let Some(reaction) = shown.get_mut(place) else {
                continue;
            };
            reaction.count = reaction.count.saturating_add(1);
            reaction.own |= *who == self.me;
            if reaction.names.len() < MAX_NAMES {
                reaction.names.push(self.name_of(who));
            }
        }
        shown
    }

    fn delivery(&self, talk: &Talk, entry: &Entry) -> Delivery {
        let others = talk.members.iter().filter(|who| **who != self.me);
        let of = count(others.clone().count()).max(1);
        let is_shown = self.prefs().settings.receipts && talk.is_telling();
        let reached = |mark: fn(&crate::talk::Mark) -> Option<u64>| {
            let seq = entry.seq.filter(|_| is_shown);
            let has = |who: &&IdentityKey| {
                let upto = talk.marks.get(who).and_then(mark);
                seq.is_some_and(|seq| upto.is_some_and(|upto| upto >= seq))
            };
            count(others.clone().filter(has).count())
        };
        let (delivered, read) = (reached(|it| it.delivered), reached(|it| it.read));
        let is_on = self.device.is_reachable;
        let state = match entry.way {
            Way::Failed(_) => DeliveryState::Failed,
            Way::Carried if talk.stage == Stage::Left => DeliveryState::Sent,
            Way::Sending(_) | Way::Carried if is_on => DeliveryState::Sending,
            Way::Waiting | Way::Sending(_) | Way::Carried => DeliveryState::Waiting,
            Way::Sent | Way::None if read >= of => DeliveryState::Read,
            Way::Sent | Way::None if delivered >= of => DeliveryState::Delivered,
            Way::Sent | Way::None => DeliveryState::Sent,
        };
        Delivery {
            state,
            code: match (entry.way, state) {
                (Way::Failed(code), _) => Some(code),
                (_, DeliveryState::Waiting) if !is_on => Some(ErrorCode::ReachableOff),
                _ => None,
            },
            delivered,
            read,
            of: if is_shown { of } else { 0 },
        }
    }

    pub(crate) fn people_list(&self) -> Vec<LivePerson> {
        let listed = self.people.listed();
        let show = |(who, contact): (Option<IdentityKey>, &sotto_core::app::live::LiveContact)| {
            let talk = who.map(|who| TalkId::of(&who));
            let talk = talk.and_then(|id| self.talks.get(&id.0));
            let talk = talk.filter(|it| it.is_listed());
            let reachability = match talk.map(|it| it.stage) {
                Some(Stage::Active) => sotto_protocol::live::Reachability::Ready,
                _ => contact.reachability,
            };
            LivePerson {
                contact: contact.brief.clone(),
                reachability,
                presence: talk.map_or(Presence::Unknown, |it| self.presence(it)),
                conversation: talk.map(|it| it.id.to_hex()),
                unread: talk.map_or(0, |it| self.unread(it.id)),
                can_add: who.is_some_and(|who| self.sessions.can_add(&who)),
            }
        };
        let is_card = |it: &LivePerson| it.contact.kind != ContactKind::Own;
        listed.into_iter().map(show).filter(is_card).collect()
    }

    pub(crate) fn safety(&mut self, id: TalkId) -> Result<Safety, ChatError> {
        let talk = self.talk(id)?.clone();
        let epoch = match (talk.stage, talk.session) {
            (Stage::Active, Some(session)) => self.sessions.epoch(session).ok(),
            _ => None,
        };
        let others = talk.members.iter().filter(|who| **who != self.me);
        let least = others.map(|who| self.people.trust(who)).min_by_key(rank);
        let agreed = self.agreed.get(&id).into_iter().flatten();
        let agreed = agreed.filter_map(|who| self.people.brief(who)).cloned();
        let alarm = |(kind, name, at): &(u64, String, u64)| AlarmLine {
            kind: alarm_of(*kind),
            name: name.clone(),
            at: TimestampMs(*at),
        };
        Ok(Safety {
            trust: match talk.with() {
                Some(with) => self.people.trust(with),
                None => least.unwrap_or(Trust::Unknown),
            },
            comparing: talk.with().map(|with| comparing(&self.me, with)),
            epoch: epoch.map_or(0, |(epoch, _)| u32::try_from(epoch).unwrap_or(u32::MAX)),
            authenticator: epoch.map(|(_, bytes)| digits(&bytes)).unwrap_or_default(),
            agreed: agreed.collect(),
            alarms: talk.alarms.iter().rev().map(alarm).collect(),
        })
    }

    /// What open pages are told of this step.
    pub(crate) fn events(&mut self) {
        let changes = core::mem::take(&mut self.changes);
        let mut events = Vec::new();
        for (id, places) in changes.messages {
            let stale = changes.stale.get(&id).copied();
            events.extend(self.messages_event(id, &places, stale));
        }
        for id in changes.shapes {
            let conversation = id.to_hex();
            events.push(LiveEvent::Conversation { conversation });
        }
        let listed = |id: &TalkId| self.talks.get(&id.0).filter(|talk| talk.is_listed());
        let changed: Vec<_> = changes.briefs.iter().filter_map(listed).collect();
        if !changed.is_empty() || !changes.gone.is_empty() || changes.requests {
            events.push(LiveEvent::Conversations {
                changed: changed.into_iter().map(|talk| self.brief(talk)).collect(),
                gone: changes.gone.iter().map(|id| id.to_hex()).collect(),
                requests: changes.requests.then(|| self.requests()),
            });
        }
        if changes.status || changes.requests {
            let live = self.status();
            events.push(LiveEvent::LiveStatus { live });
        }
        self.step
            .outputs
            .extend(events.into_iter().map(Output::Event));
    }

    fn messages_event(
        &self,
        id: TalkId,
        places: &std::collections::BTreeSet<u32>,
        stale: Option<u32>,
    ) -> Option<LiveEvent> {
        let talk = self.talks.get(&id.0)?;
        let history = self.histories.get(&id)?;
        let most = usize::try_from(MAX_PAGE).unwrap_or_default();
        // The last ones are those that somebody looks at.
        let shown = places.iter().rev().take(most);
        let shown = shown.filter_map(|place| Some((*place, history.get(*place)?)));
        let mut changed: Vec<_> = shown
            .map(|(place, entry)| self.message(talk, place, entry))
            .collect();
        changed.reverse();
        let first = places.iter().next().copied();
        let overflow = first.filter(|_| places.len() > most);
        Some(LiveEvent::Messages {
            conversation: id.to_hex(),
            total: history.total(),
            changed,
            stale_from: stale.or(overflow),
        })
    }
}

/// From the least sure.
const fn rank(trust: &Trust) -> u8 {
    match trust {
        Trust::Blocked => 0,
        Trust::Changed => 1,
        Trust::Unknown => 2,
        Trust::Known => 3,
        Trust::Verified => 4,
    }
}

/// Six groups of five digits: 40 bits each, modulo 100,000 (docs/protocol.md, Comparing).
fn digits(bytes: &[u8; 32]) -> Vec<String> {
    let group = |five: &[u8]| {
        let number = five.iter().fold(0_u64, |sum, byte| {
            sum.wrapping_mul(256).wrapping_add(u64::from(*byte))
        });
        format!("{:05}", number.checked_rem(100_000).unwrap_or_default())
    };
    bytes.chunks_exact(5).map(group).take(6).collect()
}

const fn right(right: format::Right) -> Right {
    match right {
        format::Right::Admins => Right::Admins,
        format::Right::Everybody => Right::Everybody,
    }
}
