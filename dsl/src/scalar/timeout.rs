//! Time-outs: how long an answer is waited for. As durations, and in milliseconds too.

use std::time::Duration;

use super::{ScalarError, WaitTime};

/// What a time-out may be.
const RANGE: std::ops::RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(600);

/// How others write milliseconds, offered as help only.
const SLIPS: [&str; 5] = ["msec", "msecs", "millis", "millisecond", "milliseconds"];

/// `500 ms`, `2 seconds`, `1 minute`; from 100 ms to 10 minutes.
pub fn parse_timeout(text: &str) -> Result<Duration, ScalarError> {
    let text = text.trim();
    let out_of_range = || ScalarError::TimeoutOutOfRange { text: text.into() };
    let not_a_timeout = |meant| ScalarError::NotATimeout {
        text: text.into(),
        meant,
    };
    let time = match milliseconds(text) {
        Some(Milliseconds::Written(time)) => time.ok_or_else(out_of_range)?,
        Some(Milliseconds::Meant(meant)) => return Err(not_a_timeout(Some(meant))),
        None => match WaitTime::parse(text) {
            Ok(WaitTime::Elapsed(time)) => time.to_std().map_err(|_| out_of_range())?,
            Ok(WaitTime::Days(_)) => return Err(out_of_range()),
            Err(ScalarError::DurationOutOfRange { .. }) => {
                return Err(out_of_range());
            }
            Err(error) => return Err(not_a_timeout(error.meant().map(str::to_owned))),
        },
    };
    match RANGE.contains(&time) {
        true => Ok(time),
        false => Err(out_of_range()),
    }
}

/// A text that is about milliseconds.
enum Milliseconds {
    /// As it should be; none is more than any clock holds.
    Written(Option<Duration>),
    /// With a slip; what was probably meant.
    Meant(String),
}

fn milliseconds(text: &str) -> Option<Milliseconds> {
    let word = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = &text[..text.len() - word.len()];
    let unit = word.trim().to_lowercase();
    if number.is_empty() || !(unit == "ms" || SLIPS.contains(&unit.as_str())) {
        return None;
    }
    Some(
        match word.trim() == "ms" && word.starts_with(char::is_whitespace) {
            true => Milliseconds::Written(number.parse().ok().map(Duration::from_millis)),
            false => Milliseconds::Meant(format!("{number} ms")),
        },
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn timeouts_are_from_a_tenth_of_a_second_to_ten_minutes() {
        let texts = [
            "500 ms",
            "100 ms",
            "2 seconds",
            "1 second",
            "10 minutes",
            "99 ms",
            "0 ms",
            "11 minutes",
            "2 days",
            "600001 ms",
            "99999999999999999999 ms",
            "500ms",
            "500 milliseconds",
            "2s",
            "2 sec",
            "2",
            "ms",
            "1.5 seconds",
            "soon",
        ];
        let lines = texts.iter().map(|text| match parse_timeout(text) {
            Ok(time) => format!("{text} -> {time:?}\n"),
            Err(e) => format!("{text} -> {e}; {}\n", e.help()),
        });
        expect![[r#"
            500 ms -> 500ms
            100 ms -> 100ms
            2 seconds -> 2s
            1 second -> 1s
            10 minutes -> 600s
            99 ms -> "99 ms" is not between 100 ms and 10 minutes; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            0 ms -> "0 ms" is not between 100 ms and 10 minutes; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            11 minutes -> "11 minutes" is not between 100 ms and 10 minutes; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            2 days -> "2 days" is not between 100 ms and 10 minutes; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            600001 ms -> "600001 ms" is not between 100 ms and 10 minutes; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            99999999999999999999 ms -> "99999999999999999999 ms" is not between 100 ms and 10 minutes; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            500ms -> "500ms" is not a time-out; did you mean "500 ms"?
            500 milliseconds -> "500 milliseconds" is not a time-out; did you mean "500 ms"?
            2s -> "2s" is not a time-out; did you mean "2 seconds"?
            2 sec -> "2 sec" is not a time-out; did you mean "2 seconds"?
            2 -> "2" is not a time-out; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            ms -> "ms" is not a time-out; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            1.5 seconds -> "1.5 seconds" is not a time-out; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
            soon -> "soon" is not a time-out; write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`
        "#]].assert_eq(&lines.collect::<String>());
    }
}
