//! Conditions that YAML takes apart: inside of `[…]` and `{…}` their brackets and commas are its own, and a quote that
//! begins one ends the text.

use std::cmp::Ordering;
use std::ops::Range;

use super::custom_tag;
use super::place::{end_of, floor, line_of, spaces_before};
use crate::diagnostic::{Applicability, Diagnostic};

/// The keys of conditions.
const KEYS: [&str; 6] = ["when", "unless", "where", "until", "except", "await"];

/// How far before a fault its key is looked for.
const FURTHEST: usize = 2000;

/// The condition that a fault stands in, where it has to be quoted.
pub(super) fn unquoted(text: &str, at: usize, in_brackets: bool) -> Option<Diagnostic> {
    if let Some(item) = item(text, at).filter(|_| !in_brackets) {
        return begins_with_a_text(&text[item.clone()]).then(|| in_quotes(&text[item.clone()], item.start));
    }
    let value = value_before(text, at)?;
    let listed = text[value..].starts_with('[');
    let line_end = line_of(text, value).end;
    let holds = |piece: &Range<usize>| piece.start <= at && at <= piece.end;
    let piece = match (listed, in_brackets) {
        (true, _) => pieces(text, value + 1, text.len()).into_iter().find(holds),
        (false, true) => pieces(text, value, line_end).into_iter().find(holds),
        (false, false) => Some(value..line_end).filter(holds),
    }?;
    let written = text[piece.clone()].trim_end();
    let taken_apart = begins_with_a_text(written) || ((listed || in_brackets) && is_taken_apart(written));
    taken_apart.then(|| in_quotes(written, piece.start))
}

/// A condition on a line of a list, at a fault on that line.
fn item(text: &str, at: usize) -> Option<Range<usize>> {
    let line = line_of(text, at);
    let dash = spaces_before(&text[line.clone()]);
    let written = text[line.start + dash..line.end].strip_prefix("- ")?.trim();
    let mut above = line.clone();
    let key = loop {
        above = line_of(text, above.start.checked_sub(1)?);
        let own = text[above.clone()].trim_end();
        let column = spaces_before(own);
        let is_item = own[column..].starts_with("- ") && column == dash;
        if !own.is_empty() && column <= dash && !is_item && !own[column..].starts_with('#') {
            break own.trim_start_matches([' ', '-']).strip_suffix(':')?;
        }
    };
    let start = line.start + text[line].trim_end().len() - written.len();
    KEYS.contains(&key).then(|| start..start + written.len())
}

fn in_quotes(written: &str, start: usize) -> Diagnostic {
    let found = needs_quotes(written, start);
    let Some(right) = without_quotes_of_columns(written) else {
        return found;
    };
    let quoted = format!("'{}'", right.replace('\'', "''"));
    found
        .help("put single quotes around all of it, and none around the name of a column")
        .replace(start..start + written.len(), quoted, Applicability::Unsure)
}

/// `"city" == "Roma"`, which compares two texts, with the column of that name in the place of the first. None where it
/// compares none, or rather a text with a column.
fn without_quotes_of_columns(written: &str) -> Option<String> {
    let mark = written.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, behind) = written[1..].split_once(mark)?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let signs = ["==", "!=", "<=", ">=", "<", ">", "in "];
    let value = signs
        .iter()
        .find_map(|sign| behind.trim_start().strip_prefix(sign))?;
    let is_value = value
        .trim_start()
        .starts_with(|c: char| c.is_ascii_digit() || "\"'[-".contains(c));
    let alone = !written.contains("&&") && !written.contains("||");
    (is_name && is_value && alone).then(|| format!("{name}{behind}"))
}

/// Asks for quotes around a condition.
pub(crate) fn needs_quotes(written: &str, start: usize) -> Diagnostic {
    let span = start..start + written.len();
    let quoted = format!("'{}'", written.replace('\'', "''"));
    Diagnostic::error("quote-the-text", span.clone(), "this condition needs quotes")
        .label("YAML takes it apart at its brackets, commas and quotes")
        .help("put single quotes around all of it")
        .replace(span, quoted, Applicability::Unsure)
}

