//! The helpers of texts: which there are, and what those that change a value do to it.

use std::borrow::Cow;

/// The helpers and blocks that work.
pub const HELPERS: [&str; 10] = [
    "if", "unless", "upper", "lower", "title", "truncate", "date", "number", "money", "plural",
];

/// Helpers of the language that this version does not have yet.
pub const LATER: [&str; 2] = ["link", "each"];

/// How a helper is written, as help says it.
pub(super) fn usage(helper: &str) -> Option<&'static str> {
    Some(match helper {
        "if" | "unless" => "it asks whether there is a value: `{{#if city}}in {{city}}{{/if}}`",
        "upper" | "lower" | "title" => "a helper takes one value: `{{title first_name}}`",
        "truncate" => "`{{truncate first_name 10}}` is its first ten characters",
        "date" => {
            "a date is `2026-12-01` or `2026-12-01 10:00`: `{{date starts}}`, or `{{date starts \"day\"}}`"
        }
        "number" => "a number is `1234.5`: `{{number total}}`",
        "money" => "a sum has its currency, as `99.50 EUR`: `{{money total}}`",
        "plural" => "it takes the number, then the words: `{{plural seats \"seat\" \"seats\"}}`",
        "each" => "the item is `this`: `{{#each items}}{{this}} {{/each}}`",
        _ => return None,
    })
}

/// Whether what a helper gives has the form of a language.
pub(super) fn is_localised(helper: &str) -> bool {
    matches!(helper, "date" | "number" | "money" | "plural")
}

/// Whether a helper can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelperStatus {
    /// It can.
    Known,
    /// It is part of the language, but not of this version.
    Later,
    /// There is none of that name.
    Unknown,
}

/// Whether there is a helper of this name.
pub fn helper_status(name: &str) -> HelperStatus {
    if HELPERS.contains(&name) {
        HelperStatus::Known
    } else if LATER.contains(&name) {
        HelperStatus::Later
    } else {
        HelperStatus::Unknown
    }
}

/// What changes one value into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Upper,
    Lower,
    Title,
    /// To so many characters at most, at least 1.
    Truncate(usize),
}

impl Change {
    pub(super) fn apply<'a>(self, text: &'a str) -> Cow<'a, str> {
        match self {
            Change::Upper => text.to_uppercase().into(),
            Change::Lower => text.to_lowercase().into(),
            Change::Title => title(text).into(),
            Change::Truncate(most) => truncate(text, most).into(),
        }
    }
}

/// A capital at the start of each word. A word written all in capitals is lowered first, so `ANNA` is `Anna` while
/// `McDonald` stays. Words begin after white space, after a hyphen, and after the apostrophe of `D'Angelo`.
fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| c.is_whitespace() || c == '-') {
        let lowered = if word.chars().any(char::is_lowercase) {
            word.into()
        } else {
            Cow::from(word.to_lowercase())
        };
        match lowered.split_once(['\'', '’']) {
            Some((short, rest)) if short.chars().count() == 1 && rest.trim_end().chars().count() > 1 => {
                let mark = lowered[short.len()..].chars().next().unwrap_or('\'');
                capitalise(short, &mut titled);
                titled.push(mark);
                capitalise(rest, &mut titled);
            }
            Some(_) | None => capitalise(&lowered, &mut titled),
        }
    }
    titled
}

fn capitalise(word: &str, out: &mut String) {
    let mut letters = word.chars();
    if let Some(first) = letters.next() {
        out.extend(first.to_uppercase());
        out.push_str(letters.as_str());
    }
}

/// The first `most` characters, without white space or a joiner at the cut. No dots are added: they cost characters, and
/// the one-character ellipsis would turn the text into UCS-2.
fn truncate(text: &str, most: usize) -> &str {
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].trim_end_matches(|c: char| c.is_whitespace() || c == '\u{200d}'),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes() {
        let cases = [
            (Change::Upper, "Zoë straße", "ZOË STRASSE"),
            (Change::Lower, "ÀNNA", "ànna"),
            (Change::Title, "ANNA MARIA DE' ROSSI", "Anna Maria De' Rossi"),
            (Change::Title, "d'angelo", "D'Angelo"),
            (Change::Title, "O’NEIL-SMITH", "O’Neil-Smith"),
            (Change::Title, "McDonald", "McDonald"),
            (Change::Title, "it's  me", "It's  Me"),
            (Change::Title, "x's", "X's"),
            (Change::Title, "", ""),
            (Change::Truncate(4), "Massimiliano", "Mass"),
            (Change::Truncate(5), "Anna Maria", "Anna"),
            (Change::Truncate(10), "Zoë", "Zoë"),
            (Change::Truncate(2), "👩\u{200d}👩", "👩"),
        ];
        for (change, text, right) in cases {
            assert_eq!(change.apply(text), right, "{change:?} of {text}");
        }
    }
}
