//! What the texts are called that stand in steps: by the `id` of the step, else by its place. Reports, stories and plans call
//! them so.

use std::collections::BTreeSet;

use super::{Campaign, Sent, Step, Texts, Verb};

/// Names and texts, those of steps before those of rules for replies. No two have one name, nor that of a message.
pub fn of(campaign: &Campaign) -> Vec<(String, &Texts)> {
    found(campaign).texts
}

/// What is called by its place: steps without an `id`, and the texts that stand beside a question. Each with its step.
pub fn places(campaign: &Campaign) -> Vec<(String, &Step)> {
    found(campaign).places
}

fn found(campaign: &Campaign) -> Found<'_> {
    let messages = campaign.all_messages();
    let mut found = Found {
        taken: messages.map(|message| message.name.value.clone()).collect(),
        texts: vec![],
        places: vec![],
    };
    found.steps(&[], &campaign.steps);
    for (nth, rule) in (1..).zip(campaign.rules()) {
        found.steps(&["replies".to_owned(), nth.to_string()], &rule.steps);
    }
    found
}

/// The path of a step, the `i`th of those that stand in the step of `path`. One with an id stands for itself, wherever it
/// is moved to.
pub(crate) fn path_of(path: &[String], i: usize, step: &Step) -> Vec<String> {
    match &step.id {
        Some(id) => vec![id.value.clone()],
        None if path.is_empty() => vec![format!("step-{}", i + 1)],
        None => below(path, &[(i + 1).to_string()]),
    }
}

/// A name that is free, where this one is taken.
pub(crate) fn free(mut name: String, is_taken: impl Fn(&str) -> bool) -> String {
    while is_taken(&name) {
        name.push_str("-text");
    }
    name
}

fn below(path: &[String], name: &[String]) -> Vec<String> {
    [path, name].concat()
}

struct Found<'a> {
    taken: BTreeSet<String>,
    texts: Vec<(String, &'a Texts)>,
    places: Vec<(String, &'a Step)>,
}

impl<'a> Found<'a> {
    fn steps(&mut self, path: &[String], steps: &'a [Step]) {
        for (i, step) in steps.iter().enumerate() {
            self.step(&path_of(path, i, step), step);
        }
    }

    fn step(&mut self, path: &[String], step: &'a Step) {
        if step.id.is_none() {
            self.places.push((path.join("-"), step));
        }
        match &step.verb {
            Verb::Ask(ask) => {
                ask.sent.iter().for_each(|sent| self.text(path, sent));
                let others = [("unclear", &ask.unclear), ("remind", &ask.remind)];
                for (name, sent) in others {
                    let path = below(path, &[name.to_owned()]);
                    if let Some(sent) = sent {
                        self.text(&path, sent);
                        self.places.push((path.join("-"), step));
                    }
                }
            }
            _ => step.sent().into_iter().for_each(|sent| self.text(path, sent)),
        }
        for (name, steps) in step.branches() {
            self.steps(&below(path, &name), steps);
        }
    }

    fn text(&mut self, path: &[String], sent: &'a Sent) {
        if let Some(texts) = sent.texts() {
            let name = free(path.join("-"), |name| self.taken.contains(name));
            self.taken.insert(name.clone());
            self.texts.push((name, texts));
        }
    }
}
