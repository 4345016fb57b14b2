//! View models: what the core computed and a surface paints. Nothing here is a decision.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, TimestampMs};

choices! {
    /// The state of the vault of this profile.
    pub enum VaultState {
        /// No identity yet.
        Missing,
        /// An identity, locked.
        Locked,
        /// Unlocked.
        Unlocked,
    }

    /// How an identity key is trusted (docs/protocol.md, "Trust").
    pub enum Trust {
        /// No accepted card.
        Unknown,
        /// The card was accepted by the person.
        Known,
        /// Safety number, words or QR compared by the person.
        Verified,
        /// A known address appears with another identity key.
        Changed,
        /// The person wants nothing from this key.
        Blocked,
    }

    /// What a contact is.
    pub enum ContactKind {
        /// Somebody with a card: an identity.
        Card,
        /// A plain age key: no identity, nothing to compare, no proof.
        Key,
        /// The person themself.
        Own,
    }

    /// What becomes of recipients whose only key is classical, beside others.
    pub enum ClassicalChoice {
        /// They are left out.
        LeaveOut,
        /// A letter of their own follows.
        OwnLetter,
        /// One letter, classical for all.
        SealAll,
    }

    /// What stands in an address field of the page.
    pub enum PageField {
        /// To.
        To,
        /// Cc.
        Cc,
        /// Bcc: never sealed into the common letter.
        Bcc,
    }

    /// How sealed text is written down.
    pub enum TextForm {
        /// The armored block, for mail and documents.
        Armor,
        /// One line, for chats.
        Line,
    }

    /// How a contact card relates to what is known.
    pub enum CardVerdict {
        /// A new person.
        New,
        /// The person's own card.
        Own,
        /// Exactly the card that was accepted.
        Same,
        /// A newer revision under the known identity key.
        Newer,
        /// An older revision under the known identity key.
        Older,
        /// Another identity key for a known address: compare, nothing else.
        OtherKey,
        /// A key the person blocked.
        Blocked,
    }

    /// Why a letter says more than who sealed it.
    pub enum NoteKind {
        /// This very letter was opened before.
        SeenBefore,
        /// Sealed long before or after the message around it.
        DateFar,
        /// The message around it bears an address that the card does not claim.
        AddressMismatch,
        /// Sealed to this key, not to the person by name.
        Bare,
        /// No sender proof, and the message around it claims a contact.
        ClaimsContact,
        /// Only what the sealed letter says is shown; parts of another kind were left out.
        PartsLeftOut,
        /// The words of formatted text are shown, without the formatting.
        Reduced,
    }

    /// Why a suggested recipient cannot be sealed to as it stands.
    pub enum RecipientState {
        /// Ready.
        Ready,
        /// No card of this address: invite.
        NoCard,
        /// Invited, no answer yet.
        Invited,
        /// The key changed: decide first.
        Changed,
        /// Blocked.
        Blocked,
        /// Only a classical key (an imported plain age key).
        Classical,
        /// In Bcc: a letter of its own.
        Bcc,
    }
}

