//! The named reasons for which somebody gets no text. `plan` counts them, `why` shows them.

use std::fmt;
use std::str::FromStr;

use dsl::template::RenderError;

/// Why a row or a person is left out. Order: as a plan lists them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// The row cannot be read.
    UnreadableRow,
    /// The phone cell holds no number.
    InvalidNumber,
    /// A landline.
    Landline,
    /// A toll-free number, or another one that is neither a mobile nor a landline.
    SpecialNumber,
    /// The number is of a country that the policy or the sender does not allow.
    Elsewhere,
    /// The number stood in an earlier row.
    Duplicate,
    /// Something happened to somebody who is in none of the lists of the audience.
    NotListed,
    /// The number is in a list under `except`.
    Excepted(String),
    /// This condition under `except` holds.
    ExceptedBy(String),
    /// A condition of `where` does not hold.
    Filtered,
    /// A condition of `where` cannot be decided: this value is empty or not of its type.
    Undecided(String),
    /// The person did not give the consent that the policy asks for, or the list says nothing of it.
    NoConsent,
    /// It cannot be read whether the person gave consent: this column says neither yes nor no.
    ConsentUndecided(String),
    /// It cannot be read when the person gave consent: this column holds no day up to today.
    ConsentUndated(String),
    /// Not in the sample.
    NotSampled,
    /// Held out, to compare with.
    HeldOut,
    /// Held out of all marketing of the project, to compare with.
    ControlGroup,
    /// The person said stop.
    OptedOut,
    /// In an earlier launch of the campaign, and its `again` does not let the person in (yet).
    EnteredBefore,
    /// Still inside of an earlier passage of the campaign.
    StillInside,
    /// Started by a campaign that they came to from this one, by steps alone.
    StartCycle,
    /// The launch was cancelled before the text went.
    Cancelled,
    /// A value that the text needs is empty, and the field has no default.
    EmptyValue(String),
    /// The value is not what the type of the field says.
    IllTyped(String),
    /// The text would be longer than `limits.parts`.
    TooManyParts,
    /// The rendered text is empty.
    EmptyText,
    /// The rendered text passes the bound of a template's output.
    TextTooLong,
    /// Its sender may not text the country of the number.
    NotBySender(String),
    /// No price is known for the country of the number, so that the budget could not be held.
    NoPrice,
    /// It could not be sent within `expires`.
    Expired,
    /// Its moment was past when the passage began.
    TooLate,
    /// What it waits for was moved into the past.
    MovedPast,
    /// No hour of two weeks is allowed for it.
    NoHours,
    /// The person got as many texts as `frequency` allows.
    TooMany,
    /// A condition of a step cannot be decided: this value is empty or not of its type.
    StepUndecided(String),
    /// The moment of a wait is not known, and what waits for it is passed over: this value is empty or not of its type.
    WaitUndecided(String),
    /// So many replies of this person were answered by themselves within an hour.
    TooManyAnswers,
    /// It says that the person opted out, or in again, and the person said otherwise since, or the same once more.
    Overtaken,
}

impl LeftOut {
    /// Stable name, for JSON and the store; a detail follows a colon.
    pub fn code(&self) -> String {
        let (name, detail) = self.parts();
        detail.map_or_else(|| name.to_owned(), |detail| format!("{name}:{detail}"))
    }

    fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            LeftOut::UnreadableRow => ("unreadable-row", None),
            LeftOut::InvalidNumber => ("invalid-number", None),
            LeftOut::Landline => ("landline", None),
            LeftOut::SpecialNumber => ("special-number", None),
            LeftOut::Elsewhere => ("elsewhere", None),
            LeftOut::Duplicate => ("duplicate", None),
            LeftOut::NotListed => ("not-listed", None),
            LeftOut::Excepted(list) => ("excepted", Some(list)),
            LeftOut::ExceptedBy(condition) => ("excepted-by", Some(condition)),
            LeftOut::Filtered => ("filtered", None),
            LeftOut::Undecided(name) => ("undecided", Some(name)),
            LeftOut::NoConsent => ("no-consent", None),
            LeftOut::ConsentUndecided(column) => ("consent-undecided", Some(column)),
            LeftOut::ConsentUndated(column) => ("consent-undated", Some(column)),
            LeftOut::NotSampled => ("not-sampled", None),
            LeftOut::HeldOut => ("held-out", None),
            LeftOut::ControlGroup => ("control-group", None),
            LeftOut::OptedOut => ("opted-out", None),
            LeftOut::EnteredBefore => ("entered-before", None),
            LeftOut::StillInside => ("still-inside", None),
            LeftOut::StartCycle => ("start-cycle", None),
            LeftOut::Cancelled => ("cancelled", None),
            LeftOut::EmptyValue(field) => ("empty-value", Some(field)),
            LeftOut::IllTyped(field) => ("ill-typed-value", Some(field)),
            LeftOut::TooManyParts => ("too-many-parts", None),
            LeftOut::EmptyText => ("empty-text", None),
            LeftOut::TextTooLong => ("text-too-long", None),
            LeftOut::NotBySender(sender) => ("not-by-sender", Some(sender)),
            LeftOut::NoPrice => ("no-price", None),
            LeftOut::Expired => ("expired", None),
            LeftOut::TooLate => ("too-late", None),
            LeftOut::MovedPast => ("moved-past", None),
            LeftOut::NoHours => ("no-hours", None),
            LeftOut::TooMany => ("too-many", None),
            LeftOut::StepUndecided(name) => ("step-undecided", Some(name)),
            LeftOut::WaitUndecided(name) => ("wait-undecided", Some(name)),
            LeftOut::TooManyAnswers => ("too-many-answers", None),
            LeftOut::Overtaken => ("overtaken", None),
        }
    }
}

