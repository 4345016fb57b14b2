//! Live sessions: what the extension's own pages ask, what they get, and what they are told.
//!
//! Request and reply carry the same `type`. Events come over a port by themselves; each says what
//! has changed, so that a page that missed some asks anew and is whole again.
//!
//! Conversations and messages have ids of 16 bytes, in lower-case hex. The messages of one
//! conversation stand in one order, without gaps: a message's *position* is its number there, from
//! 0. A position stays until an event says otherwise; an edit or a receipt changes a message where
//! it stands.

use serde::{Deserialize, Serialize};

use crate::view::{CardLook, CardVerdict, Comparing, ContactBrief, Trust};
use crate::{ErrorCode, SecretText, TimestampMs};

pub mod talk;

use talk::{ChatMessage, Conversation, ConversationBrief, Hit, Right};

/// The most messages in one answer or event.
pub const MAX_PAGE: u32 = 60;

/// Up to so many people tell each other what they have read, and that they are writing. Each tells
/// all the others of what each says: with more people that grows with the square of their number.
pub const MAX_TELLING: u32 = 20;

choices! {
    /// How the person's own relay stands.
    pub enum Reach {
        /// *Reachable* is off: nothing runs.
        Off,
        /// On, and the relay is being connected to.
        Connecting,
        /// Connected: others reach this device.
        Reachable,
        /// On, but not connected; `code` says why, and it is tried again.
        Unreachable,
    }

    /// What a notification says.
    pub enum Notify {
        /// There are none.
        Off,
        /// That something came: neither from whom nor what.
        Bare,
        /// From whom, never what.
        Name,
    }

    /// Whether the other of a conversation of two is there. Known only while the person shows it too.
    pub enum Presence {
        /// Not known: not connected, switched off on either side, not accepted, or a group.
        Unknown,
        /// Their browser is connected, and shows it.
        Here,
    }

    /// Whether a contact can be written to live.
    pub enum Reachability {
        /// A session stands, or can be begun.
        Ready,
        /// Their card names no mailbox: they have not switched *Reachable* on, or we have not got
        /// the card that says so.
        NoMailbox,
        /// Their newer card names another relay, which the person has not accepted.
        RelayPending,
        /// Blocked, or the key changed: decide first.
        Undecided,
        /// A plain key: no identity, no session.
        NoCard,
    }

    /// What was noticed about a conversation. Each names a person to ask or a thing to do.
    pub enum AlarmKind {
        /// The relay shows different messages to different members: the conversation stopped.
        Forked,
        /// The relay withholds messages it says it has.
        Withheld,
        /// The relay put in, repeated or changed something; it was left out.
        Injected,
        /// A member's change broke the group's rules and was refused by everybody.
        RefusedChange,
        /// A member sends what breaks the formats, or floods.
        Misbehaved,
        /// Others see another epoch than we do.
        OtherEpoch,
    }
}

shapes! {
    /// The person's choices for everything live. Off means neither sent nor shown.
    pub struct LiveSettings {
        /// Delivery and read receipts; on at first.
        pub receipts: bool,
        /// "… is writing"; on at first.
        pub typing: bool,
        /// That this browser is connected, to accepted contacts; off at first.
        pub presence: bool,
        /// Notifications; they need the browser's permission besides.
        pub notify: Notify,
    }

    /// Everything live, as every surface may know it.
    pub struct LiveStatus {
        /// How the person's own relay stands.
        pub reach: Reach,
        /// Why it does not, where it does not.
        pub code: Option<ErrorCode>,
        /// When the connection is tried next.
        pub next_try: Option<TimestampMs>,
        /// The relay's origin (`wss://…`), when one was chosen.
        pub relay: Option<String>,
        /// Settings.
        pub settings: LiveSettings,
        /// Unread messages, without those of muted conversations and of requests.
        pub unread: u32,
        /// Message requests that wait.
        pub requests: u32,
    }

    /// A contact as the live surfaces show them.
    pub struct LivePerson {
        /// The contact.
        pub contact: ContactBrief,
        /// Whether they can be written to.
        pub reachability: Reachability,
        /// Whether they are there.
        pub presence: Presence,
        /// The conversation of two, if there is one.
        pub conversation: Option<String>,
        /// Unread messages in it.
        pub unread: u32,
        /// They can be added to a group: a session stands and their device left what it takes.
        pub can_add: bool,
    }

    /// Somebody who wants to talk. Nothing of it is trusted: the card is shown, not stored.
    pub struct MessageRequest {
        /// The conversation it would become.
        pub conversation: String,
        /// When it came, as the relay says.
        pub at: TimestampMs,
        /// The card that came along; absent where the person has accepted it already.
        pub card: Option<CardLook>,
        /// The contact, where the person has accepted the card already.
        pub contact: Option<ContactBrief>,
        /// The first words, at most 1,000 characters; empty where there are none.
        pub text: String,
        /// A group that the contact adds the person to, and not a conversation of two.
        pub group: bool,
        /// The relay that is connected to once it is accepted, where the person has accepted it
        /// neither as their own nor with a card, nor talks there already.
        pub relay: Option<String>,
    }

    /// What makes a conversation sure.
    pub struct Safety {
        /// The other's trust; of a group the least of all.
        pub trust: Trust,
        /// What to compare with the other, in a conversation of two.
        pub comparing: Option<Comparing>,
        /// The epoch's number.
        pub epoch: u32,
        /// Its authenticator: 6 groups of 5 digits, the same for all members.
        pub authenticator: Vec<String>,
        /// Contacts whose device saw the same authenticator in this epoch.
        pub agreed: Vec<ContactBrief>,
        /// What was noticed, newest first, at most 20.
        pub alarms: Vec<AlarmLine>,
    }

    /// One thing that was noticed.
    pub struct AlarmLine {
        /// What.
        pub kind: AlarmKind,
        /// The member it is about, or empty.
        pub name: String,
        /// When.
        pub at: TimestampMs,
    }
}

