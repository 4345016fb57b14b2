//! Who may depend on whom (docs/architecture.md, "The parts").

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use walkdir::WalkDir;

use crate::{process, workspace};

/// A part and the parts it may use.
type Rule = (&'static str, &'static [&'static str]);

const CRATES: &[Rule] = &[
    ("sotto-protocol", &[]),
    ("sotto-simd", &[]),
    ("sotto-core", &["sotto-protocol", "sotto-simd"]),
    ("sotto-session", &["sotto-core", "sotto-protocol"]),
    (
        "sotto-chat",
        &["sotto-core", "sotto-protocol", "sotto-session"],
    ),
    ("sotto-wasm-values", &["sotto-protocol"]),
    (
        "sotto-wasm",
        &["sotto-core", "sotto-protocol", "sotto-wasm-values"],
    ),
    (
        "sotto-wasm-session",
        &[
            "sotto-chat",
            "sotto-core",
            "sotto-protocol",
            "sotto-session",
            "sotto-wasm-values",
        ],
    ),
    ("sotto-reader", &["sotto-core", "sotto-protocol"]),
    (
        "sotto-fuzz",
        &[
            "sotto-chat",
            "sotto-core",
            "sotto-protocol",
            "sotto-session",
            "sotto-simd",
        ],
    ),
    // The build proves that the relay cannot decrypt: it never depends on the core.
    ("sotto-relay", &["sotto-protocol"]),
    (
        "sotto-bench",
        &["sotto-core", "sotto-protocol", "sotto-simd"],
    ),
    ("sotto-bench-relay", &["sotto-protocol", "sotto-relay"]),
    ("sotto-compile-fail", &[]),
    (
        "sotto-crowd",
        &[
            "sotto-chat",
            "sotto-core",
            "sotto-protocol",
            "sotto-session",
        ],
    ),
    ("xtask", &["sotto-protocol"]),
];

/// Folders below `extension/`. Only the background and the engine's workers touch the
/// compiled core.
const IMPORTS: &[Rule] = &[
    ("generated", &[]),
    ("lib", &["generated"]),
    ("ui", &["lib", "generated"]),
    ("engine", &["lib", "generated", "generated/wasm"]),
    ("pages", &["engine", "ui", "lib", "generated"]),
    (
        "background",
        &["engine", "lib", "generated", "generated/wasm"],
    ),
    ("content", &["lib", "generated"]),
    ("frame", &["ui", "lib", "generated"]),
];

/// Crates depend only downwards. Development dependencies are free.
pub(crate) fn crates() -> Result<()> {
    let mut cargo = process::cargo();
    let metadata = process::output(cargo.args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("no packages")?;
    packages.iter().try_for_each(check_package)
}

fn check_package(package: &Value) -> Result<()> {
    let name = package
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let allowed = allowed(CRATES, name)?;
    for dependency in package
        .get("dependencies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let is_ours = dependency.get("path").is_some_and(Value::is_string);
        let is_normal = dependency.get("kind").is_some_and(Value::is_null);
        let on = dependency
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if is_ours && is_normal && !allowed.contains(&on) {
            bail!("{name} may not depend on {on}");
        }
    }
    Ok(())
}

/// Scripts import only from the folders theirs may use.
pub(crate) fn imports() -> Result<()> {
    let extension = workspace::path("extension");
    for entry in WalkDir::new(&extension).sort_by_file_name() {
        let path = entry?.into_path();
        let is_script = path
            .extension()
            .is_some_and(|kind| kind == "ts" || kind == "tsx");
        let relative = path.strip_prefix(&extension)?;
        if is_script && !relative.starts_with("generated") {
            let text = fs::read_to_string(&path)?;
            check_imports(relative, &text)?;
        }
    }
    Ok(())
}

fn check_imports(file: &Path, text: &str) -> Result<()> {
    let from = part(file);
    let allowed = allowed(IMPORTS, &from)?;
    for specifier in specifiers(text) {
        let target = normal(&file.with_file_name("").join(specifier));
        let to = part(&target);
        if to != from && !allowed.contains(&to.as_str()) {
            bail!(
                "extension/{} imports {specifier}: {from} may not use {to}",
                file.display()
            );
        }
    }
    Ok(())
}

fn allowed(rules: &[Rule], name: &str) -> Result<&'static [&'static str]> {
    let rule = rules.iter().find(|(part, _)| *part == name);
    Ok(rule
        .with_context(|| format!("no rule says what {name} may use"))?
        .1)
}

/// The relative paths a script imports.
fn specifiers(text: &str) -> impl Iterator<Item = &str> {
    ["from \"", "import \"", "import(\""]
        .into_iter()
        .flat_map(|opening| text.split(opening).skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(specifier, _)| specifier))
        .filter(|specifier| specifier.starts_with('.'))
}

/// The first folder of a path below `extension/`; the compiled core is a part of its own.
fn part(path: &Path) -> String {
    if path.starts_with("generated/wasm") {
        return "generated/wasm".to_owned();
    }
    path.components()
        .next()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn normal(path: &Path) -> PathBuf {
    path.components()
        .fold(PathBuf::new(), |mut sum, component| {
            match component {
                Component::ParentDir => {
                    sum.pop();
                }
                Component::CurDir => {}
                Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                    sum.push(component);
                }
            }
            sum
        })
}

#[cfg(test)]
mod tests {
    use super::check_imports;
    use std::path::Path;

    #[test]
    fn pages_use_the_library() {
        let text =
            r#"import { t } from "../lib/i18n"; import "./a.css"; import { h } from "preact""#;
        assert!(check_imports(Path::new("pages/popup.tsx"), text).is_ok());
    }

    #[test]
    fn a_content_script_uses_no_page() {
        let text = r#"import { Card } from "../ui/card""#;
        assert!(check_imports(Path::new("content/main.ts"), text).is_err());
    }

    #[test]
    fn only_the_background_touches_the_core() {
        let text = r#"const core = await import("../generated/wasm/sotto.js")"#;
        assert!(check_imports(Path::new("background/core.ts"), text).is_ok());
        assert!(check_imports(Path::new("pages/popup.tsx"), text).is_err());
    }
}