/// How to say what begins with `!`: in quotes, or by the key that means the contrary.
pub(super) fn negated(text: &str, start: usize, found: Diagnostic) -> Diagnostic {
    let line = line_of(text, start);
    let written = text[start..end_of(text, start, line.end)].trim_end();
    let quoted = format!("'{}'", written.replace('\'', "''"));
    // A name alone may be a tag indeed.
    let sure = match written.contains('(') && is_under_a_condition(text, start) {
        true => Applicability::Safe,
        false => Applicability::Unsure,
    };
    let help = match contrary(text, start, written) {
        Some(right) => format!("quote the condition, or write `{right}`"),
        None => format!("quote the condition: `{quoted}`"),
    };
    let span = start..start + written.len();
    found.help(help).replace(span, quoted, sure)
}

/// The same without the `!`, where nothing but one call stands behind it. The other key would not mean the contrary of one
/// condition among several.
fn contrary(text: &str, start: usize, written: &str) -> Option<String> {
    let call = written.strip_prefix('!').filter(|call| is_one_call(call))?;
    let line = line_of(text, start);
    let before = text[line.start..start].trim_end();
    let key = before.rsplit([' ', '{', ',']).next()?;
    let other = match key {
        "when:" => "unless",
        "unless:" => "when",
        _ => return None,
    };
    // A goal or a rule, which begins with its condition, has no contrary of it.
    let is_first = is_first_key(text, line.start + before.len() - key.len());
    (!is_first).then(|| format!("{other}: {call}"))
}

