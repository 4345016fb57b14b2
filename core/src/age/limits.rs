/// How large a header may be; checked while the bytes arrive, before anything is decoded.
///
/// The specification sets no bound. These are ours: a header is text of unknown origin that has to
/// be held in memory before it can be authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole header, the MAC line included.
    pub header_len: usize,
    /// Recipient stanzas, of any type.
    pub stanzas: usize,
}

impl Limits {
    /// What is accepted from others: 1 MiB and 1,024 stanzas.
    pub const READING: Self = Self {
        header_len: 1_048_576,
        stanzas: 1024,
    };
    /// What is written: 256 KiB and 129 stanzas (128 recipients and the seal).
    pub const WRITING: Self = Self {
        header_len: 262_144,
        stanzas: 129,
    };
}
