//! Numbers for Prometheus. None of them tells a stream, a capability or an address.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use sotto_protocol::relay::RelayCode;

/// Counters, and a gauge.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Connections open just now.
    pub(crate) connections: AtomicU64,
    /// Connections since the start.
    pub(crate) connected: AtomicU64,
    /// Connections cut because a client was slow, silent or wrong.
    pub(crate) cut: AtomicU64,
    /// Connections refused before the WebSocket.
    pub(crate) turned_away: AtomicU64,
    /// Requests.
    pub(crate) requests: AtomicU64,
    /// Blobs stored.
    pub(crate) appended: AtomicU64,
    /// Bytes of blobs stored.
    pub(crate) appended_bytes: AtomicU64,
    /// Blobs sent to subscribers.
    pub(crate) delivered: AtomicU64,
    /// Blobs published.
    pub(crate) published: AtomicU64,
    /// Presence notes set or renewed.
    pub(crate) presence: AtomicU64,
    refused: [AtomicU64; 32],
}

/// Adds one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// A request was refused.
    pub(crate) fn refuse(&self, code: RelayCode) {
        if let Some(counter) = self.refused.get(usize::from(code.byte())) {
            count(counter);
        }
    }

    /// The text that Prometheus reads (exposition format 0.0.4).
    #[must_use]
    pub(crate) fn text(&self, subscriptions: usize, tail_bytes: usize) -> String {
        let mut text = String::new();
        let gauges = [
            ("connections", self.connections.load(Ordering::Relaxed)),
            ("subscriptions", u64::try_from(subscriptions).unwrap_or(0)),
            ("tail_bytes", u64::try_from(tail_bytes).unwrap_or(0)),
        ];
        for (name, value) in gauges {
            line(&mut text, name, "gauge", value);
        }
        let counters = [
            ("connected_total", &self.connected),
            ("cut_total", &self.cut),
            ("turned_away_total", &self.turned_away),
            ("requests_total", &self.requests),
            ("appended_total", &self.appended),
            ("appended_bytes_total", &self.appended_bytes),
            ("delivered_total", &self.delivered),
            ("published_total", &self.published),
            ("presence_total", &self.presence),
        ];
        for (name, counter) in counters {
            line(&mut text, name, "counter", counter.load(Ordering::Relaxed));
        }
        self.refusals(&mut text);
        text
    }

    fn refusals(&self, text: &mut String) {
        text.push_str("# TYPE sotto_relay_refused_total counter\n");
        for code in RelayCode::ALL {
            let counter = self.refused.get(usize::from(code.byte()));
            let count = counter.map_or(0, |it| it.load(Ordering::Relaxed));
            let name = code.as_str();
            let _written = writeln!(text, "sotto_relay_refused_total{{code=\"{name}\"}} {count}");
        }
    }
}

fn line(text: &mut String, name: &str, kind: &str, value: u64) {
    let _written = write!(
        text,
        "# TYPE sotto_relay_{name} {kind}\nsotto_relay_{name} {value}\n"
    );
}
