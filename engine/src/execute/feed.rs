//! How launches come into an execution: those it begins with, and those that are added while it runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dsl::project::Project;
use tokio::sync::mpsc;

use crate::provider::Provider;
use crate::revision::Revision;
use crate::store::LaunchRow;

/// A launch that is to be executed, with what it goes by.
pub struct Launching {
    /// What runs.
    pub launch: LaunchRow,
    /// The revision that the launch is pinned to.
    pub revision: Arc<Revision>,
    /// The senders and their rates. Of a rate that launches state differently the last one's holds; senders and
    /// providers that were there before stay as they were.
    pub project: Arc<Project>,
    /// By name in crier.yaml.
    pub providers: BTreeMap<String, Arc<dyn Provider>>,
    /// How long receipts are awaited after the last passage ended.
    pub receipts: Duration,
    /// It was cancelled, and others wait for its end: it is over once nothing of it is to be looked up any more, whatever else
    /// may still be said.
    pub only_settles: bool,
    /// It is open: people enter it as things happen to them, and it ends when somebody ends it. The folder of the project,
    /// where its lists are. Of a campaign it is added before the launches that are through when their people are.
    pub enters: Option<PathBuf>,
}

/// Adds launches to an execution. It goes on until all of its launches have ended and every handle is dropped.
#[derive(Clone)]
pub struct Adder(mpsc::UnboundedSender<Launching>);

impl Adder {
    /// Adds a launch that is not among those of the execution. Gives it back where that is over.
    pub fn add(&self, launching: Launching) -> Result<(), Box<Launching>> {
        self.0.send(launching).map_err(|back| Box::new(back.0))
    }
}

/// The launches of an execution, as they come.
pub struct Feed {
    coming: mpsc::UnboundedReceiver<Launching>,
    is_open: bool,
}

/// A way for launches into an execution.
pub fn feed() -> (Adder, Feed) {
    let (add, coming) = mpsc::unbounded_channel();
    let feed = Feed {
        coming,
        is_open: true,
    };
    (Adder(add), feed)
}

impl Feed {
    /// Whether more may come.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// The next one, if it is there.
    pub(super) fn at_hand(&mut self) -> Option<Launching> {
        match self.coming.try_recv() {
            Ok(launching) => Some(launching),
            Err(mpsc::error::TryRecvError::Empty) => None,
            Err(mpsc::error::TryRecvError::Disconnected) => {
                self.is_open = false;
                None
            }
        }
    }

    /// Waits for the next one; none: no more will come.
    pub(super) async fn next(&mut self) -> Option<Launching> {
        let next = self.coming.recv().await;
        self.is_open &= next.is_some();
        next
    }
}
