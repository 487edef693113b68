//! Campaigns that begin again and again: which tick is to be launched now, which were missed, and when the next one comes.
//! What a tick is and how late it may begin is said in [`calendar`](crate::calendar); here it meets what the store knows.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::campaign::{Campaign, Schedule};
use dsl::scalar::Cron;

use crate::calendar::{CronDays, Due, EASTERN, Hours, Tick, WESTERN, due, latest_start, ticks_after};
use crate::plan::Summary;
use crate::store::{Missed, MissedWhy, OCCURRENCE, Store, StoreError};

/// So many missed ticks of one look are kept, the latest: a cron of every minute misses half a million in a year.
const KEPT: usize = 1_000;
/// No clock is further from UTC, summer time included.
const CLOCKS: TimeDelta = TimeDelta::days(2);

/// Looks at the schedule of a campaign now. At most one tick is to be launched, the latest that is in time; those that
/// were missed are kept in the store. Ticks count since the schedule, as it is written by now, was first looked at, so
/// that a new or an edited one makes up for nothing.
pub async fn look(store: &Store, campaign: &Campaign, now: DateTime<Utc>) -> Result<Due, StoreError> {
    let since = store
        .note_schedule(&campaign.name, &written(campaign), now)
        .await?;
    let last = store.last_tick(&campaign.name, now).await?;
    let found = decide(campaign, since, last, now);
    let kept = found.missed.len().saturating_sub(KEPT);
    let missed = |tick: &Tick| missed(campaign, *tick, MissedWhy::TooLate, now);
    store
        .note_missed(found.missed[kept..].iter().map(missed).collect())
        .await?;
    Ok(found)
}

/// What [`look`] would find, and nothing is written. None for a store: nothing was ever launched.
pub async fn ahead(
    store: Option<&Store>,
    campaign: &Campaign,
    now: DateTime<Utc>,
) -> Result<Due, StoreError> {
    let Some(store) = store else {
        return Ok(decide(campaign, now, None, now));
    };
    let since = store.schedule_since(&campaign.name, &written(campaign)).await?;
    let last = store.last_tick(&campaign.name, now).await?;
    Ok(decide(campaign, since.unwrap_or(now).min(now), last, now))
}

/// Keeps that a tick was launched for nobody: it is over. Whether that is to be said: a day that is nobody's is like most.
pub async fn note_nobody(
    store: &Store,
    campaign: &Campaign,
    (tick, summary): (Tick, &Summary),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let why = match summary.is_nobodys_day(campaign) {
        true => MissedWhy::NobodysDay,
        false => MissedWhy::Nobody,
    };
    store.note_missed(vec![missed(campaign, tick, why, now)]).await?;
    Ok(why == MissedWhy::Nobody)
}

/// Since when the days of a campaign count: who had theirs before has missed it.
pub async fn since(store: &Store, campaign: &Campaign) -> Result<Option<DateTime<Utc>>, StoreError> {
    store.schedule_since(&campaign.name, &written(campaign)).await
}

/// The ticks of a campaign later than `after`, in order; none where it begins in another way. On the clocks of the
/// recipients a tick comes when it does for the first of them.
pub fn ticks(campaign: &Campaign, after: DateTime<Utc>) -> Box<dyn Iterator<Item = Tick> + Send> {
    let Some((cron, days)) = cron_of(campaign) else {
        return Box::new(std::iter::empty());
    };
    if !is_on_own_clocks(&campaign.schedule) {
        return Box::new(ticks_after(&cron, days, campaign.timezone, after));
    }
    // No clock change is that of all of them: every local time is a tick.
    let ticks = ticks_after(&cron, days, Tz::UTC, after + EASTERN);
    Box::new(ticks.map(|tick| Tick {
        at: tick.at - EASTERN,
        ..tick
    }))
}

/// The tick of another day at the same time on the recipients' clocks.
pub fn on_day(tick: Tick, day: NaiveDate) -> Tick {
    let local = day.and_time(tick.local.time());
    Tick {
        local,
        at: local.and_utc() - EASTERN,
    }
}

/// How the occurrence of a tick is named: by its local time.
pub fn occurrence(tick: Tick) -> String {
    tick.local.format(OCCURRENCE).to_string()
}

/// The time on the clock of its schedule at which a tick comes: one that the clocks leave out comes at the end of the gap.
pub fn comes_at(campaign: &Campaign, tick: Tick) -> NaiveDateTime {
    match is_on_own_clocks(&campaign.schedule) {
        true => tick.local,
        false => tick.at.with_timezone(&campaign.timezone).naive_local(),
    }
}

/// The name of a tick, for people: with the time at which it comes, where that is another.
pub fn told(campaign: &Campaign, tick: Tick) -> String {
    let (name, comes) = (occurrence(tick), comes_at(campaign, tick));
    match comes == tick.local {
        true => name,
        false => moved(&name, comes),
    }
}

