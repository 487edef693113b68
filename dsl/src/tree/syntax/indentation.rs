//! Lines that stand further in than they may.

use std::ops::Range;

use super::items::key_on;
use super::place::{line_of, spaces_before};
use super::quotes::value_on;
use crate::diagnostic::{Applicability, Diagnostic};

/// A key that stands further in than the one above it, whose value stands behind that:
///
/// ```yaml
/// schedule: now
///   limits:
///     rate: 10/s
/// ```
pub(super) fn further_in(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let key = key_on(text, &line)?;
    let column = key.start - line.start;
    let mut above = line_of(text, line.start.checked_sub(1)?);
    while text[above.clone()].trim().is_empty() || text[above.clone()].trim_start().starts_with('#') {
        above = line_of(text, above.start.checked_sub(1)?);
    }
    let owner = key_on(text, &above)?;
    let of_owner = owner.start - above.start;
    let dashed = text[line.start..key.start].contains('-');
    if dashed || column <= of_owner || value_on(text, &above)?.start <= owner.end {
        return None;
    }
    let (name, owner_name) = (&text[key.clone()], &text[owner.clone()]);
    let message = format!("`{name}` stands further in than `{owner_name}`, whose value is there already");
    let block = line.start..block_end(text, line.end, column);
    let moved: Vec<&str> = text[block.clone()]
        .split('\n')
        .map(|line| line.get(column - of_owner..).unwrap_or_default())
        .collect();
    Some(
        Diagnostic::error("invalid-yaml", key, message)
            .label("further in")
            .also(owner, "its value stands behind it")
            .help("begin both in one column; quote the text above where this line belongs to it")
            .replace(block, moved.join("\n"), Applicability::Unsure),
    )
}

/// A text that stands as far left as the key above it, which has no other value.
///
/// ```yaml
/// message: |
/// Doors open at nine.
/// ```
pub(super) fn text_too_far_left(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let above = line_of(text, line.start.checked_sub(1)?);
    let key = key_on(text, &above)?;
    let behind = text[key.end..above.end].trim();
    let column = key.start - above.start;
    let begins = |line: &Range<usize>| text[line.clone()].len() - text[line.clone()].trim_start().len();
    if !matches!(behind, ":" | ": |" | ": >" | ": |-" | ": >-") || begins(&line) > column {
        return None;
    }
    let mut end = line.end;
    // The text goes on up to the next key.
    while let Some(next) = text
        .get(end + 1..)
        .filter(|rest| !rest.is_empty())
        .map(|_| line_of(text, end + 1))
    {
        let written = text[next.clone()].trim();
        if next.end <= end || written.is_empty() || written.starts_with('-') || key_on(text, &next).is_some()
        {
            break;
        }
        end = next.end;
    }
    let name = &text[key.clone()];
    let lines = line.start..end;
    let spaces = " ".repeat(column + 2);
    let moved: Vec<String> = text[lines.clone()]
        .split('\n')
        .map(|line| format!("{spaces}{}", line.trim_start()))
        .collect();
    let message = format!("the text of \"{name}\" stands as far left as its key");
    Some(
        Diagnostic::error("invalid-yaml", lines.clone(), message)
            .also(key, "has no text")
            .help("put two spaces before each of its lines")
            .replace(lines, moved.join("\n"), Applicability::Unsure),
    )
}

/// A line without its colon: YAML reads it and the next one as one key.
///
/// ```yaml
/// audience lists/customers.csv
/// schedule: now
/// ```
pub(super) fn no_colon_above(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let key = key_on(text, &line)?;
    let above = line_of(text, line.start.checked_sub(1)?);
    let written = text[above.clone()].trim();
    let written = written.strip_prefix("- ").map_or(written, str::trim_start);
    let start = above.start + text[above.clone()].trim_end().len() - written.len();
    let (word, value) = written.split_once(' ')?;
    let is_key = word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let in_line = start - line_of(text, start).start == key.start - line.start;
    if !(is_key && in_line) || written.contains(": ") || written.ends_with(':') {
        return None;
    }
    let found = Diagnostic::error(
        "invalid-yaml",
        start..start + written.len(),
        "this line is not `key: value`",
    );
    let end = start + word.len();
    let value = value.trim_start();
    if let Some(value) = value.strip_prefix("= ").map(str::trim_start) {
        let right = format!("{word}: {value}");
        let sign = end..start + written.len() - value.len();
        return Some(
            found
                .help(format!("a colon stands in the place of `=`: `{right}`"))
                .replace(sign, ": ", Applicability::Unsure),
        );
    }
    let right = format!("{word}: {value}");
    Some(
        found
            .help(format!("a colon is missing: `{right}`"))
            .replace(end..end, ":", Applicability::Unsure),
    )
}

/// An item whose dash stands further left than those of the items above it:
///
/// ```yaml
/// steps:
///   - send: invite
/// - wait: 1 day
/// ```
pub(super) fn item_too_far_left(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let column = spaces_before(&text[line.clone()]);
    let is_item = |line: &Range<usize>, column: usize| text[line.start + column..line.end].starts_with("- ");
    if !is_item(&line, column) {
        return None;
    }
    let (mut above, mut dash) = (line.clone(), None);
    loop {
        above = line_of(text, above.start.checked_sub(1)?);
        let written = text[above.clone()].trim_end();
        let own = spaces_before(written);
        if written.is_empty() || written[own..].starts_with('#') {
            continue;
        }
        if own > column {
            let is_left = dash.is_none_or(|(_, least)| own <= least);
            dash = Some((above.start + own, own))
                .filter(|_| is_item(&above, own) && is_left)
                .or(dash);
            continue;
        }
        // The key of the list, or what stands around both.
        if is_item(&above, own) && own == column {
            return None;
        }
        break;
    }
    let (dash, least) = dash?;
    let block = line.start..block_end(text, line.end, column);
    let spaces = " ".repeat(least - column);
    let is_own = |line: &&str| {
        spaces_before(line) >= column && (spaces_before(line) > column || line[column..].starts_with("- "))
    };
    let lines: Vec<&str> = text[block].split('\n').take_while(is_own).collect();
    let own = lines.join("\n");
    let moved: Vec<String> = lines.iter().map(|line| format!("{spaces}{line}")).collect();
    let start = line.start + column;
    let message = "this item stands further left than the items above it";
    Some(
        Diagnostic::error("invalid-yaml", start..start + 1, message)
            .label("further left")
            .also(dash..dash + 1, "the dash of an item above")
            .help("begin all items of a list in one column")
            .replace(
                line.start..line.start + own.len(),
                moved.join("\n"),
                Applicability::Unsure,
            ),
    )
}

/// The end of the lines that stand at least so far in.
pub(super) fn block_end(text: &str, mut end: usize, column: usize) -> usize {
    while let Some(feed) = text[end..].find('\n').filter(|feed| end + feed + 1 < text.len()) {
        let next = line_of(text, end + feed + 1);
        let written = &text[next.clone()];
        if written.trim().is_empty() || spaces_before(written) < column {
            break;
        }
        end = next.end;
    }
    end
}
