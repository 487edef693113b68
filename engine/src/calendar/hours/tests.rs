use chrono::{SecondsFormat, Weekday};
use dsl::scalar::parse_time;
use expect_test::{Expect, expect};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use super::*;

/// `open 10:00-20:00`, `quiet 21:00-08:00`, each with `on mon,tue`, and `holiday 2026-12-25`, with semicolons between.
fn hours(text: &str) -> Hours {
    let mut hours = Hours::default();
    for rule in text.split("; ") {
        let (kind, rest) = rule.split_once(' ').expect("a kind and what it says");
        let (window, days) = match rest.split_once(" on ") {
            Some((window, days)) => (
                window,
                days.split(',')
                    .map(|day| day.parse().expect("a weekday"))
                    .collect(),
            ),
            None => (rest, WeekdaySet::ALL),
        };
        match kind {
            "holiday" => drop(hours.holidays.insert(rest.parse().expect("a date"))),
            "open" => hours.open.push(DayWindow {
                window: Window::parse(window).expect("a window"),
                days,
            }),
            "quiet" => hours.quiet.push(DayWindow {
                window: Window::parse(window).expect("a window"),
                days,
            }),
            _ => panic!("{kind}"),
        }
    }
    hours
}

fn shown(at: DateTime<Utc>) -> String {
    match at == DateTime::<Utc>::MAX_UTC {
        true => "for ever".into(),
        false => at.to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

/// Times are on the clock of the first zone, or instants.
fn check(text: &str, class: &str, times: &[&str], expected: Expect) {
    let (hours, class) = (hours(text), TimeClass::parse(class).expect("zones"));
    let lines = times.iter().map(|time| {
        let at = parse_time(time).expect("a time").resolve(class.zones()[0]);
        match hours.opening(&class, at) {
            Opening::Open { until } => format!("{time} open until {}\n", shown(until)),
            Opening::Closed { opens_at } => format!("{time} closed, opens {}\n", shown(opens_at)),
            Opening::Never => format!("{time} never\n"),
        }
    });
    expected.assert_eq(&lines.collect::<String>());
}

const YORK: &str = "America/New_York";
const ROME: &str = "Europe/Rome";
const LINE: &str = "Pacific/Auckland|Pacific/Honolulu";

#[test]
fn quiet_hours_wrap_midnight_and_end_before_their_end() {
    check(
        "quiet 21:00-08:00",
        ROME,
        &[
            "2026-11-24 20:59:59",
            "2026-11-24 21:00:00",
            "2026-11-24 23:30",
            "2026-11-25 00:30",
            "2026-11-25 07:59:59",
            "2026-11-25 08:00:00",
        ],
        expect![[r#"
            2026-11-24 20:59:59 open until 2026-11-24T20:00:00Z
            2026-11-24 21:00:00 closed, opens 2026-11-25T07:00:00Z
            2026-11-24 23:30 closed, opens 2026-11-25T07:00:00Z
            2026-11-25 00:30 closed, opens 2026-11-25T07:00:00Z
            2026-11-25 07:59:59 closed, opens 2026-11-25T07:00:00Z
            2026-11-25 08:00:00 open until 2026-11-25T20:00:00Z
        "#]],
    );
}

#[test]
fn the_night_of_a_clock_change_has_its_own_length() {
    check(
        "quiet 21:00-08:00",
        YORK,
        &["2026-11-01 00:30", "2027-03-14 00:30"],
        expect![[r#"
            2026-11-01 00:30 closed, opens 2026-11-01T13:00:00Z
            2027-03-14 00:30 closed, opens 2027-03-14T12:00:00Z
        "#]],
    );
    // The window comes twice, and in spring not at all.
    check(
        "open 01:00-02:00",
        YORK,
        &[
            "2026-11-01 00:30",
            "2026-11-01T05:30Z",
            "2026-11-01T06:30Z",
            "2026-11-01T07:30Z",
        ],
        expect![[r#"
            2026-11-01 00:30 closed, opens 2026-11-01T05:00:00Z
            2026-11-01T05:30Z open until 2026-11-01T07:00:00Z
            2026-11-01T06:30Z open until 2026-11-01T07:00:00Z
            2026-11-01T07:30Z closed, opens 2026-11-02T06:00:00Z
        "#]],
    );
    check(
        "open 02:00-03:00",
        YORK,
        &["2027-03-14 01:30"],
        expect![[r#"
        2027-03-14 01:30 closed, opens 2027-03-15T06:00:00Z
    "#]],
    );
    check(
        "open 02:30-12:00",
        YORK,
        &["2027-03-14 01:30"],
        expect![[r#"
        2027-03-14 01:30 closed, opens 2027-03-14T07:00:00Z
    "#]],
    );
    check(
        "quiet 00:30-01:30",
        YORK,
        &["2026-11-01 00:45", "2026-11-01T05:45Z"],
        expect![[r#"
            2026-11-01 00:45 closed, opens 2026-11-01T05:30:00Z
            2026-11-01T05:45Z open until 2026-11-01T06:00:00Z
        "#]],
    );
}

#[test]
fn hours_hold_in_every_zone_at_the_same_instant() {
    check(
        "open 10:00-20:00",
        "America/Los_Angeles|America/New_York",
        &["2026-11-24T14:00Z", "2026-11-24T18:00Z", "2026-11-25T01:00Z"],
        expect![[r#"
            2026-11-24T14:00Z closed, opens 2026-11-24T18:00:00Z
            2026-11-24T18:00Z open until 2026-11-25T01:00:00Z
            2026-11-25T01:00Z closed, opens 2026-11-25T18:00:00Z
        "#]],
    );
    check(
        "open 10:00-20:00",
        LINE,
        &["2026-11-24T12:00Z", "2026-11-24T21:30Z"],
        expect![[r#"
            2026-11-24T12:00Z closed, opens 2026-11-24T21:00:00Z
            2026-11-24T21:30Z open until 2026-11-25T06:00:00Z
        "#]],
    );
    // Friday in Honolulu is Saturday in Auckland.
    check(
        "open 10:00-20:00 on mon,tue,wed,thu,fri",
        LINE,
        &["2026-11-26T21:00Z", "2026-11-27T06:30Z"],
        expect![[r#"
            2026-11-26T21:00Z open until 2026-11-27T06:00:00Z
            2026-11-27T06:30Z closed, opens 2026-11-30T21:00:00Z
        "#]],
    );
    check(
        "open 10:00-12:00",
        "Asia/Tokyo|Europe/Rome",
        &["2026-11-24T12:00Z"],
        expect![[r#"
            2026-11-24T12:00Z never
        "#]],
    );
    check(
        "open 10:00-11:00; quiet 10:30-11:30",
        ROME,
        &["2026-11-24 12:00"],
        expect![[r#"
            2026-11-24 12:00 closed, opens 2026-11-25T09:00:00Z
        "#]],
    );
    check(
        "open 10:00-11:00; quiet 10:00-11:30",
        ROME,
        &["2026-11-24 12:00"],
        expect![[r#"
            2026-11-24 12:00 never
        "#]],
    );
}

#[test]
fn a_weekday_is_that_on_which_a_window_began() {
    check(
        "open 22:00-02:00 on sat",
        ROME,
        &[
            "2026-11-28 01:00",
            "2026-11-28 23:00",
            "2026-11-29 01:00",
            "2026-11-29 23:00",
        ],
        expect![[r#"
            2026-11-28 01:00 closed, opens 2026-11-28T21:00:00Z
            2026-11-28 23:00 open until 2026-11-29T01:00:00Z
            2026-11-29 01:00 open until 2026-11-29T01:00:00Z
            2026-11-29 23:00 closed, opens 2026-12-05T21:00:00Z
        "#]],
    );
    check(
        "open 09:00-21:00; quiet 00:00-12:00 on sun",
        "America/Chicago",
        &[
            "2026-11-28 20:00",
            "2026-11-28 22:00",
            "2026-11-29 09:30",
            "2026-11-30 09:30",
        ],
        expect![[r#"
            2026-11-28 20:00 open until 2026-11-29T03:00:00Z
            2026-11-28 22:00 closed, opens 2026-11-29T18:00:00Z
            2026-11-29 09:30 closed, opens 2026-11-29T18:00:00Z
            2026-11-30 09:30 open until 2026-12-01T03:00:00Z
        "#]],
    );
    check(
        "quiet 00:00-24:00 on sun",
        ROME,
        &["2026-11-28 20:00", "2026-11-29 20:00"],
        expect![[r#"
            2026-11-28 20:00 open until 2026-11-28T23:00:00Z
            2026-11-29 20:00 closed, opens 2026-11-29T23:00:00Z
        "#]],
    );
}

#[test]
fn a_holiday_is_closed_from_midnight_to_midnight() {
    check(
        "open 22:00-02:00; holiday 2026-12-25",
        ROME,
        &[
            "2026-12-24 23:00",
            "2026-12-25 01:00",
            "2026-12-25 23:00",
            "2026-12-26 01:00",
        ],
        expect![[r#"
            2026-12-24 23:00 open until 2026-12-24T23:00:00Z
            2026-12-25 01:00 closed, opens 2026-12-25T23:00:00Z
            2026-12-25 23:00 closed, opens 2026-12-25T23:00:00Z
            2026-12-26 01:00 open until 2026-12-26T01:00:00Z
        "#]],
    );
    check(
        "holiday 2026-12-25",
        ROME,
        &["2026-01-01 12:00", "2026-12-25 12:00", "2026-12-26 12:00"],
        expect![[r#"
            2026-01-01 12:00 open until 2026-12-24T23:00:00Z
            2026-12-25 12:00 closed, opens 2026-12-25T23:00:00Z
            2026-12-26 12:00 open until for ever
        "#]],
    );
    let mut august = hours("open 10:00-20:00");
    let first: NaiveDate = "2026-08-01".parse().expect("a date");
    august.holidays.extend(first.iter_days().take(31));
    let class = TimeClass::from(chrono_tz::Europe::Rome);
    let opening = august.opening(&class, "2026-07-31T19:00:00Z".parse().expect("an instant"));
    assert_eq!(
        opening,
        Opening::Closed {
            opens_at: "2026-09-01T08:00:00Z".parse().expect("an instant")
        }
    );
}

#[test]
fn hours_without_limits_are_always_open() {
    check(
        "open 00:00-24:00",
        LINE,
        &["2026-11-24T12:00Z"],
        expect![[r#"
        2026-11-24T12:00Z open until for ever
    "#]],
    );
    let class = TimeClass::parse(LINE).expect("zones");
    for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        hours("open 10:00-20:00").opening(&class, at);
        Hours::default().opening(&class, at);
    }
}

fn some_window() -> impl Strategy<Value = DayWindow> {
    let days = proptest::collection::vec(0_u8..7, 1..7).prop_map(|days| {
        days.into_iter()
            .map(|day| Weekday::try_from(day).expect("below seven"))
            .collect::<WeekdaySet>()
    });
    let days = prop_oneof![Just(WeekdaySet::ALL), days];
    let window =
        (0_u32..24 * 4, 1_u32..=24 * 4).prop_filter("equal ends are no window", |(start, end)| start != end);
    (window, days).prop_map(|((start, end), days)| DayWindow {
        window: Window {
            start: start * 15,
            end: end * 15,
        },
        days,
    })
}

fn some_hours() -> impl Strategy<Value = Hours> {
    let first: NaiveDate = "2026-10-20".parse().expect("a date");
    let windows = |n| proptest::collection::vec(some_window(), 0..n);
    let holidays =
        proptest::collection::btree_set((0_u64..20).prop_map(move |n| first + chrono::Days::new(n)), 0..3);
    (windows(3), windows(2), holidays).prop_map(|(open, quiet, holidays)| Hours {
        open,
        quiet,
        holidays,
    })
}

/// By asking every minute.
fn is_open(hours: &Hours, class: &TimeClass, at: DateTime<Utc>) -> bool {
    class
        .zones()
        .iter()
        .all(|zone| hours.holds(at.with_timezone(zone).naive_local()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_opening_is_what_every_minute_says(
        hours in some_hours(),
        class in proptest::sample::select(vec![
            ROME,
            YORK,
            "America/Los_Angeles|America/New_York",
            LINE,
            "Australia/Lord_Howe|Pacific/Chatham",
            "Africa/Casablanca|America/St_Johns|Asia/Kathmandu",
        ]),
        minute in 0_i64..14 * 24 * 60,
        spring in any::<bool>(),
    ) {
        let class = TimeClass::parse(class).expect("zones");
        let start = if spring { "2027-03-08T00:00:00Z" } else { "2026-10-22T00:00:00Z" };
        let at = start.parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::minutes(minute);
        let minutes = |n: i64| (0..n).map(|n| at + TimeDelta::minutes(n));
        let fortnight = 14 * 24 * 60;
        match hours.opening(&class, at) {
            Opening::Open { until } => {
                let closes = minutes(fortnight).find(|at| !is_open(&hours, &class, *at));
                match closes {
                    Some(closes) => prop_assert_eq!(until, closes),
                    None => prop_assert!(until >= at + TimeDelta::minutes(fortnight)),
                }
            }
            Opening::Closed { opens_at } => {
                let opens = minutes((opens_at - at).num_minutes() + 1).find(|at| is_open(&hours, &class, *at));
                prop_assert_eq!(Some(opens_at), opens);
            }
            Opening::Never => prop_assert!(minutes(fortnight).all(|at| !is_open(&hours, &class, at))),
        }
    }
}
