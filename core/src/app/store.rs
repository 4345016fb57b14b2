//! What crosses between the application and the browser's database.

/// A stored record: its table and key, and a sealed (or, for slots and the epoch, public) value.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Table name.
    pub table: String,
    /// Key within the table. Keys that would tell something are keyed digests.
    pub key: Vec<u8>,
    /// The bytes.
    pub value: Vec<u8>,
}

/// A change of one record. All writes of one request are committed in one transaction, before the
/// reply leaves.
#[derive(Clone, PartialEq, Eq)]
pub struct Write {
    /// Table name.
    pub table: String,
    /// Key within the table.
    pub key: Vec<u8>,
    /// The new bytes; `None` deletes the record, wherever it is.
    pub value: Option<Vec<u8>>,
    /// Kept in memory for the browser's session, not in the database.
    pub is_volatile: bool,
}

impl core::fmt::Debug for Row {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Row({}, {} bytes)", self.table, self.value.len())
    }
}

impl core::fmt::Debug for Write {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Write({}, {:?} bytes)",
            self.table,
            self.value.as_ref().map(Vec::len)
        )
    }
}
