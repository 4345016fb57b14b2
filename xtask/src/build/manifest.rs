//! One hand-written `manifest.json`; each browser gets it without what only the other knows.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::workspace;

/// A family of browsers with a package of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chromium and what is built on it.
    Chromium,
    /// Firefox, desktop and Android.
    Firefox,
}

/// Something to leave out of a manifest.
#[derive(Clone, Copy, Debug)]
enum Drop {
    /// A member, by JSON pointer. `*` stands for every element of a list.
    Member(&'static str),
    /// A permission, required or optional.
    Permission(&'static str),
}

/// Firefox's own members, which Chromium would warn about.
const UNKNOWN_TO_CHROMIUM: &[Drop] = &[
    Drop::Member("/browser_specific_settings"),
    Drop::Member("/sidebar_action"),
    Drop::Member("/background/scripts"),
];

/// Chromium's own members. Firefox runs the background as an event page from `scripts`, has
/// structured clone in messages always, and draws its dynamic urls per profile by itself.
const UNKNOWN_TO_FIREFOX: &[Drop] = &[
    Drop::Member("/minimum_chrome_version"),
    Drop::Member("/key"),
    Drop::Member("/side_panel"),
    Drop::Member("/message_serialization"),
    Drop::Member("/background/service_worker"),
    Drop::Member("/web_accessible_resources/*/use_dynamic_url"),
    Drop::Permission("sidePanel"),
    Drop::Permission("offscreen"),
];

/// The one addition of the test build: the services of the tests listen on loopback.
pub(crate) const TEST_HOSTS: &str = "http://127.0.0.1/*";

impl Browser {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// The name of its folder and its package.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    const fn drops(self) -> &'static [Drop] {
        match self {
            Self::Chromium => UNKNOWN_TO_CHROMIUM,
            Self::Firefox => UNKNOWN_TO_FIREFOX,
        }
    }
}

/// The manifest as it goes into the package of `browser`.
///
/// # Errors
/// When `manifest.json` is unreadable, has another version than the workspace, or asks for hosts.
pub(super) fn for_browser(browser: Browser, test: bool) -> Result<Value> {
    let text = fs::read_to_string(workspace::path("manifest.json")).context("manifest.json")?;
    let mut manifest: Value = serde_json::from_str(&text).context("manifest.json")?;
    let version = manifest.get("version").and_then(Value::as_str);
    ensure!(
        version == Some(env!("CARGO_PKG_VERSION")),
        "manifest.json says version {version:?}, Cargo.toml {}",
        env!("CARGO_PKG_VERSION")
    );
    ensure!(
        manifest.get("host_permissions").is_none(),
        "manifest.json has host_permissions"
    );
    for drop in browser.drops() {
        drop.apply(&mut manifest);
    }
    if test {
        allow_test_hosts(&mut manifest)?;
    }
    Ok(manifest)
}

fn allow_test_hosts(manifest: &mut Value) -> Result<()> {
    let Value::Object(members) = manifest else {
        bail!("manifest.json is not an object")
    };
    members.insert("host_permissions".to_owned(), json!([TEST_HOSTS]));
    Ok(())
}

impl Drop {
    fn apply(self, manifest: &mut Value) {
        match self {
            Self::Member(pointer) => {
                let steps: Vec<_> = pointer.split('/').skip(1).collect();
                remove(manifest, &steps);
            }
            Self::Permission(name) => {
                for list in ["permissions", "optional_permissions"] {
                    if let Some(Value::Array(names)) = manifest.get_mut(list) {
                        names.retain(|entry| entry != name);
                    }
                }
            }
        }
    }
}

fn remove(value: &mut Value, steps: &[&str]) {
    match (value, steps) {
        (Value::Object(members), [last]) => {
            members.shift_remove(*last);
        }
        (Value::Object(members), [step, rest @ ..]) => {
            if let Some(inner) = members.get_mut(*step) {
                remove(inner, rest);
            }
        }
        (Value::Array(elements), ["*", rest @ ..]) => {
            for element in elements {
                remove(element, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Browser, Drop, allow_test_hosts};
    use serde_json::json;

    #[test]
    fn a_browser_keeps_only_what_it_knows() {
        let mut manifest = json!({
            "background": {"service_worker": "b.js", "scripts": ["b.js"]},
            "permissions": ["storage", "sidePanel"],
            "web_accessible_resources": [{"resources": ["f.html"], "use_dynamic_url": true}],
        });
        for drop in Browser::Firefox.drops() {
            drop.apply(&mut manifest);
        }
        let kept = json!({
            "background": {"scripts": ["b.js"]},
            "permissions": ["storage"],
            "web_accessible_resources": [{"resources": ["f.html"]}],
        });
        assert_eq!(manifest, kept);
    }

    #[test]
    fn what_is_absent_is_left_alone() {
        let mut manifest = json!({"name": "x"});
        Drop::Member("/a/*/b").apply(&mut manifest);
        assert_eq!(manifest, json!({"name": "x"}));
    }

    #[test]
    fn the_test_build_adds_one_permission() {
        let mut manifest = json!({"name": "x"});
        allow_test_hosts(&mut manifest).unwrap();
        assert_eq!(
            manifest,
            json!({"name": "x", "host_permissions": ["http://127.0.0.1/*"]})
        );
    }
}
