//! Words in a row that are one phrase, where a list of them was meant: `words: si, yes`.

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::reply::is_polite;
use crate::tree::Node;
use crate::written::campaign::Rule;
use crate::written::{Spanned, quoted, spanned};

/// What people put between the words of a list; the last two are commas of full width.
const BETWEEN: [char; 6] = [',', ';', '|', '/', '\u{3001}', '\u{ff0c}'];

/// Brackets of full width around a list, and the quotes in it.
const AROUND: [char; 4] = ['\u{ff3b}', '\u{ff3d}', '"', '\''];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for rule in context.written.reply_rules().into_iter().flatten() {
        found.extend(alone(rule).and_then(|word| one_phrase(context.text, word)));
    }
    let limits = context.root.and_then(|root| root.get("limits"));
    found.extend(opt_out_words(context.text, limits));
}

/// Of a policy or of limits.
pub(super) fn opt_out_words(text: &str, limits: Option<&Node>) -> Option<Diagnostic> {
    let word = spanned(limits?.get("opt_out_words")?)?;
    one_phrase(text, &word)
}

/// The words of a rule, where they are one text beside the key.
fn alone(rule: &Rule) -> Option<&Spanned<String>> {
    match rule.words.as_slice() {
        [word] if rule.parts.contains(&word.span) => Some(word),
        _ => None,
    }
}

/// Without quotes it is an error; with them it may be a phrase, and surely is one where politeness is part of it.
fn one_phrase(text: &str, word: &Spanned<String>) -> Option<Diagnostic> {
    let written = text.get(word.span.clone())?;
    let is_quoted = written.starts_with(['"', '\'', '|', '>', '*', '&']);
    let words: Vec<&str> = word.value.split(BETWEEN).map(str::trim).collect();
    let digits = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let is_number = words.iter().all(digits) && is_quoted;
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let is_list = word.value.contains(BETWEEN) && !words.is_empty() && !is_number;
    let is_meant = is_quoted && (words.len() < 2 || words.iter().any(|word| is_polite(word)));
    if !is_list || is_meant {
        return None;
    }
    let message = format!("\"{}\" is one phrase; is it meant to be a list?", word.value);
    let found = Diagnostic::error("list-became-text", word.span.clone(), message).label("read as one phrase");
    let found = match is_quoted {
        true => {
            found.help("a list stands in brackets; a phrase needs no such marks, since they do not count")
        }
        false => found.help("a list stands in brackets, a phrase with a comma in quotes"),
    };
    let severity = match is_quoted {
        true => Severity::Warning,
        false => Severity::Error,
    };
    let words = words.into_iter().map(|word| quoted(word.trim_matches(AROUND)));
    let words: Vec<String> = words.collect();
    let list = format!("[{}]", words.join(", "));
    let found = found.replace(word.span.clone(), list, Applicability::Unsure);
    Some(Diagnostic { severity, ..found })
}
