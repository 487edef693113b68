//! Who opted out, as it stands in memory: read right before each submit, and shared with the requests under way.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

/// The numbers.
pub(super) type Suppressed = Arc<RwLock<HashSet<u64>>>;

/// The numbers, and the changes of the store that they come from.
#[derive(Default)]
pub(super) struct Stopped {
    /// Those since the plans.
    pub numbers: Suppressed,
    /// The change after which all are among them; none before the first launch.
    pub from: Option<i64>,
    /// The last change that is known.
    pub known: i64,
    /// Of whoever opted in again, the change that this took back.
    lifted: HashMap<u64, i64>,
}

impl Stopped {
    /// Whether nothing may go to a number.
    pub fn holds(&self, phone: u64) -> bool {
        self.numbers
            .read()
            .expect("no holder of the lock panics")
            .contains(&phone)
    }

    /// Nothing goes to a number from now on; whether that is new. The change's number comes with the next record.
    pub fn stop(&self, phone: u64) -> bool {
        self.numbers
            .write()
            .expect("no holder of the lock panics")
            .insert(phone)
    }

    /// Notes changes as the store told them: what was read before somebody opted in again may come behind it.
    pub fn note(&mut self, changes: &[(i64, u64)]) {
        let mut numbers = self.numbers.write().expect("no holder of the lock panics");
        for (change, phone) in changes {
            self.known = self.known.max(*change);
            if self.lifted.get(phone).is_none_or(|lifted| lifted < change) {
                numbers.insert(*phone);
            }
        }
    }

    /// Texts may go to a number again: a change is taken back.
    pub fn lift(&mut self, phone: u64, change: i64) {
        let mut numbers = self.numbers.write().expect("no holder of the lock panics");
        numbers.remove(&phone);
        let lifted = self.lifted.entry(phone).or_insert(change);
        *lifted = change.max(*lifted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_somebody_opted_in_again_stops_nobody_behind_it() {
        let mut stopped = Stopped::default();
        stopped.note(&[(3, 39), (4, 40)]);
        stopped.lift(39, 3);
        assert!(!stopped.holds(39));
        // A claim that was read between the two comes late.
        stopped.note(&[(3, 39), (4, 40)]);
        assert_eq!((stopped.holds(39), stopped.holds(40)), (false, true));
        // They say STOP once more.
        stopped.note(&[(5, 39)]);
        assert!(stopped.holds(39));
        assert_eq!(stopped.known, 5);
    }
}
