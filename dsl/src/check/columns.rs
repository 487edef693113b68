//! `columns` says our name first, then the file's; people write it the other way round.

use super::{Context, Header};
use crate::columns::{OURS, is_plain};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::project::ListFile;
use crate::written::Spanned;
use crate::written::nearest::did_you_mean;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let headers: Vec<&Vec<String>> = context
        .from
        .iter()
        .filter_map(|list| columns_of(list.header))
        .collect();
    let mut reversed = vec![];
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
        reversed.push((ours, theirs));
    }
    found.extend(reversal(context.text, "`columns` has names", &reversed));
}

/// One finding of all the pairs that stand the wrong way round; the rest of the text between them stays. `what` names several.
pub(crate) fn reversal(
    text: &str,
    what: &str,
    pairs: &[(&Spanned<String>, &Spanned<String>)],
) -> Option<Diagnostic> {
    let ((first, value), (_, last)) = (pairs.first()?, pairs.last()?);
    let message = match pairs {
        [_] => one(&first.value, &value.value),
        _ => several(what),
    };
    let whole = first.span.start..last.span.end;
    // As they stand in the file, quotes included.
    let written = |name: &Spanned<String>| text.get(name.span.clone()).unwrap_or_default();
    let swap = |(ours, theirs): &(&Spanned<String>, &Spanned<String>)| {
        format!("{}: {}", written(theirs), written(ours))
    };
    let between = |at: usize| match pairs.get(at + 1) {
        Some((next, _)) => text
            .get(pairs[at].1.span.end..next.span.start)
            .unwrap_or_default(),
        None => "",
    };
    let all = pairs.iter().enumerate();
    let swapped: String = all.map(|(at, pair)| swap(pair) + between(at)).collect();
    let named: Vec<String> = pairs.iter().map(swap).collect();
    Some(
        Diagnostic::error("columns-reversed", whole.clone(), message)
            .help(given(&named.join(", ")))
            .replace(whole, swapped, Applicability::Unsure),
    )
}

/// Of a list of crier.yaml that has these names, where a campaign names it: what is told and what to do. The words are those
/// that are told at the list.
pub(super) fn at_its_use(list: &ListFile, turned: &[(String, String)]) -> (String, String) {
    let message = match turned {
        [(ours, theirs)] => one(ours, theirs),
        _ => several(&of_list(list.name.as_deref().unwrap_or_default())),
    };
    let swapped: Vec<String> = turned
        .iter()
        .map(|(ours, theirs)| format!("{theirs}: {ours}"))
        .collect();
    (message, given(&swapped.join(", ")))
}

/// What the pairs of a list of crier.yaml are called.
pub(crate) fn of_list(name: &str) -> String {
    format!("the `columns` of list \"{name}\" have names")
}

fn one(ours: &str, theirs: &str) -> String {
    format!("\"{ours}: {theirs}\" is the wrong way round: our name comes first")
}

fn several(what: &str) -> String {
    format!("{what} the wrong way round: our name comes first")
}

fn given(pairs: &str) -> String {
    format!("a column is given our name: `{pairs}`")
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
