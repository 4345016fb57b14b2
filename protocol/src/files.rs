//! Files: jobs that seal them, and what opening one shows.
//!
//! `File` handles and keys for workers travel beside these messages, never inside them: a handle is
//! a structured clone that only the browser can make.

use serde::{Deserialize, Serialize};

use crate::view::{ClassicalChoice, Letter, Mixed, Recipient};
use crate::{ErrorCode, Failure, SecretText, TimestampMs};

/// A number of bytes, below 2^53.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
#[serde(transparent)]
pub struct ByteLen(pub u64);

choices! {
    /// How sealed files are called.
    pub enum FileNaming {
        /// `sealed-WORD.age`: the name tells nothing.
        Word,
        /// The real name and `.age`: the service sees it.
        Real,
    }

    /// What became of sealed files handed to a page.
    pub enum Attached {
        /// The page's own attachment field has them.
        Handed,
        /// The page has no such field.
        NoField,
        /// The field takes one file at a time.
        OneOnly,
        /// The page did not keep them.
        Refused,
        /// The page is gone.
        Gone,
    }

    /// How a job stands.
    pub enum JobState {
        /// Files are being sealed.
        Running,
        /// Killed in the middle: it goes on when the same files are given again.
        Interrupted,
        /// All are sealed; the copies are kept for a day.
        Done,
        /// It ended with `failure`; nothing of it is left.
        Failed,
    }
}

messages! {
    /// Who files are sealed for. The person themself always is.
    FileRecipients {
        /// People.
        Contacts {
            /// Contact ids.
            to: Vec<String>,
            /// The names on the button that the person pressed; others now are refused.
            seal_for: Vec<String>,
            /// What the person decided where keys are mixed.
            classical: Option<ClassicalChoice>,
        },
        /// Whoever has the password that comes with the order. Nobody else, not even the person.
        Password {},
    }

    /// Extension page to background. The `File`s that a request is about come beside it.
    FilesRequest {
        /// Seal files, one letter each, or all of a folder as one. Beside it: as many `File`s as
        /// `order.files` has.
        Seal {
            /// What and for whom.
            order: SealOrder,
        },
        /// Seal files under a password. Beside it: the `File`s.
        SealWithPassword {
            /// What; its recipients are `password`.
            order: SealOrder,
            /// As it was typed.
            password: SecretText,
        },
        /// How a job stands.
        Job {
            /// Job id.
            id: String,
        },
        /// All jobs of the last day.
        Jobs {},
        /// Stop a job; nothing of it is left.
        Cancel {
            /// Job id.
            id: String,
        },
        /// Go on with a job that was interrupted. Beside it: the same `File`s again.
        Resume {
            /// Job id.
            id: String,
            /// The files; with `folder` their names are paths within it.
            files: Vec<FileBrief>,
            /// The name of the folder, where it was one.
            folder: Option<String>,
        },
        /// The sealed files of a job that is done.
        Result {
            /// Job id.
            id: String,
        },
        /// Hand the sealed files of a job to the attachment field of a page.
        Attach {
            /// Job id.
            id: String,
            /// The tab of the page.
            tab: u32,
        },
        /// Forget a job and delete its sealed copies.
        Forget {
            /// Job id.
            id: String,
        },
        /// A sealed file that was found on a page, handed to the file page once.
        Handed {
            /// The id in the address of the file page.
            id: String,
        },
        /// Begin to open a file: its header alone is looked at. Beside it: the `File`.
        Look {},
        /// Seal an opened file anew for others, in one pass. Beside it: the `File`, the 32 bytes of
        /// its digest, and what was kept of each segment's chunks.
        SendOn {
            /// For whom; the core takes name and size from the file itself.
            order: SealOrder,
            /// Bytes of content.
            length: ByteLen,
        },
        /// Begin to open a file that a password seals. Beside it: the `File`.
        LookWithPassword {
            /// As it was typed.
            password: SecretText,
        },
        /// Every chunk of a file under a password was opened: what it says of itself. Beside it:
        /// the `File` and the 32 bytes of its payload key.
        OpenedWithPassword {
            /// Bytes of plaintext.
            length: ByteLen,
            /// Where the file came from.
            source: crate::desk::LetterSource,
        },
        /// Every chunk of the file was opened: compare with what its sender signed. Beside it: the
        /// `File` and the 32 bytes of its digest.
        Verified {
            /// Bytes of content.
            length: ByteLen,
            /// Where the file came from.
            source: crate::desk::LetterSource,
        },
    }

    /// Engine room to background. Bytes travel beside it.
    EngineRequest {
        /// All of a file's payload is sealed: its header is wanted. Beside it: its digest.
        Payload {
            /// Job id.
            job: String,
            /// Number of the file.
            index: u32,
            /// Bytes of content.
            length: ByteLen,
        },
        /// A job is over. Nothing is left of one that failed.
        Ended {
            /// Job id.
            job: String,
            /// Why it failed.
            failure: Option<ErrorCode>,
        },
        /// No job is left: the room may be closed.
        Idle {},
    }

    /// The answer of the same type.
    EngineReply {
        /// Beside it: the header.
        Payload {},
        /// Noted.
        Ended {},
        /// Noted.
        Idle {},
    }

    /// Background to engine room.
    RoomOrder {
        /// Seal. Beside it: file, key and nonce of each item.
        Run {
            /// Job id.
            job: String,
            /// Numbers of the files.
            items: Vec<u32>,
        },
        /// How far is a job?
        Progress {
            /// Job id.
            job: String,
        },
        /// Stop a job; answered when nothing of it is left.
        Stop {
            /// Job id; absent for all of them.
            job: Option<String>,
            /// Why.
            code: ErrorCode,
        },
    }

    /// The room's answer of the same type.
    RoomReply {
        /// Taken on.
        Run {},
        /// None when the job is not here.
        Progress {
            /// How far.
            progress: Option<FileProgress>,
        },
        /// Stopped.
        Stop {},
    }

    /// The answer of the same type.
    FilesReply {
        /// Begun.
        Seal {
            /// The job.
            job: FileJob,
        },
        /// Begun.
        SealWithPassword {
            /// The job.
            job: FileJob,
        },
        /// The job.
        Job {
            /// The job.
            job: FileJob,
        },
        /// Newest first.
        Jobs {
            /// The jobs.
            jobs: Vec<FileJob>,
        },
        /// Stopped.
        Cancel {},
        /// It goes on.
        Resume {
            /// The job.
            job: FileJob,
        },
        /// Beside it: one `File` for each of the job, in order.
        Result {},
        /// What became of it.
        Attach {
            /// What became of it.
            attached: Attached,
        },
        /// Forgotten.
        Forget {},
        /// Beside it: the `File`, or nothing when it was handed over before.
        Handed {
            /// It was found in a private window.
            private: bool,
        },
        /// Beside it: the 32 bytes of the payload key, for workers of this page.
        Look {
            /// Bytes before the first chunk of the payload.
            payload_offset: ByteLen,
            /// There is a sender's proof to compare with.
            sealed: bool,
        },
        /// Begun.
        SendOn {
            /// The job.
            job: FileJob,
        },
        /// Beside it: the 32 bytes of the payload key, for workers of this page.
        LookWithPassword {
            /// Bytes before the first chunk of the payload.
            payload_offset: ByteLen,
        },
        /// Whole, and proved by nothing.
        OpenedWithPassword {
            /// The file.
            file: OpenedFile,
            /// The name that it claims, safe on every system: offered, not taken.
            claimed: Option<String>,
            /// Bytes of plaintext before the content.
            content_offset: ByteLen,
        },
        /// Verified whole: it may be shown and saved.
        Verified {
            /// The file.
            file: OpenedFile,
        },
    }
}