/// A reason of the store that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown reason {0:?}")]
pub struct UnknownReason(String);

impl FromStr for LeftOut {
    type Err = UnknownReason;

    fn from_str(code: &str) -> Result<LeftOut, UnknownReason> {
        let (name, detail) = code.split_once(':').unwrap_or((code, ""));
        Ok(match name {
            "unreadable-row" => LeftOut::UnreadableRow,
            "invalid-number" => LeftOut::InvalidNumber,
            "landline" => LeftOut::Landline,
            "special-number" => LeftOut::SpecialNumber,
            "elsewhere" => LeftOut::Elsewhere,
            "duplicate" => LeftOut::Duplicate,
            "not-listed" => LeftOut::NotListed,
            "excepted" => LeftOut::Excepted(detail.to_owned()),
            "excepted-by" => LeftOut::ExceptedBy(detail.to_owned()),
            "filtered" => LeftOut::Filtered,
            "undecided" => LeftOut::Undecided(detail.to_owned()),
            "no-consent" => LeftOut::NoConsent,
            "consent-undecided" => LeftOut::ConsentUndecided(detail.to_owned()),
            "consent-undated" => LeftOut::ConsentUndated(detail.to_owned()),
            "not-sampled" => LeftOut::NotSampled,
            "held-out" => LeftOut::HeldOut,
            "control-group" => LeftOut::ControlGroup,
            "opted-out" => LeftOut::OptedOut,
            "entered-before" => LeftOut::EnteredBefore,
            "still-inside" => LeftOut::StillInside,
            "start-cycle" => LeftOut::StartCycle,
            "cancelled" => LeftOut::Cancelled,
            "empty-value" => LeftOut::EmptyValue(detail.to_owned()),
            "ill-typed-value" => LeftOut::IllTyped(detail.to_owned()),
            "too-many-parts" => LeftOut::TooManyParts,
            "empty-text" => LeftOut::EmptyText,
            "text-too-long" => LeftOut::TextTooLong,
            "not-by-sender" => LeftOut::NotBySender(detail.to_owned()),
            "no-price" => LeftOut::NoPrice,
            "expired" => LeftOut::Expired,
            "too-late" => LeftOut::TooLate,
            "moved-past" => LeftOut::MovedPast,
            "no-hours" => LeftOut::NoHours,
            "too-many" => LeftOut::TooMany,
            "step-undecided" => LeftOut::StepUndecided(detail.to_owned()),
            "wait-undecided" => LeftOut::WaitUndecided(detail.to_owned()),
            "too-many-answers" => LeftOut::TooManyAnswers,
            "overtaken" => LeftOut::Overtaken,
            _ => return Err(UnknownReason(code.to_owned())),
        })
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeftOut::UnreadableRow => f.write_str("row that cannot be read"),
            LeftOut::InvalidNumber => f.write_str("no valid number"),
            LeftOut::Landline => f.write_str("landline"),
            LeftOut::SpecialNumber => f.write_str("toll-free or another special number, no mobile"),
            LeftOut::Elsewhere => f.write_str("in a country that is not texted"),
            LeftOut::Duplicate => f.write_str("duplicate of an earlier row"),
            LeftOut::NotListed => f.write_str("in none of the lists of the audience"),
            LeftOut::Excepted(list) => write!(f, "in the except list {list}"),
            LeftOut::ExceptedBy(condition) => write!(f, "{condition}, which `except` leaves out"),
            LeftOut::Filtered => f.write_str("`where` does not hold"),
            LeftOut::Undecided(name) => {
                write!(f, "`where` cannot be decided: {name} is empty or not of its type")
            }
            LeftOut::NoConsent => f.write_str("no consent, which the policy asks for"),
            LeftOut::ConsentUndecided(column) => {
                write!(f, "consent is not clear: {column} says neither yes nor no")
            }
            LeftOut::ConsentUndated(column) => {
                write!(f, "consent is not clear: {column} is no day up to today")
            }
            LeftOut::NotSampled => f.write_str("not in the sample"),
            LeftOut::HeldOut => f.write_str("held out, to compare with"),
            LeftOut::ControlGroup => f.write_str("held out of all marketing, to compare with"),
            LeftOut::OptedOut => f.write_str("opted out"),
            LeftOut::EnteredBefore => f.write_str("in an earlier passage, and `again` does not let them in"),
            LeftOut::StillInside => f.write_str("still inside of an earlier passage"),
            LeftOut::StartCycle => f.write_str("started by a chain of `start` that began in this campaign"),
            LeftOut::Cancelled => f.write_str("the launch was cancelled"),
            LeftOut::EmptyValue(field) => write!(f, "{field} is empty"),
            LeftOut::IllTyped(field) => write!(f, "{field} is not of its type"),
            LeftOut::TooManyParts => f.write_str("text longer than limits.parts"),
            LeftOut::EmptyText => f.write_str("text is empty"),
            LeftOut::TextTooLong => f.write_str("text is past 16 KiB"),
            LeftOut::NotBySender(sender) => write!(f, "{sender} does not text that country"),
            LeftOut::NoPrice => {
                f.write_str("no price is known for the country, and the campaign has a budget")
            }
            LeftOut::Expired => f.write_str("it could not go in time"),
            LeftOut::TooLate => f.write_str("its moment was past when the passage began"),
            LeftOut::MovedPast => f.write_str("its moment was moved into the past"),
            LeftOut::NoHours => f.write_str("no hour is allowed for it"),
            LeftOut::TooMany => f.write_str("as many texts as the frequency allows"),
            LeftOut::StepUndecided(name) => {
                write!(
                    f,
                    "the step cannot be decided: {name} is empty or not of its type"
                )
            }
            LeftOut::WaitUndecided(name) => {
                write!(f, "its moment is not known: {name} is empty or not of its type")
            }
            LeftOut::TooManyAnswers => f.write_str("answered by itself too often within an hour"),
            LeftOut::Overtaken => {
                f.write_str("a confirmation, since the person wrote STOP or START again before it could go")
            }
        }
    }
}

