//! `cargo xtask demo [URL]`: Alice and Bob in a real webmail; where the services cannot be had, the
//! person's own browser on their own webmail.

use anyhow::{Result, bail};

use crate::build::{self, Browser, Options};
use crate::{e2e, process, setup, workspace};

/// Shows Sotto at work.
pub(crate) fn run(webmail: Option<&str>) -> Result<()> {
    let services = setup::for_browsers();
    match (services, webmail) {
        (Ok(()), None) => alice_and_bob(),
        (Ok(()), Some(url)) => own_webmail(Some(url)),
        (Err(missing), url) => {
            println!("No webmail can be started on this machine: {missing:#}");
            own_webmail(url)
        }
    }
}

fn alice_and_bob() -> Result<()> {
    build::run(Options {
        release: true,
        test: true,
    })?;
    process::run(e2e::node().arg("tests/e2e/demo.mjs"))
}

/// Opens a browser with the extension; its first tab asks for name, address and passphrase.
fn own_webmail(url: Option<&str>) -> Result<()> {
    setup::for_build()?;
    build::run(Options {
        release: true,
        test: false,
    })?;
    let firefox = setup::present("firefox-esr") || setup::present("firefox");
    // Chromium does not start for root with its sandbox, and without it is not for a real webmail.
    let (browser, target) = if setup::present("chromium") && !(firefox && is_root()?) {
        (Browser::Chromium, "chromium")
    } else if firefox {
        (Browser::Firefox, "firefox-desktop")
    } else {
        bail!("no Chromium and no Firefox here; load dist/chromium or dist/firefox by hand");
    };
    println!("Opening {} with Sotto on your own webmail.", browser.name());
    let mut web_ext = process::command(workspace::npm_tool("web-ext"));
    web_ext.args(["run", "--target", target, "--source-dir"]);
    web_ext.arg(build::folder(browser, false));
    if let Some(url) = url {
        web_ext.args(["--start-url", url]);
    }
    process::run(&mut web_ext)
}

fn is_root() -> Result<bool> {
    Ok(process::output(process::command("id").arg("-u"))?.trim() == "0")
}
