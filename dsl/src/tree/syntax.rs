//! Says in clear words why a text is not YAML, and what to do. The parser names the rule that was broken; what people
//! did is nearly always one of a few slips, which are looked for in the text around the place.

use std::ops::Range;

use granit_parser::{ErrorKind, ScanError};

use super::DEEPEST;
use super::builder::Open;
use crate::diagnostic::Diagnostic;

/// The diagnostic for a fault. `read_to` is the end of what was understood; the fault lies at or after it.
pub(super) fn explain(text: &str, error: &ScanError, stack: &[Open], read_to: usize) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(text.len());
    let at = floor(text, at.min(text.len()));
    let opener = open_bracket(text, stack, read_to, at);
    match error.kind() {
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
            return tab(text, at);
        }
        ErrorKind::TabInPlainScalar if tab_before(text, at).is_some() => return tab(text, at),
        ErrorKind::RecursionLimitExceeded => {
            return too_deep(text, at..at);
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => return unclosed_quote(text, read_to, at),
        ErrorKind::InvalidTrailingDoubleQuotedScalar | ErrorKind::InvalidTrailingSingleQuotedScalar => {
            return after_the_quote(text, at);
        }
        ErrorKind::UnknownQuotedScalarEscape => return unknown_escape(text, at),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return mismatched(text, at, *open, *close);
        }
        ErrorKind::MisplacedFlowCollectionEnd => return misplaced(text, at),
        ErrorKind::DirectiveDisallowed => {
            let message = "lines that begin with `%` are not part of this language";
            return Diagnostic::error("invalid-yaml", to_line_end(text, at), message).help("remove the line");
        }
        _ => {}
    }
    if let Some(found) = needs_quotes(text, at) {
        return found;
    }
    match opener {
        Some((open, bracket)) => unclosed_bracket(open, bracket),
        None => plain_words(text, at, error),
    }
}

/// The slips of a line whose value has to be quoted.
fn needs_quotes(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let value = value_on(text, &line)?;
    let written = &text[value.clone()];
    let what = match written.chars().next()? {
        '{' if written.starts_with("{{") => "a text that begins with `{{`",
        c @ ('@' | '`' | '%') => return Some(quote(text, value, format!("a text that begins with `{c}`"))),
        '*' => "a text that begins with `*`",
        '&' => "a text that begins with `&`",
        '!' => "a text that begins with `!`",
        '-' if written.starts_with("- ") => "a text that begins with `- `",
        '"' | '\'' | '[' | '{' | '|' | '>' | '#' => return None,
        _ if written.contains(": ") => "a text with a colon in it",
        _ => return None,
    };
    Some(quote(text, value, what))
}

/// Asks for quotes around a value, and offers them.
pub(super) fn quote(text: &str, value: Range<usize>, what: impl Into<String>) -> Diagnostic {
    let quoted = quoted(&text[value.clone()]);
    Diagnostic::error("quote-the-text", value.clone(), format!("{} needs quotes", what.into()))
        .label("YAML reads this as something else")
        .help("quote the text")
        .replace(value, quoted)
}

