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
    setup::for_build()?;
    codegen::message_keys()?;
    wasm::CORE.build(options.release)?;
    wasm::LIVE.build(options.release)?;
    wasm::READER.build(options.release)?;
    reader::build(options.release)?;
    if options.release {
        reader::is_small()?;
    }
    scripts::bundle(options.release)?;
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
    wasm::BENCH.build(true)?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--locked", "--release"]);
    process::run(cargo.args(["--package", "sotto-bench", "--bins"]))
}
