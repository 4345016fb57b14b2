//! What comes in from outside, and what each input leads to.

use rand_core::CryptoRng;
use sotto_core::app::live::LivePeople;
use sotto_core::custody::Signed;
use sotto_protocol::TimestampMs;
use sotto_session::Input;

use crate::error::ChatError;
use crate::live::{Live, seeded};
use crate::people::People;
use crate::step::Step;

impl Live {
    /// Takes what came while the vault was veiled, and connects to every relay that is needed, if
    /// the person wants to be reached.
    ///
    /// # Errors
    /// [`ChatError`]; the instance is thrown away then, as after every error but a request's.
    pub fn begin(&mut self, now: TimestampMs, rng: &mut impl CryptoRng) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.changes.status = true;
            live.take_meanwhile()?;
            live.note_lost_offers();
            live.answer_again()
        })
    }

    /// A WebSocket is open.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn connected(
        &mut self,
        relay: &str,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.links.opened(relay, now);
            Ok(())
        })
    }

    /// A WebSocket is closed, or could not be opened.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn disconnected(
        &mut self,
        relay: &str,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.links.closed(relay, now, &mut live.rng);
            live.changes.status = true;
            Ok(())
        })
    }

    /// Messages of relays, in order.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn received(
        &mut self,
        messages: &[(String, Vec<u8>)],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            for (relay, message) in messages {
                if live.is_full() {
                    break;
                }
                live.links.message(relay, message, now);
                live.settle()?;
            }
            Ok(())
        })
    }

    /// Time has passed.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn tick(&mut self, now: TimestampMs, rng: &mut impl CryptoRng) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            live.links.tick(now);
            live.end_writing();
            // The sessions give again what was refused: not before its time.
            live.retry_at = live.retry_at.filter(|at| *at > now.0);
            if live.retry_at.is_some() {
                return Ok(());
            }
            live.handle(Input::Tick)
        })
    }

    /// The custodian has signed.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn signed(
        &mut self,
        signed: Signed,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| live.handle(Input::Signed(signed)))
    }

    /// The contacts are others.
    ///
    /// # Errors
    /// [`ChatError`].
    pub fn set_people(
        &mut self,
        people: LivePeople,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, ChatError> {
        self.plain(now, rng, |live| {
            let people = People::new(people);
            if live.people == people {
                return Ok(());
            }
            let waited = live.people_refused();
            live.people = people;
            live.end_blocked_writing();
            live.changes.requests = true;
            let all: Vec<_> = live.talks.iter().map(|talk| talk.id).collect();
            live.changes.briefs.extend(all);
            for talk in waited {
                // A session that takes nothing now is given it when it begins anew.
                match live.flush(talk) {
                    Ok(()) | Err(ChatError::Session(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            // What waited for a relay that is accepted now.
            live.answer_again()
        })
    }

    /// Takes something in, and gives what it leads to.
    pub(crate) fn take<T>(
        &mut self,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
        take: impl FnOnce(&mut Self) -> Result<T, ChatError>,
    ) -> Result<(Step, Result<T, ChatError>), ChatError> {
        self.now = now;
        self.rng = seeded(rng);
        let taken = take(self);
        self.settle()?;
        self.send_receipts()?;
        self.settle()?;
        self.weigh_invitations()?;
        self.want_relays();
        self.keep_notes();
        self.keep_tokens()?;
        self.settle()?;
        self.events();
        self.keep_quiet();
        self.seal_rows()?;
        let mut step = core::mem::take(&mut self.step);
        step.writes = core::mem::take(&mut self.writes).into_all();
        step.wake = self.wake();
        Ok((step, taken))
    }

    fn plain(
        &mut self,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
        take: impl FnOnce(&mut Self) -> Result<(), ChatError>,
    ) -> Result<Step, ChatError> {
        let (step, taken) = self.take(now, rng, take)?;
        taken.map(|()| step)
    }

    fn wake(&self) -> Option<TimestampMs> {
        let links = self.links.next_tick();
        let receipts = self.receipts_due.values().min().copied();
        let ours = receipts.into_iter().chain(self.retry_at).map(TimestampMs);
        links
            .into_iter()
            .chain(ours)
            .chain(self.next_end())
            .chain(self.next_note())
            .min_by_key(|at| at.0)
    }

    /// The sessions take something. What they refuse has changed nothing, and a relay's nonsense
    /// ends nothing here.
    pub(crate) fn handle(&mut self, input: Input) -> Result<(), ChatError> {
        use sotto_session::SessionError::{Row, Store, Vault};
        match self.sessions.handle(input, self.now, &mut self.rng) {
            Err(error @ (Row | Store(_) | Vault(_))) => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
