//! One measurement of `cargo xtask bench relay` (tests/bench/relay.mjs), as one line of JSON:
//!
//! ```text
//! sotto-bench-relay deliver relay|mqtt|nats ADDRESS SECONDS
//! sotto-bench-relay append  relay|mqtt|nats ADDRESS SECONDS PID…
//! sotto-bench-relay idle    ADDRESS PID CONNECTIONS
//! sotto-bench-relay fill    ADDRESS STREAMS
//! sotto-bench-relay growth  ADDRESS STREAMS SECONDS PID
//! ```

mod append;
mod deliver;
mod growth;
mod idle;
mod mqtt;
mod nats;
mod peer;
mod process;
mod relay;

use std::io::Write;
use std::process::ExitCode;

/// What goes wrong in a bench ends it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = match run(&arguments).await {
        Ok(line) => writeln!(std::io::stdout(), "{line}").map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    if let Err(failure) = said {
        drop(writeln!(std::io::stderr(), "{failure}"));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run(arguments: &[&str]) -> Result<String, Failure> {
    match arguments {
        ["deliver", peer, address, seconds] => {
            deliver::run(&peer::Place::of(peer, address)?, seconds.parse()?).await
        }
        ["append", peer, address, seconds, processes @ ..] => {
            let place = peer::Place::of(peer, address)?;
            append::run(&place, seconds.parse()?, processes).await
        }
        ["idle", address, process, connections] => {
            idle::run(address, process, connections.parse()?).await
        }
        ["fill", address, streams] => growth::fill(address, streams.parse()?).await,
        ["growth", address, streams, seconds, process] => {
            growth::run(address, streams.parse()?, seconds.parse()?, process).await
        }
        _ => Err("see tests/bench/relay/src/main.rs".into()),
    }
}
