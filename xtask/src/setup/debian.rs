//! Packages of Debian: browsers, the services of the tests, other people's `age`.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process;

/// A program that shows whether its package is needed, and the package.
#[derive(Clone, Copy, Debug)]
pub(super) struct Package {
    name: &'static str,
    /// What the package brings. A machine that has it from elsewhere needs no package.
    brings: &'static str,
}

const fn package(name: &'static str, brings: &'static str) -> Package {
    Package { name, brings }
}

/// What building needs beside Rust.
pub(super) const BUILD: &[Package] = &[package("nodejs", "node"), package("npm", "npm")];

/// What running the extension against real services needs.
pub(super) const TESTS: &[Package] = &[
    package("chromium", "chromium"),
    package("firefox-esr", "firefox-esr"),
    package("age", "age"),
    package("curl", "curl"),
    package("git", "git"),
    package("dbus-daemon", "dbus-daemon"),
    package("dunst", "dunst"),
    package("imagemagick", "import"),
    package("iproute2", "ss"),
    package("libnotify4", "/usr/share/doc/libnotify4/copyright"),
    package("nats-server", "/usr/sbin/nats-server"),
    package("openssl", "openssl"),
    package("php-cli", "php"),
    package("procps", "/bin/kill"),
    package(
        "roundcube-core",
        "/usr/share/roundcube/SQL/sqlite.initial.sql",
    ),
    package(
        "roundcube-sqlite3",
        "/var/lib/dpkg/info/roundcube-sqlite3.list",
    ),
    package("dovecot-imapd", "/usr/sbin/dovecot"),
    package("dovecot-lmtpd", "/usr/lib/dovecot/lmtp"),
    package("exim4-daemon-light", "/usr/sbin/exim4"),
    package("ngircd", "/usr/sbin/ngircd"),
    package("xvfb", "Xvfb"),
    package("openbox", "openbox"),
    package("xdotool", "xdotool"),
    package("x11-xserver-utils", "xset"),
    package("python3-venv", "/usr/share/doc/python3-venv/copyright"),
];

/// What packing the relay needs.
pub(super) const RELAY: &[Package] = &[package("binutils", "objdump")];

/// What it is compared with, and who compares.
pub(super) const RELAY_PEERS: &[Package] = &[
    package("mosquitto", "/usr/sbin/mosquitto"),
    package("nats-server", "/usr/sbin/nats-server"),
    package("nodejs", "node"),
];

/// What trying its package on a bare Debian and in a container needs.
pub(super) const BARE: &[Package] = &[
    package("buildah", "buildah"),
    package("curl", "curl"),
    package("debootstrap", "/usr/sbin/debootstrap"),
    package("nodejs", "node"),
    package("systemd-container", "systemd-nspawn"),
];

/// Installs without starting any daemon: `$@` are the packages.
const INSTALL: &str = r#"
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "$@" >/dev/null
"#;

/// Installs those of `packages` whose program is absent.
///
/// # Errors
/// When some are absent and this machine is not Debian's or not ours to change: says which.
pub(super) fn install(packages: &[Package]) -> Result<()> {
    let missing: Vec<_> = packages
        .iter()
        .filter(|package| !present(package.brings))
        .map(|p| p.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !present("apt-get") {
        bail!("missing here, and there is no apt-get to install them: {list}");
    }
    let Some(mut shell) = root_shell() else {
        bail!("missing; as root: apt-get install --no-install-recommends {list}");
    };
    println!("setup: apt-get install {list}");
    process::run(shell.args(["-c", INSTALL, "install"]).args(missing))
}

/// A shell with the rights of root, if one can be had without a question.
fn root_shell() -> Option<Command> {
    if succeeds(process::command("sh").args(["-c", r#"[ "$(id -u)" = 0 ]"#])) {
        return Some(process::command("sh"));
    }
    if !succeeds(process::command("sudo").args(["-n", "true"])) {
        return None;
    }
    let mut sudo = process::command("sudo");
    sudo.args(["-n", "sh"]);
    Some(sudo)
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a file, or a program in the search path, exists.
pub(crate) fn present(name: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    // Joining an absolute path gives that path.
    std::env::split_paths(&folders).any(|folder| folder.join(name).is_file())
}
