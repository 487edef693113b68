//! No two campaigns have one name: what was sent is known by it, so two of one name would take each other's launches.

use std::collections::BTreeMap;

use super::{Across, Whole};
use crate::diagnostic::Diagnostic;

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    // Of a file that cannot be read the name is not known.
    let known = whole
        .campaigns
        .iter()
        .enumerate()
        .filter(|(_, campaign)| campaign.complete);
    for (at, campaign) in known {
        by_name.entry(&campaign.name.text).or_default().push(at);
    }
    for (name, all) in by_name.into_iter().filter(|(_, all)| all.len() > 1) {
        // A name that is stated can be changed where it stands.
        let stated = all.iter().copied().filter(|at| {
            let campaign = &whole.campaigns[*at];
            campaign.states_name && campaign.told
        });
        let stated: Vec<usize> = stated.collect();
        let teller = whole.teller(if stated.is_empty() { &all } else { &stated });
        let other = all.iter().find(|at| **at != teller).expect("there are two");
        let other = &whole.campaigns[*other];
        let message = format!("the campaign of {} is called \"{name}\" too", other.path);
        let help =
            "give one of them another name with the key `campaign`; what was sent is known by the name";
        let span = whole.campaigns[teller].name.span.clone();
        across.campaigns[teller].push(Diagnostic::error("campaign-name-twice", span, message).help(help));
    }
}
