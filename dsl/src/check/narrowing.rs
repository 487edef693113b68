//! Who of a list stays. What only a store or a second look at the list can tell comes later.

use super::conditions::scope;
use super::{Context, NOT_YET};
use crate::condition::{Condition, Stage};
use crate::diagnostic::Diagnostic;
use crate::written::Spanned;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let audience = &context.written.audience;
    if let (Some(filter), Some(first)) = (filter(context), audience.where_.first())
        && filter.asks_the_store()
    {
        found.push(not_yet(first, "choosing people by what happened before"));
    }
    for number in audience.sample.iter().chain(&audience.holdout) {
        if !number.value.contains('%') {
            found.push(not_yet(number, "a number of people in place of a share"));
        }
    }
}

fn not_yet(at: &Spanned<String>, what: &str) -> Diagnostic {
    Diagnostic::error(NOT_YET, at.span.clone(), format!("{what} is not supported yet"))
        .label("not in this version")
        .help("it is part of the language, but this version of crier cannot do it: leave it out")
}

/// The conditions of `where` as one; none where there are none, or where one is wrong: that has been said.
pub(super) fn filter(context: &Context<'_>) -> Option<Condition> {
    let sources: Vec<&str> = context
        .written
        .audience
        .where_
        .iter()
        .map(|condition| condition.value.as_str())
        .collect();
    if sources.is_empty() {
        return None;
    }
    let scope = scope::of(context, context.root?);
    Condition::compile_all(&sources, &scope, Stage::Before).ok()
}
