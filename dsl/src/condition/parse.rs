//! Makes an [`Expression`] of the pieces, by CEL's precedence: `!` and `-`, then `* / %`, `+ -`, comparisons and `in`,
//! `&&`, `||`. Bounded in depth. Operators that are words elsewhere (`and`, `or`, `not`, `is`) are named and read on.

use std::ops::Range;

use super::expression::{Comparison, Expression, Kind, Operation};
use super::scan::{Lexeme, Sign, Token, misspelt, shortened};
use crate::diagnostic::{Applicability, Diagnostic};

mod foreign;
mod slips;

/// Levels of brackets and operators inside each other, at most; as many terms of one sum.
pub(super) const DEEPEST: usize = 32;

/// The expression, or none where there is none; either way what is wrong is in `found`.
pub(super) fn parse(
    source: &str,
    lexemes: &[Lexeme],
    known: &dyn Fn(&str) -> bool,
    found: &mut Vec<Diagnostic>,
) -> Option<Expression> {
    let mut parser = Parser {
        source,
        lexemes,
        known,
        at: 0,
        depth: 0,
        found,
    };
    if lexemes.is_empty() {
        let help = "for example `city == \"Roma\" && age >= 18`";
        let empty = Diagnostic::error("not-cel", 0..source.len(), "the condition is empty");
        parser.found.push(empty.help(help));
        return None;
    }
    let whole = parser.any()?;
    match parser.peek() {
        None => Some(whole),
        Some(_) => parser.unexpected(),
    }
}

