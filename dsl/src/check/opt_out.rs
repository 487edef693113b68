//! The first text of a marketing campaign says how to opt out, in every language.

use super::Context;
use crate::campaign::Purpose;
use crate::diagnostic::Diagnostic;
use crate::values::Language;
use crate::written::campaign::{Message, Sent, Texts, Value, Verb};

/// Words that opt out everywhere.
const EVERYWHERE: &[&str] = &["STOP", "STOPALL", "UNSUBSCRIBE"];

/// Words that opt out in one language, folded.
const IN_LANGUAGE: &[(&str, &str)] = &[("fr", "ARRET")];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let purpose = context
        .written
        .purpose
        .as_ref()
        .map_or(Purpose::default(), |purpose| purpose.value);
    if purpose != Purpose::Marketing {
        return;
    }
    let texts = first_texts(context);
    for (language, value) in texts.into_iter().flat_map(|texts| by_language(context, texts)) {
        if value.text.is_empty() || says_how(&value.text, &language) || is_cut(value, found) {
            continue;
        }
        let message = "the first text of a marketing campaign does not say how to opt out";
        let help = format!(
            "add {} to it; a text that is no marketing states `purpose: service`",
            suggestion(&language)
        );
        found.push(
            Diagnostic::error("no-opt-out-hint", value.node.span.clone(), message)
                .label("no STOP in it")
                .help(help),
        );
    }
}

/// Whether the text ends too early, which has been said.
fn is_cut(value: &Value, found: &[Diagnostic]) -> bool {
    let about = |d: &Diagnostic| d.related.iter().any(|(span, _)| *span == value.node.span);
    found
        .iter()
        .any(|d| d.code.starts_with("text-cut-by-") && about(d))
}

/// The texts that may be the first; none where it is not clear which step sends first.
fn first_texts<'a>(context: &'a Context<'_>) -> Vec<&'a Texts> {
    let written = context.written;
    let of = |message: &'a Message| message.texts().into_iter().map(|(_, texts)| texts).collect();
    if let Some(message) = &written.message {
        return of(message);
    }
    let mut steps = written.steps.iter();
    let first = steps.find(|step| !matches!(step.verb, Verb::Wait(_) | Verb::WaitUntil { .. }));
    let sent = first.and_then(|step| match &step.verb {
        Verb::Send(sent) => Some(sent),
        Verb::Ask(ask) => ask.sent.as_ref(),
        Verb::Wait(_)
        | Verb::WaitUntil { .. }
        | Verb::Await(_)
        | Verb::Choose(_)
        | Verb::Split(_)
        | Verb::Tag(_)
        | Verb::Untag(_)
        | Verb::Set(_)
        | Verb::Join(_)
        | Verb::Leave(_)
        | Verb::Forward(_)
        | Verb::Notify { .. }
        | Verb::Call(_)
        | Verb::Start(_)
        | Verb::Repeat { .. }
        | Verb::Finish(_)
        | Verb::Other => None,
    });
    match sent {
        Some(Sent::Name(name)) => written.message_called(&name.value).map(of).unwrap_or_default(),
        Some(Sent::Texts(texts)) => vec![texts],
        None => vec![],
    }
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
                Language::new(&key.value).map(|language| (language, value))
            };
            all.iter().filter_map(one).collect()
        }
    }
}

/// Whether a text of this language says how to opt out.
pub(crate) fn says_how(text: &str, language: &Language) -> bool {
    if text.contains("{{link opt_out}}") {
        return true;
    }
    let folded: String = text
        .chars()
        .flat_map(char::to_uppercase)
        .map(unaccented)
        .collect();
    let own = IN_LANGUAGE
        .iter()
        .filter(|(tag, _)| *tag == language.without_region().as_str())
        .map(|(_, word)| *word);
    let words: Vec<&str> = EVERYWHERE.iter().copied().chain(own).collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| words.contains(&word))
}

fn unaccented(c: char) -> char {
    match c {
        'Ê' => 'E',
        other => other,
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
