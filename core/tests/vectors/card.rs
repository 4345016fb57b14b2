//! Contact cards: what is read, what is refused, and how revisions follow each other.

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sotto_core::age::Recipient;
use sotto_core::cbor::{ArrayWriter, MapWriter};
use sotto_core::identity::card::Card;
use sotto_core::identity::{Keyring, Seed};
use sotto_protocol::{ErrorCode, TimestampMs};
use zeroize::Zeroizing;

use super::{Case, Object, accepted, bytes, hex, refused, text};

const NOW: u64 = 1_764_000_000_000;

pub(super) fn run(input: &Object) -> Result<Value, ErrorCode> {
    let card = if input.contains_key("armor") {
        Card::parse_armor(text(input, "armor"))
    } else {
        Card::parse(&bytes(input, "card"))
    };
    let card = card.map_err(|error| error.code())?;
    let content = card.content();
    content
        .check_date(TimestampMs(NOW))
        .map_err(|error| error.code())?;
    if input.contains_key("accepted") {
        let accepted = Card::parse(&bytes(input, "accepted"))
            .unwrap()
            .to_accepted();
        return Ok(json!({ "succession": format!("{:?}", card.succeeds(&accepted)) }));
    }
    Ok(json!({
        "identity": hex(content.identity.as_bytes()),
        "revision": content.revision.0,
        "name": content.name,
        "addresses": content.addresses,
        "recipients": content.recipients.iter().map(Recipient::to_string).collect::<Vec<_>>(),
        "relays": content.devices.iter().map(|device| device.relay.as_str()).collect::<Vec<_>>(),
        "retired": content.is_retired,
        "digest": hex(card.digest()),
    }))
}

struct Signer32(SigningKey, Vec<Recipient>);

fn alice() -> Signer32 {
    // The identity key that the seed of 32 times 5 derives, see keys.json.
    let seed = Seed::from_bytes(Zeroizing::new([5; 32]));
    let keyring = Keyring::derive(&seed).unwrap();
    Signer32(
        SigningKey::from_bytes(&[11; 32]),
        keyring.current_recipients(),
    )
}

fn identity(key: &SigningKey) -> Vec<u8> {
    [&[1], &key.verifying_key().to_bytes()[..]].concat()
}

fn frame(tbs: &[u8], signature: &[u8]) -> Vec<u8> {
    let len = u16::try_from(tbs.len()).unwrap();
    [&len.to_be_bytes(), tbs, signature].concat()
}

impl Signer32 {
    fn recipient(&self, at: usize) -> ArrayWriter {
        let recipient = &self.1[at];
        ArrayWriter::new()
            .uint(recipient.kind().code().into())
            .bytes(recipient.as_bytes())
    }

    fn recipients(&self) -> ArrayWriter {
        ArrayWriter::new()
            .array(&self.recipient(0))
            .array(&self.recipient(1))
    }

    fn base(&self, revision: u64, name: &str) -> MapWriter {
        let addresses = ArrayWriter::new().text("alice@mail.example");
        let map = MapWriter::new()
            .bytes(1, &identity(&self.0))
            .uint(2, revision);
        map.text(3, name).array(4, &addresses)
    }

    fn map(&self, revision: u64, name: &str) -> MapWriter {
        self.base(revision, name).array(5, &self.recipients())
    }

    fn sign(&self, map: MapWriter) -> Vec<u8> {
        self.sign_bytes(&map.finish())
    }

    fn sign_bytes(&self, tbs: &[u8]) -> Vec<u8> {
        let signed = [b"sotto/v1/card\0", tbs].concat();
        frame(tbs, &self.0.sign(&signed).to_bytes())
    }
}

fn device(relay: &str) -> ArrayWriter {
    ArrayWriter::new()
        .bytes(&[1; 16])
        .text(relay)
        .bytes(&[2; 16])
        .bytes(&[3; 32])
}

fn input(card: impl AsRef<[u8]>) -> Value {
    json!({ "card": hex(card) })
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = contents();
    cases.extend(tampering());
    cases.extend(framing());
    cases.extend(successions());
    cases
}

