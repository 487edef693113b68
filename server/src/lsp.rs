//! A language server for campaign files and crier.yaml: the Language Server Protocol 3.17 over a reader and a writer. What
//! editors ask is answered by `dsl::editor`; here are the messages, the open files and what is read around them. Reads
//! nothing but crier.yaml, campaigns, stories, lists and prices of the project that an open file is of, writes nothing, and ends
//! with its input.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use engine::clock::{Clock, SystemClock};

use self::documents::{Check, Checked};
use self::session::{Next, Session};
use self::wire::Incoming;

mod answers;
mod convert;
mod documents;
mod session;
mod wire;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// As the protocol says: shut down, then exit.
    Asked,
    /// The input ended, or its client went without a word.
    Cut,
}

/// Messages that are read ahead at most, so that a flood of changes is one check.
const READ_AHEAD: usize = 1_024;
/// So long after a change that came while a file was checked it is checked again: whoever types that fast does not read
/// what is wrong, and wants answers.
const PAUSE: Duration = Duration::from_millis(80);

/// What the session is told of.
enum Event {
    Read(Incoming),
    /// None: a fault of ours, of which nothing is told.
    Checked(Option<Box<Checked>>),
}

/// Answers until the client says that it ends. `version` is crier's own. Errors: the writer's.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: &mut impl Write,
    version: &str,
) -> io::Result<Ended> {
    let (sender, events) = mpsc::sync_channel(READ_AHEAD);
    let read = sender.clone();
    std::thread::spawn(move || {
        let mut input = input;
        loop {
            let message = wire::read(&mut input);
            let is_last = matches!(message, Incoming::End | Incoming::Lost(_));
            if read.send(Event::Read(message)).is_err() || is_last {
                return;
            }
        }
    });
    let mut session = Session::new(version);
    let mut pace = Pace::new();
    loop {
        let next = match next(&events, &mut session, &mut pace, &sender) {
            None => return Ok(Ended::Cut),
            Some(Event::Read(message)) => {
                let before = session.changes();
                let next = session.take(message);
                if session.changes() != before {
                    pace.changed();
                }
                next
            }
            Some(Event::Checked(checked)) => {
                pace.is_busy = false;
                checked.into_iter().for_each(|checked| session.checked(*checked));
                Next::Go
            }
        };
        for answer in session.outgoing() {
            wire::write(output, &answer)?;
        }
        match next {
            Next::Go => {}
            Next::End(ended) => return Ok(ended),
        }
    }
}

/// When files are checked.
struct Pace {
    clock: SystemClock,
    /// The earliest; none: nothing was changed since all were.
    due: Option<Duration>,
    /// One is, on a thread of its own, so that answers do not wait for it.
    is_busy: bool,
}

impl Pace {
    fn new() -> Pace {
        Pace {
            clock: SystemClock::new(),
            due: None,
            is_busy: false,
        }
    }

    fn changed(&mut self) {
        let now = self.clock.monotonic();
        let is_typing = self.is_busy || self.due.is_some_and(|due| due > now);
        let wait = if is_typing { PAUSE } else { Duration::ZERO };
        self.due = Some(now + wait);
    }
}

/// The next event. Where none comes until it is time, a file is checked meanwhile.
fn next(
    events: &Receiver<Event>,
    session: &mut Session,
    pace: &mut Pace,
    sender: &SyncSender<Event>,
) -> Option<Event> {
    loop {
        let Some(due) = pace.due.filter(|_| !pace.is_busy) else {
            return events.recv().ok();
        };
        match events.recv_timeout(due.saturating_sub(pace.clock.monotonic())) {
            Ok(event) => return Some(event),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => match session.next_check() {
                Some(check) => {
                    pace.is_busy = true;
                    start(check, sender.clone());
                }
                None => pace.due = None,
            },
        }
    }
}

fn start(check: Check, sender: SyncSender<Event>) {
    std::thread::spawn(move || {
        let checked = catch_unwind(AssertUnwindSafe(|| Box::new(check.run()))).ok();
        // Nobody waits for it once the session is over.
        let _ = sender.send(Event::Checked(checked));
    });
}
