use rand_core::{TryCryptoRng, TryRng};
use sotto_protocol::{ErrorCode, TimestampMs};
use zeroize::Zeroizing;

use super::*;
use crate::age::{FileKey, Header, Recipient, RecipientType, wrap_for_all};
use crate::cbor::MapWriter;
use crate::identity::card::{Card, CardContent};
use crate::identity::{IdentityKey, IdentitySecret, Keyring, Seed, Signature};

struct Counting(u8);

impl TryRng for Counting {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unimplemented!("only bytes are drawn")
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        unimplemented!("only bytes are drawn")
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
        for byte in dst {
            self.0 = self.0.wrapping_mul(5).wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}
impl TryCryptoRng for Counting {}

const NOW: TimestampMs = TimestampMs(1_700_000_000_000);

fn seed() -> Seed {
    Seed::from_bytes(Zeroizing::new([5; 32]))
}

fn custodian() -> Custodian {
    Custodian::new(Keyring::derive(&seed()).unwrap())
}

fn identity() -> IdentityKey {
    seed().derive_identity().public()
}

fn header(recipients: &[Recipient]) -> Vec<u8> {
    let file_key = FileKey::from_bytes([6; 16]);
    let stanzas = wrap_for_all(recipients, &file_key, &mut Counting(3)).unwrap();
    Header::create(stanzas, &file_key)
        .unwrap()
        .as_bytes()
        .to_vec()
}

fn letter_tbs(sender: &IdentityKey) -> Vec<u8> {
    MapWriter::new()
        .bytes(1, sender.as_bytes())
        .uint(2, 7)
        .finish()
}

fn letter(sender: &IdentityKey) -> Statement {
    let tbs = Base64Url(letter_tbs(sender));
    Statement::Letter {
        head: Bytes([1; 32]),
        nonce: Bytes([2; 16]),
        tbs,
    }
}

fn card(change: impl FnOnce(&mut CardContent)) -> Statement {
    let keyring = Keyring::derive(&seed()).unwrap();
    let mut content = CardContent {
        identity: keyring.identity_key(),
        revision: NOW,
        name: "Alice".to_owned(),
        addresses: Vec::new(),
        recipients: keyring.current_recipients(),
        devices: Vec::new(),
        is_retired: false,
    };
    change(&mut content);
    Statement::Card {
        tbs: Base64Url(content.to_tbs().unwrap()),
    }
}

fn refusal(statement: &Statement) -> CustodyError {
    custodian().sign(statement, NOW).unwrap_err()
}

#[test]
fn a_locked_custodian_tells_only_that() {
    let mut custodian = custodian();
    custodian.lock();
    let status = custodian.answer(&Request::Status {}, NOW);
    assert_eq!(status, Ok(Reply::Status { is_locked: true }));
    for request in [
        Request::PublicKeys {},
        Request::Unwrap {
            header: Base64Url(Vec::new()),
        },
        Request::Sign {
            statement: letter(&identity()),
        },
    ] {
        assert_eq!(custodian.answer(&request, NOW), Err(CustodyError::Locked));
    }
}

#[test]
fn current_and_retired_keys_unwrap() {
    for kind in [RecipientType::X25519, RecipientType::Mlkem768X25519] {
        for (rotations, index) in [(0, 0), (1, 0), (1, 1)] {
            let mut keyring = Keyring::derive(&seed()).unwrap();
            (0..rotations).for_each(|_| keyring.rotate(&seed()).unwrap());
            let identity = seed().derive_recipient(kind, index).unwrap();
            let header = header(&[identity.recipient().clone()]);
            let unwrapped = Custodian::new(keyring).unwrap(&header).unwrap();
            assert_eq!(unwrapped.file_key, SecretBytes([6; 16]));
            assert_eq!(unwrapped.recipient.parse().unwrap(), *identity.recipient());
            assert_eq!(unwrapped.stanza, 0);
        }
    }
}

#[test]
fn rotated_keys_receive_alone() {
    let mut keyring = Keyring::derive(&seed()).unwrap();
    let old = keyring.current_recipients();
    keyring.rotate(&seed()).unwrap();
    let new = keyring.current_recipients();
    assert_eq!(new.len(), 2);
    assert!(new.iter().all(|recipient| !old.contains(recipient)));
    let again = Keyring::decode(&keyring.encode()).unwrap();
    assert_eq!(again.current_recipients(), new);
    assert_eq!(again.openers().count(), 4);
    assert_eq!(again.identity_key(), identity());
}

#[test]
fn a_header_is_one_header() {
    let keys = custodian().public_keys().unwrap();
    let whole = header(&[keys.recipients[0].parse().unwrap()]);
    let code = |header: &[u8]| custodian().unwrap(header).unwrap_err().code();
    assert_eq!(code(&whole[..whole.len() - 1]), ErrorCode::Truncated);
    assert_eq!(
        code(&[&whole[..], b"x"].concat()),
        ErrorCode::MalformedHeader
    );
    let other = Seed::from_bytes(Zeroizing::new([6; 32]));
    let other = other.derive_recipient(RecipientType::X25519, 0).unwrap();
    assert_eq!(
        code(&header(&[other.recipient().clone()])),
        ErrorCode::NotARecipient
    );
}

#[test]
fn a_letter_is_signed_for_its_sender_alone() {
    let statement = letter(&identity());
    let signed = custodian().sign(&statement, NOW).unwrap();
    let tbs = letter_tbs(&identity());
    let message = [b"sotto/v1/letter\0", &[1; 32][..], &[2; 16], &tbs].concat();
    identity()
        .verify(&message, &Signature(signed.signature.0))
        .unwrap();
    assert_eq!(signed.tbs.0, tbs);
    let other = IdentitySecret::from_seed(&[9; 32]).public();
    assert_eq!(refusal(&letter(&other)), CustodyError::ForeignIdentity);
    let mut cut = statement;
    if let Statement::Letter { tbs, .. } = &mut cut {
        tbs.0.pop();
    }
    assert!(matches!(refusal(&cut), CustodyError::Cbor(_)));
}

#[test]
fn a_card_lists_none_but_own_keys() {
    let statement = card(|_| ());
    let signed = custodian().sign(&statement, NOW).unwrap();
    let card_signed = Card::assemble(&signed.tbs.0, &Signature(signed.signature.0)).unwrap();
    assert_eq!(*card_signed.identity(), identity());
    let other = Seed::from_bytes(Zeroizing::new([6; 32]));
    let other = Keyring::derive(&other).unwrap();
    let foreign = card(|content| content.recipients = other.current_recipients());
    assert_eq!(
        refusal(&foreign),
        CustodyError::ForeignRecipient { index: 0 }
    );
    let foreign = card(|content| content.identity = other.identity_key());
    assert_eq!(refusal(&foreign), CustodyError::ForeignIdentity);
    let future = card(|content| content.revision = TimestampMs(NOW.0 * 2));
    assert_eq!(refusal(&future).code(), ErrorCode::CardFuture);
}

#[test]
fn leaf_and_successor_have_labels_of_their_own() {
    let leaf = Leaf {
        signature_key: Bytes([1; 32]),
        group_id: Base64Url(vec![2; 16]),
        device_id: Bytes([3; 16]),
        not_before: TimestampMs(1),
        not_after: TimestampMs(2),
    };
    let next = IdentitySecret::from_seed(&[9; 32]).public();
    let successor = Successor {
        successor: Bytes(*next.as_bytes()),
        at: NOW,
    };
    for (statement, label) in [
        (Statement::Leaf(leaf.clone()), &b"sotto/v1/leaf\0"[..]),
        (
            Statement::Successor(successor.clone()),
            b"sotto/v1/successor\0",
        ),
    ] {
        let signed = custodian().sign(&statement, NOW).unwrap();
        let message = [label, &signed.tbs.0].concat();
        identity()
            .verify(&message, &Signature(signed.signature.0))
            .unwrap();
    }
    let never = Leaf {
        not_after: TimestampMs(1),
        ..leaf.clone()
    };
    assert_eq!(refusal(&Statement::Leaf(never)), CustodyError::Leaf);
    let group = Leaf {
        group_id: Base64Url(vec![2; 15]),
        ..leaf
    };
    assert_eq!(refusal(&Statement::Leaf(group)), CustodyError::Leaf);
    let itself = Successor {
        successor: Bytes(*identity().as_bytes()),
        ..successor
    };
    assert_eq!(
        refusal(&Statement::Successor(itself)),
        CustodyError::Successor
    );
}

#[test]
fn requests_and_replies_have_a_strict_wire_form() {
    let request = Request::Sign {
        statement: letter(&identity()),
    };
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
    let reply = custodian().answer(&request, NOW).unwrap();
    let json = serde_json::to_string(&reply).unwrap();
    assert_eq!(serde_json::from_str::<Reply>(&json).unwrap(), reply);
    for refused in [
        r#"{"type":"export"}"#,
        r#"{"type":"status","more":1}"#,
        r#"{"type":"unwrap","header":"AA=="}"#,
        r#"{"type":"unwrap","header":"A"}"#,
        r#"{"type":"sign","statement":{"type":"bytes","tbs":"AA"}}"#,
        r#"{"type":"sign","statement":{"type":"card","tbs":"AA","head":"AA"}}"#,
    ] {
        assert!(
            serde_json::from_str::<Request>(refused).is_err(),
            "{refused}"
        );
    }
}
