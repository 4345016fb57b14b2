//! The TypeScript half: esbuild over the entry points, found by convention.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use crate::{process, workspace};

/// What the floors in `manifest.json` understand.
const ENGINES: &str = "--target=chrome148,firefox153";

/// Markup is never made from text: the property is renamed in every script, Preact's
/// `dangerouslySetInnerHTML` included, so that an assignment to it does nothing.
const NO_INNER_HTML: &str = "--mangle-props=^innerHTML$";

/// A script that imports a style sheet has it as text.
const CSS_IN_SCRIPTS: &str = "--loader:.css=text";

/// How a group of entries is bundled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// One ES module per entry, nothing shared: the background and the frames.
    Module,
    /// One classic script per entry: what the browser injects into pages.
    Classic,
    /// ES modules with what they share in chunks: the extension's own pages.
    Chunked,
}

/// One script: where it starts and what it is called in the package.
#[derive(Debug)]
struct Entry {
    source: PathBuf,
    /// Relative to the package, without extension.
    name: String,
}

/// Where the bundles are collected before they are staged.
pub(super) fn folder() -> PathBuf {
    workspace::target().join("xtask/scripts")
}

/// Bundles every entry point.
pub(super) fn bundle(release: bool) -> Result<()> {
    let out = folder();
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    esbuild(
        Shape::Module,
        &single("extension/background/main.ts", "background"),
        release,
    )?;
    esbuild(
        Shape::Classic,
        &single("extension/content/main.ts", "content"),
        release,
    )?;
    esbuild(
        Shape::Classic,
        &single("extension/content/guard/main.ts", "guard"),
        release,
    )?;
    esbuild(
        Shape::Classic,
        &single("extension/content/guard/page/main.ts", "guard-page"),
        release,
    )?;
    esbuild(Shape::Module, &beside_html("engine", true)?, release)?;
    for name in ["worker", "reading"] {
        let source = format!("extension/engine/{name}.ts");
        esbuild(
            Shape::Module,
            &single(&source, &format!("engine/{name}")),
            release,
        )?;
    }
    esbuild(Shape::Module, &beside_html("frame", false)?, release)?;
    esbuild(Shape::Chunked, &beside_html("pages", true)?, release)
}

/// An entry with a name of its own. That it is there is checked with all that the manifest names.
fn single(source: &str, name: &str) -> Vec<Entry> {
    let source = workspace::path(source);
    source
        .exists()
        .then(|| Entry {
            source,
            name: name.to_owned(),
        })
        .into_iter()
        .collect()
}

/// The script beside each `extension/FOLDER/NAME.html`, in the order of their names.
fn beside_html(folder: &str, required: bool) -> Result<Vec<Entry>> {
    let directory = workspace::path("extension").join(folder);
    let mut entries = Vec::new();
    if !directory.exists() {
        return Ok(entries);
    }
    for file in fs::read_dir(&directory).with_context(|| workspace::shown(&directory))? {
        let html = file?.path();
        if html.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        match (
            script_of(&html),
            html.file_stem().and_then(|stem| stem.to_str()),
        ) {
            (Some(source), Some(stem)) => {
                entries.push(Entry {
                    source,
                    name: format!("{folder}/{stem}"),
                });
            }
            _ if required => bail!("{} has no script of its name", workspace::shown(&html)),
            _ => {}
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn script_of(html: &Path) -> Option<PathBuf> {
    ["tsx", "ts"]
        .map(|extension| html.with_extension(extension))
        .into_iter()
        .find(|s| s.exists())
}

fn esbuild(shape: Shape, entries: &[Entry], release: bool) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut esbuild = process::command(workspace::npm_tool("esbuild"));
    esbuild.args(["--bundle", "--log-level=warning", "--charset=utf8", ENGINES]);
    esbuild.args([
        "--jsx=automatic",
        "--jsx-import-source=preact",
        "--legal-comments=none",
    ]);
    esbuild.args([NO_INNER_HTML, CSS_IN_SCRIPTS]);
    esbuild.arg(format!("--outdir={}", folder().display()));
    esbuild.args(match shape {
        Shape::Module => &["--format=esm"][..],
        Shape::Classic => &["--format=iife"],
        Shape::Chunked => &[
            "--format=esm",
            "--splitting",
            "--chunk-names=pages/chunks/[hash]",
        ],
    });
    esbuild.args(if release {
        &["--minify", "--drop:debugger"][..]
    } else {
        &["--sourcemap=linked"]
    });
    for entry in entries {
        esbuild.arg(format!("{}={}", entry.name, entry.source.display()));
    }
    process::run(&mut esbuild)
}

/// Bundles `extension/**/*.test.ts` for Node and returns the files.
pub(crate) fn bundle_tests() -> Result<Vec<PathBuf>> {
    let sources = test_sources()?;
    let out = workspace::target().join("xtask/script-tests");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    if sources.is_empty() {
        return Ok(sources);
    }
    let root = workspace::root();
    let mut esbuild = process::command(workspace::npm_tool("esbuild"));
    esbuild.args(["--bundle", "--log-level=warning", "--platform=node"]);
    esbuild.args(["--format=esm", "--packages=external", "--sourcemap=inline"]);
    esbuild.args(["--jsx=automatic", "--jsx-import-source=preact"]);
    esbuild.arg("--out-extension:.js=.mjs");
    esbuild.arg(format!("--outbase={}", root.display()));
    esbuild.arg(format!("--outdir={}", out.display()));
    process::run(esbuild.args(&sources))?;
    let bundle = |source: &PathBuf| Ok(out.join(source.strip_prefix(&root)?).with_extension("mjs"));
    sources.iter().map(bundle).collect()
}

fn test_sources() -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in WalkDir::new(workspace::path("extension")).sort_by_file_name() {
        let path = entry?.into_path();
        let name = path.to_string_lossy();
        if name.ends_with(".test.ts") || name.ends_with(".test.tsx") {
            sources.push(path);
        }
    }
    Ok(sources)
}
