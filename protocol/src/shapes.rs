//! How every type that crosses a boundary is derived: once, for all modules.

/// Requests and replies: an enum told apart by `type`, the fields of each variant named.
macro_rules! messages {
    ($($(#[$doc:meta])+ $enum:ident { $($(#[$vdoc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident : $ty:ty),* $(,)? }),+ $(,)? })+) => { $(
        $(#[$doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
        pub enum $enum {
            $($(#[$vdoc])+ $name { $($(#[$field_doc])+ $field: $ty),* },)+
        }
    )+ };
}

/// Structs: every field is required, no other is taken.
macro_rules! shapes {
    ($($item:item)+) => { $(
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        $item
    )+ };
}

/// Enums of plain words.
macro_rules! choices {
    ($($item:item)+) => { $(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(rename_all = "kebab-case")]
        $item
    )+ };
}
