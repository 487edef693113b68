//! Rules: each has a condition, none stands behind one that takes everything, and no word stands in two.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::reply::tokens;
use crate::written::campaign::{Rule, Verb};
use crate::written::{Spanned, quoted};

/// Bytes a compiled pattern may have: what is larger takes long to compile, and a file may have many.
const LARGEST_PATTERN: usize = 1 << 20;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    replies(context.text, context.written.rules(), found);
    for step in context.written.all_steps() {
        match &step.verb {
            Verb::Ask(ask) => replies(context.text, &ask.answers, found),
            Verb::Choose(rules) => rules_of(rules, "`when`", found),
            Verb::Send(_)
            | Verb::Wait(_)
            | Verb::WaitUntil { .. }
            | Verb::Await(_)
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
            | Verb::Other => {}
        }
    }
}

/// Rules that replies are held against.
fn replies(text: &str, rules: &[Rule], found: &mut Vec<Diagnostic>) {
    rules_of(rules, "`words`, `pattern` or `when`", found);
    found.extend(rules.iter().filter_map(|rule| one_phrase(text, rule)));
    let mut seen: BTreeMap<String, &Spanned<String>> = BTreeMap::new();
    for word in rules.iter().flat_map(|rule| &rule.words) {
        // Two spellings that fold alike in one rule are no fault of anybody's.
        let Some(first) = seen.insert(folded(&word.value), word) else {
            continue;
        };
        if same_rule(rules, first, word) {
            continue;
        }
        let message = format!(
            "\"{}\" stands in two rules, and only the first gets it",
            word.value
        );
        found.push(
            Diagnostic::error("word-in-two-rules", word.span.clone(), message)
                .label("never comes here")
                .also(first.span.clone(), "the first rule takes it")
                .help("letter case, accents and punctuation do not count; leave it in one rule"),
        );
    }
    for pattern in rules.iter().filter_map(|rule| rule.pattern.as_ref()) {
        let compiled = regex::RegexBuilder::new(&pattern.value)
            .size_limit(LARGEST_PATTERN)
            .build();
        if let Err(error) = compiled {
            found.push(bad_pattern(pattern, &error));
        }
    }
}

/// Words in a row without brackets are one phrase, which nobody answers with; in quotes it is meant.
fn one_phrase(text: &str, rule: &Rule) -> Option<Diagnostic> {
    let [word] = rule.words.as_slice() else {
        return None;
    };
    let written = text.get(word.span.clone())?;
    let alone = rule.parts.contains(&word.span) && !written.starts_with(['"', '\'', '|', '>', '*', '&']);
    let words: Vec<&str> = written.split(',').map(str::trim).collect();
    let words: Vec<String> = words
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(quoted)
        .collect();
    if !alone || !written.contains(',') || words.is_empty() {
        return None;
    }
    let message = format!("\"{}\" is one phrase; is it meant to be a list?", word.value);
    Some(
        Diagnostic::error("list-became-text", word.span.clone(), message)
            .label("read as one phrase")
            .help("a list stands in brackets, a phrase with a comma in quotes")
            .replace(
                word.span.clone(),
                format!("[{}]", words.join(", ")),
                Applicability::Unsure,
            ),
    )
}

/// As words are compared; what has neither letters nor digits, such as an emoji, is itself.
fn folded(word: &str) -> String {
    let tokens = tokens(word);
    match tokens.is_empty() {
        true => word.trim().to_owned(),
        false => tokens.join(" "),
    }
}

fn same_rule(rules: &[Rule], first: &Spanned<String>, second: &Spanned<String>) -> bool {
    let holds = |rule: &Rule, word: &Spanned<String>| rule.words.iter().any(|own| own.span == word.span);
    rules.iter().any(|rule| holds(rule, first) && holds(rule, second))
}

fn rules_of(rules: &[Rule], conditions: &str, found: &mut Vec<Diagnostic>) {
    let takes_all = rules.iter().position(|rule| rule.otherwise.is_some());
    for (i, rule) in rules.iter().enumerate() {
        let blank = rule.words.iter().all(|word| word.value.trim().is_empty());
        let bare = blank && rule.pattern.is_none() && rule.when.is_empty();
        if bare && rule.otherwise.is_none() && !said(rule, found) {
            let message = "this rule has no condition, so that nobody knows when it holds";
            let help = format!("add {conditions}; the last rule may be `otherwise`");
            found.push(Diagnostic::error("rule-without-condition", rule.span.clone(), message).help(help));
        }
        if let Some(before) = takes_all.filter(|all| i > *all) {
            let message = "this rule is never reached: one before it takes everything";
            let all = rules[before].otherwise.clone().unwrap_or_default();
            found.push(
                Diagnostic::error("rule-after-otherwise", rule.span.clone(), message)
                    .also(all, "takes everything")
                    .help("put `otherwise` last"),
            );
        }
    }
}

/// Whether a misspelt key of the rule, or a condition of the wrong form, has been spoken of.
fn said(rule: &Rule, found: &[Diagnostic]) -> bool {
    let inside = |d: &Diagnostic| {
        let within = |part: &Range<usize>| part.start <= d.span.start && d.span.end <= part.end;
        d.is_fault() && rule.parts.iter().any(within)
    };
    found.iter().any(inside)
}

fn bad_pattern(pattern: &Spanned<String>, error: &regex::Error) -> Diagnostic {
    let why = match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().rev().find(|line| !line.trim().is_empty());
            last.unwrap_or("it is none")
                .trim()
                .trim_start_matches("error: ")
                .to_owned()
        }
    };
    let help = match &why {
        why if why.contains("look-around") || why.contains("backreferences") => {
            "look-around and back-references do not exist, since a pattern must take linear time"
        }
        why if why.contains("too large") => "it repeats too much: lower the numbers in `{…}`",
        _ => {
            "signs such as `(`, `*` and `?` mean something: `\\(` is the sign itself; plain words go under `words`"
        }
    };
    let message = format!("the pattern cannot be used: {why}");
    Diagnostic::error("bad-pattern", pattern.span.clone(), message).help(help)
}
