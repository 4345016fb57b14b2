//! Conversations and what is said in them, as they are painted.

use serde::{Deserialize, Serialize};

use super::Presence;
use crate::view::{ContactBrief, Trust};
use crate::{ErrorCode, TimestampMs};

choices! {
    /// What a conversation is.
    pub enum TalkKind {
        /// Two people, for good.
        Pair,
        /// Any number.
        Group,
    }

    /// How a conversation stands.
    pub enum Standing {
        /// Nothing was said yet.
        New,
        /// The first words are on their way; the other has not answered.
        Offered,
        /// Both, or all, are in it.
        Active,
        /// It stopped; `ended` says why. What was said is still there.
        Ended,
    }

    /// Why a conversation stopped.
    pub enum Ended {
        /// The person left.
        Left,
        /// The person was removed.
        Removed,
        /// The relay shows different messages to different members.
        Forked,
        /// This device's state is older than what it has sent: a copy was put back.
        RolledBack,
        /// This device has lost what it takes to go on.
        Lost,
        /// The other began anew.
        Replaced,
        /// The relay does not have it any more.
        Gone,
    }

    /// Whose a right in a group is.
    pub enum Right {
        /// The admins'.
        Admins,
        /// Every member's.
        Everybody,
    }

    /// How far a message of the person's own has come.
    pub enum DeliveryState {
        /// Kept here; there is no connection.
        Waiting,
        /// On its way to the relay.
        Sending,
        /// The relay has it.
        Sent,
        /// Every other member's device has it.
        Delivered,
        /// Every other member has seen it.
        Read,
        /// It cannot be sent; `code` says why.
        Failed,
    }
}

