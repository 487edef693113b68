//! Items of a list whose first one stands behind the key, where it is one text.

use std::ops::Range;

use super::indentation::block_end;
use super::place::{line_of, spaces_before};
use super::quotes::value_on;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::tables::{SAID, VERBS};

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
    if let Some(above_dash) = text[above.start..key.start].find('-') {
        let message = "the dashes of two items stand in different columns";
        let moved = further_left(text, &line, (dash - line.start, above_dash));
        let above_dash = above.start + above_dash..above.start + above_dash + 1;
        let found = Diagnostic::error("invalid-yaml", dash..dash + 1, message)
            .label("further right")
            .also(above_dash, "the dash above it")
            .help("begin all items of a list in one column");
        return Some(match moved {
            Some((items, moved)) => found.replace(items, moved, Applicability::Unsure),
            None => found,
        });
    }
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

/// The items from a line on, as they stand with their dashes in another column; none where lines of something else follow.
fn further_left(
    text: &str,
    line: &Range<usize>,
    (from, to): (usize, usize),
) -> Option<(Range<usize>, String)> {
    let items = line.start..block_end(text, line.end, from);
    let is_of_item = |line: &str| spaces_before(line) > from || line[from..].starts_with("- ");
    let lines = text[items.clone()].split('\n');
    let moved = lines.map(|line| line.get(from - to..).filter(|_| is_of_item(line)));
    let moved = moved.collect::<Option<Vec<&str>>>()?.join("\n");
    (to < from).then_some((items, moved))
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
        let dash = spaces_before(written);
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

/// Lines of an item that stand in the column of its dash:
///
/// ```yaml
///   - ask: invite
///   for: 2 days
/// ```
pub(super) fn beside_the_dash(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let key = key_on(text, &line)?;
    let column = key.start - line.start;
    if text[line.start..key.start].contains('-') {
        return None;
    }
    let mut above = line.clone();
    let dash = loop {
        above = line_of(text, above.start.checked_sub(1)?);
        let written = text[above.clone()].trim_end();
        let begins = spaces_before(written);
        if !written.is_empty() && begins <= column {
            break (begins == column && written[begins..].starts_with("- "))
                .then_some(above.start + begins)?;
        }
    };
    if key_on(text, &above).is_none() {
        return Some(among_texts(text, key, dash));
    }
    let lines = key.start..item_end(text, line.end, column);
    let name = &text[key.clone()];
    if is_of_next(text, name, dash..line.start) {
        return Some(no_dash(text, key, dash, lines));
    }
    let message = format!("\"{name}\" stands in the column of the dash of the item it belongs to");
    let moved = format!("  {}", text[lines.clone()].replace('\n', "\n  "));
    Some(
        Diagnostic::error("invalid-yaml", key, message)
            .label("as far left as the dash")
            .also(dash..dash + 1, "the item begins here")
            .help("put two spaces before each line of the item")
            .replace(lines, moved, Applicability::Unsure),
    )
}

/// A key below items that have none:
///
/// ```yaml
/// audience:
///   - lists/customers.csv
///   where: age >= 18
/// ```
fn among_texts(text: &str, key: Range<usize>, dash: usize) -> Diagnostic {
    let line = line_of(text, key.start);
    let column = key.start - line.start;
    let message = format!(
        "\"{}\" stands among the items of a list, which has no keys",
        &text[key.clone()]
    );
    let found = Diagnostic::error("invalid-yaml", key, message)
        .label("a key")
        .also(dash..dash + 1, "an item");
    let of_list = |above: &&Range<usize>| {
        let written = &text[(*above).clone()];
        written.trim().is_empty() || spaces_before(written) >= column
    };
    let above = std::iter::successors(Some(line.clone()), |line| {
        Some(line_of(text, line.start.checked_sub(1)?))
    });
    let above: Vec<Range<usize>> = above.collect();
    let first = above
        .iter()
        .take_while(of_list)
        .last()
        .map_or(line.start, |first| first.start);
    let owner = above.iter().find(|above| !of_list(above));
    let is_audience = owner.is_some_and(|owner| text[owner.clone()].trim_end() == "audience:");
    if !is_audience {
        return found.help("put the items under a key of their own, or leave the key out");
    }
    let items = first..line.start.saturating_sub(1);
    let moved = text[items.clone()].lines().map(|line| match line.is_empty() {
        true => String::new(),
        false => format!("  {line}"),
    });
    let from = format!("{}from:", " ".repeat(column));
    let moved: Vec<String> = std::iter::once(from).chain(moved).collect();
    found
        .help("the lists stand under a key of their own too, `from`")
        .replace(items, moved.join("\n"), Applicability::Unsure)
}

/// Whether a key begins another item: the lines of the one above have it already, or a step or a line of a story of their
/// own.
fn is_of_next(text: &str, name: &str, item: Range<usize>) -> bool {
    let column = item.start - line_of(text, item.start).start + 2;
    let mut at = item.start;
    let mut keys = vec![];
    while at < item.end {
        let line = line_of(text, at);
        let key = key_on(text, &line).filter(|key| key.start - line.start == column);
        keys.extend(key.map(|key| &text[key]));
        at = line.end + 1;
    }
    let both =
        |verbs: &&[&str]| verbs.contains(&name) && keys.first().is_some_and(|first| verbs.contains(first));
    keys.contains(&name) || [VERBS, SAID].iter().any(both)
}

/// ```yaml
///   - send: invite
///   wait: 1 day
/// ```
fn no_dash(text: &str, key: Range<usize>, above: usize, lines: Range<usize>) -> Diagnostic {
    let name = &text[key.clone()];
    let column = key.start - line_of(text, key.start).start;
    let written = &text[lines.clone()];
    // Lines that stand further in already are where they belong.
    let mut below = written.split('\n').skip(1);
    let is_in_column = |line: &str| spaces_before(line) == column;
    let moved = match below.any(is_in_column) {
        true => format!("- {}", written.replace('\n', "\n  ")),
        false => format!("- {written}"),
    };
    let message = format!("\"{name}\" begins an item, and has no dash");
    Diagnostic::error("invalid-yaml", key, message)
        .label("in the column of the dashes")
        .also(above..above + 1, "the item above begins here")
        .help(format!("put `- ` before it: `- {name}: …`"))
        .replace(lines, moved, Applicability::Unsure)
}

/// The end of the lines that stand at least so far in, and begin no other item.
fn item_end(text: &str, mut end: usize, column: usize) -> usize {
    while let Some(feed) = text[end..].find('\n').filter(|feed| end + feed + 1 < text.len()) {
        let next = line_of(text, end + feed + 1);
        let written = &text[next.clone()];
        let begins = spaces_before(written);
        let another = begins == column && written[begins..].starts_with("- ");
        if written.trim().is_empty() || begins < column || another {
            break;
        }
        end = next.end;
    }
    end
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
