//! Reader frames, from the block in the page to the errand of a surface.

use rand_core::Rng as _;
use sotto_protocol::ErrorCode;
use sotto_protocol::shell::{BlockKind, Errand, FoundBlock, FrameReply, FrameRequest, Job, Stamp};
use sotto_protocol::view::{CardVerdict, Letter};

use super::person::{PASSPHRASE, Person, only_contact, two};

fn stamp(frame: u32, document: &str) -> Stamp {
    Stamp {
        tab: 3,
        frame,
        document: document.to_owned(),
        origin: "https://mail.example".to_owned(),
        private: false,
    }
}

fn block(kind: BlockKind, text: &str) -> FoundBlock {
    FoundBlock {
        kind,
        text: text.to_owned(),
        message_from: vec![],
        message_date: None,
    }
}

impl Person {
    fn admit(&mut self, block: FoundBlock) -> String {
        let token = format!("{:032x}", self.rng.next_u64());
        let page = stamp(0, "page");
        let retired = self.app.admit(page, token.clone(), block, self.now);
        assert_eq!(retired.unwrap(), []);
        token
    }

    fn frame(
        &mut self,
        token: &str,
        request: &FrameRequest,
    ) -> Result<(FrameReply, Option<Errand>), ErrorCode> {
        let (now, rng) = (self.now, &mut self.rng);
        let outcome = self.app.frame(request, token, &stamp(9, "frame"), now, rng);
        let outcome = outcome.map_err(|error| error.code())?;
        let errand = outcome.errand.clone();
        Ok((self.commit(outcome), errand))
    }

