//! The people of a file get no more texts in a day than the policy's `frequency` allows. Certain only: campaigns that text
//! everybody of the same file on the same written day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Across, Whole};
use crate::diagnostic::Diagnostic;
use crate::scalar::{Frequency, WaitTime};

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let cap = whole.project.policy.frequency.filter(|cap| lasts_a_day(*cap));
    let Some(cap) = cap else { return };
    let mut days: BTreeMap<(&str, NaiveDate), Vec<usize>> = BTreeMap::new();
    for (at, campaign) in whole.campaigns.iter().enumerate() {
        if let Some(opening) = &campaign.opening {
            for file in &opening.files {
                days.entry((file, opening.day)).or_default().push(at);
            }
        }
    }
    for ((file, day), all) in days {
        if all.len() > cap.most as usize {
            tell((file, day), &all, cap, whole, across);
        }
    }
}

fn lasts_a_day(cap: Frequency) -> bool {
    match cap.within {
        WaitTime::Days(_) => true,
        WaitTime::Elapsed(time) => time.num_hours() >= 24,
    }
}

fn tell(
    (file, day): (&str, NaiveDate),
    all: &[usize],
    cap: Frequency,
    whole: &Whole<'_>,
    across: &mut Across,
) {
    let teller = whole.teller(all);
    let other = all
        .iter()
        .find(|at| **at != teller)
        .or(all.first())
        .expect("there is one");
    let message = format!(
        "{} campaigns text the people of \"{file}\" on {day}, {} too; the policy allows {cap}",
        all.len(),
        whole.campaigns[*other].path
    );
    let opening = whole.campaigns[teller].opening.as_ref().expect("it has a day");
    let found = Diagnostic::warning("cap-exceeded", opening.span.clone(), message);
    across.campaigns[teller]
        .push(found.help("choose another day for one of them, or raise `frequency` in crier.yaml"));
}