impl From<RenderError> for LeftOut {
    fn from(error: RenderError) -> LeftOut {
        match error {
            RenderError::Empty { name } | RenderError::Unknown { name } => LeftOut::EmptyValue(name),
            RenderError::NotOfKind { name, .. } => LeftOut::IllTyped(name),
            RenderError::TooLong => LeftOut::TextTooLong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_back_from_its_code() {
        let all = [
            LeftOut::UnreadableRow,
            LeftOut::InvalidNumber,
            LeftOut::Landline,
            LeftOut::SpecialNumber,
            LeftOut::Elsewhere,
            LeftOut::Duplicate,
            LeftOut::NotListed,
            LeftOut::Excepted("staff".into()),
            LeftOut::ExceptedBy("received(\"flash-sale\", \"24 hours\")".into()),
            LeftOut::Filtered,
            LeftOut::Undecided("age".into()),
            LeftOut::NoConsent,
            LeftOut::ConsentUndecided("Consenso".into()),
            LeftOut::ConsentUndated("Data".into()),
            LeftOut::NotSampled,
            LeftOut::HeldOut,
            LeftOut::ControlGroup,
            LeftOut::OptedOut,
            LeftOut::EnteredBefore,
            LeftOut::StillInside,
            LeftOut::StartCycle,
            LeftOut::Cancelled,
            LeftOut::EmptyValue("first_name".into()),
            LeftOut::IllTyped("age: years".into()),
            LeftOut::TooManyParts,
            LeftOut::EmptyText,
            LeftOut::TextTooLong,
            LeftOut::NotBySender("arena".into()),
            LeftOut::NoPrice,
            LeftOut::Expired,
            LeftOut::TooLate,
            LeftOut::MovedPast,
            LeftOut::NoHours,
            LeftOut::TooMany,
            LeftOut::StepUndecided("age".into()),
            LeftOut::WaitUndecided("starts".into()),
            LeftOut::TooManyAnswers,
            LeftOut::Overtaken,
        ];
        for reason in all {
            assert_eq!(reason.code().parse::<LeftOut>().expect("our own code"), reason);
        }
        assert!("later-reason".parse::<LeftOut>().is_err());
    }
}
