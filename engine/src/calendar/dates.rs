//! Schedules by a column: whether a day is the day of a person, and when it begins for them. A day has no hours here, and
//! who came into the list after it is not made up for.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use dsl::campaign::program::Shift;
use dsl::campaign::{Campaign, Schedule};
use dsl::scalar::local_to_utc;

use super::TimeClass;
use super::moment::{latest, shifted};

/// `{date: birthday, yearly: true, at: "10:00"}`, `{date: expires, before: 30 days, at: "10:00"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateSchedule {
    /// Every year from that of the column on.
    pub yearly: bool,
    /// How far from the day of the column.
    pub shift: Shift,
    /// On the recipient's clock.
    pub at: NaiveTime,
}

/// What a day is for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// Not the person's day.
    None,
    /// It was, before the person was in the list.
    Missed,
    /// It begins then.
    At(DateTime<Utc>),
}

impl DateSchedule {
    /// Of a campaign, and the field that it goes by; none where it begins in another way.
    pub fn of(campaign: &Campaign) -> Option<(&str, DateSchedule)> {
        let Schedule::Day {
            field,
            yearly,
            shift,
            at,
        } = &campaign.schedule
        else {
            return None;
        };
        let at = NaiveTime::from_num_seconds_from_midnight_opt(at * 60, 0).unwrap_or(NaiveTime::MIN);
        let schedule = DateSchedule {
            yearly: *yearly,
            shift: *shift,
            at,
        };
        Some((field, schedule))
    }

    /// What `day` is for a person with this value in the column, who is in the list since an instant.
    pub fn on(
        &self,
        day: NaiveDate,
        value: NaiveDate,
        class: &TimeClass,
        since: DateTime<Utc>,
    ) -> Occurrence {
        if !self.falls_on(day, value) {
            return Occurrence::None;
        }
        let begins = latest(class, |zone| Some(local_to_utc(day.and_time(self.at), zone)));
        match begins {
            Some(at) if at >= since => Occurrence::At(at),
            Some(_) | None => Occurrence::Missed,
        }
    }

    /// When it comes next for a person with this value in the column, not before `since`; none where it never does.
    pub fn next(&self, value: NaiveDate, class: &TimeClass, since: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let of = |date: NaiveDate| {
            let day = shifted(date.and_time(NaiveTime::MIN), self.shift)?.date();
            latest(class, |zone| Some(local_to_utc(day.and_time(self.at), zone)))
        };
        let begins: Vec<DateTime<Utc>> = match self.yearly {
            false => of(value).into_iter().collect(),
            true => years_around(since.date_naive())
                .filter(|year| *year >= value.year())
                .filter_map(|year| of(anniversary(value, year)?))
                .collect(),
        };
        begins.into_iter().filter(|at| *at >= since).min()
    }

    /// The day of the column in the year of a passage that began on a day: of a yearly schedule a moment by its column is about
    /// the year that brought the person here, not about that of the column.
    pub fn day_of_passage(&self, value: NaiveDate, began: NaiveDate) -> NaiveDate {
        let comes = |date: NaiveDate| {
            let there = shifted(date.and_time(NaiveTime::MIN), self.shift);
            there.is_some_and(|local| local.date() <= began)
        };
        let years = years_around(began).filter_map(|year| anniversary(value, year));
        years.filter(|date| comes(*date)).max().unwrap_or(value)
    }

    /// The first day from then on that is the person's; none where none is.
    pub fn next_day(&self, value: NaiveDate, from: NaiveDate) -> Option<NaiveDate> {
        let of = |date: NaiveDate| Some(shifted(date.and_time(NaiveTime::MIN), self.shift)?.date());
        let days: Vec<NaiveDate> = match self.yearly {
            false => of(value).into_iter().collect(),
            true => years_around(from)
                .filter(|year| *year >= value.year())
                .filter_map(|year| of(anniversary(value, year)?))
                .collect(),
        };
        days.into_iter().filter(|day| *day >= from).min()
    }

