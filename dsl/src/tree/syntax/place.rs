//! Lines and widths around a byte.

use std::ops::Range;

use super::super::open::Open;

/// The line around a byte, without its line break.
pub(crate) fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    start..start + text[start..end].trim_end_matches('\r').len().max(at - start)
}

/// The spaces before what stands on a line.
pub(super) fn spaces_before(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Where the outermost brackets begin that are open at a fault: one that is read, or one behind what was read up to it.
pub(super) fn open_brackets(text: &str, stack: &[Open], read_to: usize, at: usize) -> Option<usize> {
    let in_stack = stack.iter().map(Open::start).find(|start| start.flow);
    let behind = || text.get(read_to..at)?.find(['{', '[']).map(|i| read_to + i);
    in_stack.map(|start| start.span.start).or_else(behind)
}

pub(super) fn to_line_end(text: &str, at: usize) -> Range<usize> {
    let line = line_of(text, at);
    let rest = text[at..line.end].trim_end();
    at_least_one(text, at..at + rest.len())
}

/// An empty span made one character wide where there is one on its line.
pub(in super::super) fn at_least_one(text: &str, span: Range<usize>) -> Range<usize> {
    match text.get(span.start..).and_then(|rest| rest.chars().next()) {
        Some(c) if span.is_empty() && c != '\n' && c != '\r' => span.start..span.start + c.len_utf8(),
        _ => span,
    }
}

pub(super) fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

pub(super) fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Where what begins there ends: with its line, before a comment, or at the comma or bracket of what is around it.
pub(super) fn end_of(text: &str, start: usize, line_end: usize) -> usize {
    let (mut depth, mut quote, mut before) = (0, None, ' ');
    for (i, c) in text[start..line_end].char_indices() {
        match (c, quote) {
            (_, Some(open)) => quote = Some(open).filter(|open| *open != c),
            // An apostrophe opens nothing.
            ('"' | '\'', None) if !before.is_alphanumeric() => quote = Some(c),
            ('(' | '[' | '{', None) => depth += 1,
            (')' | ']' | '}', None) if depth > 0 => depth -= 1,
            (',' | ']' | '}', None) if depth == 0 => return start + i,
            ('#', None) if before == ' ' => return start + i,
            _ => {}
        }
        before = c;
    }
    line_end
}
