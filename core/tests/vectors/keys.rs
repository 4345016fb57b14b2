//! Keys: derivation from the seed, and what is refused as identity key or signature.

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sotto_core::age::RecipientType;
use sotto_core::identity::{IdentityKey, Seed, Signature};
use sotto_protocol::ErrorCode;
use zeroize::Zeroizing;

use super::{Case, Object, accepted, array, bytes, hex, refused, text, unhex};

pub(super) fn run(input: &Object) -> Result<Value, ErrorCode> {
    match text(input, "op") {
        "derive" => Ok(derive(input)),
        "parse" => {
            let key =
                IdentityKey::parse(&bytes(input, "identity")).map_err(|error| error.code())?;
            Ok(json!({ "identity": hex(key.as_bytes()) }))
        }
        _ => {
            let key =
                IdentityKey::parse(&bytes(input, "identity")).map_err(|error| error.code())?;
            let signature = Signature(array(input, "signature"));
            let verified = key.verify(&bytes(input, "message"), &signature);
            verified.map_err(|error| error.code())?;
            Ok(json!({}))
        }
    }
}

fn derive(input: &Object) -> Value {
    let seed = Seed::from_bytes(Zeroizing::new(array(input, "seed")));
    let index = u32::try_from(input["index"].as_u64().unwrap()).unwrap();
    let key = |kind| seed.derive_recipient(kind, index).unwrap();
    let x25519 = key(RecipientType::X25519);
    let hybrid = key(RecipientType::Mlkem768X25519);
    json!({
        "identity": hex(seed.derive_identity().public().as_bytes()),
        "x25519": x25519.recipient().to_string(),
        "x25519_secret": *x25519.to_secret_string(),
        "mlkem768x25519": hybrid.recipient().to_string(),
        "mlkem768x25519_secret": *hybrid.to_secret_string(),
    })
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = derivations();
    cases.extend(parsing());
    cases.extend(signatures());
    cases
}

fn derivations() -> Vec<Case> {
    let derive = |name: &str, seed: [u8; 32], index: u32| {
        accepted(
            name,
            json!({ "op": "derive", "seed": hex(seed), "index": index }),
        )
    };
    vec![
        derive("zero seed, index 0", [0; 32], 0),
        derive(
            "counting seed, index 0",
            core::array::from_fn(|at| at as u8),
            0,
        ),
        derive(
            "counting seed, index 1",
            core::array::from_fn(|at| at as u8),
            1,
        ),
        derive("last index", [0xff; 32], u32::MAX),
    ]
}

fn parsing() -> Vec<Case> {
    let input = |identity: &str| json!({ "op": "parse", "identity": identity });
    let malformed = |name: &str, point: &str| {
        refused(name, input(&format!("01{point}")), ErrorCode::MalformedKey)
    };
    let valid = hex(SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes());
    let f = "f".repeat(58);
    vec![
        accepted("a key", input(&format!("01{valid}"))),
        refused(
            "unknown algorithm",
            input(&format!("02{valid}")),
            ErrorCode::NewerVersion,
        ),
        refused("too short", input(&valid), ErrorCode::MalformedKey),
        refused(
            "too long",
            input(&format!("01{valid}00")),
            ErrorCode::MalformedKey,
        ),
        malformed("small order 1", &format!("01{}", "00".repeat(31))),
        malformed("small order 2", &format!("ec{f}ffff7f")),
        malformed("small order 4", &"00".repeat(32)),
        malformed(
            "small order 8",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        ),
        malformed("small order, not canonical", &format!("ee{f}ffff7f")),
        malformed("y above the field, not canonical", &format!("f0{f}ffff7f")),
        malformed(
            "zero x with the sign set",
            &format!("01{}80", "00".repeat(30)),
        ),
        malformed("not on the curve", &format!("02{}", "00".repeat(31))),
    ]
}

/// The order of the group, RFC 8032 §5.1, little endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn signatures() -> Vec<Case> {
    let secret = SigningKey::from_bytes(&[7; 32]);
    let identity = format!("01{}", hex(secret.verifying_key().to_bytes()));
    let signature = secret.sign(b"message").to_bytes();
    let input = |signature: [u8; 64], message: &str| {
        let message = hex(message);
        json!({ "op": "verify", "identity": identity, "message": message, "signature": hex(signature) })
    };
    let refuse = |name: &str, signature, message| {
        refused(name, input(signature, message), ErrorCode::BadSignature)
    };
    let flipped = |at: usize| {
        let mut flipped = signature;
        flipped[at] ^= 1;
        flipped
    };
    let mut small_r = signature;
    small_r[..32].copy_from_slice(&unhex(&format!("01{}", "00".repeat(31))));
    vec![
        accepted("a signature", input(signature, "message")),
        refuse("another message", signature, "Message"),
        refuse("flipped bit in R", flipped(0), "message"),
        refuse("flipped bit in S", flipped(32), "message"),
        refuse("S not canonical", plus_order(signature), "message"),
        refuse("R of small order", small_r, "message"),
    ]
}

/// The same signature with `S + L`, which verifiers that do not check the range accept.
fn plus_order(mut signature: [u8; 64]) -> [u8; 64] {
    let mut carry = 0_u16;
    for (digit, order) in signature[32..].iter_mut().zip(unhex(ORDER)) {
        carry = carry + u16::from(*digit) + u16::from(order);
        *digit = (carry & 0xff) as u8;
        carry >>= 8;
    }
    signature
}
