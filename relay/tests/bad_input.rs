//! What is oversized, malformed, slow, half-open, too fast or without a right: refused cheaply with a
//! code, within bounded memory, and without a trace for anybody else.

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

use futures_util::SinkExt;
use sotto_protocol::relay::{RelayCode, Reply, Secret, Verb};
use sotto_relay::Relay;
use support::{Client, Ground, Keys, SOON, connect_from, random, try_connect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;

/// Others' traffic goes on: an append comes back to a subscriber.
async fn others_are_served(relay: &Relay) {
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    client.at(keys.subscribe(1)).await;
    let seq = client.at(keys.append(b"unaffected")).await;
    assert_eq!(client.blob().await.seq, seq);
}

async fn send_raw(client: &mut Client, bytes: Vec<u8>) {
    // The relay may have closed already: that is what the test is about.
    drop(client.socket.send(Message::Binary(bytes.into())).await);
}

#[tokio::test]
async fn malformed_messages_end_the_connection_with_a_code() {
    let ground = Ground::sqlite();
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    for bytes in [vec![], vec![0], vec![0, 0, 0, 0, 1, 9], vec![4, 0, 0, 0, 1]] {
        let mut client = Client::connect(relay.address()).await;
        send_raw(&mut client, bytes).await;
        assert_eq!(client.closed().await, "malformed");
    }
    drop(client.socket.send(Message::Text("hello".into())).await);
    assert_eq!(client.closed().await, "malformed");
    others_are_served(&relay).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_verb_of_a_newer_wire_is_refused_and_the_connection_stays() {
    let ground = Ground::sqlite();
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    send_raw(&mut client, vec![99, 0, 0, 0, 77, 1, 2, 3]).await;
    let code = RelayCode::UnknownVerb;
    let failed = Reply::Failed { code, detail: 0 };
    assert_eq!(client.reply(77).await, Ok(failed));
    client.done(Verb::Ping).await;
    relay.stop().await;
}

#[tokio::test]
async fn oversized_messages_are_cut_before_they_are_read() {
    let ground = Ground::sqlite();
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    client.at(keys.append(&vec![1; 65_536])).await;
    let large = keys.append(&vec![1; 65_536 + 40]);
    assert_eq!(client.refused(large).await, RelayCode::TooLarge);
    send_raw(&mut client, vec![4; 70_000]).await;
    client.closed().await;
    claims_a_huge_frame(&relay).await;
    others_are_served(&relay).await;
    relay.stop().await;
}

/// A frame whose head claims 2^62 bytes.
async fn claims_a_huge_frame(relay: &Relay) {
    let mut socket = upgraded(relay).await;
    let mut frame = vec![0x82, 0xFF];
    frame.extend_from_slice(&(1_u64 << 62).to_be_bytes());
    frame.extend_from_slice(&[1, 2, 3, 4, 5]);
    socket.write_all(&frame).await.unwrap();
    ends(&mut socket).await;
}

/// A WebSocket by hand.
async fn upgraded(relay: &Relay) -> TcpStream {
    let mut socket = TcpStream::connect(relay.address()).await.unwrap();
    let head = "GET /v1 HTTP/1.1\r\nHost: relay\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                Sec-WebSocket-Protocol: sotto-relay.v1\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 512];
    let len = socket.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..len]).starts_with("HTTP/1.1 101"));
    socket
}

/// The relay closes, sooner or later.
async fn ends(socket: &mut TcpStream) {
    let mut rest = [0; 4096];
    let end = async { while !matches!(socket.read(&mut rest).await, Ok(0) | Err(_)) {} };
    timeout(SOON, end).await.unwrap();
}

