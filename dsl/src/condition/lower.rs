//! Makes a [`Test`] of an [`Expression`]: looks up every name, gives every piece its type, and finds what cannot be meant.
//! It goes on after a fault, so that all are told; a piece with a fault makes nothing.

use std::ops::Range;

use super::Happening;
use super::expression::{Expression, Kind, Operation};
use super::program::{Day, Moment, Number, Test, Text};
use super::scope::{BuiltIn, Named, Scope, Stage};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::values::FieldType;

mod call;
mod compare;
mod constant;
mod known;
mod name;

pub(super) use constant::bound as range;

/// A piece with its type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Test(Test),
    Text(Text),
    Number(Number),
    Day(Day),
    Time(Moment),
    Tags,
}

impl Value {
    /// As messages call it.
    fn kind(&self) -> &'static str {
        match self {
            Value::Test(_) => "a truth value",
            Value::Text(_) => "a text",
            Value::Number(_) => "a number",
            Value::Day(_) => "a date",
            Value::Time(_) => "a time",
            Value::Tags => "the tags of a person",
        }
    }
}

/// What is found on the way.
pub(super) struct Lower<'a> {
    pub source: &'a str,
    pub scope: &'a Scope,
    pub stage: Stage,
    /// Names of values, each once: their places are their indexes.
    pub names: &'a mut Vec<String>,
    /// Everything that is asked about, each once.
    pub happenings: &'a mut Vec<Happening>,
    pub found: &'a mut Vec<Diagnostic>,
}

