//! What people write who know other languages, or none: `not`, `not in`, a list in round brackets, two comparisons in
//! a row, words without quotes, a decimal comma.

use std::ops::Range;

use super::Parser;
use crate::condition::FUNCTIONS;
use crate::condition::expression::{Comparison, Expression, Kind};
use crate::condition::scan::{Sign, Token, misspelt};
use crate::diagnostic::{Applicability, Diagnostic};

/// Words that are operators, here or elsewhere.
const OPERATORS: [&str; 5] = ["and", "or", "not", "in", "is"];

/// What other languages begin a condition with.
const OPENINGS: [&str; 3] = ["if", "when", "where"];

/// What `is` is called elsewhere.
const SAME: [&str; 9] = [
    "est", "ist", "\u{e8}", "\u{e9}", "es", "jest", "gleich", "equal", "eq",
];

fn is_operator(word: &str) -> bool {
    OPERATORS
        .iter()
        .any(|operator| word.eq_ignore_ascii_case(operator))
}

impl Parser<'_> {
    /// `not` before something that can be negated.
    pub(super) fn begins_with_not(&self) -> bool {
        let next = self.lexemes.get(self.at + 1).map(|lexeme| &lexeme.token);
        let begins = match next {
            Some(Token::Word(word)) => !is_operator(word) || word.eq_ignore_ascii_case("not"),
            Some(Token::Name(_) | Token::Text(_) | Token::Sign(Sign::Open | Sign::Not)) => true,
            Some(Token::Number(_) | Token::Sign(_)) | None => false,
        };
        self.is_word(0, "not") && begins
    }

    /// `not a == b` is `!(a == b)`.
    pub(super) fn word_not(&mut self) -> Option<Expression> {
        let first = self.at;
        self.at += 1;
        let operand = self.at;
        let before = self.found.len();
        let of = self.deeper(Self::relation)?;
        let span = self.since(operand);
        let written = &self.source[span.clone()];
        let bracketed = written.starts_with('(') && of.span == span;
        let right = match of.kind {
            Kind::Name(_) | Kind::Call { .. } => format!("!{written}"),
            _ if bracketed => format!("!{written}"),
            _ => format!("!({written})"),
        };
        let word = self.span(first);
        let mut found = misspelt(word.clone(), &self.source[word], "!").help(format!("write `{right}`"));
        found.suggestion = None;
        self.found.push(match self.found.len() == before {
            true => found.replace(self.since(first), right, Applicability::Safe),
            // What stands after it is to be respelt too.
            false => found.help("write `!` before it, in brackets where it is a comparison"),
        });
        Some(self.expression(first, Kind::Not(Box::new(of))))
    }

    /// Goes past `in` or `not in`; whether it is negated.
    pub(super) fn word_in(&mut self) -> Option<bool> {
        let negated = self.is_word(0, "not") && self.is_word(1, "in");
        let at = self.at + usize::from(negated);
        match self.lexemes.get(at).map(|lexeme| &lexeme.token) {
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("in") => {
                if word != "in" && !negated {
                    let span = self.span(at);
                    self.found.push(misspelt(span.clone(), &self.source[span], "in"));
                }
                self.at = at + 1;
                Some(negated)
            }
            Some(_) | None => None,
        }
    }

    /// What stands after `in`. A list in round brackets is named, and read as one.
    pub(super) fn listed(&mut self) -> Option<Expression> {
        let first = self.at;
        if !self.round_list() {
            return self.sum();
        }
        self.at += 1;
        let items = self.deeper(|parser| parser.items(Sign::Close))?;
        let list = self.expression(first, Kind::List(items));
        let inside = &self.source[list.span.start + 1..list.span.end - 1];
        let found = Diagnostic::error("not-cel", list.span.clone(), "a list stands in square brackets")
            .help(format!("write `[{inside}]`"))
            .replace(list.span.clone(), format!("[{inside}]"), Applicability::Unsure);
        self.found.push(found);
        Some(list)
    }

    /// Whether a round bracket is next that holds a comma, or one piece alone.
    fn round_list(&self) -> bool {
        if self.sign() != Some(Sign::Open) {
            return false;
        }
        let mut depth = 0_usize;
        for (i, lexeme) in self.lexemes[self.at..].iter().enumerate() {
            match lexeme.token {
                Token::Sign(Sign::Open | Sign::OpenList) => depth += 1,
                Token::Sign(Sign::Close | Sign::CloseList) if depth == 1 => return i == 2,
                Token::Sign(Sign::Close | Sign::CloseList) => depth -= 1,
                Token::Sign(Sign::Comma) if depth == 1 => return true,
                Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_) => {}
            }
        }
        false
    }

    /// An item in a list. `not in` is named, and read as `!`.
    pub(super) fn contained(
        &mut self,
        item: Range<usize>,
        sides: [Expression; 2],
        negated: bool,
    ) -> Expression {
        let span = item.start..self.span(self.at.saturating_sub(1)).end;
        let list = &self.source[sides[1].span.clone()];
        let right = format!("!({} in {list})", &self.source[item]);
        let contained = Expression {
            kind: Kind::In(Box::new(sides)),
            span: span.clone(),
        };
        if !negated {
            return contained;
        }
        let found = Diagnostic::error("not-cel", span.clone(), "`not in` is spelt with `!`")
            .help(format!("write `{right}`"))
            .replace(span.clone(), right, Applicability::Safe);
        self.found.push(found);
        Expression {
            kind: Kind::Not(Box::new(contained)),
            span,
        }
    }

    /// `18 < age < 65`.
    pub(super) fn chained(&mut self, left: &Expression) -> Option<Expression> {
        let sign = self.span(self.at);
        self.at += 1;
        let start = self.at;
        self.sum()?;
        let second = self.since(start);
        let whole = left.span.start..second.end;
        let middle = match &left.kind {
            Kind::Compare(comparison, sides) if comparison.is_order() => Some(sides[1].span.clone()),
            _ => None,
        };
        let text = |span: Range<usize>| &self.source[span];
        let found = Diagnostic::error("not-cel", sign.clone(), "two comparisons cannot stand in a row");
        let found = match middle {
            Some(middle) => {
                let second = format!("{} {} {}", text(middle), text(sign), text(second));
                let right = format!("{} && {second}", text(left.span.clone()));
                found
                    .help(format!("write `{right}`"))
                    .replace(whole, right, Applicability::Unsure)
            }
            None => found.help("join two conditions with `&&`"),
        };
        self.found.push(found);
        None
    }

    /// A slip that explains why the next piece cannot stand where it does.
    pub(super) fn slip(&self) -> Option<Diagnostic> {
        self.no_and()
            .or_else(|| self.words())
            .or_else(|| self.decimal_comma())
            .or_else(|| self.square_call())
            .or_else(|| self.between())
    }

    /// A second comparison behind the first: `age > 18 city == "Roma"`.
    fn no_and(&self) -> Option<Diagnostic> {
        let before = self.lexemes.get(self.at.checked_sub(1)?)?;
        let ends = matches!(
            before.token,
            Token::Number(_) | Token::Text(_) | Token::Sign(Sign::Close | Sign::CloseList)
        );
        let begins = matches!(self.peek()?.token, Token::Word(_) | Token::Name(_));
        let next = self.lexemes.get(self.at + 1).map(|lexeme| &lexeme.token);
        let compares = matches!(next, Some(Token::Sign(sign)) if super::comparison(*sign).is_some());
        let is_in_brackets = self.depth > 0;
        if !ends || !begins || !compares || is_in_brackets {
            return None;
        }
        let at = self.span(self.at);
        let message = format!("a second condition begins at `{}`", &self.source[at.clone()]);
        Some(
            Diagnostic::error("not-cel", at.clone(), message)
                .help("both must hold: write `&&` between them, or make them items of a list")
                .replace(at.start..at.start, "&& ", Applicability::Unsure),
        )
    }

    fn is_plain(&self, at: usize) -> bool {
        match self.lexemes.get(at).map(|lexeme| &lexeme.token) {
            Some(Token::Word(word)) => !is_operator(word),
            Some(Token::Number(_)) => true,
            Some(Token::Name(_) | Token::Text(_) | Token::Sign(_)) | None => false,
        }
    }

    /// Words in a row are a text without quotes, or a column with spaces in its name.
    fn words(&self) -> Option<Diagnostic> {
        let before = self.at.checked_sub(1)?;
        if !self.is_plain(before) || !self.is_plain(self.at) {
            return None;
        }
        let first = (0..=before).rev().take_while(|at| self.is_plain(*at)).last()?;
        let last = (self.at..self.lexemes.len())
            .take_while(|at| self.is_plain(*at))
            .last()?;
        if let Some(found) = self.opening(first).or_else(|| self.word_as_sign(first, last)) {
            return Some(found);
        }
        let span = self.span(first).start..self.span(last).end;
        let words = &self.source[span.clone()];
        let found = |message: &str| Diagnostic::error("not-cel", span.clone(), message);
        let is_given = first.checked_sub(1).is_some_and(|before| {
            let token = &self.lexemes[before].token;
            matches!(token, Token::Sign(Sign::Comma | Sign::Open))
        });
        if is_given && crate::scalar::WaitTime::parse(words).is_ok() {
            let right = format!("\"{words}\"");
            return Some(
                found("a time is a text, in quotes")
                    .help(format!("write `{right}`"))
                    .replace(span, right, Applicability::Unsure),
            );
        }
        if matches!(self.lexemes[first].token, Token::Number(_)) {
            let message = format!("`{words}` is not a number");
            return Some(found(&message).help("a number has no unit; a text stands in quotes"));
        }
        let joined = words.split_whitespace().collect::<Vec<_>>().join("_");
        let (right, message) = match (self.known)(words) {
            false if (self.known)(&joined) => (joined, "a name of several words is written as its column is"),
            true => (format!("`{words}`"), "a name with spaces stands in backticks"),
            false => (format!("\"{words}\""), "a text stands in quotes"),
        };
        let found = found(message).label("several words");
        Some(
            found
                .help(format!("write {right}"))
                .replace(span, right, Applicability::Unsure),
        )
    }

    /// `if age > 20`: the key says already that a condition follows.
    fn opening(&self, first: usize) -> Option<Diagnostic> {
        let span = self.span(first);
        let word = &self.source[span.clone()];
        let is_one = OPENINGS.iter().any(|opening| word.eq_ignore_ascii_case(opening));
        if first > 0 || !is_one || (self.known)(word) {
            return None;
        }
        let message = format!("a condition does not begin with `{word}`");
        let before_next = span.start..self.span(first + 1).start;
        Some(
            Diagnostic::error("not-cel", span, message)
                .help("leave it out: the key says already that a condition follows")
                .replace(before_next, "", Applicability::Unsure),
        )
    }

    /// `city ist "Roma"`: two words and a value, so that the second is meant to compare.
    fn word_as_sign(&self, first: usize, last: usize) -> Option<Diagnostic> {
        let is_value = |at: usize| {
            let token = self.lexemes.get(at).map(|lexeme| &lexeme.token);
            matches!(token, Some(Token::Text(_) | Token::Number(_)))
        };
        let begins = matches!(self.lexemes[first].token, Token::Word(_));
        let is_one = match last - first {
            1 => is_value(last + 1),
            2 => is_value(last),
            _ => false,
        };
        if !begins || !is_one {
            return None;
        }
        let span = self.span(first + 1);
        let word = &self.source[span.clone()];
        let found = Diagnostic::error("not-cel", span.clone(), format!("`{word}` does not compare"));
        Some(match SAME.iter().any(|same| word.eq_ignore_ascii_case(same)) {
            true => found
                .help("write `==`")
                .replace(span, "==", Applicability::Unsure),
            false => found.help("values are compared with `==`, `!=`, `<`, `<=`, `>`, `>=` and `in`"),
        })
    }

    /// `12,50`.
    fn decimal_comma(&self) -> Option<Diagnostic> {
        let number = |at: usize| {
            let span = self.lexemes.get(at)?.span.clone();
            let digits = self.source[span.clone()].bytes().all(|b| b.is_ascii_digit());
            digits.then_some(span)
        };
        let before = number(self.at.checked_sub(1)?)?;
        let after = number(self.at + 1)?;
        let glued = after.start == before.end + 1 && self.sign() == Some(Sign::Comma);
        if !glued {
            return None;
        }
        let span = before.start..after.end;
        let right = format!("{}.{}", &self.source[before], &self.source[after]);
        let message = "a decimal number has a point, not a comma";
        let found = Diagnostic::error("not-cel", span.clone(), message);
        Some(
            found
                .help(format!("write `{right}`"))
                .replace(span, right, Applicability::Unsure),
        )
    }

    /// `tagged["press"]`.
    fn square_call(&self) -> Option<Diagnostic> {
        let name = match &self.lexemes.get(self.at.checked_sub(1)?)?.token {
            Token::Word(name) => name,
            Token::Name(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_) => return None,
        };
        let is_function = FUNCTIONS.iter().any(|(known, _)| known == name);
        if self.sign() != Some(Sign::OpenList) || !is_function {
            return None;
        }
        let of = self.lexemes[self.at..].iter();
        let mut close = of.filter(|lexeme| matches!(lexeme.token, Token::Sign(Sign::CloseList)));
        let brackets = self.span(self.at).start..close.next()?.span.end;
        let inside = &self.source[brackets.start + 1..brackets.end - 1];
        let message = format!("what `{name}` is asked stands in round brackets");
        Some(
            Diagnostic::error("not-cel", brackets.clone(), message)
                .help(format!("did you mean `{name}({inside})`?"))
                .replace(brackets.clone(), format!("({inside})"), Applicability::Unsure),
        )
    }

    /// A comparison that begins with its sign: `age > 18 && < 65`.
    fn between(&self) -> Option<Diagnostic> {
        let comparison = self.sign().and_then(super::comparison)?;
        let span = self.span(self.at);
        let message = format!("nothing stands before `{}`", &self.source[span.clone()]);
        let help = match comparison {
            Comparison::Same | Comparison::Differs => "name what is compared: `city == \"Roma\"`",
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
                "name what is compared, each time: `age >= 18 && age < 65`"
            }
        };
        Some(Diagnostic::error("not-cel", span, message).help(help))
    }
}
