//! Relations of other languages that are whole words: `is empty`, `is not empty`, `== null`, `between`, `like`, `contains`,
//! `starts with`. Each is named with its right spelling; where there is one it is read on.

use std::ops::Range;

use super::Parser;
use crate::condition::expression::{Comparison, Expression, Kind};
use crate::condition::scan::{Sign, Token};
use crate::diagnostic::{Applicability, Diagnostic};

/// What other languages call a value that is not there.
const NOTHING: [&str; 5] = ["empty", "null", "nil", "none", "blank"];

/// What looks into a text. No condition does.
const INSIDE: [&str; 10] = [
    "like",
    "ilike",
    "contains",
    "contain",
    "matches",
    "includes",
    "starts",
    "ends",
    "startswith",
    "endswith",
];

impl Parser<'_> {
    /// After the left side of a relation. None where it is not of another language; none inside where it cannot be read on.
    pub(super) fn foreign(&mut self, first: usize, left: &Expression) -> Option<Option<Expression>> {
        if let Some((length, negated)) = self.nothing() {
            self.at += length;
            return Some(Some(self.is_empty(first, left, negated)));
        }
        if self.is_word(0, "between") {
            return Some(self.word_between(first, left));
        }
        let negated = usize::from(self.is_word(0, "not") || self.is_word(0, "does"));
        let negated = negated + usize::from(negated == 1 && self.is_word(1, "not"));
        let looks = INSIDE.iter().any(|word| self.is_word(negated, word));
        if let Some(found) = self.tag_asked(left, negated).filter(|_| looks) {
            self.found.push(found);
            return Some(None);
        }
        looks.then(|| self.looks_inside(negated))
    }

    /// Pieces of `is empty`, `is not null`, `== null`, `!= null` ahead, and whether they negate.
    fn nothing(&self) -> Option<(usize, bool)> {
        let (before, negated) = if self.is_word(0, "is") {
            let negated = self.is_word(1, "not");
            (1 + usize::from(negated), negated)
        } else {
            match self.sign() {
                Some(Sign::Same) => (1, false),
                Some(Sign::Differs) => (1, true),
                Some(_) | None => return None,
            }
        };
        let word = NOTHING.iter().find(|word| self.is_word(before, word))?;
        let lexeme = self.lexemes.get(self.at + before)?;
        let is_name = (self.known)(&self.source[lexeme.span.clone()]);
        let called = self.lexemes.get(self.at + before + 1).map(|lexeme| &lexeme.token);
        let called = *word == "empty" && called == Some(&Token::Sign(Sign::Open));
        (!is_name && !called).then_some((before + 1, negated))
    }

    fn is_empty(&mut self, first: usize, left: &Expression, negated: bool) -> Expression {
        let span = self.since(first);
        // A sign of another language is part of the same slip.
        let sign = left.span.end..span.end;
        self.found
            .retain(|d| d.span.start < sign.start || d.span.end > sign.end);
        let value = &self.source[left.span.clone()];
        let right = match negated {
            true => format!("!empty({value})"),
            false => format!("empty({value})"),
        };
        let message = match negated {
            true => "that a value is there is asked for with `!empty(…)`",
            false => "an empty value is asked for with `empty(…)`",
        };
        let found = Diagnostic::error("not-cel", span.clone(), message)
            .help(format!("write `{right}`"))
            .replace(span.clone(), right, Applicability::Unsure);
        self.found.push(found);
        let call = Kind::Call {
            name: "empty".into(),
            name_span: span.clone(),
            arguments: vec![left.clone()],
        };
        let call = Expression {
            kind: call,
            span: span.clone(),
        };
        match negated {
            true => Expression {
                kind: Kind::Not(Box::new(call)),
                span,
            },
            false => call,
        }
    }

    /// `age between 18 and 65`.
    fn word_between(&mut self, first: usize, left: &Expression) -> Option<Expression> {
        self.at += 1;
        let least = self.sum()?;
        if !self.is_word(0, "and") && self.sign() != Some(Sign::And) {
            return self.no_between(first);
        }
        self.at += 1;
        let most = self.sum()?;
        let span = self.since(first);
        let text = |of: &Range<usize>| &self.source[of.clone()];
        let value = text(&left.span);
        let right = format!(
            "{value} >= {} && {value} <= {}",
            text(&least.span),
            text(&most.span)
        );
        let found = Diagnostic::error(
            "not-cel",
            span.clone(),
            "there is no `between`: two comparisons are joined",
        )
        .help(format!("write `{right}`"))
        .replace(span.clone(), right, Applicability::Unsure);
        self.found.push(found);
        let compare = |comparison, side| Expression {
            kind: Kind::Compare(comparison, Box::new([left.clone(), side])),
            span: span.clone(),
        };
        let both = vec![
            compare(Comparison::AtLeast, least),
            compare(Comparison::AtMost, most),
        ];
        Some(self.expression(first, Kind::All(both)))
    }

    fn no_between(&mut self, first: usize) -> Option<Expression> {
        let found = Diagnostic::error("not-cel", self.since(first), "there is no `between`")
            .help("join two comparisons: `age >= 18 && age <= 65`");
        self.found.push(found);
        None
    }

    /// `tags contains "vip"`, where `before` words negate.
    fn tag_asked(&self, left: &Expression, before: usize) -> Option<Diagnostic> {
        let of_tags = matches!(&left.kind, Kind::Name(name) if name == "tags" || name == "tag");
        let tag = self.lexemes.get(self.at + before + 1).filter(|_| of_tags)?;
        let Token::Text(_) = tag.token else { return None };
        let span = left.span.start..tag.span.end;
        let not = if before > 0 { "!" } else { "" };
        let right = format!("{not}tagged({})", &self.source[tag.span.clone()]);
        Some(
            Diagnostic::error("not-cel", span.clone(), "a tag is asked for with `tagged(…)`")
                .help(format!("write `{right}`"))
                .replace(span, right, Applicability::Unsure),
        )
    }

    /// `tag == "vip"`, where no column is called so.
    pub(super) fn tag_compared(&self, comparison: Comparison, sides: &[Expression; 2]) -> Option<Diagnostic> {
        let not = match comparison {
            Comparison::Same => "",
            Comparison::Differs => "!",
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => return None,
        };
        let [
            Expression {
                kind: Kind::Name(name),
                span: from,
            },
            Expression {
                kind: Kind::Text(_),
                span: to,
            },
        ] = sides
        else {
            return None;
        };
        if name != "tags" && (name != "tag" || (self.known)(name)) {
            return None;
        }
        let span = from.start..to.end;
        let right = format!("{not}tagged({})", &self.source[to.clone()]);
        Some(
            Diagnostic::error("not-cel", span.clone(), "a tag is asked for with `tagged(…)`")
                .help(format!("write `{right}`"))
                .replace(span, right, Applicability::Unsure),
        )
    }

    /// `city like "Rom%"`: what cannot be asked is said, and what can be instead.
    fn looks_inside(&mut self, before: usize) -> Option<Expression> {
        let word = self.span(self.at + before);
        let with = self.is_word(before + 1, "with");
        let end = self.span(self.at + before + usize::from(with)).end;
        let span = self.span(self.at).start..end;
        let message = format!(
            "there is no `{}`: texts are compared as a whole",
            &self.source[word.start..end]
        );
        let help = "compare with `==`, or with several: `city in [\"Roma\", \"Latina\"]`; what a text begins with is a column of its own";
        self.found
            .push(Diagnostic::error("not-cel", span, message).help(help));
        None
    }
}
