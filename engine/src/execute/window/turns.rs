//! One passage of a person at a time: a text, a tag, a value that one of them brings about is what the next is decided by.
//! Whoever is in a window has their turn until it is recorded; their other passages wait for that.

use std::collections::{BTreeSet, HashMap, HashSet};

use sms::PhoneNumber;

use crate::ids::CohortId;

/// Of one window.
type Ticket = u64;

/// Whose turn it is, in any launch.
#[derive(Debug, Default)]
pub(in crate::execute) struct Turns {
    people: HashMap<u64, Ticket>,
    open: BTreeSet<Ticket>,
    last: Ticket,
}

/// Who of a window has their turn.
#[derive(Debug)]
pub(in crate::execute) struct Taken {
    ticket: Ticket,
    people: Vec<u64>,
    /// Those whose turn it is not.
    waiting: HashSet<(CohortId, usize)>,
    /// The other windows that they wait for: each was opened before this one.
    behind: BTreeSet<Ticket>,
}

/// A member of a window.
#[derive(Debug, Clone, Copy)]
pub(in crate::execute) struct Candidate {
    pub cohort: CohortId,
    pub index: usize,
    pub phone: PhoneNumber,
}

impl Turns {
    /// Gives the members of a window their turn, but for those whose turn it is in another one, or in it already. Where it
    /// settles, an earlier process may have submitted them: they have had their turn.
    pub fn take(&mut self, members: impl Iterator<Item = Candidate>, settles: bool) -> Taken {
        self.last += 1;
        self.open.insert(self.last);
        let mut taken = Taken {
            ticket: self.last,
            people: vec![],
            waiting: HashSet::new(),
            behind: BTreeSet::new(),
        };
        for member in members {
            let phone = member.phone.as_u64();
            match self.people.get(&phone).copied() {
                None => {
                    self.people.insert(phone, taken.ticket);
                    taken.people.push(phone);
                }
                Some(_) if settles => {}
                Some(other) => {
                    taken.waiting.insert((member.cohort, member.index));
                    taken.behind.extend((other != taken.ticket).then_some(other));
                }
            }
        }
        taken
    }

    /// A window was recorded.
    pub fn give_back(&mut self, taken: &Taken) {
        self.open.remove(&taken.ticket);
        for phone in &taken.people {
            self.people.remove(phone);
        }
    }

    /// Whether a window that is behind others may be recorded: its members that wait are looked at again right after.
    pub fn are_over(&self, taken: &Taken) -> bool {
        self.open.is_disjoint(&taken.behind)
    }
}

impl Taken {
    /// Whether a member waits for another passage of the same person.
    pub fn waits(&self, cohort: CohortId, index: usize) -> bool {
        self.waiting.contains(&(cohort, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(cohort: i64, phone: &str) -> Candidate {
        Candidate {
            cohort: CohortId(cohort),
            index: 0,
            phone: crate::testing::phone(phone),
        }
    }

    #[test]
    fn a_person_has_one_turn_at_a_time() {
        let (ada, bea) = ("+393331234567", "+393331234568");
        let mut turns = Turns::default();
        let first = turns.take([member(1, ada), member(2, ada)].into_iter(), false);
        let second = turns.take([member(3, ada), member(4, bea)].into_iter(), false);
        let settled = turns.take([member(5, ada)].into_iter(), true);
        let waits = |taken: &Taken, cohorts: &[i64]| -> Vec<bool> {
            cohorts
                .iter()
                .map(|cohort| taken.waits(CohortId(*cohort), 0))
                .collect()
        };
        assert_eq!(waits(&first, &[1, 2]), [false, true]);
        assert_eq!(waits(&second, &[3, 4]), [true, false]);
        assert_eq!(waits(&settled, &[5]), [false]);
        assert!(turns.are_over(&first), "it waits for itself alone");
        assert!(!turns.are_over(&second));
        turns.give_back(&first);
        assert!(turns.are_over(&second));
        let third = turns.take([member(6, ada), member(7, bea)].into_iter(), false);
        assert_eq!(waits(&third, &[6, 7]), [false, true]);
    }
}
