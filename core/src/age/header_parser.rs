use super::header::{MAC_MARK, VERSION_LINE};
use super::stanza::{COLUMNS, decode_base64};
use super::{AgeError, Header, Limits, Stanza};

/// Reads a header that arrives in pieces, each line once.
///
/// The limits hold while bytes are taken in, so nothing larger is ever held or decoded.
#[derive(Debug)]
pub struct HeaderParser {
    limits: Limits,
    bytes: Vec<u8>,
    line_start: usize,
    /// Complete lines read.
    lines: usize,
    stanzas: Vec<Stanza>,
    starts: Vec<usize>,
    /// Body text of the last stanza while it is still open.
    open_body: Option<Vec<u8>>,
}

impl HeaderParser {
    /// A parser at the first byte of a file.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            bytes: Vec::new(),
            line_start: 0,
            lines: 0,
            stanzas: Vec::new(),
            starts: Vec::new(),
            open_body: None,
        }
    }

    /// Takes the next bytes. `None`: more are needed. Otherwise the header, and how many of
    /// *these* bytes belong to it.
    ///
    /// # Errors
    /// [`AgeError`]; the parser must not be used after it.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<(Header, usize)>, AgeError> {
        let mut taken = 0_usize;
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            taken = taken.saturating_add(part.len());
            self.take(part)?;
            if part.last() == Some(&b'\n')
                && let Some(header) = self.line()?
            {
                return Ok(Some((header, taken)));
            }
        }
        self.check_version_so_far()?;
        Ok(None)
    }

    fn take(&mut self, part: &[u8]) -> Result<(), AgeError> {
        if self.bytes.len().saturating_add(part.len()) > self.limits.header_len {
            // A foreign file is told apart before its length is: it may have no line at all.
            self.bytes.extend(part.iter().take(VERSION_LINE.len()));
            self.check_version_so_far()?;
            return Err(AgeError::HeaderTooLong {
                limit: self.limits.header_len,
            });
        }
        self.bytes.extend_from_slice(part);
        Ok(())
    }

    /// Refuses a foreign file at its first different byte, not at the limit.
    fn check_version_so_far(&self) -> Result<(), AgeError> {
        if self.lines > 0 {
            return Ok(());
        }
        if self.bytes.iter().zip(VERSION_LINE).all(|(a, b)| a == b) {
            return Ok(());
        }
        if self.bytes.starts_with(b"age-encryption.org/") {
            return Err(AgeError::UnsupportedVersion);
        }
        Err(AgeError::NotAge)
    }

    /// Reads the line that has just been completed.
    fn line(&mut self) -> Result<Option<Header>, AgeError> {
        let start = core::mem::replace(&mut self.line_start, self.bytes.len());
        if self.lines == 0 {
            self.check_version_so_far()?;
            self.lines = 1;
            return Ok(None);
        }
        self.lines = self.lines.saturating_add(1);
        let line = self
            .bytes
            .get(start..self.bytes.len().saturating_sub(1))
            .unwrap_or_default();
        if let Some(mut body) = self.open_body.take() {
            let full = line.len() == COLUMNS;
            if line.len() > COLUMNS {
                return Err(self.malformed());
            }
            body.extend_from_slice(line);
            return if full {
                self.open_body = Some(body);
                Ok(None)
            } else {
                self.close(&body)
            };
        }
        if let Some(args) = line.strip_prefix(b"-> ") {
            let stanza = parse_arguments(args).ok_or_else(|| self.malformed())?;
            return self.open(stanza, start);
        }
        let mac = line.strip_prefix(b"--- ").and_then(decode_base64);
        let mac = mac
            .and_then(|mac| mac.try_into().ok())
            .ok_or_else(|| self.malformed())?;
        self.finish(mac, start).map(Some)
    }

    fn open(&mut self, stanza: Stanza, start: usize) -> Result<Option<Header>, AgeError> {
        if self.stanzas.len() >= self.limits.stanzas {
            return Err(AgeError::TooManyStanzas {
                limit: self.limits.stanzas,
            });
        }
        self.stanzas.push(stanza);
        self.starts.push(start);
        self.open_body = Some(Vec::new());
        Ok(None)
    }

    fn close(&mut self, body: &[u8]) -> Result<Option<Header>, AgeError> {
        let body = decode_base64(body).ok_or_else(|| self.malformed())?;
        if let Some(stanza) = self.stanzas.last_mut() {
            stanza.body = body;
        }
        Ok(None)
    }

    fn finish(&mut self, mac: [u8; 32], mac_start: usize) -> Result<Header, AgeError> {
        if self.stanzas.is_empty() {
            return Err(self.malformed());
        }
        let scrypt = self
            .stanzas
            .iter()
            .any(|stanza| stanza.tag == super::scrypt::TAG);
        if scrypt && self.stanzas.len() > 1 {
            return Err(AgeError::ScryptNotAlone);
        }
        Ok(Header {
            stanzas: core::mem::take(&mut self.stanzas),
            starts: core::mem::take(&mut self.starts),
            mac,
            authenticated_len: mac_start.saturating_add(MAC_MARK.len()),
            bytes: core::mem::take(&mut self.bytes),
        })
    }

    const fn malformed(&self) -> AgeError {
        AgeError::MalformedHeader { line: self.lines }
    }
}

/// `argument *(SP argument)`, each `1*VCHAR`; the body comes later.
fn parse_arguments(line: &[u8]) -> Option<Stanza> {
    let mut args = line.split(|&byte| byte == b' ').map(parse_argument);
    let tag = args.next()??;
    Some(Stanza {
        tag,
        args: args.collect::<Option<_>>()?,
        body: Vec::new(),
    })
}

fn parse_argument(text: &[u8]) -> Option<String> {
    let visible = !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
    visible.then(|| String::from_utf8_lossy(text).into_owned())
}
