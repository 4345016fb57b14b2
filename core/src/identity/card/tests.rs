use proptest::prelude::*;
use sotto_protocol::{ErrorCode, TimestampMs};
use zeroize::Zeroizing;

use super::*;
use crate::cbor::{ArrayWriter, MapWriter};
use crate::identity::{IdentitySecret, Keyring, Seed};

fn keyring() -> Keyring {
    Keyring::derive(&Seed::from_bytes(Zeroizing::new([5; 32]))).unwrap()
}

fn content(keyring: &Keyring) -> CardContent {
    CardContent {
        identity: keyring.identity_key(),
        revision: TimestampMs(1_700_000_000_000),
        name: "Alice Example".to_owned(),
        addresses: vec!["alice@mail.example".to_owned()],
        recipients: keyring.current_recipients(),
        devices: Vec::new(),
        is_retired: false,
    }
}

fn device(relay: &str) -> Device {
    let relay = RelayOrigin::parse(relay).unwrap();
    Device {
        id: [1; 16],
        relay,
        stream: [2; 16],
        write_token: [3; 32],
    }
}

fn sign(secret: &IdentitySecret, tbs: &[u8]) -> Result<Card, CardError> {
    Card::assemble(tbs, &secret.sign(&signed_bytes(tbs)))
}

fn card(change: impl FnOnce(&mut CardContent)) -> Result<Card, CardError> {
    let keyring = keyring();
    let mut content = content(&keyring);
    change(&mut content);
    sign(keyring.identity(), &content.to_tbs()?)
}

#[test]
fn a_card_says_what_was_written() {
    let written = card(|content| content.devices.push(device("wss://relay.example"))).unwrap();
    let read = Card::parse_armor(&written.to_armor()).unwrap();
    assert_eq!(read, written);
    assert_eq!(read.content().devices, [device("wss://relay.example")]);
    assert_eq!(read.content().name, "Alice Example");
    assert_eq!(
        read.content().recipients[0].kind().code(),
        2,
        "hybrid is preferred"
    );
    assert!(read.as_bytes().len() < 1600, "a card is about 1.5 kB");
}

#[test]
fn every_flipped_bit_is_refused() {
    let card = card(|_| ()).unwrap();
    for at in 0..card.as_bytes().len() {
        let mut bytes = card.as_bytes().to_vec();
        bytes[at] ^= 1 << (at % 8);
        assert!(Card::parse(&bytes).is_err(), "byte {at}");
    }
    let longer = [card.as_bytes(), &[0]].concat();
    assert_eq!(Card::parse(&longer).unwrap_err(), CardError::Framing);
    let cut = &card.as_bytes()[..card.as_bytes().len() - 1];
    assert_eq!(Card::parse(cut).unwrap_err(), CardError::Framing);
}

#[test]
fn a_card_of_another_signer_is_refused() {
    let tbs = content(&keyring()).to_tbs().unwrap();
    let other = IdentitySecret::from_seed(&[8; 32]);
    assert_eq!(sign(&other, &tbs).unwrap_err(), CardError::Signature);
}

#[test]
fn unknown_keys_follow_the_version_rule() {
    let keyring = keyring();
    let with = |key| {
        let recipient = &keyring.current_recipients()[1];
        let row = ArrayWriter::new().uint(1).bytes(recipient.as_bytes());
        let tbs = MapWriter::new()
            .bytes(1, keyring.identity_key().as_bytes())
            .uint(2, 1)
            .text(3, "A")
            .array(4, &ArrayWriter::new())
            .array(5, &ArrayWriter::new().array(&row))
            .text(key, "later");
        sign(keyring.identity(), &tbs.finish())
    };
    for key in [8, 127] {
        assert_eq!(with(key).unwrap_err().code(), ErrorCode::NewerVersion);
    }
    let kept = with(128).unwrap();
    assert!(
        kept.as_bytes().windows(5).any(|bytes| bytes == b"later"),
        "kept as received"
    );
}

