//! What of a text other tools write otherwise: their names of helpers, and links without their word.

use super::super::Context;
use crate::written::campaign::OPT_OUT_LINK;

/// Words with which the parts of a block begin, here or elsewhere.
pub(super) const OF_BLOCKS: &[&str] = &[
    "else",
    "if",
    "unless",
    "each",
    "elseif",
    "elsif",
    "elif",
    "end",
    "endif",
    "endunless",
    "endeach",
];

/// What other tools call our helpers.
const HELPERS: [(&str, &[&str]); 7] = [
    (
        "title",
        &[
            "capitalize",
            "capitalise",
            "titlecase",
            "title_case",
            "titleize",
            "ucfirst",
            "ucwords",
            "initcap",
            "proper",
        ],
    ),
    (
        "upper",
        &[
            "uppercase",
            "upcase",
            "toupper",
            "to_upper",
            "touppercase",
            "ucase",
        ],
    ),
    (
        "lower",
        &[
            "lowercase",
            "downcase",
            "tolower",
            "to_lower",
            "tolowercase",
            "lcase",
        ],
    ),
    (
        "truncate",
        &["cut", "left", "limit", "shorten", "substr", "substring"],
    ),
    ("money", &["currency", "formatcurrency", "price"]),
    ("plural", &["pluralise", "pluralize"]),
    (
        "date",
        &[
            "dateformat",
            "date_format",
            "format_date",
            "formatdate",
            "strftime",
        ],
    ),
];

/// Our helper that is called so elsewhere.
pub(super) fn called_elsewhere(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let own = HELPERS
        .iter()
        .find(|(_, theirs)| theirs.contains(&lower.as_str()));
    own.map(|(ours, _)| *ours)
}

/// Help for what gives an empty value another one.
pub(super) fn of_defaults(name: &str) -> Option<&'static str> {
    let is_one = matches!(
        name,
        "default" | "defaultTo" | "fallback" | "or" | "coalesce" | "ifempty"
    );
    is_one.then_some("what stands for an empty value is a `default` under `fields`: `fields: { first_name: { default: there } }`")
}

/// The link of that name, with its word, which the text lacks.
pub(super) fn link(context: &Context<'_>, name: &str) -> Option<String> {
    let mut links = context.written.links.iter();
    let is_one = name == OPT_OUT_LINK || links.any(|(own, _)| own.value == name);
    is_one.then(|| format!("link {name}"))
}
