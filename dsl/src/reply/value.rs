//! Reads the value of a reply for `save`, by the field's type. The whole message must be the value: what a sentence means is
//! not guessed. Given back is the form that cells of that type have.

use std::sync::LazyLock;

use chrono::NaiveTime;

use super::fold::{core, folded, tokens, without_signature};
use super::lists::{FILES, Scope, primary};
use crate::condition::DateFormat;
use crate::scalar::{WrittenTime, parse_time};
use crate::values::{FieldType, parse_date};

mod number;

/// The value of a reply; none where it is not of the type, or could be two values. `format` is the field's, for days and
/// times; without it they are ISO. White space, outer punctuation and a signature do not count, nor "please" and thanks
/// but in a text.
///
/// `Sì!` is `true` in Italian, `2,5` is `2.5`, and `1.000` is nothing in Italian, where it may be one or a thousand.
pub fn read(text: &str, kind: FieldType, format: Option<DateFormat>, language: &str) -> Option<String> {
    let said = visible(without_signature(text));
    let plain: String = said.chars().map(narrow).collect();
    match kind {
        FieldType::Text => (!said.is_empty()).then_some(said),
        FieldType::Int => number::whole(&plain, language),
        FieldType::Number => number::decimal(&plain, language),
        FieldType::Bool => truth(&said, language).map(|truth| truth.to_string()),
        FieldType::Date => date(alone(&plain)?, format),
        FieldType::Time => time(alone(&plain)?, format),
    }
}

/// Without white space around it, and what is not seen; joiners stay, since emoji are written with them.
fn visible(text: &str) -> String {
    let hidden =
        |c: &char| sms::invisible::is_invisible(*c) && !matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE0F}');
    let seen: String = text.chars().filter(|c| !hidden(c)).collect();
    seen.trim().to_owned()
}

/// A wide character as a plain one.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    }
}

/// What of a text begins and ends with a digit, or with the letters behind one; none where something else is said.
fn alone(text: &str) -> Option<&str> {
    let digit = |c: char| c.is_ascii_digit();
    let first = text.find(digit)?;
    let last = text.rfind(digit)?;
    let end = text[last..].find(|c: char| !c.is_alphanumeric());
    let inner = &text[first..end.map_or(text.len(), |end| last + end)];
    (tokens(inner) == core(text)).then_some(inner)
}

/// As cells of the field are written.
fn date(text: &str, format: Option<DateFormat>) -> Option<String> {
    let Some(format) = format else {
        return parse_date(text).map(|_| text.to_owned());
    };
    let iso = || parse_date(text).map(|day| day.and_time(NaiveTime::MIN));
    format.said(text).or_else(iso).map(|time| format.write(time))
}

fn time(text: &str, format: Option<DateFormat>) -> Option<String> {
    let iso = parse_time(text).ok();
    let Some(format) = format else {
        return iso.map(|_| text.to_owned());
    };
    // An instant would need a clock to be written on.
    let local = match iso {
        Some(WrittenTime::Local(local)) => Some(local),
        Some(WrittenTime::Instant(_)) | None => None,
    };
    format.said(text).or(local).map(|time| format.write(time))
}

/// Yes and no, as people say them in a language and as they are written everywhere.
struct Truths {
    scope: Scope,
    yes: Vec<String>,
    no: Vec<String>,
}

static TRUTHS: LazyLock<Vec<Truths>> = LazyLock::new(|| {
    let read = |file: &super::lists::File| {
        let phrases = |section| file.section(section).map(key).collect();
        Truths {
            scope: file.scope,
            yes: phrases("yes"),
            no: phrases("no"),
        }
    };
    FILES.iter().map(read).collect()
});

/// A phrase in one word; an emoji is itself.
fn key(phrase: &str) -> String {
    let letters: String = phrase
        .chars()
        .flat_map(folded)
        .filter(|c| !c.is_whitespace())
        .collect();
    let skinless = |c: &char| !matches!(c, '\u{1F3FB}'..='\u{1F3FF}');
    let word = core(phrase).concat();
    if word.is_empty() {
        letters.chars().filter(skinless).collect()
    } else {
        word
    }
}

/// None where it is neither, or both: `no` in Polish. `sì sì` is said once.
fn truth(text: &str, language: &str) -> Option<bool> {
    let language = primary(language);
    let holds = |truths: &&Truths| match truths.scope {
        Scope::Everywhere => true,
        Scope::Language(tag) => tag == language,
        Scope::Country(_) => false,
    };
    let mut words = core(text);
    words.dedup();
    let said = match words.is_empty() {
        true => key(text),
        false => words.concat(),
    };
    let lists: Vec<&Truths> = TRUTHS.iter().filter(holds).collect();
    let yes = lists.iter().any(|list| list.yes.contains(&said));
    let no = lists.iter().any(|list| list.no.contains(&said));
    (yes != no).then_some(yes)
}

#[cfg(test)]
mod tests;
