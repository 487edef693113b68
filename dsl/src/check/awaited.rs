//! What is awaited can change while it is waited for.

use std::collections::BTreeSet;
use std::ops::Range;

use super::conditions::scope;
use super::{Context, fields};
use crate::condition::{self, Basis, bases};
use crate::diagnostic::Diagnostic;
use crate::written::Spanned;
use crate::written::campaign::{Branches, Step, Verb};

/// What is known of everybody from the beginning.
const FIXED: &[&str] = &["phone", "country", "language", "timezone", "variant"];

/// Functions of which the value is that of what they are given.
const OF_VALUES: &[&str] = &["empty", "date"];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let written = context.written;
    found.extend(never_begins(context));
    // What an event carries wins over columns.
    if hears_events(context) {
        return;
    }
    let given = fields::given_by_steps(context);
    let by_steps = written.fields.iter().filter(|field| field.set_by_steps);
    let changing: BTreeSet<&str> = by_steps
        .map(|field| field.name.value.as_str())
        .chain(given)
        .collect();
    for step in written.all_steps() {
        if let Verb::Await(branches) = &step.verb {
            let told = never_changes(branches, &changing).filter(|told| {
                let is_inside =
                    |d: &Diagnostic| told.span.start <= d.span.start && d.span.start < told.span.end;
                !found.iter().any(|d| d.is_fault() && is_inside(d))
            });
            found.extend(told);
        }
    }
}

/// Whether events are heard, of which nobody knows what they carry: by a trigger, by `event(…)`, or by a wait for the day
/// of a field.
pub(super) fn hears_events(context: &Context<'_>) -> bool {
    let waits = |step: &Step| matches!(&step.verb, Verb::WaitUntil(Some(moment)) if moment.field().is_some());
    let steps = context.written.all_steps();
    if context.written.trigger.is_some() || steps.into_iter().any(waits) {
        return true;
    }
    let conditions = super::conditions::lists(context.written).into_iter().flatten();
    let is_event =
        |(basis, _): &(Basis, Range<usize>)| matches!(basis, Basis::Call(name, _) if name == "event");
    conditions
        .flat_map(|condition| bases(&condition.value))
        .any(|basis| is_event(&basis))
}

/// Waits for something not to have happened, which is so at once, or never again.
fn never_begins(context: &Context<'_>) -> Vec<Diagnostic> {
    let Some(root) = context.root else { return vec![] };
    let scope = scope::of(context, root);
    let waits = context.written.all_steps().into_iter().filter_map(|step| {
        let Verb::Await(branches) = &step.verb else {
            return None;
        };
        let first = branches.what.first()?;
        let sources: Vec<&str> = branches.what.iter().map(|one| one.value.as_str()).collect();
        condition::never_begins(&sources, &scope).then_some(first)
    });
    let told = waits.map(|first| {
        let message = "this waits for something not to have happened: that is so at once, or never again";
        let help = "wait for what happens, such as `replied()`; what to do without it stands under `silence`";
        Diagnostic::warning("await-never-changes", first.span.clone(), message)
            .label("nothing makes it come true")
            .help(help)
    });
    told.collect()
}

fn never_changes(branches: &Branches, changing: &BTreeSet<&str>) -> Option<Diagnostic> {
    let is_fixed = |(basis, _): &(Basis, Range<usize>)| match basis {
        Basis::Name(name) => {
            let name = name.as_str();
            FIXED.contains(&name) || !(matches!(name, "tags" | "reply") || changing.contains(name))
        }
        Basis::Call(function, _) => OF_VALUES.contains(&function.as_str()),
    };
    let first = branches.what.first()?;
    let mut all = branches
        .what
        .iter()
        .flat_map(|condition| bases(&condition.value))
        .peekable();
    all.peek()?;
    all.all(|basis| is_fixed(&basis)).then(|| {
        let message = "nothing in this campaign changes what is waited for here";
        let help = "wait for what happens, such as `replied()` or `event(\"ordered\")`; who has a value already is \
                    told apart by `when` or `choose`";
        Diagnostic::warning("await-never-changes", first.span.clone(), message)
            .label("the same all the time")
            .help(help)
    })
}

/// A place of a condition in the file; all of it where it is written otherwise than it reads.
pub(super) fn inside(text: &str, condition: &Spanned<String>, at: Range<usize>) -> Range<usize> {
    let start = condition.span.start;
    let reads = |from: &usize| text[*from..].starts_with(&condition.value);
    let from = [start, start + 1]
        .into_iter()
        .find(|from| text.is_char_boundary(*from) && reads(from));
    from.map_or(condition.span.clone(), |from| from + at.start..from + at.end)
}
