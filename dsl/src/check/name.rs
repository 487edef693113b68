//! The campaign has a name: its key, else the file's.

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::{is_name, slug};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // What is no campaign at all has been told.
    let is_map = context.root.is_some_and(|root| !root.entries().is_empty());
    let from_file = context.written.name.is_none() && is_map;
    if !from_file || is_name(context.file_name) {
        return;
    }
    let message = format!(
        "the file's name \"{}\" is not the name of a campaign",
        context.file_name
    );
    let slug = slug(context.file_name);
    // A number in front orders files.
    let slug = slug.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let at = context.written.first_key.start;
    let diagnostic = Diagnostic::error("bad-name", context.written.first_key.clone(), message);
    if !is_name(slug) {
        let help = "name it with the key `campaign: winter-concert`, or rename the file";
        return found.push(diagnostic.help(help));
    }
    let diagnostic = diagnostic.help(format!(
        "name it with the key `campaign: {slug}`, or rename the file"
    ));
    let begins_line = at == 0 || context.text[..at].ends_with('\n');
    found.push(match begins_line {
        true => diagnostic.replace(at..at, format!("campaign: {slug}\n"), Applicability::Unsure),
        false => diagnostic,
    });
}