shapes! {
    /// A conversation in the list.
    pub struct ConversationBrief {
        /// Id.
        pub id: String,
        /// Two people or a group.
        pub kind: TalkKind,
        /// The contact's name, or the group's.
        pub title: String,
        /// The other, in a conversation of two.
        pub contact: Option<ContactBrief>,
        /// Whether the other is there.
        pub presence: Presence,
        /// How it stands.
        pub standing: Standing,
        /// The last message, its text cut to 200 characters.
        pub last: Option<ChatMessage>,
        /// When it last changed: the order of the list.
        pub at: TimestampMs,
        /// Unread messages.
        pub unread: u32,
        /// Muted.
        pub muted: bool,
        /// The first words of what is written and not sent, or empty.
        pub draft: String,
        /// Something was noticed that the person should look at (`safety`).
        pub alarm: bool,
    }

    /// A conversation that is open.
    pub struct Conversation {
        /// As in the list.
        pub brief: ConversationBrief,
        /// How many messages there are.
        pub total: u32,
        /// The first message that the person has not seen, when it was opened.
        pub first_unread: Option<u32>,
        /// Who is in it: what MLS says, and nothing else. The person themself is among them.
        pub roster: Vec<Member>,
        /// Who may add people.
        pub add: Right,
        /// Who may remove people.
        pub remove: Right,
        /// What the person may do.
        pub may: TalkRights,
        /// Why nothing can be sent now.
        pub blocked_by: Option<ErrorCode>,
        /// Why it stopped.
        pub ended: Option<Ended>,
        /// What is written and not sent.
        pub draft: ChatDraft,
        /// Who is writing now.
        pub typing: Vec<String>,
        /// There are more people than tell each other what they have read, and that they write.
        pub quiet: bool,
        /// A change of the group is on its way: no other can be made until it is in.
        pub changing: bool,
    }

    /// What the person may do in a conversation.
    pub struct TalkRights {
        /// Write.
        pub send: bool,
        /// Add people.
        pub add: bool,
        /// Remove people.
        pub remove: bool,
        /// Rename, and change rights and admins.
        pub change: bool,
        /// Leave.
        pub leave: bool,
        /// Begin anew.
        pub renew: bool,
    }

    /// Somebody in a conversation.
    pub struct Member {
        /// The contact's id, also for members who are no contacts.
        pub id: String,
        /// Name in use; empty for a member who is no contact.
        pub name: String,
        /// First address, or empty.
        pub address: String,
        /// Trust.
        pub trust: Trust,
        /// The person themself.
        pub own: bool,
        /// An admin.
        pub admin: bool,
        /// Their devices in the group.
        pub devices: u32,
        /// They said that they leave, and are still in the tree.
        pub leaving: bool,
    }

    /// What is written and not sent.
    pub struct ChatDraft {
        /// The text.
        pub text: String,
        /// The message it answers.
        pub reply_to: Option<Quoted>,
    }

    /// One message, or one thing that happened.
    pub struct ChatMessage {
        /// Id.
        pub id: String,
        /// Where it stands.
        pub position: u32,
        /// When: as the relay says, or when it was written where it was not sent yet.
        pub at: TimestampMs,
        /// Whose it is: from the leaf that sent it.
        pub author: Author,
        /// What it says.
        pub body: ChatBody,
        /// The message it answers.
        pub reply_to: Option<Quoted>,
        /// Reactions.
        pub reactions: Vec<Reaction>,
        /// How far it has come; of the person's own alone.
        pub delivery: Option<Delivery>,
        /// What the person may do with it.
        pub may: MessageRights,
    }

    /// Whose a message is.
    pub struct Author {
        /// As `Member.id`.
        pub id: String,
        /// Name in use; empty for a member who is no contact.
        pub name: String,
        /// Trust now.
        pub trust: Trust,
        /// The person themself.
        pub own: bool,
    }

    /// A message that another one answers.
    pub struct Quoted {
        /// Id.
        pub message: String,
        /// Where it stands; absent where it is not here.
        pub position: Option<u32>,
        /// Its author's name, or empty.
        pub name: String,
        /// The person's own.
        pub own: bool,
        /// Its first 200 characters; empty where it was deleted or is not here.
        pub text: String,
    }

    /// One emoji and who gave it.
    pub struct Reaction {
        /// The emoji.
        pub emoji: String,
        /// How many gave it.
        pub count: u32,
        /// The person is among them.
        pub own: bool,
        /// Names, at most 20.
        pub names: Vec<String>,
    }

    /// How far a message has come.
    pub struct Delivery {
        /// The state.
        pub state: DeliveryState,
        /// Why it failed or waits.
        pub code: Option<ErrorCode>,
        /// How many other members' devices have it; 0 where there are no receipts.
        pub delivered: u32,
        /// How many other members have seen it; 0 where there are no receipts.
        pub read: u32,
        /// How many other members there are; 0 where there are no receipts.
        pub of: u32,
    }

    /// What the person may do with a message.
    pub struct MessageRights {
        /// Answer it.
        pub reply: bool,
        /// React to it.
        pub react: bool,
        /// Change it.
        pub edit: bool,
        /// Take it back.
        pub delete: bool,
        /// Send it again.
        pub retry: bool,
    }

    /// A message found by its words.
    pub struct Hit {
        /// Where.
        pub conversation: String,
        /// The conversation's name.
        pub title: String,
        /// Which.
        pub message: String,
        /// Where it stands.
        pub position: u32,
        /// When.
        pub at: TimestampMs,
        /// The author's name, or empty.
        pub name: String,
        /// The person's own.
        pub own: bool,
        /// Words before the match.
        pub before: String,
        /// The match.
        pub found: String,
        /// Words after it.
        pub after: String,
        /// For `search-messages`: what is older than this.
        pub cursor: String,
    }
}

messages! {
    /// What a message says, or what happened. Names are those in use; the author did it.
    ChatBody {
        /// Words.
        Text {
            /// The text.
            text: String,
            /// It was changed after it was sent.
            edited: bool,
        },
        /// It was taken back.
        Deleted {},
        /// Written by a newer Sotto: not shown.
        Newer {},
        /// The conversation began, or the group was made.
        Began {},
        /// People came in.
        Added {
            /// Names; a member who is no contact has an empty one.
            names: Vec<String>,
        },
        /// People were taken out.
        Removed {
            /// Names.
            names: Vec<String>,
        },
        /// The author left.
        Left {},
        /// The group has another name.
        Renamed {
            /// The new one.
            name: String,
        },
        /// Rights or admins are others.
        RightsChanged {},
        /// The other's device is a new one, or was set up anew.
        NewDevice {},
        /// Something was noticed.
        Alarm {
            /// What.
            kind: super::AlarmKind,
        },
    }
}
