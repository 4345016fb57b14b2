//! Real nats-servers, ended with the test.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

pub struct Nats {
    pub nodes: u16,
    base: u16,
    folder: tempfile::TempDir,
}

static NEXT: AtomicU16 = AtomicU16::new(0);

fn script(name: &str) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/services/nats");
    Command::new(folder.join(name))
}

/// Ports below those that the system hands out, not used by anybody just now.
fn free_base() -> u16 {
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let start = u16::try_from(std::process::id() % 150).unwrap();
        let base = 21_000 + (start + step) % 200 * 50;
        let wanted = (1..=3).flat_map(|n| [n, n + 10, n + 30]);
        if wanted
            .map(|n| TcpListener::bind(("127.0.0.1", base + n)))
            .all(|bound| bound.is_ok())
        {
            return base;
        }
    }
}

impl Nats {
    pub fn start(nodes: u16) -> Self {
        let nats = Self {
            nodes,
            base: free_base(),
            folder: tempfile::tempdir().unwrap(),
        };
        nats.run("start.sh", None);
        nats
    }

    fn run(&self, name: &str, node: Option<u16>) {
        let mut script = script(name);
        script
            .env("RUN", self.folder.path().join("nats"))
            .env("BASE_PORT", self.base.to_string())
            .env("NODES", self.nodes.to_string());
        if let Some(node) = node {
            script.env("NODE", node.to_string());
        }
        let done = script.output().unwrap();
        assert!(
            done.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    pub fn servers(&self) -> Vec<String> {
        (1..=self.nodes)
            .map(|n| format!("nats://127.0.0.1:{}", self.base + n))
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
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
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
            self.base + 11
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
