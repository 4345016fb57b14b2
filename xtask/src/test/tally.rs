//! Counting: every runner's own summary is read into one sum.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u32,
    /// Tests that failed, or parts that broke off.
    pub(crate) failed: u32,
}

impl Tally {
    /// One failure.
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
    };
    const PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };

    /// One check, its failure shown.
    pub(crate) fn of(name: &str, result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::PASSED,
            Err(error) => {
                eprintln!("{name}: {error:#}");
                Self::FAILED
            }
        }
    }

    /// What a runner that has ended says, line by line.
    pub(super) fn of_text(text: &str) -> Self {
        let mut sum = Self::default();
        for tally in text.lines().filter_map(Self::of_line) {
            sum += tally;
        }
        sum
    }

    /// What a line of a runner adds to the sum.
    fn of_line(line: &str) -> Option<Self> {
        let (passed, failed) = cargo(line).or_else(|| node(line)).or_else(|| ours(line))?;
        Some(Self { passed, failed })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs a test runner, passing its output on. A runner that fails without a failed test, as when
/// nothing compiles, counts as one failure.
pub(crate) fn run(command: &mut Command) -> Result<Tally> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let mut sum = Tally::default();
    for line in BufReader::new(child.stdout.take().context("no output")?).lines() {
        let line = line?;
        // Repeated, such a line would be taken for the sum of all.
        if ours(&line).is_none() {
            println!("{line}");
        }
        if let Some(tally) = Tally::of_line(&line) {
            sum += tally;
        }
    }
    if !child.wait()?.success() && sum.failed == 0 {
        sum += Tally::FAILED;
    }
    Ok(sum)
}

/// `test result: ok. 3 passed; 0 failed; 0 ignored; …`
fn cargo(line: &str) -> Option<(u32, u32)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = counts.split("; ");
    Some((
        before(counts.next()?, " passed")?,
        before(counts.next()?, " failed")?,
    ))
}

/// `ℹ pass 3` and `ℹ fail 0`, each on a line.
fn node(line: &str) -> Option<(u32, u32)> {
    let line = line.strip_prefix("ℹ ")?;
    let passed = line
        .strip_prefix("pass ")
        .and_then(|count| count.parse().ok());
    let failed = line
        .strip_prefix("fail ")
        .and_then(|count| count.parse().ok());
    passed
        .map(|passed| (passed, 0))
        .or_else(|| failed.map(|failed| (0, failed)))
}

/// `3 passed, 0 failed`
fn ours(line: &str) -> Option<(u32, u32)> {
    let (passed, failed) = line.split_once(", ")?;
    Some((before(passed, " passed")?, before(failed, " failed")?))
}

fn before(text: &str, unit: &str) -> Option<u32> {
    text.strip_suffix(unit)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Tally, run};
    use crate::process;

    fn count(line: &str) -> Option<(u32, u32)> {
        Tally::of_line(line).map(|tally| (tally.passed, tally.failed))
    }

    #[test]
    fn summaries_of_each_runner_are_read() {
        let cargo =
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(count(cargo), Some((3, 2)));
        assert_eq!(count("ℹ pass 7"), Some((7, 0)));
        assert_eq!(count("ℹ fail 1"), Some((0, 1)));
        assert_eq!(count("12 passed, 1 failed"), Some((12, 1)));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["ℹ tests 7", "test result", "all passed, none failed", ""] {
            assert_eq!(count(line), None);
        }
    }

    #[test]
    fn a_runner_that_breaks_off_is_a_failure() {
        let tally = run(process::command("sh").args(["-c", "echo 2 passed, 0 failed; exit 3"]));
        assert_eq!(
            tally.unwrap(),
            Tally {
                passed: 2,
                failed: 1
            }
        );
    }
}
