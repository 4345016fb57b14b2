//! What the extension's own pages ask of the core, and what they get.
//!
//! Request and reply carry the same `type`, so TypeScript finds the reply's type by it.

use serde::{Deserialize, Serialize};

use crate::shell::guard::{Chosen, GuardRule, GuardSheet, SiteGuard};
use crate::view::{
    CardLook, Contact, ContactBrief, Draft, DraftBrief, Invited, Letter, OpenedHere, PageField,
    Parked, PasswordLetter, SealedText, Settings, Status, TextForm,
};
use crate::{SecretText, TimestampMs};

/// An address as it stands in a page's field: a suggestion, nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PageAddress {
    /// At most 320 characters are looked at.
    pub address: String,
    /// Where it stood.
    pub field: PageField,
}

/// What the page showed when the compose surface was opened. Written by the page: hostile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ComposeContext {
    /// The site's origin, stamped by the browser, not by the page.
    pub site: String,
    /// Addresses in the page's fields.
    pub addresses: Vec<PageAddress>,
    /// The page's plaintext subject, if the page has such a field.
    pub subject: Option<String>,
    /// Text already typed in the editor, without quoted blocks.
    pub text: String,
    /// Sealed blocks quoted in the editor, as found.
    pub quoted: Vec<String>,
    /// The editor takes one line only (chats).
    pub one_line: bool,
}

/// Where the text of a letter came from, for the notes and "Opened on this page".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LetterSource {
    /// The tab, when it was found in a page.
    pub tab: Option<u32>,
    /// The page is in a private window: nothing is remembered.
    pub private: bool,
    /// Addresses that the message around it bears as its sender.
    pub message_from: Vec<String>,
    /// The date that the message around it bears.
    pub message_date: Option<TimestampMs>,
}