shapes! {
    /// Files to seal.
    pub struct SealOrder {
        /// For whom.
        pub recipients: FileRecipients,
        /// How the sealed files are called.
        pub naming: FileNaming,
        /// The files; with `folder` their names are paths within it.
        pub files: Vec<FileBrief>,
        /// The name of a folder that is sealed as one archive (tar).
        pub folder: Option<String>,
        /// The origin they are sealed for, if any. A file that was sealed for the same site and the
        /// same people within a day gives the same bytes again: resumable uploaders compare them.
        pub site: Option<String>,
        /// For a private window: what is kept of it beside ciphertext is in memory alone.
        pub private: bool,
    }

    /// A file as the browser describes it.
    pub struct FileBrief {
        /// Name, or path within a folder.
        pub name: String,
        /// Size.
        pub size: ByteLen,
        /// Last change.
        pub modified: TimestampMs,
        /// Content type, or empty.
        pub content_type: String,
    }

    /// A sealing job as a surface paints it.
    pub struct FileJob {
        /// Job id.
        pub id: String,
        /// How it stands.
        pub state: JobState,
        /// Why it failed.
        pub failure: Option<Failure>,
        /// The files.
        pub files: Vec<FileItem>,
        /// Who can open them; empty where a password does.
        pub names: Vec<String>,
        /// Whoever has the password can open them.
        pub with_password: bool,
        /// When it was begun.
        pub at: TimestampMs,
        /// How far it is.
        pub progress: FileProgress,
    }

    /// How far a job is.
    pub struct FileProgress {
        /// Bytes sealed.
        pub done: ByteLen,
        /// Bytes in all.
        pub total: ByteLen,
        /// Bytes a second, lately; 0 when not known yet.
        pub rate: ByteLen,
        /// Seconds left, once known.
        pub left_s: Option<u32>,
    }

    /// One file of a job.
    pub struct FileItem {
        /// Its own name, made safe to show.
        pub name: String,
        /// The name of the sealed file.
        pub sealed_name: String,
        /// The word in that name; the one who opens it sees the same.
        pub word: String,
        /// Size.
        pub size: ByteLen,
    }

    /// Who files would be sealed for, and what stands in the way.
    pub struct FilePlan {
        /// The recipients, judged.
        pub recipients: Vec<Recipient>,
        /// Names for the label.
        pub seal_for: Vec<String>,
        /// Why they cannot be sealed now.
        pub blocked_by: Option<ErrorCode>,
        /// Classical and hybrid recipients are chosen.
        pub mixed: Option<Mixed>,
        /// Contact ids of those whose files are sealed apart.
        pub apart: Vec<String>,
    }

    /// An opened file: every byte of it was verified.
    pub struct OpenedFile {
        /// Who sealed it, when, for whom. Without sender's proof it has no id and no sender.
        pub letter: Letter,
        /// The name to save it under, safe on every system; `.bin` without sender's proof.
        pub name: String,
        /// The word of the file, which stood in its name when it was sealed.
        pub word: String,
        /// Bytes of content.
        pub size: ByteLen,
        /// Whom the sender says they got it from. Their word alone.
        pub first_sender: Option<String>,
    }
}
