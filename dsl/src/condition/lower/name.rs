//! What a name stands for, and what was probably meant by one that stands for nothing.

use std::ops::Range;

use super::{BuiltIn, Diagnostic, FieldType, Lower, Named, Stage, Value};
use crate::condition::functions::{self, FUNCTIONS};
use crate::condition::program::{Day, Moment, Number, Test, Text};
use crate::condition::scope::{Columns, Declared};
use crate::diagnostic::Applicability;
use crate::written::nearest::{Guess, listed, nearest};

impl Lower<'_> {
    pub(super) fn name(&mut self, name: &str, span: &Range<usize>, quote: bool) -> Option<Value> {
        match self.scope.find(name) {
            Named::Tags => Some(Value::Tags),
            Named::BuiltIn(built_in) => self.built_in(built_in, name, span),
            Named::Field(field) => {
                let field = *field;
                Some(self.field(name, field))
            }
            Named::Column => Some(Value::Text(Text::Value(self.slot(name)))),
            Named::Missing(list) => {
                let found = self.unknown(name, span.clone(), list, quote);
                self.push(found)
            }
        }
    }

    fn built_in(&mut self, built_in: BuiltIn, name: &str, span: &Range<usize>) -> Option<Value> {
        let later = match built_in {
            BuiltIn::Reply => "who answered another campaign is asked for by `answered(\"campaign\")`",
            BuiltIn::Variant => "variants are drawn when the first text goes out",
            BuiltIn::Phone | BuiltIn::Country | BuiltIn::Language | BuiltIn::Timezone => "",
        };
        if !later.is_empty() && self.stage == Stage::Before {
            return self.nothing_yet(span, name, later);
        }
        Some(Value::Text(Text::BuiltIn(built_in)))
    }

    fn field(&mut self, name: &str, field: Declared) -> Value {
        let at = self.slot(name);
        match field.kind {
            FieldType::Text => Value::Text(Text::Value(at)),
            FieldType::Int => Value::Number(Number::Whole(at)),
            FieldType::Number => Value::Number(Number::Decimal(at)),
            FieldType::Bool => Value::Test(Test::Flag(at)),
            FieldType::Date => Value::Day(Day::Value(at, field.format)),
            FieldType::Time => Value::Time(Moment::Value(at, field.format)),
        }
    }

    fn unknown(&self, name: &str, span: Range<usize>, list: Option<&Columns>, quote: bool) -> Diagnostic {
        let message = match list {
            Some(list) if !list.list.is_empty() => {
                format!("\"{name}\" is not a column of \"{}\"", list.list)
            }
            Some(_) | None => format!("\"{name}\" is neither a field nor a column that the file names"),
        };
        let found = Diagnostic::error("unknown-name", span.clone(), message);
        let instead = |found: Diagnostic, right: String| {
            let help = format!("write `{right}`");
            found
                .help(help)
                .replace(span.clone(), right, Applicability::Unsure)
        };
        if functions::takes_nothing(name) {
            return instead(found, format!("{name}()"));
        }
        if matches!(name.to_ascii_lowercase().as_str(), "null" | "nil" | "none") {
            return found.help("an empty value is asked for with `empty(city)`");
        }
        if quote {
            let right = format!("\"{name}\"");
            return found
                .label("a text without quotes?")
                .help(format!("a text stands in quotes: `{right}`"))
                .replace(span, right, Applicability::Unsure);
        }
        match name.to_ascii_lowercase().as_str() {
            // Alone they would say the same of everybody.
            "yes" | "no" | "true" | "false" if self.source.trim().len() == span.len() => {
                return found
                    .help("a condition asks something of each person: `age >= 18`, `city == \"Roma\"`");
            }
            "true" | "yes" => return instead(found, "true".into()),
            "false" | "no" => return instead(found, "false".into()),
            _ => {}
        }
        if let Some((function, usage)) = FUNCTIONS.iter().find(|(function, _)| *function == name) {
            return found.help(format!("`{function}` is a function: `{usage}`"));
        }
        self.near(found, name, list)
    }

    fn near(&self, found: Diagnostic, name: &str, list: Option<&Columns>) -> Diagnostic {
        let label = match list {
            Some(_) => "not a column",
            None => "not declared",
        };
        let meant = nearest(name, self.scope.names(list));
        Guess::unsure(meant.map(as_written)).tell(found.label(label), || match list {
            Some(list) if list.names.iter().eq(["phone"]) => {
                "there is only \"phone\": another value is a field that steps `set`, with a `default`".into()
            }
            Some(list) if !list.list.is_empty() => {
                let all = listed(
                    list.names
                        .iter()
                        .map(String::as_str)
                        .filter(|name| !name.is_empty()),
                );
                format!("the columns are {all}; a text stands in quotes")
            }
            Some(_) | None => {
                "no list can be read here: declare it under `fields`, with its type; a text stands in quotes"
                    .into()
            }
        })
    }

    /// Before anything is sent nothing has been delivered, clicked or answered.
    pub(super) fn nothing_yet<T>(&mut self, span: &Range<usize>, what: &str, help: &str) -> Option<T> {
        let message = format!("`{what}` is asked before anything is sent, so it is always the same");
        let found = Diagnostic::error("constant-condition", span.clone(), message);
        self.push(found.label("nothing has been sent yet").help(help))
    }
}

/// A name as a condition must write it.
fn as_written(name: &str) -> String {
    let mut chars = name.chars();
    let begins = chars
        .next()
        .is_some_and(|c| crate::condition::scan::is_word(c) && !c.is_ascii_digit());
    let word = begins && chars.all(crate::condition::scan::is_word);
    match word && !matches!(name, "true" | "false" | "in") {
        true => name.to_owned(),
        false => format!("`{name}`"),
    }
}
