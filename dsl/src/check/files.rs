//! Files beside the lists are there: those of media and of stories.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};
use crate::written::key::Form;
use crate::written::walk::{Visitor, walk};
use crate::written::{Spanned, spanned, stays_inside, tables};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let named = context.root.map(named).unwrap_or_default();
    let absent = named.iter().filter(|path| context.absent.contains(&path.value));
    found.extend(absent.map(missing));
}

/// The files that a campaign names beside its lists: media wherever texts stand, and stories.
pub(crate) fn named(root: &Node) -> Vec<Spanned<String>> {
    let mut named = Named(vec![]);
    walk(root, &tables::CAMPAIGN, &mut named);
    named.0
}

struct Named(Vec<Spanned<String>>);

impl Visitor for Named {
    fn entry(&mut self, _: &Entry, _: bool) {}

    fn value(&mut self, node: &Node, form: &'static Form, key: &str) {
        let is_file = matches!((key, form), ("media" | "tests", Form::Path));
        let path = spanned(node).filter(|path| is_file && stays_inside(&path.value));
        self.0.extend(path);
    }
}

/// Of a file that is not there, or is none of the project's.
pub(crate) fn missing(path: &Spanned<String>) -> Diagnostic {
    let message = format!("there is no file \"{}\" in the project", path.value);
    Diagnostic::error("file-missing", path.span.clone(), message)
        .help("paths are relative to the folder of crier.yaml")
}
