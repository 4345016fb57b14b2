//! Settings: a TOML file and the environment; without either, everything has a value that serves
//! one machine.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use sotto_protocol::relay::{DEFAULT_BLOB_LEN, MAX_BLOB_LEN};

use crate::store::Bounds;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML of the known settings.
    #[error("{0}")]
    Malformed(#[from] toml::de::Error),
    /// A setting has a value that cannot be.
    #[error("`{setting}`: {reason}")]
    Refused {
        /// Which setting.
        setting: &'static str,
        /// Why, and what to do.
        reason: &'static str,
    },
}

/// A secret among the settings. Does not print.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(..)")
    }
}

/// Every setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where clients connect.
    pub listen: SocketAddr,
    /// The file of the SQLite store; not used with `nats`.
    pub store: PathBuf,
    /// 64 hexadecimal digits that clients must show to make streams; empty: anybody may.
    pub pass: Hidden,
    /// TLS of our own.
    pub tls: Option<TlsConfig>,
    /// A proxy in front that does TLS.
    pub proxy: Option<ProxyConfig>,
    /// JetStream instead of SQLite.
    pub nats: Option<NatsConfig>,
    /// A TURN server.
    pub turn: Option<TurnConfig>,
    /// Where Prometheus reads; empty: nowhere.
    pub metrics: Option<SocketAddr>,
    /// Bounds.
    pub limits: Limits,
}

/// TLS of our own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate and those that vouch for it, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

/// A proxy in front.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyConfig {
    /// The proxy's addresses: from these alone `X-Forwarded-For` is believed.
    pub trusted: Vec<IpAddr>,
}

/// JetStream.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsConfig {
    /// `nats://` or `tls://` addresses of the nodes.
    pub servers: Vec<String>,
    /// Before the names of streams, buckets and subjects.
    #[serde(default = "default_prefix")]
    pub prefix: String,
    /// Copies of every blob: 1, 3 or 5.
    #[serde(default = "default_replicas")]
    pub replicas: usize,
    /// A user, where the servers want one.
    #[serde(default)]
    pub user: String,
    /// The user's password.
    #[serde(default)]
    pub password: Hidden,
    /// Or a token.
    #[serde(default)]
    pub token: Hidden,
}

fn default_prefix() -> String {
    "sotto".to_owned()
}

const fn default_replicas() -> usize {
    1
}

/// A TURN server that shares a secret with us.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnConfig {
    /// coturn's `static-auth-secret`.
    pub secret: Hidden,
    /// Its addresses: `turn:turn.example:3478`.
    pub uris: Vec<String>,
    /// Seconds that credentials are good for.
    #[serde(default = "default_turn_ttl")]
    pub ttl_s: u32,
}

const fn default_turn_ttl() -> u32 {
    3600
}

/// Bounds. Rates: 0 is no limit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Connections at the same time.
    pub connections: usize,
    /// Connections of one address at the same time.
    pub connections_per_address: usize,
    /// New connections of one address in a minute.
    pub connects_per_minute: u32,
    /// Requests of one connection in a second.
    pub requests_per_second: u32,
    /// Blobs through one capability in a second, published ones too.
    pub blobs_per_second: u32,
    /// New streams of one address in an hour.
    pub streams_per_hour: u32,
    /// Bytes that one address appends in a day.
    pub bytes_per_day: u64,
    /// Wrong capabilities of one address in a minute.
    pub refusals_per_minute: u32,
    /// Subscriptions of one connection.
    pub subscriptions: usize,
    /// Subscriptions of one address.
    pub subscriptions_per_address: usize,
    /// Bytes of a blob.
    pub blob_bytes: u32,
    /// Blobs of a stream.
    pub stream_blobs: u32,
    /// Bytes of a stream's blobs.
    pub stream_bytes: u64,
    /// Bytes of the whole store.
    pub store_bytes: u64,
    /// Seconds that a blob is kept.
    pub keep_s: u64,
    /// Seconds that a stream nobody uses is kept, with its capabilities.
    pub idle_s: u64,
    /// Seconds in which a client must send its request for the WebSocket, and take what is sent.
    pub slow_s: u32,
    /// Seconds without a sign of life after which a client is asked for one; cut after three times
    /// as many.
    pub silent_s: u32,
    /// Seconds for requests under way when the relay is told to stop.
    pub drain_s: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8790)),
            store: PathBuf::from("sotto-relay.db"),
            pass: Hidden::default(),
            tls: None,
            proxy: None,
            nats: None,
            turn: None,
            metrics: None,
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 256,
            connects_per_minute: 120,
            requests_per_second: 200,
            blobs_per_second: 100,
            streams_per_hour: 60,
            // In the time that blobs are kept, less than the store holds.
            bytes_per_day: 512 * 1024 * 1024,
            refusals_per_minute: 30,
            subscriptions: 1024,
            subscriptions_per_address: 16_384,
            blob_bytes: DEFAULT_BLOB_LEN,
            stream_blobs: 20_000,
            stream_bytes: 64 * 1024 * 1024,
            store_bytes: 16 * 1024 * 1024 * 1024,
            keep_s: 30 * 86_400,
            idle_s: 180 * 86_400,
            slow_s: 20,
            silent_s: 25,
            drain_s: 10,
        }
    }
}

