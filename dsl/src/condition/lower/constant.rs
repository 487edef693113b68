//! Conditions that are the same for everybody, which nobody can mean.

use std::ops::Range;

use super::{Diagnostic, Lower, Text, Value};
use crate::condition::expression::Comparison;
use crate::condition::program::{Day, Number, Test};

/// Terms that are held against each other, at most.
const MOST: usize = 64;

impl Lower<'_> {
    pub(super) fn constant(&mut self, span: &Range<usize>, holds: bool) {
        let message = match holds {
            true => "this always holds",
            false => "this never holds",
        };
        let found = Diagnostic::error("constant-condition", span.clone(), message)
            .label("the same for everybody")
            .help("compare a value of the person, or leave it out");
        self.found.push(found);
    }

    pub(super) fn contradiction(&mut self, span: &Range<usize>, all: bool) {
        let (message, help) = match all {
            true => (
                "this never holds: one value cannot be two texts",
                "one of several is `city in [\"Roma\", \"Latina\"]`",
            ),
            false => (
                "this always holds: every value differs from one of two texts",
                "none of several is `!(city in [\"Roma\", \"Latina\"])`",
            ),
        };
        self.found
            .push(Diagnostic::error("constant-condition", span.clone(), message).help(help));
    }
}

/// What a comparison of these is for everybody, where it is the same for everybody.
pub(super) fn constant(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Text(Text::Literal(left)), Value::Text(Text::Literal(right))) => {
            Some(comparison.holds(left, right))
        }
        (Value::Number(Number::Literal(left)), Value::Number(Number::Literal(right))) => {
            Some(comparison.holds(left, right))
        }
        (Value::Day(Day::Literal(left)), Value::Day(Day::Literal(right))) => {
            Some(comparison.holds(left, right))
        }
        (Value::Test(Test::Constant(left)), Value::Test(Test::Constant(right))) => {
            Some(comparison.holds(left, right))
        }
        (left, right) => (left == right).then(|| comparison.holds(&0, &0)),
    }
}

/// Whether two terms of `&&` want one value to be two texts, or two of `||` take one value to differ from two texts.
pub(super) fn contradict(tests: &[Test], all: bool) -> bool {
    let wanted: Vec<(&Text, &str)> = tests
        .iter()
        .take(MOST)
        .filter_map(|test| equality(test, all))
        .collect();
    let against = |(i, (value, text)): (usize, &(&Text, &str))| {
        wanted[..i]
            .iter()
            .any(|(other, literal)| other == value && literal != text)
    };
    wanted.iter().enumerate().any(against)
}

/// The value and the text of `value == "text"`, or of `!=` where that is asked for.
fn equality(test: &Test, wanted: bool) -> Option<(&Text, &str)> {
    if let Test::Not(inner) = test {
        return equality(inner, true).filter(|_| !wanted);
    }
    let Test::SameText(left, right) = test else {
        return None;
    };
    match (left, right) {
        _ if !wanted => None,
        (value, Text::Literal(text)) | (Text::Literal(text), value) => Some((value, text)),
        (Text::Value(_) | Text::BuiltIn(_), Text::Value(_) | Text::BuiltIn(_)) => None,
    }
}
