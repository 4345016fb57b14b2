//! The self-contained reader: page, style, script and WASM in one HTML file without network.
//!
//! Its content security policy names the one script and the one style by their SHA-256, so that
//! nothing else runs in it; the WASM lies in the script. What the extension puts into it, a sealed
//! letter, is neither.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::wasm;
use crate::{process, workspace};

/// Largest release, in bytes: it travels as an attachment.
const MAX_LEN: u64 = 300_000;

/// Older than the extension's floor: it opens in browsers of people who have no extension. WASM
/// with SIMD sets it (Safari 16.4).
const ENGINES: &str = "--target=chrome111,firefox114,safari16.4";

/// The file that is built.
pub(crate) fn file() -> PathBuf {
    folder().join("reader.html")
}

fn folder() -> PathBuf {
    workspace::target().join("xtask/reader")
}

/// Bundles the script, and puts everything into the page.
pub(super) fn build(release: bool) -> Result<()> {
    pack_module()?;
    let script = bundle("main.ts", "js", release)?;
    let style = bundle("reader.css", "css", release)?;
    let page = fs::read_to_string(workspace::path("reader/page/reader.html"))?;
    let html = assemble(&page, &script, &style)?;
    Ok(fs::write(file(), html)?)
}

/// The release as it was built last is no larger than what is allowed.
///
/// # Errors
/// When it is.
pub(super) fn is_small() -> Result<()> {
    let len = fs::metadata(file())?.len();
    ensure!(
        len <= MAX_LEN,
        "reader.html has {len} bytes, at most {MAX_LEN} are allowed"
    );
    Ok(())
}

/// The module, compressed: base64 of it as it is would not fit.
fn pack_module() -> Result<()> {
    let module = wasm::READER.path();
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&fs::read(&module)?)?;
    Ok(fs::write(
        module.with_extension("wasm.gz"),
        packed.finish()?,
    )?)
}

fn bundle(source: &str, kind: &str, release: bool) -> Result<String> {
    let target = folder().join(format!("reader.{kind}"));
    let mut esbuild = process::command(workspace::npm_tool("esbuild"));
    esbuild.args(["--bundle", "--log-level=warning", "--charset=utf8", ENGINES]);
    esbuild.args([
        "--format=iife",
        "--legal-comments=none",
        "--loader:.gz=binary",
    ]);
    if release {
        esbuild.args(["--minify", "--drop:debugger"]);
    }
    esbuild.arg(format!("--outfile={}", target.display()));
    esbuild.arg(workspace::path("reader/page").join(source));
    process::run(&mut esbuild)?;
    fs::read_to_string(&target).with_context(|| workspace::shown(&target))
}

/// Puts script and style into the page, and their hashes into its policy.
fn assemble(page: &str, script: &str, style: &str) -> Result<String> {
    for (what, text, end) in [("script", script, "</script"), ("style", style, "</style")] {
        let text = text.to_ascii_lowercase();
        ensure!(!text.contains(end), "the {what} ends its own element");
        ensure!(!text.contains("<!--"), "the {what} opens a comment");
    }
    let mut html = page.to_owned();
    for (mark, text) in [
        ("SCRIPT_HASH", hash(script)),
        ("STYLE_HASH", hash(style)),
        ("VERSION", env!("CARGO_PKG_VERSION").to_owned()),
        ("<style>STYLE</style>", format!("<style>{style}</style>")),
        (
            "<script>SCRIPT</script>",
            format!("<script>{script}</script>"),
        ),
    ] {
        ensure!(html.contains(mark), "reader/page/reader.html lacks {mark}");
        html = html.replace(mark, &text);
    }
    Ok(html)
}

/// As a policy names it (Content Security Policy Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    format!("sha256-{}", Base64::encode_string(&digest))
}

#[cfg(test)]
mod tests {
    use super::{assemble, hash};

    const PAGE: &str = "SCRIPT_HASH STYLE_HASH VERSION <style>STYLE</style><script>SCRIPT</script>";

    #[test]
    fn the_policy_names_what_is_in_the_page() {
        let html = assemble(PAGE, "alert(1)", "a{}").unwrap();
        assert!(html.starts_with(&format!("{} {} ", hash("alert(1)"), hash("a{}"))));
        assert!(html.ends_with("<style>a{}</style><script>alert(1)</script>"));
    }

    #[test]
    fn a_script_that_ends_its_element_is_refused() {
        assert!(assemble(PAGE, "'</Script>'", "").is_err());
        assert!(assemble(PAGE, "", "</style>").is_err());
        assert!(assemble("no marks", "", "").is_err());
    }
}
