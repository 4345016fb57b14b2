use sotto_protocol::TimestampMs;

use super::device::{Device, MAX_DEVICES};
use super::{CardError, MAX_CARD_LEN};
use crate::age::{Recipient, RecipientType};
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::identity::{IdentityKey, Signature};

/// Longest name, in bytes of UTF-8.
pub const MAX_NAME_LEN: usize = 128;
/// Most addresses.
pub const MAX_ADDRESSES: usize = 16;
/// Longest address, in bytes (RFC 5321 §4.5.3.1.3 without the angle brackets).
pub const MAX_ADDRESS_LEN: usize = 254;
/// Most recipient keys.
pub const MAX_RECIPIENTS: usize = 4;

/// What a card says about its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardContent {
    /// Who signs it.
    pub identity: IdentityKey,
    /// When it was signed; newer replaces older. See [`super::next_revision`].
    pub revision: TimestampMs,
    /// How the owner calls themselves: a claim.
    pub name: String,
    /// Where the owner is reached: a claim.
    pub addresses: Vec<String>,
    /// What letters to the owner are sealed to, preferred first.
    pub recipients: Vec<Recipient>,
    /// The owner's profiles.
    pub devices: Vec<Device>,
    /// The identity is given up; letters to it are no longer read.
    pub is_retired: bool,
}

impl CardContent {
    /// What is to be signed: a custodian signs it as [`crate::custody::Statement::Card`].
    ///
    /// # Errors
    /// [`CardError`] if a receiver would refuse the card.
    pub fn to_tbs(&self) -> Result<Vec<u8>, CardError> {
        let tbs = self.encode();
        if Self::decode(&tbs)? != *self {
            return Err(CardError::Framing);
        }
        let overhead = size_of::<u16>().saturating_add(size_of::<Signature>());
        let len = tbs.len().saturating_add(overhead);
        if len > MAX_CARD_LEN {
            Err(CardError::TooLong { len })
        } else {
            Ok(tbs)
        }
    }

    fn encode(&self) -> Vec<u8> {
        let texts = self.addresses.iter();
        let addresses = texts.fold(ArrayWriter::new(), |array, address| array.text(address));
        let recipients = self
            .recipients
            .iter()
            .fold(ArrayWriter::new(), |array, recipient| {
                let kind = u64::from(recipient.kind().code());
                array.array(&ArrayWriter::new().uint(kind).bytes(recipient.as_bytes()))
            });
        let map = MapWriter::new()
            .bytes(1, self.identity.as_bytes())
            .uint(2, self.revision.0)
            .text(3, &self.name)
            .array(4, &addresses)
            .array(5, &recipients);
        let devices = self.devices.iter();
        let devices = devices.fold(ArrayWriter::new(), |array, device| {
            array.array(&device.encode())
        });
        let map = if self.devices.is_empty() {
            map
        } else {
            map.array(6, &devices)
        };
        map.uint_if(7, self.is_retired.then_some(RETIRED)).finish()
    }

    pub(crate) fn decode(tbs: &[u8]) -> Result<Self, CardError> {
        let mut fields = Fields::parse(tbs, 1..=7)?;
        let content = Self {
            identity: IdentityKey::parse(fields.require(1)?.bytes()?)?,
            revision: decode_revision(&fields.require(2)?)?,
            name: fields.require(3)?.text_up_to(MAX_NAME_LEN)?.to_owned(),
            addresses: decode_addresses(fields.require(4)?)?,
            recipients: decode_list(fields.require(5)?, MAX_RECIPIENTS, decode_recipient)?,
            devices: match fields.take(6) {
                Some(devices) => decode_list(devices, MAX_DEVICES, Device::decode)?,
                None => Vec::new(),
            },
            is_retired: match fields.take(7).map(|state| state.uint()).transpose()? {
                None => false,
                Some(RETIRED) => true,
                Some(state) => return Err(CardError::State { state }),
            },
        };
        content.check()
    }

    fn check(self) -> Result<Self, CardError> {
        if !is_name(&self.name) {
            return Err(CardError::Name);
        }
        if self.recipients.is_empty() && !self.is_retired {
            return Err(CardError::NoRecipient);
        }
        let ids: Vec<_> = self.devices.iter().map(|device| device.id).collect();
        let is_repeated =
            has_repeats(&self.addresses) || has_repeats(&self.recipients) || has_repeats(&ids);
        if is_repeated {
            Err(CardError::Repeated)
        } else {
            Ok(self)
        }
    }
}

/// The only state that a card may name.
const RETIRED: u64 = 1;
/// Times are below 2^53 everywhere, so that every language can hold them.
const MAX_TIMESTAMP_MS: u64 = (1 << 53) - 1;

fn decode_revision(field: &Field<'_>) -> Result<TimestampMs, CborError> {
    let revision = field.uint()?;
    if revision > MAX_TIMESTAMP_MS {
        return Err(CborError::Range { key: 2 });
    }
    Ok(TimestampMs(revision))
}

fn decode_list<T>(
    field: Field<'_>,
    max_count: usize,
    decode: impl Fn(usize, Field<'_>) -> Result<T, CardError>,
) -> Result<Vec<T>, CardError> {
    let items = field.items(max_count)?.into_iter().enumerate();
    items.map(|(index, item)| decode(index, item)).collect()
}

fn decode_addresses(field: Field<'_>) -> Result<Vec<String>, CardError> {
    decode_list(field, MAX_ADDRESSES, |index, item| {
        let address = item.text()?;
        if is_address(address) {
            Ok(address.to_owned())
        } else {
            Err(CardError::Address { index })
        }
    })
}

fn decode_recipient(index: usize, field: Field<'_>) -> Result<Recipient, CardError> {
    let [kind, key] = field.tuple()?;
    let kind = u8::try_from(kind.uint()?)
        .ok()
        .and_then(RecipientType::from_code);
    let kind = kind.ok_or(CardError::RecipientType { index })?;
    Recipient::from_bytes(kind, key.bytes()?).map_err(|_| CardError::Recipient { index })
}

fn has_repeats<T: PartialEq>(items: &[T]) -> bool {
    let mut rest = items;
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return true;
        }
        rest = others;
    }
    false
}

/// Whether a name may stand in a card: 1 to 128 bytes, shown as written.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let is_blank = name.trim() != name || name.is_empty();
    !is_blank && name.len() <= MAX_NAME_LEN && !name.contains(is_invisible)
}

/// Whether an address may stand in a card: 1 to 254 bytes without spaces. Nothing says that it is
/// a mail address: other services have other names.
#[must_use]
pub fn is_address(address: &str) -> bool {
    let is_refused = |letter: char| letter.is_whitespace() || is_invisible(letter);
    (1..=MAX_ADDRESS_LEN).contains(&address.len()) && !address.contains(is_refused)
}

/// Control characters, line and paragraph separators, and the characters that turn the direction
/// of text around (UAX #9) or have no width: with them one name shows as another.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}
