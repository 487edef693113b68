//! The first text of a marketing campaign says how to opt out, on every path and in every language.

use std::collections::HashMap;

use super::languages::is_listed;
use super::{Context, sender};
use crate::campaign::Purpose;
use crate::diagnostic::Diagnostic;
use crate::project::Project;
use crate::reply::Words;
use crate::template::Template;
use crate::values::Language;
use crate::written::campaign::{Campaign, Message, Sent, Step, Texts, Value, Verb};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if context.written.meant_purpose() != Purpose::Marketing {
        return;
    }
    let texts = first_texts(context);
    let ways = Ways::new(context.written, context.project);
    for (language, value) in texts.into_iter().flat_map(|texts| by_language(context, texts)) {
        if value.text.is_empty() || is_cut(value, found) || lacks_a_word(value, found) {
            continue;
        }
        match says_always(&value.text, &language, &ways) {
            true => found.extend(answered_in_vain(context, value)),
            false => found.push(no_hint(value, &language, &ways)),
        }
    }
}

fn no_hint(value: &Value, language: &Language, ways: &Ways<'_>) -> Diagnostic {
    let message = "the first text of a marketing campaign does not say how to opt out";
    let label = match ways.are_said(&value.text, language) {
        true => "not in what everybody gets",
        false => "no STOP in it",
    };
    let help = format!(
        "add {} to it; a text that is no marketing states `purpose: service`",
        suggestion(language)
    );
    Diagnostic::error("no-opt-out-hint", value.node.span.clone(), message)
        .label(label)
        .help(help)
}

/// A word to reply with, from a sender that nobody can reply to. With a number it may be one to text instead.
fn answered_in_vain(context: &Context<'_>, value: &Value) -> Option<Diagnostic> {
    let name = sender::of(context)?;
    let receives = context.project.senders.get(name)?.receives;
    let elsewhere = value.text.contains("{{link opt_out}}")
        || value.text.contains("://")
        || value.text.contains(|c: char| c.is_ascii_digit());
    if receives || elsewhere {
        return None;
    }
    let message = format!("people cannot reply to \"{name}\", so a word that they reply opts nobody out");
    let found = Diagnostic::warning("opt-out-unanswered", value.node.span.clone(), message);
    Some(found.help("name a number to text it to (`STOP to 36180`), or use a sender that receives"))
}

/// Whether the text ends too early, which has been said.
fn is_cut(value: &Value, found: &[Diagnostic]) -> bool {
    let about = |d: &Diagnostic| d.related.iter().any(|(span, _)| *span == value.node.span);
    found
        .iter()
        .any(|d| d.code.starts_with("text-cut-by-") && about(d))
}

/// Whether the link to opt out stands in it without its word, which has been said.
fn lacks_a_word(value: &Value, found: &[Diagnostic]) -> bool {
    let meant = |d: &Diagnostic| {
        let right = d.suggestion.as_ref().map(|right| right.replacement.as_str());
        right == Some("link opt_out") && value.node.span.contains(&d.span.start)
    };
    found.iter().any(meant)
}

/// By name.
type Messages<'a> = HashMap<&'a str, &'a Message>;

/// The texts that may be the first somebody gets, on any path.
fn first_texts<'a>(context: &'a Context<'_>) -> Vec<&'a Texts> {
    let mut texts = vec![];
    match &context.written.message {
        Some(message) => texts.extend(of_message(message)),
        None => {
            first_of(
                &context.written.messages_by_name(),
                &context.written.steps,
                &mut texts,
            );
        }
    }
    texts
}

fn of_message(message: &Message) -> impl Iterator<Item = &Texts> {
    message.texts().into_iter().map(|(_, texts)| texts)
}

