//! Where OpenMLS keeps its state: a map in memory.
//!
//! OpenMLS writes while it works and trusts that what it wrote is kept (its storage is
//! synchronous). So nothing is written through: the map notes what was touched, a step that fails
//! is undone, and the changes of a step that succeeds are sealed and written before anything of it
//! leaves (see [`crate::Sessions`]).

use openmls_traits::storage::{CURRENT_VERSION, StorageProvider, traits};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::rows::{Kind, Rows, StoreError};

const V: u16 = CURRENT_VERSION;

/// Values with one row for each key: written, read, deleted.
macro_rules! kept {
    ($($kind:ident $key:ident $value:ident: $write:ident $read:ident $delete:ident;)+) => {$(
        fn $write<K: traits::$key<V>, T: traits::$value<V>>(
            &self,
            key: &K,
            value: &T,
        ) -> Result<(), StoreError> {
            self.write(Kind::$kind, key, value)
        }

        fn $read<K: traits::$key<V>, T: traits::$value<V>>(
            &self,
            key: &K,
        ) -> Result<Option<T>, StoreError> {
            self.read(Kind::$kind, key)
        }

        fn $delete<K: traits::$key<V>>(&self, key: &K) -> Result<(), StoreError> {
            self.erase(Kind::$kind, key)
        }
    )+};
}

impl Rows {
    fn write(
        &self,
        kind: Kind,
        key: &impl Serialize,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        let value = Zeroizing::new(encode(value)?);
        self.put_value(kind, &encode(key)?, &value);
        Ok(())
    }

    fn read<T: DeserializeOwned>(
        &self,
        kind: Kind,
        key: &impl Serialize,
    ) -> Result<Option<T>, StoreError> {
        let row = self.value(kind, &encode(key)?);
        row.map(|row| decode(&row)).transpose()
    }

    fn erase(&self, kind: Kind, key: &impl Serialize) -> Result<(), StoreError> {
        self.delete_value(kind, &encode(key)?);
        Ok(())
    }
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| StoreError::Encoding)?;
    Ok(bytes)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    ciborium::from_reader(bytes).map_err(|_| StoreError::Encoding)
}

impl StorageProvider<V> for Rows {
    type Error = StoreError;

    kept! {
        JoinConfig GroupId MlsGroupJoinConfig:
            write_mls_join_config mls_group_join_config delete_group_config;
        Tree GroupId TreeSync: write_tree tree delete_tree;
        TranscriptHash GroupId InterimTranscriptHash:
            write_interim_transcript_hash interim_transcript_hash delete_interim_transcript_hash;
        Context GroupId GroupContext: write_context group_context delete_context;
        ConfirmationTag GroupId ConfirmationTag:
            write_confirmation_tag confirmation_tag delete_confirmation_tag;
        MessageSecrets GroupId MessageSecrets:
            write_message_secrets message_secrets delete_message_secrets;
        ResumptionPsks GroupId ResumptionPskStore:
            write_resumption_psk_store resumption_psk_store delete_all_resumption_psk_secrets;
        OwnLeafIndex GroupId LeafNodeIndex:
            write_own_leaf_index own_leaf_index delete_own_leaf_index;
        EpochSecrets GroupId GroupEpochSecrets:
            write_group_epoch_secrets group_epoch_secrets delete_group_epoch_secrets;
        KeyPackage HashReference KeyPackage: write_key_package key_package delete_key_package;
    }

    fn write_group_state<T: traits::GroupState<V>, K: traits::GroupId<V>>(
        &self,
        key: &K,
        value: &T,
    ) -> Result<(), StoreError> {
        self.write(Kind::GroupState, key, value)
    }

    fn group_state<T: traits::GroupState<V>, K: traits::GroupId<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StoreError> {
        self.read(Kind::GroupState, key)
    }

    fn delete_group_state<K: traits::GroupId<V>>(&self, key: &K) -> Result<(), StoreError> {
        self.erase(Kind::GroupState, key)
    }

