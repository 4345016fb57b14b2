//! What the person exports opens their letters without us: in typage, which knows hybrid keys, and,
//! the classical keys, in the stock `age` command. `cargo xtask setup` installs both.
#![cfg(not(target_family = "wasm"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use common::{KeyFile, letter, rng, typage};
use serde_json::json;
use sotto_core::age::armor::{self, Label};
use sotto_core::age::{Identity, RecipientType};
use sotto_core::app::App;
use sotto_core::identity::card::Card;
use sotto_core::letter::Kind;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::view::TextForm;
use sotto_protocol::{SecretText, TimestampMs};

const PASSPHRASE: &str = "velvet harbor nine tulip";

/// A person, through the application alone, with the real key derivation.
struct Person {
    app: App,
    now: TimestampMs,
}

impl Person {
    fn create() -> Self {
        let (app, now) = (App::default(), TimestampMs(1_790_000_000_000));
        let mut person = Self { app, now };
        person.ask(DeskRequest::Create {
            name: "Alice Example".to_owned(),
            address: "alice@mail.example".to_owned(),
            passphrase: SecretText(PASSPHRASE.to_owned()),
        });
        person
    }

    fn ask(&mut self, request: DeskRequest) -> DeskReply {
        let jobs = self.app.kdf_jobs(&request, &mut rng()).unwrap();
        let keys: Vec<_> = jobs.iter().map(|job| job.run().unwrap()).collect();
        let outcome = self.app.handle(request, &keys, self.now, &mut rng());
        outcome.unwrap().reply
    }

    /// A letter to themself, as the composer seals it.
    fn write(&mut self, text: &str) -> Vec<u8> {
        let DeskReply::Compose { draft } = self.ask(DeskRequest::Compose {
            context: None,
            to: vec![],
            reply_to: None,
            private: false,
        }) else {
            panic!()
        };
        let DeskReply::SaveDraft { draft } = self.ask(DeskRequest::SaveDraft {
            id: draft.id,
            to: vec![],
            addresses: vec!["alice@mail.example".to_owned()],
            subject: "To myself".to_owned(),
            text: text.to_owned(),
            form: TextForm::Armor,
        }) else {
            panic!()
        };
        let DeskReply::Seal { sealed } = self.ask(DeskRequest::Seal {
            id: draft.id,
            seal_for: draft.seal_for,
        }) else {
            panic!()
        };
        armor::decode(Label::AgeEncryptedFile, sealed.text.as_bytes()).unwrap()
    }

    fn export(&mut self) -> [SecretText; 2] {
        let passphrase = SecretText(PASSPHRASE.to_owned());
        let reply = self.ask(DeskRequest::ExportIdentity { passphrase });
        let DeskReply::ExportIdentity { all, classical } = reply else {
            panic!("{reply:?}")
        };
        [all, classical]
    }
}

fn secrets(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn exported_keys_open_letters_in_other_programs() {
    let mut alice = Person::create();
    let before = alice.write("before the keys were rotated");
    alice.ask(DeskRequest::RotateKeys {
        passphrase: SecretText(PASSPHRASE.to_owned()),
    });
    let after = alice.write("after the keys were rotated");
    let [all, classical] = alice.export();

    let [newest, _, older, _] = secrets(&all.0)[..] else {
        panic!("four keys: {}", secrets(&all.0).len());
    };
    for (identity, letter, text) in [
        (older, &before, "before the keys were rotated"),
        (newest, &after, "after the keys were rotated"),
    ] {
        let request = json!({ "operation": "decrypt", "identity": identity });
        let opened = typage(request, letter);
        assert_eq!(str::from_utf8(&opened).unwrap().trim_end(), text);
    }

    // The stock command knows no hybrid keys; the same person's classical letters it opens.
    let DeskReply::OwnCard { card, .. } = alice.ask(DeskRequest::OwnCard {}) else {
        panic!()
    };
    let card = Card::parse_armor(&card).unwrap();
    let key = KeyFile::new("exported.key", &classical.0);
    for (at, secret) in secrets(&classical.0).into_iter().enumerate() {
        let identity: Identity = secret.parse().unwrap();
        assert_eq!(identity.recipient().kind(), RecipientType::X25519);
        let is_current = card.content().recipients.contains(identity.recipient());
        assert_eq!(is_current, at == 0, "the newest key comes first");
        let sealed = letter(&identity, Kind::File, b"exactly this");
        assert_eq!(key.open(&sealed).unwrap(), b"exactly this");
    }
}