macro_rules! live {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident : $ty:ty),* $(,)? } -> { $($(#[$reply_doc:meta])+ $reply:ident : $reply_ty:ty),* $(,)? })+) => {
        messages! {
            /// What a page asks of the live sessions.
            LiveRequest {
                $($(#[$doc])+ $name { $($(#[$field_doc])+ $field: $ty),* }),+
            }
            /// The answer to the request of the same type.
            LiveReply {
                $($(#[$doc])+ $name { $($(#[$reply_doc])+ $reply: $reply_ty),* }),+
            }
        }
    };
}

live! {
    // The relay and the person's own settings
    /// The status (also an event on every change).
    LiveStatus {} -> {
        /// The status.
        live: LiveStatus
    }
    /// Choose the relay: it is connected to once, and made a mailbox at.
    SetRelay {
        /// Its address; `wss` only, loopback excepted. Empty: none, and *Reachable* goes off.
        origin: String,
        /// The pass of a relay that asks for one, or empty.
        pass: SecretText,
    } -> {
        /// The status.
        live: LiveStatus
    }
    /// Switch *Reachable*.
    SetReachable {
        /// On or off.
        on: bool,
    } -> {
        /// The status.
        live: LiveStatus
    }
    /// Change the settings.
    SetLive {
        /// All of them.
        settings: LiveSettings,
    } -> {
        /// The status.
        live: LiveStatus
    }

    // People and conversations
    /// Contacts, for the popup and for choosing whom to write to.
    People {} -> {
        /// Sorted by name, the person themself left out.
        people: Vec<LivePerson>,
    }
    /// All conversations.
    Conversations {} -> {
        /// The newest first.
        conversations: Vec<ConversationBrief>,
        /// What waits for the person's decision, newest first.
        requests: Vec<MessageRequest>,
    }
    /// One conversation.
    OpenConversation {
        /// Which.
        conversation: String,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// The conversation with a contact; it begins with the first message.
    Begin {
        /// Contact id.
        contact: String,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Take a message request: accepts the card, where there is one, and the relay, and answers.
    AcceptRequest {
        /// The conversation.
        conversation: String,
        /// The card's verdict that the person saw; another one now is refused. Absent where the
        /// sender is a contact.
        verdict: Option<CardVerdict>,
    } -> {
        /// The conversation; absent for a group, which is joined once its relay has shown it.
        conversation: Option<Conversation>
    }
    /// Refuse a message request. Its sender learns nothing.
    RefuseRequest {
        /// The conversation.
        conversation: String,
        /// Block its sender too.
        block: bool,
    } -> {}
    /// Mute: neither notification nor unread count.
    Mute {
        /// Which.
        conversation: String,
        /// On or off.
        muted: bool,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Forget a conversation and everything in it, here. A group is left first.
    ForgetConversation {
        /// Which.
        conversation: String,
    } -> {}
    /// Begin anew after the conversation has stopped.
    Renew {
        /// Which.
        conversation: String,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Whether a conversation is sure, and what was noticed.
    Safety {
        /// Which.
        conversation: String,
    } -> {
        /// Its safety.
        safety: Safety
    }

    // Messages
    /// Messages by position.
    Messages {
        /// Where.
        conversation: String,
        /// The first position.
        from: u32,
        /// How many, at most 60.
        count: u32,
    } -> {
        /// The messages; fewer at the end.
        messages: Vec<ChatMessage>,
        /// How many there are in all.
        total: u32,
    }
    /// Say something.
    Send {
        /// Where.
        conversation: String,
        /// At most 16,000 bytes.
        text: String,
        /// The message answered.
        reply_to: Option<String>,
    } -> {
        /// The message: on its way, or waiting for a connection.
        message: ChatMessage
    }
    /// Change a message of the person's own.
    Edit {
        /// Where.
        conversation: String,
        /// Which.
        message: String,
        /// The new text.
        text: String,
    } -> {
        /// The message.
        message: ChatMessage
    }
    /// Take a message of the person's own back, for everybody. One that was never sent vanishes.
    Delete {
        /// Where.
        conversation: String,
        /// Which.
        message: String,
    } -> {}
    /// React, or take a reaction back.
    React {
        /// Where.
        conversation: String,
        /// To what.
        message: String,
        /// One emoji.
        emoji: String,
        /// On or off.
        on: bool,
    } -> {
        /// The message.
        message: ChatMessage
    }
    /// Send a message again that could not be sent.
    Retry {
        /// Where.
        conversation: String,
        /// Which.
        message: String,
    } -> {
        /// The message.
        message: ChatMessage
    }
    /// The person has seen everything up to here.
    MarkRead {
        /// Where.
        conversation: String,
        /// The last position seen.
        position: u32,
    } -> {
        /// Unread messages left.
        unread: u32
    }
    /// The person is writing, or has stopped. Said again every few seconds while it lasts.
    Typing {
        /// Where.
        conversation: String,
        /// On or off.
        on: bool,
    } -> {}
    /// Keep what is written and not sent, sealed.
    KeepDraft {
        /// Where.
        conversation: String,
        /// The text; empty forgets it.
        text: String,
        /// The message it answers.
        reply_to: Option<String>,
    } -> {}
    /// Search what was said.
    SearchMessages {
        /// In one conversation, or in all.
        conversation: Option<String>,
        /// At least two characters.
        query: String,
        /// Hits older than this one (`Hit.cursor`); absent for the newest.
        before: Option<String>,
    } -> {
        /// Newest first, at most 30.
        hits: Vec<Hit>,
        /// There are more.
        more: bool
    }

    // Groups
    /// Make a group.
    CreateGroup {
        /// Its name, at most 128 bytes.
        name: String,
        /// Contact ids of those to add.
        people: Vec<String>,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Add people.
    AddPeople {
        /// The group.
        conversation: String,
        /// Contact ids.
        people: Vec<String>,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Remove somebody, with all their devices.
    RemovePerson {
        /// The group.
        conversation: String,
        /// `Member.id`.
        person: String,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Leave a group. What was said stays here.
    Leave {
        /// The group.
        conversation: String,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Rename a group.
    Rename {
        /// The group.
        conversation: String,
        /// Its name, at most 128 bytes.
        name: String,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Who may add and remove people.
    SetRights {
        /// The group.
        conversation: String,
        /// Who may add.
        add: Right,
        /// Who may remove.
        remove: Right,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
    /// Make a member an admin, or no more.
    SetAdmin {
        /// The group.
        conversation: String,
        /// `Member.id`.
        person: String,
        /// On or off.
        admin: bool,
    } -> {
        /// The conversation.
        conversation: Conversation
    }
}

messages! {
    /// Told to open pages over the port `live`. The first is the status, then each change.
    LiveEvent {
        /// The status.
        LiveStatus {
            /// The status.
            live: LiveStatus,
        },
        /// The list of conversations, or of requests, is another: what changed of it.
        Conversations {
            /// Whole, in no order; new or changed.
            changed: Vec<ConversationBrief>,
            /// Ids of those that are gone.
            gone: Vec<String>,
            /// All requests, where they changed.
            requests: Option<Vec<MessageRequest>>,
        },
        /// A conversation's roster, roles, settings or state changed: open it anew.
        Conversation {
            /// Which.
            conversation: String,
        },
        /// Messages came or changed.
        Messages {
            /// Where.
            conversation: String,
            /// How many there are in all now.
            total: u32,
            /// Messages that are new or changed, with their positions; at most 60.
            changed: Vec<ChatMessage>,
            /// More than these changed, from this position on: load again what is shown of them.
            stale_from: Option<u32>,
        },
        /// Who is writing now. Whoever is not named has stopped.
        Typing {
            /// Where.
            conversation: String,
            /// Names.
            names: Vec<String>,
        },
        /// Somebody came or went.
        Presence {
            /// Where: a conversation of two.
            conversation: String,
            /// What is known now.
            presence: Presence,
        },
    }
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            receipts: true,
            typing: true,
            presence: false,
            notify: Notify::Bare,
        }
    }
}
