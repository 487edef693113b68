//! Comparisons and `in`: both sides are of one type, and what has no order is not ordered.

use super::constant::{constant, is_never_whole, is_no_remainder};
use super::{BuiltIn, Diagnostic, Expression, FieldType, Kind, Lower, Test, Text, Value, declared};
use crate::condition::expression::Comparison;
use crate::condition::functions;
use crate::condition::program::Number;
use crate::condition::scan::shortened;
use crate::condition::scope::Named;
use crate::diagnostic::Applicability;
use crate::values::{parse_bool, parse_date, parse_decimal};

impl Lower<'_> {
    pub(super) fn compare(
        &mut self,
        piece: &Expression,
        comparison: Comparison,
        sides: &[Expression; 2],
    ) -> Option<Test> {
        let [left, right] = sides;
        self.negated_name(piece, left)?;
        let beside_name =
            self.is_text(left) || matches!(&left.kind, Kind::Name(name) if !self.scope.has(name));
        let beside_text = self.is_text(right);
        let made = (self.value(left, beside_text), self.value(right, beside_name));
        let (left, right) = (made.0?, made.1?);
        if comparison.is_order() && self.has_no_order(sides, &left, &right) {
            return None;
        }
        if let Some(holds) = constant(comparison, &left, &right) {
            self.constant(&piece.span, holds);
            return None;
        }
        self.held_by_nobody(&left, &sides[1]);
        self.held_by_nobody(&right, &sides[0]);
        let (left, right) = (self.of_draw(&left, &right), self.of_draw(&right, &left));
        let mismatch = (left.clone(), right.clone());
        match pair(comparison, left, right) {
            Some(test) if is_never_whole(&test) => {
                self.no_whole_number(&piece.span, comparison);
                None
            }
            Some(test) if is_no_remainder(&test) => {
                self.no_remainder(&piece.span, comparison);
                None
            }
            Some(test) => Some(test),
            None => {
                let found = self.mismatch(piece, comparison, sides, [&mismatch.0, &mismatch.1]);
                self.push(found)
            }
        }
    }

    /// `!city == "Roma"`, where `!` takes the name alone.
    fn negated_name(&mut self, piece: &Expression, left: &Expression) -> Option<()> {
        let Kind::Not(inner) = &left.kind else {
            return Some(());
        };
        let truth = match &inner.kind {
            Kind::Name(name) => {
                matches!(self.scope.find(name), Named::Field(field) if field.kind == FieldType::Bool)
            }
            Kind::Call { name, .. } => functions::is_truth(name),
            Kind::Text(_) | Kind::Number(_) | Kind::Negative(_) | Kind::Arithmetic(..) => false,
            Kind::List(_) | Kind::Flag(_) | Kind::Not(_) | Kind::All(_) | Kind::Any(_) => true,
            Kind::Compare(..) | Kind::In(_) => true,
        };
        if truth {
            return Some(());
        }
        let inside = inner.span.start..piece.span.end;
        let right = format!("!({})", self.text(&inside));
        let message = format!("`!` takes `{}` alone here", shortened(self.text(&inner.span)));
        let found = Diagnostic::error("ill-typed-condition", left.span.clone(), message)
            .help(format!("write `{right}`"))
            .replace(piece.span.clone(), right, Applicability::Unsure);
        self.push(found)
    }

    /// Says so where the values have no order.
    fn has_no_order(&mut self, sides: &[Expression; 2], left: &Value, right: &Value) -> bool {
        let found = match (left, right) {
            (Value::Text(_), Value::Text(_)) => self.text_order(sides),
            (Value::Test(_), Value::Test(_)) => {
                let span = sides[0].span.start..sides[1].span.end;
                Diagnostic::error("ill-typed-condition", span, "truth values have no order")
                    .help("truth values are compared with `==` and `!=`")
            }
            _ => return false,
        };
        self.found.push(found);
        true
    }

    fn text_order(&self, sides: &[Expression; 2]) -> Diagnostic {
        let column = sides
            .iter()
            .find_map(|side| Some((self.column(side)?, &side.span)));
        let kind = sides.iter().find_map(|side| match &side.kind {
            Kind::Text(text) if parse_date(text.trim()).is_some() => Some(FieldType::Date),
            Kind::Text(text) if text.contains('.') && parse_decimal(text.trim()).is_some() => {
                Some(FieldType::Number)
            }
            _ => None,
        });
        let is_word = |side: &Expression| matches!(&side.kind, Kind::Text(text) if !text.contains(|c: char| c.is_ascii_digit()));
        let beside_word = kind.is_none() && sides.iter().any(is_word);
        let kind = kind.unwrap_or(FieldType::Int);
        match column {
            Some((column, span)) => {
                let message = format!("{}, and texts have no order", self.as_text(column));
                let help = match beside_word {
                    true => "texts are compared with `==`, `!=` and `in`".to_owned(),
                    false => format!("declare what it is: {}", declared(column, kind)),
                };
                Diagnostic::error("column-is-text", span.clone(), message).help(help)
            }
            None => {
                let span = sides[0].span.start..sides[1].span.end;
                let help = format!(
                    "texts are compared with `==`, `!=` and `in`; a field has an order where its type is, for example, `{kind}`"
                );
                Diagnostic::error("ill-typed-condition", span, "texts have no order").help(help)
            }
        }
    }

    pub(super) fn contained(&mut self, piece: &Expression, sides: &[Expression; 2]) -> Option<Test> {
        let [item, list] = sides;
        let Kind::List(items) = &list.kind else {
            return self.in_tags(item, list);
        };
        let quote = matches!(&item.kind, Kind::Name(_)) && (self.is_text(item) || !self.has_name(item));
        let value = self.value(item, false);
        let items: Vec<Option<Value>> = items.iter().map(|item| self.value(item, quote)).collect();
        let (value, Kind::List(written)) = (value?, &list.kind) else {
            return None;
        };
        let mut tests = vec![];
        for (at, one) in items.into_iter().enumerate() {
            let one = one?;
            self.held_by_nobody(&value, &written[at]);
            match pair(Comparison::Same, self.of_draw(&value, &one), one.clone()) {
                Some(test) => tests.push((test, constant(Comparison::Same, &value, &one))),
                None => {
                    let sides = [item.clone(), written[at].clone()];
                    let found = self.mismatch(piece, Comparison::Same, &sides, [&value, &one]);
                    return self.push(found);
                }
            }
        }
        if let Some(holds) = always(&tests) {
            self.constant(&piece.span, holds);
            return None;
        }
        let tests = tests.into_iter().map(|(test, _)| test).collect();
        Some(of_texts(tests))
    }

    /// Of several draws, the one that has the name that it is compared with.
    fn of_draw(&self, value: &Value, beside: &Value) -> Value {
        match (value, beside) {
            (Value::Text(Text::BuiltIn(BuiltIn::Variant)), Value::Text(Text::Literal(name)))
                if !name.is_empty() =>
            {
                Value::Text(Text::Drawn(self.scope.draw_with(name).into()))
            }
            (value, _) => value.clone(),
        }
    }

    fn has_name(&self, piece: &Expression) -> bool {
        matches!(&piece.kind, Kind::Name(name) if self.scope.has(name))
    }

    fn in_tags(&mut self, item: &Expression, list: &Expression) -> Option<Test> {
        let made = (self.value(item, false), self.value(list, false));
        let span = list.span.clone();
        match (made.0?, made.1?) {
            (Value::Text(Text::Literal(tag)), Value::Tags) if tag.trim().is_empty() => {
                let found = Diagnostic::error("wrong-arguments", item.span.clone(), "the text is empty");
                self.push(found.help("for example `\"coming\" in tags`"))
            }
            (Value::Text(tag), Value::Tags) => Some(Test::Tagged(tag)),
            (_, Value::Tags) => {
                let found = Diagnostic::error("ill-typed-condition", item.span.clone(), "a tag is a text");
                self.push(found.help("a text stands in quotes: `\"coming\" in tags`"))
            }
            (_, other) => {
                let written = self.text(&span).to_owned();
                let message = format!(
                    "`in` looks into a list, and `{}` is {}",
                    shortened(&written),
                    other.kind()
                );
                let found = Diagnostic::error("ill-typed-condition", span.clone(), message);
                let literal = matches!(list.kind, Kind::Text(_) | Kind::Number(_));
                self.push(match literal {
                    true => found.help("a list stands in brackets").replace(span, format!("[{written}]"), Applicability::Unsure),
                    false => found.help("a list stands in brackets, such as `[\"Roma\", \"Latina\"]`; the tags of a person are `tags`"),
                })
            }
        }
    }

    /// Two values of different types.
    fn mismatch(
        &self,
        piece: &Expression,
        comparison: Comparison,
        sides: &[Expression; 2],
        values: [&Value; 2],
    ) -> Diagnostic {
        for (one, other) in [(0, 1), (1, 0)] {
            let found = self
                .column_mismatch(comparison, &sides[one], &sides[other], values[other])
                .or_else(|| {
                    literal_mismatch(comparison, values[one], &sides[other], values[other], self.source)
                });
            if let Some(found) = found {
                return found;
            }
        }
        let [left, right] = values.map(Value::kind);
        let span = match piece.kind {
            Kind::In(_) => sides[1].span.clone(),
            _ => piece.span.clone(),
        };
        let message = format!(
            "`{}` is {left}, and `{}` is {right}: they cannot be compared",
            shortened(self.text(&sides[0].span)),
            shortened(self.text(&sides[1].span)),
        );
        let help = match values {
            [Value::Time(_), Value::Day(_)] | [Value::Day(_), Value::Time(_)] => {
                "a time is compared with `now()`, or its day by `days_until(starts) == 0`"
            }
            [Value::Tags, _] | [_, Value::Tags] => "a tag is asked for by `tagged(\"coming\")`",
            _ => "what a field is stands under `fields`, such as `age: int`",
        };
        Diagnostic::error("ill-typed-condition", span, message).help(help)
    }

    /// A column that no field declares beside something that is no text.
    fn column_mismatch(
        &self,
        comparison: Comparison,
        piece: &Expression,
        other: &Expression,
        value: &Value,
    ) -> Option<Diagnostic> {
        let column = self.column(piece)?;
        let kind = match value {
            Value::Number(Number::Literal(number)) if number.scale() > 0 => FieldType::Number,
            Value::Number(_) => FieldType::Int,
            Value::Test(_) => FieldType::Bool,
            Value::Day(_) => FieldType::Date,
            Value::Time(_) => FieldType::Time,
            Value::Text(_) | Value::Tags => return None,
        };
        let message = format!("{}, and not {}", self.as_text(column), value.kind());
        let found = Diagnostic::error("column-is-text", piece.span.clone(), message);
        let declare = declared(column, kind);
        let literal = matches!(other.kind, Kind::Number(_)) && !comparison.is_order();
        Some(match literal {
            true => {
                let right = format!("\"{}\"", self.text(&other.span));
                found
                    .help(format!(
                        "compare it with the text {right}, or declare what it is: {declare}"
                    ))
                    .replace(other.span.clone(), right, Applicability::Unsure)
            }
            false => found.help(format!("declare what it is: {declare}")),
        })
    }
}

