use sha2::{Digest as _, Sha256};
use sotto_protocol::relay::{CapKind, Digest};

/// What the relay keeps of a capability (docs/relay.md, Capabilities): SHA-256 over kind, stream
/// and secret.
#[must_use]
pub fn capability_digest(kind: CapKind, stream: &[u8; 16], secret: &[u8]) -> Digest {
    let hash = Sha256::new()
        .chain_update(b"sotto/v1/cap\0")
        .chain_update([kind.byte()])
        .chain_update(stream)
        .chain_update(secret);
    Digest(hash.finalize().into())
}