/// The name of a tick whose time the clocks leave out, for people.
pub fn moved(name: &str, comes: NaiveDateTime) -> String {
    format!("{name} (at {}: the clocks change)", comes.format("%H:%M"))
}

/// The zone that days of its schedule are counted in.
pub(crate) fn zone(campaign: &Campaign) -> Tz {
    match is_on_own_clocks(&campaign.schedule) {
        true => Tz::UTC,
        false => campaign.timezone,
    }
}

/// The cron of a campaign, and the days between which it ticks; none where it begins in another way. A column is looked at
/// every day.
fn cron_of(campaign: &Campaign) -> Option<(Cow<'_, Cron>, CronDays)> {
    match &campaign.schedule {
        Schedule::Cron {
            cron, from, until, ..
        } => {
            let days = CronDays {
                from: *from,
                until: *until,
            };
            Some((Cow::Borrowed(cron), days))
        }
        Schedule::Day { at, .. } => {
            let daily = Cron::parse(&format!("{} {} * * *", at % 60, at / 60))?;
            Some((Cow::Owned(daily), CronDays::default()))
        }
        Schedule::Now | Schedule::At(_) | Schedule::Local(_) | Schedule::Trigger(_) => None,
    }
}

/// Whether it begins on the clock of each recipient.
pub fn is_on_own_clocks(schedule: &Schedule) -> bool {
    match schedule {
        Schedule::Local(_) | Schedule::Day { .. } => true,
        Schedule::Cron { recipient_clock, .. } => *recipient_clock,
        Schedule::Now | Schedule::At(_) | Schedule::Trigger(_) => false,
    }
}

/// The tick after another; none where that was the last.
pub(crate) fn after(campaign: &Campaign, tick: Tick) -> Option<Tick> {
    ticks(campaign, tick.at).next()
}

fn decide(campaign: &Campaign, since: DateTime<Utc>, last: Option<NaiveDateTime>, now: DateTime<Utc>) -> Due {
    let from = last.map_or(since, |last| since.max(last.and_utc() - CLOCKS));
    let is_own = is_on_own_clocks(&campaign.schedule);
    // It is still to come for some, however late it began for the first of them.
    let from = match is_own {
        true => from - EASTERN - WESTERN,
        false => from,
    };
    let is_over = |tick: &Tick| is_own && tick.local.and_utc() + WESTERN < since;
    let ticks = ticks(campaign, from).skip_while(is_over);
    due(ticks, last, now, is_own, |tick| latest(campaign, tick))
}

/// Until when the launch of a tick may begin. On the clocks of the recipients it is too late when it is for the last, or when the
/// next has come for the last.
fn latest(campaign: &Campaign, tick: Tick) -> DateTime<Utc> {
    let (late, window) = (campaign.pace.late, Hours::of_window(campaign.pace.window));
    if !is_on_own_clocks(&campaign.schedule) {
        return latest_start(tick.at, late, &window, campaign.timezone);
    }
    let latest = latest_start(tick.local.and_utc(), late, &window, Tz::UTC);
    let next = match &campaign.schedule {
        Schedule::Cron { .. } => {
            after(campaign, tick).map(|next| next.local.and_utc() - TimeDelta::seconds(1))
        }
        Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Day { .. }
        | Schedule::Trigger(_) => None,
    };
    next.map_or(latest, |next| latest.min(next)) + WESTERN
}

/// The ticks in words: two schedules that read alike tick alike.
fn written(campaign: &Campaign) -> String {
    let Some((cron, CronDays { from, until })) = cron_of(campaign) else {
        return String::new();
    };
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let fields = cron.values().map(|values| {
        let values: Vec<String> = values.iter().map(u32::to_string).collect();
        values.join(",")
    });
    let days = if cron.takes_either_day() { "either" } else { "both" };
    let column = match &campaign.schedule {
        Schedule::Day {
            field, yearly, shift, ..
        } => format!(" {field} {yearly} {shift:?}"),
        Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Cron { .. }
        | Schedule::Trigger(_) => String::new(),
    };
    let clock = match is_on_own_clocks(&campaign.schedule) {
        true => "recipient",
        false => campaign.timezone.name(),
    };
    let fields = fields.join(" ");
    format!("{fields} {days} {} {} {clock}{column}", day(from), day(until))
}

fn missed(campaign: &Campaign, tick: Tick, why: MissedWhy, now: DateTime<Utc>) -> Missed {
    Missed {
        campaign: campaign.name.clone(),
        occurrence: occurrence(tick),
        due_at: tick.at,
        why,
        noted_at: now,
    }
}

#[cfg(test)]
mod tests;
