//! A text that comes so soon after others of its passage that `frequency` never lets it go: it is dropped, or it expires.
//! Only texts that everybody on the way gets count, and the longest time that may lie between them.

use std::ops::Range;

use super::Context;
use super::lasts::{self, CHANGE, DAY, inside, longest, until};
use crate::campaign::Purpose;
use crate::diagnostic::Diagnostic;
use crate::scalar::{Frequency, WaitTime};
use crate::written::campaign::{Sent, Step, Verb};
use crate::written::{Spanned, campaign::Rule};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if context.written.meant_purpose() != Purpose::Marketing {
        return;
    }
    let own = context.written.limits.frequency.as_ref();
    let own = own.and_then(|own| Some((Frequency::parse(&own.value)?, Some(own.span.clone()))));
    let policy = context.project.policy.frequency.map(|cap| (cap, None));
    let caps: Vec<(Frequency, Option<Range<usize>>)> = own.into_iter().chain(policy).collect();
    let mut walk = Walk { context, caps, found };
    walk.steps(&context.written.steps, Past::default());
}

/// What everybody who comes to a place was sent: the longest time ago that it may be, the latest last.
#[derive(Clone, Default)]
struct Past(Vec<(i64, Range<usize>)>);

impl Past {
    fn after(mut self, seconds: Option<i64>) -> Past {
        match seconds {
            Some(seconds) => self.0.iter_mut().for_each(|(ago, _)| *ago += seconds),
            None => self.0.clear(),
        }
        self
    }
}

struct Walk<'a, 'c> {
    context: &'a Context<'c>,
    caps: Vec<(Frequency, Option<Range<usize>>)>,
    found: &'a mut Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    /// What is past behind the steps.
    fn steps(&mut self, steps: &[Step], mut past: Past) -> Past {
        for step in steps {
            let behind = self.step(step, past.clone());
            // Whoever is passed over comes there at once, and got nothing of it.
            past = match step.is_conditional() {
                true => past.after(lasts::step(step)),
                false => behind,
            };
        }
        past
    }

    fn step(&mut self, step: &Step, past: Past) -> Past {
        match &step.verb {
            Verb::Send(_) => self.text(step, past),
            Verb::Ask(ask) => {
                let past = self.text(step, past);
                if let (Some(_), Some(after)) = (&ask.remind, &ask.remind_after) {
                    let then = past.clone().after(Some(longest(after.value)));
                    self.judge(&then, step, reminder(&ask.remind).unwrap_or(step.span.clone()));
                }
                let past = past.after(ask.open_for.as_ref().map(|time| longest(time.value)));
                self.steps(&ask.silence, past.clone());
                past.after(inside(step))
            }
            Verb::Await(branches) => {
                let past = past.after(branches.within.as_ref().map(|time| longest(time.value)));
                self.steps(&branches.then, past.clone());
                self.steps(&branches.silence, past.clone());
                past.after(inside(step))
            }
            Verb::Choose(rules) => {
                for Rule { steps, .. } in rules {
                    self.steps(steps, past.clone());
                }
                past.after(inside(step))
            }
            Verb::Split(arms) => {
                for arm in arms {
                    self.steps(&arm.body, past.clone());
                }
                past.after(inside(step))
            }
            Verb::Repeat {
                every, times, body, ..
            } => {
                let first = self.steps(body, past.clone());
                let several = times.as_ref().is_some_and(|times| times.value != "1");
                if let Some(every) = every.as_ref().filter(|_| several) {
                    // What the first round tells is told once.
                    let told = self.found.len();
                    self.steps(body, first.after(Some(longest(every.value))));
                    let new = self.found.split_off(told);
                    let is_told = |d: &Diagnostic| {
                        self.found
                            .iter()
                            .any(|own| own.span == d.span && own.code == d.code)
                    };
                    let new: Vec<Diagnostic> = new.into_iter().filter(|d| !is_told(d)).collect();
                    self.found.extend(new);
                }
                past.after(lasts::step(step))
            }
            Verb::Wait(_) | Verb::WaitUntil(_) => past.after(lasts::step(step)),
            Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Set(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Forward(_)
            | Verb::Notify { .. }
            | Verb::Call(_)
            | Verb::Start(_)
            | Verb::Finish(_)
            | Verb::Other => past,
        }
    }

    /// A text of a step, which is past behind it.
    fn text(&mut self, step: &Step, past: Past) -> Past {
        let mut past = past.after(until(step));
        // One that is dropped counts for nothing behind it.
        if !self.judge(&past, step, step.span.clone()) {
            past.0.push((0, step.span.clone()));
        }
        past
    }

    /// Whether the text at `at` is told.
    fn judge(&mut self, past: &Past, step: &Step, at: Range<usize>) -> bool {
        let over = self.context.written.limits.over.as_ref();
        let waits = over.is_none_or(|over| over.value == "wait");
        let schedule = self.context.written.schedule.as_ref();
        let expires = step.expires.as_ref();
        let expires = expires.or(schedule.and_then(|schedule| schedule.expires.as_ref()));
        let patience = match (waits, expires) {
            (true, None) => return false,
            (true, Some(expires)) => longest(expires.value),
            // Hours may hold it back until it may go.
            (false, _) => self.closed(step),
        };
        for (cap, place) in &self.caps {
            let Some(before) = usize::try_from(cap.most)
                .ok()
                .and_then(|most| past.0.len().checked_sub(most))
            else {
                continue;
            };
            let (ago, earlier) = &past.0[before];
            if ago + patience < shortest(cap.within) {
                let found = told(at.clone(), *cap, waits.then_some(expires).flatten());
                let found = found.also(earlier.clone(), "the earlier one");
                self.found.push(match place {
                    Some(place) => found.also(place.clone(), "the frequency"),
                    None => found,
                });
                return true;
            }
        }
        false
    }

    /// Seconds for which hours and days may hold a text back.
    fn closed(&self, step: &Step) -> i64 {
        let schedule = self.context.written.schedule.as_ref();
        let quiet = self.context.project.policy.quiet_hours.is_some();
        let quiet = quiet || self.context.written.limits.quiet_hours.is_some();
        let window = step.window.is_some() || schedule.is_some_and(|schedule| schedule.window.is_some());
        match schedule.is_some_and(|schedule| !schedule.days.is_empty()) {
            true => 7 * DAY,
            false if window || quiet => DAY,
            false => 0,
        }
    }
}

fn told(at: Range<usize>, cap: Frequency, expires: Option<&Spanned<WaitTime>>) -> Diagnostic {
    let message = match expires {
        Some(expires) => format!(
            "at most {cap} go out, and an earlier text comes first: this one waits only {}, and expires",
            expires.value
        ),
        None => format!("at most {cap} go out, and an earlier text comes first: this one is dropped"),
    };
    Diagnostic::warning("text-over-frequency", at, message)
        .label("lost behind the earlier one")
        .help("let more time pass before it, or let more texts through")
}

fn reminder(sent: &Option<Sent>) -> Option<Range<usize>> {
    sent.as_ref()?.name().map(|name| name.span.clone())
}

fn shortest(time: WaitTime) -> i64 {
    match time {
        WaitTime::Elapsed(time) => time.num_seconds(),
        WaitTime::Days(days) => i64::from(days) * DAY - CHANGE,
    }
}
