//! `columns` says our name first, then the file's; people write it the other way round.

use super::{Context, Header};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::Spanned;

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
                .help("a column is given our name: `phone: Mobile`")
                .replace(whole, swapped, Applicability::Unsure),
        );
    }
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
