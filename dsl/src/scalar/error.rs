//! Why a scalar is not what its field expects.

use super::share::is_rate_in_words;
use super::wait::is_unit_of_all;

/// What is wrong with the text of a scalar. The message is lowercase and names the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScalarError {
    /// Not a number and a unit of time.
    #[error("\"{text}\" is not a duration")]
    NotADuration {
        /// As written.
        text: String,
    },
    /// The unit is not one of the language.
    #[error("\"{unit}\" is not a unit of time")]
    UnknownTimeUnit {
        /// As written.
        unit: String,
        /// What was probably meant, whole: `2 hours`.
        meant: Option<String>,
    },
    /// `2days`.
    #[error("\"{text}\" lacks the space between the number and the unit")]
    NoSpaceBeforeUnit {
        /// As written.
        text: String,
        /// What was meant, whole: `2 days`.
        meant: String,
    },
    /// Zero, or past ten years.
    #[error("\"{text}\" is {how}")]
    DurationOutOfRange {
        /// As written.
        text: String,
        /// `no time at all` or `longer than ten years`.
        how: &'static str,
    },
    /// Not a number and a unit of time, milliseconds included.
    #[error("\"{text}\" is not a time-out")]
    NotATimeout {
        /// As written.
        text: String,
        /// What was probably meant, whole: `500 ms`.
        meant: Option<String>,
    },
    /// Too short for any answer, or longer than anybody waits.
    #[error("\"{text}\" is not between 100 ms and 10 minutes")]
    TimeoutOutOfRange {
        /// As written.
        text: String,
    },
    /// Not a number and a currency.
    #[error("\"{text}\" is not a sum of money")]
    NotMoney {
        /// As written.
        text: String,
        /// What was probably meant, whole: `500 EUR`.
        meant: Option<String>,
    },
    /// A budget of nothing.
    #[error("\"{text}\" pays for nothing: a sum of money is above zero")]
    MoneyOfZero {
        /// As written.
        text: String,
    },
    /// Not scheme, host and port of HTTP.
    #[error("\"{text}\" is not the URL of a carrier")]
    NotAnUrl {
        /// As written.
        text: String,
    },
    /// The host is not this machine.
    #[error("\"{host}\" is not this machine, and a simulated carrier never leaves it")]
    UrlLeavesMachine {
        /// The host of the URL.
        host: String,
    },
    /// Not a number, a slash and a unit of time.
    #[error("\"{text}\" is not a rate")]
    NotARate {
        /// As written.
        text: String,
        /// What was probably meant, whole: `50/s`.
        meant: Option<String>,
    },
    /// Zero parts in whatever time.
    #[error("\"{text}\" would never send: a rate is above zero")]
    RateOfZero {
        /// As written.
        text: String,
    },
    /// Not a number and a percent sign.
    #[error("\"{text}\" is not a share")]
    NotAShare {
        /// As written.
        text: String,
        /// What was probably meant, whole: `5%`.
        meant: Option<String>,
    },
    /// Below 0 % or above 100 %.
    #[error("\"{text}\" is not between 0% and 100%")]
    ShareOutOfRange {
        /// As written.
        text: String,
    },
    /// Neither a local time nor RFC 3339.
    #[error("\"{text}\" is not a time")]
    NotATime {
        /// As written.
        text: String,
    },
    /// A date alone.
    #[error("\"{text}\" has no time of day")]
    NoTimeOfDay {
        /// As written.
        text: String,
    },
    /// Written like a time, but no calendar has it: 30 February, 25:00.
    #[error("\"{text}\" does not exist on any calendar or clock")]
    NoSuchTime {
        /// As written.
        text: String,
    },
}

/// Whether two texts are one sum, but for letter case, spaces, order, and how euros and a month are written.
fn is_same_sum(a: &str, b: &str) -> bool {
    let signs = |text: &str| {
        let text = text.to_lowercase().replace('€', "eur");
        let month = [
            "/ month",
            "/month",
            "a month",
            "each month",
            "every month",
            "monthly",
        ];
        let month = month.iter().find_map(|month| text.strip_suffix(month));
        let text = month.map_or(text.clone(), |sum| format!("{sum} per month"));
        let mut signs: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        signs.sort_unstable();
        signs
    };
    signs(a) == signs(b)
}

/// Whether a sum has more than two digits after its point, and nothing else amiss.
fn is_too_fine(text: &str) -> bool {
    let Some((whole, rest)) = text.split_once('.') else {
        return false;
    };
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let shorter = || super::Budget::parse(&format!("{whole}.01{}", &rest[digits..]));
    digits > 2 && shorter().is_ok()
}

const DURATION_FORMS: &str =
    "write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`";
const TIMEOUT_FORMS: &str = "write a whole number and a unit: `500 ms`, `2 seconds`, `1 minute`";
const MONEY_FORMS: &str =
    "write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`";
const URL_FORMS: &str = "write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`";
const RATE_FORMS: &str = "write parts in a time: `50/s`, `1000/minute`, `20000/hour`";
const SHARE_FORMS: &str = "write a percentage from 0 to 100: `1%`, `2.5%`";
const TIME_FORMS: &str =
    "write `2026-12-01 10:00` for the campaign's clock, or with an offset `2026-12-01T10:00:00+01:00`";

