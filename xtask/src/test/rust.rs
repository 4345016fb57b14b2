//! Every Rust test. Cargo builds the programs and would run one after the other; here some run
//! beside each other, since those of the relay wait most of their time.

use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

use super::Tally;
use crate::process;

/// Two that compute and one that waits.
const BESIDE: usize = 3;

/// What takes longest, begun first. The order is for speed alone.
const LONG: [&str; 3] = ["stores", "compile_fail", "age_vectors"];

/// What measures how others fare meanwhile, run when everything else has ended.
const ALONE: [&str; 2] = ["bad_input", "process"];

/// Without the xtask that runs: what both need would be unified to other features than its own, and
/// be built once more.
pub(crate) const BUILD_RUST: [&str; 5] = ["test", "--no-run", "--workspace", "--exclude", "xtask"];
const BUILD_XTASK: [&str; 4] = ["test", "--no-run", "--package", "xtask"];
const EXAMPLES: [&str; 5] = ["test", "--doc", "--workspace", "--exclude", "xtask"];

/// A program of tests, or the examples in the docs.
struct Program {
    name: String,
    command: Command,
}

/// Builds all, then runs all.
pub(super) fn run() -> Result<Tally> {
    let mut programs = built(&BUILD_RUST)?;
    programs.extend(built(&BUILD_XTASK)?);
    ensure!(!programs.is_empty(), "cargo built no tests");
    programs.push(examples());
    let rank = |program: &Program| LONG.iter().position(|name| *name == program.name);
    programs.sort_by_key(|program| rank(program).unwrap_or(LONG.len()));
    let (alone, beside): (Vec<_>, Vec<_>) = programs
        .into_iter()
        .partition(|program| ALONE.contains(&program.name.as_str()));
    let mut sum = run_beside(beside, BESIDE)?;
    sum += run_beside(alone, 1)?;
    Ok(sum)
}

/// Builds programs, and tells which.
fn built(how: &[&str]) -> Result<Vec<Program>> {
    let mut cargo = process::cargo();
    cargo.args(how).args(["--quiet", "--locked"]);
    cargo.arg("--message-format=json-render-diagnostics");
    let messages = process::output(&mut cargo)?;
    messages
        .lines()
        .filter_map(|line| program(line).transpose())
        .collect()
}

/// The program of tests that a message of cargo tells of, if it tells of one.
fn program(message: &str) -> Result<Option<Program>> {
    let message: Value = serde_json::from_str(message)?;
    let is_test = message.pointer("/profile/test") == Some(&Value::Bool(true));
    let text = |at: &str| message.pointer(at).and_then(Value::as_str);
    let Some(executable) = text("/executable").filter(|_| is_test) else {
        return Ok(None);
    };
    let manifest = PathBuf::from(text("/manifest_path").context("no manifest_path")?);
    let package = manifest.parent().context("no package")?;
    let name = text("/target/name").context("no name")?;
    Ok(Some(Program {
        name: name.to_owned(),
        command: as_cargo_runs(executable, package),
    }))
}

/// What a test may ask of its environment: <https://doc.rust-lang.org/cargo/reference/environment-variables.html>.
fn as_cargo_runs(executable: &str, package: &Path) -> Command {
    let mut command = Command::new(executable);
    command.arg("--quiet").current_dir(package);
    command.env("CARGO_MANIFEST_DIR", package);
    command.env("CARGO", process::cargo().get_program());
    command
}

fn examples() -> Program {
    let mut command = process::cargo();
    command.args(EXAMPLES);
    command.args(["--quiet", "--locked", "--no-fail-fast"]);
    Program {
        name: "examples in the docs".to_owned(),
        command,
    }
}

/// Runs `programs`, `many` at a time; what each says is shown when it has ended.
fn run_beside(programs: Vec<Program>, many: usize) -> Result<Tally> {
    let waiting = Mutex::new(VecDeque::from(programs));
    let next = || {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop_front()
    };
    thread::scope(|scope| {
        let take = || -> Result<Tally> {
            let mut sum = Tally::default();
            while let Some(program) = next() {
                sum += run_one(program)?;
            }
            Ok(sum)
        };
        let takers: Vec<_> = (0..many).map(|_| scope.spawn(take)).collect();
        let mut sum = Tally::default();
        for taker in takers {
            sum += taker.join().map_err(|_| anyhow!("a run broke off"))??;
        }
        Ok(sum)
    })
}

fn run_one(mut program: Program) -> Result<Tally> {
    let start = Instant::now();
    let output = program
        .command
        .output()
        .with_context(|| format!("cannot start {}", program.name))?;
    let mut tally = Tally::of_text(&String::from_utf8_lossy(&output.stdout));
    if !output.status.success() && tally.failed == 0 {
        tally += Tally::FAILED;
    }
    let seconds = start.elapsed().as_secs();
    show(
        &format!("{}: {tally} ({seconds} s)\n", program.name),
        &output,
    )?;
    Ok(tally)
}

/// Whole, so that two which end at the same time do not mix.
fn show(heading: &str, output: &Output) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(heading.as_bytes())?;
    if !output.status.success() {
        out.write_all(&output.stdout)?;
        out.write_all(&output.stderr)?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::{Program, program, run_beside};
    use crate::process;
    use crate::test::Tally;

    fn shell(script: &str) -> Program {
        let mut command = process::command("sh");
        command.args(["-c", script]);
        Program {
            name: script.to_owned(),
            command,
        }
    }

    #[test]
    fn programs_of_tests_are_found_among_what_cargo_says() {
        let said = |test: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/sotto/core/Cargo.toml","target":{{"name":"vectors"}},"profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let found = program(&said(true, r#""/target/vectors-1""#)).unwrap();
        let found = found.expect("a program");
        assert_eq!(found.name, "vectors");
        assert_eq!(found.command.get_program(), "/target/vectors-1");
        assert_eq!(
            found.command.get_current_dir(),
            Some("/sotto/core".as_ref())
        );
        assert!(program(&said(true, "null")).unwrap().is_none());
        assert!(
            program(&said(false, r#""/target/relay""#))
                .unwrap()
                .is_none()
        );
        assert!(
            program(r#"{"reason":"build-finished","success":true}"#)
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn every_program_is_run_and_counted() {
        let ok = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'";
        let all = [ok, ok, ok, ok, "exit 1"].map(shell);
        let tally = run_beside(all.into(), 3).unwrap();
        assert_eq!(
            tally,
            Tally {
                passed: 8,
                failed: 1
            }
        );
    }
}
