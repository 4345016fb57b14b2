//! One suite, every store: through the wire, as a client sees it.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a failing test panics"
)]

mod support;

use std::time::Duration;

use sotto_protocol::relay::{Entry, Event, RelayCode, Reply, Secret, Tag, Verb};
use support::{Client, Ground, Keys, Nats, random};
use tokio::time::{Instant, sleep};

fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

fn is_rising(entries: &[Entry]) -> bool {
    entries.windows(2).all(|pair| pair[0].seq < pair[1].seq)
}

async fn total_order(ground: &Ground) {
    let relay = ground.relay().await;
    let keys = Keys::made(&mut Client::connect(relay.address()).await).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4_u8 {
        let (keys, address) = (keys.clone(), relay.address());
        writers.spawn(async move {
            let mut client = Client::connect(address).await;
            let mut ids = Vec::new();
            for n in 0..40_u8 {
                ids.push(client.send(keys.append(&[writer, n])).await.unwrap());
            }
            for id in ids {
                assert!(matches!(client.reply(id).await, Ok(Reply::At { .. })));
            }
        });
    }
    writers.join_all().await;
    let all = Client::connect(relay.address()).await.all(&keys, 1).await;
    assert!(is_rising(&all));
    for writer in 0..4 {
        let own = all.iter().filter(|entry| entry.blob[0] == writer);
        let own: Vec<u8> = own.map(|entry| entry.blob[1]).collect();
        assert_eq!(own, (0..40).collect::<Vec<u8>>());
    }
    relay.stop().await;
}

async fn compare_and_append_under_contention(ground: &Ground) {
    let relay = ground.relay().await;
    let keys = Keys::made(&mut Client::connect(relay.address()).await).await;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (keys, address) = (keys.clone(), relay.address());
        writers.spawn(async move {
            let mut client = Client::connect(address).await;
            let (mut wins, mut conflicts) = (0, 0_u32);
            while wins < 10 {
                let all = client.all(&keys, 1).await;
                let last = all.last().map_or(0, |entry| entry.seq);
                match client
                    .ask(keys.append_after(last, &last.to_be_bytes()))
                    .await
                {
                    Reply::At { seq } => {
                        assert!(seq > last);
                        wins += 1;
                    }
                    Reply::Failed {
                        code: RelayCode::Conflict,
                        ..
                    } => conflicts += 1,
                    other => panic!("{other:?}"),
                }
            }
            conflicts
        });
    }
    let conflicts: u32 = writers.join_all().await.into_iter().sum();
    assert!(conflicts > 0, "there was no contention");
    let mut client = Client::connect(relay.address()).await;
    let all = client.all(&keys, 1).await;
    assert_eq!(all.len(), 60);
    let mut last = 0;
    for entry in &all {
        assert_eq!(entry.blob, u64::to_be_bytes(last));
        last = entry.seq;
    }
    let stale = keys.append_after(0, b"");
    assert_eq!(client.refused(stale).await, RelayCode::Conflict);
    relay.stop().await;
}

async fn read_from_any_point(ground: &Ground) {
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let other = Keys::made(&mut client).await;
    let mut expected = Vec::new();
    for n in 0..20_u8 {
        expected.push(client.at(keys.append(&[n; 10])).await);
        client.at(other.append(b"of another stream")).await;
    }
    for from in 0..=expected[19] + 1 {
        let (entries, more) = client.page(keys.read(from, 100)).await;
        let wanted: Vec<u64> = expected.iter().copied().filter(|it| *it >= from).collect();
        assert_eq!(seqs(&entries), wanted);
        assert!(!more);
    }
    let (entries, more) = client.page(keys.read(expected[3], 5)).await;
    assert_eq!(seqs(&entries), expected[3..8]);
    assert!(more);
    let (entries, more) = client.page(keys.read(expected[15], 5)).await;
    assert_eq!(entries.len(), 5);
    assert!(!more);
    relay.stop().await;
}

