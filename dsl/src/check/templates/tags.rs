//! The tags of a text that has a fault in one of them, so that the others are looked at all the same.

use std::ops::Range;

use super::slips;
use crate::template::{HELPERS, LATER};
use crate::written::is_variable;

/// What stands in double braces; one that is not closed goes on to the next or to the end.
pub(super) fn all(text: &str) -> Vec<Range<usize>> {
    let mut all = vec![];
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        let next = text[open + 2..].find("{{").map_or(text.len(), |at| open + 2 + at);
        let end = text[open..next].find("}}").map_or(next, |at| open + at + 2);
        all.push(open..end);
        from = end;
    }
    all
}

/// The text without the tag in which a fault lies, and where that is part of a block without all that make blocks. Of each
/// remains the name that it asks for, at its place.
pub(super) fn without(text: &str, at: usize) -> Option<String> {
    let mut tags = all(text).into_iter();
    let faulty = tags.find(|tag| tag.start <= at && at < tag.end)?;
    let of_block = |tag: &Range<usize>| {
        let inside = text[tag.clone()].trim_matches(['{', '}', '~', ' ']);
        let first = inside.split_whitespace().next().unwrap_or_default();
        // One that lacks its `#` is meant to open a block.
        inside.starts_with(['#', '/', '^']) || slips::OF_BLOCKS.contains(&first)
    };
    let mut rest = text.to_owned();
    for tag in all(text) {
        if tag == faulty || (of_block(&faulty) && of_block(&tag)) {
            rest.replace_range(tag.clone(), &name_alone(&text[tag]));
        }
    }
    (rest != text).then_some(rest)
}

/// A tag with blanks for all but the name of its one value, `{{first_name}}`; all blank where it is not certain that there is
/// one: of `{{upper first name}}` both words may be meant.
fn name_alone(tag: &str) -> String {
    let blank = " ".repeat(tag.len());
    let inside = tag.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    let words = inside.and_then(|inside| inside.split_once(' '));
    let Some((helper, behind)) = words.filter(|(helper, _)| takes_a_value(helper)) else {
        return blank;
    };
    let name = behind.split(' ').next().unwrap_or_default();
    let rest = behind[name.len()..].trim_start();
    let is_last = rest.is_empty() || rest.starts_with(|c: char| c == '"' || c == '\'' || c.is_ascii_digit());
    if !is_last || !is_name(name) {
        return blank;
    }
    let start = "{{".len() + helper.len() + " ".len();
    let before = start - "{{".len();
    format!(
        "{}{{{{{name}}}}}{}",
        &blank[..before],
        &blank[start + name.len() + "}}".len()..]
    )
}

/// A block that asks for a value, and what changes one.
fn takes_a_value(word: &str) -> bool {
    let name = word.strip_prefix('#').unwrap_or(word);
    let is_block = ["if", "unless"].contains(&name);
    HELPERS.contains(&name) && (is_block || name == word)
}

/// Whether a word is a name of a value, and nothing that helpers or the language are called.
fn is_name(word: &str) -> bool {
    const OTHERS: [&str; 5] = ["this", "true", "false", "null", "undefined"];
    let is_taken = || HELPERS.contains(&word) || LATER.contains(&word) || slips::OF_BLOCKS.contains(&word);
    is_variable(word) && !OTHERS.contains(&word) && !is_taken()
}
