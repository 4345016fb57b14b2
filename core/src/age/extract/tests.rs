#![expect(clippy::string_slice, reason = "a test that slices wrongly fails")]

use proptest::prelude::*;

use super::super::armor::{self, Label};
use super::*;

fn file() -> Vec<u8> {
    b"age-encryption.org/v1\n"
        .iter()
        .copied()
        .chain((0..=255).cycle().take(1000))
        .collect()
}

fn block() -> String {
    armor::encode(Label::AgeEncryptedFile, &file())
}

/// The only block of `text` holds the file.
fn survives(text: &str) {
    let found = find(text);
    assert_eq!(found.len(), 1, "{text}");
    assert_eq!(found[0].bytes.as_deref(), Ok(&*file()), "{text}");
}

#[test]
fn what_services_do_to_lines() {
    let block = block();
    survives(&block);
    survives(&block.replace('\n', "\r\n"));
    survives(&block.replace('\n', "\n\n"));
    survives(&block.replace('\n', "\n\u{200b}\n"));
    survives(&block.replace('\n', ""));
    survives(&block.replace('\n', " "));
    survives(&block.replace('\n', "\u{a0}\n\t "));
    survives(&block.replace('\n', "\n> "));
    survives(&block.replace('\n', "\n> > | "));
    survives(&block.replace(' ', "\u{a0}"));
    survives(&block.replace(' ', "  "));
    survives(&block.replace(' ', "\n"));
}

#[test]
fn what_services_do_to_dashes() {
    let block = block();
    for dashes in [
        "\u{2014}\u{2013}",
        "\u{2014}-",
        "\u{2013}\u{2013}-",
        "----",
        "- - - - -",
        "------",
    ] {
        survives(&block.replace("-----", dashes));
    }
}

#[test]
fn what_services_split() {
    let joined = block().replace('\n', "");
    for len in [350, 998, 1] {
        let parts: Vec<_> = joined
            .as_bytes()
            .chunks(len)
            .map(String::from_utf8_lossy)
            .collect();
        survives(&parts.join("\n"));
    }
}

#[test]
fn a_line_survives_splitting_and_quoting() {
    let line = line::encode(&file());
    survives(&line);
    survives(&format!("see {line} and tell me"));
    for len in [1, 7, 350] {
        let parts: Vec<_> = line
            .as_bytes()
            .chunks(len)
            .map(String::from_utf8_lossy)
            .collect();
        survives(&parts.join("\n> "));
        survives(&parts.join("\u{200b}"));
    }
}

#[test]
fn the_range_is_that_of_the_block() {
    let text = format!("Dear Bob,\n\n{}\nYours", block());
    let found = find(&text);
    assert_eq!(&text[found[0].range.clone()], block().trim_end());
}

#[test]
fn several_blocks_are_found_in_order() {
    let card = armor::encode(Label::SottoContactCard, b"card");
    let text = format!("a {} b {card} c {} d", block(), line::encode(b"x"));
    let forms: Vec<_> = find(&text)
        .into_iter()
        .map(|found| (found.form, found.bytes.is_ok()))
        .collect();
    let armor = Form::Armor(Label::AgeEncryptedFile);
    let card = Form::Armor(Label::SottoContactCard);
    assert_eq!(forms, [(armor, true), (card, true), (Form::Line, true)]);
}

#[test]
fn a_block_within_a_cut_block_is_found_on_its_own() {
    let cut = &block()[..200];
    let text = format!("{cut}\n{}", block());
    let found = find(&text);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].bytes, Err(AgeError::TruncatedArmor));
    assert_eq!(found[1].bytes.as_deref(), Ok(&*file()));
}

#[test]
fn nothing_is_repaired() {
    let block = block();
    let end = AgeError::MalformedArmor { line: 1 };
    for (text, error) in [
        (block.replace("YWdl", "YWd!"), end),
        (block.replace("YWdl", "YWdlYWd"), end),
        (block.replace("FILE-----\n", "FILE-----\nVersion: 1\n"), end),
        (block.replace("-----END", ""), AgeError::TruncatedArmor),
        (
            block.replace("END AGE ENCRYPTED FILE", "END SOTTO CONTACT CARD"),
            AgeError::TruncatedArmor,
        ),
        (
            block.split("-----END").next().unwrap().to_owned(),
            AgeError::TruncatedArmor,
        ),
    ] {
        assert_eq!(find(&text)[0].bytes, Err(error), "{text}");
    }
    let line = line::encode(&file());
    assert_eq!(
        find(&line[..line.len() - 1])[0].bytes,
        Err(AgeError::MalformedLine)
    );
}

#[test]
fn prose_is_no_block() {
    for text in [
        "",
        "BEGIN AGE ENCRYPTED FILE",
        "-----BEGIN PGP MESSAGE-----",
        "-----END AGE ENCRYPTED FILE-----",
        "sotto1. is the prefix of a line",
        "xsotto1.YWdl.",
        "-----BEGIN age encrypted file-----",
        "--------------------",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
}

#[test]
fn many_markers_take_linear_time() {
    let text = "-----BEGIN AGE ENCRYPTED FILE-----\n".repeat(20_000);
    assert_eq!(find(&text).len(), 20_000);
    let text = "-".repeat(200_000);
    assert_eq!(find(&text), []);
    let text = "sotto1.YWdl ".repeat(20_000);
    assert!(!find(&text).is_empty());
}

proptest! {
    #[test]
    fn any_text_is_looked_through(text in "(\\PC|[-> \n]|-----BEGIN AGE ENCRYPTED FILE-----|-----END AGE ENCRYPTED FILE-----|sotto1[.]YWdl|[A-Za-z0-9+/=.]){0,60}") {
        for found in find(&text) {
            prop_assert!(text.get(found.range).is_some());
        }
    }

    #[test]
    fn layout_anywhere_does_no_harm(
        bytes in proptest::collection::vec(any::<u8>(), 1..200),
        places in proptest::collection::vec((any::<proptest::sample::Index>(), "[ \n\r\t>\u{200b}\u{a0}\u{feff}]{1,3}"), 0..20),
    ) {
        for text in [armor::encode(Label::AgeEncryptedFile, &bytes), line::encode(&bytes)] {
            let mut characters: Vec<String> = text.chars().map(String::from).collect();
            for (place, layout) in &places {
                let at = place.index(characters.len());
                characters[at].push_str(layout);
            }
            let found = find(&characters.concat());
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(found[0].bytes.as_deref(), Ok(&*bytes));
        }
    }
}