impl ScalarError {
    /// The text that was probably meant, whole.
    pub fn meant(&self) -> Option<&str> {
        match self {
            ScalarError::UnknownTimeUnit { meant, .. }
            | ScalarError::NotATimeout { meant, .. }
            | ScalarError::NotMoney { meant, .. }
            | ScalarError::NotARate { meant, .. }
            | ScalarError::NotAShare { meant, .. } => meant.as_deref(),
            ScalarError::NoSpaceBeforeUnit { meant, .. } => Some(meant),
            ScalarError::NotADuration { .. }
            | ScalarError::DurationOutOfRange { .. }
            | ScalarError::TimeoutOutOfRange { .. }
            | ScalarError::MoneyOfZero { .. }
            | ScalarError::NotAnUrl { .. }
            | ScalarError::UrlLeavesMachine { .. }
            | ScalarError::RateOfZero { .. }
            | ScalarError::ShareOutOfRange { .. }
            | ScalarError::NotATime { .. }
            | ScalarError::NoTimeOfDay { .. }
            | ScalarError::NoSuchTime { .. } => None,
        }
    }

    /// Whether what was probably meant is certain: only its spelling is another. `5m` may be months, and `5$` dollars of many
    /// countries.
    pub fn is_of_spelling(&self) -> bool {
        match self {
            ScalarError::NoSpaceBeforeUnit { .. } => true,
            ScalarError::UnknownTimeUnit { unit, .. } => is_unit_of_all(unit),
            ScalarError::NotMoney { text, meant } => {
                meant.as_deref().is_some_and(|meant| is_same_sum(text, meant))
            }
            ScalarError::NotARate { text, .. } => is_rate_in_words(text),
            ScalarError::NotAShare { text, .. } => text.contains("per") || text.ends_with("pct"),
            ScalarError::NotATimeout { .. }
            | ScalarError::NotADuration { .. }
            | ScalarError::DurationOutOfRange { .. }
            | ScalarError::TimeoutOutOfRange { .. }
            | ScalarError::MoneyOfZero { .. }
            | ScalarError::NotAnUrl { .. }
            | ScalarError::UrlLeavesMachine { .. }
            | ScalarError::RateOfZero { .. }
            | ScalarError::ShareOutOfRange { .. }
            | ScalarError::NotATime { .. }
            | ScalarError::NoTimeOfDay { .. }
            | ScalarError::NoSuchTime { .. } => false,
        }
    }

    /// What to do: the text that was probably meant, else the accepted forms, with examples.
    pub fn help(&self) -> String {
        match self {
            ScalarError::NotADuration { .. } => DURATION_FORMS.into(),
            ScalarError::NoSpaceBeforeUnit { meant, .. } => format!("write \"{meant}\""),
            ScalarError::UnknownTimeUnit { meant: None, .. } => {
                "the units are seconds, minutes, hours, days and weeks: `90 seconds`, `36 hours`, `2 days`"
                    .into()
            }
            ScalarError::UnknownTimeUnit {
                meant: Some(meant), ..
            } => {
                format!("did you mean \"{meant}\"? the units are seconds, minutes, hours, days and weeks")
            }
            ScalarError::DurationOutOfRange { .. } => DURATION_FORMS.into(),
            ScalarError::NotATimeout { meant, .. } => with_meant(meant.as_deref(), TIMEOUT_FORMS),
            ScalarError::TimeoutOutOfRange { .. } => TIMEOUT_FORMS.into(),
            ScalarError::NotMoney { meant: None, text } if let Some((sum, _)) = text.split_once(" per ") => {
                format!("a budget is one of a launch, or of a month: `{sum}`, `{sum} per month`")
            }
            ScalarError::NotMoney { meant: None, text } if is_too_fine(text) => {
                "cents are the smallest: write at most two digits after the point".into()
            }
            ScalarError::NotMoney { meant, .. } => with_meant(meant.as_deref(), MONEY_FORMS),
            ScalarError::MoneyOfZero { .. } => MONEY_FORMS.into(),
            ScalarError::NotAnUrl { .. } | ScalarError::UrlLeavesMachine { .. } => URL_FORMS.into(),
            ScalarError::NotARate { meant, .. } => with_meant(meant.as_deref(), RATE_FORMS),
            ScalarError::RateOfZero { .. } => RATE_FORMS.into(),
            ScalarError::NotAShare { meant, .. } => with_meant(meant.as_deref(), SHARE_FORMS),
            ScalarError::ShareOutOfRange { .. } => SHARE_FORMS.into(),
            ScalarError::NotATime { .. } | ScalarError::NoSuchTime { .. } => TIME_FORMS.into(),
            ScalarError::NoTimeOfDay { text } => format!("add one: `{text} 10:00`"),
        }
    }
}

fn with_meant(meant: Option<&str>, forms: &str) -> String {
    match meant {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => forms.into(),
    }
}