fn contents() -> Vec<Case> {
    use ErrorCode::{AddressInvalid, CardFuture, MalformedCard, NameInvalid, NewerVersion};
    let alice = alice();
    let of = |map| input(alice.sign(map));
    let plain = || alice.map(NOW, "Alice Example");
    let devices = |relay| ArrayWriter::new().array(&device(relay));
    let two = devices("wss://relay.example").array(&device("wss://relay.example"));
    let no_key = alice.base(NOW, "A").array(5, &ArrayWriter::new());
    let five = (0..5).fold(ArrayWriter::new(), |all, _| all.array(&alice.recipient(1)));
    let kind_3 = ArrayWriter::new().array(&ArrayWriter::new().uint(3).bytes(&[9; 32]));
    let zero = ArrayWriter::new().array(&ArrayWriter::new().uint(1).bytes(&[0; 32]));
    let long = ArrayWriter::new().text(&"a".repeat(255));
    let many = (0..17).fold(ArrayWriter::new(), |all, at| all.text(&format!("a{at}@b")));
    let with_addresses = |addresses: &ArrayWriter| {
        let map = MapWriter::new()
            .bytes(1, &identity(&alice.0))
            .uint(2, NOW)
            .text(3, "A");
        of(map.array(4, addresses).array(5, &alice.recipients()))
    };
    vec![
        accepted("plain", of(plain())),
        accepted(
            "with a device",
            of(plain().array(6, &devices("wss://relay.example"))),
        ),
        accepted(
            "with a device on loopback",
            of(plain().array(6, &devices("ws://127.0.0.1:9000"))),
        ),
        accepted("retired", of(plain().uint(7, 1))),
        accepted("retired without keys", of(no_key.uint(7, 1))),
        accepted("unknown key 128 is kept", of(plain().text(128, "later"))),
        refused(
            "unknown key 127",
            of(plain().text(127, "later")),
            NewerVersion,
        ),
        refused("unknown key 8", of(plain().text(8, "later")), NewerVersion),
        refused("unknown state", of(plain().uint(7, 2)), NewerVersion),
        refused(
            "unknown key type",
            of(alice.base(NOW, "A").array(5, &kind_3)),
            NewerVersion,
        ),
        refused(
            "small-order recipient key",
            of(alice.base(NOW, "A").array(5, &zero)),
            MalformedCard,
        ),
        refused(
            "five recipient keys",
            of(alice.base(NOW, "A").array(5, &five)),
            MalformedCard,
        ),
        refused(
            "no recipient key",
            of(alice.base(NOW, "A").array(5, &ArrayWriter::new())),
            MalformedCard,
        ),
        refused("key 5 missing", of(alice.base(NOW, "A")), MalformedCard),
        refused(
            "name too long",
            of(alice.map(NOW, &"a".repeat(129))),
            MalformedCard,
        ),
        refused("name empty", of(alice.map(NOW, "")), NameInvalid),
        refused(
            "name turns text around",
            of(alice.map(NOW, "Alice\u{202e}bob")),
            NameInvalid,
        ),
        refused("17 addresses", with_addresses(&many), MalformedCard),
        refused("address too long", with_addresses(&long), AddressInvalid),
        refused(
            "plain ws relay",
            of(plain().array(6, &devices("ws://relay.example"))),
            MalformedCard,
        ),
        refused(
            "relay with a path",
            of(plain().array(6, &devices("wss://relay.example/x"))),
            MalformedCard,
        ),
        refused("device repeated", of(plain().array(6, &two)), MalformedCard),
        accepted("a day ahead", of(alice.map(NOW + 86_400_000, "A"))),
        refused(
            "more than a day ahead",
            of(alice.map(NOW + 86_400_001, "A")),
            CardFuture,
        ),
    ]
}