async fn live_tail_without_gap_or_duplicate(ground: &Ground) {
    let relay = ground.relay().await;
    let mut first = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut first).await;
    assert_eq!(first.at(keys.subscribe(1)).await, 0);
    let mut readers = tokio::task::JoinSet::new();
    readers.spawn(async move { collect(first, 150).await });
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..3_u8 {
        let (keys, address) = (keys.clone(), relay.address());
        writers.spawn(async move {
            let mut client = Client::connect(address).await;
            for n in 0..50_u8 {
                client.at(keys.append(&[writer, n])).await;
            }
        });
    }
    // Others join in the middle of it.
    for _ in 0..4 {
        let (keys, address) = (keys.clone(), relay.address());
        readers.spawn(async move {
            let mut client = Client::connect(address).await;
            client.at(keys.subscribe(1)).await;
            collect(client, 150).await
        });
        sleep(Duration::from_millis(10)).await;
    }
    writers.join_all().await;
    let all = Client::connect(relay.address()).await.all(&keys, 1).await;
    assert_eq!(all.len(), 150);
    for seen in readers.join_all().await {
        assert_eq!(seqs(&seen), seqs(&all));
        assert_eq!(seen, all);
    }
    relay.stop().await;
}

async fn collect(mut client: Client, count: usize) -> Vec<Entry> {
    let mut seen = Vec::new();
    while seen.len() < count {
        seen.push(client.blob().await);
    }
    seen
}

async fn trim_forgets_and_numbers_rise_on(ground: &Ground) {
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let mut expected = Vec::new();
    for n in 0..10_u8 {
        expected.push(client.at(keys.append(&[n])).await);
    }
    client.done(keys.trim(0)).await;
    client.done(keys.trim(1)).await;
    assert_eq!(seqs(&client.all(&keys, 1).await), expected);
    client.done(keys.trim(expected[6])).await;
    assert_eq!(seqs(&client.all(&keys, 1).await), expected[6..]);
    client.done(keys.trim(expected[9] + 1)).await;
    assert_eq!(client.all(&keys, 1).await, []);
    assert_eq!(client.at(keys.subscribe(1)).await, 0);
    let next = client.at(keys.append_after(0, b"next")).await;
    assert!(next > expected[9]);
    assert_eq!(client.blob().await.seq, next);
    relay.stop().await;
}

async fn blobs_expire(ground: &Ground) {
    // Long enough that it is read before, also where the disk takes seconds for the commit.
    let relay = ground.relay_with(|config| config.limits.keep_s = 8).await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let first = client.at(keys.append(b"old")).await;
    assert_eq!(client.all(&keys, 1).await.len(), 1);
    let deadline = Instant::now() + support::SOON;
    while !client.all(&keys, 1).await.is_empty() {
        assert!(Instant::now() < deadline, "it did not expire");
        sleep(Duration::from_millis(100)).await;
    }
    assert!(client.at(keys.append(b"new")).await > first);
    relay.stop().await;
}

async fn streams_expire_when_nobody_uses_them(ground: &Ground) {
    let relay = ground
        .relay_with(|config| {
            config.limits.keep_s = 1;
            config.limits.idle_s = 6;
        })
        .await;
    let mut client = Client::connect(relay.address()).await;
    let mut reader = Client::connect(relay.address()).await;
    let idle = Keys::made(&mut client).await;
    let read = Keys::made(&mut client).await;
    let subscribed = Keys::made(&mut client).await;
    reader.at(subscribed.subscribe(1)).await;
    client.at(idle.append(b"once")).await;
    // To ask for a stream's blobs is to use it, so the idle one is asked for by making it anew.
    let deadline = Instant::now() + support::SOON;
    // Beside it another goes on using a stream, longer than the time that each was given.
    let mut user = Client::connect(relay.address()).await;
    let over = Instant::now() + Duration::from_secs(9);
    let using = tokio::spawn(async move {
        while Instant::now() < over {
            user.page(read.read(1, 1)).await;
            sleep(Duration::from_millis(200)).await;
        }
    });
    while client.ask(idle.create()).await != Reply::Done {
        assert!(Instant::now() < deadline, "it did not expire");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(client.all(&idle, 1).await, []);
    using.await.unwrap();
    let seq = client.at(subscribed.append(b"still there")).await;
    assert_eq!(reader.blob().await.seq, seq);
    relay.stop().await;
}

async fn what_is_published_and_who_is_there(ground: &Ground) {
    let relay = ground.relay().await;
    let mut reader = Client::connect(relay.address()).await;
    let mut writer = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut writer).await;
    reader.at(keys.subscribe(1)).await;
    let publish = Verb::Publish {
        stream: keys.id,
        write: keys.write.clone(),
        blob: b"typing".to_vec(),
    };
    writer.done(publish).await;
    let event = Event::Published {
        via: 0,
        blob: b"typing".to_vec(),
    };
    assert_eq!(reader.event().await.1, event);
    let tag = Tag(random());
    let here = |ttl_s| Verb::Presence {
        stream: keys.id,
        write: keys.write.clone(),
        tag,
        ttl_s,
        note: b"here".to_vec(),
    };
    writer.done(here(600)).await;
    let present = Event::Present {
        via: 0,
        tag,
        note: b"here".to_vec(),
    };
    assert_eq!(reader.event().await.1, present);
    // However long it takes to come: the note stands.
    let mut late = Client::connect(relay.address()).await;
    late.at(keys.subscribe(1)).await;
    assert_eq!(late.event().await.1, present);
    writer.done(here(2)).await;
    assert_eq!(reader.event().await.1, present);
    assert_eq!(reader.event().await.1, Event::Absent { tag });
    writer.done(here(600)).await;
    assert_eq!(reader.event().await.1, present);
    writer.done(here(0)).await;
    assert_eq!(reader.event().await.1, Event::Absent { tag });
    assert_eq!(writer.all(&keys, 1).await, []);
    relay.stop().await;
}

