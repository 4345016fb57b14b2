//! `cargo xtask package relay`: the relay as a Debian package, the same bytes from the same sources.
//!
//! `dpkg-deb` packs it; here is decided what lies where. Files are dated like every package
//! (`SOURCE_DATE_EPOCH`), owned by root, and of one mode for each kind.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use crate::{process, setup, workspace};

/// A file of the workspace, its place on the machine, its mode.
type Part = (&'static str, &'static str, u32);

const PARTS: [Part; 6] = [
    (
        "relay/debian/sotto-relay.service",
        "usr/lib/systemd/system/sotto-relay.service",
        0o644,
    ),
    (
        "relay/debian/relay.toml",
        "etc/sotto-relay/relay.toml",
        0o644,
    ),
    ("docs/relay.md", "usr/share/doc/sotto-relay/relay.md", 0o644),
    (
        "docs/self-hosting.md",
        "usr/share/doc/sotto-relay/self-hosting.md",
        0o644,
    ),
    (
        "LICENSE-MIT",
        "usr/share/doc/sotto-relay/LICENSE-MIT",
        0o644,
    ),
    (
        "LICENSE-APACHE",
        "usr/share/doc/sotto-relay/LICENSE-APACHE",
        0o644,
    ),
];

/// What runs when it is installed and removed.
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

const BINARY: &str = "usr/bin/sotto-relay";

/// Builds the release and packs it. Returns where the package is.
pub(crate) fn run() -> Result<PathBuf> {
    setup::for_relay()?;
    process::run(process::cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "sotto-relay",
    ]))?;
    pack(
        &workspace::target().join("release/sotto-relay"),
        &workspace::path("dist"),
    )
}

/// Follows docs/self-hosting.md with the package on a bare Debian, and puts it into a container. Needs
/// root.
pub(crate) fn run_and_try() -> Result<()> {
    let package = run()?;
    setup::for_bare_debian()?;
    let mut node = process::command("node");
    process::run(node.arg("tests/packages/relay.mjs").arg(package))
}

/// Packs `binary` into a package in `folder`.
fn pack(binary: &Path, folder: &Path) -> Result<PathBuf> {
    let architecture = process::output(process::command("dpkg").arg("--print-architecture"))?;
    let stage = workspace::target().join("debian");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    let libc = put_binary(binary, &stage)?;
    for (source, place, mode) in PARTS {
        put(&stage, place, &fs::read(workspace::path(source))?, mode)?;
    }
    put_copyright(&stage)?;
    // For certificates; read by the service manager alone.
    let tls = stage.join("etc/sotto-relay/tls");
    fs::create_dir_all(&tls)?;
    put_control(&stage, &architecture, &libc)?;
    settle_folders(&stage)?;
    fs::set_permissions(&tls, Permissions::from_mode(0o700))?;
    let name = format!(
        "sotto-relay_{}_{architecture}.deb",
        env!("CARGO_PKG_VERSION")
    );
    let package = folder.join(name);
    fs::create_dir_all(folder)?;
    let mut dpkg = process::command("dpkg-deb");
    dpkg.args(["--root-owner-group", "-Zxz", "--build"])
        .args([&stage, &package])
        .env("SOURCE_DATE_EPOCH", super::source_date()?.to_string());
    process::output(&mut dpkg)?;
    println!("{}", workspace::shown(&package));
    Ok(package)
}

fn put(stage: &Path, place: &str, bytes: &[u8], mode: u32) -> Result<()> {
    let path = stage.join(place);
    fs::create_dir_all(path.parent().unwrap_or(stage))?;
    fs::write(&path, bytes)?;
    Ok(fs::set_permissions(path, Permissions::from_mode(mode))?)
}

/// The program without its symbols. Returns the oldest libc with which it runs.
fn put_binary(binary: &Path, stage: &Path) -> Result<String> {
    put(stage, BINARY, &fs::read(binary)?, 0o755)?;
    let path = stage.join(BINARY);
    process::run(process::command("strip").arg("--strip-all").arg(&path))?;
    let symbols = process::output(process::command("objdump").arg("-T").arg(&path))?;
    oldest_libc(&symbols).context("the program asks for no version of libc")
}

/// The newest version of a symbol of libc that `objdump -T` shows.
fn oldest_libc(symbols: &str) -> Option<String> {
    let versions = symbols
        .split("GLIBC_")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '\n']).next());
    versions
        .filter_map(|version| {
            let numbers: Option<Vec<u32>> = version.split('.').map(|it| it.parse().ok()).collect();
            Some((numbers?, version.to_owned()))
        })
        .max()
        .map(|(_, version)| version)
}

fn put_copyright(stage: &Path) -> Result<()> {
    let text = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Sotto

Files: *
Copyright: The Sotto authors
License: Expat or Apache-2.0
 The texts lie beside this file: LICENSE-MIT and LICENSE-APACHE.
";
    let place = "usr/share/doc/sotto-relay/copyright";
    put(stage, place, text.as_bytes(), 0o644)
}

fn put_control(stage: &Path, architecture: &str, libc: &str) -> Result<()> {
    let control = fs::read_to_string(workspace::path("relay/debian/control"))?;
    let filled = control
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
        .replace("@ARCHITECTURE@", architecture)
        .replace("@LIBC@", libc)
        .replace("@SIZE@", &installed_kib(stage)?.to_string());
    put(stage, "DEBIAN/control", filled.as_bytes(), 0o644)?;
    let kept = "/etc/sotto-relay/relay.toml\n";
    put(stage, "DEBIAN/conffiles", kept.as_bytes(), 0o644)?;
    for name in SCRIPTS {
        let script = fs::read(workspace::path("relay/debian").join(name))?;
        put(stage, &format!("DEBIAN/{name}"), &script, 0o755)?;
    }
    Ok(())
}

fn installed_kib(stage: &Path) -> Result<u64> {
    let mut kib = 0_u64;
    for entry in WalkDir::new(stage) {
        let entry = entry?;
        if entry.file_type().is_file() {
            kib = kib.saturating_add(entry.metadata()?.len().div_ceil(1024));
        }
    }
    Ok(kib)
}

/// Whatever mask this machine has.
fn settle_folders(stage: &Path) -> Result<()> {
    for entry in WalkDir::new(stage) {
        let entry = entry?;
        if entry.file_type().is_dir() {
            fs::set_permissions(entry.path(), Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{oldest_libc, pack};
    use std::fs;
    use std::path::Path;

    /// Any program of this machine serves: what is looked at is how it is packed.
    #[test]
    fn the_same_program_gives_the_same_package() {
        let folder = std::env::temp_dir().join(format!("sotto-deb-{}", std::process::id()));
        let made = || fs::read(pack(Path::new("/usr/bin/env"), &folder).unwrap()).unwrap();
        let (one, other) = (made(), made());
        fs::remove_dir_all(&folder).unwrap();
        assert!(one.starts_with(b"!<arch>\ndebian-binary"));
        assert_eq!(one, other);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let symbols = "\
0 DF *UND* 0 (GLIBC_2.9) pipe2
0 DF *UND* 0 (GLIBC_2.34) dlsym
0 DF *UND* 0 (GLIBC_2.2.5) free
0 DF *UND* 0 (GLIBC_PRIVATE) odd";
        assert_eq!(oldest_libc(symbols).as_deref(), Some("2.34"));
        assert_eq!(oldest_libc("nothing"), None);
    }
}