#[test]
fn names_and_addresses_show_as_written() {
    for name in [
        "",
        " Alice",
        "Alice\n",
        "Alice\u{202e}",
        "\u{200b}",
        &"a".repeat(129),
    ] {
        assert!(
            card(|content| content.name = name.to_owned()).is_err(),
            "{name:?}"
        );
    }
    assert!(card(|content| content.name = "Zoë 👩‍👩‍👧 Ångström".to_owned()).is_ok());
    for address in ["", "a b@c", "a@b\u{2028}", &"a".repeat(255)] {
        let refused = card(|content| content.addresses = vec![address.to_owned()]).unwrap_err();
        assert_eq!(refused, CardError::Address { index: 0 });
    }
    let twice = |content: &mut CardContent| content.addresses = vec!["a@b".to_owned(); 2];
    assert_eq!(card(twice).unwrap_err(), CardError::Repeated);
}

#[test]
fn limits_hold_when_writing() {
    let addresses = |count: usize, len: usize| {
        move |content: &mut CardContent| {
            content.addresses = (0..count)
                .map(|n| format!("{n:02}{}", "a".repeat(len)))
                .collect();
        }
    };
    assert!(card(addresses(16, 10)).is_ok());
    assert!(card(addresses(17, 10)).is_err());
    assert!(matches!(
        card(addresses(16, 200)),
        Err(CardError::TooLong { .. })
    ));
    assert_eq!(
        card(|content| content.recipients.clear()).unwrap_err(),
        CardError::NoRecipient
    );
    let retired = |content: &mut CardContent| {
        content.recipients.clear();
        content.is_retired = true;
    };
    assert!(card(retired).is_ok());
}

#[test]
fn revisions_never_go_back() {
    let at = |revision| card(|content| content.revision = TimestampMs(revision)).unwrap();
    let accepted = at(1000).to_accepted();
    assert_eq!(at(1000).succeeds(&accepted), Succession::Same);
    assert_eq!(at(1001).succeeds(&accepted), Succession::Newer);
    assert_eq!(at(999).succeeds(&accepted), Succession::Older);
    let other = card(|content| {
        content.revision = TimestampMs(1000);
        content.name = "Mallory".to_owned();
    });
    assert_eq!(other.unwrap().succeeds(&accepted), Succession::Conflicting);
    assert_eq!(
        next_revision(Some(TimestampMs(7)), TimestampMs(5)),
        TimestampMs(8)
    );
    assert_eq!(
        next_revision(Some(TimestampMs(7)), TimestampMs(50)),
        TimestampMs(50)
    );
}

#[test]
fn a_card_from_the_future_is_refused() {
    let card = card(|content| content.revision = TimestampMs(FUTURE_LIMIT_MS + 10)).unwrap();
    assert_eq!(card.content().check_date(TimestampMs(10)), Ok(()));
    let refused = card.content().check_date(TimestampMs(9)).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::CardFuture);
}

#[test]
fn what_protects_changes_only_with_the_person() {
    let keyring = keyring();
    let accepted = CardContent {
        devices: vec![device("wss://a.example")],
        ..content(&keyring)
    };
    let changed = |change: &dyn Fn(&mut CardContent)| {
        let mut newer = accepted.clone();
        change(&mut newer);
        CardChanges::between(&accepted, &newer).need_the_person()
    };
    assert!(!changed(&|newer| newer.recipients.truncate(1)));
    assert!(!changed(&|newer| newer.devices[0].stream = [9; 16]));
    assert!(changed(&|newer| newer
        .recipients
        .retain(|key| key.kind().code() == 1)));
    assert!(changed(&|newer| newer
        .devices
        .push(device("wss://b.example"))));
    assert!(changed(&|newer| newer.name.push('x')));
    assert!(changed(&|newer| newer.addresses.clear()));
    assert!(changed(&|newer| newer.is_retired = true));
}

proptest! {
    #[test]
    fn any_bytes_are_a_card_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Card::parse(&bytes).is_err());
    }
}
