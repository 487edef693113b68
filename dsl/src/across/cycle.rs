//! Campaigns that start each other come to an end: no chain of `start` leads back to where it began.

use std::collections::BTreeMap;

use super::{Across, Named, Whole};
use crate::diagnostic::Diagnostic;

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, campaign) in whole.campaigns.iter().enumerate() {
        names.entry(&campaign.name.text).or_insert(at);
    }
    let mut seen = vec![Seen::No; whole.campaigns.len()];
    for first in 0..whole.campaigns.len() {
        from(first, whole, &names, &mut seen, across);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    No,
    /// On the way that is being gone.
    Here,
    Done,
}

/// Goes every way that begins at a campaign, each start once; without recursion, since a chain may be long.
fn from(
    first: usize,
    whole: &Whole<'_>,
    names: &BTreeMap<&str, usize>,
    seen: &mut [Seen],
    across: &mut Across,
) {
    if seen[first] != Seen::No {
        return;
    }
    seen[first] = Seen::Here;
    let mut way = vec![(first, 0)];
    while let Some((at, next)) = way.last_mut() {
        let Some(start) = whole.campaigns[*at].starts.get(*next) else {
            seen[*at] = Seen::Done;
            way.pop();
            continue;
        };
        *next += 1;
        let Some(&to) = names.get(start.text.as_str()) else {
            continue;
        };
        match seen[to] {
            Seen::No => {
                seen[to] = Seen::Here;
                way.push((to, 0));
            }
            Seen::Here => {
                let begin = way
                    .iter()
                    .position(|(at, _)| *at == to)
                    .expect("it is on the way");
                tell(&way[begin..], whole, across);
            }
            Seen::Done => {}
        }
    }
}

/// Each entry is a campaign and the number of its starts that were gone, of which the last leads on.
fn tell(cycle: &[(usize, usize)], whole: &Whole<'_>, across: &mut Across) {
    let mut campaigns: Vec<usize> = cycle.iter().map(|(at, _)| *at).collect();
    let begin = campaigns[0];
    campaigns.sort_unstable();
    let teller = whole.teller(&campaigns);
    let (_, gone) = cycle
        .iter()
        .find(|(at, _)| *at == teller)
        .expect("it is of the cycle");
    let start: &Named = &whole.campaigns[teller].starts[gone - 1];
    let chain = cycle.iter().map(|(at, _)| *at).chain([begin]);
    let chain: Vec<&str> = chain.map(|at| whole.campaigns[at].name.text.as_str()).collect();
    let message = format!(
        "campaigns start each other without an end: {}",
        chain.join(" -> ")
    );
    let help = "leave out one `start` of the chain, so that people come to an end of it";
    across.campaigns[teller].push(Diagnostic::error("start-cycle", start.span.clone(), message).help(help));
}
