//! Who of a list stays, and who of them goes first. What only a store or a second look at the list can tell comes later.

use super::Context;
use super::conditions::scope;
use crate::condition::{Condition, Happening, Stage};
use crate::diagnostic::Diagnostic;
use crate::scalar::Share;
use crate::tree::Kind;
use crate::written::Spanned;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let audience = &context.written.audience;
    found.extend(nobody(&audience.sample, Share::NONE, "nobody is in the sample"));
    found.extend(nobody(&audience.holdout, Share::WHOLE, "everybody is held out"));
    found.extend(no_canary(context));
    found.extend(from_nowhere(context));
    if let (Some(filter), Some(first)) = (filter(context), audience.where_.first())
        && !is_known_before(&filter)
    {
        let what = "choosing people by events, or by a tag that a column names,";
        found.push(Diagnostic::not_yet(first.span.clone(), what));
    }
}

/// Whether a plan can look up all that it asks for.
fn is_known_before(filter: &Condition) -> bool {
    let mut happenings = filter.happenings().iter();
    let known = |what: &Happening| matches!(what, Happening::Answered(_) | Happening::Received(..));
    filter.tags().is_some() && happenings.all(known)
}

/// A share by which nobody is left.
fn nobody(of: &Option<Spanned<String>>, share: Share, why: &str) -> Option<Diagnostic> {
    let Spanned { value, span } = of.as_ref()?;
    Share::parse(value).ok().filter(|own| *own == share)?;
    let message = format!("{why}, so nobody would be texted");
    let help = "write a share between the two, such as `5%`, or leave the key out";
    Some(Diagnostic::error("bad-share", span.clone(), message).help(help))
}

fn no_canary(context: &Context<'_>) -> Option<Diagnostic> {
    let share = context.written.limits.canary_share.as_ref()?;
    let message = "nobody goes first, so there would be nothing to watch";
    let help = "write a share above zero, such as `1%`, or leave `canary` out";
    (share.value == Share::NONE)
        .then(|| Diagnostic::error("bad-share", share.span.clone(), message).help(help))
}

fn from_nowhere(context: &Context<'_>) -> Option<Diagnostic> {
    let from = context.root?.get("audience")?.get("from")?;
    let empty = matches!(&from.kind, Kind::List(items) if items.is_empty());
    let message = "the list of lists is empty, so there is nobody to text";
    let help = "name a path or a list of crier.yaml: `from: lists/customers.csv`";
    empty.then(|| Diagnostic::error("wrong-type", from.span.clone(), message).help(help))
}

/// The conditions of `except`, but those that are wrong: that has been said.
pub(super) fn leavers(context: &Context<'_>) -> Vec<Condition> {
    let Some(root) = context.root else { return vec![] };
    let scope = scope::of(context, root);
    let leavers = context.written.audience.leavers.iter();
    let one = |source: &Spanned<String>| Condition::compile_all(&[&source.value], &scope, Stage::Before).ok();
    leavers.filter_map(one).collect()
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
