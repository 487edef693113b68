//! Items of a list with marks that YAML does not know: the bullets of Markdown, dashes of another length, numbers, and
//! dashes without their space.

use std::ops::Range;

use super::foreign::lines_from;
use super::place::{line_of, spaces_before};
use crate::diagnostic::{Applicability, Diagnostic};

/// Whether other programs begin the items of a list with it: a dash of another length, a dot, a number.
pub(crate) fn is_mark_of_items(mark: &str) -> bool {
    let number = mark.strip_suffix(['.', ')']);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    matches!(mark, "\u{2013}" | "\u{2014}" | "\u{2022}" | "\u{2212}") || number.is_some_and(is_number)
}

/// `* send: invite`, as Markdown lists things, or `– send: invite`.
pub(super) fn bullets(text: &str, at: usize) -> Option<Diagnostic> {
    let first = line_of(text, at);
    let indent = spaces_before(&text[first.clone()]);
    let mark_of = |line: &str| {
        let mark = line.get(indent..)?.split_once(' ')?.0;
        (mark == "*" || is_mark_of_items(mark)).then_some(mark.len())
    };
    let length = mark_of(&text[first.clone()])?;
    // A text may well have a dash or a number in it: such a mark follows an item.
    let follows_an_item = || {
        let above = &text[line_of(text, first.start.checked_sub(1)?)];
        let is_item = spaces_before(above) == indent && above[indent..].starts_with("- ");
        Some(is_item || mark_of(above).is_some())
    };
    if !text[first.start + indent..].starts_with('*') && follows_an_item() != Some(true) {
        return None;
    }
    let start = first.start + indent;
    let within = |line: &Range<usize>| {
        let written = &text[line.clone()];
        mark_of(written).is_some() || spaces_before(written) > indent
    };
    let more = lines_from(text, first.end).take_while(within);
    let end = more.last().map_or(first.end, |last| last.end);
    let right: Vec<String> = text[first.start..end]
        .split('\n')
        .map(|line| match mark_of(line) {
            Some(length) => format!("{}-{}", &line[..indent], &line[indent + length..]),
            None => line.to_owned(),
        })
        .collect();
    let mark = &text[start..start + length];
    let message = format!("{MARKED}, not with `{mark}`");
    let found = Diagnostic::error("invalid-yaml", start..start + length, message);
    Some(
        found
            .help("write `- ` in its place")
            .replace(first.start..end, right.join("\n"), sure_of(mark)),
    )
}

/// Items before the first one with a dash of YAML's, with another mark or without its space:
///
/// ```yaml
///   -send: invite
///   - wait: 2 days
/// ```
pub(super) fn above(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let indent = spaces_before(&text[line.clone()]);
    text[line.start + indent..line.end].strip_prefix("- ")?;
    let (mut first, mut above) = (None, line.clone());
    while let Some(end) = above.start.checked_sub(1) {
        above = line_of(text, end);
        let written = &text[above.clone()];
        let is_between = written.trim().is_empty() || spaces_before(written) > indent;
        match marked_item(&written[spaces_before(written)..]) {
            _ if is_between => {}
            Some(_) if spaces_before(written) == indent => first = Some(above.clone()),
            _ => break,
        }
    }
    let first = first?;
    told(text, first.clone(), first.start..line.start - 1)
}

/// Items with another mark, or without its space, of which the fault shows below one of them:
///
/// ```yaml
///   – ask: invite
///     for: 2 days
/// ```
pub(super) fn around(text: &str, at: usize) -> Option<Diagnostic> {
    let mut line = line_of(text, at);
    let mut indent = spaces_before(&text[line.clone()]);
    loop {
        line = line_of(text, line.start.checked_sub(1)?);
        let written = text[line.clone()].trim_end();
        let own = spaces_before(written);
        if written.is_empty() || written[own..].starts_with('#') || own >= indent {
            continue;
        }
        indent = own;
        if marked_item(&written[own..]).is_some_and(|(_, rest)| is_pair(rest.trim_start())) {
            return block(text, line);
        }
    }
}

