//! Rates and shares: a number with a unit right behind it.

use std::fmt;

use super::money::without_marks;
use super::{Rate, ScalarError, Share, nearest};

/// The units of a rate and their seconds, smallest first.
const RATE_UNITS: [(&str, f64); 3] = [("s", 1.0), ("minute", 60.0), ("hour", 3_600.0)];

/// How others write the same, offered as help only.
const RATE_SLIPS: [(&str, &str); 8] = [
    ("sec", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "minute"),
    ("min", "minute"),
    ("h", "hour"),
    ("hr", "hour"),
    ("per", "s"),
];

/// Whether a rate has its unit in a word of which there is one meaning: `5 per second`, `20/sec`, `100/h`. `5/m` has two.
pub(super) fn is_rate_in_words(text: &str) -> bool {
    let unit = text.split_once(" per ").or_else(|| text.split_once('/'));
    let unit = unit.map(|(_, unit)| unit.trim().to_lowercase());
    unit.is_some_and(|unit| {
        let is_known = RATE_UNITS.iter().any(|(name, _)| *name == unit);
        is_known || (unit != "m" && RATE_SLIPS.iter().any(|(slip, _)| *slip == unit))
    })
}

/// The unit that people call so.
fn unit_of(word: &str) -> &str {
    let slip = RATE_SLIPS
        .iter()
        .find(|(slip, _)| slip.eq_ignore_ascii_case(word));
    slip.map_or(word, |(_, unit)| unit)
}

impl Rate {
    /// `50/s`, `1000/minute`, `20000/hour`; the number may have a decimal point. Above zero.
    pub fn parse(text: &str) -> Result<Rate, ScalarError> {
        let text = text.trim();
        if let Some((number, unit)) = text.split_once(" per ")
            && let Ok(rate) = Rate::parse(&format!("{number}/{}", unit_of(unit.trim())))
        {
            return Err(ScalarError::NotARate {
                text: text.into(),
                meant: Some(rate.to_string()),
            });
        }
        let split = text
            .split_once('/')
            .map(|(number, unit)| (number.trim_end(), unit.trim_start()));
        // `1.000` is a thousand to some and one to others.
        let with_marks = |(number, unit): (&str, &str)| {
            let whole =
                without_marks(number).filter(|whole| number.contains([',', '.']) && !whole.contains('.'))?;
            Some(format!("{whole}/{unit}"))
        };
        if let Some(meant) = split
            .and_then(with_marks)
            .filter(|meant| Rate::parse(meant).is_ok())
        {
            return Err(ScalarError::NotARate {
                text: text.into(),
                meant: Some(meant),
            });
        }
        let Some((number, unit)) = split.filter(|(n, _)| decimal(n).is_some()) else {
            let meant = decimal(text).map(|_| format!("{text}/s"));
            return Err(ScalarError::NotARate {
                text: text.into(),
                meant,
            });
        };
        let Some((_, seconds)) = RATE_UNITS.iter().find(|(name, _)| *name == unit) else {
            let slip = RATE_SLIPS
                .iter()
                .find(|(slip, _)| slip.eq_ignore_ascii_case(unit))
                .map(|(_, unit)| *unit);
            let near = slip.or_else(|| nearest(unit, RATE_UNITS.map(|(name, _)| name)));
            let meant = near.map(|unit| format!("{number}/{unit}"));
            return Err(ScalarError::NotARate {
                text: text.into(),
                meant,
            });
        };
        match decimal(number).map(|n| n / seconds) {
            Some(per_second) if per_second > 0.0 => Ok(Rate { per_second }),
            Some(_) | None => Err(ScalarError::RateOfZero { text: text.into() }),
        }
    }
}

impl fmt::Display for Rate {
    /// In the smallest unit that makes it a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |seconds: f64| {
            let n = self.per_second * seconds;
            n >= 0.5 && (n - n.round()).abs() < 1e-6 * n
        };
        match RATE_UNITS.iter().find(|(_, seconds)| whole(*seconds)) {
            Some((unit, seconds)) => write!(f, "{}/{unit}", (self.per_second * seconds).round()),
            None if self.per_second < 1e-3 => write!(f, "{}/s", self.per_second),
            None => write!(f, "{}/s", rounded(self.per_second)),
        }
    }
}

