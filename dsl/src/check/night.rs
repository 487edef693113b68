//! Hours whose from and to are likely mixed up: quiet hours that hold all of the day, and windows that lie wholly in the
//! night, or of which quiet hours leave no more than that.

use std::ops::Range;

use super::Context;
use super::policy::{all_windows, passes_quiet_hours};
use crate::campaign::Purpose;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::scalar::Window;
use crate::written::Spanned;

const CODE: &str = "only-at-night";

/// When nobody wants a text.
const NIGHT: Window = Window {
    start: 22 * 60,
    end: 7 * 60,
};

/// Quiet hours that hold all of this were meant to be the others.
const DAY: Window = Window {
    start: 8 * 60,
    end: 22 * 60,
};

const ALL: Window = Window {
    start: 0,
    end: 24 * 60,
};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if passes_quiet_hours(context) {
        return;
    }
    let own = context.written.limits.quiet_hours.as_ref();
    let quiet = own.and_then(|own| Window::parse(&own.value));
    let is_told = |found: &[Diagnostic], span: &Range<usize>| {
        let spans = |d: &Diagnostic| d.span == *span || d.related.iter().any(|(other, _)| other == span);
        found.iter().any(|d| d.is_fault() && spans(d))
    };
    if let (Some(own), Some(quiet)) = (own, quiet)
        && !is_told(found, &own.span)
    {
        found.extend(of_quiet_hours(&own.span, quiet));
    }
    let quiet = quiet.or(context.project.policy.quiet_hours);
    // What is no marketing may be for the night, and quiet hours of the day are told where they stand.
    if context.written.meant_purpose() != Purpose::Marketing || quiet.is_some_and(is_by_day) {
        return;
    }
    for window in all_windows(context) {
        let left = Window::parse(&window.value).filter(|hours| leave_the_night(*hours, quiet));
        if let Some(hours) = left.filter(|_| !is_told(found, &window.span)) {
            found.push(of_window(window, hours, quiet));
        }
    }
}

/// Of crier.yaml, where they are those of its policy.
pub(super) fn of_policy(quiet: Option<&Spanned<Window>>, found: &mut Vec<Diagnostic>) {
    found.extend(quiet.and_then(|quiet| of_quiet_hours(&quiet.span, quiet.value)));
}

/// Whether quiet hours hold all of the day, as those do whose from and to are mixed up.
pub(super) fn is_by_day(quiet: Window) -> bool {
    quiet.covers(DAY) && !quiet.covers(ALL) && quiet.start < quiet.end
}

/// Whether a window is the night, and has minutes by day once its from and to are swapped.
pub(super) fn is_turned(hours: Window, quiet: Option<Window>) -> bool {
    let mut by_day = left(turned(hours), quiet).filter(|minute| !NIGHT.holds(*minute));
    hours.start > hours.end && by_day.next().is_some()
}

/// The hours between the end and the start.
pub(super) fn turned(hours: Window) -> Window {
    Window {
        start: hours.end % ALL.end,
        end: if hours.start == 0 { ALL.end } else { hours.start },
    }
}

/// Offers the same hours with from and to in each other's place.
pub(super) fn swapped(found: Diagnostic, span: &Range<usize>, hours: Window) -> Diagnostic {
    let right = turned(hours).to_string();
    found
        .help(format!("are from and to mixed up? `{right}`"))
        .replace(span.clone(), right, Applicability::Unsure)
}

fn of_quiet_hours(span: &Range<usize>, quiet: Window) -> Option<Diagnostic> {
    let found = |what: &str| {
        let message = format!("quiet hours of {quiet} hold all of the day{what}");
        Diagnostic::warning(CODE, span.clone(), message).label("no text goes out in these hours")
    };
    if quiet.covers(ALL) {
        let help = "only what is urgent goes out so: leave some hours free, as in `21:00-09:00`";
        return Some(found(" and the night").help(help));
    }
    is_by_day(quiet).then(|| swapped(found(", so that texts go out at night"), span, quiet))
}

fn of_window(window: &Spanned<String>, hours: Window, quiet: Option<Window>) -> Diagnostic {
    let message = match quiet.filter(|_| !NIGHT.covers(hours)) {
        Some(quiet) => format!("of {hours} the quiet hours {quiet} leave no more than the night"),
        None => format!("{hours} is at night, and texts go out only then"),
    };
    let found = Diagnostic::warning(CODE, window.span.clone(), message).label("when texts go out");
    match is_turned(hours, quiet) {
        true => swapped(found, &window.span, hours),
        false => found.help("choose hours of the day; what is no marketing states its `purpose`"),
    }
}

/// Whether what quiet hours leave of a window is something, and all of it at night.
fn leave_the_night(hours: Window, quiet: Option<Window>) -> bool {
    let mut left = left(hours, quiet).peekable();
    left.peek().is_some() && left.all(|minute| NIGHT.holds(minute))
}

fn left(hours: Window, quiet: Option<Window>) -> impl Iterator<Item = u32> {
    (0..ALL.end)
        .filter(move |minute| hours.holds(*minute) && !quiet.is_some_and(|quiet| quiet.holds(*minute)))
}
