//! A campaign tightens the policy of its project and never loosens it; what no policy can pass never goes out.

use std::collections::BTreeSet;

use super::{Context, night};
use crate::campaign::Purpose;
use crate::diagnostic::Diagnostic;
use crate::scalar::{Frequency, Window};
use crate::written::Spanned;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    urgent(context, found);
    quiet_hours(context, found);
    frequency(context, found);
    windows_apart(context, found);
    windows(context, found);
}

fn urgent(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(span) = context.written.urgent.clone() else {
        return;
    };
    if context.written.meant_purpose() == Purpose::Service {
        return;
    }
    let message = "only a campaign of `purpose: service` can be urgent";
    let help =
        "state `purpose: service`, or leave `urgent` out; what warns of danger is `purpose: emergency`";
    let diagnostic = Diagnostic::error("urgent-without-service", span, message).help(help);
    found.push(match &context.written.purpose {
        Some(purpose) => diagnostic.also(purpose.span.clone(), "the purpose"),
        None => diagnostic,
    });
}

/// Whether quiet hours hold nothing back.
pub(super) fn passes_quiet_hours(context: &Context<'_>) -> bool {
    context.written.meant_purpose() == Purpose::Emergency || context.written.urgent.is_some()
}

fn quiet_hours(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(policy), Some(own), false) = (
        context.project.policy.quiet_hours,
        &context.written.limits.quiet_hours,
        passes_quiet_hours(context),
    ) else {
        return;
    };
    if let Some(window) = Window::parse(&own.value).filter(|own| !own.covers(policy)) {
        let message = format!("quiet hours of {window} are looser than the policy's, {policy}");
        let help = format!("choose hours that hold all of {policy}, or leave them out");
        let looser = looser("window-looser-than-policy", own, message, help);
        let is_turned = window.start < window.end && night::turned(window).covers(policy);
        found.push(match is_turned {
            true => night::swapped(looser, &own.span, window),
            false => looser,
        });
    }
}

/// Only marketing is counted.
fn frequency(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(policy), Some(own), Purpose::Marketing) = (
        context.project.policy.frequency,
        &context.written.limits.frequency,
        context.written.meant_purpose(),
    ) else {
        return;
    };
    let parsed = Frequency::parse(&own.value);
    // Of two that neither holds the other, both hold at run time.
    if parsed.is_some_and(|own| own.most > policy.most && own.per_second() > policy.per_second()) {
        let message = format!(
            "\"{}\" lets more texts through than the policy's {policy}",
            own.value
        );
        let help = "choose fewer texts or a longer time, or leave it out".to_owned();
        found.push(looser("frequency-looser-than-policy", own, message, help));
    }
}

fn looser(code: &'static str, own: &Spanned<String>, message: String, help: String) -> Diagnostic {
    Diagnostic::error(code, own.span.clone(), message)
        .label("a campaign can only tighten it")
        .help(help)
}

/// The window of a step and that of the campaign both hold: where they have no minute in common the text is never sent.
fn windows_apart(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let written = context.written;
    let schedule = written.schedule.as_ref().and_then(|begin| begin.window.as_ref());
    let trigger = written.trigger.as_ref().and_then(|begin| begin.window.as_ref());
    let Some(stated) = schedule.or(trigger) else {
        return;
    };
    let Some(hours) = Window::parse(&stated.value) else {
        return;
    };
    for own in windows_of_steps(context) {
        let Some(window) = Window::parse(&own.value).filter(|window| !window.meets(hours)) else {
            continue;
        };
        let message = format!(
            "{window} lies outside of {hours}, the window of the campaign, so that nothing is ever sent"
        );
        let help = "choose hours of which some lie in the window of the campaign, or make that wider";
        let diagnostic = Diagnostic::error("window-in-quiet-hours", own.span.clone(), message);
        found.push(
            diagnostic
                .also(stated.span.clone(), "the window of the campaign")
                .help(help),
        );
    }
}

/// Hours that lie wholly in the quiet hours let nothing out.
fn windows(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let stated = context.written.limits.quiet_hours.as_ref();
    let own = stated.and_then(|own| Window::parse(&own.value));
    let Some(quiet) = own
        .or(context.project.policy.quiet_hours)
        .filter(|_| !passes_quiet_hours(context))
    else {
        return;
    };
    for window in all_windows(context) {
        if found
            .iter()
            .any(|d| d.code == "window-in-quiet-hours" && d.span == window.span)
        {
            continue;
        }
        let Some(hours) = Window::parse(&window.value).filter(|hours| quiet.covers(*hours)) else {
            continue;
        };
        let message = format!("{hours} lies in the quiet hours, {quiet}, so that nothing is ever sent");
        let diagnostic = Diagnostic::error("window-in-quiet-hours", window.span.clone(), message)
            .label("nothing goes out in these hours")
            .help("choose hours of which some lie outside of the quiet hours");
        let diagnostic = match stated {
            Some(stated) => diagnostic.also(stated.span.clone(), "the quiet hours"),
            None => diagnostic,
        };
        found.push(match stated {
            Some(stated) if night::is_by_day(quiet) => night::swapped(diagnostic, &stated.span, quiet),
            None if night::is_by_day(quiet) => diagnostic.help(OF_THE_DAY),
            _ if night::is_turned(hours, Some(quiet)) => night::swapped(diagnostic, &window.span, hours),
            _ => diagnostic,
        });
    }
}

/// What is said where the policy lets nothing out by day.
const OF_THE_DAY: &str = "the quiet hours of crier.yaml hold all of the day: are their from and to mixed up?";

/// Every window of a campaign: of its schedule, its trigger, and its steps.
pub(super) fn all_windows<'a>(context: &Context<'a>) -> Vec<&'a Spanned<String>> {
    let written = context.written;
    let schedule = written.schedule.as_ref();
    let schedule = schedule.and_then(|schedule| schedule.window.as_ref());
    let trigger = written.trigger.as_ref();
    let trigger = trigger.and_then(|trigger| trigger.window.as_ref());
    let of_steps = windows_of_steps(context);
    schedule.into_iter().chain(trigger).chain(of_steps).collect()
}

/// Of the steps whose texts wait for hours: what answers a reply goes at once.
fn windows_of_steps<'a>(context: &Context<'a>) -> Vec<&'a Spanned<String>> {
    let written = context.written;
    let answering: BTreeSet<usize> = written
        .answering_steps()
        .iter()
        .map(|step| step.span.start)
        .collect();
    let steps = written.all_steps().into_iter();
    let waiting = steps.filter(|step| !answering.contains(&step.span.start));
    waiting.filter_map(|step| step.window.as_ref()).collect()
}
