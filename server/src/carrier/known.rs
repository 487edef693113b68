//! What the carrier knows of references: how often each was submitted and taken. About 30 bytes a reference, for good.

use std::collections::HashMap;

/// Of a reference; counts end at 255.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// How often it was submitted.
    pub attempts: u8,
    /// How often it was taken.
    pub taken: u8,
}

/// All references that were ever submitted, by a hash so long that no two have the same.
#[derive(Default)]
pub(super) struct Known(HashMap<[u8; 16], Seen>);

impl Known {
    /// What was seen of a reference.
    pub(super) fn seen(&self, reference: &str) -> Seen {
        self.0.get(&key(reference)).copied().unwrap_or_default()
    }

    /// What was seen of a reference before; this submit is counted.
    pub(super) fn attempt(&mut self, reference: &str) -> Seen {
        let seen = self.0.entry(key(reference)).or_default();
        let before = *seen;
        seen.attempts = seen.attempts.saturating_add(1);
        before
    }

    /// It was taken; says how often before.
    pub(super) fn take(&mut self, reference: &str) -> u8 {
        let seen = self.0.entry(key(reference)).or_default();
        let before = seen.taken;
        seen.taken = seen.taken.saturating_add(1);
        before
    }

    /// Whether the carrier has it.
    pub(super) fn has(&self, reference: &str) -> bool {
        self.seen(reference).taken > 0
    }
}

fn key(reference: &str) -> [u8; 16] {
    let hash = blake3::hash(reference.as_bytes());
    hash.as_bytes()[..16].try_into().expect("sixteen of 32 bytes")
}
