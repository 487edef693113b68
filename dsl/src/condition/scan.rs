//! Cuts a condition into words, numbers, texts and signs. Spellings of other languages (`=`, `<>`, `≥`, curly quotes, a
//! bare date) are named, read as what they mean, and read on; what cannot be read ends the scan.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::diagnostic::{Applicability, Diagnostic};

mod text;

pub(crate) use text::STRAIGHT_QUOTES;

/// A piece and its bytes.
#[derive(Debug, Clone)]
pub(super) struct Lexeme {
    pub token: Token,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word; words that are operators elsewhere are told from names by the parser.
    Word(String),
    /// A name in backticks, whatever it holds.
    Name(String),
    Text(String),
    Number(Decimal),
    Sign(Sign),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    And,
    Or,
    Not,
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
    Same,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Longer ones first. The third is the right spelling, where this one is wrong.
const SIGNS: &[(&str, Sign, Option<&str>)] = &[
    ("===", Sign::Same, Some("==")),
    ("!==", Sign::Differs, Some("!=")),
    ("==", Sign::Same, None),
    ("!=", Sign::Differs, None),
    ("<>", Sign::Differs, Some("!=")),
    ("<=", Sign::AtMost, None),
    (">=", Sign::AtLeast, None),
    ("=<", Sign::AtMost, Some("<=")),
    ("=>", Sign::AtLeast, Some(">=")),
    ("&&", Sign::And, None),
    ("||", Sign::Or, None),
    ("=", Sign::Same, Some("==")),
    ("<", Sign::Less, None),
    (">", Sign::More, None),
    ("≠", Sign::Differs, Some("!=")),
    ("≤", Sign::AtMost, Some("<=")),
    ("≥", Sign::AtLeast, Some(">=")),
    ("&", Sign::And, Some("&&")),
    ("|", Sign::Or, Some("||")),
    ("!", Sign::Not, None),
    ("(", Sign::Open, None),
    (")", Sign::Close, None),
    ("[", Sign::OpenList, None),
    ("]", Sign::CloseList, None),
    (",", Sign::Comma, None),
    ("+", Sign::Plus, None),
    ("-", Sign::Minus, None),
    ("*", Sign::Times, None),
    ("/", Sign::Divided, None),
    ("%", Sign::Remainder, None),
];

/// The pieces, or none where something cannot be read; either way what is wrong is in `found`.
pub(super) fn scan(source: &str, found: &mut Vec<Diagnostic>) -> Option<Vec<Lexeme>> {
    let mut scanner = Scanner {
        source,
        at: 0,
        lexemes: vec![],
        found,
    };
    while let Some(first) = scanner.rest().chars().next() {
        if first.is_whitespace() {
            scanner.at += first.len_utf8();
        } else {
            scanner.next(first)?;
        }
    }
    Some(scanner.lexemes)
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    lexemes: Vec<Lexeme>,
    found: &'a mut Vec<Diagnostic>,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn push(&mut self, token: Token, length: usize) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.lexemes.push(Lexeme { token, span });
    }

    /// None where it cannot be read.
    fn next(&mut self, first: char) -> Option<()> {
        if first.is_ascii_digit() {
            return self.number();
        }
        if is_word(first) {
            let length = word_length(self.rest());
            let word = self.rest()[..length].to_owned();
            self.push(Token::Word(word), length);
            return Some(());
        }
        if text::closing(first).is_some() {
            return self.text(first);
        }
        if let Some(sign) = ["=~", "!~", "~="]
            .into_iter()
            .find(|sign| self.rest().starts_with(sign))
        {
            return self.pattern(sign);
        }
        let sign = SIGNS.iter().find(|(spelt, ..)| self.rest().starts_with(spelt));
        match sign {
            Some((spelt, sign, right)) => self.sign(spelt, *sign, *right),
            None => return self.refuse(first),
        }
        Some(())
    }

    fn sign(&mut self, spelt: &str, sign: Sign, right: Option<&str>) {
        if let Some(right) = right {
            let span = self.at..self.at + spelt.len();
            self.found.push(misspelt(span, spelt, right));
        }
        self.push(Token::Sign(sign), spelt.len());
    }

