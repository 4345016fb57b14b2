use std::sync::Arc;

use bytes::Bytes;
use sotto_protocol::relay::{Event, RelayCode, StreamId, Tag};

use super::outbox::Work;
use super::{Hub, Next, Outbox};
use crate::store::{Signal, Stored};

const STREAM: StreamId = StreamId([1; 16]);

fn blob(seq: u64, len: usize) -> Stored {
    Stored {
        seq,
        at_ms: 0,
        via: 0,
        blob: vec![0; len].into(),
    }
}

fn subscribed(hub: &Hub) -> Arc<Outbox> {
    let outbox = Arc::new(Outbox::default());
    hub.subscribe(STREAM, 7, &outbox);
    assert_eq!(outbox.take(), Some(Work::Read(7)));
    outbox
}

#[test]
fn a_subscription_goes_on_in_the_tail_once_it_is_there() {
    let hub = Hub::default();
    let outbox = subscribed(&hub);
    assert_eq!(hub.next(&STREAM, 1, 10), Next::Store);
    hub.stored(&STREAM, &blob(5, 1));
    hub.stored(&STREAM, &blob(9, 1));
    assert_eq!(outbox.take(), Some(Work::Read(7)));
    assert_eq!(outbox.take(), None);
    assert_eq!(hub.next(&STREAM, 4, 10), Next::Store);
    assert_eq!(
        hub.next(&STREAM, 5, 10),
        Next::Entries(vec![blob(5, 1), blob(9, 1)])
    );
    assert_eq!(hub.next(&STREAM, 6, 10), Next::Entries(vec![blob(9, 1)]));
    assert_eq!(hub.next(&STREAM, 10, 10), Next::Waiting);
}

#[test]
fn a_tail_is_bounded_and_never_has_a_gap() {
    let hub = Hub::default();
    let _outbox = subscribed(&hub);
    for seq in 1..=1000 {
        hub.stored(&STREAM, &blob(seq, 60_000));
        let (_, bytes) = hub.sizes();
        assert!(bytes <= 512 * 1024);
    }
    assert_eq!(hub.next(&STREAM, 900, 10), Next::Store);
    let Next::Entries(entries) = hub.next(&STREAM, 995, 10) else {
        panic!("the latest are in the tail");
    };
    let seqs: Vec<_> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [995, 996, 997, 998, 999, 1000]);
    assert_eq!(hub.next(&STREAM, 1001, 10), Next::Waiting);
}

#[test]
fn a_blob_larger_than_a_tail_is_read_from_the_store() {
    let hub = Hub::default();
    let _outbox = subscribed(&hub);
    hub.stored(&STREAM, &blob(1, 600 * 1024));
    assert_eq!(hub.next(&STREAM, 1, 10), Next::Store);
    assert_eq!(hub.newest(&STREAM), 1);
    assert_eq!(hub.next(&STREAM, 2, 10), Next::Waiting);
}

#[test]
fn a_tail_without_subscribers_is_forgotten() {
    let hub = Hub::default();
    let outbox = subscribed(&hub);
    hub.stored(&STREAM, &blob(1, 1));
    hub.unsubscribe(&STREAM, 7, &outbox);
    hub.stored(&STREAM, &blob(2, 1));
    let _again = subscribed(&hub);
    assert_eq!(hub.next(&STREAM, 1, 10), Next::Store);
    assert_eq!(hub.sizes(), (1, 0));
}

#[test]
fn the_queue_of_a_reader_that_does_not_read_is_bounded() {
    let hub = Hub::default();
    let outbox = subscribed(&hub);
    let signal = Signal::Published {
        via: 0,
        blob: Bytes::from_static(&[0; 10_000]),
    };
    for _ in 0..1000 {
        hub.signal(&STREAM, &signal);
    }
    hub.signal(&STREAM, &Signal::Deleted);
    let mut bytes = 0;
    let mut last = None;
    while let Some(Work::Event(_, event)) = outbox.take() {
        if let Event::Published { blob, .. } = &event {
            bytes += blob.len();
        }
        last = Some(event);
    }
    assert!(bytes <= 256 * 1024, "{bytes}");
    assert_eq!(
        last,
        Some(Event::Ended {
            code: RelayCode::Deleted
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_note_stands_for_its_time() {
    let hub = Hub::default();
    let tag = Tag([3; 16]);
    let present = Signal::Present {
        via: 2,
        tag,
        ttl_s: 5,
        note: Bytes::from_static(b"here"),
    };
    hub.signal(&STREAM, &present);
    let outbox = Arc::new(Outbox::default());
    hub.subscribe(STREAM, 7, &outbox);
    let event = Event::Present {
        via: 2,
        tag,
        note: b"here".to_vec(),
    };
    assert_eq!(outbox.take(), Some(Work::Event(7, event)));
    assert_eq!(outbox.take(), Some(Work::Read(7)));
    tokio::time::advance(std::time::Duration::from_secs(6)).await;
    hub.expire_notes();
    assert_eq!(outbox.take(), Some(Work::Event(7, Event::Absent { tag })));
    hub.unsubscribe(&STREAM, 7, &outbox);
    assert!(hub.topics().is_empty());
}
