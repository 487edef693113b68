//! Brackets that are not closed, or closed by another.

use super::super::open::Open;
use super::place::at_least_one;
use crate::diagnostic::Diagnostic;

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
