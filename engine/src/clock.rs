//! Time, handed in. The system's clock, or a simulated one that jumps to the next moment anybody waits for.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;

/// What the engine knows of time.
pub trait Clock: Send + Sync {
    /// The wall clock, which may jump.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some moment of the past; never goes back. Rates run on it.
    fn monotonic(&self) -> Duration;

    /// Waits. `under_way` says how much else is: commits and requests. A simulated clock stands still while any of it does
    /// not wait for the clock itself, and the future never ends, since whoever waits will be woken by that.
    fn sleep(&self, time: Duration, under_way: usize) -> BoxFuture<'static, ()>;

    /// Whether time is made here, so that nobody outside of the process lives in it.
    fn is_simulated(&self) -> bool;
}

/// The machine's clock.
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts the monotonic time at zero.
    pub fn new() -> SystemClock {
        SystemClock {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, time: Duration, _under_way: usize) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn is_simulated(&self) -> bool {
        false
    }
}

/// A clock that only moves when everybody waits for it, and then at once to the earliest moment that anybody waits for.
pub struct SimulatedClock {
    start: DateTime<Utc>,
    time: Arc<Mutex<Time>>,
}

/// What a simulated clock shows, and who waits for what.
#[derive(Default)]
struct Time {
    passed: Duration,
    waiting: BTreeMap<(Duration, u64), Waker>,
    waited: u64,
}

impl SimulatedClock {
    /// Stands at `start`.
    pub fn new(start: DateTime<Utc>) -> SimulatedClock {
        SimulatedClock {
            start,
            time: Arc::default(),
        }
    }

    /// Waits as part of something that is under way, such as a request to a simulated carrier.
    pub fn wait(&self, time: Duration) -> Wait {
        let mut clock = self.time.lock().expect("no holder of the lock panics");
        clock.waited += 1;
        Wait {
            until: (clock.passed + time, clock.waited),
            time: self.time.clone(),
        }
    }
}

/// Waits for a moment of a [`SimulatedClock`].
pub struct Wait {
    until: (Duration, u64),
    time: Arc<Mutex<Time>>,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut clock = self.time.lock().expect("no holder of the lock panics");
        if clock.passed >= self.until.0 {
            return Poll::Ready(());
        }
        clock.waiting.insert(self.until, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        // Poisoned: the process is going down, and nobody waits any more.
        if let Ok(mut clock) = self.time.lock() {
            clock.waiting.remove(&self.until);
        }
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime<Utc> {
        let passed =
            TimeDelta::from_std(self.monotonic()).expect("a simulation lasts less than 292 million years");
        self.start + passed
    }

    fn monotonic(&self) -> Duration {
        self.time.lock().expect("no holder of the lock panics").passed
    }

    fn sleep(&self, time: Duration, under_way: usize) -> BoxFuture<'static, ()> {
        let shared = self.time.clone();
        Box::pin(poll_fn(move |_| {
            let mut clock = shared.lock().expect("no holder of the lock panics");
            if clock.waiting.len() < under_way {
                return Poll::Pending;
            }
            let earliest = clock.waiting.keys().next().map(|(until, _)| *until);
            let until = clock.passed + time;
            clock.passed = earliest
                .map_or(until, |earliest| earliest.min(until))
                .max(clock.passed);
            let after = (clock.passed + Duration::from_nanos(1), 0);
            let later = clock.waiting.split_off(&after);
            std::mem::replace(&mut clock.waiting, later)
                .into_values()
                .for_each(Waker::wake);
            Poll::Ready(())
        }))
    }

    fn is_simulated(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::stream::{FuturesUnordered, StreamExt};

    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn clock() -> SimulatedClock {
        SimulatedClock::new(DateTime::UNIX_EPOCH)
    }

    /// What a clock shows, in seconds.
    fn shown(clock: &SimulatedClock) -> u64 {
        assert_eq!(
            clock.now() - DateTime::UNIX_EPOCH,
            TimeDelta::from_std(clock.monotonic()).expect("few")
        );
        clock.monotonic().as_secs()
    }

    #[test]
    fn it_jumps_to_the_end_of_a_sleep_when_nothing_is_under_way() {
        let clock = clock();
        for (time, expected) in [(5, 5), (0, 5), (86_400, 86_405)] {
            assert_eq!(clock.sleep(seconds(time), 0).now_or_never(), Some(()));
            assert_eq!(shown(&clock), expected);
        }
    }

    #[test]
    fn it_stands_still_until_it_is_slept_on() {
        let clock = clock();
        let _unasked = clock.sleep(seconds(5), 0);
        assert!(clock.wait(seconds(1)).now_or_never().is_none());
        assert_eq!(shown(&clock), 0);
        assert_eq!(clock.wait(seconds(0)).now_or_never(), Some(()));
    }

    #[test]
    fn it_stands_still_while_something_does_not_wait_for_it() {
        let clock = clock();
        let mut request = clock.wait(seconds(1));
        let mut asleep = clock.sleep(seconds(5), 2);
        assert!((&mut request).now_or_never().is_none());
        assert!(
            (&mut asleep).now_or_never().is_none(),
            "one of two does not wait for the clock"
        );
        assert_eq!(shown(&clock), 0);
        // Now only the request is under way.
        assert_eq!(clock.sleep(seconds(5), 1).now_or_never(), Some(()));
        assert_eq!(shown(&clock), 1);
        assert_eq!((&mut request).now_or_never(), Some(()));
        drop(request);
        assert!(
            clock.sleep(seconds(5), 1).now_or_never().is_none(),
            "its caller has not said so yet"
        );
        assert_eq!(clock.sleep(seconds(5), 0).now_or_never(), Some(()));
        assert_eq!(shown(&clock), 6);
    }

    #[test]
    fn it_goes_no_further_than_the_earliest_moment_that_anybody_waits_for() {
        let clock = clock();
        let waits = [3, 1, 3, 9].map(|time| clock.wait(seconds(time)).map(move |()| time));
        let mut waits: FuturesUnordered<_> = waits.into_iter().collect();
        assert!(waits.next().now_or_never().is_none(), "all of them wait");
        let mut story = vec![];
        while !waits.is_empty() {
            assert_eq!(clock.sleep(seconds(4), waits.len()).now_or_never(), Some(()));
            let mut woken = vec![];
            while let Some(Some(time)) = waits.next().now_or_never() {
                woken.push(time);
            }
            story.push((shown(&clock), woken));
        }
        let expected = [(1, vec![1]), (3, vec![3, 3]), (7, vec![]), (9, vec![9])];
        assert_eq!(story, expected);
    }

    #[test]
    fn whoever_gave_up_waiting_holds_nobody_up() {
        let clock = clock();
        let mut request = clock.wait(seconds(1));
        assert!((&mut request).now_or_never().is_none());
        drop(request);
        assert!(clock.sleep(seconds(5), 1).now_or_never().is_none());
        assert_eq!(clock.sleep(seconds(5), 0).now_or_never(), Some(()));
        assert_eq!(shown(&clock), 5);
    }

    #[tokio::test]
    async fn the_systems_clock_does_not_go_back() {
        let clock = SystemClock::new();
        let before = clock.monotonic();
        clock.sleep(Duration::ZERO, 3).await;
        assert!(clock.monotonic() >= before && !clock.is_simulated());
    }
}
