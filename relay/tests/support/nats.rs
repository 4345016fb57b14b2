//! Real nats-servers, ended with the test.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tokio::time::{Instant, sleep};

pub struct Nats {
    pub nodes: u16,
    ports: Ports,
    folder: tempfile::TempDir,
}

/// Where the ports of a cluster may begin: below those that the system hands out.
const BASES: std::ops::Range<u16> = 21_000..31_000;

/// What it said, when it failed.
fn said(script: &mut Command) -> Result<(), String> {
    let done = script.output().unwrap();
    match done.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
    }
}

/// Whether a process holds nothing any more, by its `/proc/PID/stat`: its first thread is a zombie
/// (Z) while others still have its ports, so their number is looked at as well.
fn is_over(stat: &str) -> bool {
    let fields = stat.rsplit(") ").next().unwrap().split_whitespace();
    let fields: Vec<&str> = fields.collect();
    (fields[0], fields[17]) == ("Z", "1")
}

/// Ports that nobody else has, here or in another program of tests, as long as the file is open.
pub struct Ports {
    base: u16,
    _claim: File,
}

impl Ports {
    /// Those of the first base that is free.
    fn claim() -> Self {
        BASES.step_by(50).find_map(Self::at).unwrap()
    }

    /// `None` when somebody has claimed them, or listens on one of them.
    pub fn at(base: u16) -> Option<Self> {
        let path = std::env::temp_dir().join(format!("sotto-nats-{base}.claim"));
        let claim = File::create(path).ok()?;
        claim.try_lock().ok()?;
        let mut ports = (1..=3).flat_map(|n| [base + n, base + n + 10, base + n + 30]);
        let are_free = ports.all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok());
        are_free.then_some(Self {
            base,
            _claim: claim,
        })
    }
}

impl Nats {
    pub fn start(nodes: u16) -> Self {
        let nats = Self {
            nodes,
            ports: Ports::claim(),
            folder: tempfile::tempdir().unwrap(),
        };
        nats.run("start.sh", None);
        nats
    }

    /// What the script says when it is to begin once more on ports that this one has.
    pub fn begin_once_more(&self) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        said(self.script("start.sh").env("RUN", folder.path()))
    }

    fn run(&self, name: &str, node: Option<u16>) {
        let mut script = self.script(name);
        if let Some(node) = node {
            script.env("NODE", node.to_string());
        }
        said(&mut script).unwrap_or_else(|said| panic!("{name}: {said}"));
    }

    fn script(&self, name: &str) -> Command {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/services/nats");
        let mut script = Command::new(folder.join(name));
        script
            .env("RUN", self.folder.path().join("nats"))
            .env("BASE_PORT", self.ports.base.to_string())
            .env("NODES", self.nodes.to_string());
        script
    }

    pub fn servers(&self) -> Vec<String> {
        (1..=self.nodes)
            .map(|n| format!("nats://127.0.0.1:{}", self.ports.base + n))
            .collect()
    }

    /// Sends a signal, and says to whom.
    fn signal(&self, name: &str, node: u16) -> String {
        let file = self.folder.path().join(format!("nats/{node}.pid"));
        let pid = std::fs::read_to_string(file).unwrap();
        let sent = Command::new("kill").args([name, pid.trim()]).status();
        assert!(sent.unwrap().success());
        pid.trim().to_owned()
    }

    /// It takes no more in, and does not end.
    pub fn freeze(&self, node: u16) {
        self.signal("-STOP", node);
    }

    /// `kill -9`, and waits until its ports are free.
    pub fn kill(&self, node: u16) {
        let stat = format!("/proc/{}/stat", self.signal("-9", node));
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !is_over(&stat)) {
            std::thread::yield_now();
        }
    }

    pub fn restart(&self, node: u16) {
        self.run("start.sh", Some(node));
    }

    /// The node that leads a JetStream stream, once there is one.
    pub async fn leader(&self, stream: &str) -> u16 {
        let deadline = Instant::now() + super::SOON;
        loop {
            if let Some(node) = self.leads(stream) {
                return node;
            }
            assert!(Instant::now() < deadline, "nobody leads {stream}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    fn leads(&self, stream: &str) -> Option<u16> {
        let url = format!(
            "http://127.0.0.1:{}/jsz?streams=true&config=false",
            self.ports.base + 11
        );
        let answer = Command::new("curl").args(["-fs", &url]).output().unwrap();
        let text = String::from_utf8(answer.stdout).unwrap();
        let of_stream = text.split(&format!("\"name\": \"{stream}\"")).nth(1);
        let leader = of_stream.and_then(|rest| rest.split("\"leader\": \"n").nth(1));
        leader?[..1].parse().ok()
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.run("stop.sh", None);
    }
}
