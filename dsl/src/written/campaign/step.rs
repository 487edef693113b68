//! Steps as written: one verb each, and what may stand beside it. Steps may hold others, so a list of them is a tree.

use std::ops::Range;

use super::rule::Rule;
use super::{Texts, Value};
use crate::scalar::{WaitTime, WrittenTime, minutes_of_day as minutes, parse_time};
use crate::tree::{Entry, Kind, Node};
use crate::written::{
    Spanned, is_time_of_day, key_of, one_or_list, own_entries, parsed, several, spanned, text,
};

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// The key `id`.
    pub id: Option<Spanned<String>>,
    /// What it does.
    pub verb: Verb,
    /// The key of the verb; the whole step where it has none.
    pub span: Range<usize>,
    /// The key `when`: all must hold.
    pub when: Vec<Spanned<String>>,
    /// The key `unless`: not if all hold.
    pub unless: Vec<Spanned<String>>,
    /// The key `sender`.
    pub sender: Option<Spanned<String>>,
    /// The key `window`, as written.
    pub window: Option<Spanned<String>>,
    /// The key `at`.
    pub at: Option<Moment>,
    /// Where its time stands.
    pub at_span: Option<Range<usize>>,
    /// The key `expires`.
    pub expires: Option<Spanned<WaitTime>>,
}

/// A point on the recipient's clock.
#[derive(Debug, Clone)]
pub enum Moment {
    /// The next such minute of the day, below 1,440.
    TimeOfDay(u32),
    /// A time.
    Time(WrittenTime),
    /// By a field.
    Day {
        /// The field that gives the day; none where that is wrong.
        date: Option<Spanned<String>>,
        /// So long before it.
        before: Option<Spanned<WaitTime>>,
        /// So long after it.
        after: Option<Spanned<WaitTime>>,
        /// The minute of that day; none: that of the field.
        at: Option<u32>,
    },
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Verb {
    /// Sends a message.
    Send(Sent),
    /// Sends a message and waits for a reply.
    Ask(Box<Ask>),
    /// Waits for a time.
    Wait(WaitTime),
    /// Waits for a moment: of a field, or of the clock.
    WaitUntil(Option<Moment>),
    /// Waits for something to happen.
    Await(Branches),
    /// Goes the way of the first rule that holds.
    Choose(Vec<Rule>),
    /// Goes a way that is drawn.
    Split(Vec<Arm>),
    /// Puts a tag on the person.
    Tag(Spanned<String>),
    /// Takes it away.
    Untag(Spanned<String>),
    /// Gives fields values.
    Set(Vec<(Spanned<String>, Value)>),
    /// Puts the person on a stored list.
    Join(Spanned<String>),
    /// Takes the person off it.
    Leave(Spanned<String>),
    /// Sends the reply to an inbox.
    Forward(Spanned<String>),
    /// Sends a text of ours to an inbox.
    Notify {
        /// The inbox.
        to: Option<Spanned<String>>,
        /// The text.
        text: Option<Value>,
    },
    /// Calls a host.
    Call(Call),
    /// Enrols the person in another campaign.
    Start(Spanned<String>),
    /// Does steps several times.
    Repeat {
        /// How often at most, as written.
        times: Option<Spanned<String>>,
        /// The time between two.
        every: Option<Spanned<WaitTime>>,
        /// It ends early where all of these hold.
        until: Vec<Spanned<String>>,
        /// What is done each time.
        body: Vec<Step>,
    },
    /// Ends the passage.
    Finish(Option<Spanned<String>>),
    /// None, or one that is wrong: that has been said.
    Other,
}

/// What a step sends.
#[derive(Debug, Clone)]
pub enum Sent {
    /// A message by its name.
    Name(Spanned<String>),
    /// A text written in the step.
    Texts(Texts),
}

/// A question.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// What is sent; none where that is wrong.
    pub sent: Option<Sent>,
    /// How long it stays open.
    pub open_for: Option<Spanned<WaitTime>>,
    /// What replies do.
    pub answers: Vec<Rule>,
    /// The field that the reply is kept in.
    pub save: Option<Spanned<String>>,
    /// What is sent after a reply that no answer takes.
    pub unclear: Option<Sent>,
    /// What is sent before the time is over.
    pub remind: Option<Sent>,
    /// How long after the question that is.
    pub remind_after: Option<Spanned<WaitTime>>,
    /// What is done when nobody replied.
    pub silence: Vec<Step>,
}

