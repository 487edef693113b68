//! Whether a text may go to this person now: hours and days on the recipient's clock, how long it may wait, how many texts
//! a person gets. What answers a reply goes at once. Opt-outs and budgets are asked about elsewhere, for every text.

use chrono::{DateTime, Timelike, Utc, WeekdaySet};
use dsl::campaign::program::Send;
use dsl::campaign::{Cap, Deed, Over, Pace, Purpose};
use sms::PhoneNumber;

use super::known::Known;
use super::spread::Spread;
use super::{Enrolment, Place, WaitsFor, stop_at};
use crate::calendar::{DayWindow, Hours, Opening, TimeClass};
use crate::left_out::LeftOut;
use crate::revision::Revision;

/// Whether a text may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gate {
    /// It may.
    Open,
    /// Not before then.
    Later(DateTime<Utc>),
    /// It is dropped, and the passage goes on.
    Skip(LeftOut),
    /// The passage ends.
    Leave(LeftOut),
}

/// Whose turn it is for a text.
pub(super) struct Turn<'a> {
    /// None: whoever comes first.
    phone: Option<PhoneNumber>,
    known: &'a Known,
    /// When it was due first.
    due_at: DateTime<Utc>,
}

impl<'a> Turn<'a> {
    pub fn of(enrolment: Enrolment<'_>, known: &'a Known) -> Turn<'a> {
        Turn {
            phone: Some(enrolment.member.phone),
            known,
            due_at: enrolment.due_at,
        }
    }

    /// Of whoever comes first in a spread.
    pub fn of_first(known: &'a Known, due_at: DateTime<Utc>) -> Turn<'a> {
        Turn {
            phone: None,
            known,
            due_at,
        }
    }
}

pub(super) fn gate(revision: &Revision, send: &Send, turn: &Turn<'_>, now: DateTime<Utc>) -> Gate {
    let (known, due_at) = (turn.known, turn.due_at);
    if send.answers {
        return Gate::Open;
    }
    let pace = &revision.campaign.pace;
    let expires = send.expires.or(pace.expires);
    let last = expires.map(|time| known.after(revision, time, due_at));
    let in_time = |at: DateTime<Utc>| last.is_none_or(|last| at < last);
    if !in_time(now) {
        return Gate::Skip(LeftOut::Expired);
    }
    let hours = |at| opening(send, pace, || known.class(revision), at);
    let opens_at = match hours(now) {
        Opening::Open { .. } => now,
        Opening::Closed { opens_at } => opens_at,
        Opening::Never => return Gate::Skip(LeftOut::NoHours),
    };
    let opens_at = match Spread::of(revision, known, turn.phone, due_at) {
        None => opens_at,
        Some(spread) => spread_behind(spread, hours, (due_at, now), opens_at, last),
    };
    match capped(revision, known, opens_at) {
        Some((free_at, cap)) => at_cap(cap, free_at, in_time(free_at)),
        None if opens_at <= now => Gate::Open,
        None if !in_time(opens_at) => Gate::Skip(LeftOut::Expired),
        None => Gate::Later(opens_at),
    }
}

/// What a cap that lets no text through before `free_at` makes of one.
fn at_cap(cap: &Cap, free_at: DateTime<Utc>, in_time: bool) -> Gate {
    match cap.over {
        Over::Skip => Gate::Skip(LeftOut::TooMany),
        Over::Leave => Gate::Leave(LeftOut::TooMany),
        Over::Wait if !in_time => Gate::Skip(LeftOut::Expired),
        Over::Wait => Gate::Later(free_at),
    }
}

/// When a text goes that the hours held up, of a campaign that is spread; `now` where they did not. Its turn is that at which it
/// was due first, also when nothing ran until the hours were open again.
fn spread_behind(
    spread: Spread,
    hours: impl Fn(DateTime<Utc>) -> Opening,
    (due_at, now): (DateTime<Utc>, DateTime<Utc>),
    opens_at: DateTime<Utc>,
    last: Option<DateTime<Utc>>,
) -> DateTime<Utc> {
    let held = match hours(due_at) {
        Opening::Closed { opens_at } => Some((due_at, opens_at)),
        Opening::Open { .. } | Opening::Never => None,
    };
    match held {
        Some((at, opened_at)) if opened_at >= opens_at || opens_at == now => {
            spread.behind(&hours, at, opened_at, last).max(now)
        }
        // It was held up by something else until they closed again.
        Some(_) | None if opens_at > now => spread.behind(&hours, now, opens_at, last),
        Some(_) | None => now,
    }
}

/// What of the gate is closed now; none where nothing is.
pub(super) fn closed_by(
    revision: &Revision,
    send: &Send,
    known: &Known,
    now: DateTime<Utc>,
) -> Option<WaitsFor> {
    let pace = &revision.campaign.pace;
    let asked = |pace: &Pace| opening(send, pace, || known.class(revision), now);
    let opens_at = match asked(pace) {
        Opening::Open { .. } => now,
        Opening::Closed { opens_at } => opens_at,
        Opening::Never => return None,
    };
    if capped(revision, known, opens_at).is_some() {
        return Some(WaitsFor::Frequency);
    }
    let any_day = Pace {
        days: vec![],
        ..pace.clone()
    };
    match asked(pace) == asked(&any_day) {
        _ if opens_at <= now => None,
        true => Some(WaitsFor::Hours),
        false => Some(WaitsFor::Days),
    }
}

