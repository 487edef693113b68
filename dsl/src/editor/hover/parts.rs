//! What a text costs in every language, with its shortest and its longest values, as the checks count it. Values are not
//! known while it is written: of which fields nobody says how long they are, is said.

use std::collections::BTreeSet;
use std::ops::Range;

use rust_decimal::Decimal;
use sms::parts::{Measure, measure};

use super::super::{Document, File, names};
use super::Hover;
use crate::bounds::{self, Longest};
use crate::check::languages_of;
use crate::tree::Node;
use crate::values::Language;
use crate::written::campaign::{Message, Texts, Value};

/// Of the text that a byte is in.
pub(super) fn hover(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let holds = |node: &Node| node.span.start <= byte && byte <= node.span.end;
    let (texts, span) = all(document).into_iter().find_map(|(_, texts)| {
        let value = texts.values().into_iter().find(|value| holds(&value.node))?;
        Some((texts, value.node.span.clone()))
    })?;
    Some(of(document, texts, span))
}

/// Of the message whose name a byte is in.
pub(super) fn named(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let named = names::message_at(document, byte)?;
    let (_, texts) = all(document)
        .into_iter()
        .find(|(name, _)| *name == Some(named.name.as_str()))?;
    Some(of(document, texts, named.span))
}

/// The texts of the file, those of messages with their name.
fn all<'a>(document: &Document<'a>) -> Vec<(Option<&'a str>, &'a Texts)> {
    let messages = match document.file {
        File::Campaign(file) => &file.written.messages,
        File::Project(file) => &file.written.messages,
    };
    let own = messages.iter().flat_map(Message::texts);
    let mut all: Vec<_> = own
        .map(|(name, texts)| (Some(name.value.as_str()), texts))
        .collect();
    if let Some(campaign) = document.campaign() {
        all.extend(campaign.all_texts().into_iter().map(|(_, texts)| (None, texts)));
    }
    all
}

fn of(document: &Document<'_>, texts: &Texts, span: Range<usize>) -> Hover {
    let longest = document.campaign().map(bounds::longest_of).unwrap_or_default();
    let languages = match document.campaign() {
        Some(campaign) => languages_of(campaign, document.around.project),
        None => document.around.project.languages.clone(),
    };
    let spoken = texts.spoken(&languages);
    let line = |value: &Value| {
        let own = spoken.iter().find(|(_, other)| std::ptr::eq(*other, value));
        line(
            document,
            value,
            own.map_or(&[], |(languages, _)| languages),
            &longest,
        )
    };
    let lines: Vec<String> = match texts {
        Texts::One(value) => vec![format!("- {}", line(value))],
        Texts::ByLanguage(all) => {
            let all = all.iter();
            all.map(|(language, value)| format!("- **{}**: {}", language.value, line(value)))
                .collect()
        }
    };
    let mut text = lines.join("\n");
    let unknown: BTreeSet<String> = texts
        .values()
        .into_iter()
        .flat_map(|value| unknown(value, &longest))
        .collect();
    if !unknown.is_empty() {
        let all: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
        text += &format!("\n\nNo `longest` under `fields`: {}", all.join(", "));
    }
    if let Err(why) = document.around.price {
        text += &format!("\n\nNo price: {why}");
    }
    Hover { text, span }
}

/// What one text costs.
fn line(document: &Document<'_>, value: &Value, languages: &[Language], longest: &Longest) -> String {
    let smart = document.around.project.smart;
    let Some(shown) = bounds::shown(&value.text, languages, longest, smart) else {
        return "not a text yet".to_owned();
    };
    let least = measure(&shown.shortest);
    let most = shown.longest.map(|longest| longest.measure());
    let mut text = match most {
        Some(most) if most.part_count == least.part_count => parts(least.part_count),
        Some(most) => format!("{} to {}", least.part_count, parts(most.part_count)),
        None => format!("at least {}", parts(least.part_count)),
    };
    text += &format!(", {}, {}", least.encoding, places(&least, most.as_ref()));
    if let Some((_, c)) = least.forced_by {
        text += &format!(", because of `{}` (U+{:04X})", c.escape_debug(), u32::from(c));
    }
    if let Ok(price) = document.around.price {
        let of = |measure: &Measure| (price.amount * Decimal::from(measure.part_count)).normalize();
        let cost = match most.as_ref().map(of) {
            Some(most) if most == of(&least) => most.to_string(),
            Some(most) => format!("{} to {most}", of(&least)),
            None => format!("at least {}", of(&least)),
        };
        text += &format!(", {cost} {} in {}", price.currency, price.country);
    }
    text
}

fn parts(n: u32) -> String {
    match n {
        1 => "1 part".to_owned(),
        n => format!("{n} parts"),
    }
}

/// Septets or UTF-16 units, and how many fit where that is one part.
fn places(least: &Measure, most: Option<&Measure>) -> String {
    let taken = match most {
        Some(most) if most.units == least.units => least.units.to_string(),
        Some(most) => format!("{} to {}", least.units, most.units),
        None => format!("{} and more", least.units),
    };
    match most.unwrap_or(least).part_count {
        0 | 1 => format!("{taken} of {} places", least.encoding.lone_limit()),
        _ => format!("{taken} places"),
    }
}

/// Values of which nobody says how long they are.
fn unknown(value: &Value, longest: &Longest) -> BTreeSet<String> {
    let shown = bounds::shown(&value.text, &[], longest, false);
    shown.map(|shown| shown.unbounded_by).unwrap_or_default()
}
