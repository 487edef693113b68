//! Rules as written: a condition and what is done where it holds. `answers`, `replies` and `choose` are lists of them.

use std::ops::Range;

use super::step::Step;
use crate::tree::{Kind, Node};
use crate::written::{Spanned, several, text};

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The key `words`.
    pub words: Vec<Spanned<String>>,
    /// The key `pattern`.
    pub pattern: Option<Spanned<String>>,
    /// The key `when`.
    pub when: Vec<Spanned<String>>,
    /// The key `otherwise`: it takes what no other rule took.
    pub otherwise: Option<Range<usize>>,
    /// The key `value`: what `save` of the question keeps.
    pub value: Option<Spanned<String>>,
    /// What is done.
    pub steps: Vec<Step>,
    /// Its first key: where to point for all of it.
    pub span: Range<usize>,
    /// Where its keys stand, and the values of those that are conditions: a fault there is the cause of others.
    pub parts: Vec<Range<usize>>,
}

impl Rule {
    /// The rules of a list.
    pub(crate) fn several(node: &Node) -> Vec<Rule> {
        match node.kind {
            Kind::List(_) => node.items().iter().map(Rule::read).collect(),
            Kind::Map(_) | Kind::Scalar(_) | Kind::Bad => vec![],
        }
    }

    pub(crate) fn read(node: &Node) -> Rule {
        let otherwise = node.entry("otherwise");
        let body = node.get("do").or(otherwise.map(|entry| &entry.value));
        let first = node.entries().first();
        Rule {
            words: several(node, "words"),
            pattern: text(node, "pattern"),
            when: several(node, "when"),
            otherwise: otherwise.map(|entry| entry.key.span.clone()),
            value: text(node, "value"),
            steps: match body {
                Some(body) => Step::several(body),
                None => vec![Step::rule_verb(node)],
            },
            span: first.map_or(node.span.clone(), |entry| entry.key.span.clone()),
            parts: parts(node),
        }
    }
}

fn parts(node: &Node) -> Vec<Range<usize>> {
    let conditions = ["words", "pattern", "when"].into_iter();
    let values = conditions
        .filter_map(|key| node.get(key))
        .map(|value| value.span.clone());
    let keys = node.entries().iter().map(|entry| entry.key.span.clone());
    // What is no map has been told of as a whole.
    let whole = node.entries().is_empty().then(|| node.span.clone());
    keys.chain(values).chain(whole).collect()
}

impl Step {
    /// The verb of a rule as a step: the condition is the rule's, not the step's.
    fn rule_verb(node: &Node) -> Step {
        Step {
            when: vec![],
            ..Step::read(node)
        }
    }
}
