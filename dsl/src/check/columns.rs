//! `columns` says our name first, then the file's; people write it the other way round.

use super::{Context, Header};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::Spanned;
use crate::written::nearest::did_you_mean;

/// Our names of columns that every list may have.
const OURS: &[&str] = &["phone", "language", "timezone"];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let headers: Vec<&Vec<String>> = context
        .from
        .iter()
        .filter_map(|list| columns_of(list.header))
        .collect();
    for (ours, theirs) in &context.written.audience.columns {
        // `phone: Phone` is no slip of this kind, whatever the letters of the header.
        if OURS.contains(&ours.value.as_str()) {
            continue;
        }
        let has = |name: &Spanned<String>| headers.iter().any(|header| header.contains(&name.value));
        let fits = has(ours) && !has(theirs);
        let unknown = headers.is_empty() && OURS.contains(&theirs.value.as_str());
        if !(fits || unknown) {
            continue;
        }
        if fits && is_meant(context, ours, theirs) {
            let not_there = |d: &&mut Diagnostic| d.code == "column-missing" && d.span == theirs.span;
            let told = found.iter_mut().filter(not_there);
            told.for_each(|told| is_spare(told, &ours.value));
            continue;
        }
        // It would be told again as a column that is not there.
        found.retain(|d| !(d.code == "column-missing" && d.span == theirs.span));
        let message = format!(
            "\"{}: {}\" is the wrong way round: our name comes first",
            ours.value, theirs.value
        );
        let whole = ours.span.start..theirs.span.end;
        let swapped = format!("{}: {}", written(context, theirs), written(context, ours));
        found.push(
            Diagnostic::error("columns-reversed", whole.clone(), message)
                .help(format!("a column is given our name: `{swapped}`"))
                .replace(whole, swapped, Applicability::Unsure),
        );
    }
}

/// Of another name for a column that has the right one already.
fn is_spare(told: &mut Diagnostic, name: &str) {
    let known = told
        .help
        .take()
        .filter(|help| *help != did_you_mean(Some(name), String::new));
    let spare = format!("\"{name}\" is a column already, by that name: leave it out here");
    if known.is_none() {
        told.suggestion = None;
    }
    told.help = Some(match known {
        Some(known) => format!("{spare}; {known}"),
        None => spare,
    });
}

/// Whether our name stands first indeed, and the other is one that the list does not have: no name as ours are, or one that
/// nothing else in the file uses, as it does ours.
fn is_meant(context: &Context<'_>, ours: &Spanned<String>, theirs: &Spanned<String>) -> bool {
    if OURS.contains(&theirs.value.as_str()) {
        return false;
    }
    let is_plain = |name: &str| {
        let mut chars = name.chars();
        chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let is_used = |name: &Spanned<String>| {
        let mut places = context.text.match_indices(name.value.as_str());
        places.any(|(at, _)| {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let (before, after) = (&context.text[..at], &context.text[at + name.value.len()..]);
            !name.span.contains(&at) && !before.ends_with(is_word) && !after.starts_with(is_word)
        })
    };
    is_plain(&ours.value) && !is_plain(&theirs.value) || is_used(ours) && !is_used(theirs)
}

fn columns_of(header: Option<&Header>) -> Option<&Vec<String>> {
    match header {
        Some(Header::Columns(columns)) => Some(columns),
        Some(Header::Unreadable(_) | Header::Absent) | None => None,
    }
}

/// As it stands in the file, quotes included.
fn written<'a>(context: &'a Context<'_>, name: &Spanned<String>) -> &'a str {
    context.text.get(name.span.clone()).unwrap_or_default()
}
