//! What begins in quiet hours waits for their end: whoever wrote the time may not know of the hours, which crier.yaml has.

use std::ops::Range;

use super::{Context, never_in_time};
use crate::diagnostic::Diagnostic;
use crate::scalar::{Window, WrittenTime};
use crate::written::campaign::{Schedule, Start, Verb};

const CODE: &str = "moment-outside-window";

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(quiet) = never_in_time::quiet_hours(context) else {
        return;
    };
    let schedule = context.written.schedule.as_ref();
    let begins = schedule
        .filter(|_| never_in_time::sends_first(context))
        .and_then(start);
    let begins = begins
        .into_iter()
        .map(|(minutes, at)| (minutes, at, "all texts wait"));
    let steps = context.written.all_steps().into_iter();
    let sent = steps.filter(|step| matches!(step.verb, Verb::Send(_) | Verb::Ask(_)));
    let moments = sent.filter_map(|step| {
        let minute = never_in_time::minute_of(step.at.as_ref()?)?;
        Some((vec![minute], step.at_span.clone()?, "the text waits"))
    });
    let mut told = vec![];
    for (minutes, at, who) in begins.chain(moments) {
        let is_told = found
            .iter()
            .any(|d| (d.is_fault() || d.code == CODE) && d.span == at);
        let is_quiet = minutes.iter().all(|minute| quiet.holds(*minute));
        if let Some(first) = minutes.first().filter(|_| is_quiet && !is_told) {
            told.push(waits(context, *first, quiet, at, who));
        }
    }
    found.extend(told);
}

/// The times of day at which a schedule begins, and where they stand.
fn start(schedule: &Schedule) -> Option<(Vec<u32>, Range<usize>)> {
    let at = match schedule.start.as_ref().map(|start| (start.value, &start.span)) {
        Some((Start::At(WrittenTime::Local(_)) | Start::TimeOfDay, span)) => span,
        Some((Start::Now | Start::At(WrittenTime::Instant(_)), _)) => return None,
        None => &schedule.cron.as_ref()?.span,
    };
    Some((never_in_time::minutes(schedule), at.clone()))
}

fn waits(context: &Context<'_>, minute: u32, quiet: Window, at: Range<usize>, who: &str) -> Diagnostic {
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let message = format!(
        "{} is in the quiet hours {quiet}, so {who} until they end",
        clock(minute)
    );
    let found = Diagnostic::warning(CODE, at, message);
    match &context.written.limits.quiet_hours {
        Some(own) => found
            .also(own.span.clone(), "the quiet hours")
            .help("choose a time outside of them"),
        None => found.help("choose a time outside of them; they stand under `policy` of crier.yaml"),
    }
}
