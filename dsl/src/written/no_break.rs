//! Spaces that do not break (U+00A0 and its like) where YAML needs those of the keyboard: the eye takes them for such, YAML
//! for letters. They come with what is copied from a page. One finding tells of all of them, in place of what they bring
//! about.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Read;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::line_of;

mod places;

const SPACES: [char; 3] = ['\u{a0}', '\u{202f}', '\u{2007}'];

/// The file as read, or such spaces in place of what is wrong only for them; `again` reads a text.
pub(super) fn instead(text: &str, mut read: Read, again: impl FnOnce(&str) -> Read) -> Read {
    let is_wrong = text.contains(SPACES) && read.found.iter().any(Diagnostic::is_error);
    let places = if is_wrong { places::of(text) } else { vec![] };
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return read;
    };
    let right = spaced(text, &places);
    let place = |text: &str, d: &Diagnostic| {
        (
            d.code,
            text[..text.floor_char_boundary(d.span.start)]
                .matches('\n')
                .count(),
        )
    };
    let left: BTreeSet<_> = again(&right).found.iter().map(|d| place(&right, d)).collect();
    let (stays, gone): (Vec<_>, Vec<_>) =
        (read.found.iter().cloned()).partition(|d| left.contains(&place(text, d)));
    if !gone.iter().any(Diagnostic::is_error) {
        return read;
    }
    let whole = first.start..last.end;
    let of_whole = places
        .iter()
        .map(|place| place.start - whole.start..place.end - whole.start);
    let right = spaced(&text[whole.clone()], &of_whole.collect::<Vec<_>>());
    let found = told(text, &places).replace(whole, right, Applicability::Safe);
    read.found = std::iter::once(found).chain(stays).collect();
    // What is left of the file says nothing of what it was meant to be.
    read.tree.whole = false;
    read
}

fn told(text: &str, places: &[Range<usize>]) -> Diagnostic {
    let first = &places[0];
    let code = text[first.clone()].chars().next().map_or(0, u32::from);
    let before = &text[line_of(text, first.start).start..first.start];
    let before = before
        .trim_end_matches(is_space)
        .rsplit(is_space)
        .next()
        .unwrap_or_default();
    let place = match before {
        "" => "in the indentation".to_owned(),
        word => format!("behind \"{word}\""),
    };
    let message = format!("a space that does not break (U+{code:04X}) stands {place}");
    let label = match places.len() {
        1 => "a letter to YAML".to_owned(),
        2 => "a letter to YAML, and in another place".to_owned(),
        many => format!("a letter to YAML, and in {} more places", many - 1),
    };
    Diagnostic::error("invalid-yaml", first.clone(), message)
        .label(label)
        .help(match places.len() {
            1 => "put a space of the keyboard in its place",
            _ => "put spaces of the keyboard in their place",
        })
}

fn is_space(c: char) -> bool {
    c == ' ' || SPACES.contains(&c)
}

/// The text with a space for each of these characters.
fn spaced(text: &str, places: &[Range<usize>]) -> String {
    let (mut right, mut at) = (String::with_capacity(text.len()), 0);
    for place in places {
        right.push_str(&text[at..place.start]);
        right.extend(text[place.clone()].chars().map(|_| ' '));
        at = place.end;
    }
    right + &text[at..]
}
