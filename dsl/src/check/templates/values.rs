//! The values that texts use are fields or columns, held against the same names as conditions.

use std::ops::Range;

use super::super::{Context, audience, foreign};
use super::{BUILT_IN, in_template, slips};
use crate::condition::{Columns, Named, Scope};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::template::HELPERS;
use crate::written::nearest::{Guess, listed, nearest};

/// A name must be a column of each list, unless it is a field; fields are held against the lists by their own check.
pub(super) fn unknown(
    context: &Context<'_>,
    scope: &Scope,
    name: &str,
    span: Range<usize>,
) -> Option<Diagnostic> {
    if BUILT_IN.contains(&name) {
        return None;
    }
    let Named::Missing(list) = scope.value(name) else {
        return None;
    };
    if HELPERS.contains(&name) {
        let message = format!("the helper \"{name}\" is given no value");
        let help = format!("write what it is to change: `{{{{{name} first_name}}}}`");
        return Some(Diagnostic::error("bad-template", span, message).help(help));
    }
    if name == "link" {
        let message = "it is not said which link belongs here";
        let help = "write `{{link tickets}}`, and where it leads: `links: { tickets: \"https://…\" }`";
        return Some(Diagnostic::error("bad-template", span, message).help(help));
    }
    let found = missing(context, list, name, span.clone());
    if let Some(link) = slips::link(context, name) {
        let help = format!("a link is written with its word: `{{{{{link}}}}}`");
        return Some(found.help(help).replace(span, link, Applicability::Unsure));
    }
    // Other tools write `contact.first_name`, and `../city` in an `each`.
    let last = name
        .rsplit_once(['.', '/'])
        .and_then(|(_, last)| foreign::known(context, last));
    let columns = list.into_iter().flat_map(|list| &list.names).map(String::as_str);
    let own = columns.chain(context.written.field_names());
    let own = own.chain(BUILT_IN.iter().copied());
    let meant = nearest(name, own.filter(|name| !name.is_empty())).map(in_template);
    Some(Guess::unsure(meant.or(last)).tell(found, || remedy(context, list, name)))
}

fn missing(context: &Context<'_>, list: Option<&Columns>, name: &str, span: Range<usize>) -> Diagnostic {
    let (message, label) = match list {
        Some(list) if !list.list.is_empty() => (
            format!("\"{name}\" is not a column of \"{}\"", list.list),
            "not a column",
        ),
        _ if comes_alone(context) => (
            format!("\"{name}\" is no field, and whoever comes by a trigger has no columns"),
            "not a field",
        ),
        Some(_) | None => (
            format!("\"{name}\" is neither a field nor a column that the file names"),
            "not declared",
        ),
    };
    Diagnostic::error("unknown-variable", span, message).label(label)
}

/// Where nothing else is meant.
fn remedy(context: &Context<'_>, list: Option<&Columns>, name: &str) -> String {
    match list {
        Some(list) if !list.list.is_empty() => {
            let mut lists = context.from.iter();
            let own = lists.find(|own| own.file.called() == list.list);
            own.and_then(audience::only_numbers).unwrap_or_else(|| {
                let all = listed(own.and_then(audience::names).into_iter().flatten());
                format!("the columns are {all}; a value for everybody is a `default` under `fields`")
            })
        }
        _ if comes_alone(context) => {
            format!("declare what the event brings, or steps set: `fields: {{ {name}: text }}`")
        }
        Some(_) | None => {
            format!(
                "no list can be read here: declare it under `fields`, with its type: `fields: {{ {name}: text }}`"
            )
        }
    }
}

/// Whether nobody comes from a list: whom a trigger enters comes without a row, and what there is of them stands under `fields`.
fn comes_alone(context: &Context<'_>) -> bool {
    context.written.trigger.is_some() && context.written.audience.from.is_empty()
}