    fn number(&mut self) -> Option<()> {
        if let Some(date) = bare_date(self.rest()).map(str::to_owned) {
            return self.date(&date);
        }
        let rest = self.rest();
        let length = rest
            .find(|c: char| !is_word(c) && !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let written = &rest[..length];
        let (whole, part) = written.split_once('.').unwrap_or((written, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let span = self.at..self.at + length;
        if !digits(whole) || !digits(part) {
            let message = format!("\"{}\" is not a number", shortened(written));
            let help = "a number is digits, with a point before its decimals: `1000`, `12.50`";
            self.found
                .push(Diagnostic::error("not-cel", span, message).help(help));
            return None;
        }
        match Decimal::from_str_exact(written) {
            Ok(number) => self.push(Token::Number(number), length),
            Err(_) => {
                let message = format!("the number {} has too many digits", shortened(written));
                let help = "crier counts exactly, with up to 28 digits";
                self.found
                    .push(Diagnostic::error("not-cel", span, message).help(help));
                return None;
            }
        }
        Some(())
    }

    /// Read as `date("…")`.
    fn date(&mut self, date: &str) -> Option<()> {
        let span = self.at..self.at + date.len();
        let whole = format!("date(\"{date}\")");
        let called = self.in_date();
        let right = if called {
            format!("\"{date}\"")
        } else {
            whole.clone()
        };
        let message = format!("{date} is a subtraction here, not a date");
        let found = Diagnostic::error("not-cel", span.clone(), message)
            .help(format!("a date is written `{whole}`"))
            .replace(span.clone(), right, Applicability::Unsure);
        self.found.push(found);
        if called {
            self.push(Token::Text(date.to_owned()), date.len());
            return Some(());
        }
        let tokens = [
            Token::Word("date".into()),
            Token::Sign(Sign::Open),
            Token::Text(date.to_owned()),
            Token::Sign(Sign::Close),
        ];
        self.lexemes.extend(tokens.map(|token| Lexeme {
            token,
            span: span.clone(),
        }));
        self.at = span.end;
        Some(())
    }

    /// Whether `date(` stands before it.
    fn in_date(&self) -> bool {
        let mut before = self.lexemes.iter().rev().map(|lexeme| &lexeme.token);
        let opened = before.next() == Some(&Token::Sign(Sign::Open));
        opened && matches!(before.next(), Some(Token::Word(word)) if word == "date")
    }

    /// `city =~ "R.*"`: no condition looks into a text.
    fn pattern(&mut self, sign: &str) -> Option<()> {
        let message = format!("there is no `{sign}`: texts are compared as a whole");
        let help = "compare with `==`, or with several: `city in [\"Roma\", \"Latina\"]`";
        let found = Diagnostic::error("not-cel", self.at..self.at + sign.len(), message);
        self.found.push(found.help(help));
        None
    }

    fn refuse(&mut self, first: char) -> Option<()> {
        let span = self.at..self.at + first.len_utf8();
        let (message, help) = match first {
            '.' => (
                "conditions have no `.`: a name stands alone".to_owned(),
                "a value is named by its column, and functions stand before what they take: `empty(city)`",
            ),
            '?' | ':' => (
                format!("conditions have no `{first}`"),
                "join conditions with `&&` and `||`",
            ),
            '{' | '}' => (
                "conditions have no braces".to_owned(),
                "a name stands alone: `city == \"Roma\"`",
            ),
            _ => (
                format!("`{}` means nothing in a condition", first.escape_debug()),
                "for example `city == \"Roma\" && age >= 18`; a name with other characters stands in backticks",
            ),
        };
        self.found
            .push(Diagnostic::error("not-cel", span, message).help(help));
        None
    }
}

/// What is spelt otherwise in CEL.
pub(super) fn misspelt(span: Range<usize>, spelt: &str, right: &str) -> Diagnostic {
    Diagnostic::error("not-cel", span.clone(), format!("`{spelt}` is spelt `{right}`"))
        .help(format!("write `{right}`"))
        .replace(span, right, Applicability::Safe)
}

/// Whether a character can stand in a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || unicode_normalization::char::is_combining_mark(c)
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !is_word(c)).unwrap_or(text.len())
}

/// `2026-12-01`, and nothing glued to it.
fn bare_date(text: &str) -> Option<&str> {
    let date = text.get(..10)?;
    let form = date.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b });
    let alone = !text[10..].starts_with(|c: char| is_word(c) || c == '-');
    (form.eq(*b"0000-00-00") && alone).then_some(date)
}

/// The first of a long text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