    fn write_encryption_key_pair<K: traits::EncryptionKey<V>, T: traits::HpkeKeyPair<V>>(
        &self,
        key: &K,
        value: &T,
    ) -> Result<(), StoreError> {
        self.write(Kind::KeyPair, key, value)
    }

    fn encryption_key_pair<T: traits::HpkeKeyPair<V>, K: traits::EncryptionKey<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StoreError> {
        self.read(Kind::KeyPair, key)
    }

    fn delete_encryption_key_pair<K: traits::EncryptionKey<V>>(
        &self,
        key: &K,
    ) -> Result<(), StoreError> {
        self.erase(Kind::KeyPair, key)
    }

    fn write_encryption_epoch_key_pairs<
        G: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
        pairs: &[T],
    ) -> Result<(), StoreError> {
        self.write(Kind::EpochKeyPairs, &(group, epoch, leaf), &pairs)
    }

    fn encryption_epoch_key_pairs<
        G: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
    ) -> Result<Vec<T>, StoreError> {
        let pairs = self.read(Kind::EpochKeyPairs, &(group, epoch, leaf))?;
        Ok(pairs.unwrap_or_default())
    }

    fn delete_encryption_epoch_key_pairs<G: traits::GroupId<V>, E: traits::EpochKey<V>>(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
    ) -> Result<(), StoreError> {
        self.erase(Kind::EpochKeyPairs, &(group, epoch, leaf))
    }

    // Sessions commit what they propose, at once: no proposal waits, in no queue. Keys that sign
    // are kept by the sessions themselves, and there are no pre-shared keys.

    fn append_own_leaf_node<G: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        _group: &G,
        _leaf: &T,
    ) -> Result<(), StoreError> {
        Err(StoreError::Unsupported)
    }

    fn own_leaf_nodes<G: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        _group: &G,
    ) -> Result<Vec<T>, StoreError> {
        Ok(Vec::new())
    }

    fn delete_own_leaf_nodes<G: traits::GroupId<V>>(&self, _group: &G) -> Result<(), StoreError> {
        Ok(())
    }

    fn queue_proposal<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        Q: traits::QueuedProposal<V>,
    >(
        &self,
        _group: &G,
        _reference: &R,
        _proposal: &Q,
    ) -> Result<(), StoreError> {
        Err(StoreError::Unsupported)
    }

    fn queued_proposal_refs<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        _group: &G,
    ) -> Result<Vec<R>, StoreError> {
        Ok(Vec::new())
    }

    fn queued_proposals<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        Q: traits::QueuedProposal<V>,
    >(
        &self,
        _group: &G,
    ) -> Result<Vec<(R, Q)>, StoreError> {
        Ok(Vec::new())
    }

    fn remove_proposal<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        _group: &G,
        _reference: &R,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn clear_proposal_queue<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        _group: &G,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn write_signature_key_pair<
        K: traits::SignaturePublicKey<V>,
        T: traits::SignatureKeyPair<V>,
    >(
        &self,
        _key: &K,
        _pair: &T,
    ) -> Result<(), StoreError> {
        Err(StoreError::Unsupported)
    }

    fn signature_key_pair<K: traits::SignaturePublicKey<V>, T: traits::SignatureKeyPair<V>>(
        &self,
        _key: &K,
    ) -> Result<Option<T>, StoreError> {
        Ok(None)
    }

    fn delete_signature_key_pair<K: traits::SignaturePublicKey<V>>(
        &self,
        _key: &K,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn write_psk<I: traits::PskId<V>, B: traits::PskBundle<V>>(
        &self,
        _id: &I,
        _psk: &B,
    ) -> Result<(), StoreError> {
        Err(StoreError::Unsupported)
    }

    fn psk<B: traits::PskBundle<V>, I: traits::PskId<V>>(
        &self,
        _id: &I,
    ) -> Result<Option<B>, StoreError> {
        Ok(None)
    }

    fn delete_psk<I: traits::PskId<V>>(&self, _id: &I) -> Result<(), StoreError> {
        Ok(())
    }
}