/// A flipped bit in each field of what is signed, and in what surrounds it.
fn tampering() -> Vec<Case> {
    let alice = alice();
    let card = alice.sign(alice.map(NOW, "Alice Example"));
    let flip = |at: usize| {
        let mut flipped = card.clone();
        flipped[at] ^= 1;
        input(flipped)
    };
    let find = |needle: &[u8]| {
        card.windows(needle.len())
            .position(|bytes| bytes == needle)
            .unwrap()
    };
    let name = find(b"Alice Example");
    let address = find(b"alice@mail");
    let hybrid = find(alice.1[0].as_bytes());
    let x25519 = find(alice.1[1].as_bytes());
    let last = card.len() - 1;
    let mut no_canonical_s = card.clone();
    no_canonical_s[last] |= 0xf0;
    let bad = |name: &str, input| refused(name, input, ErrorCode::BadSignature);
    let mut small = card.clone();
    small[7..39].fill(0);
    let other = SigningKey::from_bytes(&[12; 32]);
    let tbs = alice.map(NOW, "Alice Example").finish();
    let by_other = frame(
        &tbs,
        &other
            .sign(&[b"sotto/v1/card\0", &tbs[..]].concat())
            .to_bytes(),
    );
    let as_leaf = frame(
        &tbs,
        &alice
            .0
            .sign(&[b"sotto/v1/leaf\0", &tbs[..]].concat())
            .to_bytes(),
    );
    vec![
        refused(
            "flipped bit in the length",
            flip(1),
            ErrorCode::MalformedCard,
        ),
        refused("flipped algorithm", flip(6), ErrorCode::NewerVersion),
        refused(
            "small-order identity key",
            input(small),
            ErrorCode::MalformedCard,
        ),
        bad("flipped bit in the revision", flip(48)),
        bad("flipped bit in the name", flip(name)),
        bad("flipped bit in an address", flip(address)),
        bad("flipped bit in the hybrid key", flip(hybrid)),
        bad("flipped bit in the X25519 key", flip(x25519)),
        bad("flipped bit in R", flip(last - 63)),
        bad("flipped bit in S", flip(last - 31)),
        bad("S not canonical", input(no_canonical_s)),
        bad("signed by another", input(by_other)),
        bad("signed under another label", input(as_leaf)),
    ]
}

fn framing() -> Vec<Case> {
    let alice = alice();
    let card = alice.sign(alice.map(NOW, "Alice Example"));
    let tbs = alice.map(NOW, "Alice Example").finish();
    // 0x18 0x01 for key 1: signed, and still not the one encoding.
    let longer = [&[0xa5, 0x18, 0x01], &tbs[2..]].concat();
    let large = alice.sign(alice.map(NOW, "A").bytes(200, &[0; 2000]));
    let armor = Card::parse(&card).unwrap().to_armor();
    let armored = |text: String| json!({ "armor": text });
    vec![
        refused("empty", input(b""), ErrorCode::MalformedCard),
        refused(
            "cut",
            input(&card[..card.len() - 1]),
            ErrorCode::MalformedCard,
        ),
        refused(
            "byte follows",
            input([&card[..], &[0]].concat()),
            ErrorCode::MalformedCard,
        ),
        refused(
            "key not shortest",
            input(alice.sign_bytes(&longer)),
            ErrorCode::MalformedCard,
        ),
        refused("over 3,072 bytes", input(large), ErrorCode::TooLarge),
        accepted("armored", armored(armor.clone())),
        accepted("armored with CRLF", armored(armor.replace('\n', "\r\n"))),
        refused(
            "armored as an age file",
            armored(armor.replace("SOTTO CONTACT CARD", "AGE ENCRYPTED FILE")),
            ErrorCode::MalformedArmor,
        ),
        refused(
            "armor with text before",
            armored(format!("x{armor}")),
            ErrorCode::MalformedArmor,
        ),
        refused(
            "armor without its end",
            armored(armor.replace("-----END SOTTO CONTACT CARD-----\n", "")),
            ErrorCode::Truncated,
        ),
    ]
}

fn successions() -> Vec<Case> {
    let alice = alice();
    let accepted_card = alice.sign(alice.map(NOW, "Alice Example"));
    let follow = |name: &str, revision, person| {
        let card = alice.sign(alice.map(revision, person));
        accepted(
            name,
            json!({ "accepted": hex(&accepted_card), "card": hex(card) }),
        )
    };
    vec![
        follow("the same card again", NOW, "Alice Example"),
        follow("revision equal, other bytes", NOW, "Mallory"),
        follow("revision lower", NOW - 1, "Alice Example"),
        follow("revision higher", NOW + 1, "Alice Example"),
    ]
}
