//! When receipts are to be expected, and whether they can be fetched at all.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the polls of one provider know of its submits, and of each other.
pub(super) struct Listening {
    /// The provider's, for the log.
    name: String,
    /// Beginnings and ends of submits so far.
    traffic: AtomicU64,
    /// The traffic when the last poll began.
    heard: AtomicU64,
    /// The last poll failed.
    away: AtomicBool,
}

/// A poll under way.
pub(super) struct Round {
    /// The traffic when the poll before it began.
    heard_before: u64,
}

/// A submit under way.
pub(super) struct UnderWay<'a>(&'a AtomicU64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Listening {
    /// Nothing was submitted yet.
    pub(super) fn new(name: &str) -> Listening {
        Listening {
            name: name.to_owned(),
            traffic: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            away: AtomicBool::new(false),
        }
    }

    /// A submit begins; it ends when what is returned is dropped.
    pub(super) fn submitting(&self) -> UnderWay<'_> {
        self.traffic.fetch_add(1, Ordering::SeqCst);
        UnderWay(&self.traffic)
    }

    /// A poll begins.
    pub(super) fn begin(&self) -> Round {
        let traffic = self.traffic.load(Ordering::SeqCst);
        Round {
            heard_before: self.heard.swap(traffic, Ordering::SeqCst),
        }
    }

    /// Whether nothing was submitted since the poll before this one began. Only then does an answer "nothing is to
    /// come" cover all that was submitted: it may be older than a submit that ended while it was on its way.
    pub(super) fn was_quiet(&self, round: Round) -> bool {
        self.traffic.load(Ordering::SeqCst) == round.heard_before
    }

    /// Logs when polling begins to fail, and when it works again.
    pub(super) fn note(&self, trouble: Option<&String>) {
        let was_away = self.away.swap(trouble.is_some(), Ordering::SeqCst);
        match trouble {
            Some(reason) if !was_away => {
                tracing::warn!(
                    provider = self.name,
                    reason,
                    "receipts and replies cannot be fetched"
                );
            }
            None if was_away => {
                tracing::info!(provider = self.name, "receipts and replies can be fetched again");
            }
            Some(_) | None => {}
        }
    }
}
