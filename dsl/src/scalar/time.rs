//! Points in time, and the one rule for local times that a clock change leaves out or repeats.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::ScalarError;

/// A time as a file states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenTime {
    /// On a clock that stands elsewhere.
    Local(NaiveDateTime),
    /// With its offset.
    Instant(DateTime<Utc>),
}

impl WrittenTime {
    /// The instant, read on the clock of `zone` where the text states no offset.
    pub fn resolve(self, zone: Tz) -> DateTime<Utc> {
        match self {
            WrittenTime::Local(local) => local_to_utc(local, zone),
            WrittenTime::Instant(at) => at,
        }
    }
}

/// Whether it is a day of the calendar, alone or with a time.
pub(crate) fn is_day(text: &str) -> bool {
    matches!(parse_time(text), Ok(_) | Err(ScalarError::NoTimeOfDay { .. }))
}

/// `2026-12-01 10:00`, with seconds or with a `T` too; with an offset it is an instant (RFC 3339, seconds may be left out).
pub fn parse_time(text: &str) -> Result<WrittenTime, ScalarError> {
    let text = text.trim();
    if shape(text) == "0000-00-00" {
        return Err(match chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            Ok(_) => ScalarError::NoTimeOfDay { text: text.into() },
            Err(_) => ScalarError::NoSuchTime { text: text.into() },
        });
    }
    let (local, offset) = split_offset(text);
    let not_a_time = || ScalarError::NotATime { text: text.into() };
    let plain = plain_local(local).ok_or_else(not_a_time)?;
    let no_such_time = |_| ScalarError::NoSuchTime { text: text.into() };
    let Some(offset) = offset else {
        let local = NaiveDateTime::parse_from_str(&plain, "%Y-%m-%dT%H:%M:%S%.f").map_err(no_such_time)?;
        return Ok(WrittenTime::Local(local));
    };
    if !matches!(shape(offset).as_str(), "Z" | "+00:00" | "-00:00") {
        return Err(not_a_time());
    }
    let at = DateTime::parse_from_rfc3339(&format!("{plain}{offset}")).map_err(no_such_time)?;
    Ok(WrittenTime::Instant(at.to_utc()))
}

/// The instant of a local time. One in the gap of a clock change is the gap's end; one that occurs twice is the first.
pub fn local_to_utc(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    zone.from_local_datetime(&local)
        .earliest()
        .map_or_else(|| end_of_gap(local, zone), |t| t.to_utc())
}

/// The first second whose local time is not before `local`. The widest gap on record is a whole day, at the date line.
fn end_of_gap(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let around = local.and_utc();
    let two_days = TimeDelta::days(2);
    let (Some(start), Some(_)) = (
        around.checked_sub_signed(two_days),
        around.checked_add_signed(two_days),
    ) else {
        return around;
    };
    let reached = |seconds: i64| {
        let at = start.naive_utc() + TimeDelta::seconds(seconds);
        let offset = zone.offset_from_utc_datetime(&at).fix();
        at.checked_add_offset(offset).is_some_and(|there| there >= local)
    };
    let (mut before, mut after) = (0, 2 * two_days.num_seconds());
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if reached(middle) {
            after = middle
        } else {
            before = middle
        }
    }
    start + TimeDelta::seconds(after)
}

/// Every digit as 0, so that forms can be compared.
fn shape(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '0'
            } else {
                c.to_ascii_uppercase()
            }
        })
        .collect()
}

/// `10:00+01:00` is `10:00` and `+01:00`. The sign is looked for behind the date, which has signs of its own.
fn split_offset(text: &str) -> (&str, Option<&str>) {
    let behind_date = "0000-00-00".len();
    let at = text
        .char_indices()
        .find(|(i, c)| *i >= behind_date && matches!(c, '+' | '-' | 'Z' | 'z'));
    match at {
        Some((i, _)) => (text[..i].trim_end(), Some(&text[i..])),
        None => (text, None),
    }
}

