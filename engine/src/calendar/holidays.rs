//! Public holidays of whole countries. The table is made by `tests/make_holidays.py` from the Python package holidays. It
//! ends with 2036, and a day by the moon is an estimate, which the country's own announcement can move by a day; those of
//! India by the moon end with 2035. What a state or a region keeps alone is not in it.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use chrono::NaiveDate;
use sms::Region;

/// The public holiday that a day is in a country, by its English name; the first, where it is several.
pub fn holiday(country: Region, date: NaiveDate) -> Option<&'static str> {
    holidays(country)?.get(&date).copied()
}

/// All that are known of a country, in order. None for a country that the table lacks.
pub fn holidays(country: Region) -> Option<&'static BTreeMap<NaiveDate, &'static str>> {
    COUNTRIES.get(country.as_str())
}

/// The years that the table knows.
const YEARS: RangeInclusive<i32> = 2024..=2036;

/// By the two letters of a country.
type Countries = HashMap<&'static str, BTreeMap<NaiveDate, &'static str>>;

static COUNTRIES: LazyLock<Countries> =
    LazyLock::new(|| read(include_str!("holidays.tsv")).expect("the table is ours, and a test reads it"));

fn read(text: &'static str) -> Option<Countries> {
    let mut countries = Countries::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (country, name, days) = (cells.next()?, cells.next()?, cells.next()?);
        let known = countries.entry(country).or_default();
        for day in days.split(' ') {
            known.extend(dates(day)?.into_iter().map(|date| (date, name)));
        }
    }
    Some(countries)
}

/// `12-25` is that day of every year, `260406` of one.
fn dates(text: &str) -> Option<Vec<NaiveDate>> {
    let two = |at: usize| text.get(at..at + 2)?.parse::<u8>().ok();
    let date =
        |year: i32, month: u8, day: u8| NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day));
    match text.len() {
        5 => YEARS.map(|year| date(year, two(0)?, two(3)?)).collect(),
        6 => date(2000 + i32::from(two(0)?), two(2)?, two(4)?).map(|date| vec![date]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;
    use expect_test::expect;

    use super::*;

    #[test]
    fn days_off_have_their_names() {
        let days = [
            ("IT", "2026-12-08"),
            ("IT", "2026-12-09"),
            ("IT", "2027-03-29"),
            ("IT", "2036-04-14"),
            ("IT", "2037-01-01"),
            ("FR", "2026-07-14"),
            ("US", "2026-11-26"),
            ("US", "2027-07-05"),
            ("GB", "2026-12-28"),
            ("GB", "2026-03-17"),
            ("DE", "2026-10-03"),
            ("MA", "2027-03-10"),
            ("JP", "2026-01-12"),
            ("AQ", "2026-01-01"),
        ];
        let lines = days.map(|(country, day)| {
            let date = day.parse().expect("a date");
            let name = Region::new(country).and_then(|country| holiday(country, date));
            format!("{country} {day}: {}\n", name.unwrap_or("-"))
        });
        expect![[r#"
            IT 2026-12-08: Immaculate Conception
            IT 2026-12-09: -
            IT 2027-03-29: Easter Monday
            IT 2036-04-14: Easter Monday
            IT 2037-01-01: -
            FR 2026-07-14: National Day
            US 2026-11-26: Thanksgiving Day
            US 2027-07-05: Independence Day (observed)
            GB 2026-12-28: Boxing Day (observed)
            GB 2026-03-17: -
            DE 2026-10-03: German Unity Day
            MA 2027-03-10: Eid al-Fitr
            JP 2026-01-12: Coming of Age Day
            AQ 2026-01-01: -
        "#]]
        .assert_eq(&lines.concat());
    }

    #[test]
    fn every_country_of_the_table_has_telephones_and_days_in_its_years() {
        assert!(COUNTRIES.len() > 200);
        for (country, days) in &*COUNTRIES {
            let region = Region::new(country).expect("a region");
            assert_eq!(holidays(region), Some(days));
            assert!(days.keys().all(|day| YEARS.contains(&day.year())), "{country}");
            assert!(!days.is_empty(), "{country}");
        }
    }
}
