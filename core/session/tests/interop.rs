//! Another implementation of RFC 9420, mls-rs, in one group with ours: it joins by our Welcome and we
//! by its, both read what the other says, and take up each other's commits.
//!
//! In the classical suite 0x0003: mls-rs has no primitives for 0x004F, which sessions use. What is
//! not of the suite is what sessions use: the group's settings, extensions, padding, private
//! handshakes.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a failing test panics"
)]

use chacha20::ChaCha20Rng;
use ed25519_dalek::{Signer as _, SigningKey};
use mls_rs::client_builder::MlsConfig;
use mls_rs::group::ReceivedMessage;
use mls_rs::identity::SigningIdentity;
use mls_rs::identity::basic::{BasicCredential as TheirCredential, BasicIdentityProvider};
use mls_rs::mls_rules::{DefaultMlsRules, EncryptionOptions};
use mls_rs::{
    CipherSuite, CipherSuiteProvider as _, Client, CryptoProvider as _,
    Extension as TheirExtension, ExtensionList, Group, MlsMessage,
};
use mls_rs_crypto_rustcrypto::RustCryptoProvider;
use openmls::prelude::{
    BasicCredential, CredentialWithKey, KeyPackage, KeyPackageIn, MlsGroup, MlsMessageBodyIn,
    MlsMessageIn, ProcessedMessageContent, ProtocolVersion, StagedWelcome,
};
use openmls_traits::OpenMlsProvider as _;
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use rand_core::{Rng as _, SeedableRng as _};
use sotto_session::mls::{
    Provider, ROLES_EXTENSION, Suite, capabilities, context_extensions, create_config, join_config,
    lifetime,
};
use tls_codec::{DeserializeBytes as _, Serialize as _};

const SUITE: CipherSuite = CipherSuite::CURVE25519_CHACHA;

/// Our side: a provider and a leaf key.
struct Ours {
    provider: Provider,
    key: SigningKey,
}

impl Signer for Ours {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.key.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

fn now_s() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "both hold KeyPackages against this clock"
    )]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

impl Ours {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        Self {
            provider: Provider::new(Suite::Classical, &mut rng),
            key: SigningKey::from_bytes(&secret),
        }
    }

    fn credential(&self) -> CredentialWithKey {
        CredentialWithKey {
            credential: BasicCredential::new(b"ours".to_vec()).into(),
            signature_key: self.key.verifying_key().to_bytes().to_vec().into(),
        }
    }

    fn group(&self) -> MlsGroup {
        let context = context_extensions(b"roles".to_vec()).unwrap();
        let config = create_config(Suite::Classical, context, now_s());
        MlsGroup::new(&self.provider, self, &config, self.credential()).unwrap()
    }

    fn package(&self) -> Vec<u8> {
        let suite = Suite::Classical.ciphersuite();
        let bundle = KeyPackage::builder()
            .key_package_lifetime(lifetime(now_s()))
            .leaf_node_capabilities(capabilities(Suite::Classical))
            .build(suite, &self.provider, self, self.credential())
            .unwrap();
        let message = openmls::prelude::MlsMessageOut::from(bundle.key_package().clone());
        message.tls_serialize_detached().unwrap()
    }

    fn join(&self, welcome: &[u8]) -> MlsGroup {
        let MlsMessageBodyIn::Welcome(welcome) = body(welcome) else {
            panic!("no Welcome")
        };
        let staged =
            StagedWelcome::new_from_welcome(&self.provider, &join_config(), welcome, None).unwrap();
        staged.into_group(&self.provider).unwrap()
    }

    /// What a message says; a commit is taken up and says nothing.
    fn hear(&self, group: &mut MlsGroup, message: &[u8]) -> Option<Vec<u8>> {
        let MlsMessageBodyIn::PrivateMessage(message) = body(message) else {
            panic!("not private")
        };
        let heard = group.process_message(&self.provider, message).unwrap();
        match heard.into_content() {
            ProcessedMessageContent::ApplicationMessage(said) => Some(said.into_bytes()),
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                group.merge_staged_commit(&self.provider, *commit).unwrap();
                None
            }
            _ => panic!("neither words nor a commit"),
        }
    }

    fn say(&self, group: &mut MlsGroup, text: &[u8]) -> Vec<u8> {
        let said = group.create_message(&self.provider, self, text).unwrap();
        said.to_bytes().unwrap()
    }
}

fn body(message: &[u8]) -> MlsMessageBodyIn {
    MlsMessageIn::tls_deserialize_exact_bytes(message)
        .unwrap()
        .extract()
}

fn package_of(message: &[u8], ours: &Ours) -> KeyPackage {
    let MlsMessageBodyIn::KeyPackage(package) = body(message) else {
        panic!("no KeyPackage")
    };
    let package: KeyPackageIn = package;
    package
        .validate(ours.provider.crypto(), ProtocolVersion::Mls10)
        .unwrap()
}