macro_rules! desk {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident : $ty:ty),* $(,)? } -> { $($(#[$reply_doc:meta])+ $reply:ident : $reply_ty:ty),* $(,)? })+) => {
        /// A request of an extension page.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
        pub enum DeskRequest {
            $($(#[$doc])+ $name { $($(#[$field_doc])+ $field: $ty),* },)+
        }

        /// The answer to the request of the same type.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
        pub enum DeskReply {
            $($(#[$doc])+ $name { $($(#[$reply_doc])+ $reply: $reply_ty),* },)+
        }
    };
}

desk! {
    // Identity and vault
    /// The status (also broadcast on every change).
    Status {} -> {
        /// The status.
        status: Status
    }
    /// Make an identity.
    Create {
        /// Name as others shall see it, at most 128 bytes.
        name: String,
        /// Mail address.
        address: String,
        /// Passphrase.
        passphrase: SecretText,
    } -> {
        /// The status.
        status: Status
    }
    /// Restore an identity from the 24 words.
    Restore {
        /// The words, separated by white space.
        words: SecretText,
        /// Name as others shall see it.
        name: String,
        /// Mail address.
        address: String,
        /// The new passphrase of this profile.
        passphrase: SecretText,
    } -> {
        /// The status.
        status: Status
    }
    /// Delete the identity, contacts, drafts and history of this profile.
    DeleteIdentity {
        /// The person's name, typed as on the card, while unlocked; empty to delete a locked vault.
        name: String,
    } -> {
        /// The status.
        status: Status
    }
    /// Unlock.
    Unlock {
        /// Passphrase.
        passphrase: SecretText,
    } -> {
        /// The status.
        status: Status
    }
    /// Lock at once.
    Lock {} -> {
        /// The status.
        status: Status
    }
    /// Change the passphrase.
    ChangePassphrase {
        /// The present one.
        old: SecretText,
        /// The new one.
        new: SecretText,
    } -> {}
    /// Six random words, offered as a passphrase.
    SuggestPassphrase {} -> {
        /// Words separated by spaces.
        passphrase: SecretText,
    }
    /// The recovery words. The passphrase is given anew.
    RecoveryWords {
        /// Passphrase.
        passphrase: SecretText,
    } -> {
        /// The 24 words.
        words: Vec<SecretText>,
        /// The two positions (1 to 24) that the check will ask for.
        check: Vec<u32>,
        /// The QR of the fingerprint, rows of modules ("1" dark, "0" light).
        fingerprint_qr: Vec<String>,
    }
    /// The recovery check.
    RecoveryCheck {
        /// The two words asked for, in the order of `check`.
        answers: Vec<SecretText>,
    } -> {
        /// The status.
        status: Status
    }
    /// The person's keys as identity files of `age`. The passphrase is given anew.
    ExportIdentity {
        /// Passphrase.
        passphrase: SecretText,
    } -> {
        /// Every key: for an age that knows hybrid keys.
        all: SecretText,
        /// The classical keys alone: for an older age, which refuses the other file.
        classical: SecretText,
    }
    /// New recipient keys; the old ones open and receive no more. The passphrase is given anew.
    RotateKeys {
        /// Passphrase.
        passphrase: SecretText,
    } -> {
        /// The status.
        status: Status
    }
    /// Make a sealed backup file of contacts and settings.
    MakeBackup {} -> {
        /// Suggested file name.
        name: String,
        /// The armored file.
        text: String,
    }
    /// Restore contacts and settings from a backup file.
    RestoreBackup {
        /// The armored file.
        text: String,
    } -> {
        /// Contacts that came back.
        contacts: u32,
        /// Contacts left as they are because they are newer here.
        kept: u32,
    }
    /// Change settings.
    SetSettings {
        /// All of them.
        settings: Settings,
    } -> {
        /// The status.
        status: Status
    }

    // Contacts
    /// Contacts whose name or address contains the query, and open invitations.
    Contacts {
        /// Empty for all.
        query: String,
    } -> {
        /// Sorted by name.
        contacts: Vec<ContactBrief>,
        /// Invited, without a card yet.
        invited: Vec<Invited>,
    }
    /// One contact.
    Contact {
        /// Contact id.
        id: String,
    } -> {
        /// The contact.
        contact: Contact
    }
    /// The person's own card.
    OwnCard {} -> {
        /// Armored.
        card: String,
        /// Printable fingerprint.
        fingerprint: String,
    }
    /// Look at a card: nothing is stored.
    LookAtCards {
        /// Text with one or more card blocks in it.
        text: String,
    } -> {
        /// The cards found, in order, at most 16.
        cards: Vec<CardLook>,
    }
    /// Accept a card (the only way to `known`).
    AcceptCard {
        /// Armored, as `CardLook.card`.
        card: String,
        /// The verdict that the person saw; another one now is refused.
        verdict: crate::view::CardVerdict,
    } -> {
        /// The contact.
        contact: Contact,
        /// Drafts that wait for this person.
        drafts: Vec<DraftBrief>,
    }
    /// Keep a plain age key as a contact: without card, identity or proof.
    AddKey {
        /// `age1…` or `age1pq1…`.
        key: String,
        /// The name under which the person keeps it.
        name: String,
        /// Mail address, or empty.
        address: String,
    } -> {
        /// The contact.
        contact: Contact,
        /// Drafts that wait for this person.
        drafts: Vec<DraftBrief>,
    }
    /// Accept the pending name, addresses or relay of a newer card.
    AcceptChange {
        /// Contact id.
        id: String,
    } -> {
        /// The contact.
        contact: Contact
    }
    /// The person compared number or words and they agree.
    Compared {
        /// Contact id.
        id: String,
    } -> {
        /// The contact.
        contact: Contact
    }
    /// The person scanned the other's QR.
    ComparedCode {
        /// Contact id.
        id: String,
        /// The bytes of the code as text ("SOTTO-SN1" and 64 bytes, base64url).
        code: String,
    } -> {
        /// The contact.
        contact: Contact
    }
    /// Decide a key change: take the other key (as `known`) or refuse it.
    DecideChange {
        /// Contact id.
        id: String,
        /// True: the new key replaces the old one. False: the new key is blocked.
        take: bool,
    } -> {
        /// The contact.
        contact: Contact
    }
    /// Block or unblock.
    Block {
        /// Contact id.
        id: String,
        /// On or off.
        blocked: bool,
    } -> {
        /// The contact.
        contact: Contact
    }
    /// Forget a contact. `UndoForget` brings it back until the next one is forgotten.
    ForgetContact {
        /// Contact id.
        id: String,
    } -> {}
    /// Bring the last forgotten contact back.
    UndoForget {} -> {
        /// The contact.
        contact: Contact
    }
    /// An invitation: four lines for people and the card.
    Invite {
        /// The address invited.
        address: String,
        /// The locale of the text ("en", "fr").
        locale: String,
    } -> {
        /// To be put into the page or copied.
        text: String,
    }

    // Writing
    /// Begin a draft.
    Compose {
        /// What the page showed, if it is written for a page.
        context: Option<ComposeContext>,
        /// Recipients by contact id (reply, "write back").
        to: Vec<String>,
        /// Letter id answered.
        reply_to: Option<String>,
        /// Written for a private window: nothing of it is kept on disk.
        private: bool,
    } -> {
        /// The draft.
        draft: Draft
    }
    /// Continue a draft.
    OpenDraft {
        /// Draft id.
        id: String,
    } -> {
        /// The draft.
        draft: Draft
    }
    /// Save a draft. Sealed at once; survives a crash.
    SaveDraft {
        /// Draft id.
        id: String,
        /// Chosen recipients: contact ids.
        to: Vec<String>,
        /// Chosen addresses without a card.
        addresses: Vec<String>,
        /// Subject.
        subject: String,
        /// Text.
        text: String,
        /// How it will be written down.
        form: TextForm,
    } -> {
        /// The draft.
        draft: Draft
    }
    /// Leave a Bcc recipient out, or keep them for a letter of their own.
    DecideBcc {
        /// Draft id.
        id: String,
        /// Address.
        address: String,
        /// Their own letter waits as the next draft.
        next_letter: bool,
    } -> {
        /// The draft.
        draft: Draft
    }
    /// What becomes of recipients whose only key is classical.
    DecideClassical {
        /// Draft id.
        id: String,
        /// The choice.
        choice: crate::view::ClassicalChoice,
    } -> {
        /// The draft.
        draft: Draft
    }
    /// All drafts.
    Drafts {} -> {
        /// Newest first.
        drafts: Vec<DraftBrief>,
    }
    /// Throw a draft away. `UndoDiscard` brings it back until the next one.
    DiscardDraft {
        /// Draft id.
        id: String,
    } -> {}
    /// Bring the last discarded draft back.
    UndoDiscard {} -> {
        /// The draft.
        draft: Draft
    }
    /// Seal a draft. The draft stays until `Sent`.
    Seal {
        /// Draft id.
        id: String,
        /// The names on the button that the person pressed; others now are refused.
        seal_for: Vec<String>,
    } -> {
        /// The sealed text.
        sealed: SealedText
    }
    /// Seal a draft under a password, for somebody without Sotto. The draft stays until `Sent`.
    SealWithPassword {
        /// Draft id.
        id: String,
        /// The password.
        password: SecretText,
    } -> {
        /// The armored block or the line.
        text: String,
    }
    /// The sealed text is in the editor or on the clipboard: the draft is done.
    Sent {
        /// Draft id.
        id: String,
    } -> {}
    /// Keep sealed text that has nowhere to go.
    Park {
        /// The sealed text.
        text: String,
        /// Origin.
        site: String,
        /// Who can open it.
        names: Vec<String>,
        /// From a private window: not kept on disk.
        private: bool,
    } -> {
        /// What waits.
        parked: Vec<Parked>,
    }
    /// What waits for a site.
    ParkedFor {
        /// Origin; empty for all.
        site: String,
    } -> {
        /// What waits.
        parked: Vec<Parked>,
    }
    /// Parked text arrived or is not wanted.
    Unpark {
        /// Parked id.
        id: String,
    } -> {}

    // Reading
    /// Open a letter: armored block, line, or text around one.
    Open {
        /// The text.
        text: String,
        /// Where it came from.
        source: LetterSource,
        /// Show the text of a letter without sender proof.
        reveal: bool,
    } -> {
        /// The letter.
        letter: Letter
    }
    /// Open what a password opens. Nothing proves who wrote it; nothing of it is remembered.
    OpenWithPassword {
        /// The text.
        text: String,
        /// Where it came from.
        source: LetterSource,
        /// The password.
        password: SecretText,
    } -> {
        /// What was inside.
        letter: PasswordLetter
    }
    /// What was opened on a page.
    OpenedOn {
        /// The tab.
        tab: u32,
    } -> {
        /// Newest first.
        letters: Vec<OpenedHere>,
    }
    // Files
    /// Who files would be sealed for.
    PlanFiles {
        /// Contact ids.
        to: Vec<String>,
        /// Addresses without a card, as the person typed them.
        addresses: Vec<String>,
        /// What the person decided where keys are mixed.
        classical: Option<crate::view::ClassicalChoice>,
    } -> {
        /// The plan.
        plan: crate::files::FilePlan
    }

    /// The page navigated or the tab closed.
    PageLeft {
        /// The tab.
        tab: u32,
    } -> {}

    // The upload guard
    /// The guard of a site.
    GuardOf {
        /// Origin.
        site: String,
    } -> {
        /// The guard.
        guard: SiteGuard
    }
    /// Every site with a rule or an exempt field.
    Guards {} -> {
        /// Sorted by site.
        guards: Vec<SiteGuard>,
    }
    /// Change the rule of a site.
    SetGuard {
        /// Origin.
        site: String,
        /// The rule.
        rule: GuardRule,
        /// Contact ids, for *always*.
        always_for: Vec<String>,
    } -> {
        /// The guard.
        guard: SiteGuard
    }
    /// Leave one field of a site alone, or guard it again.
    ExemptField {
        /// Origin.
        site: String,
        /// What the field is called.
        field: String,
        /// Leave it alone.
        exempt: bool,
    } -> {
        /// The guard.
        guard: SiteGuard
    }
    /// How sealed files are called on a site.
    NameFiles {
        /// Origin.
        site: String,
        /// Words, or the real names.
        naming: crate::files::FileNaming,
    } -> {
        /// The guard as it is now.
        guard: SiteGuard
    }
    /// For whom held files would be sealed.
    GuardSheet {
        /// Origin of the page, stamped by the browser.
        site: String,
        /// Its tab.
        tab: u32,
        /// Addresses in the page's fields: suggestions.
        addresses: Vec<PageAddress>,
        /// What the person chose; absent at first.
        chosen: Option<Chosen>,
    } -> {
        /// The sheet.
        sheet: GuardSheet
    }
    /// Files were sealed for these: another pick on this page keeps them for two minutes.
    GuardSealed {
        /// Origin.
        site: String,
        /// The tab.
        tab: u32,
        /// Contact ids.
        to: Vec<String>,
    } -> {}
    /// The person read which files go to which site as they are, and wants it, this once.
    SendUnsealed {
        /// The hold.
        hold: String,
        /// The site that was read out.
        site: String,
        /// The file names that were read out.
        names: Vec<String>,
    } -> {
        /// For exactly this, once, within a minute.
        pass: String,
    }
    /// Unsealed files are about to leave with this pass. It is spent, whatever the answer.
    SpendPass {
        /// The hold.
        hold: String,
        /// The site they go to, stamped by the browser.
        site: String,
        /// Their names.
        names: Vec<String>,
        /// The pass.
        pass: String,
    } -> {}
}
