//! Values of a list that are longer than the `longest` of their field: the parts that a text has at most do not hold for whom
//! they are of, and the plan says so.

use dsl::bounds::characters;
use serde::{Deserialize, Serialize};

use super::row::PlannedRow;
use super::seen::Place;
use crate::revision::Revision;

/// Those of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongValues {
    /// Its name.
    pub field: String,
    /// What it says.
    pub longest: u32,
    /// People who have such a value.
    pub rows: u64,
    /// The first of them.
    pub first: Place,
    /// Characters of the longest of their values.
    pub most: usize,
}

/// Counts a person.
pub(super) fn note(all: &mut Vec<LongValues>, revision: &Revision, planned: &PlannedRow, place: Place) {
    for (name, value) in revision.variables.iter().zip(&planned.member.values) {
        let Some(longest) = revision.field(name).and_then(|field| field.longest) else {
            continue;
        };
        // A character takes a byte at least.
        if value.len() <= longest as usize || characters(value) <= longest as usize {
            continue;
        }
        let most = characters(value);
        match all.iter_mut().find(|own| own.field == *name) {
            Some(own) => {
                own.rows += 1;
                own.most = own.most.max(most);
            }
            None => all.push(LongValues {
                field: name.clone(),
                longest,
                rows: 1,
                first: place,
                most,
            }),
        }
    }
}
