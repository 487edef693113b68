//! Declared fields have a column in every list, or a value for everybody, or an event that may carry them; values fit their type.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Context, audience, awaited, templates};
use crate::bounds::characters;
use crate::condition::WORDS;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::values::FieldType;
use crate::written::Spanned;
use crate::written::campaign::{Field, Value, Verb};
use crate::written::nearest::{did_you_mean, listed, nearest, same_word};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let columns = context.written.audience.columns.iter();
    found.extend(columns.filter_map(|(ours, theirs)| two_meanings(ours, &theirs.value)));
    let given = given_by_steps(context);
    // What an event carries has a value then.
    let by_events = awaited::hears_events(context);
    for field in &context.written.fields {
        found.extend(built_in(
            &field.name,
            "its column is that of the list, under `columns`",
        ));
        found.extend(two_meanings(&field.name, &field.name.value));
        default_fits(field, found);
        let stated = as_stated(field, found);
        found.extend(stated);
        found.extend(misspelt(context, field));
        found.extend(never_set(&given, field).filter(|_| !by_events));
        let filled = field.default.is_some() || field.set_by_steps;
        // An event may carry it.
        let carried = context
            .written
            .trigger
            .as_ref()
            .is_some_and(|trigger| trigger.event.is_some());
        if !filled && !carried && !templates::BUILT_IN.contains(&field.name.value.as_str()) {
            found.extend(missing(context, field, given.contains(field.name.value.as_str())));
        }
    }
}

/// A number makes a person who they are: it is no field that something else could be put in.
pub(super) fn built_in(name: &Spanned<String>, instead: &str) -> Option<Diagnostic> {
    let message = "\"phone\" is the number that people are known by, and no field";
    let found = || Diagnostic::error("bad-name", name.span.clone(), message).help(instead);
    (name.value == "phone").then(found)
}

/// A name that conditions or texts take for something else. `language` and `timezone` are the columns of that name, and
/// `phone` is told of by itself.
fn two_meanings(name: &Spanned<String>, column: &str) -> Option<Diagnostic> {
    let meaning = match name.value.as_str() {
        "reply" => "what somebody answered last",
        "tags" => "the tags of a person",
        "variant" => "the variant that somebody was given",
        "country" => "the country of a number",
        "now" | "today" => "the time at which a condition is asked",
        word if WORDS.contains(&word) => "a word of conditions and texts",
        _ => return None,
    };
    let message = format!(
        "\"{}\" is {meaning}, so a field of that name would be read in two ways",
        name.value
    );
    let help = format!(
        "call it otherwise; a column gets another name by `columns: {{ own_{}: {column} }}`",
        name.value
    );
    Some(Diagnostic::error("bad-name", name.span.clone(), message).help(help))
}

fn default_fits(field: &Field, found: &mut Vec<Diagnostic>) {
    let values = field.default.iter().flat_map(|texts| texts.values());
    for value in values.filter(|value| !field.kind.accepts(&value.text)) {
        let message = format!(
            "\"{}\" is not of the type `{}` of field \"{}\"",
            value.text, field.kind, field.name.value
        );
        let help = such_as(field.kind);
        found.push(Diagnostic::error("bad-default", value.node.span.clone(), message).help(help));
    }
}

/// A default is a value, so it has no values in it and is no longer than the longest; how dates are written says something
/// of dates.
fn as_stated(field: &Field, told: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut found = vec![];
    let values = || field.default.iter().flat_map(|texts| texts.values());
    for value in values().filter(|value| value.text.contains("{{")) {
        let message = "a default is a value, and no template: the braces would be sent";
        found.push(
            Diagnostic::error("bad-default", value.node.span.clone(), message).help("write the value itself"),
        );
    }
    if let Some(longest) = &field.longest {
        let most = usize::try_from(longest.value).unwrap_or(usize::MAX);
        let is_long = |value: &&&Value| characters(&value.text) > most && !value.text.contains("{{");
        for value in values().collect::<Vec<_>>().iter().filter(is_long) {
            let message = format!("the default has {} characters", characters(&value.text));
            found.push(
                Diagnostic::error("bad-default", value.node.span.clone(), message)
                    .also(longest.span.clone(), "the longest")
                    .help("shorten it, or raise `longest`"),
            );
        }
    }
    let dated = matches!(field.kind, FieldType::Date | FieldType::Time);
    let start = field.name.span.end;
    let is_meant =
        |d: &Diagnostic, end: usize| d.code == "unknown-key" && (start..end).contains(&d.span.start);
    // The key before it may well be a misspelt `type`.
    let unclear = |end: usize| told.iter().any(|d| is_meant(d, end));
    let format = field
        .format
        .as_ref()
        .filter(|format| !dated && !unclear(format.span.start));
    if let Some(format) = format {
        let message = format!(
            "`format` says how dates are written, and \"{}\" has the type `{}`",
            field.name.value, field.kind
        );
        found.push(
            Diagnostic::error("conflicting-keys", format.span.clone(), message)
                .help("leave it out, or give the field the type `date`"),
        );
    }
    found
}

/// The fields that steps give a value.
pub(super) fn given_by_steps<'a>(context: &'a Context<'_>) -> BTreeSet<&'a str> {
    let mut given = BTreeSet::new();
    for step in context.written.all_steps() {
        match &step.verb {
            Verb::Set(values) => given.extend(values.iter().map(|(name, _)| name.value.as_str())),
            Verb::Ask(ask) => given.extend(ask.save.iter().map(|save| save.value.as_str())),
            Verb::Call(call) => given.extend(call.save.iter().map(|save| save.value.as_str())),
            _ => {}
        }
    }
    given
}

