//! The rules under `replies` of crier.yaml: what is said of a campaign's rules holds of them, except for what only a
//! campaign knows: its fields, messages and links.

use std::collections::BTreeMap;

use super::{
    Check, Context, EXPECTED, conditions, covered, deadlines, durations, foreign, hosts, length, messages,
    opt_out_words, patterns, phrases, replies, rules, rules_that_wait, shares, steps, stored_lists, taken,
    templates, unreachable,
};
use crate::ProjectFile;
use crate::diagnostic::Diagnostic;
use crate::project::Project;
use crate::written::campaign::{Campaign, Message, Replies};

/// The checks of a campaign that ask for nothing else of it.
const CHECKS: &[Check] = &[
    messages::sent_exist,
    shares::check,
    steps::names,
    unreachable::check,
    deadlines::check,
    durations::check,
    rules::check,
    rules_that_wait::check,
    covered::check,
    taken::check,
    phrases::check,
    patterns::check,
    templates::check,
    foreign::check,
    length::check,
    hosts::check,
    opt_out_words::check,
    replies::check,
    stored_lists::check,
    conditions::of_project,
];

/// Holds the rules, and the messages that they send, against the project that they stand in.
pub(super) fn check(file: &ProjectFile, project: &Project, found: &mut Vec<Diagnostic>) {
    let campaign = as_campaign(file);
    let context = Context {
        text: &file.text,
        root: file.read.tree.root.as_ref(),
        of_reading: file.read.found.len(),
        written: &campaign,
        project,
        file_name: "",
        from: vec![],
        except: vec![],
        absent: &BTreeMap::new(),
        languages: super::languages::of(&campaign, project),
        of_project: true,
    };
    CHECKS.iter().for_each(|check| check(&context, found));
    let policy = context.root.and_then(|root| root.get("policy"));
    found.extend(phrases::opt_out_words(context.text, policy));
    let lists = file.written.lists.iter();
    let of_lists = lists
        .flat_map(|list| list.opt_in.messages())
        .map(|name| name.value.as_str());
    let names: Vec<&str> = of_lists.chain(EXPECTED.iter().copied()).collect();
    found.extend(values_in_answers(&file.written.messages, &names));
}

/// What a project sends, as if a campaign did.
pub(crate) fn as_campaign(file: &ProjectFile) -> Campaign {
    Campaign {
        messages: file.written.messages.clone(),
        replies: Some(Replies::Rules(file.written.rules.clone())),
        ..Campaign::default()
    }
}

/// The answers of the program have no values: who gets them may be in no campaign.
fn values_in_answers(messages: &[Message], names: &[&str]) -> Vec<Diagnostic> {
    let answers = messages
        .iter()
        .filter(|message| names.contains(&message.name.value.as_str()));
    let values = answers
        .flat_map(|message| message.texts())
        .flat_map(|(_, texts)| texts.values());
    let told = values.filter(|value| value.text.contains("{{")).map(|value| {
        let message = "this text answers whoever writes, also people of no campaign, so it has no values";
        Diagnostic::error("bad-template", value.node.span.clone(), message)
            .label("the braces would be sent")
            .help("write the words themselves, such as the name of the shop")
    });
    told.collect()
}