shapes! {
    /// What every surface of the extension may know at any time. Sent on every change.
    pub struct Status {
        /// The unlock epoch; a reply computed under an older one is dropped.
        pub epoch: u32,
        /// The vault.
        pub vault: VaultState,
        /// Locked after idle time, with *Reachable* on: the live sessions go on receiving.
        pub veiled: bool,
        /// The person, while unlocked.
        pub me: Option<Me>,
        /// What is due, while unlocked.
        pub due: Due,
        /// Settings; defaults while locked; of a veiled vault also whether the screen locks it.
        pub settings: Settings,
        /// How many contacts there are, while unlocked.
        pub contacts: u32,
        /// Drafts whose last missing card has arrived: "Your letter to Bob is ready".
        pub ready_drafts: Vec<DraftBrief>,
    }

    /// The person's own identity.
    pub struct Me {
        /// Name as on the card.
        pub name: String,
        /// Addresses as on the card.
        pub addresses: Vec<String>,
        /// Printable fingerprint: 30 digits in 6 groups of 5.
        pub fingerprint: String,
        /// When the identity was made or restored.
        pub since: TimestampMs,
        /// How often the recipient keys were rotated.
        pub rotation: u32,
    }

    /// Duties the person should not forget.
    pub struct Due {
        /// The recovery kit was never confirmed.
        pub kit: bool,
        /// The kit must be confirmed before the next letter is sealed.
        pub kit_now: bool,
        /// Letters that may still be sealed before the kit is due.
        pub kit_letters_left: u32,
        /// A month has passed since the last backup file, and contacts changed.
        pub backup: bool,
    }

    /// The person's settings.
    pub struct Settings {
        /// Minutes of idleness before locking; 0 never.
        pub idle_minutes: u32,
        /// Lock when the browser reports a locked screen.
        pub lock_with_screen: bool,
        /// Read recipients and subjects from known webmail pages.
        pub adapters: bool,
        /// Open compose surfaces in a tab rather than beside the page.
        pub compose_in_tab: bool,
    }

    /// A contact in a list.
    pub struct ContactBrief {
        /// Stable id: hex of the first 16 bytes of the fingerprint.
        pub id: String,
        /// Name in use.
        pub name: String,
        /// First address, or empty.
        pub address: String,
        /// Trust.
        pub trust: Trust,
        /// What the contact is.
        pub kind: ContactKind,
    }

    /// A contact in full.
    pub struct Contact {
        /// The list view.
        pub brief: ContactBrief,
        /// All addresses in use.
        pub addresses: Vec<String>,
        /// When the card was accepted.
        pub since: TimestampMs,
        /// Letters opened from this key.
        pub letters: u32,
        /// When the person compared, if they did.
        pub verified_at: Option<TimestampMs>,
        /// What to compare; nothing where there is a plain key.
        pub comparing: Option<Comparing>,
        /// The plain age key, where that is all there is.
        pub key: Option<String>,
        /// Name, addresses or relay of a newer card that wait for acceptance.
        pub pending: Option<CardChange>,
        /// Another identity key that claims an address of this contact.
        pub challenger: Option<Challenger>,
        /// The recipient key is classical only.
        pub classical: bool,
    }

    /// What two people read to each other (docs/protocol.md B).
    pub struct Comparing {
        /// Twelve groups of five digits, the same on both sides.
        pub number: Vec<String>,
        /// Eight words, the same on both sides.
        pub words: Vec<String>,
        /// The QR to show, as rows of modules ("1" dark, "0" light).
        pub qr: Vec<String>,
    }

    /// A change of a card that the person must accept.
    pub struct CardChange {
        /// The new name.
        pub name: String,
        /// The new addresses.
        pub addresses: Vec<String>,
    }

    /// Another key for an address of a contact.
    pub struct Challenger {
        /// The name on the other card.
        pub name: String,
        /// The clashing address.
        pub address: String,
        /// When it was first seen.
        pub seen_at: TimestampMs,
        /// The other card, armored.
        pub card: String,
        /// What to compare with the holder of the other key.
        pub comparing: Comparing,
    }

    /// A card before it is accepted.
    pub struct CardLook {
        /// How it relates to what is known.
        pub verdict: CardVerdict,
        /// The name on the card: "calls itself …" until accepted.
        pub name: String,
        /// Addresses on the card.
        pub addresses: Vec<String>,
        /// Eight words to compare.
        pub comparing: Comparing,
        /// The contact it touches: the same key, or the owner of the address.
        pub contact: Option<ContactBrief>,
        /// The card, armored, as `card-accept` wants it back.
        pub card: String,
    }

    /// A contact who was invited and has not answered.
    pub struct Invited {
        /// The address.
        pub address: String,
        /// When.
        pub at: TimestampMs,
    }

    /// A draft in a list.
    pub struct DraftBrief {
        /// Draft id.
        pub id: String,
        /// Names or addresses.
        pub to: Vec<String>,
        /// Subject or first words.
        pub title: String,
        /// Last change.
        pub at: TimestampMs,
        /// Every recipient has a card.
        pub ready: bool,
    }

    /// A draft as the composer paints it.
    pub struct Draft {
        /// Draft id.
        pub id: String,
        /// Recipients, chosen or suggested.
        pub recipients: Vec<Recipient>,
        /// The protected subject.
        pub subject: String,
        /// The text.
        pub text: String,
        /// Sealed text of the page that was opened for quoting, in plaintext.
        pub quoted: Option<String>,
        /// Text was taken over that the site has already seen.
        pub seen_by_site: bool,
        /// The subject that the page shows in plaintext.
        pub page_subject: Option<String>,
        /// The site it is written for, as an origin.
        pub site: Option<String>,
        /// The letter it answers.
        pub reply_to: Option<String>,
        /// Names for the label: "Seal for Bob and Carol".
        pub seal_for: Vec<String>,
        /// Why Seal is not possible now.
        pub blocked_by: Option<ErrorCode>,
        /// Written for a private window: kept until the browser is closed, and not on disk.
        pub private: bool,
        /// Somebody chosen has a classical key alone, and others do not.
        pub mixed: Option<Mixed>,
        /// How sealed text is written down for this site.
        pub form: TextForm,
    }

    /// Classical and hybrid recipients in one draft.
    pub struct Mixed {
        /// Who has a classical key alone.
        pub names: Vec<String>,
        /// What the person decided; sealing waits for it.
        pub choice: Option<ClassicalChoice>,
        /// Everybody has a classical key, so that one letter is possible.
        pub can_seal_all: bool,
    }

    /// A recipient of a draft.
    pub struct Recipient {
        /// The address, or empty for a contact without one.
        pub address: String,
        /// The contact, when there is one.
        pub contact: Option<ContactBrief>,
        /// What stands in the way.
        pub state: RecipientState,
        /// The field of the page it was read from.
        pub from_page: Option<PageField>,
        /// Chosen by the person, or preselected because known.
        pub chosen: bool,
    }

    /// A letter sealed and ready to leave.
    pub struct SealedText {
        /// Letter id, hex.
        pub id: String,
        /// The armored block or the line.
        pub text: String,
        /// Who can open it.
        pub names: Vec<String>,
        /// A Bcc recipient whose own letter waits as the next draft.
        pub next_draft: Option<String>,
    }

    /// Sealed text with nowhere to go yet.
    pub struct Parked {
        /// Id.
        pub id: String,
        /// The sealed text.
        pub text: String,
        /// The site it was for.
        pub site: String,
        /// Who can open it.
        pub names: Vec<String>,
        /// When it is forgotten.
        pub until: TimestampMs,
    }

    /// An opened letter.
    pub struct Letter {
        /// Letter id, hex; absent without sender proof.
        pub id: Option<String>,
        /// Who sealed it; absent without sender proof.
        pub sender: Option<Sender>,
        /// When it was sealed, as its sender says.
        pub sent_at: Option<TimestampMs>,
        /// The protected subject.
        pub subject: Option<String>,
        /// The text. Empty, with `withheld`, until the person asks to see an unproved letter.
        pub text: String,
        /// To, as the author wrote it inside: no proof of who got the letter.
        pub written_to: Vec<String>,
        /// Cc, as the author wrote it inside.
        pub written_cc: Vec<String>,
        /// Parts that are no text: only named.
        pub parts: Vec<LetterPart>,
        /// No sender proof and not asked for yet.
        pub withheld: bool,
        /// What else must be said.
        pub notes: Vec<NoteKind>,
        /// Names of those who can open it, as far as they are known.
        pub recipients: Vec<String>,
        /// Recipients whose key belongs to no contact.
        pub unnamed_recipients: u32,
        /// The sender's card, when accepting or updating it is due.
        pub card: Option<CardLook>,
    }

    /// A part of a letter that is not shown. Name and type are what the author claims.
    pub struct LetterPart {
        /// File name, or empty.
        pub name: String,
        /// Content type.
        pub kind: String,
        /// Size in bytes.
        pub len: u32,
    }

    /// What a password opened. Nothing proves who wrote it, nor what it says of itself.
    pub struct PasswordLetter {
        /// The subject that it claims.
        pub subject: Option<String>,
        /// The text, to be shown after the person asked for it.
        pub text: Option<String>,
        /// The file, to be saved under a name of the person's.
        pub file: Option<PasswordFile>,
        /// What else must be said.
        pub notes: Vec<NoteKind>,
    }

    /// A file that a password opened.
    pub struct PasswordFile {
        /// The name that it claims, fit to be offered.
        pub name: Option<String>,
        /// Its bytes, in base64.
        pub content: String,
    }

    /// The sender of a letter, proved by their signature.
    pub struct Sender {
        /// Contact id (also for unknown keys).
        pub id: String,
        /// Name in use, or what an unknown key calls itself, or empty.
        pub name: String,
        /// First address in use or on the card, or empty.
        pub address: String,
        /// Trust now.
        pub trust: Trust,
        /// Since when the key is known.
        pub since: Option<TimestampMs>,
        /// Letters opened from this key, this one included.
        pub letters: u32,
        /// The person themself.
        pub own: bool,
    }

    /// A line of "Opened on this page".
    pub struct OpenedHere {
        /// Sender's name or empty.
        pub name: String,
        /// Trust, absent without sender proof.
        pub trust: Option<Trust>,
        /// Subject or first words.
        pub title: String,
        /// When it was opened.
        pub at: TimestampMs,
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle_minutes: 15,
            lock_with_screen: true,
            adapters: true,
            compose_in_tab: false,
        }
    }
}