/// Where a mark begins the text of a line: the finding of its list.
pub(crate) fn at_item(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let is_first = text[line.start..at].bytes().all(|byte| byte == b' ');
    marked_item(&text[at..line.end]).filter(|_| is_first)?;
    block(text, line)
}

/// Whether it is told of items with such marks.
pub(crate) fn is_told(found: &Diagnostic) -> bool {
    found.message.starts_with(MARKED)
}

const MARKED: &str = "an item of a list begins with `-`";

/// The items of a list, of which one is marked otherwise.
fn block(text: &str, line: Range<usize>) -> Option<Diagnostic> {
    let indent = spaces_before(&text[line.clone()]);
    let is_in = |line: &Range<usize>| {
        let written = &text[line.clone()];
        let own = spaces_before(written);
        let is_item = || written[own..].starts_with("- ") || marked_item(&written[own..]).is_some();
        written.trim().is_empty() || own > indent || own == indent && is_item()
    };
    let (mut first, mut above) = (line.clone(), line.clone());
    while let Some(end) = above.start.checked_sub(1) {
        above = line_of(text, end);
        if !is_in(&above) {
            break;
        }
        let written = text[above.clone()].get(indent..).unwrap_or_default();
        if spaces_before(&text[above.clone()]) == indent && marked_item(written).is_some() {
            first = above.clone();
        }
    }
    let below = lines_from(text, line.end).take_while(is_in);
    let full = below.filter(|line| !text[line.clone()].trim().is_empty());
    let end = full.last().map_or(line.end, |last| last.end);
    told(text, first.clone(), first.start..end)
}

/// The finding at the mark of the first of these lines, which is mended in all of them.
fn told(text: &str, first: Range<usize>, block: Range<usize>) -> Option<Diagnostic> {
    let indent = spaces_before(&text[first.clone()]);
    let right: Vec<String> = text[block.clone()]
        .split('\n')
        .map(|line| match marked_item(line.get(indent..).unwrap_or_default()) {
            // What follows the key keeps its column.
            Some((mark, rest)) if spaces_before(line) == indent => {
                let behind = match rest.starts_with(' ') {
                    true => mark.chars().count() - 1,
                    false => mark.chars().count(),
                };
                format!("{}-{}{rest}", &line[..indent], " ".repeat(behind))
            }
            _ => line.to_owned(),
        })
        .collect();
    let start = first.start + indent;
    let (mark, _) = marked_item(&text[start..first.end])?;
    let (message, help) = match mark {
        "-" => (
            "a space is missing behind the dash of this item".to_owned(),
            "put a space after each `-`",
        ),
        mark => (format!("{MARKED}, not with `{mark}`"), "write `- ` in its place"),
    };
    let found = Diagnostic::error("invalid-yaml", start..start + mark.len(), message);
    Some(found.help(help).replace(block, right.join("\n"), sure_of(mark)))
}

/// A dash of another length and a dot are slips of the keyboard; what else is meant may be a text.
fn sure_of(mark: &str) -> Applicability {
    match mark.is_ascii() {
        true => Applicability::Unsure,
        false => Applicability::Safe,
    }
}

/// The mark of an item that is not written as YAML has it, and what stands behind it.
fn marked_item(written: &str) -> Option<(&str, &str)> {
    if written.strip_prefix('-').is_some_and(is_pair) {
        return Some(written.split_at(1));
    }
    let mark = &written[..written.find(' ')?];
    is_mark_of_items(mark).then_some(written.split_at(mark.len()))
}

/// Whether a line begins with a key.
fn is_pair(written: &str) -> bool {
    let behind = written.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '_');
    behind.len() < written.len() && (behind.starts_with(": ") || behind.trim_end() == ":")
}