impl Lower<'_> {
    fn text(&self, span: &Range<usize>) -> &str {
        self.source.get(span.clone()).unwrap_or_default()
    }

    fn push<T>(&mut self, found: Diagnostic) -> Option<T> {
        self.found.push(found);
        None
    }

    /// A piece that stands where something must hold or not.
    pub(super) fn truth(&mut self, piece: &Expression) -> Option<Test> {
        if let Kind::Flag(holds) = piece.kind {
            self.constant(&piece.span, holds);
            return None;
        }
        match self.value(piece, false)? {
            Value::Test(test) => Some(test),
            other => {
                let found = self.no_truth(piece, &other);
                self.push(found)
            }
        }
    }

    fn no_truth(&self, piece: &Expression, value: &Value) -> Diagnostic {
        let written = self.text(&piece.span);
        let span = piece.span.clone();
        if let Some(column) = self.column(piece) {
            let message = format!("{} and neither true nor false", self.as_text(column));
            let help = format!(
                "compare it (`{written} == \"…\"`), ask `!empty({written})`, or declare it: {}",
                declared(column, FieldType::Bool)
            );
            return Diagnostic::error("column-is-text", span, message).help(help);
        }
        let message = format!(
            "`{}` is {}, and neither true nor false",
            super::scan::shortened(written),
            value.kind()
        );
        let help = match value {
            Value::Tags => "ask for one tag: `tagged(\"coming\")`",
            Value::Text(Text::BuiltIn(BuiltIn::Reply)) => {
                "whether there is one is asked by `replied()`; what it says by `reply == \"yes\"`"
            }
            Value::Text(_) => "compare it with something: `city == \"Roma\"`",
            Value::Number(_) => "compare it with something: `age >= 18`",
            Value::Day(_) | Value::Time(_) => "compare it with something: `expires < today()`",
            Value::Test(_) => "leave it as it is",
        };
        Diagnostic::error("ill-typed-condition", span, message).help(help)
    }

    /// `quote`: beside it stands a text, so that an unknown word is probably one without quotes.
    pub(super) fn value(&mut self, piece: &Expression, quote: bool) -> Option<Value> {
        match &piece.kind {
            Kind::Name(name) => self.name(name, &piece.span, quote),
            Kind::Text(text) => Some(Value::Text(Text::Literal(text.as_str().into()))),
            Kind::Number(number) => Some(Value::Number(Number::Literal(*number))),
            Kind::Flag(holds) => Some(Value::Test(Test::Constant(*holds))),
            Kind::List(_) => {
                let found = Diagnostic::error(
                    "ill-typed-condition",
                    piece.span.clone(),
                    "a list cannot stand here",
                );
                self.push(found.help("a list stands after `in`: `city in [\"Roma\", \"Latina\"]`"))
            }
            Kind::Not(of) => Some(Value::Test(Test::Not(Box::new(self.truth(of)?)))),
            Kind::Negative(of) => match self.number(of)? {
                Number::Literal(number) => Some(Value::Number(Number::Literal(-number))),
                number => Some(Value::Number(Number::Negative(Box::new(number)))),
            },
            Kind::All(terms) => self.terms(piece, terms, true),
            Kind::Any(terms) => self.terms(piece, terms, false),
            Kind::Compare(comparison, sides) => self.compare(piece, *comparison, sides).map(Value::Test),
            Kind::In(sides) => self.contained(piece, sides).map(Value::Test),
            Kind::Arithmetic(operation, sides) => {
                self.arithmetic(piece, *operation, sides).map(Value::Number)
            }
            Kind::Call {
                name,
                name_span,
                arguments,
            } => self.call(piece, name, name_span, arguments),
        }
    }

    fn terms(&mut self, piece: &Expression, terms: &[Expression], all: bool) -> Option<Value> {
        let made: Vec<Option<Test>> = terms.iter().map(|term| self.truth(term)).collect();
        let tests = made.into_iter().collect::<Option<Vec<Test>>>()?;
        if constant::contradict(&tests, all) {
            self.contradiction(&piece.span, all);
            return None;
        }
        if constant::opposite(&tests) {
            self.opposite(&piece.span, all);
            return None;
        }
        if let Some(apart) = constant::apart(&tests).filter(|_| all) {
            self.no_number(&piece.span, apart);
            return None;
        }
        if !all && constant::cover_all(&tests) {
            self.every_number(&piece.span);
            return None;
        }
        Some(Value::Test(match all {
            true => Test::All(tests),
            false => Test::Any(tests),
        }))
    }

    fn number(&mut self, piece: &Expression) -> Option<Number> {
        let value = self.value(piece, false)?;
        if let Value::Number(number) = value {
            return Some(number);
        }
        let span = piece.span.clone();
        if let Some(column) = self.column(piece) {
            let message = format!("{} and cannot be reckoned with", self.as_text(column));
            let help = format!("declare it: {}", declared(column, FieldType::Int));
            return self.push(Diagnostic::error("column-is-text", span, message).help(help));
        }
        let written = super::scan::shortened(self.text(&span));
        let message = format!(
            "`{written}` is {}, and only numbers can be reckoned with",
            value.kind()
        );
        let found = Diagnostic::error("ill-typed-condition", span, message);
        self.push(match value {
            Value::Day(_) | Value::Time(_) => {
                found.help("days are counted by `days_until(expires)` and `days_since(joined)`")
            }
            Value::Test(_) | Value::Text(_) | Value::Number(_) | Value::Tags => {
                found.help("a field is a number where `fields` says so: `age: int`, `total: decimal`")
            }
        })
    }

    fn arithmetic(
        &mut self,
        piece: &Expression,
        operation: Operation,
        sides: &[Expression; 2],
    ) -> Option<Number> {
        let written = self.text(&piece.span).to_owned();
        if operation == Operation::Minus && self.scope.has(&written) {
            let right = format!("`{written}`");
            let span = piece.span.clone();
            let found = Diagnostic::error("unknown-name", span.clone(), "this is read as a subtraction");
            return self.push(
                found
                    .help(format!("a name with `-` stands in backticks: {right}"))
                    .replace(span, right, Applicability::Unsure),
            );
        }
        let is_text = |side: &Expression| matches!(side.kind, Kind::Text(_)) || self.is_text(side);
        let literal = |side: &Expression| matches!(side.kind, Kind::Text(_));
        if operation == Operation::Plus && (sides.iter().any(literal) || sides.iter().all(is_text)) {
            let found = Diagnostic::error("ill-typed-condition", piece.span.clone(), "texts cannot be added");
            return self.push(found.help(
                "compare each by itself: `first_name == \"Ada\" && city == \"Roma\"`; numbers are declared: `fields: { total: int }`",
            ));
        }
        let (left, right) = (self.number(&sides[0]), self.number(&sides[1]));
        let sides = [left?, right?];
        let divides = matches!(operation, Operation::Divided | Operation::Remainder);
        if let [Number::Literal(left), Number::Literal(right)] = &sides {
            match operation.apply(*left, *right) {
                Some(number) => return Some(Number::Literal(number)),
                None => return self.no_result(piece, divides),
            }
        }
        if divides && sides[1] == Number::Literal(rust_decimal::Decimal::ZERO) {
            return self.no_result(piece, true);
        }
        let blame = sides.iter().find_map(|number| self.blame(number));
        let blame = blame.unwrap_or(written);
        Some(Number::Arithmetic(operation, Box::new(sides), blame.into()))
    }

    fn no_result<T>(&mut self, piece: &Expression, divides: bool) -> Option<T> {
        let message = match divides {
            true => "this divides by zero",
            false => "the result has too many digits",
        };
        let found = Diagnostic::error("ill-typed-condition", piece.span.clone(), message);
        self.push(found.help("write what is meant as one number"))
    }

    /// The first value in a number, which has its name told where there is no result.
    fn blame(&self, number: &Number) -> Option<String> {
        match number {
            Number::Literal(_) => None,
            Number::Whole(at) | Number::Decimal(at) => self.names.get(*at).cloned(),
            Number::Negative(number) => self.blame(number),
            Number::Arithmetic(_, _, blame) => Some(blame.to_string()),
            Number::DaysUntil(day, _) => match &**day {
                Day::Value(at, _) | Day::Of(Moment::Value(at, _)) => self.names.get(*at).cloned(),
                Day::Literal(_) | Day::Today | Day::Of(Moment::Now) => None,
            },
        }
    }

    /// Why a value that no field declares is a text. Where no list is known it need not be a column: an event has values.
    fn as_text(&self, name: &str) -> String {
        match self.scope.lists.is_empty() {
            true => format!("no field declares \"{name}\", so it is a text"),
            false => format!("\"{name}\" is a column, so it is a text"),
        }
    }

    /// The name of a piece that is a column no field declares.
    fn column<'p>(&self, piece: &'p Expression) -> Option<&'p str> {
        match &piece.kind {
            Kind::Name(name) if matches!(self.scope.find(name), Named::Column) => Some(name),
            _ => None,
        }
    }

    /// Whether a piece is a name that a text can be compared with.
    fn is_text(&self, piece: &Expression) -> bool {
        let Kind::Name(name) = &piece.kind else {
            return false;
        };
        match self.scope.find(name) {
            Named::Column | Named::BuiltIn(_) => true,
            Named::Field(field) => field.kind == FieldType::Text,
            Named::Tags | Named::Missing(_) => false,
        }
    }

    fn slot(&mut self, name: &str) -> usize {
        if let Some(at) = self.names.iter().position(|known| known == name) {
            return at;
        }
        self.names.push(name.to_owned());
        self.names.len() - 1
    }
}

/// What to write under `fields`.
fn declared(name: &str, kind: FieldType) -> String {
    let plain = name
        .chars()
        .all(|c| super::scan::is_word(c) || c == '-' || c == ' ');
    match plain {
        true => format!("`fields: {{ {name}: {kind} }}`"),
        false => format!("`{kind}` under `fields`"),
    }
}
