//! Which names another one may get: those that are names, stand for nothing else yet, and read the same wherever they are
//! written.

use super::super::names::{NameKind, Named};
use super::super::{Document, names};
use crate::check::EXPECTED;
use crate::condition::{BuiltIn, FUNCTIONS, WORDS};
use crate::template::{HELPERS, LATER};
use crate::written::campaign::own_texts;
use crate::written::{is_name, misread};

/// What every YAML reader takes for a truth or for nothing where it is not quoted.
const OF_YAML: [&str; 3] = ["true", "false", "null"];

/// Errors: one sentence that says why the name cannot be called `new`.
pub(super) fn check(document: &Document<'_>, all: &[Named], named: &Named, new: &str) -> Result<(), String> {
    fits(named.kind, new)?;
    if misread(new) || OF_YAML.contains(&new.to_ascii_lowercase().as_str()) {
        return Err(format!(
            "\"{new}\" would have to be quoted everywhere, since YAML reads it otherwise"
        ));
    }
    if is_of_language(named.kind, new) {
        return Err(format!("\"{new}\" is part of the language"));
    }
    match is_taken(document, all, named.kind, new) {
        true => Err(format!("\"{new}\" is taken")),
        false => Ok(()),
    }
}

fn fits(kind: NameKind, new: &str) -> Result<(), String> {
    match kind {
        NameKind::Field if names::is_plain_field(new) => Ok(()),
        NameKind::Field => Err(format!(
            "\"{new}\" is not the name of a field: use letters, digits and `_`"
        )),
        _ if is_name(new) => Ok(()),
        _ => Err(format!(
            "\"{new}\" is not a name: use lower-case letters, digits and `-`, a letter first"
        )),
    }
}

fn is_of_language(kind: NameKind, new: &str) -> bool {
    match kind {
        // A text in a step is called by the step's `id`.
        NameKind::Message | NameKind::Step => EXPECTED.contains(&new),
        NameKind::Field => {
            let functions = FUNCTIONS.iter().map(|(name, _)| *name);
            let all = functions.chain(HELPERS).chain(LATER).chain(WORDS);
            let mut all = all
                .chain(BuiltIn::NAMES)
                .chain(crate::check::BUILT_IN.iter().copied());
            all.any(|name| name == new)
        }
        NameKind::Link
        | NameKind::List
        | NameKind::Sender
        | NameKind::Inbox
        | NameKind::Provider
        | NameKind::Database
        | NameKind::Tag => false,
    }
}

fn is_taken(document: &Document<'_>, all: &[Named], kind: NameKind, new: &str) -> bool {
    let mut same = all.iter().filter(|other| other.name == new);
    match kind {
        // A field is whatever is used as one, and a column that nothing uses yet.
        NameKind::Field => {
            same.any(|other| other.kind == kind) || document.columns().iter().any(|column| column == new)
        }
        // `delivered("x")` is of either, and stories call texts by their places too.
        NameKind::Message | NameKind::Step => {
            let either = |other: &Named| matches!(other.kind, NameKind::Message | NameKind::Step);
            let places = document.campaign().map(own_texts::places).unwrap_or_default();
            same.any(|other| other.defines && either(other)) || places.iter().any(|(place, _)| place == new)
        }
        NameKind::Link
        | NameKind::List
        | NameKind::Sender
        | NameKind::Inbox
        | NameKind::Provider
        | NameKind::Database
        | NameKind::Tag => same.any(|other| other.defines && other.kind == kind),
    }
}
