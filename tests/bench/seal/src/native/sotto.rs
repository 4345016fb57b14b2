//! Letters natively: the core's segments, one thread for each processor.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use sotto_bench::{Person, rng};
use sotto_core::age::{CHUNK_LEN, PayloadKey, PayloadNonce, SEALED_CHUNK_LEN};
use sotto_core::letter::{ChunkDigest, LetterError, Segment, digest_of};
use zeroize::Zeroizing;

use super::{Done, Failed};

/// Chunks of a segment: 1 MiB.
const CHUNKS: u64 = 16;
/// The longest header looked for.
const HEAD_LEN: usize = 65_536;

type Bytes = Zeroizing<[u8; 32]>;

/// What a thread does with one segment: the bytes read, room for the result, what is kept.
type Work<'a> = dyn Fn(Segment, &[u8], &mut Vec<u8>, &mut Vec<ChunkDigest>) -> Result<(), LetterError>
    + Sync
    + 'a;

/// Where segments are read and written: an offset and the bytes of a chunk.
#[derive(Clone, Copy)]
struct Side<'a> {
    file: &'a File,
    offset: u64,
    chunk: u64,
}

pub(super) fn seal(from: &str, to: &str) -> Done {
    let person = Person::new()?;
    let input = File::open(from)?;
    let length = input.metadata()?.len();
    let output = File::create(to)?;
    let letter = person.begin(&mut rng())?;
    let (key, nonce) = (letter.payload_key().expose().clone(), *letter.nonce());
    // The header says the digest, so it is made last; its length is known before.
    let alike = person.header(person.begin(&mut rng())?, length, [0; 32], &mut rng())?;
    let header_len = len(alike.len());
    let payload = header_len.saturating_add(len(PayloadNonce::LEN));
    let plain = side(&input, 0, CHUNK_LEN);
    let sealed = side(&output, payload, SEALED_CHUNK_LEN);
    let digests = each_segment(length, plain, Some(sealed), &key, &|key| {
        Box::new(move |segment, bytes, out, digests| segment.seal(&key, bytes, out, digests))
    })?;
    let header = person.header(letter, length, digest_of(&digests), &mut rng())?;
    if len(header.len()) != header_len {
        return Err("the header has another length than foreseen".into());
    }
    output.write_all_at(&header, 0)?;
    output.write_all_at(nonce.as_bytes(), header_len)?;
    Ok(())
}

pub(super) fn open(from: &str, to: &str) -> Done {
    let person = Person::new()?;
    let input = File::open(from)?;
    let mut head = vec![0; HEAD_LEN];
    let read = input.read_at(&mut head, 0)?;
    head.truncate(read);
    let (proved, offset) = person.look(&head)?;
    let key = proved.payload_key().expose().clone();
    let payload = input.metadata()?.len().saturating_sub(len(offset));
    let sealed = side(&input, len(offset), SEALED_CHUNK_LEN);
    let digests = each_segment(payload, sealed, None, &key, &|key| {
        Box::new(move |segment, bytes, out, digests| segment.open(&key, bytes, out, digests))
    })?;
    let tags = len(digests.len()).saturating_mul(16);
    proved.agree(payload.saturating_sub(tags), &digest_of(&digests))?;
    let output = File::create(to)?;
    let plain = side(&output, 0, CHUNK_LEN);
    let again = each_segment(payload, sealed, Some(plain), &key, &|key| {
        Box::new(move |segment, bytes, out, digests| segment.open(&key, bytes, out, digests))
    })?;
    if again == digests {
        Ok(())
    } else {
        Err("changed between the passes".into())
    }
}

/// Runs `work` on every segment, in as many threads as there are processors.
fn each_segment(
    length: u64,
    from: Side<'_>,
    to: Option<Side<'_>>,
    key: &Bytes,
    work: &(dyn Fn(PayloadKey) -> Box<Work<'static>> + Sync),
) -> Result<Vec<ChunkDigest>, Failed> {
    let step = from.chunk.saturating_mul(CHUNKS);
    let count = length.div_ceil(step).max(1);
    let next = AtomicU64::new(0);
    let threads = thread::available_parallelism()?.get();
    let thread = || -> Result<Vec<(u64, Vec<ChunkDigest>)>, Failed> {
        let work = work(PayloadKey::from_bytes(key.clone()));
        let (mut bytes, mut out, mut done) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Ok(done);
            }
            let start = at.saturating_mul(step);
            read(
                from,
                start,
                step.min(length.saturating_sub(start)),
                &mut bytes,
            )?;
            let segment = Segment {
                first: at.saturating_mul(CHUNKS),
                is_last: at.saturating_add(1) == count,
            };
            out.clear();
            let mut digests = Vec::new();
            work(segment, &bytes, &mut out, &mut digests)?;
            if let Some(to) = to {
                let place = segment.first.saturating_mul(to.chunk);
                to.file
                    .write_all_at(&out, to.offset.saturating_add(place))?;
            }
            done.push((at, digests));
        }
    };
    let mut parts = thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(thread)).collect();
        let mut parts = Vec::new();
        for one in all {
            parts.extend(one.join().map_err(|_| "a thread panicked")??);
        }
        Ok::<_, Failed>(parts)
    })?;
    parts.sort_unstable_by_key(|(at, _)| *at);
    Ok(parts.into_iter().flat_map(|(_, digests)| digests).collect())
}

fn read(from: Side<'_>, start: u64, len: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.resize(usize::try_from(len).unwrap_or(usize::MAX), 0);
    from.file
        .read_exact_at(bytes, from.offset.saturating_add(start))
}

fn side(file: &File, offset: u64, chunk: usize) -> Side<'_> {
    Side {
        file,
        offset,
        chunk: len(chunk),
    }
}

fn len(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
