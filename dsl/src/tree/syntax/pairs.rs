//! Pairs in braces that are closed, and that YAML cannot read all the same: a comma is missing between two of them, or a
//! value begins with a mark that no text may begin with.

use std::ops::Range;

use super::conditions;
use super::place::{end_of, line_of};
use super::quotes::{begins_with, quote};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::values::Language;
use crate::written::is_key;

/// What is wrong with a pair in the braces that open there. None where they are not closed on their line.
pub(super) fn inside(text: &str, open: usize) -> Option<Diagnostic> {
    let pairs = pairs(text, open)?;
    pairs.into_iter().find_map(|pair| {
        let value = value_of(text, &pair)?;
        let written = &text[value.clone()];
        match written.chars().next()? {
            mark @ ('%' | '@' | '`') => Some(quote(text, value, begins_with(mark))),
            mark @ ('[' | '{') if goes_on(written) => {
                Some(quote(text, value, format!("a text that begins with `{mark}`")))
            }
            '"' | '\'' | '[' | '{' => None,
            _ if conditions::is_under_a_condition(text, value.start) && in_quotes(written) => {
                Some(conditions::needs_quotes(written, value.start))
            }
            _ => no_comma(text, &value).or_else(|| {
                let has_colon = written.contains(": ");
                has_colon.then(|| quote(text, value, "a text with a colon in it"))
            }),
        }
    })
}

/// Whether a bracket is closed before the value ends, so that it is part of a text: `[0-9]+`.
fn goes_on(written: &str) -> bool {
    written
        .rfind([']', '}'])
        .is_some_and(|close| close + 1 < written.len())
}

/// Whether the colon of a value stands in quotes, as in a condition: `city == "a: b"`.
fn in_quotes(written: &str) -> bool {
    let before = written.split_once(": ").map_or("", |(before, _)| before);
    ['"', '\'']
        .iter()
        .any(|mark| before.matches(*mark).count() % 2 == 1)
}

/// A second key in the value of a pair.
fn no_comma(text: &str, value: &Range<usize>) -> Option<Diagnostic> {
    let written = &text[value.clone()];
    let colon = written.find(": ")?;
    let is_of_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let before = written[..colon].trim_end_matches(is_of_key);
    let key = value.start + before.len()..value.start + colon;
    let end = value.start + before.trim_end().len();
    if key.is_empty() || end == value.start {
        return None;
    }
    if text[..end].ends_with(';') {
        let mark = end - 1..end;
        let found = Diagnostic::error(
            "invalid-yaml",
            mark.clone(),
            "a semicolon stands between two keys",
        )
        .help("write a comma in its place");
        return Some(found.replace(mark, ",", Applicability::Unsure));
    }
    let (word, before) = (&text[key.clone()], &text[value.start..end]);
    let first = before
        .rsplit_once(' ')
        .map(|(_, first)| first)
        .filter(|_| !is_key(word));
    match first {
        Some(first) if is_key(first) => Some(key_of_two_words(text, end - first.len()..key.end, first)),
        // A sentence with a colon, as it seems.
        Some(_) if Language::new(word).is_none() => None,
        Some(_) | None => Some(comma_before(word, key, end)),
    }
}

/// `{ send: hi save as: x }`: a key, and a word between it and its colon.
fn key_of_two_words(text: &str, both: Range<usize>, key: &str) -> Diagnostic {
    let written = &text[both.clone()];
    let message =
        format!("`{written}:` stands in the value before it: a comma is missing, and a key is one word");
    let end = text[..both.start].trim_end().len();
    Diagnostic::error("invalid-yaml", both.clone(), message)
        .help(format!(
            "write `, {key}: …`, or quotes around a text with a colon in it"
        ))
        .replace(end..both.end, format!(", {key}"), Applicability::Unsure)
}

fn comma_before(word: &str, key: Range<usize>, end: usize) -> Diagnostic {
    let message = format!("a comma is missing before `{word}`");
    Diagnostic::error("invalid-yaml", key, message)
        .help("put a comma between two keys, or quotes around a text with a colon in it")
        .replace(end..end, ",", Applicability::Unsure)
}

/// What stands between the commas of braces.
fn pairs(text: &str, open: usize) -> Option<Vec<Range<usize>>> {
    let line_end = line_of(text, open).end;
    let (mut pairs, mut start) = (vec![], open + 1);
    loop {
        let end = end_of(text, start, line_end);
        pairs.push(start..end);
        match text[end..line_end].chars().next()? {
            ',' => start = end + 1,
            '}' => return Some(pairs),
            _ => return None,
        }
    }
}

fn value_of(text: &str, pair: &Range<usize>) -> Option<Range<usize>> {
    let written = &text[pair.clone()];
    let rest = &written[written.find(": ")? + 2..];
    let start = pair.end - rest.trim_start().len();
    let end = start + rest.trim().len();
    (start < end).then_some(start..end)
}
