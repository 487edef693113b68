//! A condition as run: typed, names by their index, everything that can be known beforehand known. Evaluated for every row
//! of a list, so it parses nothing of the condition and allocates nothing for what most conditions ask.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::DateFormat;
use super::Happening;
use super::evaluate::Asked;
use super::expression::{Comparison, Operation};
use super::scope::BuiltIn;
use crate::scalar::WaitTime;

/// What holds, fails or cannot be decided.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Constant(bool),
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    /// A field of type `bool`.
    Flag(usize),
    SameText(Text, Text),
    TextIn(Text, Vec<Box<str>>),
    SameTruth(Box<Test>, Box<Test>),
    Numbers(Comparison, Number, Number),
    Days(Comparison, Day, Day),
    Times(Comparison, Moment, Moment),
    /// The tag of that name is on the person.
    Tagged(Text),
    Happened(Happening),
    Empty(Text),
}

/// A text of the person, or of the condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Text {
    Literal(Box<str>),
    Value(usize),
    BuiltIn(BuiltIn),
    /// What was drawn in one of the draws: the name by which [`super::Scope::draw_with`] calls it.
    Drawn(Box<str>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    Literal(Decimal),
    Whole(usize),
    Decimal(usize),
    Negative(Box<Number>),
    /// The last names what cannot be decided where there is no result.
    Arithmetic(Operation, Box<[Number; 2]>, Box<str>),
    /// Days from the recipient's date; the second: backwards.
    DaysUntil(Box<Day>, bool),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Day {
    Literal(NaiveDate),
    Value(usize, Option<DateFormat>),
    /// The recipient's date.
    Today,
    /// The day of a time, on the recipient's clock.
    Of(Moment),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Moment {
    Value(usize, Option<DateFormat>),
    Now,
}

/// Err: the index of the value, or the text, that cannot be decided.
pub(super) type Decided<'c, T> = Result<T, &'c str>;

impl Test {
    /// Whether tags or happenings stand in it.
    pub(super) fn asks_the_store(&self) -> bool {
        self.any(&|test| matches!(test, Test::Tagged(_) | Test::Happened(_)))
    }

    /// Adds the tags that it asks for; none once a value of the person says which.
    pub(super) fn tags(&self, all: &mut Option<BTreeSet<String>>) {
        match self {
            Test::Not(test) => test.tags(all),
            Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| test.tags(all)),
            Test::SameTruth(one, other) => {
                one.tags(all);
                other.tags(all);
            }
            Test::Tagged(Text::Literal(tag)) => {
                if let Some(all) = all {
                    all.insert(tag.to_string());
                }
            }
            Test::Tagged(Text::Value(_) | Text::BuiltIn(_) | Text::Drawn(_)) => *all = None,
            Test::Constant(_)
            | Test::Flag(_)
            | Test::SameText(..)
            | Test::TextIn(..)
            | Test::Numbers(..)
            | Test::Days(..)
            | Test::Times(..)
            | Test::Happened(_)
            | Test::Empty(_) => {}
        }
    }

    /// Whether something holds of a test that stands in it.
    pub(super) fn any(&self, holds: &impl Fn(&Test) -> bool) -> bool {
        let inside = match self {
            Test::Not(test) => test.any(holds),
            Test::All(tests) | Test::Any(tests) => tests.iter().any(|test| test.any(holds)),
            Test::SameTruth(one, other) => one.any(holds) || other.any(holds),
            Test::Constant(_)
            | Test::Flag(_)
            | Test::SameText(..)
            | Test::TextIn(..)
            | Test::Numbers(..)
            | Test::Days(..)
            | Test::Times(..)
            | Test::Tagged(_)
            | Test::Happened(_)
            | Test::Empty(_) => false,
        };
        inside || holds(self)
    }

    /// Whether it compares the text of the latest reply.
    pub(super) fn names_reply(&self) -> bool {
        let is_reply = |text: &Text| matches!(text, Text::BuiltIn(BuiltIn::Reply));
        match self {
            Test::SameText(one, other) => is_reply(one) || is_reply(other),
            Test::TextIn(text, _) | Test::Empty(text) => is_reply(text),
            _ => false,
        }
    }

    /// Whether it compares what is another on another clock.
    pub(super) fn names_clock(&self) -> bool {
        let is_zone = |text: &Text| matches!(text, Text::BuiltIn(BuiltIn::Timezone));
        match self {
            Test::SameText(one, other) => is_zone(one) || is_zone(other),
            Test::TextIn(text, _) | Test::Empty(text) | Test::Tagged(text) => is_zone(text),
            Test::Numbers(_, one, other) => one.names_clock() || other.names_clock(),
            Test::Days(_, one, other) => one.names_clock() || other.names_clock(),
            Test::Times(_, one, other) => [one, other].iter().any(|one| matches!(one, Moment::Value(..))),
            Test::Happened(what) => matches!(what, Happening::Received(_, Some(WaitTime::Days(_)))),
            Test::Constant(_)
            | Test::Not(_)
            | Test::All(_)
            | Test::Any(_)
            | Test::Flag(_)
            | Test::SameTruth(..) => false,
        }
    }

    /// Three-valued: what is enough decides, wherever it stands. `false && x` fails and `true || x` holds, whatever `x`.
    pub(super) fn ask<'c>(&'c self, asked: &Asked<'c, '_>) -> Decided<'c, bool> {
        Ok(match self {
            Test::Constant(holds) => *holds,
            Test::Not(test) => !test.ask(asked)?,
            Test::All(tests) => return first(tests, asked, false),
            Test::Any(tests) => return first(tests, asked, true),
            Test::Flag(at) => asked.flag(*at)?,
            Test::SameText(left, right) => left.of(asked) == right.of(asked),
            Test::TextIn(text, list) => {
                let text = text.of(asked);
                list.binary_search_by(|item| (**item).cmp(text)).is_ok()
            }
            Test::SameTruth(left, right) => left.ask(asked)? == right.ask(asked)?,
            Test::Numbers(comparison, left, right) => comparison.holds(&left.of(asked)?, &right.of(asked)?),
            Test::Days(comparison, left, right) => comparison.holds(&left.of(asked)?, &right.of(asked)?),
            Test::Times(comparison, left, right) => comparison.holds(&left.of(asked)?, &right.of(asked)?),
            Test::Tagged(tag) => asked.facts.tagged(tag.of(asked)),
            Test::Happened(happening) => asked.facts.happened(happening),
            Test::Empty(text) => text.of(asked).is_empty(),
        })
    }
}