/// The two ways after something that may happen.
#[derive(Debug, Clone, Default)]
pub struct Branches {
    /// What is waited for: all must have happened.
    pub what: Vec<Spanned<String>>,
    /// How long it is waited for.
    pub within: Option<Spanned<WaitTime>>,
    /// When it happened.
    pub then: Vec<Step>,
    /// When it did not.
    pub silence: Vec<Step>,
}

/// A way of `split`.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Its name.
    pub name: Spanned<String>,
    /// Its share, as written.
    pub share: Option<Spanned<String>>,
    /// What is done.
    pub body: Vec<Step>,
}

/// A call over HTTP.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// Where to.
    pub url: Option<Value>,
    /// As written; none: `POST`.
    pub method: Option<Spanned<String>>,
    /// The body.
    pub body: Option<Node>,
    /// Texts of the body, wherever they stand in it.
    pub body_texts: Vec<Value>,
    /// The field that something of the answer is kept in, where one is named.
    pub save: Option<Spanned<String>>,
    /// How long an answer is waited for.
    pub timeout: Option<Spanned<String>>,
}

impl Step {
    /// It may be passed over.
    pub fn is_conditional(&self) -> bool {
        !self.when.is_empty() || !self.unless.is_empty()
    }

    /// Steps in order: one, or a list of them.
    pub(crate) fn several(node: &Node) -> Vec<Step> {
        match node.kind {
            Kind::Map(_) => vec![Step::read(node)],
            Kind::List(_) => node.items().iter().map(Step::read).collect(),
            Kind::Scalar(_) | Kind::Bad => vec![],
        }
    }

    /// The step of a map; a rule with a verb of its own is one too.
    pub(crate) fn read(node: &Node) -> Step {
        let (verb, span) = verb(node).unwrap_or((Verb::Other, node.span.clone()));
        Step {
            id: text(node, "id"),
            verb,
            span,
            when: several(node, "when"),
            unless: several(node, "unless"),
            sender: text(node, "sender"),
            window: text(node, "window"),
            at: node.get("at").and_then(Moment::read),
            at_span: node.get("at").map(|at| at.get("at").unwrap_or(at).span.clone()),
            expires: duration(node, "expires"),
        }
    }

    /// The lists of steps that stand in it.
    pub fn inner(&self) -> Vec<&[Step]> {
        self.branches().into_iter().map(|(_, steps)| steps).collect()
    }

    /// The same, each with what it is called below the step.
    pub(crate) fn branches(&self) -> Vec<(Vec<String>, &[Step])> {
        let branch = |name: &str, steps| (vec![name.to_owned()], steps);
        match &self.verb {
            Verb::Ask(ask) => {
                let answers = (1..).zip(&ask.answers);
                let answers = answers
                    .map(|(nth, rule)| (vec!["answers".to_owned(), nth.to_string()], rule.steps.as_slice()));
                answers
                    .chain([branch("silence", ask.silence.as_slice())])
                    .collect()
            }
            Verb::Await(ways) => vec![branch("then", &ways.then), branch("silence", &ways.silence)],
            Verb::Choose(rules) => {
                let rules = (1..).zip(rules);
                rules
                    .map(|(nth, rule)| branch(&nth.to_string(), &rule.steps))
                    .collect()
            }
            Verb::Split(arms) => {
                let arms = arms.iter();
                arms.map(|arm| branch(&arm.name.value, &arm.body)).collect()
            }
            Verb::Repeat { body, .. } => vec![branch("do", body)],
            Verb::Send(_)
            | Verb::Wait(_)
            | Verb::WaitUntil(_)
            | Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Set(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Forward(_)
            | Verb::Notify { .. }
            | Verb::Call(_)
            | Verb::Start(_)
            | Verb::Finish(_)
            | Verb::Other => vec![],
        }
    }

    /// The word of its verb.
    pub fn word(&self) -> &'static str {
        match &self.verb {
            Verb::Send(_) => "send",
            Verb::Ask(_) => "ask",
            Verb::Wait(_) | Verb::WaitUntil { .. } => "wait",
            Verb::Await(_) => "await",
            Verb::Choose(_) => "choose",
            Verb::Split(_) => "split",
            Verb::Tag(_) => "tag",
            Verb::Untag(_) => "untag",
            Verb::Set(_) => "set",
            Verb::Join(_) => "join",
            Verb::Leave(_) => "leave",
            Verb::Forward(_) => "forward",
            Verb::Notify { .. } => "notify",
            Verb::Call(_) => "call",
            Verb::Start(_) => "start",
            Verb::Repeat { .. } => "repeat",
            Verb::Finish(_) => "finish",
            Verb::Other => "step",
        }
    }

