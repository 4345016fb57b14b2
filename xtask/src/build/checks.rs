//! What fails a build: a named file that is not there, and what a release must not carry.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use walkdir::WalkDir;

use super::manifest::TEST_HOSTS;
use crate::workspace;

/// Endings by which a string of the manifest is known to be a path.
const PATH_ENDINGS: [&str; 7] = [".html", ".js", ".css", ".png", ".svg", ".json", ".wasm"];

/// Every file the manifest or a page names exists, and every `__MSG_key__` has a text.
pub(super) fn files_exist(package: &Path) -> Result<()> {
    let manifest = read_manifest(package)?;
    let mut strings = Vec::new();
    collect_strings(&manifest, &mut strings);
    for text in strings {
        if PATH_ENDINGS.iter().any(|ending| text.ends_with(ending)) {
            named(package, text, "manifest.json")?;
        }
        if let Some(key) = text
            .strip_prefix("__MSG_")
            .and_then(|rest| rest.strip_suffix("__"))
        {
            has_message(package, key)?;
        }
    }
    pages_are_whole(package)
}

/// No source map, debugging section, path of this machine, `debugger` or test permission.
pub(super) fn release_is_clean(package: &Path, test: bool) -> Result<()> {
    let here = workspace::root().display().to_string();
    let traces = [
        "sourceMappingURL",
        "debugger;",
        ".debug_info",
        "external_debug_info",
        &here,
    ];
    for file in files(package) {
        let file = file?;
        ensure!(
            file.extension().is_none_or(|kind| kind != "map"),
            "{}: a source map",
            file.display()
        );
        let bytes = fs::read(&file)?;
        for trace in traces {
            let found = bytes
                .windows(trace.len())
                .any(|window| window == trace.as_bytes());
            ensure!(!found, "{} holds `{trace}`", workspace::shown(&file));
        }
    }
    let hosts = read_manifest(package)?.get("host_permissions").cloned();
    let wanted = test.then(|| Value::from(vec![TEST_HOSTS]));
    ensure!(
        hosts == wanted,
        "{}: host_permissions {hosts:?}",
        workspace::shown(package)
    );
    Ok(())
}

fn read_manifest(package: &Path) -> Result<Value> {
    Ok(serde_json::from_str(&fs::read_to_string(
        package.join("manifest.json"),
    )?)?)
}

fn collect_strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(elements) => elements
            .iter()
            .for_each(|inner| collect_strings(inner, into)),
        Value::Object(members) => members
            .values()
            .for_each(|inner| collect_strings(inner, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn named(package: &Path, path: &str, by: &str) -> Result<()> {
    let Some((folder, ending)) = path.split_once('*') else {
        let exists = package.join(path.trim_start_matches('/')).is_file();
        ensure!(
            exists,
            "{by} names {path}, which is not in {}",
            workspace::shown(package)
        );
        return Ok(());
    };
    let matches = |file: &Path| {
        file.strip_prefix(package).is_ok_and(|file| {
            let file = file.to_string_lossy();
            file.starts_with(folder) && file.ends_with(ending)
        })
    };
    for file in files(package) {
        if matches(&file?) {
            return Ok(());
        }
    }
    bail!("{by} names {path}, which matches nothing")
}

fn has_message(package: &Path, key: &str) -> Result<()> {
    for locale in fs::read_dir(package.join("_locales"))? {
        let path = locale?.path().join("messages.json");
        let catalogue: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        ensure!(
            catalogue.get(key).is_some(),
            "{} lacks {key}",
            workspace::shown(&path)
        );
    }
    Ok(())
}

fn pages_are_whole(package: &Path) -> Result<()> {
    for file in files(package) {
        let file = file?;
        if file.extension().is_none_or(|kind| kind != "html") {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| workspace::shown(&file))?;
        let folder = file.parent().unwrap_or(package);
        for reference in references(&text) {
            let base = if reference.starts_with('/') {
                package
            } else {
                folder
            };
            named(base, reference, &workspace::shown(&file))?;
        }
    }
    Ok(())
}

/// The local files that `src` and `href` attributes of an HTML text name.
fn references(html: &str) -> Vec<&str> {
    let attributes = ["src=\"", "href=\""];
    let values = attributes.iter().flat_map(|name| html.split(name).skip(1));
    values
        .filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
        .filter(|value| !value.starts_with('#') && !value.contains(':') && !value.is_empty())
        .collect()
}

fn files(folder: &Path) -> impl Iterator<Item = Result<std::path::PathBuf>> + use<> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    entries
        .filter(|entry| {
            entry
                .as_ref()
                .map_or(true, |entry| entry.file_type().is_file())
        })
        .map(|entry| Ok(entry?.into_path()))
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn only_local_files_are_references() {
        let html = r##"<link href="../ui/a.css"><a href="#x"></a><a href="https://e.org/">e</a>
            <script type="module" src="a.js"></script>"##;
        assert_eq!(references(html), ["a.js", "../ui/a.css"]);
    }
}
