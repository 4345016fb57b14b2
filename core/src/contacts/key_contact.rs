use sotto_protocol::TimestampMs;

use super::ContactId;
use crate::age::{Recipient, RecipientType};
use crate::cbor::{CborError, Fields, MapWriter};
use crate::record::{Record, RecordError};

/// A plain age key that the person keeps under a name: no card and no identity behind it.
///
/// Letters to it name nobody (`bare` to who opens them), and none of its owner's letters is proved.
/// There is nothing to compare, so it is never `verified`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyContact {
    /// Name that the person gave.
    pub name: String,
    /// Mail address that the person gave, if any.
    pub address: Option<String>,
    /// The key.
    pub recipient: Recipient,
    /// When it was added.
    pub since: TimestampMs,
}

impl KeyContact {
    /// The id.
    #[must_use]
    pub fn id(&self) -> ContactId {
        ContactId::of_key(&self.recipient)
    }

    /// Whether letters to the key cannot be post-quantum.
    #[must_use]
    pub const fn is_classical(&self) -> bool {
        matches!(self.recipient.kind(), RecipientType::X25519)
    }
}

impl Record for KeyContact {
    const TABLE: &'static str = "keys";

    fn key(&self) -> Vec<u8> {
        self.id().as_bytes().to_vec()
    }

    fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .text(1, &self.name)
            .text_if(2, self.address.as_deref())
            .text(3, &self.recipient.to_string())
            .uint(4, self.since.0)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=4)?;
        let address = fields.take(2).map(|address| address.text()).transpose()?;
        let recipient = fields.require(3)?.text()?.parse();
        Ok(Self {
            name: fields.require(1)?.text()?.to_owned(),
            address: address.map(str::to_owned),
            recipient: recipient.map_err(|_| CborError::Range { key: 3 })?,
            since: TimestampMs(fields.require(4)?.uint()?),
        })
    }
}
