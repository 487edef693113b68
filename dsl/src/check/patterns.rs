//! Patterns of rules are regular expressions, and take little to compile: they are compiled wherever the campaign is read.

use std::collections::BTreeSet;

use super::Context;
use crate::diagnostic::Diagnostic;
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
        if let Err(error) = reply::compile(&pattern.value) {
            found.push(bad(pattern, &error));
        }
    }
}

/// The patterns that replies are held against.
fn all<'a>(context: &'a Context<'_>) -> impl Iterator<Item = &'a Spanned<String>> {
    let rules = context.written.reply_rules().into_iter().flatten();
    rules.filter_map(|rule| rule.pattern.as_ref())
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
