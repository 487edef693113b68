//! One fault is told once: what only follows from it is not told besides. What a faulty value would have said is not
//! known, so nothing is blamed for the lack of it.

use std::ops::Range;

use super::Context;
use super::most::MOST;
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};
use crate::written::nearest::nearest;

/// A finding that follows from another.
struct Follows {
    /// Its code.
    code: &'static str,
    /// Where what it follows from lies.
    from: Place,
    /// The codes of that; none: every fault of reading.
    causes: &'static [&'static str],
}

enum Place {
    /// In the value of one of these keys of the file, or of the map of one of them.
    Under(&'static [&'static str]),
    /// At a key of the file that is this one, misspelt.
    Misspelt(&'static str),
    /// Where the finding is, or inside of it, or around it.
    Here,
    /// In the value of the key that the finding is at.
    InItsValue,
    /// In the map that the finding is in.
    InItsMap,
}

/// Codes of steps and rules that are not read as what they are meant to be: nobody knows what they would send.
const OF_SHAPE: &[&str] = &[
    "bad-name",
    "conflicting-keys",
    "list-became-text",
    "missing-key",
    "quote-the-text",
    "text-cut-by-comma",
    "unknown-key",
    "unknown-step",
    "wrong-type",
];

/// Codes of a map of names that cannot be read as one.
const NO_NAMES: &[&str] = &["bad-name", "wrong-type"];

const CUT: &[&str] = &["text-cut-by-comma"];

