//! One keyword on one number begins one thing: a campaign, or joining a stored list of crier.yaml.

use std::collections::BTreeMap;

use super::{Across, Whole};
use crate::diagnostic::Diagnostic;
use crate::reply::tokens;
use crate::written::project::List;

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let mut by_keyword: BTreeMap<(String, Vec<String>), Vec<usize>> = BTreeMap::new();
    for (at, campaign) in whole.campaigns.iter().enumerate() {
        if let (Some(keyword), Some(sender)) = (&campaign.keyword, &campaign.sender) {
            let key = (number(whole, sender), tokens(&keyword.text));
            by_keyword.entry(key).or_default().push(at);
        }
    }
    let lists = lists(whole);
    across.project.extend(of_two_lists(whole));
    for (key, all) in by_keyword {
        let teller = whole.teller(&all);
        let other = all
            .iter()
            .find(|at| **at != teller)
            .map(|at| &whole.campaigns[*at]);
        let taken = match (other, lists.get(&key)) {
            (Some(other), _) => {
                let line = other.keyword.as_ref().map_or(1, |keyword| keyword.line);
                format!("begins the campaign of {}:{line}", other.path)
            }
            (None, Some(list)) => format!("joins list \"{list}\" of crier.yaml"),
            (None, None) => continue,
        };
        let keyword = whole.campaigns[teller].keyword.as_ref().expect("it has one");
        let message = format!("keyword \"{}\" {taken} on the same number", keyword.text);
        let help = "one text can begin one thing: choose another keyword, or another sender";
        let found = Diagnostic::error("keyword-in-two-campaigns", keyword.span.clone(), message);
        across.campaigns[teller].push(found.help(help));
    }
}

/// Two senders may be one number.
fn number(whole: &Whole<'_>, sender: &str) -> String {
    let known = whole.project.senders.get(sender);
    known.map_or_else(|| sender.to_owned(), |known| known.address.to_string())
}

/// The lists that a keyword joins, by it and the number.
fn lists<'a>(whole: &Whole<'a>) -> BTreeMap<(String, Vec<String>), &'a str> {
    let one = |list: &'a List| Some((joined_by(whole, list)?, list.name.value.as_str()));
    whole.lists().iter().filter_map(one).collect()
}

/// The number and the keyword by which a list is joined.
fn joined_by(whole: &Whole<'_>, list: &List) -> Option<(String, Vec<String>)> {
    let keyword = tokens(&list.opt_in.keyword.as_ref()?.value);
    let own = list.opt_in.sender.as_ref().map(|sender| sender.value.as_str());
    let sender = own.or_else(|| whole.project.default_sender())?;
    Some((number(whole, sender), keyword))
}

/// Lists that would be joined by one text.
fn of_two_lists(whole: &Whole<'_>) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(String, Vec<String>), &List> = BTreeMap::new();
    let mut found = vec![];
    for list in whole.lists() {
        let Some(key) = joined_by(whole, list) else {
            continue;
        };
        let other = *first.entry(key).or_insert(list);
        let keywords = (&list.opt_in.keyword, &other.opt_in.keyword);
        if let ((Some(keyword), Some(earlier)), false) = (keywords, std::ptr::eq(list, other)) {
            let message = format!(
                "keyword \"{}\" joins list \"{}\" on the same number",
                keyword.value, other.name.value
            );
            let found_here = Diagnostic::error("keyword-in-two-campaigns", keyword.span.clone(), message);
            found.push(
                found_here
                    .also(earlier.span.clone(), "the other")
                    .help("one text can begin one thing: choose another keyword, or another sender"),
            );
        }
    }
    found
}
