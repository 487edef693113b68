//! When a campaign begins, as written: for everybody at a time, by a cron, by a column, or for one person by a trigger.

use std::ops::Range;

use chrono::NaiveDate;

use crate::scalar::{WaitTime, WrittenTime, minutes_of_day, parse_time};
use crate::tree::Node;
use crate::written::{Spanned, is_time_of_day, key_of, parsed, several, spanned, text};

/// The key `schedule`.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// `now` or a time.
    pub start: Option<Spanned<Start>>,
    /// Five fields.
    pub cron: Option<Spanned<String>>,
    /// The first day of a cron.
    pub from: Option<Spanned<NaiveDate>>,
    /// The last day of a cron.
    pub until: Option<Spanned<NaiveDate>>,
    /// The column that gives the day.
    pub date: Option<Spanned<String>>,
    /// The minute of that day, below 1,440.
    pub time_of_day: Option<u32>,
    /// That day comes every year.
    pub yearly: bool,
    /// So long before that day.
    pub before: Option<Spanned<WaitTime>>,
    /// So long after that day.
    pub after: Option<Spanned<WaitTime>>,
    /// Times are on the recipient's clock, not the campaign's.
    pub recipient_clock: bool,
    /// How late it may begin.
    pub late: Option<Spanned<WaitTime>>,
    /// What could not be sent by then is not sent.
    pub expires: Option<Spanned<WaitTime>>,
    /// Over how long it is spread.
    pub spread: Option<Spanned<WaitTime>>,
    /// Hours, as written.
    pub window: Option<Spanned<String>>,
    /// Weekdays.
    pub days: Vec<Spanned<String>>,
    /// Whether a person may enter twice, as written.
    pub again: Option<Spanned<String>>,
    /// Keys of the map: where to point for how two of them go together. Empty for a time alone.
    pub keys: Vec<Spanned<String>>,
}

/// When it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// When run or applied.
    Now,
    /// At this time.
    At(WrittenTime),
    /// At a time of day, without a day.
    TimeOfDay,
}

/// The key `trigger`.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// The event.
    pub event: Option<Spanned<String>>,
    /// The field of the event that tells passages apart.
    pub key: Option<Spanned<String>>,
    /// Which events.
    pub conditions: Vec<Spanned<String>>,
    /// The list whose joining begins it.
    pub joins: Option<Spanned<String>>,
    /// The text that begins it.
    pub keyword: Option<Spanned<String>>,
    /// Whether a person may enter twice, as written.
    pub again: Option<Spanned<String>>,
    /// Hours, as written.
    pub window: Option<Spanned<String>>,
    /// Weekdays.
    pub days: Vec<Spanned<String>>,
    /// What could not be sent by then is not sent.
    pub expires: Option<Spanned<WaitTime>>,
    /// Its key.
    pub span: Range<usize>,
}

impl Schedule {
    pub(super) fn read(node: &Node) -> Schedule {
        let at = match node.scalar() {
            Some(_) => Some(node),
            None => node.get("at"),
        };
        let duration = |key| parsed(node, key, |text| WaitTime::parse(text).ok());
        let day = |key| parsed(node, key, |text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
        Schedule {
            start: at.and_then(start),
            cron: text(node, "cron"),
            from: day("from"),
            until: day("until"),
            date: text(node, "date"),
            time_of_day: at.and_then(Node::text).and_then(minutes_of_day),
            yearly: node.get("yearly").and_then(Node::text) == Some("true"),
            before: duration("before"),
            after: duration("after"),
            recipient_clock: node.get("clock").and_then(Node::text) == Some("recipient"),
            late: duration("late"),
            expires: duration("expires"),
            spread: duration("spread"),
            window: text(node, "window"),
            days: several(node, "days"),
            again: text(node, "again"),
            keys: node.entries().iter().map(key_of).collect(),
        }
    }

    /// Where a key of the map stands.
    pub fn key(&self, name: &str) -> Option<Range<usize>> {
        let key = self.keys.iter().find(|key| key.value == name);
        key.map(|key| key.span.clone())
    }
}

fn start(node: &Node) -> Option<Spanned<Start>> {
    let Spanned { value, span } = spanned(node)?;
    let value = match value.as_str() {
        "now" => Start::Now,
        clock if is_time_of_day(clock) => Start::TimeOfDay,
        time => Start::At(parse_time(time).ok()?),
    };
    Some(Spanned { value, span })
}

impl Trigger {
    pub(super) fn read(span: Range<usize>, node: &Node) -> Trigger {
        Trigger {
            event: text(node, "event"),
            key: text(node, "key"),
            conditions: several(node, "where"),
            joins: text(node, "joins"),
            keyword: text(node, "keyword"),
            again: text(node, "again"),
            window: text(node, "window"),
            days: several(node, "days"),
            expires: parsed(node, "expires", |text| WaitTime::parse(text).ok()),
            span,
        }
    }
}
