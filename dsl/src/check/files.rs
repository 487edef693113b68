//! Files beside the lists are there: those of media and of stories.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::Campaign;
use crate::written::{Spanned, stays_inside};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let absent = named(context.written).filter(|path| context.absent.contains(&path.value));
    found.extend(absent.map(missing));
}

/// The files that a campaign names beside its lists.
pub(crate) fn named(written: &Campaign) -> impl Iterator<Item = &Spanned<String>> {
    let media = written.all_messages().flat_map(|message| &message.media);
    let all = media.chain(&written.tests_file);
    all.filter(|path| stays_inside(&path.value))
}

/// Of a file that is not there.
pub(crate) fn missing(path: &Spanned<String>) -> Diagnostic {
    let message = format!("the file \"{}\" does not exist", path.value);
    Diagnostic::error("file-missing", path.span.clone(), message)
        .help("paths are relative to the folder of crier.yaml")
}
