//! Rates: how fast an address, a connection or a capability may go.
//!
//! The generic cell rate algorithm: one number for each key, the time at which it will have nothing
//! outstanding. Tables are bounded; keys that have nothing outstanding are forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Keys of one table, at most. Where all of them have something outstanding, new ones wait.
const MAX_KEYS: usize = 65_536;

/// How long one of many who share a rate waits for a turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes are counted by so many.
const UNIT_LEN: u64 = 256;

const DAY: Duration = Duration::from_secs(86_400);

/// The cost of bytes against [`Rate::bytes_per_day`].
#[must_use]
pub(crate) fn bytes(len: usize) -> u32 {
    let len = u64::try_from(len).unwrap_or(u64::MAX);
    u32::try_from(len.div_ceil(UNIT_LEN)).unwrap_or(u32::MAX)
}

/// So many at once, and so many in a period after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    /// How many at once; 0: as many as you like.
    pub(crate) burst: u32,
    /// How long until one more may come.
    pub(crate) every: Duration,
}

impl Rate {
    /// `count` in `period`, all of them at once if need be. 0: no limit.
    #[must_use]
    pub(crate) fn per(count: u32, period: Duration) -> Self {
        Self {
            burst: count,
            every: period.checked_div(count).unwrap_or(Duration::ZERO),
        }
    }

    /// So many bytes in a day, counted by [`bytes`]. 0: no limit.
    #[must_use]
    pub(crate) fn bytes_per_day(most: u64) -> Self {
        let units = most.div_ceil(UNIT_LEN);
        Self::per(u32::try_from(units).unwrap_or(u32::MAX), DAY)
    }

    /// Takes `cost` of what is outstanding until `clear`.
    ///
    /// # Errors
    /// How long to wait.
    fn take(&self, clear: &mut Instant, now: Instant, cost: u32) -> Result<(), Duration> {
        if self.burst == 0 {
            return Ok(());
        }
        let start = (*clear).max(now);
        let window = self.every.saturating_mul(self.burst);
        let next = start
            .checked_add(self.every.saturating_mul(cost))
            .unwrap_or(start);
        let wait = next.saturating_duration_since(now).saturating_sub(window);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        *clear = next;
        Ok(())
    }
}

/// One connection's own rate.
#[derive(Debug)]
pub(crate) struct Meter {
    rate: Rate,
    clear: Instant,
}

impl Meter {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            clear: Instant::now(),
        }
    }

    /// One more, as soon as it may be.
    pub(crate) async fn wait(&mut self) {
        while let Err(wait) = self.rate.take(&mut self.clear, Instant::now(), 1) {
            sleep(wait).await;
        }
    }
}

/// Many keys, one rate.
#[derive(Debug)]
pub(crate) struct Meters<K> {
    rate: Rate,
    clear: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash> Meters<K> {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            clear: Mutex::default(),
        }
    }

    pub(crate) fn take(&self, key: K, cost: u32) -> Result<(), Duration> {
        if self.rate.burst == 0 {
            return Ok(());
        }
        let now = Instant::now();
        let mut clear = self.clear.lock().unwrap_or_else(PoisonError::into_inner);
        if clear.len() >= MAX_KEYS && !clear.contains_key(&key) {
            clear.retain(|_, at| *at > now);
            if clear.len() >= MAX_KEYS {
                return Err(self.rate.every.max(Duration::from_secs(1)));
            }
        }
        let at = clear.entry(key).or_insert(now);
        self.rate.take(at, now, cost)
    }

    /// One more of a key that others may share, as soon as it may be.
    ///
    /// # Errors
    /// It was not its turn in [`PATIENCE`]: how long to wait.
    pub(crate) async fn wait(&self, key: K) -> Result<(), Duration>
    where
        K: Copy,
    {
        let since = Instant::now();
        while let Err(wait) = self.take(key, 1) {
            if since.elapsed() >= PATIENCE {
                return Err(wait);
            }
            sleep(wait).await;
        }
        Ok(())
    }
}

/// How many of something each network has just now.
#[derive(Debug, Default)]
pub(crate) struct Crowd(Mutex<HashMap<IpAddr, usize>>);

/// One of a crowd, until it is dropped.
#[derive(Debug)]
pub(crate) struct Member {
    crowd: Arc<Crowd>,
    network: IpAddr,
}

impl Crowd {
    /// One more, unless there are `most`.
    pub(crate) fn join(self: &Arc<Self>, network: IpAddr, most: usize) -> Option<Member> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.get(&network).is_some_and(|count| *count >= most) || most == 0 {
            return None;
        }
        let count = counts.entry(network).or_default();
        *count = count.saturating_add(1);
        Some(Member {
            crowd: Arc::clone(self),
            network,
        })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut counts = self.crowd.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.network);
            }
        }
    }
}

/// Who shares a rate: an address, or the network of a customer in IPv6.
#[must_use]
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Crowd, MAX_KEYS, Meters, Rate, bytes, network};
    use std::sync::Arc;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_followed_by_the_rate() {
        let meters = Meters::new(Rate::per(10, Duration::from_secs(1)));
        for _ in 0..10 {
            meters.take("a", 1).unwrap();
        }
        assert_eq!(meters.take("a", 1), Err(Duration::from_millis(100)));
        meters.take("b", 1).unwrap();
        tokio::time::advance(Duration::from_millis(100)).await;
        meters.take("a", 1).unwrap();
        meters.take("a", 1).unwrap_err();
    }

    #[tokio::test(start_paused = true)]
    async fn a_day_has_so_many_bytes() {
        let meters = Meters::new(Rate::bytes_per_day(1_000_000));
        let cost = bytes(65_536);
        for _ in 0..15 {
            meters.take("a", cost).unwrap();
        }
        meters.take("a", cost).unwrap_err();
        meters.take("b", cost).unwrap();
        tokio::time::advance(Duration::from_secs(86_400)).await;
        for _ in 0..15 {
            meters.take("a", cost).unwrap();
        }
        let unlimited = Meters::new(Rate::bytes_per_day(0));
        unlimited.take("a", u32::MAX).unwrap();
        assert_eq!(Rate::bytes_per_day(u64::MAX).burst, u32::MAX);
        assert_eq!((bytes(0), bytes(1), bytes(257)), (0, 1, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn the_table_is_bounded() {
        let meters = Meters::new(Rate::per(1, Duration::from_secs(1)));
        for key in 0..MAX_KEYS {
            meters.take(key, 1).unwrap();
        }
        meters.take(MAX_KEYS, 1).unwrap_err();
        tokio::time::advance(Duration::from_secs(2)).await;
        meters.take(MAX_KEYS, 1).unwrap();
        assert_eq!(meters.clear.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_crowd_is_bounded_for_each_network_and_forgets_who_left() {
        let crowd = Arc::new(Crowd::default());
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|it| it.parse().unwrap());
        let first = crowd.join(one, 2).unwrap();
        let _second = crowd.join(one, 2).unwrap();
        assert!(crowd.join(one, 2).is_none());
        drop(crowd.join(other, 2).unwrap());
        drop(first);
        let _third = crowd.join(one, 2).unwrap();
        assert_eq!(crowd.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_customer_of_ipv6_is_one_network() {
        let one = network("2001:db8:1:2:3::4".parse().unwrap());
        assert_eq!(one, network("2001:db8:1:2:ffff::1".parse().unwrap()));
        assert_ne!(one, network("2001:db8:1:3::1".parse().unwrap()));
        let mapped = network("::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(mapped, network("192.0.2.1".parse().unwrap()));
    }
}
