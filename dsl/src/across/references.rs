//! A campaign that another names is there. One that people were only asked about before may have been deleted since.

use std::collections::BTreeSet;

use super::{Across, Named, Whole};
use crate::diagnostic::Diagnostic;
use crate::written::is_name;
use crate::written::nearest::{Guess, nearest};

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    if !whole.is_complete() {
        return;
    }
    let names: BTreeSet<&str> = whole.campaigns.iter().map(|c| c.name.text.as_str()).collect();
    for (campaign, found) in whole.campaigns.iter().zip(&mut across.campaigns) {
        let absent = |named: &&Named| !names.contains(named.text.as_str());
        // What is no name has been told.
        let started = campaign.starts.iter().filter(absent);
        let started = started.filter(|named| is_name(&named.text));
        found.extend(started.map(|named| unknown(named, &names, Diagnostic::error)));
        let mut asked = campaign.campaigns.iter().filter(absent).peekable();
        if asked.peek().is_none() {
            continue;
        }
        // Who asks about another campaign means none of itself.
        let mut others = names.clone();
        others.remove(campaign.name.text.as_str());
        found.extend(asked.map(|named| unknown(named, &others, Diagnostic::warning)));
    }
}

type Make = fn(&'static str, std::ops::Range<usize>, String) -> Diagnostic;

fn unknown(named: &Named, names: &BTreeSet<&str>, make: Make) -> Diagnostic {
    let message = format!("no campaign of this project is called \"{}\"", named.text);
    let found = make("unknown-campaign", named.span.clone(), message);
    Guess::unsure(nearest(&named.text, names.iter().copied())).tell(found, || {
        "a campaign is called by its key `campaign`, else by its file".to_owned()
    })
}
