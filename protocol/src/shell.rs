//! Messages that the background answers itself, because only the browser can: tabs, sites,
//! editors and frames. Shapes alone; each pair of sender and receiver has its own type.

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::desk::{ComposeContext, LetterSource};
use crate::view::Letter;

pub mod guard;

use guard::{Delivered, HoldErrand};

choices! {
    /// A job that has one surface (docs/architecture.md, "Surfaces").
    pub enum Job {
        /// Write, choose recipients, accept a card: panel, sidebar, window or tab.
        Compose,
        /// Read an opened letter: panel, sidebar, window or tab.
        Read,
        /// Contacts.
        Contacts,
        /// First run.
        Welcome,
        /// Settings, kit, backup.
        Settings,
        /// Unlock.
        Unlock,
        /// Seal files that the guard holds: panel, sidebar, window or tab.
        Guard,
    }

    /// What a block in a page is.
    pub enum BlockKind {
        /// An armored letter.
        Letter,
        /// A letter in line form.
        Line,
        /// A contact card.
        Card,
    }

    /// How well Sotto works on a site; each but the first has a way out.
    pub enum Health {
        /// All is well.
        Good,
        /// Not granted: the popup offers it.
        NoAccess,
        /// The page forbids frames: letters open in the panel.
        NoFrames,
        /// The browser lets us in, and no script of ours answers there: load the page once more.
        Stale,
        /// The browser lets no extension in here.
        Forbidden,
    }

    /// What became of sealed text put into an editor.
    pub enum Inserted {
        /// It stands there, read back.
        Exact,
        /// The editor is gone.
        Gone,
        /// The editor changed it: it was taken out again.
        Altered,
        /// It is longer than the editor takes: nothing was put in, or what was is out again.
        TooLong,
        /// Bcc is filled: nothing was put in.
        Bcc,
    }
}

shapes! {
    /// A site as popup and panel show it.
    pub struct Site {
        /// The tab.
        pub tab: u32,
        /// Origin, or empty where the browser tells none.
        pub origin: String,
        /// Granted for good.
        pub granted: bool,
        /// Sealed letters found on the page now.
        pub letters: u32,
        /// Contact cards found on the page now.
        pub cards: u32,
        /// An editor is in sight.
        pub editor: bool,
        /// The health line.
        pub health: Health,
        /// A webmail that is known by name.
        pub known: bool,
    }

    /// What a surface was opened for. The background hands it over once.
    pub struct Errand {
        /// The job.
        pub job: Job,
        /// The tab it was opened from.
        pub tab: Option<u32>,
        /// Write for this page.
        pub compose: Option<ComposeContext>,
        /// Read this text.
        pub read: Option<ReadErrand>,
        /// Look at these cards.
        pub cards: Option<String>,
        /// Write to these contact ids.
        pub to: Vec<String>,
        /// Answer this letter.
        pub reply_to: Option<String>,
        /// Continue this draft.
        pub draft: Option<String>,
        /// Seal what the guard holds.
        pub hold: Option<HoldErrand>,
    }

    /// A letter handed to a surface.
    pub struct ReadErrand {
        /// The text.
        pub text: String,
        /// Where it came from.
        pub source: LetterSource,
    }

    /// Who sent a message, as the browser stamps it. Nothing of it is the sender's word.
    #[derive(Default)]
    pub struct Stamp {
        /// The tab.
        pub tab: u32,
        /// The frame within the tab; 0 is the page itself.
        pub frame: u32,
        /// The browser's document id; where it has none, whatever changes with the document.
        pub document: String,
        /// Origin of the sender's document.
        pub origin: String,
        /// The tab is in a private window.
        pub private: bool,
    }

    /// A frame that has lost its place.
    pub struct Retired {
        /// Its tab.
        pub tab: u32,
        /// Its token.
        pub token: String,
    }

    /// A block that the content script found.
    pub struct FoundBlock {
        /// What it looks like; the core decides what it is.
        pub kind: BlockKind,
        /// The text as found.
        pub text: String,
        /// Sender addresses of the message around it, read by an adapter.
        pub message_from: Vec<String>,
        /// Date of the message around it, read by an adapter.
        pub message_date: Option<crate::TimestampMs>,
    }
}

