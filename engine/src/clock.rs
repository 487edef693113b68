//! Time, handed in. The system's clock, or a simulated one that jumps to the next moment anybody waits for.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;

/// What the engine knows of time.
pub trait Clock: Send + Sync {
    /// The wall clock, which may jump.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some moment of the past; never goes back. Rates run on it.
    fn monotonic(&self) -> Duration;

    /// Waits. `busy` says that something else is under way (a commit, a request): a simulated clock stands still then
    /// and the future never ends, since whoever waits will be woken by that.
    fn sleep(&self, time: Duration, busy: bool) -> BoxFuture<'static, ()>;

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

    fn sleep(&self, time: Duration, _busy: bool) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn is_simulated(&self) -> bool {
        false
    }
}

/// A clock that only moves when somebody sleeps, and then at once.
pub struct SimulatedClock {
    start: DateTime<Utc>,
    passed: Mutex<Duration>,
}

impl SimulatedClock {
    /// Stands at `start`.
    pub fn new(start: DateTime<Utc>) -> SimulatedClock {
        SimulatedClock {
            start,
            passed: Mutex::new(Duration::ZERO),
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
        *self.passed.lock().expect("no holder of the lock panics")
    }

    fn sleep(&self, time: Duration, busy: bool) -> BoxFuture<'static, ()> {
        if busy {
            return Box::pin(std::future::pending());
        }
        *self.passed.lock().expect("no holder of the lock panics") += time;
        Box::pin(std::future::ready(()))
    }

    fn is_simulated(&self) -> bool {
        true
    }
}
