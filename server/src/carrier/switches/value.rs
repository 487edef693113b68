//! The values of switches: how each is read and shown. What is shown is read again to the same.

use std::fmt;
use std::time::Duration;

use dsl::scalar::Share;

/// What a switch can be set to.
pub(super) trait Value: Sized {
    /// Reads it; the error says what is accepted.
    fn read(text: &str) -> Result<Self, String>;
    /// In the form that is read.
    fn show(&self) -> String;
}

/// A time, or a range of which every time is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// At least.
    pub least: Duration,
    /// At most; not less than `least`.
    pub most: Duration,
}

/// The longest time of a switch: what is added to an instant stays an instant.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);
/// The units of time and their milliseconds, the largest first.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
    ("ms", 1),
];
const SPAN_FORMS: &str =
    "write a time as `200 ms`, `2 s`, `5 min`, `72 h` or `3 d`, or a range as `20 ms..2 s`";

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span {
        least: Duration::ZERO,
        most: Duration::ZERO,
    };

    /// Always so many milliseconds.
    pub const fn ms(time: u64) -> Span {
        Span::range_ms(time, time)
    }

    /// Between these, in milliseconds.
    pub const fn range_ms(least: u64, most: u64) -> Span {
        Span {
            least: Duration::from_millis(least),
            most: Duration::from_millis(most),
        }
    }
}

impl Value for Span {
    fn read(text: &str) -> Result<Span, String> {
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let (least, most) = (time(least)?, time(most)?);
        if least > most {
            return Err("the range begins after its end".to_owned());
        }
        Ok(Span { least, most })
    }

    fn show(&self) -> String {
        if self.least == self.most {
            return shown_time(self.least);
        }
        format!("{}..{}", shown_time(self.least), shown_time(self.most))
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = (text[..unit_at].parse::<u64>(), text[unit_at..].trim());
    let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ms)| *ms);
    let time = match (number, factor, unit) {
        (Ok(number), Some(factor), _) => number.checked_mul(factor).map(Duration::from_millis),
        (Ok(0), None, "") => Some(Duration::ZERO),
        (Ok(_) | Err(_), _, _) => return Err(SPAN_FORMS.to_owned()),
    };
    time.filter(|time| *time <= LONGEST)
        .ok_or_else(|| "at most 366 days".to_owned())
}

fn shown_time(time: Duration) -> String {
    let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if ms == 0 {
        return "0 s".to_owned();
    }
    let (unit, factor) = UNITS
        .iter()
        .find(|(_, factor)| ms.is_multiple_of(*factor))
        .unwrap_or(&UNITS[4]);
    format!("{} {unit}", ms / factor)
}

impl Value for Share {
    fn read(text: &str) -> Result<Share, String> {
        Share::parse(text).map_err(|error| error.help())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    fn read(text: &str) -> Result<bool, String> {
        match text.trim() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err("write `on` or `off`".to_owned()),
        }
    }

    fn show(&self) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
}

impl Value for u64 {
    fn read(text: &str) -> Result<u64, String> {
        text.trim()
            .parse()
            .map_err(|_| "write a whole number from 0".to_owned())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// A number of times, small, and no smaller than `LEAST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times<const LEAST: u8 = 0>(pub u8);

/// The most that [`Times`] can be.
const MOST_TIMES: u8 = 100;

impl<const LEAST: u8> Value for Times<LEAST> {
    fn read(text: &str) -> Result<Times<LEAST>, String> {
        let times = text.trim().parse().ok();
        times
            .filter(|times| (LEAST..=MOST_TIMES).contains(times))
            .map(Times)
            .ok_or_else(|| format!("write a whole number from {LEAST} to {MOST_TIMES}"))
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

impl Value for String {
    fn read(text: &str) -> Result<String, String> {
        if text.chars().count() > 1_000 {
            return Err("at most 1,000 characters".to_owned());
        }
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

/// An enumeration of which every variant has a word.
macro_rules! words {
    ($(#[$meta:meta])* $type:ident { $( $(#[$doc:meta])+ $variant:ident = $word:literal, )+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type { $( $(#[$doc])+ $variant, )+ }

        impl $type {
            /// All of them.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// Its word.
            pub fn word(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }

            /// The one of this word.
            pub fn of(word: &str) -> Option<$type> {
                $type::ALL.iter().copied().find(|known| known.word() == word)
            }
        }
    };
}
pub(in crate::carrier) use words;

/// The same as a value of a switch.
macro_rules! word_value {
    ($type:ident) => {
        impl Value for $type {
            fn read(text: &str) -> Result<$type, String> {
                $type::of(text.trim()).ok_or_else(|| {
                    let words: Vec<&str> = $type::ALL.iter().map(|known| known.word()).collect();
                    format!("write one of {}", words.join(", "))
                })
            }

            fn show(&self) -> String {
                self.word().to_owned()
            }
        }
    };
}

words! {
    /// Whether the carrier answers at all.
    Down {
        /// It does.
        No = "no",
        /// 503, whatever is asked.
        Answers503 = "503",
        /// Every connection is closed at the first request.
        Close = "close",
    }
}
word_value!(Down);

words! {
    /// What a 429 says of when to come again.
    RetryAfter {
        /// `Retry-After: 1`.
        Seconds = "seconds",
        /// `Retry-After: Wed, 21 Oct 2026 07:28:00 GMT`.
        Date = "date",
        /// `Retry-After-Ms: 1000`.
        Ms = "ms",
        /// Nothing.
        Nothing = "none",
        /// 30,000 years.
        Huge = "huge",
        /// Minus five seconds.
        Negative = "negative",
        /// `soon`.
        Garbage = "garbage",
        /// One of the others each time.
        Mixed = "mixed",
    }
}
word_value!(RetryAfter);

words! {
    /// What is answered instead of JSON.
    Garbage {
        /// A page of HTML.
        Html = "html",
        /// Bytes that are no UTF-8.
        BadUtf8 = "bad-utf8",
        /// 50 MB.
        Huge = "huge",
        /// One of the others each time.
        Mixed = "mixed",
    }
}
word_value!(Garbage);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}
