//! A file that is no campaign at all: a crier.yaml that is read as one, or the file of another program. One finding says
//! so, in place of one for each key that is missing and each that is unknown.

use super::elsewhere::called_elsewhere;
use super::{one_line, words};
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};
use crate::written::is_note;
use crate::written::key::Object;
use crate::written::nearest::nearest;
use crate::written::tables;

/// None where one key of the file is, or may be meant as, one that only campaigns have.
pub(super) fn told(root: &Node, object: &'static Object) -> Option<Diagnostic> {
    if object.title != tables::CAMPAIGN.title {
        return None;
    }
    let entries: Vec<&Entry> = root.entries().iter().filter(|entry| !is_note(entry)).collect();
    if entries.iter().any(|entry| is_of_campaign(entry, root)) {
        return None;
    }
    let first = entries.first()?.key.span.clone();
    let of_project = entries.iter().filter(|entry| is_only_of_project(entry)).count();
    let shared = entries.iter().filter(|entry| is_shared(entry)).count();
    match (of_project, shared) {
        (0, 0) => {
            let help = "a campaign says who, when and what: `audience: lists/customers.csv`, `schedule: 2026-12-01 10:00`, `message: …`";
            let message = "no key of this file is one of a campaign";
            Some(Diagnostic::error("unknown-key", first, message).help(help))
        }
        (2.., _) => {
            let message = "this is the file of a project, and it is read as a campaign";
            let help = "it is called crier.yaml; from standard input say so: `--stdin-filename crier.yaml`";
            Some(Diagnostic::error("unknown-key", first, message).help(help))
        }
        _ => None,
    }
}

fn is_of_campaign(entry: &Entry, root: &Node) -> bool {
    let name = entry.key.text.as_str();
    if is_only_of_project(entry) || is_shared(entry) {
        return false;
    }
    let names = tables::CAMPAIGN.keys.iter().map(|key| key.name);
    tables::CAMPAIGN.key(name).is_some()
        || nearest(name, names).is_some()
        || called_elsewhere(&tables::CAMPAIGN, name, root).is_some()
        || words::belongs(&tables::CAMPAIGN, root, entry).is_some()
        || one_line::glued(entry, &tables::CAMPAIGN).is_some()
}

fn is_only_of_project(entry: &Entry) -> bool {
    let name = entry.key.text.as_str();
    // `senders: arena` is a slip of `sender`.
    let is_slip = entry.value.scalar().is_some()
        && nearest(name, tables::CAMPAIGN.keys.iter().map(|key| key.name)).is_some();
    tables::PROJECT.key(name).is_some() && tables::CAMPAIGN.key(name).is_none() && !is_slip
}

/// Keys that both files have.
fn is_shared(entry: &Entry) -> bool {
    let name = entry.key.text.as_str();
    tables::PROJECT.key(name).is_some() && tables::CAMPAIGN.key(name).is_some()
}
