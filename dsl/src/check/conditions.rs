//! Conditions can be read, name what exists and compare what can be compared. Every condition of the file is found by the
//! tables of keys, in parts that this version does not do yet too; each is told at its own bytes.

use std::collections::BTreeSet;

use super::Context;
use crate::condition::{Scope, Stage, check_condition, check_leaver};
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node, Positions};
use crate::written::key::{Form, Object};
use crate::written::{fits, is_condition, tables};

mod place;
pub(super) mod scope;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(root) = context.root else {
        return;
    };
    let mut faulty: Vec<usize> = found
        .iter()
        .filter(|d| d.is_error() && d.code != "not-yet-supported")
        .map(|d| d.span.start)
        .collect();
    faulty.sort_unstable();
    let mut walk = Walk {
        context,
        scope: scope::of(context, root),
        stage: Stage::Within,
        faulty,
        seen: BTreeSet::new(),
        found,
    };
    for entry in root.entries() {
        walk.stage = match entry.key.text.as_str() {
            "audience" | "trigger" => Stage::Before,
            _ => Stage::Within,
        };
        walk.entry(entry, &tables::CAMPAIGN);
    }
}

struct Walk<'a> {
    context: &'a Context<'a>,
    scope: Scope,
    stage: Stage,
    /// Where something else is wrong, in order: a condition in which it is has been spoken of.
    faulty: Vec<usize>,
    /// What stands behind an alias is looked at once.
    seen: BTreeSet<(usize, Stage)>,
    found: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn entry(&mut self, entry: &Entry, object: &'static Object) {
        let name = entry.key.text.as_str();
        if name.starts_with("x-") {
            return;
        }
        let form = object.key(name).map(|key| &key.form);
        match form.or_else(|| object.open.as_ref().map(|open| open.form)) {
            Some(Form::Any) => self.steps(entry),
            Some(form) => self.value(&entry.value, form),
            None => {}
        }
    }

    /// Steps inside of steps, where the tables do not say yet that they are.
    fn steps(&mut self, entry: &Entry) {
        let Some((steps, step)) = steps_and_step() else {
            return;
        };
        match entry.key.text.as_str() {
            "do" | "then" | "silence" | "otherwise" if fits(steps, &entry.value) => {
                self.value(&entry.value, steps);
            }
            "do" | "then" | "silence" | "otherwise" => self.object(&entry.value, step),
            verb => {
                let form = step.key(verb).map(|key| &key.form);
                if let Some(form) = form.filter(|form| !matches!(form, Form::Any)) {
                    self.value(&entry.value, form);
                }
            }
        }
    }

    fn object(&mut self, node: &Node, object: &'static Object) {
        for entry in node.entries() {
            self.entry(entry, object);
        }
    }

    fn value(&mut self, node: &Node, form: &'static Form) {
        match form {
            Form::Condition => self.condition(node),
            Form::Leaver => self.leaver(node),
            Form::List(item) => node.items().iter().for_each(|node| self.value(node, item)),
            Form::OneOrList(item) if !node.items().is_empty() => {
                node.items().iter().for_each(|node| self.value(node, item));
            }
            Form::OneOrList(form) | Form::LaterPart { form, .. } => self.value(node, form),
            Form::Either(forms) => {
                if let Some(form) = forms.iter().find(|form| fits(form, node)) {
                    self.value(node, form);
                }
            }
            Form::Object(object) => self.object(node, object),
            Form::Text
            | Form::Message
            | Form::Word
            | Form::Name
            | Form::Address
            | Form::Path
            | Form::Version
            | Form::Flag
            | Form::Count
            | Form::Positive
            | Form::UpTo(_)
            | Form::Duration
            | Form::Timeout
            | Form::Wait
            | Form::Time
            | Form::Start
            | Form::At
            | Form::TimeOfDay
            | Form::Window
            | Form::Rate
            | Form::Budget
            | Form::LocalUrl
            | Form::Share
            | Form::Zone
            | Form::Language
            | Form::Region
            | Form::Day
            | Form::OneOf(_)
            | Form::Moment
            | Form::Date
            | Form::Cron
            | Form::Again(_)
            | Form::Frequency
            | Form::Url
            | Form::Sample
            | Form::Phone
            | Form::ShortCode
            | Form::SenderName
            | Form::Inbox
            | Form::Source
            | Form::ReplyTo
            | Form::Any => {}
            // Only crier.yaml has such.
            Form::ByKind(_) => {}
        }
    }

    fn condition(&mut self, node: &Node) {
        let stage = self.stage;
        if let Some(text) = self.fresh(node) {
            let found = check_condition(text, &self.scope, stage);
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

/// The form of steps, and the map that one is.
fn steps_and_step() -> Option<(&'static Form, &'static Object)> {
    let steps = &tables::CAMPAIGN.key("steps")?.form;
    match steps {
        Form::List(Form::Object(step)) => Some((steps, step)),
        _ => None,
    }
}
