//! Texts have every language of the campaign, and no other.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::project::Project;
use crate::values::Language;
use crate::written::campaign::{Campaign, Texts};
use crate::written::nearest::listed;
use crate::written::{Spanned, language_exists};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    repeated(&context.written.languages, found);
    let mut unlisted = BTreeMap::new();
    for field in &context.written.fields {
        if let Some(texts) = &field.default {
            one(context, texts, &field.name, &mut unlisted, found);
        }
    }
    for (name, texts) in context.written.all_texts() {
        one(context, texts, &name, &mut unlisted, found);
    }
    found.extend(
        unlisted
            .into_iter()
            .map(|(language, at)| told(context, &language, &at)),
    );
}

/// Where texts stand of languages that the campaign does not list.
type Unlisted = BTreeMap<Language, Vec<Range<usize>>>;

/// A language that stands twice in the list; crier.yaml is held to the same.
pub(super) fn repeated(languages: &[Spanned<Language>], found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, &Spanned<Language>> = HashMap::new();
    for language in languages {
        let first = *seen.entry(language.value.as_str()).or_insert(language);
        if first.span != language.span {
            let message = format!("language \"{}\" is listed twice", language.value);
            found.push(
                Diagnostic::error("duplicate-language", language.span.clone(), message)
                    .label("again here")
                    .also(first.span.clone(), "first here")
                    .help("remove one of them"),
            );
        }
    }
}

/// A language that has two texts in one map: nobody would get the second.
fn twice<'a>(keys: impl Iterator<Item = &'a Spanned<String>>, found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<Language, &Spanned<String>> = HashMap::new();
    for key in keys {
        let Some(language) = Language::new(&key.value) else {
            continue;
        };
        let message = format!("language \"{language}\" has two texts here");
        let first = *seen.entry(language).or_insert(key);
        // A key that stands there letter by letter has been told of.
        if first.value != key.value {
            found.push(
                Diagnostic::error("duplicate-language", key.span.clone(), message)
                    .label("again here")
                    .also(first.span.clone(), "first here")
                    .help("remove one of them: capitals, and `_` for `-`, make no other language"),
            );
        }
    }
}

/// The language of projects that state none.
pub(super) const DEFAULT: &str = "en";

/// The campaign's, else the project's, else English.
pub(crate) fn of(written: &Campaign, project: &Project) -> Vec<Language> {
    let own: Vec<Language> = written
        .languages
        .iter()
        .map(|language| language.value.clone())
        .collect();
    let english = || Language::new(DEFAULT).expect("two letters are a tag");
    match (own.is_empty(), project.languages.is_empty()) {
        (false, _) => own,
        (true, false) => project.languages.clone(),
        (true, true) => vec![english()],
    }
}

fn one(
    context: &Context<'_>,
    texts: &Texts,
    name: &Spanned<String>,
    unlisted: &mut Unlisted,
    found: &mut Vec<Diagnostic>,
) {
    let Texts::ByLanguage(all) = texts else {
        return;
    };
    // A key that is none has been told of, and is why there is no text.
    let is_told = |key: &Spanned<String>| {
        found
            .iter()
            .any(|d| d.code == "unknown-key" && d.span == key.span)
    };
    if all.iter().any(|(key, _)| is_told(key)) {
        return;
    }
    twice(all.iter().map(|(key, _)| key), found);
    for (key, _) in all {
        let language = Language::new(&key.value).filter(|language| !is_listed(context, language));
        if let Some(language) = language {
            unlisted.entry(language).or_default().push(key.span.clone());
        }
    }
    let lacking = context
        .languages
        .iter()
        .filter(|language| texts.of(language).is_none());
    let lacking: Vec<&str> = lacking.map(Language::as_str).collect();
    if !lacking.is_empty() {
        let message = format!(
            "\"{}\" has no text for {}",
            name.value,
            listed(lacking.iter().copied())
        );
        let all = listed(context.languages.iter().map(Language::as_str));
        let help = format!("the languages of the campaign are {all}: each needs a text");
        found.push(
            Diagnostic::error("language-missing", name.span.clone(), message)
                .label("a language is missing")
                .help(help),
        );
    }
}

/// A list may name the language, or it in some region.
pub(super) fn is_listed(context: &Context<'_>, language: &Language) -> bool {
    let serves = |have: &Language| have == language || have.without_region() == *language;
    context.languages.iter().any(serves)
}

/// All texts of a language have one cause.
fn told(context: &Context<'_>, language: &Language, at: &[Range<usize>]) -> Diagnostic {
    let texts = match at.len() {
        1 => "this text".to_owned(),
        n => format!("its {n} texts"),
    };
    let message = format!("\"{language}\" is not a language of the campaign, so nobody would get {texts}");
    let have: Vec<&str> = context.languages.iter().map(Language::as_str).collect();
    let help = match context.written.languages.is_empty() {
        _ if !language_exists(language) => format!(
            "there is no such language: the languages of the campaign are {}",
            listed(have)
        ),
        true => format!(
            "state the languages: `languages: [{}, {language}]`",
            have.join(", ")
        ),
        false => format!("add it to `languages`, which are {}", listed(have)),
    };
    Diagnostic::error("language-unlisted", at[0].clone(), message).help(help)
}
