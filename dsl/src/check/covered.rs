//! Steps that `unless` always passes over, and rules that never get their turn, since one before them holds whenever they do.

use super::Context;
use super::conditions::scope;
use crate::condition::{Scope, Stage, Together};
use crate::diagnostic::Diagnostic;
use crate::written::Spanned;
use crate::written::campaign::{Rule, Verb};

/// Rules of one list that are held against each other.
const MOST: usize = 64;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(root) = context.root else { return };
    let scope = scope::of(context, root);
    for step in context.written.all_steps() {
        found.extend(never_done(&step.when, &step.unless, &scope));
        if let Verb::Choose(rules) = &step.verb {
            of_rules(rules, &scope, found);
        }
    }
    for rules in context.written.reply_rules() {
        of_rules(rules, &scope, found);
    }
}

fn sources(conditions: &[Spanned<String>]) -> Vec<&str> {
    conditions
        .iter()
        .map(|condition| condition.value.as_str())
        .collect()
}

/// `when` and `unless` of one step that leave nobody.
fn never_done(when: &[Spanned<String>], unless: &[Spanned<String>], scope: &Scope) -> Option<Diagnostic> {
    let (when_at, unless_at) = (when.first()?, unless.first()?);
    let both = Together::new([sources(when), sources(unless)], scope, Stage::Within);
    let message = "this step is never done: `unless` holds whenever `when` does";
    both.follows(0, 1).then(|| {
        Diagnostic::error("constant-condition", unless_at.span.clone(), message)
            .label("for all that are left")
            .also(when_at.span.clone(), "only where this holds")
            .help("a step is done where `when` holds and `unless` does not: leave one of the two out")
    })
}

fn of_rules(rules: &[Rule], scope: &Scope, found: &mut Vec<Diagnostic>) {
    let rules = &rules[..rules.len().min(MOST)];
    let told = rules.iter().filter_map(|rule| {
        let first = rule.steps.first()?;
        never_done(&rule.when, &first.unless, scope)
    });
    found.extend(told);
    let all = Together::new(rules.iter().map(|rule| sources(&rule.when)), scope, Stage::Within);
    for (at, rule) in rules.iter().enumerate() {
        let before = || rules[..at].iter().enumerate();
        let by_one = before().find(|(earlier, _)| all.follows(at, *earlier));
        let by_two = || {
            let pairs = before().flat_map(|(first, _)| before().map(move |(second, _)| (first, second)));
            let mut pairs = pairs.filter(|(first, second)| first < second);
            pairs.find(|(first, second)| all.halves(*first, *second))
        };
        let earlier = match by_one {
            Some((_, earlier)) => Some((earlier, "holds whenever it does")),
            None => by_two().map(|(_, second)| (&rules[second], "takes all that the others leave")),
        };
        if let Some((earlier, why)) = earlier {
            found.extend(never_reached(rule, earlier, why));
        }
    }
}

fn never_reached(rule: &Rule, earlier: &Rule, why: &str) -> Option<Diagnostic> {
    let place = |rule: &Rule| match rule.when.first() {
        Some(condition) => condition.span.clone(),
        None => rule.span.clone(),
    };
    let message = format!("this rule is never reached: one before it {why}");
    Some(
        Diagnostic::error("rule-never-reached", place(rule), message)
            .label("never comes here")
            .also(place(earlier), "takes them first")
            .help("the first rule that holds is taken: put the narrower one first, or leave one out"),
    )
}
