//! Nobody gets more texts in a day than the policy's `frequency` allows. Certain only: campaigns that text everybody of
//! their files on the same written day, which are one file, or have people in common.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::outline::{Lists, Opening};
use super::{Across, Outline, Whole};
use crate::diagnostic::Diagnostic;
use crate::project::Project;
use crate::scalar::{Frequency, WaitTime};

/// Campaigns, by their place among all.
type Places = Vec<usize>;

/// The campaigns of which it has to be known whom they text, by their place among all: more of them go out on one day than
/// the policy allows, to files that differ.
pub fn to_be_read<'a>(project: &Project, campaigns: &'a [Outline]) -> Vec<(usize, &'a Lists)> {
    let Some(cap) = cap_of(project) else {
        return vec![];
    };
    let days = days(campaigns).into_values();
    let unsettled =
        days.filter(|all| all.len() > cap.most as usize && of_one_file(all, campaigns, cap).is_empty());
    let lists = |at| Some((at, &opening(campaigns, at)?.lists));
    unsettled.flatten().filter_map(lists).collect()
}

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let Some(cap) = cap_of(whole.project) else {
        return;
    };
    for (day, all) in days(whole.campaigns) {
        let of_one_file = of_one_file(&all, whole.campaigns, cap);
        for (file, all) in &of_one_file {
            tell(&format!("the people of \"{file}\""), day, all, cap, whole, across);
        }
        if of_one_file.is_empty()
            && let Some((people, all)) = in_common(&all, cap, whole)
        {
            let whom = match people {
                1 => "one and the same person".to_owned(),
                n => format!("the same {n} people"),
            };
            tell(&whom, day, &all, cap, whole, across);
        }
    }
}

/// The cap, where it is of a day or longer.
fn cap_of(project: &Project) -> Option<Frequency> {
    project.policy.frequency.filter(|cap| match cap.within {
        WaitTime::Days(_) => true,
        WaitTime::Elapsed(time) => time.num_hours() >= 24,
    })
}

fn opening(campaigns: &[Outline], at: usize) -> Option<&Opening> {
    campaigns.get(at)?.opening.as_ref()
}

/// The campaigns of each day.
fn days(campaigns: &[Outline]) -> BTreeMap<NaiveDate, Places> {
    let mut days: BTreeMap<NaiveDate, Places> = BTreeMap::new();
    for (at, campaign) in campaigns.iter().enumerate() {
        if let Some(opening) = &campaign.opening {
            days.entry(opening.day).or_default().push(at);
        }
    }
    days
}

/// The files whose people more of these campaigns text than the cap allows.
fn of_one_file<'a>(all: &[usize], campaigns: &'a [Outline], cap: Frequency) -> BTreeMap<&'a str, Places> {
    let mut files: BTreeMap<&str, Places> = BTreeMap::new();
    for at in all {
        let paths = opening(campaigns, *at).map(|opening| opening.lists.paths());
        for path in paths.into_iter().flatten() {
            files.entry(path).or_default().push(*at);
        }
    }
    files.retain(|_, all| all.len() > cap.most as usize);
    files
}

/// How many people more of these campaigns text than the cap allows, and which campaigns those are.
fn in_common(all: &[usize], cap: Frequency, whole: &Whole<'_>) -> Option<(usize, Places)> {
    let known = |at: &usize| Some((*at, whole.numbers.get(at)?));
    let mut texts: Vec<(u64, usize)> = all
        .iter()
        .filter_map(known)
        .flat_map(|(at, numbers)| numbers.iter().map(move |number| (*number, at)))
        .collect();
    texts.sort_unstable();
    let of_one_person = texts.chunk_by(|(one, _), (other, _)| one == other);
    let (mut people, mut campaigns) = (0, BTreeSet::new());
    for texts in of_one_person.filter(|texts| texts.len() > cap.most as usize) {
        people += 1;
        campaigns.extend(texts.iter().map(|(_, at)| *at));
    }
    (people > 0).then(|| (people, campaigns.into_iter().collect()))
}

fn tell(whom: &str, day: NaiveDate, all: &[usize], cap: Frequency, whole: &Whole<'_>, across: &mut Across) {
    let teller = whole.teller(all);
    let other = all
        .iter()
        .find(|at| **at != teller)
        .or(all.first())
        .expect("there is one");
    let message = format!(
        "{} campaigns text {whom} on {day}, {} too; the policy allows {cap}",
        all.len(),
        whole.campaigns[*other].path
    );
    let opening = opening(whole.campaigns, teller).expect("it has a day");
    let found = Diagnostic::warning("cap-exceeded", opening.span.clone(), message);
    across.campaigns[teller]
        .push(found.help("choose another day for one of them, or raise `frequency` in crier.yaml"));
}