/// A condition that begins with `!` inside of brackets, where YAML ends its tag at a quote and is lost behind it.
pub(super) fn negation(text: &str, open: usize, at: usize) -> Option<Diagnostic> {
    let end = line_of(text, at.max(open)).end;
    let region = text.get(open..end)?;
    let marks = region.match_indices('!').map(|(mark, _)| open + mark);
    let begins = |mark: &usize| {
        let before = text[open..*mark].trim_end();
        before.ends_with(['[', '{', ',', ':', '-']) && before.len() < mark - open + 1
    };
    marks.filter(begins).find_map(|mark| {
        let span = mark..end_of(text, mark, line_of(text, mark).end);
        let written = text[span.clone()].trim_end();
        let name = written[1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let is_call = name.starts_with('(') && name.len() + 1 < written.len();
        (is_call && written.contains(['"', '\''])).then(|| custom_tag(text, mark..mark + written.len()))
    })
}

/// Whether what begins here is the value of a key of conditions, or stands first in its list.
pub(super) fn is_under_a_condition(text: &str, start: usize) -> bool {
    let value = value_before(text, start);
    value.is_some_and(|value| text[value..start].trim_matches(['[', ' ']).is_empty())
}

/// Whether a key is the first of its map.
fn is_first_key(text: &str, at: usize) -> bool {
    let line = line_of(text, at);
    let before = text[line.start..at].trim_end();
    match before.chars().next_back() {
        Some('{' | '-') => return true,
        Some(_) => return false,
        None => {}
    }
    let column = at - line.start;
    for above in text[..line.start].lines().rev() {
        let content = above.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let behind_dash = content.strip_prefix('-').map_or(content, str::trim_start);
        match (above.len() - behind_dash.len()).cmp(&column) {
            Ordering::Equal => return false,
            Ordering::Greater => {}
            Ordering::Less => return true,
        }
    }
    true
}

/// Whether it is one call from end to end: `tagged("x")`.
fn is_one_call(written: &str) -> bool {
    let name = written.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let arguments = name.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    name.len() < written.len() && arguments.is_some_and(|inside| !inside.contains(['(', ')']))
}

/// Where the value of the last key of conditions before a place begins.
fn value_before(text: &str, at: usize) -> Option<usize> {
    let from = floor(text, at.saturating_sub(FURTHEST));
    let before = text.get(from..at)?;
    let ends = KEYS.iter().flat_map(|key| {
        let all = before.match_indices(key);
        all.filter_map(move |(start, key)| after_key(before, start, start + key.len()))
    });
    ends.max().map(|end| from + end)
}

fn after_key(before: &str, start: usize, end: usize) -> Option<usize> {
    let begins = before[..start]
        .chars()
        .next_back()
        .is_none_or(|c| " \n{,[".contains(c));
    let rest = before[end..].strip_prefix(": ").filter(|_| begins)?;
    Some(before.len() - rest.trim_start_matches(' ').len())
}

/// The pieces between commas, up to the bracket that closes them; quotes and brackets count as those of a condition.
fn pieces(text: &str, from: usize, upto: usize) -> Vec<Range<usize>> {
    let (mut all, mut start, mut depth, mut quote) = (vec![], from, 0, None);
    let region = &text[from..upto.min(floor(text, from + 2 * FURTHEST))];
    for (i, c) in region.char_indices() {
        match (c, quote) {
            (_, Some(open)) => quote = Some(open).filter(|open| *open != c),
            ('"' | '\'', None) => quote = Some(c),
            ('(' | '[' | '{', None) => depth += 1,
            (')' | ']' | '}', None) if depth > 0 => depth -= 1,
            (',' | ']' | '}', None) if depth == 0 => {
                all.push(trimmed(text, start..from + i));
                start = from + i + 1;
                if c != ',' {
                    return all;
                }
            }
            _ => {}
        }
    }
    all
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let written = &text[span.clone()];
    let start = span.end - written.trim_start().len();
    start..start + text[start..span.end].trim_end().len()
}

/// What is said of conditions with a colon that no quotes make right.
const COLON: &str = "a condition has no colon";
const EITHER: &str = "a condition has no `?`";

/// Whether it is of such a condition, and of nothing around it.
pub(in super::super) fn is_of_colons(found: &Diagnostic) -> bool {
    [COLON, EITHER].contains(&found.message.as_str())
}

/// `where: age: >= 18`, and `age > 17 ? true : false`: in quotes it would be no condition either.
pub(super) fn with_colon(text: &str, value: &Range<usize>) -> Option<Diagnostic> {
    let written = &text[value.clone()];
    let signs = ["==", "!=", "<", ">", "=", "in "];
    let found = |message: &str| Diagnostic::error("invalid-yaml", value.clone(), message);
    if !is_under_a_condition(text, value.start) {
        return None;
    }
    let (name, behind) = written.split_once(": ")?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_name && signs.iter().any(|sign| behind.trim_start().starts_with(sign)) {
        let right = format!("{name} {}", behind.trim_start());
        let whole = value.clone();
        let found = found(COLON).help(format!("write `{right}`"));
        return Some(found.replace(whole, right, Applicability::Unsure));
    }
    let (asked, either) = written
        .split_once(" ? ")
        .filter(|(asked, _)| !asked.contains(['"', '\'']))?;
    let found = found(EITHER);
    let either: Vec<&str> = either.split(':').map(str::trim).collect();
    Some(match either.as_slice() {
        ["true", "false"] => found
            .help(format!("it holds or it does not: `{}`", asked.trim_end()))
            .replace(value.clone(), asked.trim_end(), Applicability::Unsure),
        _ => found.help("join conditions with `&&` and `||`"),
    })
}

/// Whether a text in quotes stands at its beginning, and more behind it.
fn begins_with_a_text(written: &str) -> bool {
    let Some(mark) = written.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return false;
    };
    let behind = written[1..]
        .split_once(mark)
        .map_or("", |(_, behind)| behind.trim());
    let joins = ["==", "!=", "<", ">", "in ", "&&", "||", "+"];
    joins.iter().any(|sign| behind.starts_with(sign))
}

/// Whether it has a sign that YAML takes for its own inside of brackets.
fn is_taken_apart(written: &str) -> bool {
    !written.starts_with(['"', '\'']) && written.contains([',', '[', ']', '{', '}'])
}
