//! Conditions can be read, name what exists and compare what can be compared. Every condition of the file is found by the
//! tables of keys, in parts that this version does not do yet too; each is told at its own bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Context;
use crate::condition::{Condition, Mention, Scope, Stage, check_condition, check_leaver, mentions};
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node, Positions};
use crate::written::campaign::{Campaign, Verb};
use crate::written::key::{Form, Object};
use crate::written::walk::{Visitor, walk};
use crate::written::{Spanned, is_condition, tables};

mod place;
pub(super) mod scope;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    within(context, &tables::CAMPAIGN, found);
    let Some(root) = context.root else { return };
    let scope = scope::of(context, root);
    let trigger = context.written.trigger.iter().map(|trigger| &trigger.conditions);
    let people = std::iter::once(&context.written.audience.where_).chain(trigger);
    found.extend(people.filter_map(|all| together(all, &scope, Stage::Before)));
    let within = lists(context.written).into_iter();
    found.extend(within.filter_map(|all| together(all, &scope, Stage::Within)));
}

/// Every list of conditions that are asked on the way.
pub(super) fn lists(written: &Campaign) -> Vec<&[Spanned<String>]> {
    let mut all: Vec<&[Spanned<String>]> = written.goal.iter().map(|goal| goal.when.as_slice()).collect();
    all.extend(written.exits.iter().map(|(_, when)| when.as_slice()));
    for step in written.all_steps() {
        all.extend([step.when.as_slice(), &step.unless]);
        match &step.verb {
            Verb::Await(branches) => all.push(&branches.what),
            Verb::Repeat { until, .. } => all.push(until),
            Verb::Choose(rules) => all.extend(rules.iter().map(|rule| rule.when.as_slice())),
            Verb::Send(_)
            | Verb::Ask(_)
            | Verb::Wait(_)
            | Verb::WaitUntil(_)
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
            | Verb::Finish(_)
            | Verb::Other => {}
        }
    }
    for rules in written.reply_rules() {
        all.extend(rules.iter().map(|rule| rule.when.as_slice()));
    }
    all
}

/// Conditions of a list, which must all hold: each may, and all of them never do.
fn together(all: &[Spanned<String>], scope: &Scope, stage: Stage) -> Option<Diagnostic> {
    let (first, last) = (all.first()?, all.last().filter(|_| all.len() > 1)?);
    let each: Vec<&str> = all.iter().map(|one| one.value.as_str()).collect();
    // Where one of them is wrong by itself, that has been told.
    let joined = Condition::compile_all(&each, scope, stage).ok()?.source();
    let found = check_condition(&joined, scope, stage);
    let never = found.iter().find(|d| d.code == "constant-condition")?;
    let message = "these conditions never hold together, and all of a list must";
    let found = Diagnostic::error("constant-condition", last.span.clone(), message);
    let found = found.also(first.span.clone(), "the first of them");
    Some(match &never.help {
        Some(help) => found.help(help.clone()),
        None => found.help("`a || b` holds where one of them does"),
    })
}

/// The conditions of a crier.yaml.
pub(super) fn of_project(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    within(context, &tables::PROJECT, found);
}

fn within(context: &Context<'_>, table: &'static Object, found: &mut Vec<Diagnostic>) {
    let Some(root) = context.root else {
        return;
    };
    let mut faulty: Vec<usize> = found
        .iter()
        .filter(|d| d.is_fault())
        .map(|d| d.span.start)
        .collect();
    faulty.sort_unstable();
    let cut = found.iter().filter_map(cut);
    let cut = cut.map(|span| (span.start, span.end)).collect();
    let mut told = Conditions {
        context,
        scope: scope::of(context, root),
        stage: Stage::Within,
        faulty,
        cut,
        seen: BTreeSet::new(),
        found,
    };
    walk(root, table, &mut told);
}

struct Conditions<'a> {
    context: &'a Context<'a>,
    scope: Scope,
    stage: Stage,
    /// Where something else is wrong, in order: a condition in which it is has been spoken of.
    faulty: Vec<usize>,
    /// What YAML cut into pieces, which has been told: where each begins and ends.
    cut: BTreeMap<usize, usize>,
    /// What stands behind an alias is looked at once.
    seen: BTreeSet<(usize, Stage)>,
    found: &'a mut Vec<Diagnostic>,
}

impl Visitor for Conditions<'_> {
    fn entry(&mut self, entry: &Entry, top: bool) {
        if top {
            self.stage = match entry.key.text.as_str() {
                "audience" | "trigger" => Stage::Before,
                _ => Stage::Within,
            };
        }
    }

    fn value(&mut self, node: &Node, form: &'static Form, _: &str) {
        match form {
            Form::Condition => self.condition(node),
            Form::Leaver => self.leaver(node),
            _ => {}
        }
    }
}

/// The text that a finding says is cut: what stands in it is no condition of its own.
fn cut(found: &Diagnostic) -> Option<Range<usize>> {
    match found.code {
        "quote-the-text" => Some(found.span.clone()),
        "text-cut-by-comma" => found.related.first().map(|(span, _)| span.clone()),
        _ => None,
    }
}

/// Codes that hang on what a field is, which only a campaign says.
const OF_TYPES: [&str; 2] = ["column-is-text", "ill-typed-condition"];

fn names_a_field(text: &str) -> bool {
    let is_name = |mention: &Mention| matches!(mention, Mention::Name { .. });
    mentions(text).iter().any(is_name)
}

impl Conditions<'_> {
    fn condition(&mut self, node: &Node) {
        let stage = self.stage;
        if let Some(text) = self.fresh(node) {
            let mut found = check_condition(text, &self.scope, stage);
            if self.context.of_project && names_a_field(text) {
                found.retain(|d| !OF_TYPES.contains(&d.code));
            }
            self.tell(node, text, found);
        }
    }

    fn leaver(&mut self, node: &Node) {
        let text = node.text().filter(|text| is_condition(text));
        if let Some(text) = text.and_then(|_| self.fresh(node)) {
            let found = check_leaver(text, &self.scope);
            self.tell(node, text, found);
        }
    }

    /// The text of a scalar that has not been spoken of.
    fn fresh<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let text = node.text()?;
        let next = self.faulty.partition_point(|at| *at < node.span.start);
        let spoken_of = self.faulty.get(next).is_some_and(|at| *at < node.span.end);
        let before = self.cut.range(..=node.span.start).next_back();
        let spoken_of = spoken_of || before.is_some_and(|(_, end)| *end > node.span.start);
        (!spoken_of && self.seen.insert((node.span.start, self.stage))).then_some(text)
    }

    fn tell(&mut self, node: &Node, text: &str, found: Vec<Diagnostic>) {
        if found.is_empty() {
            return;
        }
        let positions = Positions::new(self.context.text, node);
        let found = found
            .into_iter()
            .map(|d| place::in_file(d, node, text, &positions));
        self.found.extend(found);
    }
}
