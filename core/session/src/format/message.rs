//! Application messages: what MLS carries for us.

use sotto_core::cbor::{ArrayWriter, Fields, MapWriter};

use super::introduction::Link;
use super::{ChainClaim, ConversationId, FormatError};

/// Bytes of a message's body, so that the blob stays below a relay's 64 KiB.
const MAX_BODY: usize = 48_000;
const MAX_PACKAGES: usize = 8;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// 1: for whoever uses the session: chat, calls, transfers. Opaque here.
    Content,
    /// 2: KeyPackages for later groups.
    KeyPackages,
    /// 3: the sender has added us to a group.
    Invite,
    /// 4: the sender goes.
    Leave,
    /// 5: the epoch authenticator that the sender sees in a group.
    Witness,
    /// 6: the sender has lost a group's state and asks to be added anew.
    Rejoin,
    /// Of a newer version: not shown, not an error.
    Newer(u64),
}

impl MessageKind {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::Content => 1,
            Self::KeyPackages => 2,
            Self::Invite => 3,
            Self::Leave => 4,
            Self::Witness => 5,
            Self::Rejoin => 6,
            Self::Newer(number) => number,
        }
    }

    /// The kind of a number.
    #[must_use]
    pub const fn of(number: u64) -> Self {
        match number {
            1 => Self::Content,
            2 => Self::KeyPackages,
            3 => Self::Invite,
            4 => Self::Leave,
            5 => Self::Witness,
            6 => Self::Rejoin,
            newer => Self::Newer(newer),
        }
    }
}

/// `{1 seq, 2 chain, 3 id, 4 kind, 5 body}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What its sender had read of the stream.
    pub claim: ChainClaim,
    /// Chosen at random by the sender; the same when it is sent again.
    pub id: [u8; 16],
    /// What it is.
    pub kind: MessageKind,
    /// As the kind says.
    pub body: Vec<u8>,
}

impl Message {
    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .uint(1, self.claim.seq)
            .bytes(2, &self.claim.chain)
            .bytes(3, &self.id)
            .uint(4, self.kind.number())
            .bytes(5, &self.body)
            .finish()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut fields = Fields::parse(bytes, 1..=5)?;
        Ok(Self {
            claim: ChainClaim {
                seq: fields.require(1)?.uint()?,
                chain: fields.require(2)?.array()?,
            },
            id: fields.require(3)?.array()?,
            kind: MessageKind::of(fields.require(4)?.uint()?),
            body: Self::check(fields.require(5)?.bytes()?)?.to_vec(),
        })
    }

    /// A body that is not too long.
    ///
    /// # Errors
    /// [`FormatError::TooLong`].
    pub fn check(body: &[u8]) -> Result<&[u8], FormatError> {
        if body.len() > MAX_BODY {
            return Err(FormatError::TooLong { len: body.len() });
        }
        Ok(body)
    }

    /// The body of [`MessageKind::KeyPackages`]: `{1 [KeyPackage…]}`.
    #[must_use]
    pub fn key_packages(packages: &[Vec<u8>]) -> Vec<u8> {
        let array = packages
            .iter()
            .fold(ArrayWriter::new(), |array, package| array.bytes(package));
        MapWriter::new().array(1, &array).finish()
    }

    /// Reads the body of [`MessageKind::KeyPackages`].
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn decode_key_packages(body: &[u8]) -> Result<Vec<Vec<u8>>, FormatError> {
        let items = Fields::parse(body, 1..=1)?
            .require(1)?
            .items(MAX_PACKAGES)?;
        let packages = items.iter().map(|item| item.bytes().map(<[u8]>::to_vec));
        Ok(packages.collect::<Result<_, _>>()?)
    }
}

/// `{1 conversation, 2 link, 3 seq, 4 chain head, 5 KeyPackage reference}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The group.
    pub conversation: ConversationId,
    /// Its stream.
    pub link: Link,
    /// The commit that adds us.
    pub seq: u64,
    /// The chain there.
    pub head: [u8; 32],
    /// Which of our KeyPackages was used.
    pub reference: [u8; 32],
}

impl Invite {
    /// The body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, &self.conversation.0)
            .map(2, &self.link.to_map())
            .uint(3, self.seq)
            .bytes(4, &self.head)
            .bytes(5, &self.reference)
            .finish()
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn decode(body: &[u8]) -> Result<Self, FormatError> {
        let mut fields = Fields::parse(body, 1..=5)?;
        Ok(Self {
            conversation: ConversationId(fields.require(1)?.array()?),
            link: Link::from_map(fields.require(2)?.fields(1..=4)?)?,
            seq: fields.require(3)?.uint()?,
            head: fields.require(4)?.array()?,
            reference: fields.require(5)?.array()?,
        })
    }
}

/// `{1 conversation, 2 epoch, 3 authenticator}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The group.
    pub conversation: ConversationId,
    /// The epoch.
    pub epoch: u64,
    /// Its authenticator (RFC 9420 §8.7).
    pub authenticator: [u8; 32],
}

impl Witness {
    /// The body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, &self.conversation.0)
            .uint(2, self.epoch)
            .bytes(3, &self.authenticator)
            .finish()
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn decode(body: &[u8]) -> Result<Self, FormatError> {
        let mut fields = Fields::parse(body, 1..=3)?;
        Ok(Self {
            conversation: ConversationId(fields.require(1)?.array()?),
            epoch: fields.require(2)?.uint()?,
            authenticator: fields.require(3)?.array()?,
        })
    }
}

/// `{1 conversation, 2 KeyPackage, 3? epoch}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejoin {
    /// The group whose state is lost.
    pub conversation: ConversationId,
    /// A fresh KeyPackage, its leaf signed for this very group: nobody else can ask for it.
    pub key_package: Vec<u8>,
    /// The epoch that we see; nothing where the state is lost.
    pub epoch: Option<u64>,
}

impl Rejoin {
    /// The body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, &self.conversation.0)
            .bytes(2, &self.key_package)
            .uint_if(3, self.epoch)
            .finish()
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn decode(body: &[u8]) -> Result<Self, FormatError> {
        let mut fields = Fields::parse(body, 1..=3)?;
        Ok(Self {
            conversation: ConversationId(fields.require(1)?.array()?),
            key_package: fields.require(2)?.bytes()?.to_vec(),
            epoch: fields.take(3).map(|epoch| epoch.uint()).transpose()?,
        })
    }
}