impl Share {
    /// `1%`, `2.5%`; 0 to 100.
    pub fn parse(text: &str) -> Result<Share, ScalarError> {
        let text = text.trim();
        let Some(number) = text
            .strip_suffix('%')
            .map(str::trim_end)
            .filter(|n| signed(n).is_some())
        else {
            let worded = ["percent", "per cent", "pct"]
                .iter()
                .find_map(|word| text.strip_suffix(word));
            let number = worded.map_or(text, str::trim_end);
            let meant = decimal(number).and_then(|n| match n {
                n if (1.0..=100.0).contains(&n) => Some(format!("{number}%")),
                n if n > 0.0 && n < 1.0 && worded.is_none() => Some(format!("{}%", rounded(n * 100.0))),
                _ => None,
            });
            return Err(ScalarError::NotAShare {
                text: text.into(),
                meant,
            });
        };
        match signed(number) {
            Some(percent) if (0.0..=100.0).contains(&percent) => Ok(Share(percent / 100.0)),
            Some(_) | None => Err(ScalarError::ShareOutOfRange { text: text.into() }),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", rounded(self.0 * 100.0))
    }
}

/// Digits, and a point with more digits; nothing else that Rust reads as a number (`inf`, `1e9`, `+5`).
fn decimal(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.len() <= 15 && s.bytes().all(|b| b.is_ascii_digit());
    if digits(whole) && digits(part) {
        text.parse().ok()
    } else {
        None
    }
}

fn signed(text: &str) -> Option<f64> {
    match text.strip_prefix('-') {
        Some(rest) => decimal(rest).map(|n| -n),
        None => decimal(text),
    }
}

/// Without the noise that binary fractions leave behind the sixth digit.
fn rounded(n: f64) -> f64 {
    (n * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn line<T: fmt::Display>(text: &str, parsed: Result<T, ScalarError>) -> String {
        match parsed {
            Ok(value) => format!("{text} -> {value}\n"),
            Err(e) => format!("{text} -> {e}; {}\n", e.help()),
        }
    }

    #[test]
    fn rates() {
        let texts = [
            "50/s",
            "1000/minute",
            "20000/hour",
            "0.5/s",
            "2.5/s",
            "1.000/minute",
            "1,000/minute",
            "90/minute",
            "50 / s",
            "50",
            "50/sec",
            "50/second",
            "60/min",
            "5/hours",
            "0/s",
            "-1/s",
            "x/s",
            "1e9/s",
            "inf/s",
            "",
            "/s",
            "50/fortnight",
            "0.0000001/hour",
        ];
        let lines = texts.map(|t| line(t, Rate::parse(t)));
        expect![[r#"
            50/s -> 50/s
            1000/minute -> 1000/minute
            20000/hour -> 20000/hour
            0.5/s -> 30/minute
            2.5/s -> 150/minute
            1.000/minute -> "1.000/minute" is not a rate; did you mean "1000/minute"?
            1,000/minute -> "1,000/minute" is not a rate; did you mean "1000/minute"?
            90/minute -> 90/minute
            50 / s -> 50/s
            50 -> "50" is not a rate; did you mean "50/s"?
            50/sec -> "50/sec" is not a rate; did you mean "50/s"?
            50/second -> "50/second" is not a rate; did you mean "50/s"?
            60/min -> "60/min" is not a rate; did you mean "60/minute"?
            5/hours -> "5/hours" is not a rate; did you mean "5/hour"?
            0/s -> "0/s" would never send: a rate is above zero; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
            -1/s -> "-1/s" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
            x/s -> "x/s" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
            1e9/s -> "1e9/s" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
            inf/s -> "inf/s" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
             -> "" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
            /s -> "/s" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
            50/fortnight -> "50/fortnight" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
            0.0000001/hour -> 0.000000000027777777777777777/s
        "#]].assert_eq(&lines.concat());
    }

    #[test]
    fn shares() {
        let texts = [
            "1%", "2.5%", "0%", "100%", "5 %", "33.3%", "0.1%", "5", "0.05", "101%", "-1%", "%", "five%", "",
        ];
        let lines = texts.map(|t| line(t, Share::parse(t)));
        expect![[r#"
            1% -> 1%
            2.5% -> 2.5%
            0% -> 0%
            100% -> 100%
            5 % -> 5%
            33.3% -> 33.3%
            0.1% -> 0.1%
            5 -> "5" is not a share; did you mean "5%"?
            0.05 -> "0.05" is not a share; did you mean "5%"?
            101% -> "101%" is not between 0% and 100%; write a percentage from 0 to 100: `1%`, `2.5%`
            -1% -> "-1%" is not between 0% and 100%; write a percentage from 0 to 100: `1%`, `2.5%`
            % -> "%" is not a share; write a percentage from 0 to 100: `1%`, `2.5%`
            five% -> "five%" is not a share; write a percentage from 0 to 100: `1%`, `2.5%`
             -> "" is not a share; write a percentage from 0 to 100: `1%`, `2.5%`
        "#]]
        .assert_eq(&lines.concat());
    }
}