    /// What it sends to the person, in the order of the file.
    pub fn sent(&self) -> Vec<&Sent> {
        match &self.verb {
            Verb::Send(sent) => vec![sent],
            Verb::Ask(ask) => [&ask.sent, &ask.remind, &ask.unclear]
                .into_iter()
                .flatten()
                .collect(),
            Verb::Wait(_)
            | Verb::WaitUntil(_)
            | Verb::Await(_)
            | Verb::Choose(_)
            | Verb::Split(_)
            | Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Set(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Forward(_)
            | Verb::Notify { .. }
            | Verb::Call(_)
            | Verb::Start(_)
            | Verb::Repeat { .. }
            | Verb::Finish(_)
            | Verb::Other => vec![],
        }
    }
}

/// Steps and all that stand in them, in the order of the file.
pub fn flattened(steps: &[Step]) -> Vec<&Step> {
    let mut all = vec![];
    for step in steps {
        all.push(step);
        for inner in step.inner() {
            all.extend(flattened(inner));
        }
    }
    all
}

/// The verb of a step and its key; the first where there are several, which has been said.
fn verb(node: &Node) -> Option<(Verb, Range<usize>)> {
    node.entries().iter().find_map(|entry| {
        let verb = verb_of(node, entry)?;
        Some((verb, entry.key.span.clone()))
    })
}

fn verb_of(step: &Node, entry: &Entry) -> Option<Verb> {
    let value = &entry.value;
    let named = |make: fn(Spanned<String>) -> Verb| spanned(value).map_or(Verb::Other, make);
    Some(match entry.key.text.as_str() {
        "send" => Sent::read(value).map_or(Verb::Other, Verb::Send),
        "ask" => Verb::Ask(Box::new(Ask::read(step, value))),
        "wait" => wait(value),
        "await" => Verb::Await(Branches::read(step, value)),
        "choose" => Verb::Choose(value.items().iter().map(Rule::read).collect()),
        "split" => Verb::Split(own_entries(value).map(Arm::read).collect()),
        "tag" => named(Verb::Tag),
        "untag" => named(Verb::Untag),
        "set" => Verb::Set(own_entries(value).filter_map(set).collect()),
        "join" => named(Verb::Join),
        "leave" => named(Verb::Leave),
        "forward" => named(Verb::Forward),
        "notify" => Verb::Notify {
            to: text(value, "to"),
            text: value.get("text").and_then(Value::read),
        },
        "call" => Verb::Call(Call::read(value)),
        "start" => named(Verb::Start),
        "repeat" => Verb::Repeat {
            times: text(value, "times"),
            every: duration(value, "every"),
            until: several(value, "until"),
            body: value.get("do").map(Step::several).unwrap_or_default(),
        },
        "finish" => Verb::Finish(spanned(value)),
        _ => return None,
    })
}

fn wait(value: &Node) -> Verb {
    let duration = value.text().and_then(|text| WaitTime::parse(text).ok());
    match duration {
        Some(time) => Verb::Wait(time),
        None => Verb::WaitUntil(Moment::read(value)),
    }
}

fn set(entry: &Entry) -> Option<(Spanned<String>, Value)> {
    Some((key_of(entry), Value::read(&entry.value)?))
}

fn duration(node: &Node, key: &str) -> Option<Spanned<WaitTime>> {
    parsed(node, key, |text| WaitTime::parse(text).ok())
}

impl Moment {
    fn read(node: &Node) -> Option<Moment> {
        let Some(text) = node.text() else {
            return Some(Moment::Day {
                date: text(node, "date"),
                before: duration(node, "before"),
                after: duration(node, "after"),
                at: node.get("at").and_then(Node::text).and_then(minutes),
            });
        };
        let of_day = minutes(text).filter(|_| is_time_of_day(text));
        of_day
            .map(Moment::TimeOfDay)
            .or_else(|| parse_time(text).ok().map(Moment::Time))
    }

