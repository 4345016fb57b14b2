//! Words and passphrases on their way to the core.

use serde::{Deserialize, Serialize};

/// A passphrase or recovery words. Never printed; the custodian wipes its own copy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
#[serde(transparent)]
pub struct SecretText(pub String);

impl core::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecretText(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::SecretText;

    #[test]
    fn debug_output_holds_no_secret() {
        let secret = SecretText("correct horse".to_owned());
        assert_eq!(format!("{secret:?}"), "SecretText(..)");
    }
}
