//! Conditions that are the same for everybody, which nobody can mean.

use std::cmp::Ordering;
use std::ops::Range;

use rust_decimal::Decimal;

use super::{Diagnostic, Lower, Text, Value};
use crate::condition::expression::{Comparison, Operation};
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

    fn tell(&mut self, span: &Range<usize>, message: &str, help: &str) {
        let told = Diagnostic::error("constant-condition", span.clone(), message);
        self.found.push(told.help(help));
    }

    /// Tells of a value that would have to be in two ranges that do not meet.
    pub(super) fn no_number(&mut self, span: &Range<usize>, apart: Apart) {
        let (message, help) = match apart {
            Apart::Ranges => (
                "this never holds: no number is in both ranges",
                "one of two ranges is `age < 10 || age >= 18`",
            ),
            Apart::WholeNumbers => (
                "this never holds: no whole number is in both ranges",
                "with `>=` and `<=` the number itself is in a range: `age >= 18 && age <= 18`",
            ),
        };
        self.tell(span, message, help);
    }

    /// Tells of a remainder that is none of its division.
    pub(super) fn no_remainder(&mut self, span: &Range<usize>, comparison: Comparison) {
        let message = match comparison {
            Comparison::Differs => "this always holds: a remainder is smaller than what it is divided by",
            _ => "this never holds: a remainder is smaller than what it is divided by",
        };
        let help = "even numbers are `age % 2 == 0`";
        self.tell(span, message, help);
    }

    /// Tells of two ranges that leave no number out.
    pub(super) fn every_number(&mut self, span: &Range<usize>) {
        let message = "this always holds: every number is in one of the ranges";
        let help = "both at once is `age >= 18 && age < 30`; who has no value is asked for by `empty(age)`";
        self.tell(span, message, help);
    }

    /// Tells of a whole number that is compared with one that is none.
    pub(super) fn no_whole_number(&mut self, span: &Range<usize>, comparison: Comparison) {
        let message = match comparison {
            Comparison::Differs => "this always holds: the field has whole numbers only",
            _ => "this never holds: the field has whole numbers only",
        };
        let help = "declare it with the type `decimal`, or compare it with `<` and `>`";
        self.tell(span, message, help);
    }

    /// Tells of terms of which one is the contrary of another.
    pub(super) fn opposite(&mut self, span: &Range<usize>, all: bool) {
        let message = match all {
            true => "this never holds: it asks for something and for its contrary",
            false => "this always holds: it takes something and its contrary",
        };
        let help = "leave one of the two out, or ask for something else in it";
        self.tell(span, message, help);
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
        self.tell(span, message, help);
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

/// Whether a whole number and one that is none are asked to be the same, or not to be.
pub(super) fn is_never_whole(test: &Test) -> bool {
    let Test::Numbers(Comparison::Same | Comparison::Differs, left, right) = test else {
        return false;
    };
    let broken = |number: &Number| matches!(number, Number::Literal(n) if !n.fract().is_zero());
    let whole = |number: &Number| matches!(number, Number::Whole(_));
    (whole(left) && broken(right)) || (broken(left) && whole(right))
}

/// Whether a remainder is asked to be, or not to be, what none of its division is.
pub(super) fn is_no_remainder(test: &Test) -> bool {
    let Test::Numbers(Comparison::Same | Comparison::Differs, left, right) = test else {
        return false;
    };
    match (left, right) {
        (Number::Arithmetic(Operation::Remainder, sides, _), Number::Literal(wanted))
        | (Number::Literal(wanted), Number::Arithmetic(Operation::Remainder, sides, _)) => {
            matches!(&sides[1], Number::Literal(by) if wanted.abs() >= by.abs())
        }
        _ => false,
    }
}

/// Whether one of the terms is the contrary of another.
pub(super) fn opposite(tests: &[Test]) -> bool {
    let tests = &tests[..tests.len().min(MOST)];
    let is_not = |test: &Test| matches!(test, Test::Not(inner) if tests.contains(inner));
    tests.iter().any(is_not)
}

/// What two ranges that one value would have to be in have in common none of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// Numbers.
    Ranges,
    /// Whole numbers, and the value has no others.
    WholeNumbers,
}

