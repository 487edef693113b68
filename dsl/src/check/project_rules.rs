//! The rules under `replies` of crier.yaml: what is said of a campaign's rules holds of them, except for what only a
//! campaign knows: its fields, messages and links.

use std::collections::BTreeSet;

use super::{
    Check, Context, conditions, deadlines, durations, foreign, hosts, messages, opt_out_words, patterns,
    replies, rules, shares, steps, stored_lists, templates, unreachable,
};
use crate::ProjectFile;
use crate::diagnostic::Diagnostic;
use crate::project::Project;
use crate::written::campaign::{Campaign, Replies};

/// The checks of a campaign that ask for nothing else of it.
const CHECKS: &[Check] = &[
    messages::sent_exist,
    shares::check,
    steps::ids,
    unreachable::check,
    deadlines::check,
    durations::check,
    rules::check,
    patterns::check,
    templates::check,
    foreign::check,
    hosts::check,
    opt_out_words::check,
    replies::check,
    stored_lists::check,
    conditions::of_project,
];

/// Holds the rules, and the messages that they send, against the project that they stand in.
pub(super) fn check(file: &ProjectFile, project: &Project, found: &mut Vec<Diagnostic>) {
    let rules = &file.written.rules;
    let campaign = Campaign {
        messages: file.written.messages.clone(),
        replies: Some(Replies::Rules(rules.clone())),
        ..Campaign::default()
    };
    let context = Context {
        text: &file.text,
        root: file.read.tree.root.as_ref(),
        written: &campaign,
        project,
        file_name: "",
        from: vec![],
        except: vec![],
        absent: &BTreeSet::new(),
        languages: super::languages::of(&campaign, project),
        of_project: true,
    };
    CHECKS.iter().for_each(|check| check(&context, found));
    let first = rules.first().map(|rule| rule.span.clone());
    found.extend(first.map(|span| Diagnostic::not_yet(span, "a rule for the replies of the whole project")));
}
