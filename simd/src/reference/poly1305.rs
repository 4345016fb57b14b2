//! RFC 8439 §2.5, in numbers of 64 bits that are added bit by bit: double and add.

/// A number below 2¹⁹², least first.
type Number = [u64; 3];

/// p = 2¹³⁰ − 5.
const P: Number = [u64::MAX - 4, u64::MAX, 3];

fn add(a: Number, b: Number) -> Number {
    let (low, carry) = a[0].overflowing_add(b[0]);
    let (middle, first) = a[1].overflowing_add(b[1]);
    let (middle, second) = middle.overflowing_add(u64::from(carry));
    let carry = u64::from(first) + u64::from(second);
    [low, middle, a[2] + b[2] + carry]
}

/// `a − p` where `a` is not below p, else `a`.
fn less_p(a: Number) -> Number {
    if [a[2], a[1], a[0]] < [P[2], P[1], P[0]] {
        return a;
    }
    // a + 5 − 2¹³⁰
    let [low, middle, high] = add(a, [5, 0, 0]);
    [low, middle, high - 4]
}

fn times(a: Number, r: u128) -> Number {
    let mut product = [0; 3];
    for bit in (0..128).rev() {
        product = less_p(add(product, product));
        if (r >> bit) & 1 == 1 {
            product = less_p(add(product, a));
        }
    }
    product
}

/// The tag of a message under a one-time key.
pub(super) fn tag(key: &[u8; 32], message: &[u8]) -> [u8; 16] {
    let (halves, _) = key.as_chunks::<16>();
    let [r, s] = halves else { return [0; 16] };
    let r = u128::from_le_bytes(*r) & 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff;
    let mut sum = [0; 3];
    for block in message.chunks(16) {
        // The bytes and a 1 after them, little-endian.
        let mut bytes = [0; 24];
        for (to, from) in bytes.iter_mut().zip(block.iter().chain([&1])) {
            *to = *from;
        }
        let mut number = [0; 3];
        for (to, word) in number.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *to = u64::from_le_bytes(*word);
        }
        sum = times(less_p(add(sum, number)), r);
    }
    let low = u128::from(sum[0]) | (u128::from(sum[1]) << 64);
    low.wrapping_add(u128::from_le_bytes(*s)).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::tag;

    /// RFC 8439 §2.5.2.
    #[test]
    fn the_tag_of_the_rfc() {
        let key = *b"\x85\xd6\xbe\x78\x57\x55\x6d\x33\x7f\x44\x52\xfe\x42\xd5\x06\xa8\
            \x01\x03\x80\x8a\xfb\x0d\xb2\xfd\x4a\xbf\xf6\xaf\x41\x49\xf5\x1b";
        assert_eq!(
            tag(&key, b"Cryptographic Forum Research Group"),
            *b"\xa8\x06\x1d\xc1\x30\x51\x36\xc6\xc2\x2b\x8b\xaf\x0c\x01\x27\xa9"
        );
    }
}