/// A literal that is written in the way of another type.
fn literal_mismatch(
    comparison: Comparison,
    wanted: &Value,
    piece: &Expression,
    value: &Value,
    source: &str,
) -> Option<Diagnostic> {
    let written = source.get(piece.span.clone())?;
    let right = match (wanted, &piece.kind) {
        (Value::Text(_), Kind::Number(_) | Kind::Flag(_)) if !comparison.is_order() => {
            format!("\"{written}\"")
        }
        (Value::Number(_), Kind::Text(text)) if parse_decimal(text.trim()).is_some() => {
            text.trim().trim_start_matches('+').to_owned()
        }
        (Value::Day(_), Kind::Text(text)) if parse_date(text.trim()).is_some() => {
            format!("date(\"{}\")", text.trim())
        }
        (Value::Test(_), Kind::Text(text)) => parse_bool(text.trim())?.to_string(),
        (Value::Test(_), Kind::Number(_)) => parse_bool(written)?.to_string(),
        _ => return None,
    };
    let message = format!(
        "`{}` is {}, and is compared with {}",
        shortened(written),
        value.kind(),
        wanted.kind()
    );
    let found = Diagnostic::error("ill-typed-condition", piece.span.clone(), message);
    Some(
        found
            .help(format!("write `{right}`"))
            .replace(piece.span.clone(), right, Applicability::Unsure),
    )
}

