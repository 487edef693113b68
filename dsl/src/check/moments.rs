//! Moments, `set`, what is kept of replies and a trigger's `key` name fields that exist; a moment's field holds days.

use super::conditions::scope;
use super::{Context, audience, fields, templates};
use crate::condition::DateFormat;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reply::value;
use crate::scalar::is_day;
use crate::values::FieldType;
use crate::written::Spanned;
use crate::written::campaign::{Ask, Verb};
use crate::written::nearest::{Guess, nearest, slip_of, these_are};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let written = context.written;
    let scheduled = written
        .schedule
        .as_ref()
        .and_then(|schedule| schedule.date.as_ref());
    found.extend(scheduled.and_then(|name| day(context, name)));
    found.extend(misspelt_key(context));
    for step in written.all_steps() {
        let moment = step.at.as_ref().and_then(|moment| moment.field());
        found.extend(moment.and_then(|name| day(context, name)));
        match &step.verb {
            Verb::WaitUntil(Some(moment)) => found.extend(moment.field().and_then(|name| day(context, name))),
            Verb::Ask(ask) => {
                if let Some(save) = &ask.save {
                    found.extend(kept(context, save));
                    found.extend(values_of_another_type(context, ask, save));
                    found.extend(never_kept(context, ask, save));
                }
            }
            Verb::Call(call) => found.extend(call.save.as_ref().and_then(|name| kept(context, name))),
            Verb::Set(values) => values.iter().for_each(|(name, value)| {
                found.extend(given(context, name).or_else(|| fields::does_not_fit(context, name, value)));
            }),
            Verb::Send(_)
            | Verb::Wait(_)
            | Verb::WaitUntil(None)
            | Verb::Await(_)
            | Verb::Choose(_)
            | Verb::Split(_)
            | Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Forward(_)
            | Verb::Notify { .. }
            | Verb::Start(_)
            | Verb::Repeat { .. }
            | Verb::Finish(_)
            | Verb::Other => {}
        }
    }
}

/// What tells the passages of a trigger apart may be anything that the event carries; by a slip it is none of it.
fn misspelt_key(context: &Context<'_>) -> Option<Diagnostic> {
    let key = context.written.trigger.as_ref()?.key.as_ref()?;
    slip_of(&key.value, context.written.field_names()).map(|_| Diagnostic {
        severity: Severity::Warning,
        ..unknown(context, key)
    })
}

/// What answers give the field in place of the reply.
fn values_of_another_type(context: &Context<'_>, ask: &Ask, save: &Spanned<String>) -> Vec<Diagnostic> {
    let values = ask.answers.iter().filter_map(|answer| answer.value.as_ref());
    values
        .filter_map(|value| fields::of_another_type(context, save, &value.value, value.span.clone()))
        .collect()
}

/// Answers without a `value` whose words the field cannot keep: whoever says them gave no answer, and is asked again.
fn never_kept(context: &Context<'_>, ask: &Ask, save: &Spanned<String>) -> Vec<Diagnostic> {
    let Some(field) = context.written.field(&save.value) else {
        return vec![];
    };
    let format = field
        .format
        .as_ref()
        .and_then(|format| DateFormat::parse(&format.value));
    let keeps = |word: &Spanned<String>| {
        let languages = context.languages.iter();
        let mut kept =
            languages.map(|language| value::read(&word.value, field.kind, format, language.as_str()));
        kept.any(|kept| kept.is_some())
    };
    let answers = ask.answers.iter();
    let unkept = answers.filter(|answer| answer.value.is_none() && !answer.words.is_empty());
    let never = unkept.filter(|answer| !answer.words.iter().any(keeps));
    never
        .map(|answer| {
            let word = &answer.words[0];
            let message = format!(
                "\"{}\" is no answer: it is none of the type `{}`, and `save: {}` keeps it",
                word.value, field.kind, save.value
            );
            Diagnostic::warning("rule-never-reached", word.span.clone(), message)
                .label("goes to `unclear`")
                .also(field.name.span.clone(), "declared here")
                .help("say with `value` what is kept in its place")
        })
        .collect()
}

/// What gives a day must be a field of a type that has one.
fn day(context: &Context<'_>, name: &Spanned<String>) -> Option<Diagnostic> {
    // A day in the place of a column is told where the file is read.
    if is_day(&name.value) {
        return None;
    }
    let Some(field) = context.written.field(&name.value) else {
        let of_list = audience::type_of(context, &name.value);
        if matches!(of_list, Some(FieldType::Date | FieldType::Time)) {
            return None;
        }
        let is_named = is_column(context, &name.value);
        let misspelt = !is_named && slip_of(&name.value, context.written.field_names()).is_some();
        if misspelt || !is_known(context, &name.value) {
            return Some(unknown(context, name));
        }
        let message = format!(
            "\"{}\" is a text, as long as no field says what it holds",
            name.value
        );
        let help = format!("declare it: `fields: {{ {}: date }}`", name.value);
        return Some(Diagnostic::error("field-is-no-date", name.span.clone(), message).help(help));
    };
    if matches!(field.kind, FieldType::Date | FieldType::Time) {
        return None;
    }
    let message = format!(
        "field \"{}\" is of the type `{}`, and this needs a day",
        name.value, field.kind
    );
    Some(
        Diagnostic::error("field-is-no-date", name.span.clone(), message)
            .also(field.name.span.clone(), "declared here")
            .help("give it the type `date`, or `time` where it has a time of day"),
    )
}

/// Whether a list is known to have it.
fn is_column(context: &Context<'_>, name: &str) -> bool {
    let mut lists = context.from.iter().filter_map(audience::names);
    lists.any(|names| names.contains(&name))
}

/// What a reply is kept in must be declared, so that its type is known.
fn kept(context: &Context<'_>, name: &Spanned<String>) -> Option<Diagnostic> {
    // Where it is declared that is told there.
    let declared = context.written.field(&name.value).is_some();
    (!declared).then(|| {
        let found = unknown(context, name);
        let what = if is_column(context, &name.value) {
            "text"
        } else {
            "{ from: campaign }"
        };
        let help = format!("declare it: `fields: {{ {}: {what} }}`", name.value);
        match found.suggestion {
            Some(_) => found,
            None => found.help(help),
        }
    })
}

/// What `set` gives a value is a field, or a column that it wins over.
pub(super) fn given(context: &Context<'_>, name: &Spanned<String>) -> Option<Diagnostic> {
    let elsewhere = || fields::built_in(name, "keep what people say in a field of another name");
    elsewhere().or_else(|| kept(context, name).filter(|_| !is_known(context, &name.value)))
}

/// Whether a list has it, or may.
fn is_known(context: &Context<'_>, name: &str) -> bool {
    let is_column = |root| {
        let (lists, open) = scope::columns(context, root);
        open || lists.iter().any(|list| list.names.contains(name))
    };
    templates::BUILT_IN.contains(&name) || context.root.is_none_or(is_column)
}

fn unknown(context: &Context<'_>, name: &Spanned<String>) -> Diagnostic {
    let fields = || context.written.field_names();
    let message = format!("field \"{}\" does not exist", name.value);
    let found = Diagnostic::error("unknown-field", name.span.clone(), message);
    Guess::unsure(nearest(&name.value, fields())).tell(found, || match context.written.fields.is_empty() {
        true => format!("declare it: `fields: {{ {}: date }}`", name.value),
        false => these_are(("field", "fields"), &fields().collect::<Vec<_>>()),
    })
}