    fn read(&mut self, token: &str) -> Letter {
        match self
            .frame(token, &FrameRequest::Open { reveal: false })
            .unwrap()
        {
            (
                FrameReply::Open {
                    letter: Some(letter),
                    ..
                },
                None,
            ) => letter,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_frame_reads_one_letter_and_leads_to_an_answer() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    let sealed = alice.write(&to_bob, "in a page").unwrap();
    let token = bob.admit(block(BlockKind::Letter, &sealed));
    assert_eq!(bob.read(&token).text, "in a page");
    assert_eq!(bob.read(&token).notes, [], "the same frame asks again");
    let (_, errand) = bob.frame(&token, &FrameRequest::Reply {}).unwrap();
    let errand = errand.unwrap();
    assert_eq!((errand.job, errand.to), (Job::Compose, vec![to_alice]));
    assert!(errand.reply_to.is_some());
    let (_, errand) = bob.frame(&token, &FrameRequest::OpenInSotto {}).unwrap();
    assert_eq!(errand.unwrap().read.unwrap().text, sealed);
    assert_eq!(
        bob.frame("00", &FrameRequest::Reply {}),
        Err(ErrorCode::TokenSpent)
    );
}

#[test]
fn a_letter_opened_ahead_is_for_its_frame_alone_once() {
    let (mut alice, mut bob) = two();
    let to_bob = only_contact(&mut alice);
    let [first, second] = ["first", "second"].map(|text| alice.write(&to_bob, text).unwrap());
    let holds = |bob: &Person| bob.app.desk.as_ref().unwrap().foreseen.is_some();
    let ahead = |bob: &mut Person, sealed: &str| {
        let token = bob.admit(block(BlockKind::Letter, sealed));
        bob.app.foresee(&token, bob.now);
        assert!(holds(bob));
        token
    };
    // Asked for, it is gone, and what is remembered is what it always was.
    let token = ahead(&mut bob, &first);
    let letter = bob.read(&token);
    assert_eq!((letter.text.as_str(), letter.notes.len()), ("first", 0));
    assert!(!holds(&bob));
    // Who asks for another letter does not get it, and it is dropped.
    let other = bob.admit(block(BlockKind::Letter, &first));
    let token = bob.admit(block(BlockKind::Letter, &second));
    bob.app.foresee(&token, bob.now);
    assert_eq!(bob.read(&other).text, "first");
    assert!(!holds(&bob));
    assert_eq!(bob.read(&token).text, "second");
    // Not again for a frame that has asked, nor for one that nobody admitted.
    bob.app.foresee(&token, bob.now);
    bob.app.foresee("00", bob.now);
    assert!(!holds(&bob));
}

#[test]
fn a_letter_opened_ahead_ends_with_what_it_was_opened_for() {
    let (mut alice, mut bob) = two();
    let to_bob = only_contact(&mut alice);
    let sealed = alice.write(&to_bob, "x").unwrap();
    let holds = |bob: &Person| {
        bob.app
            .desk
            .as_ref()
            .is_some_and(|it| it.foreseen.is_some())
    };
    let ends: [fn(&mut Person, &str); 4] = [
        |bob, token| bob.app.close(token, &stamp(0, "page")),
        |bob, _| bob.app.arrive(&stamp(0, "another page")),
        |bob, _| bob.app.page_left(3),
        |bob, _| bob.lock(),
    ];
    for end in ends {
        let token = bob.admit(block(BlockKind::Letter, &sealed));
        bob.app.foresee(&token, bob.now);
        assert!(holds(&bob));
        end(&mut bob, &token);
        assert!(!holds(&bob));
    }
    // Locked, nothing is opened; and what cannot be opened says so when it is asked for.
    let token = bob.admit(block(BlockKind::Letter, &sealed));
    bob.app.foresee(&token, bob.now);
    assert!(!holds(&bob));
    bob.unlock(PASSPHRASE).unwrap();
    let token = bob.admit(block(BlockKind::Letter, &sealed[..sealed.len() / 2]));
    bob.app.foresee(&token, bob.now);
    let open = FrameRequest::Open { reveal: false };
    bob.frame(&token, &open).unwrap_err();
}

#[test]
fn a_locked_frame_can_only_ask_to_unlock() {
    let (mut alice, mut bob) = two();
    let to_bob = only_contact(&mut alice);
    let sealed = alice.write(&to_bob, "x").unwrap();
    bob.lock();
    let token = bob.admit(block(BlockKind::Letter, &sealed));
    let (reply, _) = bob
        .frame(&token, &FrameRequest::Open { reveal: true })
        .unwrap();
    assert_eq!(
        reply,
        FrameReply::Open {
            letter: None,
            cards: vec![],
            locked: true
        }
    );
    let (_, errand) = bob.frame(&token, &FrameRequest::Unlock {}).unwrap();
    assert_eq!(errand.unwrap().job, Job::Unlock);
    assert_eq!(
        bob.frame(&token, &FrameRequest::Reply {}),
        Err(ErrorCode::VaultLocked)
    );
    bob.unlock(PASSPHRASE).unwrap();
    assert_eq!(bob.read(&token).text, "x");
}

#[test]
fn a_card_in_a_page_is_looked_at_and_added_elsewhere() {
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let mut bob = Person::create(2, "Bob", "bob@mail.example");
    let card = alice.card();
    let token = bob.admit(block(BlockKind::Card, &card));
    let before = bob.rows.clone();
    let (reply, _) = bob
        .frame(&token, &FrameRequest::Open { reveal: false })
        .unwrap();
    let FrameReply::Open {
        letter: None,
        cards,
        locked: false,
    } = reply
    else {
        panic!()
    };
    assert_eq!(cards[0].verdict, CardVerdict::New);
    assert_eq!(bob.rows, before, "nothing is stored by looking");
    let (_, errand) = bob.frame(&token, &FrameRequest::Unlock {}).unwrap();
    assert_eq!(errand.unwrap().cards, Some(card));
}

#[test]
fn a_letter_of_a_stranger_leads_to_their_card() {
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let mut bob = Person::create(2, "Bob", "bob@mail.example");
    let to_bob = alice.add(&bob.card()).unwrap().brief.id;
    let sealed = alice.write(&to_bob, "x").unwrap();
    let token = bob.admit(block(BlockKind::Letter, &sealed));
    let (_, errand) = bob.frame(&token, &FrameRequest::Reply {}).unwrap();
    let errand = errand.unwrap();
    let added = bob.add(&errand.cards.unwrap()).unwrap();
    assert_eq!(added.brief.name, "Alice Example");
}
