//! What OpenMLS is given: primitives, randomness and a place for its state.

mod hpke;
mod pages;
mod primitives;
mod rows;
mod store;

use openmls::group::{
    MlsGroupCreateConfig, MlsGroupJoinConfig, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY,
};
use openmls::prelude::{
    Capabilities, CredentialType, Extension, ExtensionType, Extensions, GroupContext, Lifetime,
    ProtocolVersion, RequiredCapabilitiesExtension, SenderRatchetConfiguration, UnknownExtension,
};
use openmls_traits::OpenMlsProvider;
pub use primitives::{Primitives, Suite};
use rand_core::CryptoRng;
pub use rows::{Change, Kind, Row, Rows, StoreError};

/// The extension of the group context that holds the roles: private use (RFC 9420 §17.3).
pub const ROLES_EXTENSION: u16 = 0xF053;
/// Bytes to a multiple of which messages are padded.
pub const PADDING: usize = 256;
/// Epochs before the present one whose messages still open: what was sent just before a commit.
pub const PAST_EPOCHS: usize = 4;
/// Messages of one sender that may come in another order than they were sent.
const OUT_OF_ORDER: u32 = 64;
/// Messages of one sender that may be missing before one that comes. A stream shows all there are, so
/// few ever are; and the keys up to a number that a forger makes up are derived for nothing.
const FORWARD: u32 = 1_000;
/// How long a KeyPackage may be used.
pub const KEY_PACKAGE_SECONDS: u64 = 60 * 60 * 24 * 60;
/// How far clocks may be apart.
pub const SKEW_SECONDS: u64 = 60 * 60;

/// The provider of OpenMLS.
#[derive(Debug)]
pub struct Provider {
    primitives: Primitives,
    rows: Rows,
}

impl Provider {
    /// A provider of one suite, without state.
    pub fn new(suite: Suite, rng: &mut impl CryptoRng) -> Self {
        Self {
            primitives: Primitives::new(suite, rng),
            rows: Rows::default(),
        }
    }

    /// The rows.
    #[must_use]
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The primitives.
    #[must_use]
    pub const fn primitives(&self) -> &Primitives {
        &self.primitives
    }
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = Primitives;
    type RandProvider = Primitives;
    type StorageProvider = Rows;

    fn storage(&self) -> &Rows {
        &self.rows
    }

    fn crypto(&self) -> &Primitives {
        &self.primitives
    }

    fn rand(&self) -> &Primitives {
        &self.primitives
    }
}

/// What a leaf of ours says it can do: one version, one suite, basic credentials, our extension.
#[must_use]
pub fn capabilities(suite: Suite) -> Capabilities {
    Capabilities::builder()
        .versions(vec![ProtocolVersion::Mls10])
        .ciphersuites(vec![suite.ciphersuite()])
        .extensions(vec![ExtensionType::Unknown(ROLES_EXTENSION)])
        .proposals(Vec::new())
        .credentials(vec![CredentialType::Basic])
        .build()
}

/// The extensions of a group context: the roles, and that everybody must know them.
#[must_use]
pub fn context_extensions(roles: Vec<u8>) -> Option<Extensions<GroupContext>> {
    let required = RequiredCapabilitiesExtension::new(
        &[ExtensionType::Unknown(ROLES_EXTENSION)],
        &[],
        &[CredentialType::Basic],
    );
    Extensions::from_vec(vec![
        Extension::RequiredCapabilities(required),
        Extension::Unknown(ROLES_EXTENSION, UnknownExtension(roles)),
    ])
    .ok()
}

/// Handshakes are private too, padded; the tree travels in the GroupInfo; few epochs are kept.
#[must_use]
pub fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING)
        .max_past_epochs(PAST_EPOCHS)
        .number_of_resumption_psks(0)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD))
        .build()
}

/// The same for a group that we make at `now_s`.
#[must_use]
pub fn create_config(
    suite: Suite,
    context: Extensions<GroupContext>,
    now_s: u64,
) -> MlsGroupCreateConfig {
    MlsGroupCreateConfig::builder()
        .ciphersuite(suite.ciphersuite())
        .capabilities(capabilities(suite))
        .with_group_context_extensions(context)
        .lifetime(lifetime(now_s))
        .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING)
        .max_past_epochs(PAST_EPOCHS)
        .number_of_resumption_psks(0)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD))
        .build()
}

/// From an hour ago for 60 days.
#[must_use]
pub fn lifetime(now_s: u64) -> Lifetime {
    Lifetime::init(
        now_s.saturating_sub(SKEW_SECONDS),
        now_s.saturating_add(KEY_PACKAGE_SECONDS),
    )
}
