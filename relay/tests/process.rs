//! The relay as a process: killed, told to stop, watched.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a failing test panics"
)]

mod support;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sotto_protocol::relay::{Entry, RelayCode, Reply, Verb};
use support::{Client, Closed, Ground, Keys, SOON, connect_from, try_connect};
use tokio::time::{Instant, sleep};

/// For how long a relay that ends by itself is started again. It may have tried for a minute itself.
const STARTING: Duration = Duration::from_secs(180);
/// How long after.
const RESTART: Duration = Duration::from_millis(500);

/// `sotto-relay`, killed when dropped.
struct Process {
    child: Child,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
}

impl Process {
    /// Starts it with these settings and waits until it says where it listens. A relay that cannot
    /// reach its JetStream ends; like a service manager, this starts it again for a while.
    fn start(folder: &Path, settings: &str) -> Self {
        let deadline = Instant::now() + STARTING;
        loop {
            match Self::try_start(folder, settings) {
                Ok(process) => return process,
                Err(log) => assert!(
                    Instant::now() < deadline,
                    "the relay ends each time it is started: {log}"
                ),
            }
            std::thread::sleep(RESTART);
        }
    }

    /// What it said, when it has ended before it listened.
    fn try_start(folder: &Path, settings: &str) -> Result<Self, String> {
        let file = folder.join("relay.toml");
        std::fs::write(&file, settings).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sotto-relay"))
            .arg(&file)
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = said(&mut log, "s://", "/v1").inspect_err(|_| drop(child.wait()))?;
        let metrics = settings
            .contains("metrics")
            .then(|| said(&mut log, "http://", "/metrics").unwrap());
        // Nobody else reads it, and a full pipe would stop the relay.
        std::thread::spawn(move || log.lines().for_each(drop));
        Ok(Self {
            child,
            address,
            metrics,
        })
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Bytes of memory that are its own.
    fn memory(&self) -> u64 {
        self.status("VmRSS")
    }

    /// The most it ever had.
    fn most_memory(&self) -> u64 {
        self.status("VmHWM")
    }

    fn status(&self, field: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with(field));
        let kib = line.unwrap().split_whitespace().nth(1).unwrap();
        kib.parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where it listens, or all it said when it has ended before it said so.
fn said(log: &mut impl BufRead, before: &str, after: &str) -> Result<SocketAddr, String> {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        if log.read_line(&mut line).unwrap() == 0 {
            return Err(said);
        }
        if let Some((_, rest)) = line.split_once(before) {
            return Ok(rest.split_once(after).unwrap().0.parse().unwrap());
        }
        said += &line;
    }
}

const UNLIMITED: &str = "\
[limits]
connects_per_minute = 0
requests_per_second = 0
blobs_per_second = 0
streams_per_hour = 0
bytes_per_day = 0
connections_per_address = 10000
store_bytes = 50000000
";

fn settings(ground: &Ground) -> String {
    let nats = ground.nats.as_ref().map_or_else(String::new, |nats| {
        let (servers, replicas) = (nats.servers(), nats.nodes);
        format!("[nats]\nservers = {servers:?}\nreplicas = {replicas}\n")
    });
    format!("listen = \"127.0.0.1:0\"\n{nats}{UNLIMITED}")
}

/// A client that comes back by itself, to whichever relay takes it.
struct Faithful {
    addresses: tokio::sync::watch::Receiver<Vec<SocketAddr>>,
    turn: usize,
    client: Option<Client>,
}

impl Faithful {
    fn new(addresses: tokio::sync::watch::Receiver<Vec<SocketAddr>>) -> Self {
        Self {
            addresses,
            turn: 0,
            client: None,
        }
    }

    async fn client(&mut self) -> &mut Client {
        while self.client.is_none() {
            let addresses = self.addresses.borrow().clone();
            self.turn += 1;
            let address = addresses[self.turn % addresses.len()];
            self.client = try_connect(address, &[]).await.ok();
            if self.client.is_none() {
                sleep(Duration::from_millis(50)).await;
            }
        }
        self.client.as_mut().unwrap()
    }