    /// The field that gives the day.
    pub fn field(&self) -> Option<&Spanned<String>> {
        match self {
            Moment::TimeOfDay(_) | Moment::Time(_) => None,
            Moment::Day { date, .. } => date.as_ref(),
        }
    }
}

impl Sent {
    fn read(node: &Node) -> Option<Sent> {
        match spanned(node) {
            Some(name) => Some(Sent::Name(name)),
            None => Texts::read(node).map(Sent::Texts),
        }
    }

    /// The name, where it is one.
    pub fn name(&self) -> Option<&Spanned<String>> {
        match self {
            Sent::Name(name) => Some(name),
            Sent::Texts(_) => None,
        }
    }

    /// The texts, where they are written in the step.
    pub fn texts(&self) -> Option<&Texts> {
        match self {
            Sent::Name(_) => None,
            Sent::Texts(texts) => Some(texts),
        }
    }
}

impl Ask {
    fn read(step: &Node, value: &Node) -> Ask {
        let remind = step.get("remind");
        Ask {
            sent: Sent::read(value),
            open_for: duration(step, "for"),
            answers: step.get("answers").map(Rule::several).unwrap_or_default(),
            save: text(step, "save"),
            unclear: step.get("unclear").and_then(Sent::read),
            remind: remind.and_then(|remind| remind.get("send")).and_then(Sent::read),
            remind_after: remind.and_then(|remind| duration(remind, "after")),
            silence: step.get("silence").map(Step::several).unwrap_or_default(),
        }
    }
}

impl Branches {
    fn read(step: &Node, value: &Node) -> Branches {
        let steps = |key| step.get(key).map(Step::several).unwrap_or_default();
        Branches {
            what: one_or_list(value).into_iter().filter_map(spanned).collect(),
            within: duration(step, "for"),
            then: steps("then"),
            silence: steps("silence"),
        }
    }
}

impl Arm {
    fn read(entry: &Entry) -> Arm {
        Arm {
            name: key_of(entry),
            share: text(&entry.value, "share"),
            body: entry.value.get("do").map(Step::several).unwrap_or_default(),
        }
    }
}

impl Call {
    fn read(node: &Node) -> Call {
        let mut body_texts = vec![];
        let body = node.get("body");
        if let Some(node) = body {
            texts_in(node, &mut body_texts);
        }
        Call {
            url: node.get("url").and_then(Value::read),
            method: text(node, "method"),
            body: body.cloned(),
            body_texts,
            save: node.get("save").and_then(spanned),
            timeout: text(node, "timeout"),
        }
    }
}

/// Every text that stands anywhere in a value.
fn texts_in(node: &Node, found: &mut Vec<Value>) {
    match &node.kind {
        Kind::Scalar(_) => found.extend(Value::read(node)),
        Kind::List(items) => items.iter().for_each(|item| texts_in(item, found)),
        Kind::Map(entries) => entries.iter().for_each(|entry| texts_in(&entry.value, found)),
        Kind::Bad => {}
    }
}
