//! A campaign begins on a day.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::Start;
use crate::written::no_date;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(schedule) = &context.written.schedule else {
        return;
    };
    let at = context.text.get(schedule.span.clone()).unwrap_or_default();
    match schedule.value {
        Start::TimeOfDay if !context.written.scheduled_by_column => {
            let (message, help) = no_date(at.trim_matches(['"', '\'']));
            found.push(Diagnostic::error("bad-time", schedule.span.clone(), message).help(help));
        }
        Start::Now | Start::At(_) | Start::TimeOfDay => {}
    }
}
