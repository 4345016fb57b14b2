//! Maps of keys 1 to 7, as an object of this version knows them.

use serde_json::{Value, json};
use sotto_core::cbor::Fields;
use sotto_protocol::ErrorCode::{self, MalformedCbor, NewerVersion};

use super::{Case, Object, accepted, bytes, refused};

pub(super) fn run(input: &Object) -> Result<Value, ErrorCode> {
    let bytes = bytes(input, "hex");
    let mut fields = Fields::parse(&bytes, 1..=7).map_err(|error| error.code())?;
    let known = (1..=7_u64)
        .filter(|key| fields.take(*key).is_some())
        .collect::<Vec<_>>();
    Ok(json!({ "keys": known }))
}

pub(super) fn cases() -> Vec<Case> {
    let yes = |name: &str, hex: &str| accepted(name, json!({ "hex": hex }));
    let no = |name: &str, hex: &str| refused(name, json!({ "hex": hex }), MalformedCbor);
    let newer = |name: &str, hex: &str| refused(name, json!({ "hex": hex }), NewerVersion);
    vec![
        yes("empty map", "a0"),
        yes(
            "every type",
            "a70101022003420102046161058201f606f407a118ff02",
        ),
        yes("largest number in 8 bytes", "a1011bffffffffffffffff"),
        yes("unknown key 128 is ignored", "a201011880f6"),
        yes(
            "unknown key 2^64-1 is ignored",
            "a201011bffffffffffffffff01",
        ),
        newer("unknown key 0", "a200010101"),
        newer("unknown key 8", "a201010801"),
        newer("unknown key 127", "a20101187f01"),
        no("no map", "8101"),
        no("empty input", ""),
        no("cut value", "a101"),
        no("cut string", "a1014301"),
        no("count claims more", "bbffffffffffffffff0101"),
        no("trailing byte", "a1010100"),
        no("number not shortest, 1 byte", "a1011817"),
        no("number not shortest, 2 bytes", "a1011900ff"),
        no("number not shortest, 4 bytes", "a1011a0000ffff"),
        no("number not shortest, 8 bytes", "a1011b00000000ffffffff"),
        no("length not shortest", "a101580101"),
        no("key not shortest", "a1180101"),
        no("count not shortest", "b8010101"),
        no("indefinite map", "bf0101ff"),
        no("indefinite array", "a1019f01ff"),
        no("indefinite bytes", "a1015f4101ff"),
        no("indefinite text", "a1017f6161ff"),
        no("key repeated", "a201010101"),
        no("keys unsorted", "a202010101"),
        no("text key", "a1616101"),
        no("negative key", "a12001"),
        no("tag", "a101c001"),
        no("half float", "a101f93c00"),
        no("single float", "a101fa3f800000"),
        no("double float", "a101fb3ff0000000000000"),
        no("undefined", "a101f7"),
        no("simple value 255", "a101f8ff"),
        no("reserved additional information", "a1011c"),
        no("text not UTF-8", "a10161ff"),
        no("text with a surrogate", "a10163eda080"),
        no("nested too deeply", "a1018181818181818181f6"),
    ]
}