#[tokio::test]
async fn what_is_no_websocket_of_ours_is_turned_away() {
    let ground = Ground::sqlite();
    let relay = ground.relay().await;
    for (request, status) in [
        ("GET /v1 HTTP/1.1\r\nHost: r\r\n\r\n", "HTTP/1.1 400"),
        ("GET / HTTP/1.1\r\nHost: r\r\n\r\n", "HTTP/1.1 404"),
        ("POST /v1 HTTP/1.1\r\nHost: r\r\n\r\n", "HTTP/1.1 405"),
        ("\u{16}\u{3}\u{1}\r\n\r\n", "HTTP/1.1 400"),
        ("GET /health HTTP/1.1\r\nHost: r\r\n\r\n", "HTTP/1.1 200"),
    ] {
        let mut socket = TcpStream::connect(relay.address()).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = timeout(SOON, socket.read_to_string(&mut answer)).await;
        read.unwrap().unwrap();
        assert!(answer.starts_with(status), "{request:?}: {answer}");
    }
    relay.stop().await;
}

#[tokio::test]
async fn slow_and_half_open_clients_are_cut() {
    let ground = Ground::sqlite();
    let relay = ground.relay_with(|config| config.limits.silent_s = 1).await;
    // Nothing at all; a head that never ends; a frame that never ends; no answer to pings.
    let mut silent = TcpStream::connect(relay.address()).await.unwrap();
    let mut dribbling = TcpStream::connect(relay.address()).await.unwrap();
    dribbling
        .write_all(b"GET /v1 HTTP/1.1\r\nHo")
        .await
        .unwrap();
    let mut cut_off = upgraded(&relay).await;
    cut_off.write_all(&[0x82, 0xFE, 0x40]).await.unwrap();
    let mut half_open = upgraded(&relay).await;
    let start = Instant::now();
    tokio::join!(
        ends(&mut silent),
        ends(&mut dribbling),
        ends(&mut cut_off),
        ends(&mut half_open),
    );
    assert!(start.elapsed() < Duration::from_secs(40));
    others_are_served(&relay).await;
    relay.stop().await;
}

#[tokio::test]
async fn sockets_of_one_address_leave_room_for_others() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| {
            config.limits.connections = 20;
            config.limits.connections_per_address = 4;
        })
        .await;
    // None of them says a word; the relay hears no more than eight, for five seconds.
    let start = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(relay.address()).await.unwrap());
    }
    let mut other = connect_from([127, 0, 0, 2], relay.address()).await.unwrap();
    other.done(Verb::Ping).await;
    let same = connect_from([127, 0, 0, 1], relay.address()).await;
    let is_over = start.elapsed() > Duration::from_secs(4);
    assert!(same.is_err() || is_over, "a seat is left for the crowd");
    drop(silent);
    let deadline = Instant::now() + SOON;
    while connect_from([127, 0, 0, 1], relay.address()).await.is_err() {
        assert!(Instant::now() < deadline, "the seats stay taken");
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_nothing_is_cut() {
    let ground = Ground::sqlite();
    let relay = ground.relay_with(|config| config.limits.slow_s = 1).await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    for _ in 0..4 {
        client.at(keys.append(&vec![7; 65_536])).await;
    }
    // Each of these answers has 256 KiB; no buffer between the two holds all of them.
    let mut deaf = Client::connect(relay.address()).await;
    for _ in 0..400 {
        if deaf.send(keys.read(1, 1000)).await.is_err() {
            break;
        }
    }
    let deadline = Instant::now() + SOON;
    while deaf.send(Verb::Ping).await.is_ok() {
        assert!(Instant::now() < deadline, "it is not cut");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    others_are_served(&relay).await;
    relay.stop().await;
}

#[tokio::test]
async fn wrong_capabilities_are_refused_and_guessing_is_cut() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| config.limits.refusals_per_minute = 20)
        .await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let stranger = Keys {
        id: keys.id,
        ..Keys::new()
    };
    for verb in [
        stranger.append(b"x"),
        stranger.read(1, 1),
        stranger.subscribe(1),
        stranger.trim(9),
        stranger.delete(),
        stranger.grant(&Secret(random()), 1),
        Keys::new().append(b"no such stream"),
    ] {
        assert_eq!(client.refused(verb).await, RelayCode::Refused);
    }
    for _ in 0..40 {
        if client.try_ask(stranger.append(b"x")).await.is_err() {
            return relay.stop().await;
        }
    }
    panic!("guessing went on");
}