/// A field of the campaign that has no default, and that nothing of it gives a value: whoever has none by another campaign
/// gets no text with it.
fn never_set(given: &BTreeSet<&str>, field: &Field) -> Option<Diagnostic> {
    let name = field.name.value.as_str();
    if !field.set_by_steps || field.default.is_some() || given.contains(name) {
        return None;
    }
    let message = format!("field \"{name}\" is no column, and no step of this campaign gives it a value");
    let help = format!(
        "keep a reply in it (`save: {name}`), set it (`set: {{ {name}: … }}`), or give it a `default`"
    );
    Some(Diagnostic::warning("field-never-set", field.name.span.clone(), message).help(help))
}

/// A field that no list has, beside a column that differs in marks alone: with a default it would hold for everybody.
fn misspelt(context: &Context<'_>, field: &Field) -> Option<Diagnostic> {
    let name = field.name.value.as_str();
    field.default.as_ref().filter(|_| !field.set_by_steps)?;
    let known: Vec<Vec<&str>> = context.from.iter().filter_map(audience::names).collect();
    if known.len() != context.from.len() || known.iter().any(|names| names.contains(&name)) {
        return None;
    }
    let meant = known.iter().flatten().find(|column| same_word(column, name))?;
    let message = format!("field \"{name}\" is no column, and \"{meant}\" is one");
    let span = field.name.span.clone();
    let found = Diagnostic::error("column-missing", span.clone(), message);
    Some(
        found
            .help(format!(
                "did you mean \"{meant}\"? otherwise everybody gets the default"
            ))
            .replace(span, *meant, Applicability::Unsure),
    )
}

fn such_as(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Int => "write a whole number, such as `30`",
        FieldType::Number => "write a number with a point, such as `12.50`",
        FieldType::Bool => "write `true` or `false`",
        FieldType::Date => "write a date, such as `2026-12-01`",
        FieldType::Time => "write a time, such as `2026-12-01 10:00`",
        FieldType::Text => "write a text",
    }
}

/// A value that a step gives a field. What a template makes of a person is seen only then.
pub(super) fn does_not_fit(
    context: &Context<'_>,
    name: &Spanned<String>,
    value: &Value,
) -> Option<Diagnostic> {
    match value.text.contains("{{") {
        false => of_another_type(context, name, &value.text, value.node.span.clone()),
        true => never_fits(context, name, value),
    }
}

/// A template whose value is none of the type of the field, whatever a person has: words beside a value, or the value of a field of
/// another type.
fn never_fits(context: &Context<'_>, name: &Spanned<String>, value: &Value) -> Option<Diagnostic> {
    let of = |name: &str| context.written.field(name);
    let field = of(&name.value).filter(|field| field.kind != FieldType::Text)?;
    let (first, last) = (value.text.find("{{")?, value.text.rfind("}}")? + 2);
    let beside = format!("{}{}", &value.text[..first], &value.text[last..]);
    let has_words = match field.kind {
        FieldType::Int | FieldType::Number | FieldType::Date => beside.chars().any(char::is_alphabetic),
        FieldType::Text | FieldType::Bool | FieldType::Time => false,
    };
    let inside = value.text[first..last].trim_matches(['{', '}']).trim();
    let given = of(inside).map_or(FieldType::Text, |field| field.kind);
    let is_other = match (given, field.kind) {
        (FieldType::Text, _) | (FieldType::Int, FieldType::Number) => false,
        (given, kind) => given != kind,
    };
    if !has_words && !is_other {
        return None;
    }
    let message = match is_other {
        true => format!(
            "\"{inside}\" is of the type `{given}`, and field \"{}\" of the type `{}`",
            name.value, field.kind
        ),
        false => format!(
            "with words beside it no value is of the type `{}` of field \"{}\"",
            field.kind, name.value
        ),
    };
    Some(
        Diagnostic::error("wrong-type", value.node.span.clone(), message)
            .also(field.name.span.clone(), "declared here")
            .help(such_as(field.kind)),
    )
}

/// A value that is kept in a field and is none of its type.
pub(super) fn of_another_type(
    context: &Context<'_>,
    name: &Spanned<String>,
    value: &str,
    span: Range<usize>,
) -> Option<Diagnostic> {
    let field = context.written.field(&name.value)?;
    if field.kind.accepts(value) {
        return None;
    }
    let message = format!(
        "\"{value}\" is not of the type `{}` of field \"{}\"",
        field.kind, name.value
    );
    Some(
        Diagnostic::error("wrong-type", span, message)
            .also(field.name.span.clone(), "declared here")
            .help(such_as(field.kind)),
    )
}

/// `is_given`: a step gives it a value.
fn missing(context: &Context<'_>, field: &Field, is_given: bool) -> Option<Diagnostic> {
    let name = field.name.value.as_str();
    let known = context
        .from
        .iter()
        .filter_map(|list| Some((list, audience::names(list)?)));
    let (list, names) = known.into_iter().find(|(_, names)| !names.contains(&name))?;
    if is_given {
        let message = format!("field \"{name}\" is not a column of \"{}\"", list.file.called());
        let right = format!("{{ type: {}, from: campaign }}", field.kind);
        let help = format!("steps give it its value: `{name}: {right}`");
        return Some(Diagnostic::error("column-missing", field.name.span.clone(), message).help(help));
    }
    let meant = nearest(name, names.iter().copied());
    let help = did_you_mean(meant, || {
        if let Some(help) = audience::only_numbers(list) {
            return help;
        }
        let all = listed(names.iter().copied());
        format!("the columns are {all}; give the field a `default`, or say its column in `columns`")
    });
    let message = format!("field \"{name}\" is not a column of \"{}\"", list.file.called());
    let span = field.name.span.clone();
    Some(Diagnostic::error("column-missing", span, message).help(help))
}
