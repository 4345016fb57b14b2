//! A blob never stands without the one that its connection sent before it, whatever the store does.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a failing test panics"
)]

mod support;

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use rusqlite::Connection;
use sotto_protocol::relay::{RelayCode, Reply, Verb};
use support::{Client, Ground, Keys, SOON};
use tokio::time::{Instant, sleep};

/// As many as may be under way, but one: a ping behind them is answered when all are handed in.
const UNDER_WAY: u8 = 63;

/// The blob at which the store fails.
const FAILS: u8 = 20;

/// Sends blobs, each its number, and waits until the relay has taken all up.
async fn sent(client: &mut Client, keys: &Keys, numbers: Range<u8>) -> Vec<u32> {
    let mut ids = Vec::new();
    for n in numbers {
        ids.push(client.send(keys.append(&[n])).await.unwrap());
    }
    client.done(Verb::Ping).await;
    ids
}

/// How many were acknowledged. Those that the store failed come behind them, and then the relay
/// says goodbye.
async fn acknowledged(client: &mut Client, ids: &[u32]) -> usize {
    let faults = [RelayCode::Unavailable, RelayCode::StorageFull];
    let (mut count, mut last, mut has_failed) = (0, 0, false);
    for id in ids {
        match client.reply(*id).await.unwrap() {
            Reply::At { seq } => {
                assert!(!has_failed && seq > last, "it passed one that failed");
                (count, last) = (count + 1, seq);
            }
            Reply::Failed { code, .. } if faults.contains(&code) => has_failed = true,
            reply => panic!("{reply:?}"),
        }
    }
    if has_failed {
        assert_eq!(client.closed().await, RelayCode::Unavailable.as_str());
    }
    count
}

/// The numbers of the blobs that stand.
async fn standing(address: SocketAddr, keys: &Keys) -> Vec<u8> {
    let all = Client::connect(address).await.all(keys, 1).await;
    assert!(all.is_sorted_by(|one, next| one.seq < next.seq));
    all.iter().map(|entry| entry.blob[0]).collect()
}

fn up_to(count: usize) -> Vec<u8> {
    (0..).take(count).collect()
}

/// How a real SQLite fails one append.
enum Fault {
    /// The statement alone: what came before it in the transaction stands.
    Statement,
    /// The second statement of two: the blob has been written, and is not counted.
    Halfway,
    /// All of the transaction, in the middle of it, as when a disk is full.
    Transaction,
    /// The commit.
    Commit,
    /// Nothing begins: another process holds the file.
    Begin,
}

fn provoke(db: &Connection, fault: &Fault) {
    let trigger = |what: &str| {
        format!(
            "CREATE TRIGGER fault AFTER INSERT ON blobs WHEN NEW.blob = x'{FAILS:02x}' \
             BEGIN {what}; END;"
        )
    };
    let made = match fault {
        Fault::Statement => trigger("SELECT RAISE(ABORT, 'fault')"),
        Fault::Halfway => format!(
            "CREATE TRIGGER fault AFTER UPDATE OF head ON streams WHEN NEW.head = {FAILS} + 1 \
             BEGIN SELECT RAISE(ABORT, 'fault'); END;"
        ),
        Fault::Transaction => trigger("SELECT RAISE(ROLLBACK, 'fault')"),
        Fault::Commit => {
            "CREATE TABLE parents (id INTEGER PRIMARY KEY); \
             CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED);"
                .to_owned()
                + &trigger("INSERT INTO children VALUES (1)")
        }
        Fault::Begin => return,
    };
    db.execute_batch(&made).unwrap();
}