    fn falls_on(&self, day: NaiveDate, value: NaiveDate) -> bool {
        let comes = |date: NaiveDate| {
            let there = shifted(date.and_time(NaiveTime::MIN), self.shift);
            there.map(|local| local.date()) == Some(day)
        };
        match self.yearly {
            false => comes(value),
            true => years_around(day)
                .any(|year| year >= value.year() && anniversary(value, year).is_some_and(comes)),
        }
    }
}

/// The day of a year. 29 February is the 28th in common years.
fn anniversary(of: NaiveDate, year: i32) -> Option<NaiveDate> {
    of.with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
}

/// Of whose days one can be shifted to `day`: a duration is at most ten years.
fn years_around(day: NaiveDate) -> RangeInclusive<i32> {
    day.year() - 11..=day.year() + 11
}

#[cfg(test)]
mod tests {
    use dsl::scalar::WaitTime;
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_day_of_the_column_comes_once_or_every_year() {
        let before = |text| Shift::Before(WaitTime::parse(text).expect("a duration"));
        let after = |text| Shift::After(WaitTime::parse(text).expect("a duration"));
        let table = [
            ("1984-11-24", true, Shift::None, "2026-11-20", "2026-11-28"),
            ("1984-11-24", false, Shift::None, "2026-11-20", "2026-11-28"),
            ("2026-11-24", false, Shift::None, "2026-11-20", "2026-11-28"),
            ("2026-11-24", true, Shift::None, "2026-11-20", "2026-11-28"),
            ("2027-11-24", true, Shift::None, "2026-11-20", "2026-11-28"),
            ("1992-02-29", true, Shift::None, "2027-02-25", "2027-03-03"),
            ("1992-02-29", true, Shift::None, "2028-02-25", "2028-03-03"),
            ("1992-02-29", true, before("1 day"), "2027-02-25", "2027-03-03"),
            ("1992-02-29", true, after("1 day"), "2028-02-25", "2028-03-03"),
            ("2026-12-24", false, before("30 days"), "2026-11-20", "2026-11-28"),
            ("2026-12-24", false, before("4 weeks"), "2026-11-20", "2026-11-28"),
            (
                "2026-11-25",
                false,
                before("36 hours"),
                "2026-11-20",
                "2026-11-28",
            ),
            ("1984-01-05", true, before("2 weeks"), "2026-12-18", "2026-12-26"),
            ("1984-12-30", true, after("3 days"), "2027-01-01", "2027-01-05"),
            ("2020-11-24", true, after("520 weeks"), "2036-11-01", "2036-11-30"),
        ];
        let lines = table.map(|(value, yearly, shift, from, to)| {
            let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
            let schedule = DateSchedule {
                yearly,
                shift,
                at: NaiveTime::MIN,
            };
            let days = date(from).iter_days().take_while(|day| *day <= date(to));
            let days: Vec<String> = days
                .filter(|day| schedule.falls_on(*day, date(value)))
                .map(|day| day.to_string())
                .collect();
            let often = if yearly { "yearly" } else { "once" };
            format!("{value} {often} {shift:?}, {from} to {to}: {}\n", days.join(" "))
        });
        expect![[r#"
            1984-11-24 yearly None, 2026-11-20 to 2026-11-28: 2026-11-24
            1984-11-24 once None, 2026-11-20 to 2026-11-28: 
            2026-11-24 once None, 2026-11-20 to 2026-11-28: 2026-11-24
            2026-11-24 yearly None, 2026-11-20 to 2026-11-28: 2026-11-24
            2027-11-24 yearly None, 2026-11-20 to 2026-11-28: 
            1992-02-29 yearly None, 2027-02-25 to 2027-03-03: 2027-02-28
            1992-02-29 yearly None, 2028-02-25 to 2028-03-03: 2028-02-29
            1992-02-29 yearly Before(Days(1)), 2027-02-25 to 2027-03-03: 2027-02-27
            1992-02-29 yearly After(Days(1)), 2028-02-25 to 2028-03-03: 2028-03-01
            2026-12-24 once Before(Days(30)), 2026-11-20 to 2026-11-28: 2026-11-24
            2026-12-24 once Before(Days(28)), 2026-11-20 to 2026-11-28: 2026-11-26
            2026-11-25 once Before(Elapsed(TimeDelta { secs: 129600, nanos: 0 })), 2026-11-20 to 2026-11-28: 2026-11-23
            1984-01-05 yearly Before(Days(14)), 2026-12-18 to 2026-12-26: 2026-12-22
            1984-12-30 yearly After(Days(3)), 2027-01-01 to 2027-01-05: 2027-01-02
            2020-11-24 yearly After(Days(3640)), 2036-11-01 to 2036-11-30: 2036-11-11
        "#]].assert_eq(&lines.concat());
    }

    #[test]
    fn a_passage_is_about_its_own_year() {
        let before = |text| Shift::Before(WaitTime::parse(text).expect("a duration"));
        let table = [
            ("1984-11-24", Shift::None, "2026-11-24", "2026-11-24"),
            // A day late.
            ("1984-11-24", Shift::None, "2026-11-25", "2026-11-24"),
            ("1984-11-24", before("30 days"), "2026-10-25", "2026-11-24"),
            ("1984-01-05", before("2 weeks"), "2026-12-22", "2027-01-05"),
            ("1992-02-29", Shift::None, "2027-02-28", "2027-02-28"),
        ];
        for (value, shift, began, expected) in table {
            let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
            let schedule = DateSchedule {
                yearly: true,
                shift,
                at: NaiveTime::MIN,
            };
            let day = schedule.day_of_passage(date(value), date(began));
            assert_eq!(day, date(expected), "{value} {shift:?} {began}");
        }
    }

    #[test]
    fn a_day_that_passed_before_the_person_came_is_missed() {
        let schedule = DateSchedule {
            yearly: true,
            shift: Shift::None,
            at: NaiveTime::from_hms_opt(10, 0, 0).expect("a time"),
        };
        let table = [
            ("2026-11-24", "Europe/Rome", "2026-11-01T00:00:00Z"),
            ("2026-11-25", "Europe/Rome", "2026-11-01T00:00:00Z"),
            ("2026-11-24", "Europe/Rome", "2026-11-24T09:00:00Z"),
            ("2026-11-24", "Europe/Rome", "2026-11-24T09:00:01Z"),
            (
                "2026-11-24",
                "America/Los_Angeles|America/New_York",
                "2026-11-24T09:00:01Z",
            ),
            (
                "2026-11-24",
                "Pacific/Auckland|Pacific/Honolulu",
                "2026-11-24T09:00:01Z",
            ),
        ];
        let lines = table.map(|(day, class, since)| {
            let class = TimeClass::parse(class).expect("zones");
            let value = "1984-11-24".parse().expect("a date");
            let found = schedule.on(
                day.parse().expect("a date"),
                value,
                &class,
                since.parse().expect("an instant"),
            );
            format!("{day} {class}, in the list since {since} -> {found:?}\n")
        });
        expect![[r#"
            2026-11-24 Europe/Rome, in the list since 2026-11-01T00:00:00Z -> At(2026-11-24T09:00:00Z)
            2026-11-25 Europe/Rome, in the list since 2026-11-01T00:00:00Z -> None
            2026-11-24 Europe/Rome, in the list since 2026-11-24T09:00:00Z -> At(2026-11-24T09:00:00Z)
            2026-11-24 Europe/Rome, in the list since 2026-11-24T09:00:01Z -> Missed
            2026-11-24 America/Los_Angeles|America/New_York, in the list since 2026-11-24T09:00:01Z -> At(2026-11-24T18:00:00Z)
            2026-11-24 Pacific/Auckland|Pacific/Honolulu, in the list since 2026-11-24T09:00:01Z -> At(2026-11-24T20:00:00Z)
        "#]].assert_eq(&lines.concat());
    }
}
