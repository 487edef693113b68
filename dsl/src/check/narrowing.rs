//! Who of a list stays. What only a store or a second look at the list can tell comes later.

use super::Context;
use super::conditions::scope;
use crate::condition::{Condition, Stage};
use crate::diagnostic::Diagnostic;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let audience = &context.written.audience;
    if let (Some(filter), Some(first)) = (filter(context), audience.where_.first())
        && filter.asks_the_store()
    {
        let what = "choosing people by what happened before";
        found.push(Diagnostic::not_yet(first.span.clone(), what));
    }
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