#[tokio::test]
async fn a_flood_waits_in_its_own_socket() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| config.limits.requests_per_second = 20)
        .await;
    let mut client = Client::connect(relay.address()).await;
    let began = Instant::now();
    let mut last = 0;
    for _ in 0..200 {
        last = client.send(Verb::Ping).await.unwrap();
    }
    others_are_served(&relay).await;
    let others = began.elapsed();
    assert_eq!(client.reply(last).await, Ok(Reply::Done));
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(8_900), "{took:?}");
    assert!(others < took * 2 / 3, "others waited too: {others:?}");
    relay.stop().await;
}

#[tokio::test]
async fn appends_that_come_too_fast_wait_in_order() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| config.limits.blobs_per_second = 50)
        .await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let began = Instant::now();
    for number in 0..150_u8 {
        client.send(keys.append(&[number])).await.unwrap();
    }
    client.done(Verb::Ping).await;
    assert!(began.elapsed() >= Duration::from_millis(1_900));
    let blobs = loop {
        let blobs = client.all(&keys, 1).await;
        if blobs.len() == 150 {
            break blobs;
        }
    };
    let numbers: Vec<_> = blobs.iter().map(|it| it.blob.clone()).collect();
    assert_eq!(numbers, (0..150_u8).map(|it| vec![it]).collect::<Vec<_>>());
    // What is not kept does not wait.
    let said = Verb::Publish {
        stream: keys.id,
        write: keys.write.clone(),
        blob: vec![1],
    };
    // All at once: a machine on which each answer takes 20 ms keeps the rate by itself.
    let mut ids = Vec::new();
    for _ in 0..400 {
        ids.push(client.send(said.clone()).await.unwrap());
    }
    let mut codes = Vec::new();
    for id in ids {
        codes.push(client.reply(id).await.unwrap());
    }
    let fast = |it: &Reply| matches!(it, Reply::Failed { code: RelayCode::RateLimited, detail } if *detail > 0);
    assert!(codes.iter().any(fast), "{codes:?}");
    relay.stop().await;
}

#[tokio::test]
async fn one_address_has_a_rate() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| {
            config.limits.streams_per_hour = 3;
            config.limits.connections_per_address = 2;
        })
        .await;
    let mut client = Client::connect(relay.address()).await;
    for _ in 0..3 {
        Keys::made(&mut client).await;
    }
    let fourth = Keys::new().create();
    assert_eq!(client.refused(fourth).await, RelayCode::RateLimited);
    let _second = Client::connect(relay.address()).await;
    let third = try_connect(relay.address(), &[]).await.map(|_| ());
    assert!(third.unwrap_err().contains("429"));
    relay.stop().await;
}

#[tokio::test]
async fn one_address_fills_no_store_however_many_streams_it_makes() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| config.limits.bytes_per_day = 1_000_000)
        .await;
    let mut client = Client::connect(relay.address()).await;
    let blob = vec![7; 60_000];
    let mut taken = 0;
    let refused = loop {
        let keys = Keys::made(&mut client).await;
        match client.ask(keys.append(&blob)).await {
            Reply::Failed { code, detail } => break (code, detail),
            Reply::At { .. } => taken += 1,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(taken, 16, "1,000,000 bytes");
    assert_eq!(refused.0, RelayCode::RateLimited);
    assert!(refused.1 > 0, "how long to wait");
    // Not with another connection either; what is read or published costs nothing.
    let mut other = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut other).await;
    let again = other.refused(keys.append(&blob)).await;
    assert_eq!(again, RelayCode::RateLimited);
    let said = Verb::Publish {
        stream: keys.id,
        write: keys.write.clone(),
        blob,
    };
    other.done(said).await;
    assert_eq!(other.all(&keys, 1).await.len(), 0);
    relay.stop().await;
}

