//! Where other people's crates come from and under which licences: `deny.toml` says what is
//! allowed. `cargo deny check` reads the same table and looks at more; building it takes longer than
//! all our tests, so what matters is checked here.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spdx::{Expression, LicenseItem, LicenseReq, ParseMode};
use toml::Table;

use crate::{process, workspace};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every crate of the lock file comes from crates.io under an allowed licence.
pub(crate) fn check() -> Result<()> {
    let allowed = allowed()?;
    let mut cargo = process::cargo();
    let metadata = process::output(cargo.args(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("no packages")?;
    packages
        .iter()
        .try_for_each(|package| check_package(package, &allowed))
}

/// The table `licenses.allow` of `deny.toml`.
fn allowed() -> Result<Vec<String>> {
    let table: Table = fs::read_to_string(workspace::path("deny.toml"))?.parse()?;
    let list = table
        .get("licenses")
        .and_then(|licenses| licenses.get("allow"))
        .context("deny.toml")?;
    Ok(list.clone().try_into()?)
}

fn check_package(package: &Value, allowed: &[String]) -> Result<()> {
    let text = |key: &str| package.get(key).and_then(Value::as_str);
    let name = text("name").unwrap_or_default();
    let source = text("source");
    ensure!(
        source.is_none_or(|it| it == CRATES_IO),
        "{name} comes from {source:?}"
    );
    let licence = text("license").with_context(|| format!("{name} names no licence"))?;
    ensure!(permits(licence, allowed)?, "{name} is under {licence}");
    Ok(())
}

/// Whether an SPDX expression can be met with the allowed licences alone.
fn permits(expression: &str, allowed: &[String]) -> Result<bool> {
    let expression = Expression::parse_mode(expression, ParseMode::LAX)?;
    Ok(expression.evaluate(|required| allowed.iter().any(|one| names(required, one))))
}

fn names(required: &LicenseReq, allowed: &str) -> bool {
    match &required.license {
        LicenseItem::Spdx { id, .. } => id.name == allowed && required.addition.is_none(),
        LicenseItem::Other(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::permits;

    fn is_permitted(expression: &str) -> bool {
        permits(expression, &["MIT".to_owned(), "Zlib".to_owned()]).unwrap()
    }

    #[test]
    fn one_of_several_licences_is_enough() {
        assert!(is_permitted("GPL-3.0-only OR MIT"));
        assert!(is_permitted("MIT/Apache-2.0"));
    }

    #[test]
    fn all_of_several_licences_are_needed() {
        assert!(is_permitted("MIT AND Zlib"));
        assert!(!is_permitted("MIT AND Apache-2.0"));
        assert!(!is_permitted("GPL-3.0-only"));
    }
}
