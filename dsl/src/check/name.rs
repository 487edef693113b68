//! The campaign has a name: its key, else the file's.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::{is_name, slug};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let from_file = context.written.name.is_none();
    if !from_file || is_name(context.file_name) {
        return;
    }
    let message = format!(
        "the file's name \"{}\" is not the name of a campaign",
        context.file_name
    );
    let slug = slug(context.file_name);
    let example = if is_name(&slug) {
        slug.as_str()
    } else {
        "winter-concert"
    };
    found.push(
        Diagnostic::error("bad-name", context.written.first_key.clone(), message).help(format!(
            "name it with the key `campaign: {example}`, or rename the file"
        )),
    );
}