/// Whether terms of `&&` want one value to be in two ranges that do not meet.
pub(super) fn apart(tests: &[Test]) -> Option<Apart> {
    let bounds: Vec<Bound<'_>> = tests.iter().take(MOST).filter_map(bound).collect();
    let meets = |low: &Bound<'_>, high: &Bound<'_>| match low.at.cmp(&high.at) {
        Ordering::Less => true,
        Ordering::Equal => low.included && high.included,
        Ordering::Greater => false,
    };
    let lows = bounds.iter().filter(|bound| bound.is_low);
    let mut pairs = lows.flat_map(|low| {
        let highs = bounds.iter().filter(|bound| bound.is_high && bound.of == low.of);
        highs.map(move |high| (low, high))
    });
    pairs.find_map(|(low, high)| match meets(low, high) {
        false => Some(Apart::Ranges),
        true => (!meets(&low.whole(), &high.whole())).then_some(Apart::WholeNumbers),
    })
}

/// Whether terms of `||` take one value in two ranges that leave no number out.
pub(super) fn cover_all(tests: &[Test]) -> bool {
    let bounds: Vec<Bound<'_>> = tests.iter().take(MOST).filter_map(bound).collect();
    let mut lows = bounds.iter().filter(|bound| bound.is_low && !bound.is_high);
    lows.any(|low| {
        let mut highs = bounds
            .iter()
            .filter(|high| high.is_high && !high.is_low && high.of == low.of);
        highs.any(|high| low.meets(high))
    })
}

/// An end of the numbers that a value may be; both where it must be just this one.
pub(in crate::condition) struct Bound<'a> {
    pub of: &'a Number,
    at: Decimal,
    included: bool,
    pub is_low: bool,
    pub is_high: bool,
}

impl Bound<'_> {
    /// The same end, at the last number that it takes where the value has whole numbers only.
    fn whole(&self) -> Bound<'_> {
        let step = match self.included || !self.at.fract().is_zero() {
            true => Decimal::ZERO,
            false => Decimal::ONE,
        };
        let end = match (self.of, self.is_low, self.is_high) {
            (Number::Whole(_), true, false) => self.at.ceil().checked_add(step),
            (Number::Whole(_), false, true) => self.at.floor().checked_sub(step),
            _ => None,
        };
        Bound {
            at: end.unwrap_or(self.at),
            included: self.included || end.is_some(),
            ..*self
        }
    }

    /// Whether all from this end up, and all from the other down, are all numbers that the value may be.
    fn meets(&self, high: &Bound<'_>) -> bool {
        let (low, high) = (self.whole(), high.whole());
        let beside = matches!(self.of, Number::Whole(_)) && high.at.checked_add(Decimal::ONE) == Some(low.at);
        low.at < high.at || low.at == high.at && (low.included || high.included) || beside
    }

    /// Whether all from this end up are above the other's too.
    pub fn is_above(&self, other: &Bound<'_>) -> bool {
        self.at > other.at || self.at == other.at && (other.included || !self.included)
    }

    /// Whether all from this end down are below the other's too.
    pub fn is_below(&self, other: &Bound<'_>) -> bool {
        self.at < other.at || self.at == other.at && (other.included || !self.included)
    }

    /// Whether it takes this number.
    pub fn holds(&self, number: &Decimal) -> bool {
        match number.cmp(&self.at) {
            Ordering::Less => self.is_high && !self.is_low,
            Ordering::Equal => self.included,
            Ordering::Greater => self.is_low && !self.is_high,
        }
    }
}

/// The end that a comparison with a number sets.
pub(in crate::condition) fn bound(test: &Test) -> Option<Bound<'_>> {
    let Test::Numbers(comparison, left, right) = test else {
        return None;
    };
    let (of, at, turned) = match (left, right) {
        (of @ (Number::Whole(_) | Number::Decimal(_)), Number::Literal(at)) => (of, *at, false),
        (Number::Literal(at), of @ (Number::Whole(_) | Number::Decimal(_))) => (of, *at, true),
        _ => return None,
    };
    let (is_low, is_high, included) = match comparison {
        Comparison::Same => (true, true, true),
        Comparison::Differs => return None,
        Comparison::Less => (turned, !turned, false),
        Comparison::AtMost => (turned, !turned, true),
        Comparison::More => (!turned, turned, false),
        Comparison::AtLeast => (!turned, turned, true),
    };
    Some(Bound {
        of,
        at,
        included,
        is_low,
        is_high,
    })
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
        _ => None,
    }
}
