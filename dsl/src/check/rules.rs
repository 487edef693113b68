//! Rules: each has a condition, none stands behind one that takes everything, and no word stands in two.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Context, patterns};
use crate::diagnostic::Diagnostic;
use crate::reply::{self, tokens};
use crate::written::Spanned;
use crate::written::campaign::{Rule, Verb};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let said = Said::new(found);
    for rules in context.written.reply_rules() {
        replies(rules, &said, found);
        found.extend(rules.iter().filter_map(empty_word));
    }
    found.extend(context.written.rules().iter().filter_map(saves_nothing));
    for step in context.written.all_steps() {
        if let Verb::Choose(rules) = &step.verb {
            rules_of(rules, "`when`", &said, found);
        }
    }
}

/// Rules that replies are held against.
fn replies(rules: &[Rule], said: &Said, found: &mut Vec<Diagnostic>) {
    rules_of(rules, "`words`, `pattern` or `when`", said, found);
    let mut seen: BTreeMap<String, (usize, &Spanned<String>)> = BTreeMap::new();
    let words = rules.iter().enumerate();
    for (rule, word) in words.flat_map(|(at, rule)| rule.words.iter().map(move |word| (at, word))) {
        let Some((before, first)) = seen.insert(folded(&word.value), (rule, word)) else {
            continue;
        };
        // Two spellings that fold alike in one rule are no fault of anybody's, nor is one word behind two aliases.
        if before == rule || first.span == word.span {
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
}

/// A word with nothing in it, which no reply has.
fn empty_word(rule: &Rule) -> Option<Diagnostic> {
    let word = rule.words.iter().find(|word| word.value.trim().is_empty())?;
    let message = "this word is empty, so no reply has it";
    let help = match rule.words.len() {
        1 => "write the word that is waited for; whatever comes is `otherwise`, as the last rule",
        _ => "write the word that is waited for, or leave it out",
    };
    Some(Diagnostic::error("empty-keyword", word.span.clone(), message).help(help))
}

/// A rule of `replies` with what a question would save: no question is open there.
fn saves_nothing(rule: &Rule) -> Option<Diagnostic> {
    let value = rule.value.as_ref()?;
    let does_nothing = matches!(&rule.steps[..], [step] if matches!(step.verb, Verb::Other));
    let (message, help) = match does_nothing {
        true => (
            "this rule does nothing: `value` is what a question saves, and no question is open here",
            "say what to do, such as `forward: desk`, or leave the rule out: nobody would see the reply",
        ),
        false => (
            "`value` is what a question saves, and no question is open here",
            "leave it out; to keep something of whoever replies, `set` a field or a `tag`",
        ),
    };
    Some(Diagnostic::error("conflicting-keys", value.span.clone(), message).help(help))
}

/// As words are compared; what has neither letters nor digits, such as an emoji, is itself.
fn folded(word: &str) -> String {
    let tokens = tokens(word);
    match tokens.is_empty() {
        true => word.trim().to_owned(),
        false => tokens.join(" "),
    }
}

fn rules_of(rules: &[Rule], keys: &str, said: &Said, found: &mut Vec<Diagnostic>) {
    // Of a last rule it makes no difference what it takes.
    let before_others = rules.split_last().map_or(&[][..], |(_, before)| before);
    // Of more patterns than there may be none is looked into.
    let mut looked_into = before_others.iter().take(patterns::MOST).enumerate();
    let takes_all = looked_into.find_map(|(at, rule)| Some((at, takes_everything(rule)?)));
    for (i, rule) in rules.iter().enumerate() {
        let bare = rule.words.is_empty() && rule.pattern.is_none() && rule.when.is_empty();
        if bare && rule.otherwise.is_none() && !said.of(rule) {
            let message = "this rule has no condition, so that nobody knows when it holds";
            let help = format!("add {keys}; the last rule may be `otherwise`");
            found.push(Diagnostic::error("rule-without-condition", rule.span.clone(), message).help(help));
        }
        found.extend(two_conditions(rule));
        if let Some((before, all)) = takes_all.as_ref().filter(|(before, _)| i == before + 1) {
            found.push(never_reached(&rules[*before], &rules[i..], all));
        }
    }
}

/// Of the rules behind one that takes everything, all at once.
fn never_reached(before: &Rule, behind: &[Rule], all: &Range<usize>) -> Diagnostic {
    let message = match behind.len() {
        1 => "this rule is never reached: one before it takes everything".to_owned(),
        count => format!(
            "this rule and all behind it, {count} in all, are never reached: one before them takes everything"
        ),
    };
    let help = match before.otherwise {
        Some(_) => "put `otherwise` last",
        None => "put it last, where `otherwise` says the same",
    };
    let span = behind.first().map_or(all.clone(), |rule| rule.span.clone());
    Diagnostic::error("rule-after-otherwise", span, message)
        .also(all.clone(), "takes everything")
        .help(help)
}

/// Where a rule says that it takes whatever comes.
fn takes_everything(rule: &Rule) -> Option<Range<usize>> {
    let pattern = rule.pattern.as_ref();
    if rule.otherwise.is_some() && conditions(rule).next().is_some() {
        return None;
    }
    let whatever =
        pattern.filter(|pattern| reply::compile(&pattern.value).is_ok_and(|regex| is_open(&regex)));
    rule.otherwise
        .clone()
        .or_else(|| whatever.map(|pattern| pattern.span.clone()))
}

/// Whether a pattern takes replies that have nothing in common: a short and a long one, letters, digits, none of both.
fn is_open(pattern: &regex::Regex) -> bool {
    let long = "word 7 ".repeat(300);
    let replies = ["a", "Z", "7", "?", "\u{e9}", "\u{1f600}", "two words", &long];
    replies.iter().all(|reply| pattern.is_match(reply))
}

/// The conditions that a rule has, `otherwise` apart.
fn conditions(rule: &Rule) -> impl Iterator<Item = (&'static str, &Range<usize>)> {
    let keys = [
        ("words", rule.words.first().map(|word| &word.span)),
        ("pattern", rule.pattern.as_ref().map(|pattern| &pattern.span)),
        ("when", rule.when.first().map(|condition| &condition.span)),
    ];
    keys.into_iter().filter_map(|(key, span)| Some((key, span?)))
}

/// A rule that holds by more than one condition, or by one and whatever comes.
fn two_conditions(rule: &Rule) -> Option<Diagnostic> {
    let otherwise = rule.otherwise.as_ref().map(|span| ("otherwise", span));
    let mut given = conditions(rule).chain(otherwise);
    let ((first, first_at), (second, second_at)) = (given.next()?, given.next()?);
    let (message, help) = match second {
        "otherwise" => (
            format!("a rule has both \"{first}\" and \"otherwise\", which takes whatever comes"),
            "say by `do` what to do where it holds; `otherwise` is a rule of its own, the last",
        ),
        _ => (
            format!("a rule has both \"{first}\" and \"{second}\""),
            "keep one of them: a rule has one condition",
        ),
    };
    Some(
        Diagnostic::error("conflicting-keys", second_at.clone(), message)
            .label("one too many")
            .also(first_at.clone(), "the first")
            .help(help),
    )
}

/// Where the faults are that other checks have told of, by place: a rule with one of them is not told of again.
struct Said(Vec<Range<usize>>);

impl Said {
    fn new(found: &[Diagnostic]) -> Said {
        let faults = found.iter().filter(|d| d.is_fault());
        let mut places: Vec<Range<usize>> = faults.map(|d| d.span.clone()).collect();
        places.sort_by_key(|span| span.start);
        Said(places)
    }

    /// Whether a misspelt key of the rule, or a condition of the wrong form, has been spoken of.
    fn of(&self, rule: &Rule) -> bool {
        rule.parts.iter().any(|part| self.is_inside(part))
    }

    fn is_inside(&self, part: &Range<usize>) -> bool {
        let first = self.0.partition_point(|span| span.start < part.start);
        let within = self.0[first..].iter().take_while(|span| span.start <= part.end);
        within.into_iter().any(|span| span.end <= part.end)
    }
}