async fn a_restart_forgets_nothing(ground: &Ground) {
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let secret = Secret(random());
    client.done(keys.grant(&secret, 9)).await;
    for n in 0..10_u8 {
        client.at(keys.append(&[n])).await;
    }
    let before = client.all(&keys, 1).await;
    relay.stop().await;
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    assert_eq!(client.all(&keys, 1).await, before);
    let via = keys.append_with(&secret, None, b"again");
    let seq = client.at(via).await;
    assert!(seq > before[9].seq);
    assert_eq!(client.all(&keys, seq).await[0].via, 9);
    relay.stop().await;
}

/// What is counted by days of UTC is counted within one.
async fn not_at_midnight() {
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let left = 86_400 - now % 86_400;
    if left < 60 {
        sleep(Duration::from_secs(left)).await;
    }
}

async fn capabilities_are_bounded_and_revoked(ground: &Ground) {
    not_at_midnight().await;
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    assert_eq!(client.refused(keys.create()).await, RelayCode::Exists);
    let secret = Secret(random());
    let write = |blob: &[u8]| keys.append_with(&secret, None, blob);
    assert_eq!(client.refused(write(b"x")).await, RelayCode::Refused);
    let Verb::Grant {
        stream,
        own,
        token,
        label,
        ..
    } = keys.grant(&secret, 5)
    else {
        panic!("a grant")
    };
    let grant = |per_day, max_blob, expires_s| Verb::Grant {
        stream,
        own: own.clone(),
        token,
        label,
        per_day,
        max_blob,
        expires_s,
    };
    client.done(grant(3, 10, 0)).await;
    assert_eq!(client.refused(write(&[0; 11])).await, RelayCode::TooLarge);
    for _ in 0..3 {
        client.at(write(&[0; 10])).await;
    }
    assert_eq!(client.refused(write(b"x")).await, RelayCode::QuotaSpent);
    client.done(grant(4, 10, 0)).await;
    client.at(write(b"x")).await;
    assert_eq!(client.refused(write(b"x")).await, RelayCode::QuotaSpent);
    client.done(grant(0, 0, 1)).await;
    assert_eq!(client.refused(write(b"x")).await, RelayCode::Expired);
    client.done(grant(0, 0, 0)).await;
    client.at(write(b"x")).await;
    client.done(Verb::Revoke { stream, own, token }).await;
    assert_eq!(client.refused(write(b"x")).await, RelayCode::Refused);
    client
        .at(keys.append(b"the first token still writes"))
        .await;
    relay.stop().await;
}

async fn a_deleted_stream_ends_its_subscriptions(ground: &Ground) {
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let mut reader = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    client.at(keys.append(b"x")).await;
    reader.at(keys.subscribe(1)).await;
    assert_eq!(reader.blob().await.blob, b"x");
    client.done(keys.delete()).await;
    let ended = Event::Ended {
        code: RelayCode::Deleted,
    };
    assert_eq!(reader.event().await.1, ended);
    assert_eq!(client.refused(keys.append(b"y")).await, RelayCode::Refused);
    assert_eq!(client.refused(keys.read(1, 1)).await, RelayCode::Refused);
    relay.stop().await;
}

