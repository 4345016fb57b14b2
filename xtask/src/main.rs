//! The project's commands. `cargo xtask` without arguments lists them.

mod bench;
mod build;
mod codegen;
mod demo;
mod dependencies;
mod directions;
mod e2e;
mod lint;
mod package;
mod process;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask COMMAND

  setup                        install what this machine lacks
  build [--release] [--test]   the extension: dist/chromium, dist/firefox
                               (--test: dist/test-…, with access to 127.0.0.1)
  demo [URL]                   two people write to each other in a real webmail
                               (URL: your own webmail in a browser with Sotto)
  test [PART]                  everything: checks, units, vectors, packages, browsers
  e2e [SUITE[/FILE]]           real browsers and services alone
  bench [NAME]                 measure against the bars; writes target/bench/NAME.json
                               (seal --full: every peer in both browsers, 20 minutes)
  package [--verify]           release packages (--verify: built twice, compared)
  package relay [--try]        the relay as a Debian package (--try: and the guide for
                               self-hosting with it, on a bare Debian)
  codegen [--check]            TypeScript from Rust types and from the message catalogues
  fmt                          format Rust and TypeScript
  lint                         formatters, linters, type checkers
  ci                           what CI runs: test
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is::<process::Shown>() {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["setup"] => setup::run(),
        ["test" | "ci"] => test::run(),
        ["test", part] => test::run_part(part),
        ["demo"] => demo::run(None),
        ["demo", webmail] => demo::run(Some(webmail)),
        ["e2e"] => e2e::run("all"),
        ["e2e", suite] => e2e::run(suite),
        ["bench"] => bench::run_all(),
        ["bench", name, flags @ ..] => bench::run(name, flags),
        ["package"] => package::run(),
        ["package", "--verify"] => package::verify(),
        ["package", "relay"] => package::relay::run().map(drop),
        ["package", "relay", "--try"] => package::relay::run_and_try(),
        ["build", flags @ ..] => build::run(build::Options::parse(flags)?),
        ["codegen"] => codegen::run(codegen::Mode::Write),
        ["codegen", "--check"] => codegen::run(codegen::Mode::Check),
        ["fmt"] => lint::format(),
        ["lint"] => lint::run(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [command, ..] => bail!("`{command}`: no such command or wrong arguments\n\n{USAGE}"),
    }
}
