//! What a seed does to the store: one of the faults of a disk, or an end of the process, every so many deeds.

use std::sync::{Arc, Mutex};

use engine::clock::{Clock, SimulatedClock};
use engine::store::{Fault, Faults};
use futures_util::FutureExt;
use tokio::sync::Notify;

use crate::books::Books;
use crate::chance::Chance;

const FAULTS: [Fault; 5] = [
    Fault::Fails,
    Fault::DiskFull,
    Fault::CommitFails,
    Fault::CrashBeforeCommit,
    Fault::CrashAfterCommit,
];

/// A disk that can be told to fail.
pub struct Disk {
    state: Mutex<State>,
    /// The process ended.
    pub crash: Notify,
    clock: Arc<SimulatedClock>,
    books: Books,
}

struct State {
    chance: Chance,
    /// One deed in so many meets a fault; none: no deed does.
    one_in: Option<u64>,
    deeds: u64,
}

impl Disk {
    /// One that works.
    pub fn new(chance: Chance, clock: Arc<SimulatedClock>, books: Books) -> Disk {
        Disk {
            state: Mutex::new(State {
                chance,
                one_in: None,
                deeds: 0,
            }),
            crash: Notify::new(),
            clock,
            books,
        }
    }

    /// From now on one deed in so many meets a fault, or none does.
    pub fn fail(&self, one_in: Option<u64>) {
        self.state.lock().expect("no holder of the lock panics").one_in = one_in;
    }
}

impl Disk {
    /// So many were done, or were to be.
    pub fn deeds(&self) -> u64 {
        self.state.lock().expect("no holder of the lock panics").deeds
    }

    /// Forgets a crash that came when the process had ended by itself.
    pub fn revive(&self) {
        let _ = self.crash.notified().now_or_never();
    }
}

impl Faults for Disk {
    fn next(&self) -> Option<Fault> {
        let mut state = self.state.lock().expect("no holder of the lock panics");
        state.deeds += 1;
        let one_in = state.one_in?;
        let fault = state.chance.one_in(one_in).then(|| state.chance.pick(&FAULTS))?;
        self.books.note(
            self.clock.monotonic(),
            &format!("deed {}: {fault:?}", state.deeds),
        );
        Some(fault)
    }

    fn crashed(&self) {
        self.crash.notify_one();
    }
}
