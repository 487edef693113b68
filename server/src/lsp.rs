//! A language server for campaign files and crier.yaml: the Language Server Protocol 3.17 over a reader and a writer. What
//! editors ask is answered by `dsl::editor`; here are the messages, the open files and what is read around them. Reads
//! nothing but crier.yaml, lists and prices of the project that an open file is of, writes nothing, and ends with its input.

use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Receiver, TryRecvError};

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

/// Answers until the client says that it ends. `version` is crier's own. Errors: the writer's.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: &mut impl Write,
    version: &str,
) -> io::Result<Ended> {
    let (sender, incoming) = mpsc::sync_channel(READ_AHEAD);
    std::thread::spawn(move || {
        let mut input = input;
        loop {
            let message = wire::read(&mut input);
            let is_last = matches!(message, Incoming::End | Incoming::Lost(_));
            if sender.send(message).is_err() || is_last {
                return;
            }
        }
    });
    let mut session = Session::new(version);
    loop {
        let Some(message) = next(&incoming, &mut session, output)? else {
            return Ok(Ended::Cut);
        };
        let next = session.take(message);
        for answer in session.outgoing() {
            wire::write(output, &answer)?;
        }
        match next {
            Next::Go => {}
            Next::End(ended) => return Ok(ended),
        }
    }
}

/// The next message. Where none waits, what was changed is checked meanwhile.
fn next(
    incoming: &Receiver<Incoming>,
    session: &mut Session,
    output: &mut impl Write,
) -> io::Result<Option<Incoming>> {
    match incoming.try_recv() {
        Ok(message) => return Ok(Some(message)),
        Err(TryRecvError::Disconnected) => return Ok(None),
        Err(TryRecvError::Empty) => {}
    }
    for told in session.check() {
        wire::write(output, &told)?;
    }
    Ok(incoming.recv().ok())
}
