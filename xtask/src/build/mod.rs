//! `cargo xtask build`: from sources to loadable extensions.
//!
//! Layout by convention, so that no list has to be kept:
//!
//! | source | in the package |
//! |---|---|
//! | `wasm-core`, with `wasm-values` | `sotto.wasm`; its glue goes to `extension/generated/wasm/` |
//! | `wasm-session`, with `wasm-values` | `sotto-live.wasm`; its glue goes to `extension/generated/wasm/` |
//! | `extension/background/main.ts` | `background.js`, a module |
//! | `extension/content/main.ts` | `content.js`, a classic script |
//! | `extension/frame/NAME.html`, `NAME.ts` | `frame/NAME.html`, `frame/NAME.js` |
//! | `extension/pages/NAME.html`, `NAME.tsx` | `pages/NAME.html`, `pages/NAME.js`, shared chunks |
//! | `extension/{pages,ui,icons}/**` `.css .svg .png` | the same path |
//! | `extension/frame/**` `.css` | in the script that imports it |
//! | `extension/locales/xx/messages.json` | `_locales/xx/messages.json` |
//! | `reader` | `reader.txt`, a page to save, whole in itself; its glue goes to `reader/generated/` |
//! | `manifest.json` | `manifest.json`, without what that browser does not know |

mod checks;
mod manifest;
mod reader;
mod scripts;
mod stage;
mod wasm;

use anyhow::{Result, bail};

pub(crate) use manifest::Browser;
pub(crate) use reader::file as reader_file;
pub(crate) use scripts::bundle_tests;
pub(crate) use stage::folder;

use crate::{codegen, process, setup, workspace};

/// What to build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Optimised and minified, without source maps.
    pub(crate) release: bool,
    /// With access to 127.0.0.1, where the tests' services listen.
    pub(crate) test: bool,
}

impl Options {
    /// Reads `--release` and `--test`.
    pub(crate) fn parse(flags: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        for flag in flags {
            match *flag {
                "--release" => options.release = true,
                "--test" => options.test = true,
                other => bail!("build: `{other}` is not --release or --test"),
            }
        }
        Ok(options)
    }
}

/// Builds the packages of both browsers into `dist/`.
pub(crate) fn run(options: Options) -> Result<()> {
    make(options.release)?;
    put(options)
}

/// Builds once what is packed with and without the access of the tests.
pub(crate) fn run_both(release: bool) -> Result<()> {
    make(release)?;
    for test in [false, true] {
        put(Options { release, test })?;
    }
    Ok(())
}

/// Makes the parts: modules, reader, scripts.
fn make(release: bool) -> Result<()> {
    setup::for_build()?;
    codegen::message_keys()?;
    wasm::build(&[wasm::CORE, wasm::LIVE, wasm::READER], release)?;
    reader::build(release)?;
    if release {
        reader::is_small()?;
    }
    scripts::bundle(release)
}

/// Puts the parts into the folder of each browser, and checks it.
fn put(options: Options) -> Result<()> {
    for browser in Browser::ALL {
        let folder = stage::stage(browser, options)?;
        checks::files_exist(&folder)?;
        if options.release {
            checks::release_is_clean(&folder, options.test)?;
        }
        println!("{}", workspace::shown(&folder));
    }
    Ok(())
}

/// Builds what the bench of sealing measures beside the packages: a module with its glue
/// (`target/bench/seal`), and the native program.
pub(crate) fn bench_parts() -> Result<()> {
    wasm::build(&[wasm::BENCH], true)?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--locked", "--release"]);
    process::run(cargo.args(["--package", "sotto-bench", "--bins"]))
}
