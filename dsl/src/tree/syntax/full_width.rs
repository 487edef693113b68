//! Signs of the full width of a letter, as input methods of Japanese and Chinese write them, in the place of signs of YAML.
//! Inside of texts they are nobody's business.

use std::ops::Range;

use super::place::line_of;
use crate::diagnostic::{Applicability, Diagnostic};

/// Lines above a fault that may have brought it about.
const ABOVE: usize = 2;

const SPACE: char = '\u{3000}';

/// The first one at a fault or shortly before it.
pub(super) fn before(text: &str, at: usize) -> Option<Diagnostic> {
    let mut line = line_of(text, at);
    let mut lines = vec![line.clone()];
    while lines.len() <= ABOVE
        && let Some(end) = line.start.checked_sub(1)
    {
        line = line_of(text, end);
        lines.push(line.clone());
    }
    lines.into_iter().rev().find_map(|line| on(text, line))
}

fn on(text: &str, line: Range<usize>) -> Option<Diagnostic> {
    let written = &text[line.clone()];
    if written.is_ascii() {
        return None;
    }
    let content = written.trim_start_matches([' ', '-', SPACE]);
    let start = written.len() - content.len();
    let begins = content.starts_with(|c: char| c.is_ascii_alphanumeric());
    if let Some(space) = written[..start].find(SPACE).filter(|_| begins) {
        return Some(instead(line.start + space, SPACE, "  "));
    }
    if let Some(found) = behind_key(content, line.start + start) {
        return Some(found);
    }
    let dash = content
        .chars()
        .next()
        .filter(|c| matches!(c, '\u{ff0d}' | '\u{30fc}'))?;
    content[dash.len_utf8()..]
        .starts_with([' ', SPACE])
        .then(|| instead(line.start + start, dash, "-"))
}

/// `from：customers` and `from:　customers`, where that begins at a byte.
pub(crate) fn behind_key(content: &str, start: usize) -> Option<Diagnostic> {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let behind = content.trim_start_matches(is_of_key);
    let key = content.len() - behind.len();
    let mut rest = behind.chars();
    match (rest.next().filter(|_| key > 0)?, rest.next()) {
        ('\u{ff1a}', None | Some(' ')) => Some(instead(start + key, '\u{ff1a}', ":")),
        ('\u{ff1a}', Some(_)) => Some(instead(start + key, '\u{ff1a}', ": ")),
        (':', Some(SPACE)) => Some(instead(start + key + 1, SPACE, " ")),
        _ => None,
    }
}

/// A sign of a list behind a text in quotes: `["はい"、"1"]`.
pub(super) fn behind_quote(text: &str, at: usize) -> Option<Diagnostic> {
    let rest = &text[at..line_of(text, at).end];
    let at = at + rest.len() - rest.trim_start_matches([' ', SPACE]).len();
    let sign = text[at..].chars().next()?;
    let right = match sign {
        '\u{3001}' | '\u{ff0c}' => ",",
        '\u{ff3d}' => "]",
        '\u{ff5d}' => "}",
        '\u{ff1a}' => ": ",
        '\u{ff03}' => " #",
        _ => return None,
    };
    Some(instead(at, sign, right))
}

/// A key that begins with a space of that width.
pub(in super::super) fn in_indentation(key: &str, start: usize) -> Option<Diagnostic> {
    key.starts_with(SPACE).then(|| instead(start, SPACE, "  "))
}

fn instead(at: usize, sign: char, right: &str) -> Diagnostic {
    let span = at..at + sign.len_utf8();
    let (what, help) = match sign {
        SPACE => (
            "a space".to_owned(),
            "write ordinary spaces in its place".to_owned(),
        ),
        sign => (
            format!("`{sign}`"),
            format!("write `{}` in its place", right.trim()),
        ),
    };
    Diagnostic::error(
        "invalid-yaml",
        span.clone(),
        format!("{what} of full width is no sign of YAML"),
    )
    .label("of full width")
    .help(help)
    .replace(span, right, Applicability::Unsure)
}
