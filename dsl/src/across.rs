//! The files of one project against each other: names used twice, references that no file answers, what nobody uses. Pure
//! and linear: each file is read into an [`Outline`] once, and the checks look at nothing else. Finds nothing that the
//! check of a single file says. Where the rules come from: docs/language.md, what is checked.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::project::Project;
use crate::written::campaign::{Step, flattened};
use crate::written::project as written;
use crate::{Absent, CampaignFile, Header, ProjectFile};

mod answers;
mod cap;
mod cycle;
mod files;
mod keywords;
mod names;
mod outline;
mod promises;
mod references;
mod unused;
mod values;

pub use cap::to_be_read;
pub use outline::{Lists, Named, Outline};
pub use promises::unheard;
pub use unused::to_be_looked_for;
pub use values::to_be_known;

/// The codes that only several files together can give.
pub const CODES: &[&str] = &[
    "campaign-name-twice",
    "cap-exceeded",
    "event-never-named",
    "keyword-in-two-campaigns",
    "start-cycle",
    "tag-never-set",
    "unknown-campaign",
    "unused-list",
    "unused-sender",
];

/// A project with all its campaigns.
#[derive(Debug, Clone, Copy)]
pub struct Whole<'a> {
    /// The project; where crier.yaml has errors, what can be made out of it.
    pub project: &'a Project,
    /// Its file, where there is one and it has no errors.
    pub file: Option<&'a ProjectFile>,
    /// Every campaign, by path.
    pub campaigns: &'a [Outline],
    /// The files of [`ProjectFile::named_files`] and of [`to_be_looked_for`] that are not there.
    pub absent: &'a Absent,
    /// What is known of the files of its lists and of those of [`to_be_known`], by the key of a list's file. One that is not in it is not judged.
    pub headers: &'a BTreeMap<String, Header>,
    /// The numbers of the campaigns that [`to_be_read`] names, by their place among the campaigns: sorted, each once. Of
    /// one that is not in it nobody is known.
    pub numbers: &'a BTreeMap<usize, Vec<u64>>,
}

/// What is found, by the file that it stands in.
#[derive(Debug, Clone, Default)]
pub struct Across {
    /// Of crier.yaml.
    pub project: Vec<Diagnostic>,
    /// Of each campaign, in their order.
    pub campaigns: Vec<Vec<Diagnostic>>,
}

type Check = fn(&Whole<'_>, &mut Across);

/// Every check across files, in order.
const CHECKS: &[Check] = &[
    names::check,
    keywords::check,
    references::check,
    cycle::check,
    promises::check,
    cap::check,
    answers::check,
    values::check,
    unused::check,
    files::check,
];

/// Holds the files of a project against each other. A finding that concerns several campaigns stands in the last of them
/// that is told of (not [`Outline::untold`]).
pub fn check_across(whole: &Whole<'_>) -> Across {
    let mut across = Across {
        project: vec![],
        campaigns: vec![vec![]; whole.campaigns.len()],
    };
    for check in CHECKS {
        check(whole, &mut across);
    }
    across
}

/// What a campaign says that others have to do with.
pub fn outline(path: &str, file_name: &str, file: &CampaignFile, project: &Project) -> Outline {
    outline::of(path, file_name, file, project)
}

impl<'a> Whole<'a> {
    /// Whether every file was read to its end, so that what none of them says is nowhere.
    fn is_complete(&self) -> bool {
        self.campaigns.iter().all(|campaign| campaign.complete)
    }

    /// Whether every file was read as it is meant, so that what none of them names nobody means.
    fn is_sound(&self) -> bool {
        self.campaigns.iter().all(|campaign| campaign.sound)
    }

    /// The campaigns that are told of; all, where crier.yaml is asked about by itself.
    fn asked(&self) -> impl Iterator<Item = &'a Outline> {
        let by_itself = !self.campaigns.iter().any(|campaign| campaign.told);
        self.campaigns
            .iter()
            .filter(move |campaign| campaign.told || by_itself)
    }

    /// The last of several campaigns that is told of; the last of all where none is.
    fn teller(&self, of: &[usize]) -> usize {
        let told = of.iter().rev().find(|at| self.campaigns[**at].told);
        *told.or(of.last()).expect("a finding is of a campaign")
    }

    /// The lists of crier.yaml as written.
    fn lists(&self) -> &'a [written::List] {
        self.file.map_or(&[], |file| file.written().lists.as_slice())
    }

    /// The steps of the rules for replies of crier.yaml.
    fn steps_of_rules(&self) -> Vec<&'a Step> {
        let rules = self.file.map_or(&[][..], |file| file.written().rules.as_slice());
        rules.iter().flat_map(|rule| flattened(&rule.steps)).collect()
    }
}
