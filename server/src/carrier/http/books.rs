//! The carrier with its ledger and clock. What is decided is written before anybody hears of it; what cannot be written
//! ends the carrier.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use engine::clock::Clock;
use engine::provider::carrier::wire::{InboundPage, LookUp, Submit};
use tokio::sync::Notify;

use crate::carrier::answer::Action;
use crate::carrier::core::Carrier;
use crate::carrier::ledger::{Ledger, LedgerError};
use crate::carrier::stats::Stats;
use crate::carrier::switches::{SwitchError, Switches};

/// How long somebody who waits for something due waits at most.
const LONGEST_WAIT_MS: u64 = 60_000;

/// What every request and the pushing of hooks share.
pub(in crate::carrier) struct Books {
    open: Mutex<Open>,
    clock: Arc<dyn Clock>,
    /// Something may be due earlier than before.
    woken: Notify,
    /// The ledger cannot be written.
    broken: Notify,
}

struct Open {
    carrier: Carrier,
    /// None: in memory only.
    ledger: Option<Ledger>,
    broken: Option<LedgerError>,
}

impl Open {
    /// Writes, if it still can be written.
    fn write(&mut self, record: &str) -> Result<(), Unwritten> {
        if self.broken.is_some() {
            return Err(Unwritten);
        }
        if let Some(ledger) = &mut self.ledger
            && !record.is_empty()
            && let Err(error) = ledger.append(record)
        {
            self.broken = Some(error);
            return Err(Unwritten);
        }
        Ok(())
    }
}

/// The ledger cannot be written: nobody may hear what was decided.
#[derive(Debug)]
pub(in crate::carrier) struct Unwritten;

impl Books {
    /// Begins a run.
    pub(super) fn open(
        carrier: Carrier,
        ledger: Option<Ledger>,
        clock: Arc<dyn Clock>,
    ) -> Result<Books, LedgerError> {
        let start = carrier.start(clock.now());
        let mut open = Open {
            carrier,
            ledger,
            broken: None,
        };
        let written = open.write(&start);
        match (written, open.broken.take()) {
            (Err(Unwritten), Some(error)) => Err(error),
            (Ok(()) | Err(Unwritten), _) => Ok(Books {
                open: Mutex::new(open),
                clock,
                woken: Notify::new(),
                broken: Notify::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().expect("no holder of the lock panics")
    }

    /// Decides and writes under one lock, so that the ledger is in the order of the decisions.
    fn recorded<T>(&self, decide: impl FnOnce(&mut Carrier) -> (String, T)) -> Result<T, Unwritten> {
        let mut open = self.lock();
        let (record, decided) = decide(&mut open.carrier);
        let written = open.write(&record);
        drop(open);
        written
            .map(|()| decided)
            .inspect_err(|_| self.broken.notify_one())
    }

    pub(super) fn submit(&self, request: &Submit) -> Result<Action, Unwritten> {
        let now = self.clock.now();
        let action = self.recorded(|carrier| {
            let reaction = carrier.submit(request, now);
            (reaction.record, reaction.action)
        });
        self.woken.notify_one();
        action
    }

    pub(super) fn look_up(&self, request: &LookUp) -> Action {
        self.lock().carrier.look_up(request)
    }

    pub(super) fn down(&self) -> Option<Action> {
        self.lock().carrier.down()
    }

    pub(in crate::carrier) fn inbound(&self, limit: usize) -> InboundPage {
        self.lock().carrier.inbound(limit, self.clock.now())
    }

    pub(in crate::carrier) fn acknowledge(&self, mark: u64) -> Result<(), Unwritten> {
        let now = self.clock.now();
        self.recorded(|carrier| (carrier.acknowledge(mark, now), ()))
    }

    pub(in crate::carrier) fn switches(&self) -> Switches {
        self.lock().carrier.switches().clone()
    }

    /// Changes switches; all of them or none.
    pub(super) fn switch(
        &self,
        object: &serde_json::Value,
    ) -> Result<Result<Switches, SwitchError>, Unwritten> {
        let now = self.clock.now();
        self.recorded(|carrier| {
            let mut switches = carrier.switches().clone();
            match switches.change_by_json(object) {
                Ok(()) => (carrier.switch(switches.clone(), now), Ok(switches)),
                Err(error) => (String::new(), Err(error)),
            }
        })
    }

    pub(super) fn stats(&self) -> Stats {
        self.lock().carrier.stats()
    }

    pub(in crate::carrier) async fn sleep(&self, time: Duration) {
        self.clock.sleep(time, 0).await;
    }

    /// Until something may be due.
    pub(in crate::carrier) async fn due(&self, next_in_ms: Option<u64>) {
        let ms = next_in_ms.unwrap_or(LONGEST_WAIT_MS).min(LONGEST_WAIT_MS);
        tokio::select! {
            () = self.sleep(Duration::from_millis(ms)) => {}
            () = self.woken.notified() => {}
        }
    }

    /// Until the ledger cannot be written.
    pub(super) async fn broken(&self) -> Result<Infallible, LedgerError> {
        loop {
            self.broken.notified().await;
            if let Some(error) = self.lock().broken.take() {
                return Err(error);
            }
        }
    }
}
