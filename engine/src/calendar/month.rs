//! Months of a calendar.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use dsl::scalar::local_to_utc;

/// A month of a year: months since the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// The month that a clock shows.
    pub fn of(at: DateTime<Utc>, zone: Tz) -> Month {
        let day = at.with_timezone(&zone).date_naive();
        Month(day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0))
    }

    /// When it is over on a clock.
    pub fn ends_at(self, zone: Tz) -> DateTime<Utc> {
        let next = self.0 + 1;
        let month = u32::try_from(next.rem_euclid(12)).unwrap_or(0) + 1;
        let day = NaiveDate::from_ymd_opt(next.div_euclid(12), month, 1).unwrap_or(NaiveDate::MAX);
        local_to_utc(day.and_time(NaiveTime::MIN), zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_with_its_last_day_on_the_clock() {
        let table = [
            (
                "2026-11-30T22:59:59Z",
                "Europe/Rome",
                2026 * 12 + 10,
                "2026-11-30T23:00:00Z",
            ),
            (
                "2026-11-30T23:00:00Z",
                "Europe/Rome",
                2026 * 12 + 11,
                "2026-12-31T23:00:00Z",
            ),
            (
                "2028-02-29T12:00:00Z",
                "UTC",
                2028 * 12 + 1,
                "2028-03-01T00:00:00Z",
            ),
            (
                "2027-01-01T03:00:00Z",
                "America/New_York",
                2026 * 12 + 11,
                "2027-01-01T05:00:00Z",
            ),
        ];
        for (at, zone, month, ends_at) in table {
            let zone: Tz = zone.parse().expect("a zone");
            let at: DateTime<Utc> = at.parse().expect("an instant");
            let found = Month::of(at, zone);
            let expected: DateTime<Utc> = ends_at.parse().expect("an instant");
            assert_eq!((found.0, found.ends_at(zone)), (month, expected), "{at}");
        }
    }
}