/// Whether any test comes out as `wanted`, which decides; else what could not be decided first.
fn first<'c>(tests: &'c [Test], asked: &Asked<'c, '_>, wanted: bool) -> Decided<'c, bool> {
    let mut undecided = None;
    for test in tests {
        match test.ask(asked) {
            Ok(holds) if holds == wanted => return Ok(wanted),
            Ok(_) => {}
            Err(name) => undecided = undecided.or(Some(name)),
        }
    }
    undecided.map_or(Ok(!wanted), Err)
}

impl Text {
    fn of<'a>(&'a self, asked: &'a Asked<'_, '_>) -> &'a str {
        match self {
            Text::Literal(text) => text,
            Text::Value(at) => asked.facts.value(*at).trim(),
            Text::BuiltIn(name) => asked.facts.built_in(*name).trim(),
            Text::Drawn(among) => asked.facts.drawn(among),
        }
    }
}

impl Number {
    fn names_clock(&self) -> bool {
        match self {
            Number::DaysUntil(..) => true,
            Number::Negative(number) => number.names_clock(),
            Number::Arithmetic(_, sides, _) => sides.iter().any(Number::names_clock),
            Number::Literal(_) | Number::Whole(_) | Number::Decimal(_) => false,
        }
    }

    fn of<'c>(&'c self, asked: &Asked<'c, '_>) -> Decided<'c, Decimal> {
        Ok(match self {
            Number::Literal(number) => *number,
            Number::Whole(at) => asked.whole(*at)?,
            Number::Decimal(at) => asked.decimal(*at)?,
            Number::Negative(number) => -number.of(asked)?,
            Number::Arithmetic(operation, sides, blame) => {
                let [left, right] = &**sides;
                let made = operation.apply(left.of(asked)?, right.of(asked)?);
                made.ok_or(&**blame)?
            }
            Number::DaysUntil(day, backwards) => {
                let days = day
                    .of(asked)?
                    .signed_duration_since(asked.facts.today())
                    .num_days();
                Decimal::from(if *backwards { -days } else { days })
            }
        })
    }
}

impl Day {
    fn names_clock(&self) -> bool {
        match self {
            Day::Today | Day::Of(_) => true,
            Day::Literal(_) | Day::Value(..) => false,
        }
    }

    fn of<'c>(&'c self, asked: &Asked<'c, '_>) -> Decided<'c, NaiveDate> {
        Ok(match self {
            Day::Literal(day) => *day,
            Day::Value(at, format) => asked.day(*at, *format)?,
            Day::Today => asked.facts.today(),
            Day::Of(moment) => moment.of(asked)?.with_timezone(&asked.facts.zone()).date_naive(),
        })
    }
}

impl Moment {
    fn of<'c>(&'c self, asked: &Asked<'c, '_>) -> Decided<'c, DateTime<Utc>> {
        match self {
            Moment::Value(at, format) => asked.time(*at, *format),
            Moment::Now => Ok(asked.facts.now()),
        }
    }
}