#[tokio::test]
async fn only_a_trusted_proxy_says_who_is_there() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| {
            let trusted = vec!["127.0.0.1".parse().unwrap()];
            config.proxy = Some(sotto_relay::ProxyConfig { trusted });
            config.limits.connections_per_address = 1;
        })
        .await;
    let from = |address| [("x-forwarded-for", address)];
    let _one = try_connect(relay.address(), &from("192.0.2.1"))
        .await
        .unwrap();
    let _two = try_connect(relay.address(), &from("192.0.2.2"))
        .await
        .unwrap();
    // What a client claims stands before what the proxy heard.
    for claimed in ["192.0.2.1", "198.51.100.9, 192.0.2.1"] {
        let again = try_connect(relay.address(), &from(claimed)).await;
        assert!(again.map(|_| ()).unwrap_err().contains("429"));
    }
    relay.stop().await;
    let relay = ground
        .relay_with(|config| config.limits.connections_per_address = 1)
        .await;
    let _one = try_connect(relay.address(), &from("192.0.2.1"))
        .await
        .unwrap();
    let other = try_connect(relay.address(), &from("192.0.2.2")).await;
    assert!(other.map(|_| ()).unwrap_err().contains("429"));
    relay.stop().await;
}

#[tokio::test]
async fn streams_need_the_pass_where_there_is_one() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| config.pass = sotto_relay::Hidden("07".repeat(32)))
        .await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::new();
    assert_eq!(client.refused(keys.create()).await, RelayCode::PassNeeded);
    let Verb::Create {
        stream,
        own,
        write,
        read,
        ..
    } = keys.create()
    else {
        panic!("a creation")
    };
    let pass = Secret([7; 32]);
    let create = Verb::Create {
        stream,
        own,
        write,
        read,
        pass,
    };
    client.done(create).await;
    client.at(keys.append(b"x")).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_turn_server_is_for_those_who_may_read() {
    let ground = Ground::sqlite();
    let relay = ground.relay().await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let turn = |secret: &Secret| Verb::Turn {
        stream: keys.id,
        read: secret.clone(),
    };
    assert_eq!(client.refused(turn(&keys.read)).await, RelayCode::NoTurn);
    relay.stop().await;
    let shared = sotto_relay::TurnConfig {
        secret: sotto_relay::Hidden("north".to_owned()),
        uris: vec!["turn:turn.example:3478".to_owned()],
        ttl_s: 600,
    };
    let relay = ground.relay_with(|config| config.turn = Some(shared)).await;
    let mut client = Client::connect(relay.address()).await;
    assert_eq!(client.refused(turn(&keys.write)).await, RelayCode::Refused);
    let Reply::Turn(given) = client.ask(turn(&keys.read)).await else {
        panic!("no credentials");
    };
    assert_eq!(
        (given.ttl_s, given.uris.as_str()),
        (600, "turn:turn.example:3478")
    );
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let ends: u64 = given.username.parse().unwrap();
    assert!((now + 540..=now + 660).contains(&ends), "{ends}");
    // 20 bytes in Base64.
    assert_eq!(given.password.len(), 28);
    relay.stop().await;
}

#[tokio::test]
async fn subscriptions_are_counted() {
    let ground = Ground::sqlite();
    let relay = ground
        .relay_with(|config| config.limits.subscriptions = 3)
        .await;
    let mut client = Client::connect(relay.address()).await;
    let keys = Keys::made(&mut client).await;
    let first = client.send(keys.subscribe(1)).await.unwrap();
    assert!(matches!(client.reply(first).await, Ok(Reply::At { .. })));
    client.at(keys.subscribe(1)).await;
    client.at(keys.subscribe(1)).await;
    assert_eq!(client.refused(keys.subscribe(1)).await, RelayCode::TooMany);
    client
        .done(Verb::Unsubscribe {
            subscription: first,
        })
        .await;
    client.at(keys.subscribe(1)).await;
    relay.stop().await;
    let relay = ground
        .relay_with(|config| config.limits.subscriptions_per_address = 3)
        .await;
    let mut one = Client::connect(relay.address()).await;
    let mut other = Client::connect(relay.address()).await;
    one.at(keys.subscribe(1)).await;
    one.at(keys.subscribe(1)).await;
    other.at(keys.subscribe(1)).await;
    assert_eq!(other.refused(keys.subscribe(1)).await, RelayCode::TooMany);
    drop(one);
    let deadline = Instant::now() + SOON;
    while !matches!(other.ask(keys.subscribe(1)).await, Reply::At { .. }) {
        assert!(Instant::now() < deadline, "the seats stay taken");
    }
    relay.stop().await;
}
