//! What people walked through, for whoever counts it: stories say what none of them walked.

use std::collections::BTreeSet;
use std::sync::Mutex;

use dsl::campaign::Address;

/// Notes what is walked through. Decides nothing.
#[derive(Debug, Default)]
pub struct Trace(Mutex<Walked>);

/// What was walked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// Instructions that were done.
    pub instructions: BTreeSet<Address>,
    /// Questions, and what was waited for, that ended in silence.
    pub silences: BTreeSet<Address>,
    /// Questions that were asked again, since no answer took the reply.
    pub unclear: BTreeSet<Address>,
}

impl Trace {
    /// An instruction is done.
    pub(super) fn done(&self, at: Address) {
        self.with(|walked| walked.instructions.insert(at));
    }

    /// What was waited for there did not come.
    pub(super) fn silent(&self, at: Address) {
        self.with(|walked| walked.silences.insert(at));
    }

    /// The question there is asked again, since no answer took the reply.
    pub(super) fn unclear(&self, at: Address) {
        self.with(|walked| walked.unclear.insert(at));
    }

    /// What was walked through so far.
    pub fn walked(&self) -> Walked {
        self.0.lock().expect("no holder of the lock panics").clone()
    }

    fn with(&self, note: impl FnOnce(&mut Walked) -> bool) {
        note(&mut self.0.lock().expect("no holder of the lock panics"));
    }
}
