//! Files beside the lists are there: those of media and of stories.

use super::Context;
use crate::apart::another_kind;
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};
use crate::written::key::Form;
use crate::written::nearest::{Guess, slip_of};
use crate::written::walk::{Visitor, walk};
use crate::written::{Spanned, spanned, stays_inside, tables};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let named = context.root.map(named).unwrap_or_default();
    let stories = context.written.tests_file.as_ref();
    found.extend(stories.and_then(no_stories));
    let is_other = |path: &&Spanned<String>| {
        stories.is_none_or(|stories| stories.span != path.span || no_stories(path).is_none())
    };
    let absent = named
        .iter()
        .filter(is_other)
        .filter_map(|path| Some(missing(path, context.absent.get(&path.value)?)));
    found.extend(absent);
}

/// `tests` names what is no file of stories.
fn no_stories(path: &Spanned<String>) -> Option<Diagnostic> {
    let kind = another_kind(&path.value)?;
    let message = format!("\"{}\" is {kind}, and no file of stories", path.value);
    let help = "name a file with a list of stories, `- test: …`, or write that list here";
    Some(Diagnostic::error("wrong-type", path.span.clone(), message).help(help))
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

/// Of a file that is not there, or is none of the project's. `beside`: those that are where it would be.
pub(crate) fn missing(path: &Spanned<String>, beside: &[String]) -> Diagnostic {
    let message = format!("there is no file \"{}\" in the project", path.value);
    let found = Diagnostic::error("file-missing", path.span.clone(), message);
    let beside = beside.iter().map(String::as_str);
    Guess::unsure(meant(&path.value, beside)).tell(found, || RELATIVE.to_owned())
}

/// What paths begin at.
pub(crate) const RELATIVE: &str = "paths are relative to the folder of crier.yaml";

/// The file that a path was meant to be: by a slip of the keyboard, or the only one of that name but for its ending and its
/// capitals.
pub(crate) fn meant<'a>(path: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let name = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        stem.to_lowercase()
    };
    let own = name(path);
    let mut alike = known.clone().filter(|known| name(known) == own);
    let alike = match (alike.next(), alike.next()) {
        (Some(alone), None) => Some(alone),
        (None, _) | (Some(_), Some(_)) => None,
    };
    slip_of(path, known).or(alike)
}