/// When the first text of a launch goes to whoever is in these zones, as far as hours say; or why it never does.
/// None: what comes first is no text.
pub fn first_text(
    revision: &Revision,
    class: &TimeClass,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<Result<DateTime<Utc>, LeftOut>> {
    let (send, due_at) = first_send(revision, starts_at)?;
    Some(goes_at(revision, send, class, due_at, due_at.max(now)))
}

/// Until when a cap holds up the first text of somebody who begins then, where all else lets it go at `goes_at`; or why it does
/// not go. None: no cap does.
pub(crate) fn held_at_first(
    revision: &Revision,
    known: &Known,
    begins_at: DateTime<Utc>,
    goes_at: DateTime<Utc>,
) -> Option<Result<DateTime<Utc>, LeftOut>> {
    let (send, due_at) = first_send(revision, begins_at)?;
    let (free_at, cap) = capped(revision, known, goes_at).filter(|_| !send.answers)?;
    let expires = send.expires.or(revision.campaign.pace.expires);
    let last = expires.map(|time| known.after(revision, time, due_at));
    match at_cap(cap, free_at, last.is_none_or(|last| free_at < last)) {
        Gate::Skip(reason) | Gate::Leave(reason) => Some(Err(reason)),
        Gate::Open | Gate::Later(_) => Some(Ok(free_at)),
    }
}

/// The text that comes first to whoever begins then, and when it is due; conditions are taken to hold. None: it is no text.
fn first_send(revision: &Revision, begins_at: DateTime<Utc>) -> Option<(&Send, DateTime<Utc>)> {
    let (place, due_at) = stop_at(revision, Place::START, begins_at);
    let mut behind = revision.campaign.program.instructions[usize::from(place.step)..].iter();
    match &behind.find(|one| !matches!(one.deed, Deed::Check { .. }))?.deed {
        Deed::Send(send) => Some((send, due_at)),
        _ => None,
    }
}

/// When a text goes to whoever is in these zones, asked at `at`, as far as hours say; or why it never does.
pub(crate) fn goes_at(
    revision: &Revision,
    send: &Send,
    class: &TimeClass,
    due_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<DateTime<Utc>, LeftOut> {
    let known = Known {
        zones: Some(class.clone()),
        ..Known::default()
    };
    match gate(revision, send, &Turn::of_first(&known, due_at), at) {
        Gate::Open => Ok(at),
        Gate::Later(opens_at) => Ok(opens_at),
        Gate::Skip(reason) | Gate::Leave(reason) => Err(reason),
    }
}

/// Whether the hours of a text hold at no time in all zones of some people.
pub(crate) fn never_opens(pace: &Pace, send: &Send, class: &TimeClass, now: DateTime<Utc>) -> bool {
    !send.answers && opening(send, pace, || class.clone(), now) == Opening::Never
}

/// When the hours of a text are, asked now. Most campaigns have none.
fn opening(send: &Send, pace: &Pace, class: impl FnOnce() -> TimeClass, now: DateTime<Utc>) -> Opening {
    let windows = [send.window, pace.window];
    let days = WeekdaySet::from_iter(pace.days.iter().copied());
    let always = windows == [None, None] && pace.quiet_hours.is_empty() && days.is_empty();
    if always {
        return Opening::Open {
            until: DateTime::<Utc>::MAX_UTC,
        };
    }
    let days = Some(days).filter(|days| !days.is_empty());
    // Both hold: the window of a step makes that of the campaign no wider.
    let mut open: Vec<DayWindow> = windows
        .into_iter()
        .flatten()
        .map(|window| match days {
            Some(days) => DayWindow { window, days },
            None => window.into(),
        })
        .collect();
    if open.is_empty() {
        open.extend(days.map(DayWindow::from));
    }
    let hours = Hours {
        open,
        quiet: pace.quiet_hours.iter().copied().map(DayWindow::from).collect(),
        ..Hours::default()
    };
    hours.opening(&class(), now)
}

/// When the last of the caps lets another text through, and that cap; none where all do at `at`.
fn capped<'r>(revision: &'r Revision, known: &Known, at: DateTime<Utc>) -> Option<(DateTime<Utc>, &'r Cap)> {
    if revision.campaign.purpose != Purpose::Marketing {
        return None;
    }
    let zone = known.zone(revision);
    let free_at = |cap: &Cap| {
        let most = usize::try_from(cap.most.most).unwrap_or(usize::MAX);
        let oldest = known.marketing.len().checked_sub(most)?;
        // In whole seconds, as all waits.
        let since = known.marketing[oldest].with_nanosecond(0)?;
        Some(cap.most.within.after(since, zone)).filter(|free| *free > at)
    };
    let caps = revision.campaign.pace.frequency.iter();
    caps.filter_map(|cap| Some((free_at(cap)?, cap)))
        .max_by_key(|(free, _)| *free)
}