fn theirs() -> Client<impl MlsConfig> {
    let crypto = RustCryptoProvider::default();
    let suite = crypto.cipher_suite_provider(SUITE).unwrap();
    let (secret, public) = suite.signature_key_generate().unwrap();
    let credential = TheirCredential::new(b"theirs".to_vec()).into_credential();
    let rules = DefaultMlsRules::new().with_encryption_options(EncryptionOptions::new(
        true,
        mls_rs::client_builder::PaddingMode::StepFunction,
    ));
    Client::builder()
        .crypto_provider(crypto)
        .identity_provider(BasicIdentityProvider::new())
        .mls_rules(rules)
        .extension_type(ROLES_EXTENSION.into())
        .signing_identity(SigningIdentity::new(credential, public), secret, SUITE)
        .build()
}

/// What a message says; a commit is taken up and says nothing.
fn they_hear(group: &mut Group<impl MlsConfig>, message: &[u8]) -> Option<Vec<u8>> {
    let message = MlsMessage::from_bytes(message).unwrap();
    match group.process_incoming_message(message).unwrap() {
        ReceivedMessage::ApplicationMessage(said) => Some(said.data().to_vec()),
        ReceivedMessage::Commit(_) => None,
        other => panic!("{other:?}"),
    }
}

fn they_say(group: &mut Group<impl MlsConfig>, text: &[u8]) -> Vec<u8> {
    let said = group.encrypt_application_message(text, Vec::new()).unwrap();
    said.to_bytes().unwrap()
}

/// Words and a commit each way; in the end both are in one epoch and have the same secrets.
fn live(ours: &Ours, our_group: &mut MlsGroup, their_group: &mut Group<impl MlsConfig>) {
    let said = ours.say(our_group, b"hello");
    assert_eq!(they_hear(their_group, &said).unwrap(), b"hello");
    let said = they_say(their_group, b"hello too");
    assert_eq!(ours.hear(our_group, &said).unwrap(), b"hello too");

    let bundle = our_group
        .self_update(
            &ours.provider,
            ours,
            openmls::prelude::LeafNodeParameters::default(),
        )
        .unwrap();
    let commit = bundle.into_commit().to_bytes().unwrap();
    our_group.merge_pending_commit(&ours.provider).unwrap();
    assert!(they_hear(their_group, &commit).is_none());

    let commit = their_group.commit(Vec::new()).unwrap().commit_message;
    their_group.apply_pending_commit().unwrap();
    assert!(ours.hear(our_group, &commit.to_bytes().unwrap()).is_none());

    assert_eq!(our_group.epoch().as_u64(), their_group.current_epoch());
    let theirs = their_group.epoch_authenticator().unwrap();
    assert_eq!(
        our_group.epoch_authenticator().as_slice(),
        theirs.as_bytes()
    );
    let ours_exported = our_group.export_secret(ours.provider.crypto(), "label", b"context", 32);
    let theirs_exported = their_group.export_secret(b"label", b"context", 32).unwrap();
    assert_eq!(ours_exported.unwrap(), theirs_exported.as_bytes());

    let said = ours.say(our_group, b"after both commits");
    assert_eq!(
        they_hear(their_group, &said).unwrap(),
        b"after both commits"
    );
}

#[test]
fn mls_rs_joins_a_group_of_ours_and_reads() {
    let ours = Ours::new();
    let theirs = theirs();
    let package = theirs
        .generate_key_package_message(ExtensionList::default(), ExtensionList::default(), None)
        .unwrap();
    let package = package_of(&package.to_bytes().unwrap(), &ours);
    let mut our_group = ours.group();
    let (_, welcome, _) = our_group
        .add_members(&ours.provider, &ours, &[package])
        .unwrap();
    our_group.merge_pending_commit(&ours.provider).unwrap();
    let welcome = MlsMessage::from_bytes(&welcome.to_bytes().unwrap()).unwrap();
    let (mut their_group, _) = theirs.join_group(None, &welcome, None).unwrap();
    let roles = their_group
        .context()
        .extensions()
        .iter()
        .find(|it| it.extension_type == ROLES_EXTENSION.into());
    assert_eq!(roles.unwrap().extension_data, b"roles");
    live(&ours, &mut our_group, &mut their_group);
}

#[test]
fn we_join_a_group_of_mls_rs_and_read() {
    let ours = Ours::new();
    let theirs = theirs();
    let mut roles = ExtensionList::new();
    roles.set(TheirExtension::new(
        ROLES_EXTENSION.into(),
        b"roles".to_vec(),
    ));
    let mut their_group = theirs
        .create_group(roles, ExtensionList::default(), None)
        .unwrap();
    let package = MlsMessage::from_bytes(&ours.package()).unwrap();
    let commit = their_group
        .commit_builder()
        .add_member(package)
        .unwrap()
        .build()
        .unwrap();
    their_group.apply_pending_commit().unwrap();
    let welcome = commit.welcome_messages.first().unwrap().to_bytes().unwrap();
    let mut our_group = ours.join(&welcome);
    live(&ours, &mut our_group, &mut their_group);
}
