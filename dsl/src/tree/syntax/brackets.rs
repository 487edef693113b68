//! Brackets that are not closed, or closed by another.

use super::super::open::Open;
use super::place::{at_least_one, line_of};
use crate::diagnostic::{Applicability, Diagnostic};

pub(super) fn unclosed_bracket(open: usize, bracket: char) -> Diagnostic {
    let close = if bracket == '[' { ']' } else { '}' };
    Diagnostic::error(
        "invalid-yaml",
        open..open + 1,
        format!("this `{bracket}` is not closed"),
    )
    .label("opened here")
    .help(format!("end it with `{close}`; lines inside it are indented"))
}

/// A closing bracket begins a line, no further in than the key of what it closes: YAML takes the line for the next of the
/// map around it.
pub(super) fn outdented(text: &str, stack: &[Open], read_to: usize, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let written = text[line.clone()].trim_start();
    let close = written.chars().next().filter(|c| matches!(c, ']' | '}'))?;
    let closing = line.end - written.len();
    let (open, bracket) = open_bracket(text, stack, read_to, closing.checked_sub(1)?)?;
    if (bracket == '[') != (close == ']') {
        return None;
    }
    let key = line_of(text, open);
    let column = text[key.clone()].len() - text[key].trim_start().len();
    let message = format!("this `{close}` stands no further in than the key of its `{bracket}`");
    let found = Diagnostic::error("invalid-yaml", closing..closing + 1, message)
        .also(open..open + 1, "opened here")
        .help("indent it by two spaces, or put it at the end of the line above");
    Some(found.replace(line.start..closing, " ".repeat(column + 2), Applicability::Safe))
}

pub(super) fn mismatched(text: &str, at: usize, open: char, close: char) -> Diagnostic {
    let expected = if open == '[' { ']' } else { '}' };
    let closing = text[at..].find(close).map_or(at, |i| at + i);
    Diagnostic::error(
        "invalid-yaml",
        at_least_one(text, closing..closing),
        format!("`{close}` closes a `{open}`"),
    )
    .label(format!("`{expected}` expected"))
    .also(at_least_one(text, at..at), "opened here")
    .help(format!("close it with `{expected}`"))
}

pub(super) fn misplaced(text: &str, at: usize) -> Diagnostic {
    let bracket = text[at..].chars().next().unwrap_or(']');
    Diagnostic::error(
        "invalid-yaml",
        at_least_one(text, at..at),
        format!("this `{bracket}` closes nothing"),
    )
    .help("remove it, or quote the text it belongs to")
}

/// The innermost bracket that is still open at `at`: in what was understood, or in what follows it.
pub(super) fn open_bracket(text: &str, stack: &[Open], read_to: usize, at: usize) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = stack
        .iter()
        .map(Open::start)
        .filter(|start| start.flow)
        .filter_map(|start| Some((start.span.start, text[start.span.start..].chars().next()?)))
        // `[a: b]` has a map without brackets of its own.
        .filter(|(_, bracket)| matches!(bracket, '[' | '{'))
        .collect();
    let rest = text.get(read_to..).unwrap_or_default();
    let upto = at.saturating_sub(read_to).saturating_add(1);
    for (i, c) in rest.char_indices().take_while(|(i, _)| *i < upto) {
        match c {
            '[' | '{' if open.last().is_none_or(|(last, _)| *last < read_to + i) => {
                open.push((read_to + i, c))
            }
            ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.last().copied()
}
