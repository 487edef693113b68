//! What the words of the language mean that are no keys: functions of conditions, helpers of texts, values to choose from.

use super::super::sketch::{Role, Sketch};
use super::super::{Document, forms};
use super::{Hover, doc};
use crate::scalar::WaitTime;
use crate::written::key::Form;

/// What a function of conditions says, in a sentence; empty where there is none of that name.
pub(in super::super) fn of_function(name: &str) -> &'static str {
    match name {
        "delivered" => {
            "the message has arrived: one of `messages`, or the `id` of a step with a text of its own"
        }
        "clicked" => "the link was opened; `opt_out` is one",
        "replied" => "there was a reply in this passage",
        "answered" => "there was ever a reply to that campaign",
        "received" => "a text of that campaign came in that time until now; without a time: ever",
        "tagged" => "the person has the tag",
        "event" => "the event has happened in this passage",
        "today" => "the day of the recipient",
        "now" => "this moment",
        "date" => "a day, written in the condition",
        "days_until" => "days from the recipient's day to that one; below zero once it is over",
        "days_since" => "days from that day to the recipient's; below zero before it",
        "empty" => "there is no value",
        _ => "",
    }
}

/// What a helper of texts does and how it is used; none where there is none of that name.
fn of_helper(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "if" => (
            "what stands inside only where there is a value",
            "{{#if city}}in {{city}}{{else}}near you{{/if}}",
        ),
        "unless" => (
            "what stands inside only where there is no value",
            "{{#unless city}}near you{{/unless}}",
        ),
        "else" => (
            "what stands in its place otherwise",
            "{{#if city}}{{city}}{{else}}there{{/if}}",
        ),
        "upper" => ("in capitals", "{{upper city}}"),
        "lower" => ("in small letters", "{{lower city}}"),
        "title" => ("each word with a capital first", "{{title first_name}}"),
        "truncate" => (
            "the first so many characters, no white space at the end, no dots",
            "{{truncate first_name 10}}",
        ),
        "date" => (
            "a day in the language's form: `day`, `time`, `weekday` or `short`",
            "{{date starts \"weekday\"}}",
        ),
        "number" => ("a number in the language's form", "{{number total}}"),
        "money" => ("a sum in the language's form", "{{money total}}"),
        "plural" => (
            "the word that the number takes, without the number",
            "{{plural seats \"seat\" \"seats\"}}",
        ),
        "link" => ("a short link of this person's own", "{{link tickets}}"),
        "each" => ("for each of a list", "{{#each items}}{{name}}{{/each}}"),
        _ => return None,
    })
}

/// A helper in a tag of a text.
pub(super) fn helper(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let text = document.text;
    let is_word = |c: char| c.is_ascii_lowercase();
    let (before, after) = (text.get(..byte)?, text.get(byte..)?);
    let start = before.trim_end_matches(is_word).len();
    let end = byte + (after.len() - after.trim_start_matches(is_word).len());
    let (meaning, usage) = of_helper(text.get(start..end)?)?;
    let opens = before[..start].trim_end_matches(['~', '#', '/', ' ']);
    if !opens.ends_with("{{") && !opens.ends_with('(') {
        return None;
    }
    let name = &text[start..end];
    Some(Hover {
        text: format!("**{name}**: {meaning}\n\n```handlebars\n{usage}\n```"),
        span: start..end,
    })
}

/// A value to choose, or the `id` of a step that sends nothing: what its key says of it.
pub(super) fn choice(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let (sketch, spot) = Sketch::of(document, byte);
    let spot = spot.filter(|spot| spot.role != Role::Key)?;
    let word = document.text.get(spot.word.clone())?;
    let here = forms::at(document, &sketch, &spot.path);
    let (last, above) = spot.path.split_last()?;
    let super::super::sketch::Segment::Key(name) = last else {
        return None;
    };
    let is_offered = |form: &&Form| match form {
        Form::OneOf(choices) => choices.iter().any(|choice| choice.word == word),
        Form::Name => name == "id",
        _ => false,
    };
    here.iter().copied().find(is_offered)?;
    let key = forms::key(&forms::at(document, &sketch, above), name)?;
    Some(Hover {
        text: doc(key),
        span: spot.word,
    })
}

/// A duration: what is counted.
pub(super) fn duration(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let (sketch, spot) = Sketch::of(document, byte);
    let spot = spot.filter(|spot| spot.role != Role::Key)?;
    let forms = forms::at(document, &sketch, &spot.path);
    let is_duration = |form: &&Form| matches!(form, Form::Duration | Form::Wait);
    forms.iter().copied().find(is_duration)?;
    let written = document.text.get(spot.word.clone())?.trim_matches(['"', '\'']);
    let counted = match WaitTime::parse(written).ok()? {
        WaitTime::Elapsed(_) => "elapsed time, whatever clocks do",
        WaitTime::Days(_) => {
            "days of the recipient's calendar: ends at the same time of day, also over a change of the clocks"
        }
    };
    Some(Hover {
        text: format!("**{written}**: {counted}"),
        span: spot.word,
    })
}
