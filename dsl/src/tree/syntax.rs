//! Says in clear words why a text is not YAML, and what to do. The parser names the rule that was broken; what people
//! did is nearly always one of a few slips, which are looked for in the text around the place.

use std::ops::Range;

use granit_parser::{ErrorKind, ScanError};

use super::DEEPEST;
use super::open::Open;
use crate::diagnostic::Diagnostic;

mod brackets;
mod colons;
mod comments;
mod conditions;
mod foreign;
mod full_width;
mod indentation;
mod items;
mod lists;
mod marks;
mod pairs;
mod place;
mod quotes;

pub(crate) use conditions::needs_quotes as quote_condition;
pub(crate) use full_width::behind_key as full_width_behind_key;
pub(super) use full_width::in_indentation;
pub(crate) use marks::{at_item as marked_item, is_mark_of_items, is_told as is_of_marked_items};
pub(crate) use place::line_of;
pub(super) use quotes::{custom_tag, double_brace, is_of_marks, taken_for_anchor, unknown_anchor};

use brackets::{mismatched, misplaced, open_bracket, outdented, unclosed_bracket};
use place::{at_least_one, floor, to_line_end};
use quotes::{after_the_quote, needs_quotes, unclosed_quote, unknown_escape};

/// The diagnostic for a fault. `read_to` is the end of what was understood; the fault lies at or after it.
pub(super) fn explain(text: &str, error: &ScanError, stack: &[Open], read_to: usize) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(text.len());
    let at = floor(text, at.min(text.len()));
    let opener = open_bracket(text, stack, read_to, at);
    if let Some(found) = foreign::conflict(text) {
        return found;
    }
    if let Some(found) = full_width::before(text, at) {
        return found;
    }
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
            if let Some(found) = full_width::behind_quote(text, at) {
                return found;
            }
            if let Some(found) = conditions::unquoted(text, at, opener.is_some()) {
                return found;
            }
            let behind = lists::behind_quote(text, at, opener.map(|(_, bracket)| bracket));
            return behind.unwrap_or_else(|| after_the_quote(text, at, opener.is_some()));
        }
        ErrorKind::CommentInterceptedScalar => return comments::behind_text(text, at),
        ErrorKind::CommentNotSeparated => return foreign::comment_glued(text, at),
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
    if opener.is_none()
        && let Some(found) = foreign::lines(text, at)
    {
        return found;
    }
    if let Some(found) = comments::closing_is_comment(text, stack, read_to, at) {
        return found;
    }
    if let Some(found) = outdented(text, stack, read_to, at) {
        return found;
    }
    if let Some(found) = conditions::unquoted(text, at, opener.is_some()) {
        return found;
    }
    let of_items = || items::outside_the_list(text, at).or_else(|| items::too_far_left(text, at));
    if let Some(found) = of_items().or_else(|| items::beside_the_dash(text, at)) {
        return found;
    }
    if let Some(found) = needs_quotes(text, at) {
        return found;
    }
    if at > line_of(text, read_to.min(at)).end
        && let Some(found) = quotes::unclosed_in_brackets(text, stack, read_to, at)
    {
        return found;
    }
    match opener {
        Some((open, _)) if let Some(found) = conditions::negation(text, open, at) => found,
        Some((open, _)) if let Some(found) = quotes::braces_in_text(text, open) => found,
        Some((open, _)) if let Some(found) = quotes::block_mark_in_brackets(text, open) => found,
        Some((open, '{')) if let Some(found) = pairs::inside(text, open) => found,
        Some((open, bracket)) => unclosed_bracket(open, bracket),
        None => plain_words(text, at, error),
    }
}

pub(super) fn too_deep(text: &str, span: Range<usize>) -> Diagnostic {
    let message = format!("maps and lists are nested more than {DEEPEST} deep");
    Diagnostic::error("too-deep", at_least_one(text, span), message)
        .help("no campaign needs that: check the indentation and the brackets")
}

const KEY_IS_NO_TEXT: &str = "a key must be a word, not a list or a map";

pub(super) fn key_is_no_text(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("invalid-yaml", span, KEY_IS_NO_TEXT).label("stands where a key is due")
}

/// Whether it is told of a key that is none.
pub(super) fn is_of_key(found: &Diagnostic) -> bool {
    found.message == KEY_IS_NO_TEXT
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
    let next = || Some(line.end + text[line.end..].find('\n')? + 1);
    within(line.clone()).or_else(|| within(line_of(text, next()?)))
}

/// What is left: the indentation, a line without a colon, and the parser's own words.
fn plain_words(text: &str, at: usize, error: &ScanError) -> Diagnostic {
    let span = at_least_one(text, at..at);
    match error.kind() {
        ErrorKind::MappingValueNotAllowed | ErrorKind::ExpectedBlockMappingKey
            if let Some(found) = indentation::further_in(text, at) =>
        {
            found
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement
            if let Some(found) = indentation::no_colon_above(text, at) =>
        {
            found
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey
            if let Some(found) = indentation::text_too_far_left(text, at) =>
        {
            found
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey
            if let Some(found) = colons::in_a_text(text, at) =>
        {
            found
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey
            if let Some(found) = colons::without_a_space(text, at) =>
        {
            found
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            let line = line_of(text, at);
            let written = &text[line.clone()];
            let start = line.start + (written.len() - written.trim_start().len());
            Diagnostic::error(
                "invalid-yaml",
                start..line.start + written.trim_end().len().max(start - line.start),
                "this line is not `key: value`",
            )
            .help("add `: ` after the key; a list item is `- ` and a space; a text that goes on is indented")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::MappingKeyNotAllowed => {
            if let Some(found) = indentation::item_too_far_left(text, at) {
                return found;
            }
            let line = line_of(text, at);
            let start = line.end - text[line.clone()].trim_start().len();
            let span = at_least_one(text, start.min(at)..start.min(at));
            Diagnostic::error(
                "invalid-yaml",
                span,
                "this line is indented like none of the lines above it",
            )
            .help("lines of one level begin in the same column")
        }
        ErrorKind::InvalidBlockScalarHeader => {
            let mark = text[at..].chars().next().unwrap_or('|');
            Diagnostic::error(
                "invalid-yaml",
                to_line_end(text, at),
                format!("a text after `{mark}` begins on the next line"),
            )
            .help(format!(
                "move it there, indented; or quote it if `{mark}` belongs to the text"
            ))
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement
            if glued_colon(text, at).is_some() =>
        {
            let span = glued_colon(text, at).unwrap_or(span);
            Diagnostic::error("invalid-yaml", span, "a space is missing after the colon")
                .help("write `key: value`")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            Diagnostic::error("invalid-yaml", span, "a value cannot stand here")
                .label("this colon makes a second value")
                .help("check the indentation of this line, or quote the text if the colon belongs to it")
        }
        _ => Diagnostic::error(
            "invalid-yaml",
            span,
            format!("this is not YAML: {}", error.info()),
        ),
    }
}

/// The colon of `key:value` on the line before, which made one text of both lines.
fn glued_colon(text: &str, at: usize) -> Option<Range<usize>> {
    let line = line_of(text, at);
    let before = line_of(text, line.start.checked_sub(1)?);
    let colon = text[before.clone()].find(':')?;
    let key = text[before.start..before.start + colon]
        .trim_start()
        .trim_start_matches("- ");
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let glued = text[before.start + colon + 1..before.end]
        .starts_with(|c: char| c.is_alphanumeric() || "\"'{[".contains(c));
    (is_key && glued).then(|| before.start + colon..before.start + colon + 1)
}
