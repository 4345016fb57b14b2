mod peer;
mod sotto;

use std::error::Error;

pub(crate) type Failed = Box<dyn Error + Send + Sync>;
pub(crate) type Done = Result<(), Failed>;

pub(crate) fn run(arguments: &[&str]) -> Done {
    match arguments {
        ["seal", "sotto", from, to] => sotto::seal(from, to),
        ["open", "sotto", from, to] => sotto::open(from, to),
        ["seal", "age", from, to] => peer::seal(from, to),
        ["open", "age", from, to] => peer::open(from, to),
        _ => Err("seal|open sotto|age IN OUT".into()),
    }
}
