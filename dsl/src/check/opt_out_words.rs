//! No rule, answer or keyword takes a word by which people opt out or ask for help: those come first, always.

use super::{Context, keywords};
use crate::diagnostic::Diagnostic;
use crate::reply::{Matcher, Meaning, Person, Words, meaning, tokens};
use crate::values::Language;
use crate::written::Spanned;

/// How sure it is that a word opts out.
enum Taken {
    /// Wherever this campaign goes.
    Surely,
    /// In some countries or languages.
    Perhaps,
}

/// The words that mean something already where people are, as far as files tell.
pub(super) struct Ground<'a> {
    /// What is spoken. Never empty.
    pub languages: Vec<&'a str>,
    /// Those of somebody in no country that is known.
    pub everywhere: Words,
    /// Those of each country in which people are.
    in_countries: Vec<Words>,
    /// Those of somebody who may be anywhere. Where countries are named there is none: people elsewhere get nothing.
    anywhere: Option<Words>,
}

impl<'a> Ground<'a> {
    /// `countries`: where people are; none is anywhere. `own`: words that opt out beside the
    /// built-in ones.
    pub(super) fn new(
        languages: Vec<&'a str>,
        countries: &[sms::Region],
        own: impl Iterator<Item = &'a str> + Clone,
    ) -> Ground<'a> {
        let of = |country| Words::for_person(country, languages.iter().copied()).and_opt_outs(own.clone());
        Ground {
            everywhere: of(None),
            in_countries: countries.iter().map(|country| of(Some(*country))).collect(),
            anywhere: countries.is_empty().then(Words::all),
            languages,
        }
    }

    /// Those that hold for some of the people, whoever they are.
    pub(super) fn sure(&self) -> impl Iterator<Item = &Words> {
        std::iter::once(&self.everywhere).chain(&self.in_countries)
    }
}

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let limits = &context.written.limits;
    let own = limits.opt_out_words.iter().map(|own| own.value.as_str());
    let policy = &context.project.policy;
    let ground = Ground::new(
        context.languages.iter().map(Language::as_str).collect(),
        &policy.countries,
        own.chain(policy.opt_out_words.iter().map(String::as_str)),
    );
    found.extend(limits.opt_out_words.iter().filter_map(unsaid));
    let rules = context.written.reply_rules().into_iter().flatten();
    let words = rules.flat_map(|rule| &rule.words);
    found.extend(words.filter_map(|word| one(&ground, word)));
    let trigger = context.written.trigger.as_ref();
    if let Some(keyword) = trigger.and_then(|trigger| trigger.keyword.as_ref()) {
        found.extend(keywords::one(&ground, keyword));
    }
}

/// An opt-out word that no reply is, since it has neither letters nor digits.
fn unsaid(word: &Spanned<String>) -> Option<Diagnostic> {
    let is_said = !tokens(&word.value).is_empty();
    (!is_said).then(|| {
        let message = format!(
            "\"{}\" opts nobody out: it has neither letters nor digits",
            word.value
        );
        Diagnostic::error("empty-keyword", word.span.clone(), message)
            .help("write a word that people can send: `[\"NO MORE\"]`")
    })
}

/// What is wrong with a word that something waits for.
pub(super) fn one(ground: &Ground<'_>, word: &Spanned<String>) -> Option<Diagnostic> {
    let value = &word.value;
    let taken = taken(ground, value)?;
    let asks = meaning(value, &Person::new(&Words::all())) == Meaning::Help;
    let does = if asks { "asks for help" } else { "opts out" };
    let help = "use another word, or a phrase of several words";
    Some(match taken {
        Taken::Surely => {
            let message = format!("\"{value}\" alone {does}, so it never comes here");
            Diagnostic::error("word-is-opt-out", word.span.clone(), message).help(help)
        }
        Taken::Perhaps => {
            let message = format!("in some countries \"{value}\" alone {does}, and never comes here");
            let where_they_are = "`policy: { countries: [IT] }` in crier.yaml says where people are";
            Diagnostic::warning("word-is-opt-out", word.span.clone(), message)
                .help(format!("{help}; {where_they_are}"))
        }
    })
}

/// None: it is a word like any other.
fn taken(ground: &Ground<'_>, word: &str) -> Option<Taken> {
    if ground.sure().any(|words| is_taken(word, words)) {
        return Some(Taken::Surely);
    }
    let anywhere = ground.anywhere.as_ref().filter(|words| is_taken(word, words));
    anywhere.map(|_| Taken::Perhaps)
}

/// Whether a reply of this word never gets to the rule that waits for it.
fn is_taken(word: &str, words: &Words) -> bool {
    let rule = Matcher::new([word], None).expect("there is no pattern");
    let person = Person {
        declared: &[&rule],
        ..Person::new(words)
    };
    matches!(meaning(word, &person), Meaning::OptOut { .. } | Meaning::Help)
}