async fn a_full_stream_refuses_until_trimmed(ground: &Ground) {
    let relay = ground
        .relay_with(|config| config.limits.stream_blobs = 5)
        .await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let mut last = 0;
    for _ in 0..5 {
        last = client.at(keys.append(b"x")).await;
    }
    assert_eq!(
        client.refused(keys.append(b"x")).await,
        RelayCode::StreamFull
    );
    client.done(keys.trim(last)).await;
    client.at(keys.append(b"x")).await;
    relay.stop().await;
}

macro_rules! suite {
    ($($name:ident)+) => {
        mod sqlite {
            use super::Ground;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&Ground::sqlite()).await;
            })+
        }

        mod jetstream {
            use super::Ground;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn one_node_holds_the_whole_suite() {
                let mut ground = Ground::jetstream(1);
                $(
                    println!(stringify!($name));
                    ground = ground.anew();
                    super::$name(&ground).await;
                )+
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn three_nodes_hold_the_whole_suite() {
                let mut ground = Ground::jetstream(3);
                $(
                    println!(stringify!($name));
                    ground = ground.anew();
                    super::$name(&ground).await;
                )+
            }
        }
    };
}

suite! {
    total_order
    compare_and_append_under_contention
    read_from_any_point
    live_tail_without_gap_or_duplicate
    trim_forgets_and_numbers_rise_on
    blobs_expire
    streams_expire_when_nobody_uses_them
    what_is_published_and_who_is_there
    a_restart_forgets_nothing
    capabilities_are_bounded_and_revoked
    a_deleted_stream_ends_its_subscriptions
    a_full_stream_refuses_until_trimmed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_on_one_jetstream_serve_one_conversation() {
    let ground = Ground::jetstream(1);
    let (here, there) = (ground.relay().await, ground.relay().await);
    let mut alice = Client::connect(here.address()).await;
    let mut bob = Client::connect(there.address()).await;
    let keys = Keys::made(&mut alice).await;
    alice.at(keys.subscribe(1)).await;
    bob.at(keys.subscribe(1)).await;
    for n in 0..20_u8 {
        let seq = alice.at(keys.append(&[0, n])).await;
        assert_eq!(bob.blob().await.seq, seq);
        assert_eq!(alice.blob().await.seq, seq);
        let seq = bob.at(keys.append_after(seq, &[1, n])).await;
        assert_eq!(alice.blob().await.seq, seq);
        assert_eq!(bob.blob().await.seq, seq);
    }
    let tag = Tag(random());
    let here_i_am = Verb::Presence {
        stream: keys.id,
        write: keys.write.clone(),
        tag,
        ttl_s: 60,
        note: Vec::new(),
    };
    alice.done(here_i_am).await;
    assert!(matches!(bob.event().await.1, Event::Present { .. }));
    revoked_on_the_other_relay(&mut alice, &mut bob, &keys).await;
    here.stop().await;
    there.stop().await;
}

async fn revoked_on_the_other_relay(alice: &mut Client, bob: &mut Client, keys: &Keys) {
    let secret = Secret(random());
    alice.done(keys.grant(&secret, 1)).await;
    let write = keys.append_with(&secret, None, b"x");
    let deadline = Instant::now() + support::SOON;
    while !matches!(bob.ask(write.clone()).await, Reply::At { .. }) {
        assert!(Instant::now() < deadline, "the grant is not seen");
    }
    let Verb::Grant { token, .. } = keys.grant(&secret, 1) else {
        panic!("a grant")
    };
    let (stream, own) = (keys.id, keys.own.clone());
    alice.done(Verb::Revoke { stream, own, token }).await;
    while bob.ask(write.clone()).await
        != (Reply::Failed {
            code: RelayCode::Refused,
            detail: 0,
        })
    {
        assert!(Instant::now() < deadline, "the revocation is not seen");
    }
}

/// Two programs of tests once began a cluster on the same ports at the same time: the second
/// passed for ready, since the first answered in its place, and never made a stream.
#[test]
fn servers_never_share_ports() {
    let one = Nats::start(1);
    let other = Nats::start(1);
    assert_ne!(one.servers(), other.servers());
    let said = one.begin_once_more().unwrap_err();
    assert!(said.contains("has ended"), "{said}");
}
