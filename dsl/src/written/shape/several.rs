//! Where several stand: names between commas that are no list, and items of a list that would be the same.

use super::super::key::Form;
use super::super::scalars;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Node;

/// Names between commas, where one of them or a list may stand: `customers, staff`.
pub(super) fn several_in_one(node: &Node, item: &Form) -> Option<Diagnostic> {
    let text = node.text().filter(|text| text.contains(", "))?;
    if matches!(item, Form::Day) {
        return days(node, text);
    }
    if !matches!(item, Form::Name | Form::Source | Form::Leaver) || scalars::is_condition(text) {
        return None;
    }
    let all: Vec<&str> = text.split(',').map(str::trim).collect();
    // A file may have a comma in its name: `lists/people, 2026.csv`.
    let is_file = |piece: &&str| piece.contains('.');
    let alike = all.iter().all(is_file) || all.iter().all(|piece| scalars::is_name(piece));
    let fit = alike && all.iter().all(|piece| scalars::check(item, piece).is_ok());
    fit.then(|| {
        let message = format!("\"{text}\" is one name, with commas in it");
        let list = format!("[{}]", all.join(", "));
        Diagnostic::error("bad-name", node.span.clone(), message)
            .help("several stand in a list, in brackets")
            .replace(node.span.clone(), list, Applicability::Unsure)
    })
}

/// `mon, tue`.
fn days(node: &Node, text: &str) -> Option<Diagnostic> {
    let all: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_day = |day: &&str| scalars::check(&Form::Day, day).is_ok();
    all.iter().all(is_day).then(|| {
        let list = format!("[{}]", all.join(", "));
        let message = format!("\"{text}\" is one text, with commas in it");
        Diagnostic::error("unknown-day", node.span.clone(), message)
            .help("a list stands in brackets")
            .replace(node.span.clone(), list, Applicability::Safe)
    })
}

/// The same of several forms, of which a list is one.
pub(super) fn several_among(node: &Node, forms: &'static [Form]) -> Option<Diagnostic> {
    forms.iter().find_map(|form| match form {
        Form::List(Form::Either(items)) => items.iter().find_map(|item| several_in_one(node, item)),
        Form::List(item) | Form::OneOrList(item) => several_in_one(node, item),
        _ => None,
    })
}

/// What would make two items of a list the same repairs nothing: `[it, Italian]`.
pub(super) fn keep_apart(list: &Node, found: &mut [Diagnostic]) {
    let mut taken: Vec<String> = list
        .items()
        .iter()
        .filter_map(|item| Some(item.text()?.to_owned()))
        .collect();
    for found in found.iter_mut().filter(|found| found.code == "unknown-language") {
        let Some(suggestion) = &found.suggestion else {
            continue;
        };
        match taken.contains(&suggestion.replacement) {
            true => {
                found.help = Some(format!(
                    "leave it out: \"{}\" is listed already",
                    suggestion.replacement
                ));
                found.suggestion = None;
            }
            false => taken.push(suggestion.replacement.clone()),
        }
    }
}