struct Parser<'a> {
    source: &'a str,
    lexemes: &'a [Lexeme],
    /// Whether a name exists.
    known: &'a dyn Fn(&str) -> bool,
    at: usize,
    depth: usize,
    found: &'a mut Vec<Diagnostic>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.at)
    }

    fn sign(&self) -> Option<Sign> {
        match self.peek().map(|lexeme| &lexeme.token) {
            Some(Token::Sign(sign)) => Some(*sign),
            Some(Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Number(_)) | None => None,
        }
    }

    /// Goes past a sign that is next.
    fn take(&mut self, sign: Sign) -> bool {
        let is_next = self.sign() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    /// Whether the piece so far ahead is this word, in any case.
    fn is_word(&self, ahead: usize, word: &str) -> bool {
        let lexeme = self.lexemes.get(self.at + ahead);
        matches!(lexeme.map(|lexeme| &lexeme.token), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn span(&self, at: usize) -> Range<usize> {
        let lexeme = self.lexemes.get(at).or(self.lexemes.last());
        lexeme.map_or(0..0, |lexeme| lexeme.span.clone())
    }

    /// Bytes of what has just been taken, brackets included.
    fn since(&self, first: usize) -> Range<usize> {
        self.span(first).start..self.span(self.at.saturating_sub(1)).end
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == DEEPEST {
            return self.too_deep();
        }
        self.depth += 1;
        let made = inner(self);
        self.depth -= 1;
        made
    }

    fn too_deep<T>(&mut self) -> Option<T> {
        let message = format!("the condition is nested more than {DEEPEST} deep");
        let help = "make several conditions of it: those of a list must all hold";
        self.found
            .push(Diagnostic::error("not-cel", self.span(self.at), message).help(help));
        None
    }

    fn any(&mut self) -> Option<Expression> {
        self.terms(Sign::Or, "or", "||", Self::all, Kind::Any)
    }

    fn all(&mut self) -> Option<Expression> {
        self.terms(Sign::And, "and", "&&", Self::relation, Kind::All)
    }

    fn terms(
        &mut self,
        sign: Sign,
        word: &str,
        right: &str,
        term: fn(&mut Self) -> Option<Expression>,
        kind: fn(Vec<Expression>) -> Kind,
    ) -> Option<Expression> {
        let first = self.at;
        let mut terms = vec![term(self)?];
        loop {
            if self.is_word(0, word) {
                let span = self.span(self.at);
                let spelt = &self.source[span.clone()];
                self.found.push(misspelt(span, spelt, right));
                self.at += 1;
            } else if !self.take(sign) {
                break;
            }
            terms.push(term(self)?);
        }
        if terms.len() == 1 {
            return terms.pop();
        }
        Some(Expression {
            kind: kind(terms),
            span: self.since(first),
        })
    }

    fn relation(&mut self) -> Option<Expression> {
        let first = self.at;
        if self.begins_with_not() {
            return self.word_not();
        }
        let left = self.sum()?;
        if let Some(made) = self.foreign(first, &left) {
            return made;
        }
        let item = self.since(first);
        let before = self.found.len();
        let made = if let Some(comparison) = self.comparison() {
            let right = self.sum()?;
            let sides = [left, right];
            if let Some(found) = self.tag_compared(comparison, &sides) {
                self.found.push(found);
                return None;
            }
            let kind = Kind::Compare(comparison, Box::new(sides));
            self.expression(first, kind)
        } else if let Some(negated) = self.word_in() {
            let list = self.listed()?;
            self.contained(item, [left, list], negated)
        } else {
            return Some(left);
        };
        if self.comparison_ahead() && self.found.len() == before {
            return self.chained(&made);
        }
        Some(made)
    }

    fn expression(&self, first: usize, kind: Kind) -> Expression {
        Expression {
            kind,
            span: self.since(first),
        }
    }

    fn comparison_ahead(&self) -> bool {
        self.sign().and_then(comparison).is_some()
    }

    /// Goes past a comparison, `is` and `is not` too.
    fn comparison(&mut self) -> Option<Comparison> {
        if let Some(comparison) = self.sign().and_then(comparison) {
            self.at += 1;
            return Some(comparison);
        }
        if !self.is_word(0, "is") && !self.is_word(0, "equals") {
            return None;
        }
        let first = self.at;
        self.at += 1;
        let negated = self.is_word(0, "not");
        self.at += usize::from(negated);
        let right = if negated { "!=" } else { "==" };
        let span = self.since(first);
        let spelt = &self.source[span.clone()];
        self.found.push(misspelt(span, spelt, right));
        Some(if negated {
            Comparison::Differs
        } else {
            Comparison::Same
        })
    }

    fn sum(&mut self) -> Option<Expression> {
        let sums = [(Sign::Plus, Operation::Plus), (Sign::Minus, Operation::Minus)];
        self.operations(&sums, Self::product)
    }

    fn product(&mut self) -> Option<Expression> {
        let products = [
            (Sign::Times, Operation::Times),
            (Sign::Divided, Operation::Divided),
            (Sign::Remainder, Operation::Remainder),
        ];
        self.operations(&products, Self::unary)
    }

    fn operations(
        &mut self,
        of: &[(Sign, Operation)],
        term: fn(&mut Self) -> Option<Expression>,
    ) -> Option<Expression> {
        let first = self.at;
        let mut left = term(self)?;
        let mut terms = 1;
        while let Some((_, operation)) = of.iter().find(|(sign, _)| self.sign() == Some(*sign)) {
            self.at += 1;
            terms += 1;
            if terms > DEEPEST {
                return self.too_deep();
            }
            let right = term(self)?;
            let kind = Kind::Arithmetic(*operation, Box::new([left, right]));
            left = self.expression(first, kind);
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expression> {
        let first = self.at;
        let negation = self.take(Sign::Not);
        if !negation && !self.take(Sign::Minus) {
            return self.primary();
        }
        let of = Box::new(self.deeper(Self::unary)?);
        let kind = if negation {
            Kind::Not(of)
        } else {
            Kind::Negative(of)
        };
        Some(self.expression(first, kind))
    }

    fn primary(&mut self) -> Option<Expression> {
        let first = self.at;
        let Some(lexeme) = self.peek().cloned() else {
            return self.unexpected();
        };
        self.at += 1;
        let kind = match lexeme.token {
            Token::Word(word) if self.take(Sign::Open) => Kind::Call {
                name: word,
                name_span: lexeme.span,
                arguments: self.deeper(|parser| parser.items(Sign::Close))?,
            },
            Token::Word(word) => match word.as_str() {
                "true" => Kind::Flag(true),
                "false" => Kind::Flag(false),
                "in" => {
                    self.at = first;
                    return self.unexpected();
                }
                _ => Kind::Name(word),
            },
            Token::Name(name) => Kind::Name(name),
            Token::Text(text) => Kind::Text(text),
            Token::Number(number) => Kind::Number(number),
            Token::Sign(Sign::OpenList) => Kind::List(self.deeper(|parser| parser.items(Sign::CloseList))?),
            Token::Sign(Sign::Open) => return self.bracketed(first),
            Token::Sign(_) => {
                self.at = first;
                return self.unexpected();
            }
        };
        Some(self.expression(first, kind))
    }

    fn bracketed(&mut self, first: usize) -> Option<Expression> {
        let mut inner = self.deeper(Self::any)?;
        if !self.take(Sign::Close) {
            return self.not_closed(first, ")");
        }
        inner.span = self.since(first);
        Some(inner)
    }

    /// Values up to the closing bracket, which is taken; a comma may stand before it.
    fn items(&mut self, close: Sign) -> Option<Vec<Expression>> {
        let opened = self.at - 1;
        let mut items = vec![];
        while !self.take(close) {
            items.push(self.any()?);
            if self.take(Sign::Comma) {
                continue;
            }
            if !self.take(close) {
                let mark = if close == Sign::Close { ")" } else { "]" };
                return self.not_closed(opened, mark);
            }
            break;
        }
        Some(items)
    }

    fn not_closed<T>(&mut self, opened: usize, mark: &str) -> Option<T> {
        if self.peek().is_some() {
            return self.unexpected();
        }
        let span = self.span(opened);
        let message = format!("the bracket `{}` is not closed", &self.source[span.clone()]);
        let end = self.span(self.lexemes.len()).end;
        let found = Diagnostic::error("not-cel", span, message)
            .help(format!("put `{mark}` where it ends"))
            .replace(end..end, mark, Applicability::Unsure);
        self.found.push(found);
        None
    }

    /// Names what is next, which cannot stand there.
    fn unexpected<T>(&mut self) -> Option<T> {
        let found = match self.slip() {
            Some(found) => found,
            None => self.misplaced()?,
        };
        self.found.push(found);
        None
    }

    /// None where it has been told.
    fn misplaced(&self) -> Option<Diagnostic> {
        let (span, message) = match self.peek() {
            Some(lexeme) => {
                let written = shortened(&self.source[lexeme.span.clone()]);
                (lexeme.span.clone(), format!("`{written}` cannot stand here"))
            }
            None => {
                let last = self.span(self.lexemes.len());
                // Of what is misspelt there the spelling comes first.
                if self.found.iter().any(|told| told.span == last) {
                    return None;
                }
                let written = shortened(&self.source[last.clone()]);
                (last, format!("something is missing after `{written}`"))
            }
        };
        let help = match self.sign() {
            Some(Sign::Comma) => "one of several is `… || …`, all of them are `… && …`",
            Some(_) | None => "for example `city == \"Roma\" && age >= 18`",
        };
        Some(Diagnostic::error("not-cel", span, message).help(help))
    }
}

fn comparison(sign: Sign) -> Option<Comparison> {
    match sign {
        Sign::Same => Some(Comparison::Same),
        Sign::Differs => Some(Comparison::Differs),
        Sign::Less => Some(Comparison::Less),
        Sign::AtMost => Some(Comparison::AtMost),
        Sign::More => Some(Comparison::More),
        Sign::AtLeast => Some(Comparison::AtLeast),
        Sign::Open | Sign::Close | Sign::OpenList | Sign::CloseList | Sign::Comma => None,
        Sign::And | Sign::Or | Sign::Not => None,
        Sign::Plus | Sign::Minus | Sign::Times | Sign::Divided | Sign::Remainder => None,
    }
}
