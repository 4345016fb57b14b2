//! People with a relay between them, as the extension carries it: rows first, then what leaves.

mod blocked;
mod chats;
mod crowd;
mod hostile;
mod hosts;
mod lost;
mod presence;
mod tokens;
mod veil;
mod world;
