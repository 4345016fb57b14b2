//! Many people on the real relay, each with the core and live sessions as the extension has them,
//! without a browser around them. They take every message request.
//!
//! `sotto-crowd RELAY COUNT` speaks JSON, one object a line. In: `{"id", "member", "live"}` and
//! `{"id", "member", "desk"}` with a request as pages make them, `{"id", "member", "away"}` to lose
//! or find the connection. Out: `{"id", "ok"}` or `{"id", "error"}`, and `{"member", "event"}` for
//! messages that came.

mod member;
mod wire;

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use sotto_protocol::desk::DeskRequest;
use sotto_protocol::live::LiveRequest;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::member::Member;
use crate::wire::Told;

/// What goes wrong ends it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: u64,
    member: usize,
    live: Option<LiveRequest>,
    desk: Option<DeskRequest>,
    away: Option<bool>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            drop(writeln!(std::io::stderr(), "sotto-crowd: {failure}"));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let relay = arguments.next().ok_or("no relay")?;
    let count: usize = arguments.next().ok_or("no number")?.parse()?;
    let (told, heard) = unbounded_channel();
    let mut people = Vec::new();
    let key = member::passphrase_key()?;
    for number in 0..count {
        people.push(Member::new(number, &relay, &key, told.clone())?);
    }
    serve(people, heard, orders()).await
}

/// Lines of the standard input.
fn orders() -> UnboundedReceiver<String> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || read(&sender));
    receiver
}

fn read(sender: &UnboundedSender<String>) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if sender.send(line).is_err() {
            return;
        }
    }
}

async fn serve(
    mut people: Vec<Member>,
    mut heard: UnboundedReceiver<Told>,
    mut orders: UnboundedReceiver<String>,
) -> Result<(), Failure> {
    loop {
        let wait = people.iter().filter_map(Member::due).min();
        tokio::select! {
            biased;
            order = orders.recv() => {
                // Whoever started us is gone.
                let Some(order) = order else { return Ok(()) };
                let order: Order = serde_json::from_str(&order)?;
                let id = order.id;
                let said = match obey(&mut people, order) {
                    Ok(ok) => json!({"id": id, "ok": ok}),
                    Err(error) => json!({"id": id, "error": error.to_string()}),
                };
                say(&said)?;
            }
            Some(Told { member, relay, what }) = heard.recv() => {
                people.get_mut(member).ok_or("nobody")?.hear(&relay, what)?;
            }
            () = tokio::time::sleep(wait.unwrap_or(Duration::from_secs(60))) => {
                let due = people.iter_mut().filter(|it| it.due().is_some_and(|it| it.is_zero()));
                due.into_iter().try_for_each(Member::tick)?;
            }
        }
    }
}

fn obey(people: &mut [Member], order: Order) -> Result<Value, Failure> {
    let member = people.get_mut(order.member).ok_or("nobody")?;
    if let Some(request) = order.live {
        return Ok(serde_json::to_value(member.live(&request)?)?);
    }
    if let Some(request) = order.desk {
        return Ok(serde_json::to_value(member.desk(request)?)?);
    }
    member.set_away(order.away.ok_or("nothing to do")?)?;
    Ok(Value::Null)
}

/// One line.
pub(crate) fn say(value: &Value) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout().lock(), "{value}")?)
}
