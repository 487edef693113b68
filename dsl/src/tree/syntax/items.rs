//! Items of a list whose first one stands behind the key, where it is one text.

use std::ops::Range;

use super::place::line_of;
use super::quotes::value_on;
use crate::diagnostic::Diagnostic;

/// A line `- HELLO` in the column of the key whose first item stands behind it: `words: HOLA`.
pub(super) fn outside_the_list(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let written = text[line.clone()].trim_start_matches(' ');
    written.strip_prefix("- ")?;
    let dash = line.end - written.len();
    let above = line_of(text, line.start.checked_sub(1)?);
    let key = key_on(text, &above)?;
    if key.start - above.start != dash - line.start {
        return None;
    }
    let value = value_on(text, &above).filter(|value| value.start > key.end)?;
    let first = &text[value.clone()];
    if first.starts_with(['[', '{', '|', '>', '&', '*', '!']) {
        return None;
    }
    let message = format!("`{first}` is one text; is it meant to be a list?");
    let found = Diagnostic::error("list-became-text", value, message);
    Some(
        found
            .label("read as one text")
            .also(dash..line.end, "the next item")
            .help("begin the first item with `- ` too, on a line of its own"),
    )
}

/// The key of a line `key: value`, behind the dash of an item too.
fn key_on(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let written = &text[line.clone()];
    let start = written.len() - written.trim_start_matches([' ', '-']).len();
    let colon = written[start..].find(": ")?;
    let is_key = written[start..start + colon]
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    (is_key && colon > 0).then(|| line.start + start..line.start + start + colon)
}
