//! Patterns of rules are regular expressions, and take little to compile: they are compiled wherever the campaign is read.

use std::collections::BTreeSet;

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::reply;
use crate::written::Spanned;

/// Different patterns of a campaign.
pub(crate) const MOST: usize = 200;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for pattern in all(context) {
        if seen.len() == MOST && !seen.contains(pattern.value.as_str()) {
            // One is told of for all that follow.
            found.push(one_too_many(pattern));
            break;
        }
        seen.insert(pattern.value.as_str());
        if let Some(slip) = no_pattern(pattern) {
            found.push(slip);
        } else if let Err(error) = reply::compile(&pattern.value) {
            found.push(bad(pattern, &error));
        }
    }
}

/// The patterns that replies are held against.
fn all<'a>(context: &'a Context<'_>) -> impl Iterator<Item = &'a Spanned<String>> {
    let rules = context.written.reply_rules().into_iter().flatten();
    rules.filter_map(|rule| rule.pattern.as_ref())
}

/// A pattern that takes everything since it says nothing, and one between slashes, as programs write them.
fn no_pattern(pattern: &Spanned<String>) -> Option<Diagnostic> {
    let text = pattern.value.trim();
    if text.is_empty() {
        let message = "an empty pattern takes every reply";
        let help = "write what the reply must be, such as `\"[0-9]+\"`; what takes the rest is `otherwise`";
        return Some(Diagnostic::error("bad-pattern", pattern.span.clone(), message).help(help));
    }
    let (inside, flags) = text.strip_prefix('/')?.rsplit_once('/')?;
    if inside.is_empty() || !flags.chars().all(|flag| "gimsuxy".contains(flag)) {
        return None;
    }
    let found = Diagnostic::error(
        "bad-pattern",
        pattern.span.clone(),
        "the slashes around a pattern are held against the reply too",
    );
    let help = "leave them out, and the letters behind them: letter case never counts";
    Some(
        found
            .help(help)
            .replace(pattern.span.clone(), single_quoted(inside), Applicability::Unsure),
    )
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn one_too_many(pattern: &Spanned<String>) -> Diagnostic {
    let message = format!("a campaign has at most {MOST} different patterns, and this is one more");
    let help = "plain words go under `words`; several patterns are one with `|` between them: `^(yes|ok)$`";
    Diagnostic::error("bad-pattern", pattern.span.clone(), message).help(help)
}

fn bad(pattern: &Spanned<String>, error: &regex::Error) -> Diagnostic {
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
