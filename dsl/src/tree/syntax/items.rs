//! Items of a list whose first one stands behind the key, where it is one text.

use std::ops::Range;

use super::place::line_of;
use super::quotes::value_on;
use crate::diagnostic::{Applicability, Diagnostic};

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

/// Lines `- yes` left of the key whose list they are meant to be, which show only at the key that follows them:
///
/// ```yaml
///   - words:
///   - yes
///     send: hello
/// ```
pub(super) fn too_far_left(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let follower = key_on(text, &line)?;
    let column = follower.start - line.start;
    let (mut first, mut last) = (line.start, None);
    let key = loop {
        let above = line_of(text, first.checked_sub(1)?);
        let written = &text[above.clone()];
        let dash = written.len() - written.trim_start_matches(' ').len();
        if written.trim_end().ends_with(':') {
            let begin = written.len() - written.trim_start_matches([' ', '-']).len();
            if begin != column {
                return None;
            }
            break above.start + begin..above.start + written.trim_end().len() - 1;
        }
        if !written.trim_start().starts_with("- ") || dash >= column {
            return None;
        }
        last = last.or(Some(above.end));
        first = above.start;
    };
    let items = first..last?;
    let name = &text[key.clone()];
    let message = format!("the dashes below \"{name}\" stand further left than it");
    let moved: Vec<String> = text[items.clone()]
        .lines()
        .map(|line| format!("  {line}"))
        .collect();
    Some(
        Diagnostic::error("wrong-type", key, message)
            .label("has no item")
            .also(items.clone(), "items of the list around it")
            .help("put two spaces before each of these dashes")
            .replace(items, moved.join("\n"), Applicability::Unsure),
    )
}

/// The key of a line `key: value` or `key:`, behind the dash of an item too.
pub(super) fn key_on(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let written = &text[line.clone()];
    let start = written.len() - written.trim_start_matches([' ', '-']).len();
    let bare = || written[start..].trim_end().strip_suffix(':').map(str::len);
    let colon = written[start..].find(": ").or_else(bare)?;
    let is_key = written[start..start + colon]
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    (is_key && colon > 0).then(|| line.start + start..line.start + start + colon)
}
