//! Opening what a password sealed.

use zeroize::Zeroizing;

use super::entity::Head;
use super::{Content, Entity};
use crate::age::{
    AgeError, Header, HeaderParser, Limits, Passphrase, PayloadKey, PayloadNonce, PayloadOpener,
    ScryptKey,
};
use crate::letter::LetterError;

/// A password letter or file that arrives in pieces.
///
/// What [`Opening::push`] gives is authentic and in order, but not whole: nothing of it is shown
/// or saved before [`Opening::finish`] has succeeded.
#[derive(Debug)]
pub struct Opening {
    opener: PayloadOpener,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// In the header of the entity, or in what may become one.
    Head(Zeroizing<Vec<u8>>),
    /// After it; `None` where there is none.
    Body(Option<Entity>),
}

impl Opening {
    /// Begins behind the header; `nonce` are the 16 bytes after it.
    ///
    /// # Errors
    /// [`AgeError::WrongPassphrase`], [`AgeError::NoMatch`] for a file that no password opens,
    /// [`AgeError::HeaderMac`].
    pub fn new(header: &Header, nonce: PayloadNonce, key: &ScryptKey) -> Result<Self, AgeError> {
        let file_key = key.unwrap(header)?;
        Ok(Self {
            opener: PayloadOpener::new(PayloadKey::derive(&file_key, &nonce)),
            place: Place::Head(Zeroizing::default()),
        })
    }

    /// Takes sealed bytes, appends content to `out`.
    ///
    /// # Errors
    /// Those of the payload; what was given before must be thrown away then.
    pub fn push(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), AgeError> {
        match &mut self.place {
            Place::Body(_) => self.opener.push(sealed, out),
            Place::Head(held) => {
                self.opener.push(sealed, held)?;
                self.look(false, out);
                Ok(())
            }
        }
    }

    /// Opens the last chunk. From here on the content is whole.
    ///
    /// # Errors
    /// Those of the payload; what was given before must be thrown away then.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<Option<Entity>, AgeError> {
        let Self { opener, mut place } = self;
        match &mut place {
            Place::Body(_) => opener.finish(out)?,
            Place::Head(held) => {
                opener.finish(held)?;
                place = sorted(held, true, out).unwrap_or(Place::Body(None));
            }
        }
        match place {
            Place::Body(entity) => Ok(entity),
            Place::Head(_) => Ok(None),
        }
    }

    fn look(&mut self, whole: bool, out: &mut Vec<u8>) {
        if let Place::Head(held) = &self.place
            && let Some(place) = sorted(held, whole, out)
        {
            self.place = place;
        }
    }
}

/// Where the content begins, if that can be told; what is behind the head goes to `out`.
fn sorted(held: &[u8], whole: bool, out: &mut Vec<u8>) -> Option<Place> {
    let (entity, taken) = match Entity::read(held, whole) {
        Head::Incomplete => return None,
        Head::Entity(entity, len) => (Some(entity), len),
        Head::Absent => (None, 0),
    };
    out.extend_from_slice(held.get(taken..).unwrap_or_default());
    Some(Place::Body(entity))
}

/// Opens a file in memory with the first of `passwords` that fits.
///
/// # Errors
/// [`LetterError::Age`]: [`AgeError::NoMatch`] for a file that no password opens,
/// [`AgeError::WrongPassphrase`], [`AgeError::WorkFactorTooHigh`], and what is wrong with the file.
pub fn open(file: &[u8], passwords: &[Passphrase]) -> Result<Content, LetterError> {
    let parsed = HeaderParser::new(Limits::READING).push(file)?;
    let (header, taken) = parsed.ok_or(AgeError::TruncatedHeader)?;
    let rest = file.get(taken..).unwrap_or_default();
    let (nonce, payload) = rest
        .split_first_chunk::<{ PayloadNonce::LEN }>()
        .ok_or(AgeError::TruncatedHeader)?;
    let setting = crate::age::ScryptSetting::of(&header)?;
    let nonce = PayloadNonce::from_bytes(*nonce);
    let mut refused = AgeError::WrongPassphrase;
    for password in passwords {
        match Opening::new(&header, nonce, &password.derive(&setting)?) {
            Ok(opening) => return Ok(content(opening, payload)?),
            Err(error) => refused = error,
        }
    }
    Err(refused.into())
}

fn content(mut opening: Opening, payload: &[u8]) -> Result<Content, AgeError> {
    let mut body = Zeroizing::new(Vec::with_capacity(payload.len()));
    opening.push(payload, &mut body)?;
    let entity = opening.finish(&mut body)?;
    Ok(Content::new(entity, body))
}
