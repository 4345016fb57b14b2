use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use sotto_protocol::TimestampMs;

/// The browser's generator. Without one Sotto cannot run: the trap of `UnwrapErr` is the right end.
#[must_use]
pub const fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// The browser's clock.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Date.now is a whole number of milliseconds, positive and below 2^53; `as` saturates"
)]
#[must_use]
pub fn now() -> TimestampMs {
    TimestampMs(js_sys::Date::now() as u64)
}
