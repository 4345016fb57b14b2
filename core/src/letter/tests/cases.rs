//! The letters of `tests/vectors/letter.json`: honest ones and one for every way to be wrong.

use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

use super::super::{Addressee, Envelope, Kind, LetterId};
use super::forge::Forge;
use super::{Person, envelope, rng, sealed};
use crate::age::{Passphrase, RecipientType, Stanza};
use crate::identity::Signature;
use crate::identity::card::{Card, CardContent};

/// Alice writes to Bob and Carol; Eve is not meant. Dora has a hybrid key.
pub(super) struct Cast {
    pub(super) alice: Person,
    pub(super) bob: Person,
    pub(super) carol: Person,
    pub(super) eve: Person,
    pub(super) dora: Person,
    pub(super) dan: Person,
}

impl Cast {
    pub(super) fn new() -> Self {
        let person = |number| Person::new(number, RecipientType::X25519);
        Self {
            alice: person(1),
            bob: person(2),
            carol: person(3),
            eve: person(4),
            dora: Person::new(5, RecipientType::Mlkem768X25519),
            dan: Person::new(6, RecipientType::Mlkem768X25519),
        }
    }

    fn forge(&self) -> Forge<'_> {
        Forge::new(&self.alice, &[&self.alice, &self.bob])
    }

    /// The card of a person at the revision that letters here name.
    fn card(owner: &Person, revision: u64) -> Card {
        Self::card_with(owner, revision, vec!["alice@mail.example".to_owned()])
    }

    pub(super) fn card_with(owner: &Person, revision: u64, addresses: Vec<String>) -> Card {
        let content = CardContent {
            identity: owner.secret.public(),
            revision: TimestampMs(revision),
            name: "Alice Example".to_owned(),
            addresses,
            recipients: vec![owner.key.recipient().clone()],
            devices: Vec::new(),
            is_retired: false,
        };
        let tbs = content.to_tbs().unwrap();
        let signature = owner.secret.sign(&[b"sotto/v1/card\0", &*tbs].concat());
        Card::assemble(&tbs, &signature).unwrap()
    }

    /// Letters that open, for Bob or, where hybrid, for Dora.
    pub(super) fn honest(&self) -> Vec<(&'static str, Vec<u8>)> {
        let envelope = |kind| envelope(kind, &self.alice, &[&self.alice, &self.bob]);
        let mail = Envelope {
            reply_to: Some(LetterId([9; 16])),
            card: Some(Self::card(&self.alice, envelope(Kind::Mail).card_revision)),
            ..envelope(Kind::Mail)
        };
        let file = Envelope {
            name: Some("map.png".to_owned()),
            content_type: Some("image/png".to_owned()),
            ..envelope(Kind::File)
        };
        let bare = Envelope {
            recipients: vec![
                self.alice.addressee(),
                Addressee {
                    identity: None,
                    ..self.bob.addressee()
                },
            ],
            ..envelope(Kind::Text)
        };
        let nameless = Envelope {
            name: None,
            ..envelope(Kind::Text)
        };
        let hybrid = super::envelope(Kind::Text, &self.dan, &[&self.dan, &self.dora]);
        let unknown_128 = Forge {
            encode: Box::new(|tbs| with_key(&tbs, 128)),
            ..self.forge()
        };
        vec![
            (
                "text",
                sealed(envelope(Kind::Text), &self.alice, b"At eight."),
            ),
            (
                "mail-with-card-and-reply",
                sealed(mail, &self.alice, b"Subject: x\r\n\r\nAt nine."),
            ),
            ("file", sealed(file, &self.alice, &[0xa5; 700])),
            ("bare", sealed(bare, &self.alice, b"At eight.")),
            ("empty", sealed(nameless, &self.alice, b"")),
            ("hybrid", sealed(hybrid, &self.dan, b"At eight.")),
            ("unknown-key-128", unknown_128.make()),
        ]
    }

    /// Files that open without a sender's proof.
    pub(super) fn unproved(&self) -> Vec<(&'static str, Vec<u8>)> {
        let plain = crate::age::seal(b"hello", &[self.bob.key.recipient().clone()], &mut rng());
        let password = Passphrase::new(Zeroizing::new("correct horse".to_owned()));
        vec![
            ("plain-age-file", plain.unwrap()),
            (
                "password-letter",
                password.seal(b"hello", 10, &mut rng()).unwrap(),
            ),
        ]
    }

    /// Letters that Bob must refuse, and the error that says why.
    pub(super) fn wrong(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let mut all = self.wrong_files();
        all.extend(self.wrong_seals());
        all.extend(self.wrong_signatures());
        all.extend(self.wrong_claims());
        all.extend(self.wrong_cards());
        all.extend(self.wrong_contents());
        all
    }

    /// Changed by someone without the file key.
    fn wrong_files(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let file = |name, error, change: fn(Vec<u8>) -> Vec<u8>| {
            (
                name,
                error,
                Forge {
                    file: Box::new(change),
                    ..self.forge()
                }
                .make(),
            )
        };
        vec![
            file("version-line-bit", "Age(UnsupportedVersion)", |f| {
                flip(f, 20)
            }),
            file("stanza-mark-bit", "Age(MalformedHeader { line: 2 })", |f| {
                flip(f, 22)
            }),
            file("other-share-bit", "Age(HeaderMac)", |f| {
                let at = find(&f, "-> X25519 ") + 20;
                replace(f, at)
            }),
            file("own-share-bit", "Age(NoMatch)", |f| {
                let first = find(&f, "-> X25519 ") + 1;
                let at = first + find(&f[first..], "-> X25519 ") + 20;
                replace(f, at)
            }),
            file("seal-body-bit", "Age(HeaderMac)", |f| {
                let at = find(&f, "-> sotto.seal.v1\n") + 17;
                replace(f, at)
            }),
            file("mac-bit", "Age(HeaderMac)", |f| {
                let at = find(&f, "\n--- ") + 6;
                replace(f, at)
            }),
            file("nonce-bit", "Signature", |f| {
                let at = payload(&f);
                flip(f, at)
            }),
            file("payload-bit", "Age(Chunk { index: 0 })", |f| {
                let at = payload(&f) + 16;
                flip(f, at)
            }),
            file("payload-tag-bit", "Age(Chunk { index: 0 })", |f| {
                let at = f.len() - 1;
                flip(f, at)
            }),
            file("payload-cut", "Age(Chunk { index: 0 })", |mut f| {
                f.pop();
                f
            }),
            file("payload-gone", "Age(TruncatedPayload)", |mut f| {
                f.truncate(payload(&f) + 16);
                f
            }),
            file("payload-and-more", "Age(Chunk { index: 0 })", |mut f| {
                f.push(0);
                f
            }),
        ]
    }

    /// The seal as a stanza.
    fn wrong_seals(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let arrange = |name, error, change: fn(Vec<Stanza>) -> Vec<Stanza>| {
            (
                name,
                error,
                Forge {
                    arrange: Box::new(change),
                    ..self.forge()
                }
                .make(),
            )
        };
        let frame = |name, error, change: fn(Vec<u8>) -> Vec<u8>| {
            (
                name,
                error,
                Forge {
                    frame: Box::new(change),
                    ..self.forge()
                }
                .make(),
            )
        };
        vec![
            arrange("two-seals", "SealShape", |mut stanzas| {
                stanzas.extend(stanzas.last().cloned());
                stanzas
            }),
            arrange("seal-first", "SealShape", |mut stanzas| {
                stanzas.rotate_right(1);
                stanzas
            }),
            arrange("seal-not-last", "SealShape", |mut stanzas| {
                stanzas.push(Stanza::new("grease", Vec::new(), vec![1; 480]));
                stanzas
            }),
            arrange("seal-with-argument", "SealShape", |mut stanzas| {
                stanzas.last_mut().unwrap().args.push("x".to_owned());
                stanzas
            }),
            arrange("seal-of-480-bytes", "SealShape", |mut stanzas| {
                stanzas.last_mut().unwrap().body.truncate(480);
                stanzas
            }),
            arrange("seal-too-long", "SealShape", |mut stanzas| {
                stanzas.last_mut().unwrap().body.resize(40 + 7680 + 512, 0);
                stanzas
            }),
            arrange("seal-v2", "NewerVersion", |mut stanzas| {
                stanzas.last_mut().unwrap().tag = "sotto.seal.v2".to_owned();
                stanzas
            }),
            arrange("seal-v1-and-v2", "NewerVersion", |mut stanzas| {
                stanzas.insert(0, Stanza::new("sotto.seal.v2", Vec::new(), Vec::new()));
                stanzas
            }),
            arrange(
                "stanza-added-before-seal",
                "SealTransplanted",
                |mut stanzas| {
                    stanzas.insert(0, Stanza::new("grease", Vec::new(), vec![1; 48]));
                    stanzas
                },
            ),
            frame("frame-padding-not-zero", "SealFraming", |mut pt| {
                *pt.last_mut().unwrap() = 1;
                pt
            }),
            frame("frame-padded-too-far", "SealFraming", |mut pt| {
                pt.resize(pt.len() + 512, 0);
                pt
            }),
            frame("frame-length-too-long", "SealFraming", |mut pt| {
                pt[0] = 0xff;
                pt
            }),
        ]
    }

    /// Changed by a co-recipient, who has the file key but not Alice's identity key.
    fn wrong_signatures(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let swap = |name, error, change: Box<dyn Fn(Vec<u8>) -> Vec<u8>>| {
            (
                name,
                error,
                Forge {
                    swap: change,
                    ..self.forge()
                }
                .make(),
            )
        };
        let sign = |name, change: fn(Signature) -> Signature| {
            (
                name,
                "Signature",
                Forge {
                    signature: Box::new(change),
                    ..self.forge()
                }
                .make(),
            )
        };
        let sender = |id: [u8; 33]| {
            Box::new(move |mut tbs: Vec<u8>| {
                tbs[4..37].copy_from_slice(&id);
                tbs
            })
        };
        let eve = *self.eve.secret.public().as_bytes();
        let mut small_order = [0; 33];
        small_order[..2].copy_from_slice(&[1, 1]);
        let mut other_algorithm = eve;
        other_algorithm[0] = 2;
        let mut cases = vec![
            swap("sender-replaced", "Signature", sender(eve)),
            swap(
                "sender-of-small-order",
                "SenderKey(Point)",
                sender(small_order),
            ),
            swap(
                "sender-algorithm-2",
                "SenderKey(Algorithm { algorithm: 2 })",
                sender(other_algorithm),
            ),
            swap(
                "sender-not-first",
                "Field { key: 1 }",
                Box::new(|mut tbs| {
                    tbs[1] = 0;
                    tbs
                }),
            ),
            sign("signature-r-bit", |mut signature| {
                signature.0[0] ^= 1;
                signature
            }),
            sign("signature-s-bit", |mut signature| {
                signature.0[32] ^= 1;
                signature
            }),
            sign("signature-s-not-canonical", |signature| {
                Signature(add_order(signature.0))
            }),
        ];
        for (name, key) in [
            ("sent-at-bit", 2),
            ("kind-bit", 3),
            ("length-bit", 4),
            ("digest-bit", 5),
            ("entry-bit", 6),
            ("revision-bit", 7),
            ("name-bit", 9),
        ] {
            cases.push(swap(
                name,
                "Signature",
                Box::new(move |tbs| flip_field(tbs, key)),
            ));
        }
        cases
    }

    /// Signed by Alice herself.
    fn wrong_claims(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let forge = || self.forge();
        let (alice, bob, carol) = (&self.alice, &self.bob, &self.carol);
        let eve = Some(self.eve.secret.public());
        let address = |bob: Addressee| forge().address(vec![alice.addressee(), bob]);
        let claim = |change: fn(&mut super::super::Claims)| Forge {
            claim: Box::new(move |mut claims| {
                change(&mut claims);
                claims
            }),
            ..forge()
        };
        let encode = |change: fn(Vec<u8>) -> Vec<u8>| Forge {
            encode: Box::new(change),
            ..forge()
        };
        let carol_entry = carol.addressee().entry();
        let one_more = Forge {
            claim: Box::new(move |mut claims| {
                claims.entries.push(carol_entry);
                claims.entries.sort_unstable();
                claims
            }),
            ..forge()
        };
        let someone_else = Forge {
            claim: Box::new(move |mut claims| {
                claims.entries = vec![carol_entry, [0xff; 32]];
                claims
            }),
            ..forge()
        };
        vec![
            (
                "key-of-another-identity",
                "NotAddressed",
                address(Addressee {
                    identity: eve,
                    ..bob.addressee()
                })
                .make(),
            ),
            (
                "sealed-to-someone-else",
                "NotAddressed",
                someone_else.make(),
            ),
            (
                "one-entry-too-many",
                "EntryCount { entries: 3, stanzas: 2 }",
                one_more.make(),
            ),
            (
                "one-entry-too-few",
                "EntryCount { entries: 1, stanzas: 2 }",
                claim(|claims| {
                    claims.entries.pop();
                })
                .make(),
            ),
            (
                "entries-descending",
                "Field { key: 6 }",
                claim(|claims| claims.entries.reverse()).make(),
            ),
            (
                "entries-repeated",
                "Field { key: 6 }",
                claim(|claims| claims.entries[1] = claims.entries[0]).make(),
            ),
            (
                "no-entries",
                "Field { key: 6 }",
                claim(|claims| claims.entries.clear()).make(),
            ),
            (
                "unknown-key-127",
                "Cbor(NewerVersion { key: 127 })",
                encode(|tbs| with_key(&tbs, 127)).make(),
            ),
            (
                "unknown-kind",
                "NewerVersion",
                encode(|tbs| set_field(tbs, 3, 4)).make(),
            ),
            (
                "map-with-trailing-byte",
                "Cbor(Trailing { offset: ",
                encode(|mut tbs| {
                    tbs.push(0);
                    tbs
                })
                .make(),
            ),
            (
                "name-of-513-bytes",
                "Field { key: 9 }",
                claim(|claims| claims.name = Some("x".repeat(513))).make(),
            ),
            (
                "name-with-control",
                "Field { key: 9 }",
                claim(|claims| claims.name = Some("a\u{7}".to_owned())).make(),
            ),
            (
                "file-name-with-path",
                "Field { key: 9 }",
                claim(|claims| {
                    claims.kind = Kind::File;
                    claims.name = Some("../x".to_owned());
                })
                .make(),
            ),
            (
                "content-type-on-text",
                "Field { key: 10 }",
                claim(|claims| claims.content_type = Some("text/html".to_owned())).make(),
            ),
        ]
    }

    fn wrong_cards(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let revision = self.forge().envelope.card_revision;
        let with = |card: Card| Forge {
            claim: Box::new(move |mut claims| {
                claims.card = Some(card.clone());
                claims
            }),
            ..self.forge()
        };
        let own = Self::card(&self.alice, revision);
        let broken = Forge {
            encode: Box::new(|tbs| {
                let name = find(&tbs, "Alice Example");
                flip(tbs, name)
            }),
            ..with(own)
        };
        vec![
            (
                "card-of-another",
                "CardMismatch",
                with(Self::card(&self.eve, revision)).make(),
            ),
            (
                "card-of-another-revision",
                "CardMismatch",
                with(Self::card(&self.alice, revision + 1)).make(),
            ),
            ("card-signature", "Card(Signature)", broken.make()),
        ]
    }

    fn wrong_contents(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let pad = |change: fn(Vec<u8>) -> Vec<u8>| Forge {
            pad: Box::new(change),
            ..self.forge()
        };
        let claim = |change: fn(&mut super::super::Claims)| Forge {
            claim: Box::new(move |mut claims| {
                change(&mut claims);
                claims
            }),
            ..self.forge()
        };
        vec![
            (
                "padding-of-zeros",
                "Padding",
                pad(|mut content| {
                    content.resize(256, 0);
                    content
                })
                .make(),
            ),
            ("padding-missing", "Length", pad(|content| content).make()),
            (
                "padding-too-long",
                "Length",
                pad(|mut content| {
                    content.resize(257, b'\n');
                    content
                })
                .make(),
            ),
            (
                "length-too-small",
                "Padding",
                claim(|claims| claims.length -= 1).make(),
            ),
            (
                "length-beyond-the-end",
                "Length",
                claim(|claims| claims.length = 1000).make(),
            ),
            (
                "length-immense",
                "Length",
                claim(|claims| claims.length = u64::MAX).make(),
            ),
            (
                "digest-of-something-else",
                "Digest",
                claim(|claims| claims.digest = [1; 32]).make(),
            ),
            (
                "file-padded",
                "Length",
                claim(|claims| {
                    claims.kind = Kind::File;
                    claims.name = None;
                })
                .make(),
            ),
        ]
    }
}

