//! What of a schedule is to be launched now. After downtime there is one launch at most, the latest tick that is not too
//! late; the others are missed and told so.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::scalar::WaitTime;

use super::{Hours, Opening, Tick, TimeClass};

/// What became of the ticks since the last one that was launched or missed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// To be launched now.
    pub launch: Option<Tick>,
    /// Never to be launched, in order.
    pub missed: Vec<Tick>,
    /// The first that has not come.
    pub next: Option<Tick>,
}

/// Looks through `ticks`, in order. Those up to `last` were launched or missed before. A launch may begin up to
/// `latest_start` of its tick, that instant included. `each`: ticks are about different people, so all that are in time
/// are launched, one look after the other, the earliest first.
pub fn due(
    ticks: impl IntoIterator<Item = Tick>,
    last: Option<NaiveDateTime>,
    now: DateTime<Utc>,
    each: bool,
    latest_start: impl Fn(Tick) -> DateTime<Utc>,
) -> Due {
    let mut found = Due::default();
    for tick in ticks
        .into_iter()
        .filter(|tick| last.is_none_or(|last| tick.local > last))
    {
        if tick.at > now {
            found.next = Some(tick);
            break;
        }
        let in_time = now <= latest_start(tick);
        if each && in_time {
            found.launch.get_or_insert(tick);
            continue;
        }
        let passed = match in_time {
            true => found.launch.replace(tick),
            false => Some(tick),
        };
        found.missed.extend(passed);
    }
    found
}

