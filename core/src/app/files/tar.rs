//! A folder as one file: the ustar format of POSIX.1-2008 (pax), with nothing of this machine in
//! it. The same folder gives the same bytes: no owner, no times, one mode.

use sotto_protocol::ErrorCode;

const BLOCK_LEN: usize = 512;
const NAME_LEN: usize = 100;
/// What eleven octal digits hold: 8 GiB less one.
const MAX_OCTAL_SIZE: u64 = 0o777_7777_7777;
/// Longest path that is taken, in bytes.
const MAX_PATH_LEN: usize = 4_096;

/// Why a path is no entry of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TarError {
    /// Empty, absolute, with `..`, with control characters, or longer than 4,096 bytes.
    #[error("path cannot stand in an archive")]
    Path,
}

impl TarError {
    /// The stable code of this failure.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Path => ErrorCode::NameInvalid,
        }
    }
}

/// What stands before the bytes of a file: one header, or three blocks and more for a path or size
/// that does not fit ("pax Extended Header").
///
/// # Errors
/// [`TarError`].
pub fn entry_head(path: &str, size: u64) -> Result<Vec<u8>, TarError> {
    check(path)?;
    let mut records = String::new();
    if path.len() > NAME_LEN || !path.is_ascii() {
        records.push_str(&record("path", path));
    }
    if size > MAX_OCTAL_SIZE {
        records.push_str(&record("size", &size.to_string()));
    }
    let mut head = Vec::new();
    if !records.is_empty() {
        let len = u64::try_from(records.len()).unwrap_or(u64::MAX);
        head.extend(header("pax", len, b'x'));
        head.extend(records.as_bytes());
        head.resize(head.len().saturating_add(padding_len(len)), 0);
    }
    // Readers that know the extended header take path and size from there.
    head.extend(header(path, size.min(MAX_OCTAL_SIZE), b'0'));
    Ok(head)
}

/// Zeros after the bytes of a file, to the next block.
#[must_use]
pub fn padding_len(size: u64) -> usize {
    let over = size.checked_rem(512).unwrap_or_default();
    let missing = 512_u64.saturating_sub(over).checked_rem(512);
    usize::try_from(missing.unwrap_or_default()).unwrap_or_default()
}

/// What ends an archive: two blocks of zeros.
#[must_use]
pub const fn archive_end() -> [u8; 1_024] {
    [0; 1_024]
}

fn check(path: &str) -> Result<(), TarError> {
    let is_bad_part = |part: &str| matches!(part, "" | "." | "..");
    let bad = path.len() > MAX_PATH_LEN
        || path.split('/').any(is_bad_part)
        || path.chars().any(char::is_control);
    if bad { Err(TarError::Path) } else { Ok(()) }
}

/// `LEN KEY=VALUE\n`, where LEN counts itself.
fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut len = rest.len();
    loop {
        let text = format!("{len}{rest}");
        if text.len() == len {
            return text;
        }
        len = text.len();
    }
}

fn header(path: &str, size: u64, kind: u8) -> [u8; BLOCK_LEN] {
    let mut block = [0; BLOCK_LEN];
    let mut put = |at: usize, bytes: &[u8]| {
        let field = block.get_mut(at..).unwrap_or_default();
        field
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
    };
    put(
        0,
        path.as_bytes().get(..NAME_LEN).unwrap_or(path.as_bytes()),
    );
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    // The checksum counts its own field as spaces.
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let text = format!("{sum:06o}\0 ");
    let field = block.get_mut(148..156).unwrap_or_default();
    field
        .iter_mut()
        .zip(text.as_bytes())
        .for_each(|(to, from)| *to = *from);
    block
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows fails, as it should"
)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (path, content) in entries {
            let size = content.len() as u64;
            bytes.extend(entry_head(path, size).unwrap());
            bytes.extend(*content);
            bytes.resize(bytes.len() + padding_len(size), 0);
        }
        bytes.extend(archive_end());
        bytes
    }

    #[test]
    fn stock_tar_lists_what_was_put_in() {
        let long = format!("folder/{}/end.txt", "é".repeat(120));
        let archive = archive(&[
            ("folder/a.txt", b"one"),
            ("folder/empty", b""),
            (&long, &[7; 600]),
        ]);
        let mut tar = Command::new("tar")
            .args(["--list", "--verbose", "--quoting-style=literal", "-f", "-"])
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        tar.stdin.take().unwrap().write_all(&archive).unwrap();
        let listed = tar.wait_with_output().unwrap();
        assert!(listed.status.success());
        let listed = String::from_utf8(listed.stdout).unwrap();
        let lines: Vec<_> = listed.lines().collect();
        assert_eq!(lines.len(), 3, "{listed}");
        assert!(lines[0].starts_with("-rw-r--r-- 0/0") && lines[0].ends_with("folder/a.txt"));
        assert!(lines[2].contains(" 600 ") && lines[2].ends_with(&long));
    }

    #[test]
    fn a_size_beyond_eight_gibibytes_has_a_record() {
        let head = entry_head("big", 10 << 30).unwrap();
        let text = String::from_utf8_lossy(&head);
        assert!(text.contains("20 size=10737418240\n"), "{text}");
        assert_eq!(head.len(), 3 * BLOCK_LEN);
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        for path in ["", "/etc", "../a", "a/../b", "a//b", "a/\u{7}", "."] {
            assert_eq!(entry_head(path, 0), Err(TarError::Path), "{path:?}");
        }
        assert!(entry_head(&"a/".repeat(3_000), 0).is_err());
    }
}
