//! What begins a story: the event of the campaign's trigger, with values that its fields can have.

use super::super::{Context, fields};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::written::campaign::Test;
use crate::written::nearest::{Guess, slip_of};
use crate::written::texts;

/// A story of a campaign that begins with an event brings that one.
pub(super) fn by_the_event(context: &Context<'_>, test: &Test) -> Option<Diagnostic> {
    let trigger = context.written.trigger.as_ref();
    let Some(own) = trigger.and_then(|trigger| trigger.event.as_ref()) else {
        return without_one(context, test);
    };
    if let Some(event) = test.event.as_ref().filter(|event| event.value != own.value) {
        let message = format!("event \"{}\" begins nothing here", event.value);
        return Some(
            Diagnostic::warning("story-impossible", event.span.clone(), message)
                .also(own.span.clone(), "what begins a passage")
                .help(format!("the story begins by \"{}\"", own.value))
                .replace(event.span.clone(), own.value.clone(), Applicability::Unsure),
        );
    }
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

/// Of a campaign that begins otherwise no event begins a story: before its passage there is nobody to hear it.
fn without_one(context: &Context<'_>, test: &Test) -> Option<Diagnostic> {
    let event = test.event.as_ref()?;
    let begins = match &context.written.trigger {
        None => context.written.schedule.is_some(),
        Some(trigger) => trigger.keyword.is_some() || trigger.joins.is_some(),
    };
    let message = format!(
        "no event begins this campaign, so \"{}\" begins nothing here",
        event.value
    );
    let help = format!(
        "leave it out; one that comes on the way is a line of the story: `- event: {}`",
        event.value
    );
    begins.then(|| Diagnostic::warning("story-impossible", event.span.clone(), message).help(help))
}

/// What the event carries is of the types of the fields, and called as they are.
pub(super) fn carried(context: &Context<'_>, test: &Test, found: &mut Vec<Diagnostic>) {
    let Some(values) = test.event_node.as_ref().and_then(|event| event.get("fields")) else {
        return;
    };
    for (name, value) in texts(values) {
        let wrong = fields::of_another_type(context, &name, &value.value, value.span.clone());
        // As all that is wrong with a story, it stops no campaign.
        found.extend(wrong.filter(|_| !value.value.is_empty()).map(|wrong| Diagnostic {
            severity: Severity::Warning,
            ..wrong
        }));
        if let Some(meant) = slip_of(&name.value, context.written.field_names()) {
            let message = format!("the campaign declares no field \"{}\"", name.value);
            let slip = Diagnostic::warning("unknown-field", name.span.clone(), message);
            found.push(Guess::unsure(Some(meant)).tell(slip, String::new));
        }
    }
}
