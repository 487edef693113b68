//! What a text costs in every language, with its shortest and its longest values, as the checks count it. Values are not
//! known while it is written: of which fields nobody says how long they are, is said.

use std::collections::BTreeSet;
use std::ops::Range;

use rust_decimal::Decimal;
use sms::parts::{Measure, measure};

use super::super::names::{NameKind, Named};
use super::super::{Document, File, names};
use super::Hover;
use crate::bounds::{self, Longest};
use crate::check::languages_of;
use crate::tree::Node;
use crate::values::Language;
use crate::written::campaign::{Body, Message, Sent, Step, Texts, Value, own_texts};

/// Of the text that a byte is in.
pub(super) fn hover(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let holds = |node: &Node| node.span.start <= byte && byte <= node.span.end;
    let (texts, span) = all(document).into_iter().find_map(|texts| {
        let value = texts.values().into_iter().find(|value| holds(&value.node))?;
        Some((texts, value.node.span.clone()))
    })?;
    Some(of(document, &[(None, texts)], span))
}

/// Of the message or the step whose name a byte is in: of what it sends, by variant where there are several.
pub(super) fn named(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let here = |named: &&Named| named.span.start <= byte && byte <= named.span.end;
    // The longest first: `invite-answers-1-1` begins with the name of a step.
    let mut names: Vec<&Named> = names::all(document).iter().filter(here).collect();
    names.reverse();
    names.into_iter().find_map(|named| {
        let span = named.span.clone();
        match named.kind {
            NameKind::Message => called(document, &named.name, span),
            NameKind::Step => called(document, &named.name, span.clone())
                .or_else(|| called(document, sent_by(document, &named.name)?, span)),
            _ => None,
        }
    })
}

/// The message that the step of an `id` sends.
fn sent_by<'a>(document: &Document<'a>, id: &str) -> Option<&'a str> {
    let steps = document.campaign()?.all_steps();
    let is_it = |step: &&&Step| step.id.as_ref().is_some_and(|own| own.value == id);
    let sent = steps.iter().find(is_it)?.sent().into_iter().next()?;
    match sent {
        Sent::Name(name) => Some(&name.value),
        Sent::Texts(_) => None,
    }
}

/// Of the message, or the text of a step, that has this name.
fn called(document: &Document<'_>, name: &str, span: Range<usize>) -> Option<Hover> {
    let all = messages(document).find(|message| message.name.value == name);
    match all.and_then(|message| message.body.as_ref()) {
        Some(Body::Texts(texts)) => Some(of(document, &[(None, texts)], span)),
        Some(Body::Variants(variants)) => {
            let each = variants.iter().filter_map(|variant| {
                let share = variant.share.as_ref().map_or("", |share| &share.value);
                let called = format!("**{}** {share}", variant.name.value);
                Some((Some(called), variant.texts.as_ref()?))
            });
            Some(of(document, &each.collect::<Vec<_>>(), span))
        }
        None => {
            let own = document.campaign().map(own_texts::of).unwrap_or_default();
            let (_, texts) = own.into_iter().find(|(own, _)| own == name)?;
            Some(of(document, &[(None, texts)], span))
        }
    }
}

fn messages<'a>(document: &Document<'a>) -> impl Iterator<Item = &'a Message> {
    let (short, all) = match document.file {
        File::Campaign(file) => (file.written.message.as_ref(), &file.written.messages),
        File::Project(file) => (None, &file.written.messages),
    };
    short.into_iter().chain(all)
}

/// The texts of the file.
fn all<'a>(document: &Document<'a>) -> Vec<&'a Texts> {
    let own = messages(document).flat_map(Message::texts);
    let own = own.map(|(_, texts)| texts);
    match document.campaign() {
        Some(campaign) => campaign.all_texts().into_iter().map(|(_, texts)| texts).collect(),
        None => own.collect(),
    }
}

/// Of some texts, each with what it is called where there are several.
fn of(document: &Document<'_>, all: &[(Option<String>, &Texts)], span: Range<usize>) -> Hover {
    let each = all.iter().map(|(called, texts)| {
        let lines = lines(document, texts).join("\n");
        match called {
            Some(called) => format!("{}\n{lines}", called.trim()),
            None => lines,
        }
    });
    let mut text = each.collect::<Vec<_>>().join("\n\n");
    let longest = document.campaign().map(bounds::longest_of).unwrap_or_default();
    let values = all.iter().flat_map(|(_, texts)| texts.values());
    let unknown: BTreeSet<String> = values.flat_map(|value| unknown(value, &longest)).collect();
    if !unknown.is_empty() {
        let all: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
        text += &format!("\n\nNo `longest` under `fields`: {}", all.join(", "));
    }
    if let Err(why) = document.around.price {
        text += &format!("\n\nNo price: {why}");
    }
    Hover { text, span }
}

/// What each text of a message costs, by language.
fn lines(document: &Document<'_>, texts: &Texts) -> Vec<String> {
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
    match texts {
        Texts::One(value) => vec![format!("- {}", line(value))],
        Texts::ByLanguage(all) => {
            let all = all.iter();
            all.map(|(language, value)| format!("- **{}**: {}", language.value, line(value)))
                .collect()
        }
    }
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
