//! The instant of a moment: a time of day, a time, or one by a day of the person, on the recipient's clock. Where the
//! person may live in several zones, it is the instant by which that time has come in all of them.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use dsl::campaign::program::Shift;
use dsl::scalar::{WaitTime, WrittenTime, local_to_utc};

use super::TimeClass;

/// A point on the recipient's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// `18:00`: the next one, which may be now.
    Next(NaiveTime),
    /// A time; without an offset it is read on the recipient's clock.
    At(WrittenTime),
    /// By a field of the person: `{date: starts, before: 1 day, at: "18:00"}`.
    By {
        /// What the field says.
        field: FieldTime,
        /// How far from it.
        shift: Shift,
        /// The time of that day; without it that of the field.
        at: Option<NaiveTime>,
    },
}

/// What a field of the type `date` or `time` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldTime {
    /// A day, which begins at midnight.
    Day(NaiveDate),
    /// A day and its time.
    Time(WrittenTime),
}

impl Moment {
    /// When it has come for people of a class. It can be past; but the next time of day is never before `now`. What is past
    /// the ends of all calendars is the last of time.
    pub fn instant(&self, class: &TimeClass, now: DateTime<Utc>) -> DateTime<Utc> {
        let instant = match *self {
            Moment::Next(time) => next(time, class, now),
            Moment::At(time) => latest(class, |zone| Some(time.resolve(zone))),
            Moment::By { field, shift, at } => latest(class, |zone| by_field(field, shift, at, zone)),
        };
        instant.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The time on a clock so much before or after another one, as if the clock never changed.
pub(super) fn shifted(local: NaiveDateTime, shift: Shift) -> Option<NaiveDateTime> {
    match shift {
        Shift::None => Some(local),
        Shift::Before(WaitTime::Days(days)) => local.checked_sub_days(Days::new(days.into())),
        Shift::After(WaitTime::Days(days)) => local.checked_add_days(Days::new(days.into())),
        Shift::Before(WaitTime::Elapsed(time)) => local.checked_sub_signed(time),
        Shift::After(WaitTime::Elapsed(time)) => local.checked_add_signed(time),
    }
}

/// When it has come in all zones.
pub(super) fn latest(
    class: &TimeClass,
    instant: impl Fn(Tz) -> Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let instants = class.zones().iter().map(|zone| instant(*zone));
    instants.collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// The time of the first day on which it comes, in all zones, not before now.
fn next(time: NaiveTime, class: &TimeClass, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // The last time of the day before yesterday has come everywhere.
    let first = now.date_naive().checked_sub_days(Days::new(2))?;
    let instants = first
        .iter_days()
        .map(|day| latest(class, |zone| Some(local_to_utc(day.and_time(time), zone))));
    instants
        .map_while(|instant| instant)
        .find(|instant| *instant >= now)
}

fn by_field(field: FieldTime, shift: Shift, at: Option<NaiveTime>, zone: Tz) -> Option<DateTime<Utc>> {
    let of_local = |local| (local, local_to_utc(local, zone));
    let of_instant = |instant| Some((local_of(instant, zone)?, instant));
    let (local, instant) = match field {
        FieldTime::Day(day) => of_local(day.and_time(NaiveTime::MIN)),
        FieldTime::Time(WrittenTime::Local(local)) => of_local(local),
        FieldTime::Time(WrittenTime::Instant(instant)) => of_instant(instant)?,
    };
    let (local, instant) = match shift {
        Shift::None => (local, instant),
        Shift::Before(WaitTime::Elapsed(time)) => of_instant(instant.checked_sub_signed(time)?)?,
        Shift::After(WaitTime::Elapsed(time)) => of_instant(instant.checked_add_signed(time)?)?,
        Shift::Before(WaitTime::Days(_)) | Shift::After(WaitTime::Days(_)) => {
            of_local(shifted(local, shift)?)
        }
    };
    Some(at.map_or(instant, |at| local_to_utc(local.date().and_time(at), zone)))
}

fn local_of(at: DateTime<Utc>, zone: Tz) -> Option<NaiveDateTime> {
    at.naive_utc()
        .checked_add_offset(zone.offset_from_utc_datetime(&at.naive_utc()).fix())
}

#[cfg(test)]
mod tests {
    use dsl::scalar::parse_time;
    use expect_test::expect;

    use super::*;

    /// `18:00`, a time, or `by FIELD`, then `before` or `after` and a duration, then `at` and a time of day.
    fn moment(text: &str) -> Moment {
        let Some(by) = text.strip_prefix("by ") else {
            return match clock(text) {
                Some(time) => Moment::Next(time),
                None => Moment::At(parse_time(text).expect("a time")),
            };
        };
        let (by, at) = match by.split_once(" at ") {
            Some((by, at)) => (by, clock(at)),
            None => (by, None),
        };
        let duration = |text| WaitTime::parse(text).expect("a duration");
        let (field, shift) = match (by.split_once(" before "), by.split_once(" after ")) {
            (Some((field, time)), _) => (field, Shift::Before(duration(time))),
            (None, Some((field, time))) => (field, Shift::After(duration(time))),
            (None, None) => (by, Shift::None),
        };
        let field = match dsl::values::parse_date(field) {
            Some(day) => FieldTime::Day(day),
            None => FieldTime::Time(parse_time(field).expect("a time")),
        };
        Moment::By { field, shift, at }
    }

    fn clock(text: &str) -> Option<NaiveTime> {
        NaiveTime::parse_from_str(text, "%H:%M").ok()
    }

    #[test]
    fn a_moment_has_come_when_it_has_come_in_all_zones() {
        let (rome, york) = ("Europe/Rome", "America/New_York");
        let (coasts, line) = (
            "America/Los_Angeles|America/New_York",
            "Pacific/Auckland|Pacific/Honolulu",
        );
        let now = "2026-11-24T12:00:00Z";
        let table = [
            (rome, now, "18:00"),
            (rome, now, "13:00"),
            (rome, now, "12:59"),
            (coasts, now, "18:00"),
            // 18:30 in New York, where it has been 18:00, and not yet in Los Angeles.
            (coasts, "2026-11-24T23:30:00Z", "18:00"),
            (coasts, "2026-11-25T02:00:00Z", "18:00"),
            (coasts, "2026-11-25T02:00:01Z", "18:00"),
            (line, now, "18:00"),
            (line, now, "02:00"),
            (york, "2027-03-14T06:00:00Z", "02:30"),
            (york, "2027-03-14T07:00:00Z", "02:30"),
            (york, "2027-03-14T07:00:01Z", "02:30"),
            (york, "2026-11-01T05:00:00Z", "01:30"),
            (york, "2026-11-01T05:30:01Z", "01:30"),
            ("Asia/Almaty", now, "2024-02-29 09:00"),
            ("Asia/Almaty", now, "2024-03-01 09:00"),
            ("Asia/Almaty", now, "2026-12-01 09:00"),
            (rome, now, "2026-12-01 10:00"),
            (coasts, now, "2026-12-01 10:00"),
            (line, now, "2026-12-01 10:00"),
            (coasts, now, "2026-12-01T10:00:00+01:00"),
            (rome, now, "by 2026-12-10 before 1 day at 18:00"),
            (rome, now, "by 2026-12-10"),
            (rome, now, "by 2026-12-10 at 00:30"),
            (coasts, now, "by 2026-12-10 before 1 day at 18:00"),
            (rome, now, "by 2026-12-10 20:30 before 3 weeks"),
            (rome, now, "by 2026-12-10 20:30 before 36 hours"),
            (rome, now, "by 2026-12-10 20:30 before 36 hours at 18:00"),
            (rome, now, "by 2026-12-10T20:30Z after 2 hours"),
            (coasts, now, "by 2026-12-10T20:30Z after 2 hours"),
            (coasts, now, "by 2026-12-10T02:30Z at 18:00"),
            // One day before is the same time on the clock, 24 hours are not.
            (york, now, "by 2027-03-14 10:00 before 1 day"),
            (york, now, "by 2027-03-14 10:00 before 24 hours"),
            (york, now, "by 2027-03-15 02:30 before 1 day"),
            (rome, now, "by 2026-12-10 before 520 weeks"),
        ];
        let lines = table.map(|(class, now, text)| {
            let class = TimeClass::parse(class).expect("zones");
            let at = moment(text).instant(&class, now.parse().expect("an instant"));
            format!(
                "{class} {now}: {text} -> {}\n",
                at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            )
        });
        expect![[r#"
            Europe/Rome 2026-11-24T12:00:00Z: 18:00 -> 2026-11-24T17:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: 13:00 -> 2026-11-24T12:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: 12:59 -> 2026-11-25T11:59:00Z
            America/Los_Angeles|America/New_York 2026-11-24T12:00:00Z: 18:00 -> 2026-11-25T02:00:00Z
            America/Los_Angeles|America/New_York 2026-11-24T23:30:00Z: 18:00 -> 2026-11-25T02:00:00Z
            America/Los_Angeles|America/New_York 2026-11-25T02:00:00Z: 18:00 -> 2026-11-25T02:00:00Z
            America/Los_Angeles|America/New_York 2026-11-25T02:00:01Z: 18:00 -> 2026-11-26T02:00:00Z
            Pacific/Auckland|Pacific/Honolulu 2026-11-24T12:00:00Z: 18:00 -> 2026-11-25T04:00:00Z
            Pacific/Auckland|Pacific/Honolulu 2026-11-24T12:00:00Z: 02:00 -> 2026-11-24T12:00:00Z
            America/New_York 2027-03-14T06:00:00Z: 02:30 -> 2027-03-14T07:00:00Z
            America/New_York 2027-03-14T07:00:00Z: 02:30 -> 2027-03-14T07:00:00Z
            America/New_York 2027-03-14T07:00:01Z: 02:30 -> 2027-03-15T06:30:00Z
            America/New_York 2026-11-01T05:00:00Z: 01:30 -> 2026-11-01T05:30:00Z
            America/New_York 2026-11-01T05:30:01Z: 01:30 -> 2026-11-02T06:30:00Z
            Asia/Almaty 2026-11-24T12:00:00Z: 2024-02-29 09:00 -> 2024-02-29T03:00:00Z
            Asia/Almaty 2026-11-24T12:00:00Z: 2024-03-01 09:00 -> 2024-03-01T04:00:00Z
            Asia/Almaty 2026-11-24T12:00:00Z: 2026-12-01 09:00 -> 2026-12-01T04:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: 2026-12-01 10:00 -> 2026-12-01T09:00:00Z
            America/Los_Angeles|America/New_York 2026-11-24T12:00:00Z: 2026-12-01 10:00 -> 2026-12-01T18:00:00Z
            Pacific/Auckland|Pacific/Honolulu 2026-11-24T12:00:00Z: 2026-12-01 10:00 -> 2026-12-01T20:00:00Z
            America/Los_Angeles|America/New_York 2026-11-24T12:00:00Z: 2026-12-01T10:00:00+01:00 -> 2026-12-01T09:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10 before 1 day at 18:00 -> 2026-12-09T17:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10 -> 2026-12-09T23:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10 at 00:30 -> 2026-12-09T23:30:00Z
            America/Los_Angeles|America/New_York 2026-11-24T12:00:00Z: by 2026-12-10 before 1 day at 18:00 -> 2026-12-10T02:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10 20:30 before 3 weeks -> 2026-11-19T19:30:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10 20:30 before 36 hours -> 2026-12-09T07:30:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10 20:30 before 36 hours at 18:00 -> 2026-12-09T17:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10T20:30Z after 2 hours -> 2026-12-10T22:30:00Z
            America/Los_Angeles|America/New_York 2026-11-24T12:00:00Z: by 2026-12-10T20:30Z after 2 hours -> 2026-12-10T22:30:00Z
            America/Los_Angeles|America/New_York 2026-11-24T12:00:00Z: by 2026-12-10T02:30Z at 18:00 -> 2026-12-10T02:00:00Z
            America/New_York 2026-11-24T12:00:00Z: by 2027-03-14 10:00 before 1 day -> 2027-03-13T15:00:00Z
            America/New_York 2026-11-24T12:00:00Z: by 2027-03-14 10:00 before 24 hours -> 2027-03-13T14:00:00Z
            America/New_York 2026-11-24T12:00:00Z: by 2027-03-15 02:30 before 1 day -> 2027-03-14T07:00:00Z
            Europe/Rome 2026-11-24T12:00:00Z: by 2026-12-10 before 520 weeks -> 2016-12-21T23:00:00Z
        "#]].assert_eq(&lines.concat());
    }

    #[test]
    fn the_ends_of_the_calendar_are_the_last_of_time() {
        let class = TimeClass::parse("Pacific/Auckland|Pacific/Honolulu").expect("zones");
        let last = DateTime::<Utc>::MAX_UTC;
        let far = FieldTime::Day(NaiveDate::MAX);
        let moments = [
            Moment::Next(NaiveTime::MIN),
            Moment::By {
                field: far,
                shift: Shift::After(WaitTime::Days(3)),
                at: None,
            },
        ];
        for moment in moments {
            assert_eq!(moment.instant(&class, last), last, "{moment:?}");
        }
    }
}
