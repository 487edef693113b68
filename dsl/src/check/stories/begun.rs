//! What begins a story: the event of the campaign's trigger, with values that its fields can have.

use super::super::{Context, fields};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::written::campaign::Test;
use crate::written::nearest::{Guess, Words, is_slip, nearest};
use crate::written::texts;

/// A story that brings no event, of a campaign that begins with one.
pub(super) fn never(context: &Context<'_>, test: &Test) -> Option<Diagnostic> {
    let own = context.written.trigger.as_ref()?.event.as_ref()?;
    let brings = |verb: &str| test.lines.iter().any(|line| line.verb.value == verb);
    if test.event_node.is_some() || brings("event") {
        return None;
    }
    let message = format!(
        "nothing begins this story: the campaign begins with the event \"{}\"",
        own.value
    );
    Some(
        Diagnostic::warning("story-impossible", test.span.clone(), message)
            .also(own.span.clone(), "what begins a passage")
            .help(format!("say that it happens: `event: {}`", own.value)),
    )
}

/// What the event carries is of the types of the fields, and called as they are.
pub(super) fn carried(context: &Context<'_>, test: &Test, found: &mut Vec<Diagnostic>) {
    let Some(values) = test.event_node.as_ref().and_then(|event| event.get("fields")) else {
        return;
    };
    let declared = context.written.fields.iter();
    let names: Vec<&str> = declared.map(|field| field.name.value.as_str()).collect();
    for (name, value) in texts(values) {
        let wrong = fields::of_another_type(context, &name, &value.value, value.span.clone());
        // As all that is wrong with a story, it stops no campaign.
        found.extend(wrong.filter(|_| !value.value.is_empty()).map(|wrong| Diagnostic {
            severity: Severity::Warning,
            ..wrong
        }));
        let known = || names.iter().copied();
        let meant = nearest(&name.value, known()).filter(|_| !names.contains(&name.value.as_str()));
        let is_slip =
            |meant: &&str| is_slip(&name.value, meant, known(), Words::Author) == Applicability::Safe;
        if let Some(meant) = meant.filter(is_slip) {
            let message = format!("the campaign declares no field \"{}\"", name.value);
            let slip = Diagnostic::warning("unknown-field", name.span.clone(), message);
            found.push(Guess::unsure(Some(meant)).tell(slip, String::new));
        }
    }
}
