use base64ct::{Base64Unpadded, Encoding};

/// Columns of a full body line.
pub(super) const COLUMNS: usize = 64;

/// One recipient stanza: the file key wrapped in some way, or an extension (section "Recipient
/// stanza").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stanza {
    /// First argument, the type: printable ASCII without spaces, not empty.
    pub tag: String,
    /// Further arguments, of the same alphabet.
    pub args: Vec<String>,
    /// Decoded body.
    pub body: Vec<u8>,
}

impl Stanza {
    /// A stanza of type `tag`.
    ///
    /// `tag` and `args` are ours to choose and must be printable ASCII: they are written as they
    /// are.
    #[must_use]
    pub fn new(tag: &str, args: Vec<String>, body: Vec<u8>) -> Self {
        Self {
            tag: tag.to_owned(),
            args,
            body,
        }
    }

    /// Appends the stanza as header text.
    ///
    /// A body of a multiple of 48 bytes ends with an empty line, as the grammar demands.
    pub fn encode_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"->");
        for arg in core::iter::once(&self.tag).chain(&self.args) {
            out.push(b' ');
            out.extend_from_slice(arg.as_bytes());
        }
        out.push(b'\n');
        let body = Base64Unpadded::encode_string(&self.body);
        let lines = body.as_bytes().chunks_exact(COLUMNS);
        let last = lines.remainder();
        for line in lines.chain(core::iter::once(last)) {
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
}

/// Canonical unpadded base64, as everywhere in a header.
pub(super) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    Base64Unpadded::decode_vec(str::from_utf8(text).ok()?).ok()
}
