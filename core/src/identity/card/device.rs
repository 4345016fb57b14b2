use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use super::CardError;
use crate::cbor::{ArrayWriter, CborError, Field};

/// Most devices a card lists.
pub const MAX_DEVICES: usize = 8;
/// Longest origin: a DNS name of 253 bytes, scheme and port.
const MAX_ORIGIN_LEN: usize = 266;

/// A relay: `wss://host` or `wss://host:port`; `ws://` only on this machine. A host that browsers
/// take for a number (WHATWG URL, "ends in a number") is an IPv4 address in its one form.
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

    /// Whether the host is this machine or lies in its own network: what only the person may
    /// name, lest somebody else has our browser knock there.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let host = split_port(authority, 0).map_or(authority, |(host, _)| host);
        match (
            host.parse::<Ipv4Addr>(),
            inner_v6(host).map(str::parse::<Ipv6Addr>),
        ) {
            (Ok(address), _) => is_local_v4(address),
            (_, Some(Ok(address))) => is_local_v6(address),
            // A name without a dot, or of the two endings that no public name has.
            _ => !host.contains('.') || host.ends_with(".localhost") || host.ends_with(".local"),
        }
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_loopback(host: &str) -> bool {
    // What the extension's policy of content can name: no IPv6 address.
    matches!(host, "127.0.0.1" | "localhost")
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

const fn is_local_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    // RFC 6598: addresses behind a carrier's translation.
    let is_shared = first == 100 && second & 0xc0 == 64;
    let is_own = address.is_loopback() || address.is_private() || address.is_link_local();
    is_own || is_shared || first == 0
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    let is_own = address.is_loopback() || address.is_unspecified();
    let is_near = address.is_unique_local() || address.is_unicast_link_local();
    let within = address.to_ipv4();
    is_own || is_near || within.is_some_and(is_local_v4)
}

/// What stands in the brackets.
fn inner_v6(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// The last label is digits, or hexadecimal after `0x`.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    last.bytes().all(|byte| byte.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(is_hex)
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
    match inner_v6(host) {
        // An IPv6 address in the form of RFC 5952, which is how `Ipv6Addr` prints.
        Some(inner) => inner
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| address.to_string() == inner),
        None if ends_in_number(host) => host.parse::<Ipv4Addr>().is_ok(),
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
            "ws://localhost:9000",
            "wss://192.0.2.7:8443",
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
            "ws://[::1]",
            // A browser throws at the first four, and takes the last four for 127.0.0.1.
            "wss://1.2.3.4.5",
            "wss://256.1.1.1",
            "wss://relay.7",
            "wss://relay.0xg.0x1",
            "wss://127.1",
            "wss://2130706433",
            "wss://0x7f.1",
            "wss://0177.0.0.1",
        ] {
            assert!(RelayOrigin::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_lies_in_the_own_network_is_told_from_what_lies_outside() {
        let is_local = |text: &str| RelayOrigin::parse(text).unwrap().is_local();
        for text in [
            "ws://127.0.0.1:9000",
            "wss://[::1]",
            "ws://localhost",
            "wss://127.9.9.9",
            "wss://localhost:8443",
            "wss://me.localhost",
            "wss://printer.local",
            "wss://router",
            "wss://10.0.0.1",
            "wss://192.168.1.1:8443",
            "wss://172.31.0.1",
            "wss://169.254.169.254",
            "wss://100.64.0.1",
            "wss://0.0.0.0",
            "wss://[::]",
            "wss://[fe80::1]",
            "wss://[fd00::1]:8443",
            "wss://[::ffff:10.0.0.1]",
        ] {
            assert!(is_local(text), "{text}");
        }
        for text in [
            "wss://relay.example",
            "wss://relay.example:8443",
            "wss://192.0.2.7",
            "wss://[2001:db8::1]:8443",
            "wss://10.0.0.1.example",
        ] {
            assert!(!is_local(text), "{text}");
        }
    }
}
