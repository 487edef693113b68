use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::SecondsFormat;
use dsl::scalar::parse_time;
use expect_test::{Expect, expect};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    parse_time(text).expect("a time").resolve(chrono_tz::UTC)
}

fn ticks(cron: &str, zone: Tz, after: DateTime<Utc>) -> impl Iterator<Item = Tick> {
    ticks_after(
        &Cron::parse(cron).expect("a cron"),
        CronDays::default(),
        zone,
        after,
    )
}

fn shown(ticks: impl Iterator<Item = Tick>) -> String {
    let line = |tick: Tick| {
        let at = tick.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("{} = {at}\n", tick.local.format("%a %F %R"))
    };
    ticks.map(line).collect()
}

fn check(cron: &str, zone: Tz, after: &str, n: usize, expected: Expect) {
    expected.assert_eq(&shown(ticks(cron, zone, utc(after)).take(n)));
}

const YORK: Tz = chrono_tz::America::New_York;

#[test]
fn an_hour_that_does_not_exist_ticks_at_its_end() {
    check(
        "30 2 * * *",
        YORK,
        "2027-03-12T20:00Z",
        3,
        expect![[r#"
        Sat 2027-03-13 02:30 = 2027-03-13T07:30:00Z
        Sun 2027-03-14 02:30 = 2027-03-14T07:00:00Z
        Mon 2027-03-15 02:30 = 2027-03-15T06:30:00Z
    "#]],
    );
    check(
        "0,30 2 * * *",
        YORK,
        "2027-03-13T20:00Z",
        3,
        expect![[r#"
        Sun 2027-03-14 02:30 = 2027-03-14T07:00:00Z
        Mon 2027-03-15 02:00 = 2027-03-15T06:00:00Z
        Mon 2027-03-15 02:30 = 2027-03-15T06:30:00Z
    "#]],
    );
    check(
        "*/15 * * * *",
        YORK,
        "2027-03-14T06:40Z",
        3,
        expect![[r#"
        Sun 2027-03-14 01:45 = 2027-03-14T06:45:00Z
        Sun 2027-03-14 03:00 = 2027-03-14T07:00:00Z
        Sun 2027-03-14 03:15 = 2027-03-14T07:15:00Z
    "#]],
    );
    check(
        "15 0 * * *",
        chrono_tz::Asia::Beirut,
        "2027-03-26T20:00Z",
        3,
        expect![[r#"
            Sat 2027-03-27 00:15 = 2027-03-26T22:15:00Z
            Sun 2027-03-28 00:15 = 2027-03-27T22:00:00Z
            Mon 2027-03-29 00:15 = 2027-03-28T21:15:00Z
        "#]],
    );
}

#[test]
fn an_hour_that_occurs_twice_ticks_the_first_time() {
    check(
        "30 1 * * *",
        YORK,
        "2026-10-31T06:00Z",
        2,
        expect![[r#"
        Sun 2026-11-01 01:30 = 2026-11-01T05:30:00Z
        Mon 2026-11-02 01:30 = 2026-11-02T06:30:00Z
    "#]],
    );
    check(
        "30 1 * * *",
        YORK,
        "2026-11-01T06:00Z",
        1,
        expect![[r#"
        Mon 2026-11-02 01:30 = 2026-11-02T06:30:00Z
    "#]],
    );
    check(
        "30 1 * * *",
        YORK,
        "2026-11-01T05:30Z",
        1,
        expect![[r#"
        Mon 2026-11-02 01:30 = 2026-11-02T06:30:00Z
    "#]],
    );
    check(
        "*/30 * * * *",
        YORK,
        "2026-11-01T04:45Z",
        4,
        expect![[r#"
        Sun 2026-11-01 01:00 = 2026-11-01T05:00:00Z
        Sun 2026-11-01 01:30 = 2026-11-01T05:30:00Z
        Sun 2026-11-01 02:00 = 2026-11-01T07:00:00Z
        Sun 2026-11-01 02:30 = 2026-11-01T07:30:00Z
    "#]],
    );
    check(
        "30 2 * * *",
        YORK,
        "2026-10-31T20:00Z",
        2,
        expect![[r#"
        Sun 2026-11-01 02:30 = 2026-11-01T07:30:00Z
        Mon 2026-11-02 02:30 = 2026-11-02T07:30:00Z
    "#]],
    );
}

#[test]
fn weekdays_are_those_of_posix() {
    let rome = chrono_tz::Europe::Rome;
    for (cron, expected) in [
        (
            "0 9 * * 1",
            expect![[r#"
            Mon 2026-11-30 09:00 = 2026-11-30T08:00:00Z
            Mon 2026-12-07 09:00 = 2026-12-07T08:00:00Z
            Mon 2026-12-14 09:00 = 2026-12-14T08:00:00Z
            Mon 2026-12-21 09:00 = 2026-12-21T08:00:00Z
        "#]],
        ),
        (
            "0 9 * * 0",
            expect![[r#"
            Sun 2026-11-29 09:00 = 2026-11-29T08:00:00Z
            Sun 2026-12-06 09:00 = 2026-12-06T08:00:00Z
            Sun 2026-12-13 09:00 = 2026-12-13T08:00:00Z
            Sun 2026-12-20 09:00 = 2026-12-20T08:00:00Z
        "#]],
        ),
        (
            "0 9 * * 7",
            expect![[r#"
            Sun 2026-11-29 09:00 = 2026-11-29T08:00:00Z
            Sun 2026-12-06 09:00 = 2026-12-06T08:00:00Z
            Sun 2026-12-13 09:00 = 2026-12-13T08:00:00Z
            Sun 2026-12-20 09:00 = 2026-12-20T08:00:00Z
        "#]],
        ),
        (
            "0 9 * * 1-5",
            expect![[r#"
                Wed 2026-11-25 09:00 = 2026-11-25T08:00:00Z
                Thu 2026-11-26 09:00 = 2026-11-26T08:00:00Z
                Fri 2026-11-27 09:00 = 2026-11-27T08:00:00Z
                Mon 2026-11-30 09:00 = 2026-11-30T08:00:00Z
            "#]],
        ),
        (
            "0 9 13 * FRI",
            expect![[r#"
            Fri 2026-11-27 09:00 = 2026-11-27T08:00:00Z
            Fri 2026-12-04 09:00 = 2026-12-04T08:00:00Z
            Fri 2026-12-11 09:00 = 2026-12-11T08:00:00Z
            Sun 2026-12-13 09:00 = 2026-12-13T08:00:00Z
        "#]],
        ),
        (
            "0 9 29 2 *",
            expect![[r#"
            Tue 2028-02-29 09:00 = 2028-02-29T08:00:00Z
            Sun 2032-02-29 09:00 = 2032-02-29T08:00:00Z
            Fri 2036-02-29 09:00 = 2036-02-29T08:00:00Z
            Wed 2040-02-29 09:00 = 2040-02-29T08:00:00Z
        "#]],
        ),
        ("0 9 30 2 *", expect![[r#""#]]),
    ] {
        check(cron, rome, "2026-11-24T11:00Z", 4, expected);
    }
}

#[test]
fn days_outside_of_from_and_until_have_no_tick() {
    let cron = Cron::parse("0 9 * * *").expect("a cron");
    let day = |text: &str| text.parse().ok();
    let days = CronDays {
        from: day("2026-12-01"),
        until: day("2026-12-02"),
    };
    let shown = |after| shown(ticks_after(&cron, days, chrono_tz::Europe::Rome, utc(after)));
    expect![[r#"
        Tue 2026-12-01 09:00 = 2026-12-01T08:00:00Z
        Wed 2026-12-02 09:00 = 2026-12-02T08:00:00Z
    "#]]
    .assert_eq(&shown("2026-11-24T11:00Z"));
    expect![[r#"
        Wed 2026-12-02 09:00 = 2026-12-02T08:00:00Z
    "#]]
    .assert_eq(&shown("2026-12-01T08:00Z"));
    expect![[r#""#]].assert_eq(&shown("2026-12-02T08:00Z"));
}

#[test]
fn the_ends_of_the_calendar_are_no_fault() {
    for zone in [chrono_tz::UTC, chrono_tz::Pacific::Auckland, YORK] {
        assert_eq!(ticks("0 9 * * *", zone, DateTime::<Utc>::MAX_UTC).next(), None);
        assert!(
            ticks("0 9 * * *", zone, DateTime::<Utc>::MIN_UTC)
                .next()
                .is_some()
        );
    }
}

const ZONES: [&str; 10] = [
    "Europe/Rome",
    "America/New_York",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kolkata",
    "America/Sao_Paulo",
];

/// What only one of two implementations has, by its cause: a time in a gap is ours, the second of a time that occurs twice is
/// theirs. Anything else is a fault.
fn differences(cron: &str, zone: Tz) -> (usize, usize) {
    let (start, end) = (utc("2010-01-01T00:00Z"), utc("2030-01-01T00:00Z"));
    let theirs = croner::Cron::from_str(cron)
        .expect("a cron")
        .iter_after(start.with_timezone(&zone));
    let theirs: BTreeSet<DateTime<Utc>> = theirs.map(|at| at.to_utc()).take_while(|at| *at < end).collect();
    let ours: Vec<Tick> = ticks(cron, zone, start)
        .take_while(|tick| tick.at < end)
        .collect();
    let known: BTreeSet<DateTime<Utc>> = ours.iter().map(|tick| tick.at).collect();
    let in_gap = |tick: &&Tick| tick.at.with_timezone(&zone).naive_local() != tick.local;
    let only_ours: Vec<&Tick> = ours.iter().filter(|tick| !theirs.contains(&tick.at)).collect();
    assert!(only_ours.iter().all(in_gap), "{cron} {zone}: {only_ours:?}");
    let second = |at: &&DateTime<Utc>| {
        let local = at.with_timezone(&zone).naive_local();
        local_to_utc(local, zone) < **at && known.contains(&local_to_utc(local, zone))
    };
    let only_theirs: Vec<&DateTime<Utc>> = theirs.difference(&known).collect();
    assert!(only_theirs.iter().all(second), "{cron} {zone}: {only_theirs:?}");
    (only_ours.len(), only_theirs.len())
}

#[test]
fn another_implementation_differs_only_at_clock_changes() {
    let crons = [
        "30 9 * * 1",
        "0 9 * * 1-5",
        "30 2 * * *",
        "30 1 * * *",
        "15 0 * * SUN",
        "0 0 1 * *",
        "0 0 29 2 *",
        "15 2 13 * FRI",
        "0 3 31 * 7",
        "59 23 31 12 *",
        "0 */6 * * SUN",
        "0,30 2 * * *",
        "*/15 0-3 * MAR,APR,SEP-NOV SUN",
    ];
    let lines = crons.map(|cron| {
        let found = ZONES.map(|zone| differences(cron, zone.parse().expect("a zone")));
        let (gaps, seconds) = found
            .iter()
            .fold((0, 0), |sum, (gap, second)| (sum.0 + gap, sum.1 + second));
        format!("{cron}: {gaps} ticks more in gaps, {seconds} less in hours that occur twice\n")
    });
    expect![[r#"
        30 9 * * 1: 0 ticks more in gaps, 0 less in hours that occur twice
        0 9 * * 1-5: 0 ticks more in gaps, 0 less in hours that occur twice
        30 2 * * *: 0 ticks more in gaps, 0 less in hours that occur twice
        30 1 * * *: 0 ticks more in gaps, 0 less in hours that occur twice
        15 0 * * SUN: 0 ticks more in gaps, 0 less in hours that occur twice
        0 0 1 * *: 0 ticks more in gaps, 0 less in hours that occur twice
        0 0 29 2 *: 0 ticks more in gaps, 0 less in hours that occur twice
        15 2 13 * FRI: 0 ticks more in gaps, 0 less in hours that occur twice
        0 3 31 * 7: 0 ticks more in gaps, 0 less in hours that occur twice
        59 23 31 12 *: 0 ticks more in gaps, 0 less in hours that occur twice
        0 */6 * * SUN: 48 ticks more in gaps, 0 less in hours that occur twice
        0,30 2 * * *: 80 ticks more in gaps, 120 less in hours that occur twice
        */15 0-3 * MAR,APR,SEP-NOV SUN: 0 ticks more in gaps, 440 less in hours that occur twice
    "#]]
    .assert_eq(&lines.concat());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ticks_are_in_order_and_the_same_after_a_restart(
        zone in 0..ZONES.len(),
        minute in 0_i64..20 * 366 * 24 * 60,
        restart in 0_usize..40,
        cron in proptest::sample::select(vec!["*/7 * * * *", "*/30 0-3 * * *", "30 2 * * *", "0 9 1,15 * MON"]),
    ) {
        let zone: Tz = ZONES[zone].parse().expect("a zone");
        let start = utc("2010-01-01T00:00Z") + TimeDelta::minutes(minute);
        let all: Vec<Tick> = ticks(cron, zone, start).take(60).collect();
        prop_assert!(all[0].at > start);
        prop_assert!(all.windows(2).all(|pair| pair[0].local < pair[1].local && pair[0].at < pair[1].at));
        let again: Vec<Tick> = ticks(cron, zone, all[restart].at).take(59 - restart).collect();
        prop_assert_eq!(&again[..], &all[restart + 1..]);
    }
}