async fn nothing_passes_what_sqlite_failed(fault: Fault) {
    let ground = Ground::sqlite();
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let db = Connection::open(ground.folder.path().join("relay.db")).unwrap();
    provoke(&db, &fault);
    // Until all are handed in, nothing is written.
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut ids = sent(&mut client, &keys, 0..UNDER_WAY).await;
    let mut count = 0;
    if matches!(fault, Fault::Begin) {
        // Longer than the relay waits for the file.
        count = acknowledged(&mut client, &ids).await;
        ids.clear();
    }
    db.execute_batch("COMMIT").unwrap();
    count += acknowledged(&mut client, &ids).await;
    assert_eq!(standing(relay.address(), &keys).await, up_to(count));
    let kept: usize = db
        .query_row("SELECT count(*) FROM blobs", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, count, "no blob that does not count");
    match fault {
        Fault::Statement | Fault::Halfway => assert_eq!(count, usize::from(FAILS)),
        _ => assert!(count <= usize::from(FAILS)),
    }
    db.execute_batch("DROP TRIGGER IF EXISTS fault").unwrap();
    let mut client = Client::connect(relay.address()).await;
    let first = u8::try_from(count).unwrap();
    let ids = sent(&mut client, &keys, first..UNDER_WAY).await;
    assert_eq!(acknowledged(&mut client, &ids).await, ids.len());
    let all = up_to(usize::from(UNDER_WAY));
    assert_eq!(standing(relay.address(), &keys).await, all);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_an_insert_that_failed() {
    nothing_passes_what_sqlite_failed(Fault::Statement).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_an_append_that_failed_halfway() {
    nothing_passes_what_sqlite_failed(Fault::Halfway).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_a_transaction_that_was_rolled_back() {
    nothing_passes_what_sqlite_failed(Fault::Transaction).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_a_commit_that_failed() {
    nothing_passes_what_sqlite_failed(Fault::Commit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_a_transaction_that_did_not_begin() {
    nothing_passes_what_sqlite_failed(Fault::Begin).await;
}

/// The node dies in the middle, and stays dead for longer than the relay tries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_what_a_dead_jetstream_failed() {
    let ground = Ground::jetstream(1);
    let nats = ground.nats.as_ref().unwrap();
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    client.at(keys.append(&[0])).await;
    let mut ids = Vec::new();
    for n in 1..UNDER_WAY {
        if n == FAILS {
            nats.kill(1);
        }
        ids.push(client.send(keys.append(&[n])).await.unwrap());
    }
    let count = 1 + acknowledged(&mut client, &ids).await;
    assert!(count < usize::from(UNDER_WAY), "the node was dead");
    nats.restart(1);
    let first = u8::try_from(stored(relay.address(), &keys, count).await).unwrap();
    let mut client = Client::connect(relay.address()).await;
    let ids = sent(&mut client, &keys, first..UNDER_WAY).await;
    assert_eq!(acknowledged(&mut client, &ids).await, ids.len());
    let all = up_to(usize::from(UNDER_WAY));
    assert_eq!(standing(relay.address(), &keys).await, all);
    relay.stop().await;
}

/// How many stand, once the store answers: those acknowledged, and of those behind them the first.
async fn stored(address: SocketAddr, keys: &Keys, acknowledged: usize) -> usize {
    let deadline = Instant::now() + SOON;
    loop {
        let mut client = Client::connect(address).await;
        if let Ok(Reply::Page { entries, .. }) = client.try_ask(keys.read(1, 1000)).await {
            let found: Vec<u8> = entries.iter().map(|entry| entry.blob[0]).collect();
            assert_eq!(found, up_to(found.len()));
            assert!(found.len() >= acknowledged);
            return found.len();
        }
        assert!(Instant::now() < deadline, "the store does not come back");
        sleep(Duration::from_millis(100)).await;
    }
}

/// What was lost on its way is sent again; what was sent behind it waited.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_comes_before_what_was_sent_behind_it() {
    let ground = Ground::jetstream(1);
    let nats = ground.nats.as_ref().unwrap();
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    client.at(keys.append(&[0])).await;
    // What is sent to it now is lost with it.
    nats.freeze(1);
    let mut ids = sent(&mut client, &keys, 1..FAILS).await;
    nats.kill(1);
    nats.restart(1);
    ids.extend(sent(&mut client, &keys, FAILS..UNDER_WAY).await);
    assert_eq!(acknowledged(&mut client, &ids).await, ids.len());
    let all = up_to(usize::from(UNDER_WAY));
    assert_eq!(standing(relay.address(), &keys).await, all);
    relay.stop().await;
}
