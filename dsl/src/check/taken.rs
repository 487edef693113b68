//! Words and patterns of a rule of which a rule before takes every reply: they never get their turn.

use std::ops::Range;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::reply::{Matcher, tokens, whole_messages};
use crate::written::Spanned;
use crate::written::campaign::Rule;

/// Rules of a list, and words of them, that are looked at.
const MOST_RULES: usize = 64;
const MOST_WORDS: usize = 1_000;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for rules in context.written.reply_rules() {
        let rules = &rules[..rules.len().min(MOST_RULES)];
        // Of what stands behind a rule that takes everything that has been said.
        let is_told = |rule: &Rule| {
            let mut all = found.iter();
            all.any(|d| d.code == "rule-after-otherwise" && d.span == rule.span)
        };
        let told = rules.iter().position(is_told).unwrap_or(rules.len());
        found.extend(of_rules(&rules[..told]));
    }
}

fn of_rules(rules: &[Rule]) -> Vec<Diagnostic> {
    let words: usize = rules.iter().map(|rule| rule.words.len()).sum();
    if words > MOST_WORDS {
        return vec![];
    }
    let (mut before, mut found) = (vec![], vec![]);
    for rule in rules {
        let never = rule.words.iter().filter_map(|word| of_word(word, &before));
        found.extend(never);
        found.extend(rule.pattern.as_ref().and_then(|own| of_pattern(own, &before)));
        before.extend(taken(rule));
    }
    found
}

/// One word or the pattern of a rule, and where it stands.
struct Taken<'a> {
    text: &'a Spanned<String>,
    matcher: Matcher,
    is_pattern: bool,
}

fn taken(rule: &Rule) -> Vec<Taken<'_>> {
    let words = rule.words.iter().map(|word| (word, false));
    let all = words.chain(rule.pattern.iter().map(|pattern| (pattern, true)));
    let one = |(text, is_pattern): (&'_ Spanned<String>, bool)| match is_pattern {
        true => Matcher::new([], Some(&text.value)).ok(),
        false => Matcher::new([text.value.as_str()], None).ok(),
    };
    all.filter_map(|(text, is_pattern)| {
        let matcher = one((text, is_pattern))?;
        Some(Taken {
            text,
            matcher,
            is_pattern,
        })
    })
    .collect()
}

fn of_word(word: &Spanned<String>, before: &[Taken<'_>]) -> Option<Diagnostic> {
    let is_same = |taken: &Taken<'_>| !taken.is_pattern && same(&taken.text.value, &word.value);
    // One word in two rules has been told of as such.
    if before.iter().any(is_same) {
        return None;
    }
    let first = before.iter().find(|taken| taken.matcher.covers(&word.value))?;
    let message = match first.is_pattern {
        true => format!("\"{}\" never comes here: a pattern before takes it", word.value),
        false => format!(
            "\"{}\" never comes here: it has \"{}\" in it, which a rule before takes",
            word.value, first.text.value
        ),
    };
    let found = Diagnostic::error("word-in-two-rules", word.span.clone(), message);
    Some(
        found
            .label("never comes here")
            .also(first.text.span.clone(), "takes it first")
            .help("the first rule that holds is taken: put the one that asks for more words first"),
    )
}

fn same(one: &str, other: &str) -> bool {
    let (first, second) = (tokens(one), tokens(other));
    match first.is_empty() && second.is_empty() {
        true => one.trim() == other.trim(),
        false => first == second,
    }
}

fn of_pattern(pattern: &Spanned<String>, before: &[Taken<'_>]) -> Option<Diagnostic> {
    let first = all_taken(&pattern.value, before)?;
    let message = "this rule is never reached: every reply that the pattern takes goes to a rule before it";
    Some(
        Diagnostic::error("rule-never-reached", pattern.span.clone(), message)
            .label("never comes here")
            .also(first, "takes them first")
            .help("the first rule that holds is taken: put the narrower one first, or leave one out"),
    )
}

/// Where the first of the rules stands that take all that a pattern takes.
fn all_taken(pattern: &str, before: &[Taken<'_>]) -> Option<Range<usize>> {
    let place = |taken: &Taken<'_>| taken.text.span.clone();
    let is_same = |taken: &&Taken<'_>| taken.is_pattern && taken.text.value == pattern;
    if let Some(same) = before.iter().find(is_same) {
        return Some(place(same));
    }
    let first = |message: &str| {
        before
            .iter()
            .find(|taken| taken.matcher.takes(message))
            .map(place)
    };
    let each = whole_messages(pattern)?.into_iter().map(first);
    each.collect::<Option<Vec<_>>>()?.into_iter().next()
}