fn flip(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 1;
    bytes
}

/// Replaces a base64 character by another that keeps the text canonical.
fn replace(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    bytes
}

pub(super) fn find(bytes: &[u8], text: &str) -> usize {
    bytes
        .windows(text.len())
        .position(|window| window == text.as_bytes())
        .unwrap()
}

/// Where the payload nonce begins.
fn payload(file: &[u8]) -> usize {
    find(file, "\n--- ") + 49
}

/// Adds an entry behind all others: `key: 0`.
fn with_key(tbs: &[u8], key: u8) -> Vec<u8> {
    let mut more = [tbs, &[0x18, key, 0]].concat();
    more[0] += 1;
    more
}

/// Where the value of a key begins and ends.
fn field(tbs: &[u8], key: u8) -> core::ops::Range<usize> {
    let mut at = 1;
    loop {
        let end = skip(tbs, at + 1);
        if tbs[at] == key {
            return at + 1..end;
        }
        at = end;
    }
}

/// Where the item at `at` ends: numbers, strings and arrays of them.
fn skip(tbs: &[u8], at: usize) -> usize {
    let low = tbs[at] & 0x1f;
    let more = if low < 24 { 0 } else { 1_usize << (low - 24) };
    let after = at + 1 + more;
    let count = tbs[at + 1..after]
        .iter()
        .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
    let count = if more == 0 { usize::from(low) } else { count };
    match tbs[at] >> 5 {
        0 => after,
        4 => (0..count).fold(after, |at, _| skip(tbs, at)),
        _ => after + count,
    }
}

fn flip_field(tbs: Vec<u8>, key: u8) -> Vec<u8> {
    let last = field(&tbs, key).end - 1;
    flip(tbs, last)
}

fn set_field(mut tbs: Vec<u8>, key: u8, value: u8) -> Vec<u8> {
    let at = field(&tbs, key).start;
    tbs[at] = value;
    tbs
}

/// The same signature with S + L for S, which naive verifiers accept as well (RFC 8032 §8.4).
fn add_order(mut signature: [u8; 64]) -> [u8; 64] {
    let order = group_order();
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    signature
}

/// L = 2^252 + 27742317777372353535851937790883648493, little endian.
fn group_order() -> [u8; 32] {
    let low = 27_742_317_777_372_353_535_851_937_790_883_648_493_u128.to_le_bytes();
    let mut order = [0; 32];
    order[..16].copy_from_slice(&low);
    order[31] = 0x10;
    order
}
