//! The `age` crate, as `rage` calls it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write, copy};
use std::str::FromStr;

use age::x25519::Identity;
use age::{Decryptor, Encryptor};

use super::Done;

/// A key that everybody knows.
const KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

pub(super) fn seal(from: &str, to: &str) -> Done {
    let recipient = Identity::from_str(KEY)?.to_public();
    let recipients = [&recipient as &dyn age::Recipient];
    let encryptor = Encryptor::with_recipients(recipients.into_iter())?;
    let mut writer = encryptor.wrap_output(BufWriter::new(File::create(to)?))?;
    copy(&mut BufReader::new(File::open(from)?), &mut writer)?;
    writer.finish()?.flush()?;
    Ok(())
}

pub(super) fn open(from: &str, to: &str) -> Done {
    let identity = Identity::from_str(KEY)?;
    let decryptor = Decryptor::new(BufReader::new(File::open(from)?))?;
    let identities = [&identity as &dyn age::Identity];
    let mut reader = decryptor.decrypt(identities.into_iter())?;
    let mut writer = BufWriter::new(File::create(to)?);
    copy(&mut reader, &mut writer)?;
    writer.flush()?;
    Ok(())
}
