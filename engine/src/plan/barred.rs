//! What the store knows of numbers before a plan is made: those that get no text of a launch, whatever their rows say, and
//! those on the lists that it keeps.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dsl::project::ListFile;
use sms::PhoneNumber;

use super::{Day, StoreFacts, Texted};
use crate::audience::{self, AudienceError, ListReader};
use crate::left_out::LeftOut;

/// Numbers, by the reason for which they get no text. Each list is in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Barred {
    /// Opted out.
    pub suppressed: Vec<u64>,
    /// Entered an earlier launch of the campaign, and may not enter again (yet).
    pub entered: Vec<u64>,
    /// Still inside of an earlier launch of it.
    pub inside: Vec<u64>,
    /// The same, where it is known when their own turn comes: nobody is barred by that.
    pub may_be_inside: Vec<u64>,
    /// Who is on the lists that are kept in the store, by the list's name. Nobody is barred by that alone: these are who
    /// comes from such a list, or is left out by it.
    pub lists: BTreeMap<String, Vec<u64>>,
    /// What else the audience asks the store for. Nobody is barred by that: a condition is.
    pub facts: Arc<StoreFacts>,
    /// The day or tick that is planned, of a schedule on the recipients' clocks. Nobody is barred by that: whose day it is not is not of this launch.
    pub day: Option<Day>,
    /// The marketing that went lately, where it is to be told whom `frequency` holds up. Nobody is barred by that.
    pub texted: Option<Texted>,
}

impl Barred {
    /// Those who opted out, and nobody else.
    pub fn opted_out(suppressed: Vec<u64>) -> Barred {
        Barred {
            suppressed,
            ..Barred::default()
        }
    }

    /// Opens a list: a file, or one of the store.
    pub(super) fn open(&self, list: &ListFile, folder: &Path) -> Result<ListReader, AudienceError> {
        match list.stored() {
            Some(name) => audience::of_numbers(name, self.lists.get(name).cloned().unwrap_or_default()),
            // A file that was named on the command line may lie anywhere; those of a project have no such path.
            None => match Path::new(&list.path).parent().filter(|own| own.is_absolute()) {
                Some(own) => audience::open(own, &list.path),
                None => audience::open(folder, &list.path),
            },
        }
    }

    /// Why this number gets no text; none: it may.
    pub fn reason(&self, phone: PhoneNumber) -> Option<LeftOut> {
        let phone = phone.as_u64();
        let holds = |list: &Vec<u64>| list.binary_search(&phone).is_ok();
        if holds(&self.suppressed) {
            return Some(LeftOut::OptedOut);
        }
        if holds(&self.inside) {
            return Some(LeftOut::StillInside);
        }
        holds(&self.entered).then_some(LeftOut::EnteredBefore)
    }
}
