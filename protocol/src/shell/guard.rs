//! The upload guard: its rules, what its script in a page says, and what it is told.

use serde::{Deserialize, Serialize};

use crate::ErrorCode;
use crate::files::FileNaming;
use crate::view::{ClassicalChoice, ContactBrief, Mixed, Recipient};

choices! {
    /// What the guard does on a site.
    pub enum GuardRule {
        /// Nothing.
        Off,
        /// Holds files and asks for whom they are to be sealed.
        Ask,
        /// Holds files and seals them for the people of the rule.
        Always,
    }

    /// The way on which files were about to reach a page.
    pub enum Route {
        /// A click that would open the page's own picker; it was held and nothing is picked yet.
        Picker,
        /// Dropped on the page.
        Drop,
        /// Pasted into the page.
        Paste,
        /// Picked past the hold, and taken out of the field again.
        Net,
    }

    /// What became of files handed to a page.
    pub enum Delivered {
        /// The page has them.
        Given,
        /// The field, or the page, is gone.
        Gone,
    }
}

shapes! {
    /// What a page wants. All of it is the page's word.
    pub struct Wanted {
        /// The way.
        pub route: Route,
        /// The field's `accept`, at most 512 characters.
        pub accept: String,
        /// The field takes several files.
        pub multiple: bool,
        /// The field takes a folder.
        pub directory: bool,
        /// What the field is called, for "not for this field"; empty where it has no name.
        pub field: String,
        /// How many files came along.
        pub files: u32,
        /// What came along is one folder: the names of its files are their paths, from it on.
        pub folder: bool,
        /// Origins of frames in the page that the guard does not reach.
        pub unguarded: Vec<String>,
    }

    /// Files that are held: what a sheet is opened for.
    pub struct HoldErrand {
        /// The hold: 32 hex digits, drawn by the script in the page.
        pub hold: String,
        /// Origin of the document, stamped by the browser.
        pub site: String,
        /// What the page wants.
        pub wanted: Wanted,
    }

    /// The guard of one site.
    pub struct SiteGuard {
        /// Origin.
        pub site: String,
        /// The rule.
        pub rule: GuardRule,
        /// Whom files are always sealed for.
        pub always_for: Vec<ContactBrief>,
        /// Fields that are left alone.
        pub exempt: Vec<String>,
        /// How sealed files are called here.
        pub naming: FileNaming,
    }

    /// Recipients as the person chose them in a sheet.
    pub struct Chosen {
        /// Contact ids.
        pub to: Vec<String>,
        /// Addresses without a card.
        pub addresses: Vec<String>,
        /// What the person decided where keys are mixed.
        pub classical: Option<ClassicalChoice>,
    }

    /// For whom held files would be sealed.
    pub struct GuardSheet {
        /// The guard of the site.
        pub guard: SiteGuard,
        /// Recipients, chosen or suggested.
        pub recipients: Vec<Recipient>,
        /// Contact ids of those the files would be sealed for, in the order of `seal_for`.
        pub to: Vec<String>,
        /// Their names, for the button.
        pub seal_for: Vec<String>,
        /// Why nothing can be sealed now.
        pub blocked_by: Option<ErrorCode>,
        /// Classical and hybrid recipients are chosen.
        pub mixed: Option<Mixed>,
        /// Contact ids of those whose files are sealed apart.
        pub apart: Vec<String>,
        /// The recipients are those of the pick before on this page.
        pub kept: bool,
        /// The rule says for whom: what comes along is sealed without a further press.
        pub at_once: bool,
    }
}

messages! {
    /// The guard's script in a page to background. Everything in it is written by a page.
    GuardRequest {
        /// The script stands at the start of a document. Until it is answered, it holds.
        Stand {},
        /// Files are held: a sheet is wanted. They come beside the message, as handles.
        Hold {
            /// The hold, 32 hex digits.
            hold: String,
            /// What the page wants.
            wanted: Wanted,
        },
    }

    /// The answer of the same type.
    GuardReply {
        /// The rule of the document's origin; `ask` while the vault is locked.
        Stand {
            /// The rule.
            rule: GuardRule,
            /// Fields that are left alone.
            exempt: Vec<String>,
        },
        /// The sheet is open.
        Hold {},
    }

    /// Background to the guard's script in a page.
    GuardOrder {
        /// Hand the files beside the message to the field of this hold.
        Deliver {
            /// The hold.
            hold: String,
        },
        /// The person wants to give nothing: the hold is over.
        Release {
            /// The hold.
            hold: String,
        },
        /// The rule may be another now: ask again where you stand.
        Rule {},
        /// Does the guard stand in this document, and what does it not reach?
        Report {},
    }

    /// The answer of the same type.
    GuardOrderReply {
        /// What became of them.
        Deliver {
            /// What became of them.
            delivered: Delivered,
        },
        /// Done.
        Release {},
        /// Done.
        Rule {},
        /// The guard stands.
        Report {
            /// Origins of frames in the page that it does not reach.
            unguarded: Vec<String>,
            /// It came after the page: what the page put up before may come past it.
            late: bool,
        },
    }
}
