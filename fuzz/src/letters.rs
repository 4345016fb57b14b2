use std::sync::LazyLock;

use sotto_core::age::{FileKey, Header, Identity, PayloadNonce, RecipientType, Stanza};
use sotto_core::letter::{Opening, SEAL_TAG, Statement};
use sotto_core::sealed_box::seal_box;
use zeroize::Zeroizing;

use crate::sealed::ZeroRng;
use crate::signed;

const FILE_KEY: [u8; 16] = [1; 16];
const NONCE: [u8; 16] = [2; 16];
const BOX_INFO: &str = "sotto/v1/seal";

/// Seals, from both sides of the cryptography: a header whose seal holds the input as it is, and
/// one whose seal holds the input as a map signed by the sender whom it names.
///
/// # Panics
/// On a finding.
pub fn seal(input: &[u8]) {
    prove(input);
    let signed = [&[0xa1, 0x01][..], input].concat();
    for tbs in [input, &signed] {
        prove(&framed(tbs));
    }
}

static OWN_KEY: LazyLock<Option<Identity>> =
    LazyLock::new(|| Identity::from_secret(RecipientType::X25519, Zeroizing::new([4; 32])).ok());

fn before() -> Stanza {
    Stanza::new("X25519", vec!["x".to_owned()], vec![0; 32])
}

fn head() -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(Header::prefix(&[before()])).into()
}

/// `u16(len) ‖ tbs ‖ signature ‖ zeros`, with the sender's key put where a map has it.
fn framed(tbs: &[u8]) -> Vec<u8> {
    let tbs = signed::with_sender(tbs);
    let Ok(len) = u16::try_from(tbs.len()) else {
        return Vec::new();
    };
    let nonce = PayloadNonce::from_bytes(NONCE);
    let statement = Statement {
        head: head(),
        nonce,
        tbs,
    };
    let signature = signed::sign(&statement.signed_bytes());
    let mut pt = [&len.to_be_bytes()[..], &statement.tbs, &signature].concat();
    pt.resize(pt.len().next_multiple_of(512), 0);
    pt
}

fn prove(pt: &[u8]) {
    let file_key = FileKey::from_bytes(FILE_KEY);
    let Ok(body) = seal_box(&FILE_KEY, BOX_INFO, &head(), pt, &mut ZeroRng) else {
        return;
    };
    let stanzas = vec![before(), Stanza::new(SEAL_TAG, Vec::new(), body)];
    let Ok(header) = Header::create(stanzas, &file_key) else {
        return;
    };
    let own_id = signed::sender();
    let opening = Opening::new(header, PayloadNonce::from_bytes(NONCE));
    let (Ok(Opening::Sealed(letter)), Some(own)) = (opening, &*OWN_KEY) else {
        return;
    };
    if let Ok(proved) = letter.prove(&file_key, own.recipient(), &own_id) {
        // There is no payload: nothing may be released.
        assert!(proved.open(&[]).is_err());
    }
}