/// Adds what may be sent first of these steps. Whether somebody may come to their end without a text.
fn first_of<'a>(messages: &Messages<'a>, steps: &'a [Step], texts: &mut Vec<&'a Texts>) -> bool {
    steps.iter().all(|step| {
        let passes = match &step.verb {
            Verb::Send(sent) => first_sent(messages, Some(sent), texts),
            Verb::Ask(ask) => first_sent(messages, ask.sent.as_ref(), texts),
            Verb::Await(_) | Verb::Split(_) | Verb::Repeat { .. } => first_inside(messages, step, texts),
            Verb::Choose(rules) => {
                let otherwise = rules.iter().any(|rule| rule.otherwise.is_some());
                first_inside(messages, step, texts) || !otherwise
            }
            // What is wrong there has been said, and may be the first text.
            Verb::Finish(_) | Verb::Other => false,
            Verb::Wait(_)
            | Verb::WaitUntil(_)
            | Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Set(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Forward(_)
            | Verb::Notify { .. }
            | Verb::Call(_)
            | Verb::Start(_) => true,
        };
        passes || step.is_conditional()
    })
}

fn first_inside<'a>(messages: &Messages<'a>, step: &'a Step, texts: &mut Vec<&'a Texts>) -> bool {
    let ways = step.inner();
    let passed = ways.iter().filter(|steps| first_of(messages, steps, texts));
    passed.count() > 0
}

/// Nobody passes it by.
fn first_sent<'a>(messages: &Messages<'a>, sent: Option<&'a Sent>, texts: &mut Vec<&'a Texts>) -> bool {
    match sent {
        Some(Sent::Name(name)) => {
            let message = messages.get(name.value.as_str());
            texts.extend(message.into_iter().flat_map(|message| of_message(message)));
        }
        Some(Sent::Texts(own)) => texts.push(own),
        None => {}
    }
    false
}

fn by_language<'a>(context: &Context<'_>, texts: &'a Texts) -> Vec<(Language, &'a Value)> {
    match texts {
        Texts::One(value) => context
            .languages
            .first()
            .map(|language| (language.clone(), value))
            .into_iter()
            .collect(),
        Texts::ByLanguage(all) => {
            let one = |(key, value): &'a (_, Value)| {
                let key: &crate::written::Spanned<String> = key;
                let language = Language::new(&key.value)?;
                // Nobody gets what is in no language of the campaign.
                is_listed(context, &language).then_some((language, value))
            };
            all.iter().filter_map(one).collect()
        }
    }
}

/// Whether a text of this language says to everybody how to opt out. What is no template is told as that.
fn says_always(text: &str, language: &Language, ways: &Ways<'_>) -> bool {
    let says = |text: &str| ways.are_said(text, language);
    Template::compile(text).map_or_else(|_| says(text), |template| template.always(&says))
}

/// What opts people of a campaign out: the words that do in their countries and languages, its own and the project's.
pub(crate) struct Ways<'a> {
    countries: &'a [sms::Region],
    own: Vec<&'a str>,
}

impl<'a> Ways<'a> {
    pub(crate) fn new(written: &'a Campaign, project: &'a Project) -> Ways<'a> {
        let own = written.limits.opt_out_words.iter().map(|own| own.value.as_str());
        let of_policy = project.policy.opt_out_words.iter().map(String::as_str);
        Ways {
            countries: &project.policy.countries,
            own: own.chain(of_policy).collect(),
        }
    }

    /// Whether a text of this language says how to opt out, wherever people are.
    pub(crate) fn are_said(&self, text: &str, language: &Language) -> bool {
        // Two characters that were meant as a line break, which has been told.
        let text = &text.replace("\\n", "\n");
        let in_country = |country| {
            let words = Words::for_person(country, std::iter::once(language.as_str()));
            words.and_opt_outs(self.own.iter().copied()).are_named_in(text)
        };
        let all = |countries: &[sms::Region]| countries.iter().all(|country| in_country(Some(*country)));
        text.contains("{{link opt_out}}")
            || in_country(None)
            || !self.countries.is_empty() && all(self.countries)
    }
}

fn suggestion(language: &Language) -> &'static str {
    match language.without_region().as_str() {
        "it" => "\"STOP per uscire\"",
        "es" => "\"Responda STOP para salir\"",
        "fr" => "\"STOP pour ne plus recevoir\"",
        "de" => "\"STOP zum Abmelden\"",
        _ => "\"Reply STOP to opt out\"",
    }
}
