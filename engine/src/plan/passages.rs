//! Rows of one person that are passages of their own, since the trigger tells them apart by a key: as its events do.

use std::collections::HashMap;

use super::seen::Place;
use crate::member::Member;
use crate::revision::Revision;
use crate::trigger::key_field;

/// The keys of each person so far, with their first row.
pub(super) struct Passages {
    /// Which of a member's values is the key.
    at: usize,
    seen: HashMap<(u64, Box<str>), Place>,
}

impl Passages {
    /// None where everybody has one passage.
    pub fn of(revision: &Revision) -> Option<Passages> {
        let key = key_field(&revision.campaign)?;
        let at = revision.variables.iter().position(|name| name == key)?;
        Some(Passages {
            at,
            seen: HashMap::new(),
        })
    }

    /// The first row with the key of this one; none: this is it.
    pub fn first_row(&mut self, member: &Member, place: Place) -> Option<Place> {
        let key = member.values.get(self.at).cloned().unwrap_or_default();
        let number = member.phone.as_u64();
        match self.seen.entry((number, key)) {
            std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(place);
                None
            }
        }
    }
}
