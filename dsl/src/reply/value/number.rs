//! Numbers as people write them: with a comma or a point, with marks between thousands.

use super::alone;
use crate::reply::lists::primary;
use crate::values::parse_decimal;

/// A whole number: `3`, `-3`, `1.000.000`.
pub(super) fn whole(text: &str, language: &str) -> Option<String> {
    let number = decimal(text, language)?;
    number.parse::<i64>().ok().map(|n| n.to_string())
}

/// A number with a point: `2,5` is `2.5`, `1.234,56` is `1234.56`.
pub(super) fn decimal(text: &str, language: &str) -> Option<String> {
    let written = written(text)?;
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", written.as_str()),
    };
    let plain = plain(digits, language)?;
    let number = format!("{sign}{plain}");
    parse_decimal(&number).map(|_| number)
}

/// The digits and marks of a text that says nothing else but politeness.
fn written(text: &str) -> Option<String> {
    let number = alone(text)?;
    let before = &text[..text.find(number)?];
    let minus = if before.ends_with(['-', '\u{2212}']) {
        "-"
    } else {
        ""
    };
    // `,5` may have lost a digit.
    let known = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '\u{2019}');
    let whole = number.chars().all(known) && !before.ends_with(['.', ',']);
    whole.then(|| format!("{minus}{number}"))
}

/// Digits with at most one point; none where a mark may be either.
fn plain(digits: &str, language: &str) -> Option<String> {
    let marks: Vec<char> = digits.chars().filter(|c| !c.is_ascii_digit()).collect();
    let grouped = |text: &str, mark: char| groups(text, mark).then(|| text.replace(mark, ""));
    match marks.as_slice() {
        [] => Some(digits.to_owned()),
        [mark @ ('.' | ',')] => {
            let (before, after) = digits.split_once(*mark)?;
            let may_group = after.len() == 3 && groups(digits, *mark) && groups_with(language, *mark);
            (!may_group).then(|| format!("{before}.{after}"))
        }
        [group, rest @ ..] if rest.iter().all(|mark| mark == group) => grouped(digits, *group),
        [group, between @ .., point @ ('.' | ',')] if between.iter().all(|mark| mark == group) => {
            let (before, after) = digits.rsplit_once(*point)?;
            Some(format!("{}.{after}", grouped(before, *group)?))
        }
        [..] => None,
    }
}

/// Whether every mark stands before three digits, and one to three stand before the first.
fn groups(text: &str, mark: char) -> bool {
    let mut groups = text.split(mark);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3)
}

/// Whether the language writes thousands with this mark. Those that do with spaces have a comma for decimals alone.
fn groups_with(language: &str, mark: char) -> bool {
    match primary(language).as_str() {
        "en" | "he" | "hi" | "ja" | "ko" | "th" | "zh" => mark == ',',
        "cs" | "fi" | "fr" | "hu" | "nb" | "pl" | "ru" | "sv" | "uk" => false,
        // Spanish has both, by country.
        "es" => true,
        _ => mark == '.',
    }
}