/// In double quotes, unless only single ones leave the text as it is.
fn quoted(written: &str) -> String {
    match written.contains('"') && !written.contains('\'') {
        true => format!("'{written}'"),
        false => format!("\"{}\"", written.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// The value of a line `key: value` or `- key: value` or `- value`, without a comment.
fn value_on(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let written = &text[line.clone()];
    let dash = written.len() - written.trim_start_matches([' ', '-']).len();
    let key = written[dash..].find(": ").map(|colon| dash + colon + 2);
    let simple = |colon: usize| !written[dash..colon].contains(['"', '\'', '{', '[', '#']);
    let from = key.filter(|colon| simple(*colon)).unwrap_or(dash);
    let rest = &written[from..];
    let start = line.start + from + (rest.len() - rest.trim_start().len());
    let cut = rest.find(" #").map_or(rest, |hash| &rest[..hash]);
    let end = line.start + from + cut.trim_end().len();
    (start < end).then_some(start..end)
}

/// `text: {{name}}` is a map whose key is a map, to YAML. None where the braces do not follow each other.
pub(super) fn double_brace(
    text: &str,
    map: &Range<usize>,
    key: &Range<usize>,
    nested: bool,
) -> Option<Diagnostic> {
    let braces = text.get(map.start..).is_some_and(|s| s.starts_with("{{"));
    if !braces || key.start != map.start + 1 {
        return None;
    }
    let line = line_of(text, map.start);
    let close = text[key.end..].find('}').map_or(key.end, |i| key.end + i + 1);
    let value = value_on(text, &line).filter(|value| value.start == map.start && !nested);
    Some(quote(text, value.unwrap_or(map.start..close), "a text that begins with `{{`"))
}

pub(super) fn too_deep(text: &str, span: Range<usize>) -> Diagnostic {
    let message = format!("maps and lists are nested more than {DEEPEST} deep");
    Diagnostic::error("too-deep", at_least_one(text, span), message)
        .help("no campaign needs that: check the indentation and the brackets")
}

pub(super) fn key_is_no_text(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("invalid-yaml", span, "a key must be a word, not a list or a map")
        .label("stands where a key is due")
}

pub(super) fn unknown_anchor(text: &str, name: &str, span: Range<usize>) -> Diagnostic {
    let line = line_of(text, span.start);
    let word = name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    match value_on(text, &line).filter(|value| value.start == span.start && !word) {
        Some(value) => quote(text, value, "a text that begins with `*`"),
        None => Diagnostic::error("invalid-yaml", span, format!("there is no anchor \"&{name}\" before this"))
            .label("an alias of nothing")
            .help(format!("quote it if it is a text: \"*{name}\"")),
    }
}

pub(super) fn custom_tag(written: &str, span: Range<usize>) -> Diagnostic {
    let found = Diagnostic::error("custom-tag", span, format!("tags such as `{written}` are not part of this language"))
        .label("YAML reads a leading `!` as a tag");
    match written.contains('(') {
        true => found.help(format!(
            "to negate a condition write `unless: {}`",
            written.trim_start_matches('!')
        )),
        false => found.help("quote the text if it begins with `!`, else remove the tag"),
    }
}

/// A tab before the first character of the first line with something on it, which the parser lets pass.
pub(super) fn leading_tab(text: &str) -> Option<Diagnostic> {
    let content = text.trim_start_matches(['\n', '\r', ' ', '\t', '\u{feff}']);
    let at = text.len() - content.len();
    let start = line_of(text, at).start;
    let tab_at = text[start..at].find('\t')?;
    (!content.is_empty()).then(|| tab(text, start + tab_at + 1))
}

fn tab(text: &str, at: usize) -> Diagnostic {
    let span = tab_before(text, at).unwrap_or(at_least_one(text, at..at));
    Diagnostic::error("tab-indentation", span, "a tab is used as indentation")
        .label("a tab")
        .help("indent with spaces: two for each level")
}

/// The tabs in the indentation of the line of `at`.
fn tab_before(text: &str, at: usize) -> Option<Range<usize>> {
    let within = |line: Range<usize>| {
        let indent = &text[line.clone()];
        let indent = &indent[..indent.len() - indent.trim_start_matches([' ', '\t']).len()];
        let first = indent.find('\t')?;
        let last = indent.rfind('\t')?;
        Some(line.start + first..line.start + last + 1)
    };
    let line = line_of(text, at);
    // A scalar that runs on reports the end of its own line, although the tab stands on the next.
    within(line.clone()).or_else(|| (line.end < text.len()).then(|| within(line_of(text, line.end + 1)))?)
}

fn unclosed_quote(text: &str, read_to: usize, at: usize) -> Diagnostic {
    let opening = text[read_to.min(at)..]
        .find(['"', '\''])
        .map_or(at, |i| read_to.min(at) + i);
    let mark = text[opening..].chars().next().unwrap_or('"');
    Diagnostic::error("invalid-yaml", at_least_one(text, opening..opening), "this quote is not closed")
        .label("opened here")
        .help(format!("end the text with `{mark}`; lines that go on are indented"))
}

fn after_the_quote(text: &str, at: usize) -> Diagnostic {
    let rest = to_line_end(text, at);
    let found = Diagnostic::error("invalid-yaml", rest, "something follows the closing quote")
        .label("outside the quotes");
    let before = text[line_of(text, at).start..at].trim_end();
    match before.ends_with('\'') || before.contains(": '") {
        true => found.help("inside single quotes write an apostrophe twice (`it''s`), or use double quotes"),
        false => found.help("inside double quotes write a quote as `\\\"`, or put the whole text into single quotes"),
    }
}

fn unknown_escape(text: &str, at: usize) -> Diagnostic {
    let line = line_of(text, at);
    let escape = |i: &usize| !text[i + 1..].starts_with(['\\', '"', 'n', 't', 'u', 'x', 'r', '/', '0', 'U', ' ']);
    let slash = text[at..line.end].match_indices('\\').map(|(i, _)| at + i).find(escape);
    let span = slash.map_or(at_least_one(text, at..at), |i| i..ceil(text, i + 2));
    Diagnostic::error("invalid-yaml", span, "a backslash in double quotes begins an escape, and this is none")
        .label("unknown escape")
        .help("write the backslash twice (`\\\\`), or use single quotes")
}

fn unclosed_bracket(open: usize, bracket: char) -> Diagnostic {
    let close = if bracket == '[' { ']' } else { '}' };
    Diagnostic::error("invalid-yaml", open..open + 1, format!("this `{bracket}` is not closed"))
        .label("opened here")
        .help(format!("end it with `{close}`; lines inside it are indented"))
}

fn mismatched(text: &str, at: usize, open: char, close: char) -> Diagnostic {
    let expected = if open == '[' { ']' } else { '}' };
    let closing = text[at..].find(close).map_or(at, |i| at + i);
    Diagnostic::error("invalid-yaml", at_least_one(text, closing..closing), format!("`{close}` closes a `{open}`"))
        .label(format!("`{expected}` expected"))
        .also(at_least_one(text, at..at), "opened here")
        .help(format!("close it with `{expected}`"))
}

fn misplaced(text: &str, at: usize) -> Diagnostic {
    let bracket = text[at..].chars().next().unwrap_or(']');
    Diagnostic::error("invalid-yaml", at_least_one(text, at..at), format!("this `{bracket}` closes nothing"))
        .help("remove it, or quote the text it belongs to")
}

/// What is left: the indentation, a line without a colon, and the parser's own words.
fn plain_words(text: &str, at: usize, error: &ScanError) -> Diagnostic {
    let span = at_least_one(text, at..at);
    match error.kind() {
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            let line = line_of(text, at);
            let written = &text[line.clone()];
            let start = line.start + (written.len() - written.trim_start().len());
            Diagnostic::error("invalid-yaml", start..line.start + written.trim_end().len().max(start - line.start), "this line is not `key: value`")
                .help("add `: ` after the key; a list item is `- ` and a space; a text that goes on is indented")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::MappingKeyNotAllowed => {
            Diagnostic::error("invalid-yaml", span, "this line is indented like none of the lines above it")
                .help("lines of one level begin in the same column")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            Diagnostic::error("invalid-yaml", span, "a value cannot stand here")
                .label("this colon makes a second value")
                .help("check the indentation of this line, or quote the text if the colon belongs to it")
        }
        _ => Diagnostic::error("invalid-yaml", span, format!("this is not YAML: {}", error.info())),
    }
}

/// The innermost bracket that is still open at `at`: in what was understood, or in what follows it.
fn open_bracket(text: &str, stack: &[Open], read_to: usize, at: usize) -> Option<(usize, char)> {
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
            '[' | '{' if open.last().is_none_or(|(last, _)| *last < read_to + i) => open.push((read_to + i, c)),
            ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.last().copied()
}

/// The line around a byte, without its line break.
pub(super) fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    start..start + text[start..end].trim_end_matches('\r').len().max(at - start)
}

fn to_line_end(text: &str, at: usize) -> Range<usize> {
    let line = line_of(text, at);
    let rest = text[at..line.end].trim_end();
    at_least_one(text, at..at + rest.len())
}

/// An empty span made one character wide where there is one on its line.
pub(super) fn at_least_one(text: &str, span: Range<usize>) -> Range<usize> {
    match text.get(span.start..).and_then(|rest| rest.chars().next()) {
        Some(c) if span.is_empty() && c != '\n' && c != '\r' => span.start..span.start + c.len_utf8(),
        _ => span,
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
