//! A window of the day, and a number of texts in a time.

use crate::scalar::WaitTime;

/// Hours of the day: start included, end not. May wrap midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Minutes after midnight, below 1,440.
    pub start: u32,
    /// Minutes after midnight, up to 1,440; never the start.
    pub end: u32,
}

/// Minutes of a day.
const DAY: u32 = 24 * 60;

impl Window {
    /// Reads `21:00-08:00`. None where it is no window; what is wrong with it, the check of its form says.
    pub fn parse(text: &str) -> Option<Window> {
        let (start, end) = text.split_once('-')?;
        let (start, end) = (minutes_of_day(start.trim())?, minutes_of_day(end.trim())?);
        (start < DAY && start != end).then_some(Window { start, end })
    }

    /// Whether a minute of the day lies in it.
    pub fn holds(self, minute: u32) -> bool {
        match self.start < self.end {
            true => (self.start..self.end).contains(&minute),
            false => minute >= self.start || minute < self.end,
        }
    }

    /// Whether any minute lies in both.
    pub fn meets(self, other: Window) -> bool {
        (0..DAY).any(|minute| self.holds(minute) && other.holds(minute))
    }

    /// Whether all of another window lies in it.
    pub fn covers(self, other: Window) -> bool {
        (0..DAY).all(|minute| !other.holds(minute) || self.holds(minute))
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        write!(f, "{}-{}", clock(self.start), clock(self.end))
    }
}

/// Minutes of the day for `18:00`, `9:30`, `24:00`.
pub fn minutes_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |s: &str, most: u32| {
        let digits = (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        s.parse::<u32>().ok().filter(|n| digits && *n <= most)
    };
    let of_day = two(hours, 24)? * 60 + two(minutes, 59).filter(|_| minutes.len() == 2)?;
    (of_day <= DAY).then_some(of_day)
}

/// Texts to one person in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frequency {
    /// At most so many, above zero.
    pub most: u32,
    /// In this time.
    pub within: WaitTime,
    /// Seconds of the unit that its author counts that time in: 7 days are not called a week.
    unit_seconds: u64,
}

impl Frequency {
    /// Reads `4 per 7 days`. None where it is none; what is wrong with it, the check of its form says.
    pub fn parse(text: &str) -> Option<Frequency> {
        let (most, within) = text.split_once(" per ")?;
        let most = most.trim().parse().ok().filter(|most| *most > 0)?;
        let within = WaitTime::parse(within.trim()).ok()?;
        let unit_seconds = WaitTime::unit_seconds(text)?;
        Some(Frequency {
            most,
            within,
            unit_seconds,
        })
    }

    /// Texts a second, to tell which of two lets fewer through in the long run.
    pub fn per_second(self) -> f64 {
        let seconds = match self.within {
            WaitTime::Elapsed(time) => time.num_seconds().max(1),
            WaitTime::Days(days) => i64::from(days.max(1)) * 86_400,
        };
        f64::from(self.most) / seconds as f64
    }
}

impl std::fmt::Display for Frequency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} per {}",
            self.most,
            self.within.counted_in(self.unit_seconds)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_what_lies_in_them() {
        let window = |text| Window::parse(text).expect("a window");
        let table = [
            ("21:00-09:00", "22:00-08:00", true),
            ("21:00-09:00", "21:00-09:00", true),
            ("21:00-09:00", "20:00-09:00", false),
            ("21:00-09:00", "08:00-10:00", false),
            ("08:00-20:00", "10:00-12:00", true),
            ("00:00-24:00", "23:00-01:00", true),
        ];
        for (outer, inner, expected) in table {
            assert_eq!(window(outer).covers(window(inner)), expected, "{outer} {inner}");
        }
        for none in ["", "10:00", "10:00-10:00", "24:00-08:00", "25:00-08:00", "10-12"] {
            assert_eq!(Window::parse(none), None, "{none}");
        }
        assert_eq!(window("9:30-24:00").to_string(), "09:30-24:00");
    }

    #[test]
    fn frequencies_are_compared_by_what_they_let_through() {
        let per_second = |text| Frequency::parse(text).expect("a frequency").per_second();
        assert!(per_second("4 per 7 days") < per_second("1 per 24 hours"));
        for none in ["4", "0 per 7 days", "4 per week", "per 7 days"] {
            assert_eq!(Frequency::parse(none), None, "{none}");
        }
    }
}