/// The comparison of two values of one type.
fn pair(comparison: Comparison, left: Value, right: Value) -> Option<Test> {
    let negated = comparison == Comparison::Differs;
    let test = match (left, right) {
        (Value::Text(left), Value::Text(right)) => Test::SameText(left, right),
        (Value::Test(left), Value::Test(right)) => Test::SameTruth(Box::new(left), Box::new(right)),
        (Value::Number(left), Value::Number(right)) => return Some(Test::Numbers(comparison, left, right)),
        (Value::Day(left), Value::Day(right)) => return Some(Test::Days(comparison, left, right)),
        (Value::Time(left), Value::Time(right)) => return Some(Test::Times(comparison, left, right)),
        _ => return None,
    };
    Some(if negated { Test::Not(Box::new(test)) } else { test })
}

/// Whether an item is surely in a list, or surely not.
fn always(tests: &[(Test, Option<bool>)]) -> Option<bool> {
    if tests.iter().any(|(_, constant)| *constant == Some(true)) {
        return Some(true);
    }
    tests
        .iter()
        .all(|(_, constant)| *constant == Some(false))
        .then_some(false)
}

/// One search instead of many comparisons, where all compare one value with texts of the condition.
fn of_texts(tests: Vec<Test>) -> Test {
    let literal = |test: &Test| match test {
        Test::SameText(value, Text::Literal(text)) => Some((value.clone(), text.clone())),
        _ => None,
    };
    let compared: Option<Vec<(Text, Box<str>)>> = tests.iter().map(literal).collect();
    let compared = compared.filter(|all| all.windows(2).all(|two| two[0].0 == two[1].0));
    match compared.as_deref() {
        Some([(value, _), ..]) => {
            let mut texts: Vec<Box<str>> = compared.iter().flatten().map(|(_, text)| text.clone()).collect();
            texts.sort_unstable();
            Test::TextIn(value.clone(), texts)
        }
        _ => Test::Any(tests),
    }
}
