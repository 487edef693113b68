//! A word that begins something for whoever sends it: it has letters or digits, and means nothing else already.

use super::opt_out_words::{self, Ground};
use crate::diagnostic::{Diagnostic, Severity};
use crate::reply::{Meaning, Person, meaning, tokens, value};
use crate::values::FieldType;
use crate::written::Spanned;

/// What is wrong with a keyword.
pub(super) fn one(ground: &Ground<'_>, keyword: &Spanned<String>) -> Option<Diagnostic> {
    says_nothing(keyword)
        .or_else(|| opt_out_words::one(ground, keyword))
        .or_else(|| is_opt_in(ground, keyword))
}

fn says_nothing(keyword: &Spanned<String>) -> Option<Diagnostic> {
    let message = match keyword.value.is_empty() {
        true => "the keyword is empty, so nobody can send it".to_owned(),
        false => format!(
            "\"{}\" has neither letters nor digits, so nobody can send it",
            keyword.value
        ),
    };
    let help = "write the word that people are to send, such as `JOIN`";
    let found = Diagnostic::error("empty-keyword", keyword.span.clone(), message).help(help);
    tokens(&keyword.value).is_empty().then_some(found)
}

/// A word that has a meaning of its own from somebody who opted out, or that is a yes to whatever was asked.
fn is_opt_in(ground: &Ground<'_>, keyword: &Spanned<String>) -> Option<Diagnostic> {
    let word = &keyword.value;
    let mut languages = ground.languages.iter().copied();
    let is_yes = |language| value::read(word, FieldType::Bool, None, language).as_deref() == Some("true");
    let person = Person {
        opted_out: true,
        ..Person::new(&ground.everywhere)
    };
    let (severity, message) = match (languages.any(is_yes), meaning(word, &person) == Meaning::OptIn) {
        (true, _) => (
            Severity::Error,
            format!("\"{word}\" is a yes: whoever answers a question with it would come here"),
        ),
        (false, true) => (
            Severity::Warning,
            format!("\"{word}\" also ends an opt-out: who only wants texts again comes here too"),
        ),
        (false, false) => return None,
    };
    let found = Diagnostic::error("word-is-opt-in", keyword.span.clone(), message);
    let found = found.help("use a word that says what begins, such as `JOIN` or `NEWS`");
    Some(Diagnostic { severity, ..found })
}