const fn under(code: &'static str, keys: &'static [&'static str]) -> Follows {
    follows(code, Place::Under(keys), &[])
}

const fn follows(code: &'static str, from: Place, causes: &'static [&'static str]) -> Follows {
    Follows { code, from, causes }
}

const FOLLOWS: &[Follows] = &[
    follows("no-opt-out-hint", Place::Here, &["wrong-type"]),
    under("asked-too-early", &["message", "messages", "steps", "replies"]),
    follows(
        "asked-too-early",
        Place::Under(&["steps", "replies"]),
        &["unknown-message"],
    ),
    under("await-never-changes", &["steps"]),
    follows("bad-duration", Place::Here, CUT),
    follows("bad-money", Place::Here, CUT),
    // What a story expects is looked for among all that it can, which tells the nearest.
    follows("bad-name", Place::Here, &["unknown-message"]),
    follows("bad-rate", Place::Here, CUT),
    follows("bad-share", Place::Here, CUT),
    follows("bad-time", Place::Here, CUT),
    under("column-is-text", &["fields"]),
    follows("column-missing", Place::Here, &["wrong-type"]),
    follows("foreign-placeholder", Place::Here, &["bad-template"]),
    follows("field-is-no-date", Place::Under(&["fields"]), &["unknown-value"]),
    follows(
        "field-never-set",
        Place::Under(&["steps", "replies"]),
        &["unknown-field"],
    ),
    under("field-never-set", &["steps", "replies"]),
    follows("field-never-set", Place::Under(&["fields"]), &["unknown-value"]),
    under("frequency-looser-than-policy", &["purpose"]),
    under("ill-typed-condition", &["fields"]),
    under("language-missing", &["languages"]),
    follows("language-missing", Place::InItsValue, &[]),
    follows("language-missing", Place::InItsValue, &["language-unlisted"]),
    under("language-unlisted", &["languages"]),
    under("link-never-sent", &["message", "messages", "steps", "replies"]),
    follows(
        "link-never-sent",
        Place::Under(&["message", "messages", "steps", "replies"]),
        &[
            "bad-template",
            "unknown-helper",
            "unknown-link",
            "unknown-variable",
        ],
    ),
    follows("link-never-sent", Place::Here, NO_NAMES),
    follows(
        "list-file-missing",
        Place::Here,
        &["bad-name", "invalid-yaml", "quote-the-text"],
    ),
    follows(
        "message-never-sent",
        Place::Under(&["steps", "replies"]),
        OF_SHAPE,
    ),
    follows(
        "message-never-sent",
        Place::Here,
        &["text-cut-by-comma", "wrong-type"],
    ),
    follows("missing-key", Place::InItsMap, &["merge-key"]),
    follows(
        "moment-outside-window",
        Place::Under(&["schedule", "steps"]),
        &["expires-before-window"],
    ),
    follows(
        "moment-outside-window",
        Place::InItsMap,
        &["window-in-quiet-hours"],
    ),
    follows(
        "moment-outside-window",
        Place::Under(&["limits"]),
        &["only-at-night"],
    ),
    follows("no-deadline", Place::InItsMap, &[]),
    follows("no-deadline", Place::Here, &["missing-key"]),
    under("no-opt-out-hint", &["purpose"]),
    follows("unknown-list", Place::Here, &["invalid-yaml", "wrong-type"]),
    follows("unknown-inbox", Place::Here, &["wrong-type"]),
    follows("unknown-message", Place::Here, &["wrong-type"]),
    follows("unknown-sender", Place::Here, &["wrong-type"]),
    follows(
        "unknown-message",
        Place::Under(&["messages"]),
        &["bad-name", "wrong-type"],
    ),
    follows("no-opt-out-hint", Place::Here, &["bad-template"]),
    follows(
        "rule-after-otherwise",
        Place::Under(&["replies", "steps"]),
        &["bad-pattern"],
    ),
    follows("rule-without-condition", Place::InItsMap, &["wrong-type"]),
    follows(
        "opt-out-unanswered",
        Place::Under(&["steps", "replies", "trigger", "sender"]),
        &["sender-cannot-receive"],
    ),
    under("sender-cannot-receive", &["sender"]),
    follows("sender-cannot-receive", Place::InItsMap, &[]),
    follows("sender-missing", Place::InItsValue, &["wrong-type"]),
    follows(
        "story-impossible",
        Place::InItsMap,
        &["unknown-key", "wrong-type"],
    ),
    under("only-at-night", &["limits", "purpose", "urgent"]),
    under("test-needs-time", &["schedule", "trigger"]),
    follows("test-needs-time", Place::Here, &[]),
    under(
        "unknown-name",
        &["audience.from", "audience.columns", "audience.where", "fields"],
    ),
    follows(
        "unknown-variable",
        Place::Under(&["audience"]),
        &["columns-reversed"],
    ),
    under("unknown-variant", &["message", "messages", "steps"]),
    follows("unknown-variable", Place::Here, &["literal-host-needed"]),
    under("urgent-without-service", &["purpose"]),
    follows("wrong-arguments", Place::Under(&["fields"]), &["unknown-value"]),
    follows("wait-at-end", Place::InItsMap, &["conflicting-keys"]),
    under("window-in-quiet-hours", &["limits", "purpose", "urgent"]),
    under("window-looser-than-policy", &["purpose", "urgent"]),
];

/// What is not there, where a map of names cannot be read, or stands under a key that is misspelt.
const OF_NAMES: &[Follows] = &[
    follows("column-is-text", Place::Misspelt("fields"), &["unknown-key"]),
    follows("field-is-no-date", Place::Misspelt("fields"), &["unknown-key"]),
    follows("language-missing", Place::Misspelt("languages"), &["unknown-key"]),
    follows(
        "language-unlisted",
        Place::Misspelt("languages"),
        &["unknown-key"],
    ),
    follows("link-never-sent", Place::Misspelt("message"), &["unknown-key"]),
    follows("link-never-sent", Place::Misspelt("messages"), &["unknown-key"]),
    follows("link-never-sent", Place::Misspelt("steps"), &["unknown-key"]),
    follows("message-never-sent", Place::Misspelt("replies"), &["unknown-key"]),
    follows("story-impossible", Place::Misspelt("steps"), &["unknown-key"]),
    follows("unknown-field", Place::Misspelt("fields"), &["unknown-key"]),
    follows("unknown-inbox", Place::Misspelt("inboxes"), &["unknown-key"]),
    follows("unknown-inbox", Place::Under(&["inboxes"]), NO_NAMES),
    follows("unknown-link", Place::Misspelt("links"), &["unknown-key"]),
    follows("unknown-link", Place::Under(&["links"]), NO_NAMES),
    follows("unknown-list", Place::Misspelt("lists"), &["unknown-key"]),
    follows("unknown-list", Place::Under(&["lists"]), NO_NAMES),
    follows("unknown-message", Place::Misspelt("message"), &["unknown-key"]),
    follows("unknown-message", Place::Misspelt("messages"), &["unknown-key"]),
    follows("unknown-name", Place::Misspelt("fields"), &["unknown-key"]),
    follows("unknown-provider", Place::Misspelt("providers"), &["unknown-key"]),
    follows("unknown-provider", Place::Under(&["providers"]), NO_NAMES),
    follows("unknown-sender", Place::Misspelt("senders"), &["unknown-key"]),
    follows("unknown-sender", Place::Under(&["senders"]), NO_NAMES),
    follows("unknown-variable", Place::Misspelt("fields"), &["unknown-key"]),
    follows("unknown-variable", Place::Under(&["fields"]), NO_NAMES),
    follows("unknown-variant", Place::Misspelt("message"), &["unknown-key"]),
    follows("unknown-variant", Place::Misspelt("messages"), &["unknown-key"]),
    // What is wrong is not to be kept in quotes either.
    follows("yaml-1.1", Place::Here, &["unknown-value"]),
];

/// Takes out of crier.yaml what follows from something else. The first `of_reading` are what reading the file found.
pub(super) fn drop_of_project(root: Option<&Node>, of_reading: usize, found: &mut Vec<Diagnostic>) {
    drop_by(&[OF_NAMES], root, of_reading, found);
}

/// Takes out what follows from something else that was found.
pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    drop_by(&[FOLLOWS, OF_NAMES], context.root, context.of_reading, found);
}

fn drop_by(tables: &[&[Follows]], root: Option<&Node>, of_reading: usize, found: &mut Vec<Diagnostic>) {
    // Of more than are told nobody asks what follows from what, and each is held against each.
    let Some(root) = root.filter(|_| found.len() <= MOST) else {
        return;
    };
    let all = std::mem::take(found);
    let reading = &all[..of_reading];
    let rows = || tables.iter().copied().flatten();
    let is_told = |d: &&Diagnostic| !rows().any(|row| row.explains(d, root, reading, &all));
    *found = all.iter().filter(is_told).cloned().collect();
}

impl Follows {
    /// Whether a finding follows, by this row, from another.
    fn explains(&self, of: &Diagnostic, root: &Node, reading: &[Diagnostic], all: &[Diagnostic]) -> bool {
        if self.code != of.code {
            return false;
        }
        let places = self.places(of, root);
        let causes = if self.causes.is_empty() { reading } else { all };
        let is_cause = |d: &&Diagnostic| match self.causes {
            [] => d.is_fault() && d.code != of.code,
            codes => codes.contains(&d.code),
        };
        let meets = |d: &Diagnostic| {
            let spans = d.related.iter().map(|(span, _)| span).chain([&d.span]);
            spans
                .into_iter()
                .any(|span| places.iter().any(|place| meet(place, span)))
        };
        causes.iter().filter(is_cause).any(meets)
    }

    fn places(&self, of: &Diagnostic, root: &Node) -> Vec<Range<usize>> {
        match self.from {
            Place::Here => vec![of.span.clone()],
            Place::Misspelt(key) => {
                let own = root.entries().iter().filter(|_| root.entry(key).is_none());
                let slips = own.filter(|entry| nearest(&entry.key.text, [key]).is_some());
                slips.map(|entry| entry.key.span.clone()).collect()
            }
            Place::Under(keys) => {
                let values = keys.iter().filter_map(|key| below(root, key));
                let values = values.map(|value| value.span.clone());
                values
                    .chain(keys.iter().filter_map(|key| without_value(root, key)))
                    .collect()
            }
            Place::InItsValue => {
                let entry = around(root, of.span.start).and_then(|(_, entry)| entry);
                entry.map(|entry| entry.value.span.clone()).into_iter().collect()
            }
            Place::InItsMap => {
                let map = around(root, of.span.start).map(|(map, _)| map.span.clone());
                map.into_iter().collect()
            }
        }
    }
}

/// The value of a key of the file, or of one in the map of another: `audience.from`. Where that is no map, all of it.
fn below<'a>(root: &'a Node, key: &str) -> Option<&'a Node> {
    let Some((outer, inner)) = key.split_once('.') else {
        return root.get(key);
    };
    let outer = root.get(outer)?;
    match outer.entries().is_empty() {
        true => Some(outer),
        false => outer.get(inner),
    }
}

/// A key of the file that has no value: what was to be its value may stand beside it.
fn without_value(root: &Node, key: &str) -> Option<Range<usize>> {
    let entry = root.entry(key).filter(|entry| entry.value.is_nothing())?;
    Some(entry.key.span.clone())
}

fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start <= b.start && b.start < a.end.max(a.start + 1) || b.start <= a.start && a.start < b.end
}

/// The innermost map around a byte, and its entry whose key begins there.
fn around(root: &Node, at: usize) -> Option<(&Node, Option<&Entry>)> {
    let (mut node, mut map) = (root, None);
    loop {
        if !node.entries().is_empty() {
            let entry = node.entries().iter().find(|entry| entry.key.span.start == at);
            map = Some((node, entry));
        }
        let inner = node
            .entries()
            .iter()
            .map(|entry| &entry.value)
            .chain(node.items());
        let holds = |inner: &&Node| inner.span.start <= at && at < inner.span.end;
        match inner.into_iter().find(holds) {
            Some(inner) => node = inner,
            None => return map,
        }
    }
}