/// Until when a launch whose tick is `at` may begin, in whole seconds: `late` after it, else to the end of its window, which
/// may only open later, else 24 hours. All on the clock of the campaign.
pub fn latest_start(at: DateTime<Utc>, late: Option<WaitTime>, window: &Hours, zone: Tz) -> DateTime<Utc> {
    let class = TimeClass::from(zone);
    let opened = match window.opening(&class, at) {
        Opening::Closed { opens_at } => window.opening(&class, opens_at),
        opening @ (Opening::Open { .. } | Opening::Never) => opening,
    };
    match (late, opened) {
        (Some(late), _) => late.after(at, zone),
        (None, Opening::Open { until }) if until < DateTime::<Utc>::MAX_UTC => until - TimeDelta::seconds(1),
        (None, _) => WaitTime::Elapsed(TimeDelta::hours(24)).after(at, zone),
    }
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;
    use dsl::scalar::{Cron, Window, parse_time};
    use expect_test::{Expect, expect};

    use super::*;
    use crate::calendar::{CronDays, ticks_after};

    const ROME: Tz = chrono_tz::Europe::Rome;

    fn at(zone: Tz, local: &str) -> DateTime<Utc> {
        parse_time(local).expect("a time").resolve(zone)
    }

    /// A cron that was seen to last at a local time, and what is due at another.
    fn check(cron: &str, zone: Tz, last: &str, now: &str, late: &str, expected: Expect) {
        let cron = Cron::parse(cron).expect("a cron");
        let late = WaitTime::parse(late).expect("a duration");
        let last = NaiveDateTime::parse_from_str(last, "%Y-%m-%d %H:%M").expect("a time");
        let now = now.parse().unwrap_or_else(|_| at(zone, now));
        let before = dsl::scalar::local_to_utc(last, zone) - TimeDelta::days(1);
        let ticks = ticks_after(&cron, CronDays::default(), zone, before);
        let found = due(ticks, Some(last), now, false, |tick| {
            latest_start(tick.at, Some(late), &Hours::default(), zone)
        });
        let told = |what: &str, tick: Tick| {
            format!(
                "{what} {} = {}\n",
                tick.local,
                tick.at.to_rfc3339_opts(SecondsFormat::Secs, true)
            )
        };
        let missed = found.missed.iter().map(|tick| told("missed", *tick));
        let launch = found.launch.map(|tick| told("launch", tick));
        let next = found.next.map(|tick| told("next", tick));
        expected.assert_eq(&missed.chain(launch).chain(next).collect::<String>());
    }

    #[test]
    fn ticks_of_a_downtime_give_one_launch_at_most() {
        let down = |now, late, expected| check("0 9 * * *", ROME, "2026-11-21 09:00", now, late, expected);
        down(
            "2026-11-24 12:00",
            "2 hours",
            expect![[r#"
            missed 2026-11-22 09:00:00 = 2026-11-22T08:00:00Z
            missed 2026-11-23 09:00:00 = 2026-11-23T08:00:00Z
            missed 2026-11-24 09:00:00 = 2026-11-24T08:00:00Z
            next 2026-11-25 09:00:00 = 2026-11-25T08:00:00Z
        "#]],
        );
        down(
            "2026-11-24 12:00",
            "3 hours",
            expect![[r#"
            missed 2026-11-22 09:00:00 = 2026-11-22T08:00:00Z
            missed 2026-11-23 09:00:00 = 2026-11-23T08:00:00Z
            launch 2026-11-24 09:00:00 = 2026-11-24T08:00:00Z
            next 2026-11-25 09:00:00 = 2026-11-25T08:00:00Z
        "#]],
        );
        down(
            "2026-11-24 12:00:01",
            "3 hours",
            expect![[r#"
            missed 2026-11-22 09:00:00 = 2026-11-22T08:00:00Z
            missed 2026-11-23 09:00:00 = 2026-11-23T08:00:00Z
            missed 2026-11-24 09:00:00 = 2026-11-24T08:00:00Z
            next 2026-11-25 09:00:00 = 2026-11-25T08:00:00Z
        "#]],
        );
        down(
            "2026-11-24 12:00",
            "2 days",
            expect![[r#"
            missed 2026-11-22 09:00:00 = 2026-11-22T08:00:00Z
            missed 2026-11-23 09:00:00 = 2026-11-23T08:00:00Z
            launch 2026-11-24 09:00:00 = 2026-11-24T08:00:00Z
            next 2026-11-25 09:00:00 = 2026-11-25T08:00:00Z
        "#]],
        );
        down(
            "2026-11-24 08:00",
            "24 hours",
            expect![[r#"
            missed 2026-11-22 09:00:00 = 2026-11-22T08:00:00Z
            launch 2026-11-23 09:00:00 = 2026-11-23T08:00:00Z
            next 2026-11-24 09:00:00 = 2026-11-24T08:00:00Z
        "#]],
        );
        down(
            "2026-11-22 09:00",
            "2 hours",
            expect![[r#"
            launch 2026-11-22 09:00:00 = 2026-11-22T08:00:00Z
            next 2026-11-23 09:00:00 = 2026-11-23T08:00:00Z
        "#]],
        );
        down(
            "2026-11-21 10:00",
            "2 hours",
            expect![[r#"
            next 2026-11-22 09:00:00 = 2026-11-22T08:00:00Z
        "#]],
        );
    }

    #[test]
    fn a_tick_that_was_launched_is_not_launched_again_when_its_hour_comes_again() {
        let zone = chrono_tz::America::New_York;
        let fold = |last, now, expected| check("30 1 * * *", zone, last, now, "2 hours", expected);
        fold(
            "2026-10-31 01:30",
            "2026-11-01T05:30:00Z",
            expect![[r#"
            launch 2026-11-01 01:30:00 = 2026-11-01T05:30:00Z
            next 2026-11-02 01:30:00 = 2026-11-02T06:30:00Z
        "#]],
        );
        fold(
            "2026-11-01 01:30",
            "2026-11-01T06:00:00Z",
            expect![[r#"
            next 2026-11-02 01:30:00 = 2026-11-02T06:30:00Z
        "#]],
        );
        fold(
            "2026-11-01 01:30",
            "2026-11-01T06:30:00Z",
            expect![[r#"
            next 2026-11-02 01:30:00 = 2026-11-02T06:30:00Z
        "#]],
        );
    }

    #[test]
    fn a_launch_may_begin_until_the_end_of_its_window() {
        let window = |text| Hours {
            open: vec![Window::parse(text).expect("a window").into()],
            ..Hours::default()
        };
        let table = [
            ("2026-11-24 10:00", "10:00-20:00", None),
            ("2026-11-24 08:00", "10:00-20:00", None),
            ("2026-11-24 20:00", "10:00-20:00", None),
            ("2026-11-24 22:00", "21:00-02:00", None),
            ("2026-11-24 10:00", "10:00-20:00", Some("36 hours")),
            ("2026-11-24 10:00", "00:00-24:00", None),
            ("2026-10-24 10:00", "00:00-24:00", None),
            ("2026-10-24 10:00", "00:00-24:00", Some("1 day")),
        ];
        let lines = table.map(|(tick, text, late)| {
            let late = late.map(|late| WaitTime::parse(late).expect("a duration"));
            let latest = latest_start(at(ROME, tick), late, &window(text), ROME).with_timezone(&ROME);
            let stated = late.map_or(String::new(), |late| format!(", late: {late}"));
            format!("{tick} {text}{stated} -> {}\n", latest.format("%F %T"))
        });
        expect![[r#"
            2026-11-24 10:00 10:00-20:00 -> 2026-11-24 19:59:59
            2026-11-24 08:00 10:00-20:00 -> 2026-11-24 19:59:59
            2026-11-24 20:00 10:00-20:00 -> 2026-11-25 19:59:59
            2026-11-24 22:00 21:00-02:00 -> 2026-11-25 01:59:59
            2026-11-24 10:00 10:00-20:00, late: 36 hours -> 2026-11-25 22:00:00
            2026-11-24 10:00 00:00-24:00 -> 2026-11-25 10:00:00
            2026-10-24 10:00 00:00-24:00 -> 2026-10-25 09:00:00
            2026-10-24 10:00 00:00-24:00, late: 1 day -> 2026-10-25 10:00:00
        "#]]
        .assert_eq(&lines.concat());
    }
}
