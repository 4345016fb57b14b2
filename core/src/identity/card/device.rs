use core::fmt;

use super::CardError;
use crate::cbor::{ArrayWriter, CborError, Field};

/// Most devices a card lists.
pub const MAX_DEVICES: usize = 8;
/// Longest origin: a DNS name of 253 bytes, scheme and port.
const MAX_ORIGIN_LEN: usize = 266;

/// A relay: `wss://host` or `wss://host:port`; `ws://` only on this machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelayOrigin(String);

impl RelayOrigin {
    /// Takes an origin in its one form: lower case, no user, no path, no default port.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = match (text.strip_prefix("wss://"), text.strip_prefix("ws://")) {
            (Some(authority), _) => split_port(authority, 443)?,
            (None, Some(authority)) => {
                split_port(authority, 80).filter(|(host, _)| is_loopback(host))?
            }
            (None, None) => return None,
        };
        let is_origin = text.len() <= MAX_ORIGIN_LEN && is_host(host) && port != Some(0);
        is_origin.then(|| Self(text.to_owned()))
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// Host and port; a port that is written must be the shortest form of another than the default.
fn split_port(authority: &str, default: u16) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        Some(_) | None => return Some((authority, None)),
    };
    let number: u16 = port.parse().ok()?;
    (number.to_string() == port && number != default).then_some((host, Some(number)))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let bracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match bracketed {
        // An IPv6 address in the form of RFC 5952, which is how `Ipv6Addr` prints.
        Some(inner) => inner
            .parse::<core::net::Ipv6Addr>()
            .is_ok_and(|address| address.to_string() == inner),
        None => host.split('.').all(is_label),
    }
}

/// One profile of a person and the mailbox where introductions to it may be left.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    /// Random, of the profile.
    pub id: [u8; 16],
    /// Where the mailbox is. Not contacted before the card is accepted.
    pub relay: RelayOrigin,
    /// The mailbox.
    pub stream: [u8; 16],
    /// The public capability to write to it.
    pub write_token: [u8; 32],
}

impl Device {
    pub(super) fn encode(&self) -> ArrayWriter {
        let row = ArrayWriter::new().bytes(&self.id).text(self.relay.as_str());
        row.bytes(&self.stream).bytes(&self.write_token)
    }

    pub(super) fn decode(index: usize, field: Field<'_>) -> Result<Self, CardError> {
        let [id, relay, stream, write_token] = field.tuple()?;
        let read =
            || -> Result<_, CborError> { Ok((id.array()?, stream.array()?, write_token.array()?)) };
        let (id, stream, write_token) = read()?;
        let relay = RelayOrigin::parse(relay.text()?).ok_or(CardError::Relay { index })?;
        Ok(Self {
            id,
            relay,
            stream,
            write_token,
        })
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("relay", &self.relay)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::RelayOrigin;

    #[test]
    fn an_origin_has_one_form() {
        for text in [
            "wss://relay.example",
            "wss://relay.example:8443",
            "wss://[2001:db8::1]:8443",
            "ws://127.0.0.1:9000",
            "ws://[::1]",
            "ws://localhost:9000",
        ] {
            assert!(RelayOrigin::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "wss://",
            "https://relay.example",
            "ws://relay.example",
            "ws://127.0.0.1.relay.example",
            "wss://relay.example/",
            "wss://relay.example:443",
            "wss://relay.example:0",
            "wss://relay.example:08443",
            "wss://relay.example:+1",
            "wss://relay.example:",
            "wss://Relay.example",
            "wss://me@relay.example",
            "wss://relay..example",
            "wss://-relay.example",
            "wss://relay.example?x",
            "wss://[2001:DB8::1]",
            "wss://[::1",
        ] {
            assert!(RelayOrigin::parse(text).is_none(), "{text}");
        }
    }
}
