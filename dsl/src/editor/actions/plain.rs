//! Repairs that a diagnostic only says in words and that are plain from its place; none where they are not.

use crate::diagnostic::{Applicability, Diagnostic, Suggestion};

/// What repairs a diagnostic. It is a guess at what was meant, and never made unseen.
pub(super) fn repair(text: &str, found: &Diagnostic) -> Option<Suggestion> {
    let (span, replacement) = match found.code {
        "duplicate-language" => without(text, found)?,
        "list-became-text" => first_item(text, found)?,
        _ => return None,
    };
    Some(Suggestion {
        span,
        replacement,
        applicability: Applicability::Unsure,
    })
}

type Edit = (std::ops::Range<usize>, String);

/// A list without the item that stands in it twice.
fn without(text: &str, found: &Diagnostic) -> Option<Edit> {
    let line = line_start(text, found.span.start);
    let before = text.get(line..found.span.start)?;
    if before.trim() == "-" {
        let end = found.span.end + text[found.span.end..].find('\n')? + 1;
        let alone = text.get(found.span.end..end)?.trim().is_empty();
        return alone.then(|| (line..end, String::new()));
    }
    let comma = before.trim_end().strip_suffix(',')?.len();
    Some((line + comma..found.span.end, String::new()))
}

/// The first item, which has no dash and stands beside the key, under it as the others do.
fn first_item(text: &str, found: &Diagnostic) -> Option<Edit> {
    let line = line_start(text, found.span.start);
    let colon = text
        .get(line..found.span.start)?
        .trim_end()
        .strip_suffix(':')?
        .len()
        + 1;
    let first = text.get(found.span.clone())?.lines().next()?.trim_end();
    let next = text[found.span.start..].lines().nth(1)?;
    let content = next.trim_start_matches(' ');
    if !content.starts_with("- ") || first.starts_with(['-', '[', '{']) {
        return None;
    }
    let indentation = &next[..next.len() - content.len()];
    let span = line + colon..found.span.start + first.len();
    Some((span, format!("\n{indentation}- {first}")))
}

fn line_start(text: &str, byte: usize) -> usize {
    text.get(..byte)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1)
}