    /// Appends once, whatever happens: the number in the blob tells whether an append whose answer
    /// was lost took effect.
    async fn append(&mut self, keys: &Keys, blob: &[u8]) -> u64 {
        let deadline = Instant::now() + SOON;
        loop {
            assert!(Instant::now() < deadline, "not appended");
            if let Ok(Reply::At { seq }) = self.client().await.try_ask(keys.append(blob)).await {
                return seq;
            }
            self.client = None;
            sleep(Duration::from_millis(50)).await;
            if let Some(seq) = self.found(keys, blob).await {
                return seq;
            }
        }
    }

    async fn found(&mut self, keys: &Keys, blob: &[u8]) -> Option<u64> {
        let mut next = 1;
        loop {
            let reply = self.client().await.try_ask(keys.read(next, 1000)).await;
            let Ok(Reply::Page { more, entries }) = reply else {
                self.client = None;
                sleep(Duration::from_millis(50)).await;
                continue;
            };
            if let Some(entry) = entries.iter().find(|entry| entry.blob == blob) {
                return Some(entry.seq);
            }
            next = entries.last()?.seq + 1;
            if !more {
                return None;
            }
        }
    }
}

/// Follows a stream until `count` different blobs were seen, coming back from the last one seen.
async fn follow(mut faithful: Faithful, keys: Keys, count: usize) -> Vec<Entry> {
    let mut seen: Vec<Entry> = Vec::new();
    let mut different = std::collections::HashSet::new();
    while different.len() < count {
        let from = seen.last().map_or(1, |entry| entry.seq + 1);
        let client = faithful.client().await;
        if !matches!(
            client.try_ask(keys.subscribe(from)).await,
            Ok(Reply::At { .. })
        ) {
            faithful.client = None;
            sleep(Duration::from_millis(50)).await;
            continue;
        }
        while different.len() < count {
            match client.try_event().await {
                Ok((_, sotto_protocol::relay::Event::Blob(entry))) => {
                    different.insert(entry.blob.clone());
                    seen.push(entry);
                }
                Ok(_) => {}
                Err(Closed(_)) => break,
            }
        }
        faithful.client = None;
    }
    seen
}

fn check(all: &[Entry], acknowledged: &HashMap<Vec<u8>, u64>) {
    assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    for (blob, seq) in acknowledged {
        let found = all.iter().find(|entry| entry.seq == *seq);
        assert_eq!(found.map(|entry| &entry.blob), Some(blob), "lost: {seq}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_killed_in_the_middle_loses_nothing_acknowledged() {
    let ground = Ground::sqlite();
    let folder = ground.folder.path();
    let mut process = Process::start(folder, &settings(&ground));
    let keys = Keys::made(&mut Client::connect(process.address).await).await;
    let mut acknowledged = HashMap::new();
    for round in 0..3_u8 {
        let mut client = Client::connect(process.address).await;
        let mut ids = HashMap::new();
        for n in 0..200_u8 {
            let blob = vec![round, n];
            ids.insert(client.send(keys.append(&blob)).await.unwrap(), blob);
        }
        for id in 1..=100 {
            let Ok(Reply::At { seq }) = client.reply(id).await else {
                panic!("not appended")
            };
            acknowledged.insert(ids[&id].clone(), seq);
        }
        process.kill();
        process = Process::start(folder, &settings(&ground));
        let mut client = Client::connect(process.address).await;
        check(&client.all(&keys, 1).await, &acknowledged);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_and_a_relay_killed_in_the_middle_lose_nothing() {
    const COUNT: u16 = 300;
    let ground = Ground::jetstream(3);
    let nats = ground.nats.as_ref().unwrap();
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Process::start(here.path(), &settings(&ground));
    let second = Process::start(there.path(), &settings(&ground));
    let (addresses, watched) = tokio::sync::watch::channel(vec![first.address, second.address]);
    let keys = Keys::made(&mut Client::connect(first.address).await).await;
    let reader = tokio::spawn(follow(
        Faithful::new(watched.clone()),
        keys.clone(),
        COUNT.into(),
    ));
    let mut writer = Faithful::new(watched);
    let mut acknowledged = HashMap::new();
    let mut first = Some(first);
    let mut killed = 0;
    for n in 0..COUNT {
        match n {
            75 => {
                killed = nats.leader("sotto-blobs").await;
                nats.kill(killed);
            }
            150 => first.take().unwrap().kill(),
            200 => {
                let process = Process::start(here.path(), &settings(&ground));
                addresses.send_replace(vec![process.address, second.address]);
                first = Some(process);
            }
            225 => nats.restart(killed),
            _ => {}
        }
        let blob = n.to_be_bytes().to_vec();
        let seq = writer.append(&keys, &blob).await;
        acknowledged.insert(blob, seq);
    }
    let seen = reader.await.unwrap();
    check(&seen, &acknowledged);
    let all = Client::connect(second.address).await.all(&keys, 1).await;
    assert_eq!(all, seen);
    let order: Vec<&[u8]> = all.iter().map(|entry| &entry.blob[..]).collect();
    assert!(order.is_sorted(), "the writer waited for each");
}

/// Two people, each writing and reading, whichever relay there is; one relay after the other is
/// killed, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_killed_again_and_again_serve_one_conversation() {
    const EACH: u16 = 60;
    const ROUNDS: usize = 6;
    let ground = Ground::jetstream(1);
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let start = |at: usize| Process::start(folders[at].path(), &settings(&ground));
    let mut relays = [start(0), start(1)];
    let both = |relays: &[Process; 2]| relays.iter().map(|it| it.address).collect::<Vec<_>>();
    let (addresses, watched) = tokio::sync::watch::channel(both(&relays));
    let keys = Keys::made(&mut Client::connect(relays[0].address).await).await;
    let mut readers = tokio::task::JoinSet::new();
    let mut writers = tokio::task::JoinSet::new();
    for person in 0..2_u8 {
        let reader = Faithful::new(watched.clone());
        readers.spawn(follow(reader, keys.clone(), usize::from(EACH) * 2));
        let (mut writer, keys) = (Faithful::new(watched.clone()), keys.clone());
        writers.spawn(async move {
            let mut acknowledged = HashMap::new();
            for n in 0..EACH {
                let blob = [&[person][..], &n.to_be_bytes()].concat();
                let seq = writer.append(&keys, &blob).await;
                acknowledged.insert(blob, seq);
                sleep(Duration::from_millis(20)).await;
            }
            acknowledged
        });
    }
    for round in 0..ROUNDS {
        sleep(Duration::from_millis(200)).await;
        let at = round % 2;
        relays[at].child.kill().unwrap();
        relays[at] = start(at);
        addresses.send_replace(both(&relays));
    }
    let acknowledged = writers.join_all().await;
    let all = Client::connect(relays[0].address).await.all(&keys, 1).await;
    for (person, acknowledged) in (0..2_u8).zip(&acknowledged) {
        check(&all, acknowledged);
        let own = all.iter().filter(|entry| entry.blob[0] == person);
        let order: Vec<&[u8]> = own.map(|entry| &entry.blob[..]).collect();
        assert!(order.is_sorted(), "a writer waited for each");
    }
    for seen in readers.join_all().await {
        assert_eq!(seen, all[..seen.len()]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_stop_it_answers_and_says_goodbye() {
    let ground = Ground::sqlite();
    let mut process = Process::start(ground.folder.path(), &settings(&ground));
    let mut client = Client::connect(process.address).await;
    let mut idle = Client::connect(process.address).await;
    let keys = Keys::made(&mut client).await;
    let mut ids = Vec::new();
    for n in 0..50_u8 {
        ids.push(client.send(keys.append(&[n])).await.unwrap());
    }
    client.reply(ids[0]).await.unwrap();
    process.signal("-TERM");
    let mut answered = 1;
    for id in &ids[1..] {
        match client.reply(*id).await {
            Ok(Reply::At { .. }) => answered += 1,
            Ok(other) => panic!("{other:?}"),
            Err(Closed(reason)) => {
                assert_eq!(reason, RelayCode::Draining.as_str());
                break;
            }
        }
    }
    assert_eq!(idle.closed().await, RelayCode::Draining.as_str());
    drop(client);
    drop(idle);
    let deadline = Instant::now() + SOON;
    while process.child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "it goes on");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(process.child.wait().unwrap().success());
    let process = Process::start(ground.folder.path(), &settings(&ground));
    let mut client = Client::connect(process.address).await;
    assert!(client.all(&keys, 1).await.len() >= answered);
}

/// Clients that send much and take nothing, each subscribed to a stream full of blobs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_bounded_whatever_clients_do() {
    let ground = Ground::sqlite();
    let process = Process::start(ground.folder.path(), &settings(&ground));
    let mut client = Client::connect(process.address).await;
    let keys = Keys::made(&mut client).await;
    let blob = vec![7; 60_000];
    for _ in 0..100 {
        client.at(keys.append(&blob)).await;
    }
    let before = process.memory();
    let mut deaf = Vec::new();
    for _ in 0..100 {
        let mut client = Client::connect(process.address).await;
        for _ in 0..20 {
            client.send(keys.subscribe(1)).await.unwrap();
        }
        deaf.push(client);
    }
    let publish = Verb::Publish {
        stream: keys.id,
        write: keys.write.clone(),
        blob: vec![8; 60_000],
    };
    for _ in 0..100 {
        client.done(publish.clone()).await;
        client.at(keys.append(&blob)).await;
    }
    // A queue for each would be 100 × 20 × 12 MB.
    let grown = process.memory().saturating_sub(before);
    assert!(grown < 200_000_000, "grown by {grown} bytes");
    println!("100 deaf clients: {} kB each", grown / 100_000);
}

/// Never stops, whatever it is answered: blobs as large as may be whose answers it does not take,
/// then guesses, then what is no message at all, on one connection after the other.
async fn flood(from: [u8; 4], relay: SocketAddr) {
    let keys = Keys::new();
    for round in 0_u32.. {
        let Ok(mut client) = connect_from(from, relay).await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        if round == 0 {
            drop(client.try_ask(keys.create()).await);
        }
        let blob = vec![7; 65_536];
        for n in 0_u32.. {
            let sent = match (round + n) % 3 {
                0 => client.send(keys.append(&blob)).await.map(drop),
                1 => client.send(Keys::new().append(&blob)).await.map(drop),
                _ => client.send(keys.subscribe(1)).await.map(drop),
            };
            if sent.is_err() {
                break;
            }
        }
        let junk = tokio_tungstenite::tungstenite::Message::Binary(vec![4; 70_000].into());
        drop(futures_util::SinkExt::send(&mut client.socket, junk).await);
    }
}

/// Opens sockets and says nothing.
async fn crowd(from: [u8; 4], relay: SocketAddr) {
    let mut silent = Vec::new();
    loop {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((from, 0))).unwrap();
        if let Ok(socket) = socket.connect(relay).await {
            silent.push(socket);
        }
        if silent.len() >= 500 {
            silent.clear();
        }
    }
}

/// With the limits that a relay has without settings, from eight addresses at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_costs_little_memory_and_leaves_others_alone() {
    const BLOBS: u8 = 30;
    let ground = Ground::sqlite();
    let process = Process::start(ground.folder.path(), "listen = \"127.0.0.1:0\"");
    let relay = process.address;
    let mut reader = Client::connect(relay).await;
    let mut writer = Client::connect(relay).await;
    let keys = Keys::made(&mut writer).await;
    reader.at(keys.subscribe(1)).await;
    let before = process.memory();
    let mut attackers = tokio::task::JoinSet::new();
    for address in 1..=8 {
        for _ in 0..12 {
            attackers.spawn(flood([127, 0, 1, address], relay));
        }
        attackers.spawn(crowd([127, 0, 1, address], relay));
    }
    let mut slowest = Duration::ZERO;
    for n in 0..BLOBS {
        let start = Instant::now();
        let seq = writer.at(keys.append(&[n])).await;
        let entry = reader.blob().await;
        assert_eq!((entry.seq, entry.blob), (seq, vec![n]));
        slowest = slowest.max(start.elapsed());
        sleep(Duration::from_millis(200)).await;
    }
    attackers.abort_all();
    let grown = process.most_memory().saturating_sub(before);
    println!(
        "grown by {} MB, slowest blob {slowest:?}",
        grown / 1_000_000
    );
    // 64 MiB of blobs under way, 64 MiB of tails, SQLite's cache, one message for each connection.
    assert!(grown < 256_000_000, "grown by {grown} bytes");
    // The attackers and the relay share two processors here, with whatever else runs.
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    others_are_new(relay).await;
}

/// Whoever comes only now is served as well.
async fn others_are_new(relay: SocketAddr) {
    let mut client = Client::connect(relay).await;
    let keys = Keys::made(&mut client).await;
    client.at(keys.append(b"unaffected")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_and_log_hold_no_id() {
    let ground = Ground::sqlite();
    let settings = format!("metrics = \"127.0.0.1:0\"\n{}", settings(&ground));
    let process = Process::start(ground.folder.path(), &settings);
    let mut client = Client::connect(process.address).await;
    let keys = Keys::made(&mut client).await;
    client.at(keys.append(b"x")).await;
    client.refused(Keys::new().append(b"x")).await;
    let url = format!("http://{}/metrics", process.metrics.unwrap());
    let answer = Command::new("curl").args(["-fs", &url]).output().unwrap();
    let text = String::from_utf8(answer.stdout).unwrap();
    assert!(text.contains("\nsotto_relay_appended_total 1\n"), "{text}");
    assert!(text.contains("sotto_relay_refused_total{code=\"refused\"} 1"));
    assert!(text.contains("\nsotto_relay_connections 1\n"));
    assert!(!text.contains("127.0.0.1"));
    let long = |word: &str| word.len() >= 32 && word.bytes().all(|it| it.is_ascii_hexdigit());
    assert!(!text.split(|it: char| !it.is_ascii_alphanumeric()).any(long));
}

const TLS_1_2: [&str; 2] = ["--tls-max", "1.2"];
const TLS_1_3: [&str; 2] = ["--tls-max", "1.3"];

/// A certificate for 127.0.0.1 that vouches for itself.
fn certify(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
        .args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=relay", "-addext"])
        .args(["subjectAltName=IP:127.0.0.1", "-keyout", "key.pem"])
        .args(["-out", "certificate.pem"])
        .current_dir(folder)
        .output();
    assert!(made.unwrap().status.success());
}

/// Asks for health over TLS, trusting the certificate in the folder alone.
fn is_served(folder: &Path, address: SocketAddr, version: [&str; 2]) -> bool {
    let asked = Command::new("curl")
        .args(["-fs", "--cacert", "certificate.pem"])
        .args(version)
        .arg(format!("https://{address}/health"))
        .current_dir(folder)
        .output();
    asked.unwrap().stdout == b"ok\n"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_served_and_its_certificate_renewed() {
    let ground = Ground::sqlite();
    let folder = ground.folder.path();
    certify(folder);
    let tls = "[tls]\ncertificate = \"certificate.pem\"\nkey = \"key.pem\"\n";
    let process = Process::start(folder, &format!("{}{tls}", settings(&ground)));
    assert!(is_served(folder, process.address, TLS_1_3));
    assert!(is_served(folder, process.address, TLS_1_2));
    assert!(
        try_connect(process.address, &[]).await.is_err(),
        "no plain text"
    );
    certify(folder);
    assert!(!is_served(folder, process.address, TLS_1_3));
    process.signal("-HUP");
    let deadline = Instant::now() + SOON;
    while !is_served(folder, process.address, TLS_1_3) {
        assert!(Instant::now() < deadline, "not renewed");
        sleep(Duration::from_millis(50)).await;
    }
}
