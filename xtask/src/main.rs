//! The project's commands. `cargo xtask` without arguments lists them.

mod build;
mod codegen;
mod lint;
mod process;
mod setup;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask COMMAND

  build [--release] [--test]   the extension: dist/chromium, dist/firefox (--test: dist/test-…, with access to 127.0.0.1)
  codegen [--check]            TypeScript from Rust types and from the message catalogues
  fmt                          format Rust and TypeScript
  lint                         formatters, linters, type checkers
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
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
