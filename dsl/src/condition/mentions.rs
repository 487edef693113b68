//! What a condition names, with places, whatever else is wrong with it. For editors: types and meaning are not asked.

use std::ops::Range;

use super::scan::{self, Lexeme, Sign, Token};

/// Something that a condition names. Places are bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mention {
    /// A field or column.
    Name {
        /// The name.
        name: String,
        /// Without backticks.
        span: Range<usize>,
    },
    /// The first text that a function takes.
    Argument {
        /// The function.
        function: String,
        /// The text.
        text: String,
        /// Without quotes.
        span: Range<usize>,
    },
}

/// What the value of a condition hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Basis {
    /// A field, a column, or a built-in name such as `tags`.
    Name(String),
    /// A function, with the first text that it takes.
    Call(String, Option<String>),
}

/// All that a condition hangs on, in order, each with its bytes; nothing where it cannot be cut into pieces.
pub(crate) fn bases(source: &str) -> Vec<(Basis, Range<usize>)> {
    if source.len() > super::MOST_SOURCE {
        return vec![];
    }
    let pieces = scan::scan(source, &mut vec![]).unwrap_or_default();
    (0..pieces.len()).filter_map(|at| basis(&pieces[at..])).collect()
}

fn basis(pieces: &[Lexeme]) -> Option<(Basis, Range<usize>)> {
    let is = |at: usize, sign| {
        pieces
            .get(at)
            .is_some_and(|piece| piece.token == Token::Sign(sign))
    };
    let first = pieces.first()?;
    match &first.token {
        Token::Word(name) if is(1, Sign::Open) => {
            let (text, last) = match pieces.get(2).map(|piece| &piece.token) {
                Some(Token::Text(text)) => (Some(text.clone()), 3),
                _ => (None, 2),
            };
            let end = if is(last, Sign::Close) { last } else { 0 };
            let span = first.span.start..pieces[end].span.end;
            Some((Basis::Call(name.clone(), text), span))
        }
        Token::Word(word) if matches!(word.as_str(), "in" | "true" | "false") => None,
        Token::Word(name) | Token::Name(name) => Some((Basis::Name(name.clone()), first.span.clone())),
        Token::Text(_) | Token::Number(_) | Token::Sign(_) => None,
    }
}

/// All that a condition names, in order; nothing where it cannot be cut into pieces.
pub(crate) fn mentions(source: &str) -> Vec<Mention> {
    if source.len() > super::MOST_SOURCE {
        return vec![];
    }
    let Some(pieces) = scan::scan(source, &mut vec![]) else {
        return vec![];
    };
    (0..pieces.len())
        .filter_map(|at| mention(&pieces[at..]))
        .collect()
}

fn mention(pieces: &[Lexeme]) -> Option<Mention> {
    let first = pieces.first()?;
    let opens = pieces
        .get(1)
        .is_some_and(|piece| piece.token == Token::Sign(Sign::Open));
    match &first.token {
        Token::Word(function) if opens => {
            let argument = pieces.get(2)?;
            let Token::Text(text) = &argument.token else {
                return None;
            };
            let (function, text) = (function.clone(), text.clone());
            let span = inside(&argument.span);
            Some(Mention::Argument { function, text, span })
        }
        Token::Word(word) => match word.as_str() {
            "in" | "true" | "false" | "and" | "or" | "not" => None,
            _ if super::BuiltIn::NAMES.contains(&word.as_str()) => None,
            _ => {
                let (name, span) = (word.clone(), first.span.clone());
                Some(Mention::Name { name, span })
            }
        },
        Token::Name(name) => {
            let (name, span) = (name.clone(), inside(&first.span));
            Some(Mention::Name { name, span })
        }
        // `"vip" in tags` asks what `tagged("vip")` does.
        Token::Text(text) if is_word(pieces.get(1), "in") && is_word(pieces.get(2), "tags") => {
            Some(Mention::Argument {
                function: "tagged".into(),
                text: text.clone(),
                span: inside(&first.span),
            })
        }
        Token::Text(_) | Token::Number(_) | Token::Sign(_) => None,
    }
}

fn is_word(piece: Option<&Lexeme>, wanted: &str) -> bool {
    piece.is_some_and(|piece| matches!(&piece.token, Token::Word(word) if word == wanted))
}

fn inside(span: &Range<usize>) -> Range<usize> {
    span.start + 1..span.end.saturating_sub(1).max(span.start + 1)
}
