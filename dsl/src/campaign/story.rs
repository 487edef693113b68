//! Stories as meant: what `crier test` plays with one person on a clock of its own.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::scalar::{WaitTime, Window, WrittenTime};
use crate::tree::Node;

/// A story.
#[derive(Debug, Clone)]
pub struct Story {
    /// What it shows.
    pub name: String,
    /// Values of the person by column or field; `phone`, `language` and `timezone` are ours.
    pub person: Vec<(String, String)>,
    /// The tags that the person has from before.
    pub tags: BTreeSet<String>,
    /// The variant that is chosen for the person.
    pub variant: Option<String>,
    /// When it begins, on the person's clock; none: when the schedule says.
    pub at: Option<WrittenTime>,
    /// The event that begins it.
    pub event: Option<Occurrence>,
    /// What happens, in order.
    pub scenes: Vec<Scene>,
    /// Its first key, in bytes of the file.
    pub span: Range<usize>,
    /// The value of `person`, in bytes of the file.
    pub person_span: Range<usize>,
    /// The list of its lines, in bytes of the file, where it has none.
    pub empty: Option<Range<usize>>,
}

/// What a field of the person must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its name.
    pub field: String,
    /// Its value.
    pub value: String,
    /// Where that stands in the file.
    pub span: Range<usize>,
}

/// An event of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Its name.
    pub name: String,
    /// What it carries.
    pub fields: Vec<(String, String)>,
}

/// A line of a story.
#[derive(Debug, Clone)]
pub struct Scene {
    /// What it says.
    pub said: Said,
    /// The value of its first key, in bytes of the file: what `--update` writes anew.
    pub value: Range<usize>,
    /// All of it, in bytes of the file.
    pub whole: Range<usize>,
}

/// What a line of a story says.
#[derive(Debug, Clone)]
pub enum Said {
    /// The text that comes next.
    Expect(Expectation),
    /// The person answers.
    Reply(String),
    /// The person writes what nobody asked for.
    Says(String),
    /// The carrier's word on a text.
    Receipt {
        /// It arrived, or not.
        delivered: bool,
        /// The message that it is about, and where that stands in the file; none: the latest text.
        of: Option<(String, Range<usize>)>,
    },
    /// The person opens a link.
    Clicks(String),
    /// An event of the API.
    Event(Occurrence),
    /// A request is made, and gets this answer.
    Calls {
        /// Where to.
        url: String,
        /// Where that stands in the file.
        span: Range<usize>,
        /// What it answers; none: 200 without a body.
        answer: Option<Node>,
    },
    /// The clock runs.
    After(WaitTime),
    /// The person has these tags.
    Tagged(Vec<String>),
    /// The person joined these lists.
    Joined(Vec<String>),
    /// The person left these lists.
    Left(Vec<String>),
    /// The person has these values.
    Set(Vec<Assertion>),
    /// An inbox got a text of ours.
    Notified(String),
    /// An inbox got the reply.
    Forwarded(String),
    /// The passage ended for this reason.
    Finished(String),
}

/// A text that must come.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// What comes.
    pub what: Expected,
    /// What it says, word for word, and where that stands in the file.
    pub text: Option<(String, Range<usize>)>,
    /// How many parts it has, and where that stands in the file.
    pub parts: Option<(u32, Range<usize>)>,
    /// When it comes on the person's clock, and where that stands in the file.
    pub at: Option<(At, Range<usize>)>,
    /// Between which hours on the person's clock it comes, and where that stands in the file.
    pub between: Option<(Window, Range<usize>)>,
}

/// When a text comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// At this minute of some day.
    Minute(u32),
    /// At this time.
    Time(WrittenTime),
}

/// What comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A message, by its name.
    Message(String),
    /// The confirmation of an opt-out.
    OptOut,
    /// The confirmation of an opt-in.
    OptIn,
    /// The help text.
    Help,
    /// No text.
    Nothing,
}