impl Limits {
    /// What the store is bound to.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            stream_blobs: self.stream_blobs,
            stream_bytes: self.stream_bytes,
            store_bytes: self.store_bytes,
            keep: Duration::from_secs(self.keep_s),
            idle: Duration::from_secs(self.idle_s),
        }
    }
}

/// The environment's name for the file of settings.
const FILE: &str = "SOTTO_RELAY_CONFIG";

impl Config {
    /// Reads the file named by `file` or the environment, then the environment's own settings.
    ///
    /// # Errors
    /// When a file is named and cannot be read, or a setting cannot be.
    pub fn load(
        file: Option<PathBuf>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let file = file.or_else(|| environment(FILE).map(PathBuf::from));
        let text = file.map_or_else(|| Ok(String::new()), |path| read(&path))?;
        let mut config: Self = toml::from_str(&text)?;
        config.take_environment(environment)?;
        config.check()?;
        Ok(config)
    }

    /// What differs between machines or must not lie in a file.
    fn take_environment(
        &mut self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<(), ConfigError> {
        if let Some(listen) = environment("SOTTO_RELAY_LISTEN") {
            self.listen = listen.parse().map_err(|_| ConfigError::Refused {
                setting: "SOTTO_RELAY_LISTEN",
                reason: "no address and port, such as 127.0.0.1:8790",
            })?;
        }
        if let Some(store) = environment("SOTTO_RELAY_STORE") {
            self.store = store.into();
        }
        if let Some(pass) = environment("SOTTO_RELAY_PASS") {
            self.pass = Hidden(pass);
        }
        if let (Some(turn), Some(secret)) = (&mut self.turn, environment("SOTTO_RELAY_TURN_SECRET"))
        {
            turn.secret = Hidden(secret);
        }
        if let (Some(nats), Some(password)) =
            (&mut self.nats, environment("SOTTO_RELAY_NATS_PASSWORD"))
        {
            nats.password = Hidden(password);
        }
        Ok(())
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |setting, reason| Err(ConfigError::Refused { setting, reason });
        let is_private = self.tls.is_some() || self.proxy.is_some();
        if !is_private && !self.listen.ip().is_loopback() {
            return refuse(
                "listen",
                "outside this machine clients speak TLS alone: set [tls], or [proxy] if one does it",
            );
        }
        if self.limits.blob_bytes > MAX_BLOB_LEN || self.limits.blob_bytes == 0 {
            return refuse("limits.blob_bytes", "must be 1 to 262144");
        }
        if self.limits.slow_s == 0 || self.limits.silent_s == 0 || self.limits.keep_s == 0 {
            return refuse("limits", "slow_s, silent_s and keep_s must not be 0");
        }
        if self.limits.idle_s < self.limits.keep_s {
            return refuse("limits.idle_s", "must not be less than keep_s");
        }
        if !self.pass.0.is_empty() && self.pass_bytes().is_none() {
            return refuse(
                "pass",
                "must be 64 hexadecimal digits: openssl rand -hex 32",
            );
        }
        Ok(())
    }

    /// The pass, where one is set.
    #[must_use]
    pub fn pass_bytes(&self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        let digits = self.pass.0.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(bytes)
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.display().to_string(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigError};

    fn parse(text: &str) -> Result<Config, ConfigError> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn without_settings_it_serves_this_machine() {
        let config = Config::load(None, |_| None).unwrap();
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.limits.blob_bytes, 65_536);
        // At once what a day allows, and as much again each day.
        let limits = config.limits;
        let most = limits.bytes_per_day * (limits.keep_s / 86_400 + 1);
        assert!(most < limits.store_bytes, "one address cannot fill it");
    }

    #[test]
    fn the_environment_comes_after_the_file() {
        let config = Config::load(None, |name| {
            (name == "SOTTO_RELAY_LISTEN").then(|| "127.0.0.1:9".to_owned())
        });
        assert_eq!(config.unwrap().listen.port(), 9);
        let wrong = Config::load(None, |name| {
            (name == "SOTTO_RELAY_LISTEN").then(|| "nonsense".to_owned())
        });
        assert!(wrong.is_err());
    }

    #[test]
    fn outside_this_machine_there_is_no_plain_text() {
        assert!(parse("listen = \"0.0.0.0:8790\"").is_err());
        let behind = "listen = \"0.0.0.0:8790\"\n[proxy]\ntrusted = [\"192.0.2.1\"]";
        assert!(parse(behind).is_ok());
    }

    #[test]
    fn what_is_misspelt_or_cannot_be_is_refused() {
        assert!(parse("listne = \"127.0.0.1:1\"").is_err());
        assert!(parse("[limits]\nblob_bytes = 262145").is_err());
        assert!(parse("[limits]\nkeep_s = 60\nidle_s = 59").is_err());
        assert!(parse("pass = \"short\"").is_err());
        assert!(parse(&format!("pass = \"{}\"", "0f".repeat(32))).is_ok());
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let text = "pass = \"0f\"\n[turn]\nsecret = \"north\"\nuris = []";
        let config: Config = toml::from_str(text).unwrap();
        let shown = format!("{config:?}");
        assert!(!shown.contains("north") && !shown.contains("0f"));
    }
}