/// The local part with a `T` and seconds; none where it is of another form.
fn plain_local(text: &str) -> Option<String> {
    let form = shape(text);
    let (date, time) = (form.get(..10)?, form.get(11..)?);
    let divided = matches!(form.as_bytes().get(10), Some(b' ' | b'T'));
    if date != "0000-00-00" || !divided {
        return None;
    }
    let time_of_day = text.get(11..)?;
    let seconds = match time.split_once('.') {
        Some(("00:00:00", fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b == b'0') => "",
        Some(_) => return None,
        None if time == "00:00:00" => "",
        None if time == "00:00" => ":00",
        None => return None,
    };
    Some(format!("{}T{time_of_day}{seconds}", &text[..10]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    #[test]
    fn times_are_local_or_carry_an_offset() {
        let texts = [
            "2026-12-01 10:00",
            "2026-12-01T10:00",
            "2026-12-01 10:00:30",
            "2026-12-01T10:00:00+01:00",
            "2026-12-01T10:00Z",
            "2026-12-01 10:00 -05:00",
            "2026-12-01T09:00:00.250Z",
            "2026-12-01",
            "2026-02-30",
            "2026-02-30 10:00",
            "2026-12-01 24:00",
            "2026-12-01 25:00",
            "10:00",
            "1.12.2026 10:00",
            "2026-12-01 10:00 CET",
            "2026-12-01 9:00",
            "2026-12-01T10:00:00+0100",
            "tomorrow",
            "",
            "２０２６-12-01 10:00",
        ];
        let lines = texts.map(|text| match parse_time(text) {
            Ok(WrittenTime::Local(t)) => format!("{text} -> {t} local\n"),
            Ok(WrittenTime::Instant(t)) => format!("{text} -> {t}\n"),
            Err(e) => format!("{text} -> {e}; {}\n", e.help()),
        });
        expect![[r#"
            2026-12-01 10:00 -> 2026-12-01 10:00:00 local
            2026-12-01T10:00 -> 2026-12-01 10:00:00 local
            2026-12-01 10:00:30 -> 2026-12-01 10:00:30 local
            2026-12-01T10:00:00+01:00 -> 2026-12-01 09:00:00 UTC
            2026-12-01T10:00Z -> 2026-12-01 10:00:00 UTC
            2026-12-01 10:00 -05:00 -> 2026-12-01 15:00:00 UTC
            2026-12-01T09:00:00.250Z -> 2026-12-01 09:00:00.250 UTC
            2026-12-01 -> "2026-12-01" has no time of day; add one: `2026-12-01 10:00`
            2026-02-30 -> "2026-02-30" does not exist on any calendar or clock; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            2026-02-30 10:00 -> "2026-02-30 10:00" does not exist on any calendar or clock; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            2026-12-01 24:00 -> "2026-12-01 24:00" does not exist on any calendar or clock; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            2026-12-01 25:00 -> "2026-12-01 25:00" does not exist on any calendar or clock; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            10:00 -> "10:00" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            1.12.2026 10:00 -> "1.12.2026 10:00" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            2026-12-01 10:00 CET -> "2026-12-01 10:00 CET" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            2026-12-01 9:00 -> "2026-12-01 9:00" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            2026-12-01T10:00:00+0100 -> "2026-12-01T10:00:00+0100" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            tomorrow -> "tomorrow" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
             -> "" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
            ２０２６-12-01 10:00 -> "２０２６-12-01 10:00" is not a time; write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`
        "#]].assert_eq(&lines.concat());
    }

    #[test]
    fn a_clock_change_leaves_every_local_time_one_instant() {
        let cases = [
            ("America/New_York", "2027-03-14 01:59", "2027-03-14T06:59:00Z"),
            ("America/New_York", "2027-03-14 02:00", "2027-03-14T07:00:00Z"),
            ("America/New_York", "2027-03-14 02:30", "2027-03-14T07:00:00Z"),
            ("America/New_York", "2027-03-14 03:00", "2027-03-14T07:00:00Z"),
            ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z"),
            ("America/New_York", "2026-11-01 02:00", "2026-11-01T07:00:00Z"),
            ("Europe/Rome", "2026-03-29 02:30", "2026-03-29T01:00:00Z"),
            ("Europe/Rome", "2026-10-25 02:30", "2026-10-25T00:30:00Z"),
            ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z"),
            ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z"),
            ("Asia/Almaty", "2024-02-29 09:00", "2024-02-29T03:00:00Z"),
            ("Asia/Almaty", "2024-03-01 09:00", "2024-03-01T04:00:00Z"),
            ("UTC", "2026-12-01 10:00", "2026-12-01T10:00:00Z"),
        ];
        for (zone, local, right) in cases {
            let zone: Tz = zone.parse().expect("a zone");
            let written = parse_time(local).expect("a time");
            let right: DateTime<Utc> = right.parse().expect("an instant");
            assert_eq!(written.resolve(zone), right, "{zone} {local}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for zone in [
            chrono_tz::UTC,
            chrono_tz::Pacific::Auckland,
            chrono_tz::America::New_York,
        ] {
            for local in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
                local_to_utc(local, zone);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_an_error(text in any::<String>()) {
            let _ = parse_time(&text);
        }

        #[test]
        fn later_on_the_clock_is_never_an_earlier_instant_within_a_gap(minute in 0_i64..180) {
            let start = parse_time("2027-03-14 01:00").expect("a time").resolve(chrono_tz::UTC).naive_utc();
            let at = |m: i64| local_to_utc(start + TimeDelta::minutes(m), chrono_tz::America::New_York);
            prop_assert!(at(minute) <= at(minute + 1));
        }
    }
}