messages! {
    /// Extension page to background, answered by the background itself.
    ShellRequest {
        /// What was I opened for? Handed over once, then kept for reloads of the same surface.
        Errand {},
        /// Open another surface.
        OpenSurface {
            /// The errand.
            errand: Errand,
        },
        /// The site of a tab.
        Site {
            /// The tab; absent: the active one of the window.
            tab: Option<u32>,
        },
        /// The tab's site was granted or taken back in the browser's own prompt.
        SiteChanged {
            /// The tab.
            tab: u32,
        },
        /// Put sealed text or an invitation into the editor the surface was opened from.
        Insert {
            /// The tab.
            tab: u32,
            /// The text.
            text: String,
            /// One block per line as the page needs it.
            one_line: bool,
            /// Offer the plain subject, if the page has such a field and the person wanted it.
            subject: Option<String>,
        },
        /// What the page shows now in its address fields and subject.
        LookAgain {
            /// The tab.
            tab: u32,
        },
        /// The files that came along with a hold. They come beside the reply, once.
        Held {
            /// The hold.
            hold: String,
        },
        /// Hand the files beside the message to the page of a hold. Sealed ones begin as sealed
        /// files do; for others the core's pass is needed.
        Deliver {
            /// The hold.
            hold: String,
            /// The pass of `send-unsealed`.
            pass: Option<String>,
        },
        /// The person gives nothing.
        Release {
            /// The hold.
            hold: String,
        },
        /// How the guard stands on the page of a tab.
        GuardHere {
            /// The tab.
            tab: u32,
        },
    }

    /// The background's answer of the same type.
    ShellReply {
        /// The errand, or none.
        Errand {
            /// The errand.
            errand: Option<Errand>,
        },
        /// Opened.
        OpenSurface {},
        /// The site.
        Site {
            /// The site, or none where there is no page.
            site: Option<Site>,
        },
        /// Served.
        SiteChanged {
            /// The site.
            site: Option<Site>,
        },
        /// What became of it.
        Insert {
            /// What became of it.
            inserted: Inserted,
        },
        /// The page as it is now, or none when the editor is gone.
        LookAgain {
            /// The context.
            context: Option<ComposeContext>,
        },
        /// How many files there are beside the reply.
        Held {
            /// How many.
            files: u32,
        },
        /// What became of them.
        Deliver {
            /// What became of them.
            delivered: Delivered,
        },
        /// Done.
        Release {},
        /// How the guard stands.
        GuardHere {
            /// It stands since the page was loaded; else the page must be loaded once more.
            standing: bool,
            /// Origins of frames in the page that it does not reach.
            unguarded: Vec<String>,
            /// It came after the page: it is complete once the page was loaded again.
            late: bool,
        },
    }

    /// Content script to background. Everything in it is written by a page.
    ContentRequest {
        /// The script stands on a page.
        Hello {},
        /// What is on the page now, for badge and popup.
        Report {
            /// Letters.
            letters: u32,
            /// Cards.
            cards: u32,
            /// An editor is in sight.
            editor: bool,
            /// A frame of ours can stand in the page; else letters open beside it.
            frames: bool,
        },
        /// The person pressed a placeholder: a frame for it loads.
        Admit {
            /// The one-use token of its address: 128 random bits in hex.
            token: String,
            /// The block.
            block: FoundBlock,
        },
        /// A frame left the page: its place is free.
        Close {
            /// The token of its address.
            token: String,
        },
        /// The frame cannot load here, or the person wants the panel.
        OpenInSotto {
            /// The block.
            block: FoundBlock,
        },
        /// The person pressed the button at an editor.
        Compose {
            /// What the page shows.
            context: ComposeContext,
        },
        /// The person pressed *Open* at a sealed file of the page. Beside it: the file.
        OpenFile {},
    }

    /// The answer of the same type.
    ContentReply {
        /// What the script needs.
        Hello {
            /// Adapters of known webmail are on.
            adapters: bool,
            /// Granted for good; else found by one press of the toolbar button.
            granted: bool,
        },
        /// Noted.
        Report {},
        /// It may open the block.
        Admit {},
        /// Noted.
        Close {},
        /// Opened.
        OpenInSotto {},
        /// Opened.
        Compose {},
        /// Opened.
        OpenFile {},
    }

    /// Reader frame to background. The frame proves itself by the token in its stamped URL.
    FrameRequest {
        /// Open the letter of the token.
        Open {
            /// Show the text of a letter without sender proof.
            reveal: bool,
        },
        /// Continue in panel, sidebar, window or tab.
        OpenInSotto {},
        /// Answer the letter.
        Reply {},
        /// The person pressed *Unlock* or *Add …*: a surface is wanted.
        Unlock {},
    }

    /// The answer of the same type.
    FrameReply {
        /// The letter, or the cards, or that the vault is locked.
        Open {
            /// The letter.
            letter: Option<Letter>,
            /// Cards found instead.
            cards: Vec<crate::view::CardLook>,
            /// The vault is locked: only *Unlock* can be shown.
            locked: bool,
        },
        /// Opened.
        OpenInSotto {},
        /// Opened.
        Reply {},
        /// Opened.
        Unlock {},
    }

    /// Background to content script.
    ContentOrder {
        /// Put text into the editor that asked.
        Insert {
            /// The text.
            text: String,
            /// Put it in one line.
            one_line: bool,
            /// The plain subject to set, if any.
            subject: Option<String>,
        },
        /// Put sealed files into the page's attachment field. Beside it: the files.
        Attach {},
        /// Read the page's fields again.
        LookAgain {},
        /// The vault was locked or unlocked, or the letter's frame must go: placeholders return.
        Reset {},
        /// Later frames have taken the places of these.
        Retire {
            /// The tokens of their addresses; those of other documents are among them.
            tokens: Vec<String>,
        },
        /// The site was taken back or the extension leaves: remove everything of ours.
        Leave {},
        /// Report at once.
        Report {},
    }

    /// The content script's answer of the same type.
    ContentOrderReply {
        /// What became of it.
        Insert {
            /// What became of it.
            inserted: Inserted,
        },
        /// What became of it.
        Attach {
            /// What became of it.
            attached: crate::files::Attached,
        },
        /// The page now.
        LookAgain {
            /// The context.
            context: Option<ComposeContext>,
        },
        /// Done.
        Reset {},
        /// Done.
        Retire {},
        /// Done.
        Leave {},
        /// Done.
        Report {},
    }
}

/// The envelope of every answer: a reply or a failure, never both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Answer<T> {
    /// The reply.
    Ok {
        /// The reply.
        ok: T,
    },
    /// The failure.
    Err {
        /// The failure.
        error: Failure,
    },
}
