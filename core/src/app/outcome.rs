use core::fmt;

use sotto_protocol::shell::Errand;
use sotto_protocol::view::Status;

use super::Write;

/// What becomes of the session secret, which the browser's session storage holds while unlocked.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum SessionChange {
    /// Nothing.
    #[default]
    Keep,
    /// Unlocked, or veiled: keep this text. What was veiled throws the instance away too.
    Set(String),
    /// Locked: forget it, then throw the instance away.
    Clear,
}

impl fmt::Debug for SessionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Set(_) => "Set(..)",
            Self::Clear => "Clear",
        })
    }
}

/// The answer to one request and what must be done before it leaves.
#[derive(Clone, Debug)]
pub struct Outcome<R> {
    /// The reply.
    pub reply: R,
    /// To be committed in one transaction.
    pub writes: Vec<Write>,
    /// The session secret.
    pub session: SessionChange,
    /// The status, when it may have changed: broadcast it.
    pub status: Option<Status>,
    /// A surface to open.
    pub errand: Option<Errand>,
}

impl<R> Outcome<R> {
    /// The same with another reply.
    pub fn map<T>(self, change: impl FnOnce(R) -> T) -> Outcome<T> {
        Outcome {
            reply: change(self.reply),
            writes: self.writes,
            session: self.session,
            status: self.status,
            errand: self.errand,
        }
    }
}
