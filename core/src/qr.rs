//! QR codes as rows of modules, for surfaces to paint.

use fast_qr::{ECL, QRBuilder};

/// The modules of `text`, row by row: "1" dark, "0" light, without a quiet zone. Empty when the
/// text is longer than a QR code takes (2,331 bytes at level M).
#[must_use]
pub fn modules(text: &str) -> Vec<String> {
    let Ok(code) = QRBuilder::new(text).ecl(ECL::M).build() else {
        return Vec::new();
    };
    let modules = code
        .data
        .iter()
        .map(|module| if module.value() { '1' } else { '0' });
    let modules: Vec<_> = modules.take(code.size.saturating_mul(code.size)).collect();
    modules
        .chunks(code.size.max(1))
        .map(|row| row.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::modules;

    #[test]
    fn rows_form_a_square_with_three_finders() {
        let rows = modules("SOTTO-SN1");
        assert_eq!(rows.len(), 21, "version 1");
        assert!(rows.iter().all(|row| row.len() == 21));
        assert!(rows[0].starts_with("1111111") && rows[0].ends_with("1111111"));
        assert!(rows[20].starts_with("1111111") && !rows[20].ends_with("1111111"));
        assert!(modules(&"x".repeat(4000)).is_empty());
    }
}
