//! Colons that begin a value where none was meant, and colons that begin none for want of a space.

use super::place::{line_of, spaces_before};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::quoted;

/// A text over several lines, of which one has a colon in it, so that YAML reads a key:
///
/// ```yaml
/// message:
///   Doors open at nine: come
///   STOP to opt out
/// ```
pub(super) fn in_a_text(text: &str, at: usize) -> Option<Diagnostic> {
    let last = line_of(text, at);
    let column = spaces_before(&text[last.clone()]);
    let (mut first, mut above) = (last.clone(), line_of(text, last.start.checked_sub(1)?));
    while spaces_before(&text[above.clone()]) == column && !text[above.clone()].trim().is_empty() {
        first = above.clone();
        above = line_of(text, above.start.checked_sub(1)?);
    }
    let owner = text[above.clone()].trim();
    let name = owner
        .strip_suffix(':')
        .filter(|name| is_word(name.trim_start_matches("- ")))?;
    if spaces_before(&text[above.clone()]) >= column {
        return None;
    }
    let mut end = last.end;
    while let Some(next) = text
        .get(end + 1..)
        .filter(|rest| !rest.is_empty())
        .map(|_| line_of(text, end + 1))
    {
        let written = &text[next.clone()];
        if next.end <= end || written.trim().is_empty() || spaces_before(written) < column {
            break;
        }
        end = next.end;
    }
    let start = first.start + column;
    let lines: Vec<&str> = text[start..end].lines().map(str::trim).collect();
    let before_colon = |line: &&str| Some(line.split_once(": ")?.0.to_owned());
    let mut keys = lines.iter().filter_map(before_colon).peekable();
    // Keys have no space in them, nor do texts begin with a mark of YAML.
    let marked = |line: &str| line.starts_with(['-', '"', '\'', '{', '[', '#', '|', '>', '&', '*', '!']);
    if keys.peek().is_none() || keys.any(|key| !key.contains(' ')) || lines.iter().any(|line| marked(line)) {
        return None;
    }
    let message = format!("the text of \"{name}\" has a colon in it, which YAML reads as the end of a key");
    Some(
        Diagnostic::error("quote-the-text", start..end, message)
            .help("a text with a colon in it needs quotes")
            .replace(start..end, quoted(&lines.join(" ")), Applicability::Unsure),
    )
}

/// `message:"Doors open"`: the colon has no space behind it.
pub(super) fn without_a_space(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let written = &text[line.clone()];
    let start = line.start + spaces_before(written);
    let written = written.trim();
    let (key, value) = written.split_once(':')?;
    let is_quoted = value.starts_with(['"', '\'', '[', '{']);
    if !is_word(key.trim_start_matches("- ")) || !is_quoted {
        return None;
    }
    let colon = start + key.len();
    let message = format!("a space is missing after `{key}:`, so that this is one word");
    Some(
        Diagnostic::error("invalid-yaml", start..start + written.len(), message)
            .help("a colon and a space stand behind each key")
            .replace(colon..colon + 1, ": ", Applicability::Unsure),
    )
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}
