//! Keys that the tables know, or nearly, in a place where they say something else than they were meant to: further left than
//! what they belong to, `then` of a rule, a day where a column is named, a word of a reply as a key. Each is told once, as
//! what it was meant to be.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::is_note;
use super::super::key::{Form, KeyKind, Object};
use super::super::nearest::nearest;
use super::super::scalars::{self, is_name, is_time_of_day};
use super::super::tables;
use super::super::traps::{misread, quoted};
use super::elsewhere::called_elsewhere;
use super::fit::chosen;
use super::step::colon_missing;
use super::words::{self, Place};
use super::{Shape, fits};
use super::{one_line, only};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::scalar::{is_day, parse_time};
use crate::tree::{Entry, Node, line_of};

/// What of a map has been told.
#[derive(Default)]
pub(super) struct Misplaced {
    /// Entries of which no more is to be said, by their places in the map.
    pub(super) entries: BTreeSet<usize>,
    /// The keys that they were meant to be.
    pub(super) meant: Vec<&'static str>,
}

impl Shape<'_> {
    pub(super) fn misplaced(&mut self, node: &Node, object: &'static Object, place: &Place) -> Misplaced {
        let mut told = Misplaced::default();
        self.branches(node, object, &mut told);
        if !told.meant.is_empty() {
            return told;
        }
        self.of_another_file(node, object, &mut told);
        self.all_under_its_name(node, object, &mut told);
        self.in_place_of_another(node, object, &mut told);
        self.time_in_a_map(node, object, &mut told);
        self.again_in_a_map(node, object, &mut told);
        self.step_without_do(node, object, &mut told);
        self.key_and_value_before_the_colon(node, object, &mut told);
        self.beside_send(node, object, &mut told);
        self.beside_repeat(node, object, &mut told);
        if !self.around.text[node.span.start..].starts_with('{') {
            self.too_far_left(node, object, &mut told);
            self.steps_too_far_left(node, object, &mut told);
            self.beside_its_name(node, object, &mut told);
        }
        self.day_of_a_column(node, object, place, &mut told);
        self.clock_of_a_column(node, object, place, &mut told);
        if object.one_of.contains(&"do") && !has_any(node, object.one_of) {
            self.then_of_a_rule(node, object, place, &mut told);
            self.reply_as_key(node, object, &mut told);
        }
        told
    }

    /// Keys of a campaign in crier.yaml, or the other way round: one finding for all of them.
    fn of_another_file(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        let (other, help) = match object.title {
            "a campaign" => (
                &tables::PROJECT,
                "write it there: what campaigns share stands in the file crier.yaml",
            ),
            "crier.yaml" => (
                &tables::CAMPAIGN,
                "write it into a file of its own, such as `spring.campaign.yaml`",
            ),
            _ => return,
        };
        let is_other = |entry: &Entry| {
            let name = entry.key.text.as_str();
            // `senders: arena` is a slip of `sender`.
            let slip = object.title == "a campaign" && entry.value.scalar().is_some();
            let slip = slip && nearest(name, object.keys.iter().map(|key| key.name)).is_some();
            // Of one list it is said in the campaign.
            let slip = slip || (object.title == "a campaign" && name == "region");
            object.key(name).is_none() && other.key(name).is_some() && !slip
        };
        let entries = node.entries().iter().enumerate();
        let mut others = entries.filter(|(_, entry)| is_other(entry));
        let Some((at, first)) = others.next() else { return };
        let message = format!(
            "\"{}\" is a key of {}, and this is {}",
            first.key.text,
            other.title,
            match object.title {
                "crier.yaml" => "the file of the project",
                title => title,
            }
        );
        let mut found = Diagnostic::error("unknown-key", first.key.span.clone(), message).help(help);
        told.entries.insert(at);
        for (at, more) in others {
            found = found.also(more.key.span.clone(), "this one too");
            told.entries.insert(at);
        }
        self.found.push(found);
    }

    /// All keys of a campaign below `campaign`, which is its name.
    fn all_under_its_name(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        let at = node
            .entries()
            .iter()
            .position(|entry| entry.key.text == "campaign");
        let Some(at) = at.filter(|_| object.title == "a campaign") else {
            return;
        };
        let entry = &node.entries()[at];
        let inner = entry.value.entries().iter();
        let own = inner
            .filter_map(|inner| object.key(&inner.key.text))
            .map(|key| key.name);
        let own: Vec<&str> = own.filter(|name| *name != "campaign").collect();
        if own.is_empty() {
            return;
        }
        let message = "the keys of a campaign stand at the beginning of their lines, not in \"campaign\"";
        let name = entry
            .value
            .get("name")
            .and_then(Node::text)
            .filter(|name| is_name(name));
        let help = format!(
            "`campaign: {}` is its name alone; put the other lines below it, as far left",
            name.unwrap_or("winter-concert")
        );
        let found = Diagnostic::error("wrong-type", entry.value.span.clone(), message);
        self.found.push(found.label("too far right").help(help));
        told.meant.extend(own);
        told.entries.insert(at);
    }

    /// `wait: { until: 2026-12-01 10:00 }`: a time that is the same for all has no map.
    fn time_in_a_map(&mut self, node: &Node, object: &Object, told: &mut Misplaced) {
        let [one] = node.entries() else { return };
        let is_time = |text: &&str| parse_time(text).is_ok() || is_time_of_day(text);
        let (true, Some(time)) = (object.title == "a moment", one.value.text().filter(is_time)) else {
            return;
        };
        if !["at", "day", "on", "time", "until"].contains(&one.key.text.as_str()) {
            return;
        }
        let message = format!("\"{time}\" is the same for all, and a map is for the day of a column");
        self.found.push(
            Diagnostic::error("wrong-type", node.span.clone(), message)
                .help(format!("write it alone: `{time}`"))
                .replace(node.span.clone(), time, Applicability::Unsure),
        );
        told.entries.insert(0);
        told.meant.push("date");
    }

    /// `{ share: 50%, send: a }`: where a map has a key `do`, steps stand under it.
    fn step_without_do(&mut self, node: &Node, object: &Object, told: &mut Misplaced) {
        let steps = object.key("do").and_then(|key| match key.form {
            Form::OneOrList(Form::Object(step)) if object.one_of.is_empty() => Some(step),
            _ => None,
        });
        let Some(step) = steps.filter(|_| node.entry("do").is_none()) else {
            return;
        };
        let is_step =
            |entry: &Entry| step.key(&entry.key.text).is_some() && object.key(&entry.key.text).is_none();
        let verb = |entry: &Entry| is_step(entry) && step.one_of.contains(&entry.key.text.as_str());
        let Some(at) = node.entries().iter().position(verb) else {
            return;
        };
        let entry = &node.entries()[at];
        let message = format!(
            "\"{}\" is a step, and what {} does stands under \"do\"",
            entry.key.text, object.title
        );
        let found = Diagnostic::error("unknown-key", entry.key.span.clone(), message).label("under \"do\"");
        let rest = node
            .entries()
            .iter()
            .enumerate()
            .filter(|(_, entry)| is_step(entry));
        let rest: Vec<usize> = rest.map(|(at, _)| at).collect();
        let whole = adjacent(node, &rest).filter(|whole| !self.around.text[whole.clone()].contains('\n'));
        self.found.push(match whole {
            Some(whole) => {
                let right = format!("do: {{ {} }}", &self.around.text[whole.clone()]);
                let found = found.help(format!("write `{right}`"));
                found.replace(whole, right, Applicability::Unsure)
            }
            None => found.help(format!("write `do: {{ {}: … }}`", entry.key.text)),
        });
        told.entries.extend(rest);
        told.meant.push("do");
    }

    /// `{ to desk: "called" }`: behind the colon stands the value of the key that lacks.
    fn key_and_value_before_the_colon(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        for (i, entry) in node.entries().iter().enumerate() {
            let unknown = object.key(&entry.key.text).is_none() && chosen(object, &entry.key.text).is_none();
            let first = || one_line::first_of(entry, object, node);
            let Some((key, found)) = Some(()).filter(|()| unknown).and_then(|()| first()) else {
                continue;
            };
            let Some(lacks) = only::lacking_beside(object, node, entry, key) else {
                continue;
            };
            let value = entry.key.text[key.name.len()..].trim();
            let in_braces = self.around.text[node.span.start..].starts_with('{');
            self.found.push(match in_braces {
                true => {
                    let right = format!("{}: {value}, {lacks}", key.name);
                    let found = found.help(format!("write `{right}: …`"));
                    found.replace(entry.key.span.clone(), right, Applicability::Unsure)
                }
                false => found.help(format!(
                    "write `{}: {value}`, and `{lacks}: …` on a line of its own",
                    key.name
                )),
            });
            told.entries.insert(i);
            told.meant.extend([key.name, lacks]);
        }
    }

    /// What belongs to the step stands in the map of its text: `send: { text: …, sender: arena }`.
    fn beside_send(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        const OF_STEPS: [&str; 7] = ["sender", "window", "at", "expires", "when", "unless", "for"];
        if object.title != "`send`" || node.entry("text").is_none() {
            return;
        }
        for (at, entry) in node.entries().iter().enumerate() {
            let name = entry.key.text.as_str();
            if OF_STEPS.contains(&name) {
                let message = format!("\"{name}\" is a key of the step, and stands in the map of its text");
                let found = Diagnostic::error("unknown-key", entry.key.span.clone(), message);
                self.found.push(
                    found
                        .label("too far in")
                        .help("put it below `send`, as far left as that"),
                );
                told.entries.insert(at);
            }
        }
    }

    /// Keys in the column of the key whose value they are, or left of the item that they belong to.
    fn too_far_left(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        let entries = node.entries();
        for (i, owner) in entries.iter().enumerate() {
            let Some(key) = object.key(&owner.key.text) else {
                continue;
            };
            let item = owner.value.items().last();
            let belongs = |entry: &&Entry| {
                let name = entry.key.text.as_str();
                let unknown = object.key(name).is_none() && chosen(object, name).is_none();
                unknown && !is_note(entry) && takes(&key.form, &owner.value, name, object)
            };
            let run: Vec<&Entry> = entries[i + 1..].iter().take_while(belongs).collect();
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let lines = first.key.span.start..last.value.span.end.max(last.key.span.end);
            let found = match item {
                Some(item) => self.left_of_item(&lines, &first.key.text, item),
                None => self.left_of_value(&lines, owner),
            };
            self.found.push(found);
            told.meant.push(key.name);
            told.entries.extend(i + 1..i + 1 + run.len());
            if item.is_none() {
                told.entries.insert(i);
            }
        }
    }

    /// A name of the author's own without a value, and below it, in its column, the keys of what it names.
    fn beside_its_name(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        let entries = node.entries();
        for (i, owner) in entries.iter().enumerate() {
            let own = chosen(object, &owner.key.text).filter(|_| owner.value.is_nothing());
            let Some(open) = own.filter(|_| !told.entries.contains(&i)) else {
                continue;
            };
            let belongs = |entry: &&Entry| {
                let name = entry.key.text.as_str();
                !is_note(entry) && object.key(name).is_none() && holds(open.form, name)
            };
            let run: Vec<&Entry> = entries[i + 1..].iter().take_while(belongs).collect();
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let lines = first.key.span.start..last.value.span.end.max(last.key.span.end);
            let found = self.left_of_value(&lines, owner);
            self.found.push(found);
            told.entries.extend(i..=i + run.len());
        }
    }

    pub(super) fn left_of_value(&self, lines: &Range<usize>, owner: &Entry) -> Diagnostic {
        let message = format!("what \"{}\" holds stands as far left as it", owner.key.text);
        let found = Diagnostic::error("wrong-type", lines.clone(), message)
            .label("beside it, not in it")
            .also(owner.key.span.clone(), "has no value")
            .help("put two spaces before each of these lines");
        found.replace(lines.clone(), self.moved(lines, 2), Applicability::Unsure)
    }

    fn left_of_item(&self, lines: &Range<usize>, name: &str, item: &Node) -> Diagnostic {
        let column = |at: usize| at - line_of(self.around.text, at).start;
        let spaces = column(item.span.start).saturating_sub(column(lines.start));
        let message = format!("\"{name}\" stands further left than the item that it belongs to");
        let found = Diagnostic::error("wrong-type", lines.clone(), message)
            .label("not in the item")
            .also(words::first_key(item), "the item")
            .help(format!("put {spaces} spaces before each of these lines"));
        found.replace(lines.clone(), self.moved(lines, spaces), Applicability::Unsure)
    }

    fn moved(&self, lines: &Range<usize>, spaces: usize) -> String {
        let spaces = " ".repeat(spaces);
        let written = &self.around.text[lines.clone()];
        format!("{spaces}{}", written.replace('\n', &format!("\n{spaces}")))
    }

    /// `then` follows an `await`; of a rule `do` says what it does.
    fn then_of_a_rule(&mut self, node: &Node, object: &Object, place: &Place, told: &mut Misplaced) {
        let at = node.entries().iter().position(|entry| entry.key.text == "then");
        let (Some(at), Some(key)) = (at, object.key("do")) else {
            return;
        };
        let entry = &node.entries()[at];
        let message = "what a rule does stands under \"do\", not under \"then\"";
        let found =
            Diagnostic::error("missing-key", entry.key.span.clone(), message).label("belongs to `await`");
        let step = colon_missing(&key.form, &entry.value, &Place::of(key, false), &self.messages);
        let step = step.and_then(|(_, step)| step);
        let found = match step {
            Some(step) if stands_behind(entry) => {
                let whole = entry.key.span.start..entry.value.span.end;
                let right = format!("do: {step}");
                let found = found.help(format!("write `{right}`"));
                found.replace(whole, right, Applicability::Unsure)
            }
            None if fits(&key.form, &entry.value) => {
                let found = found.help("write `do` in its place");
                found.replace(entry.key.span.clone(), "do", Applicability::Unsure)
            }
            Some(_) | None => found.help("write `do` in its place, and a step: `do: { tag: coming }`"),
        };
        self.found.push(found);
        if fits(&key.form, &entry.value) {
            self.value(&entry.value, &key.form, &Place::of(key, place.later));
        }
        told.entries.insert(at);
        told.meant.push("do");
    }

    /// `date: 2026-12-01`, where `date` is the column that has the day of each person.
    fn day_of_a_column(&mut self, node: &Node, object: &Object, place: &Place, told: &mut Misplaced) {
        let names_a_column = object.key("date").is_some() && object.key("at").is_some();
        let position = |name: &str| node.entries().iter().position(|entry| entry.key.text == name);
        let Some(date) = position("date").filter(|_| names_a_column) else {
            return;
        };
        let entry = &node.entries()[date];
        let Some(day) = entry.value.text().filter(|text| is_day(text)) else {
            return;
        };
        let clock = |at: &usize| {
            node.entries()[*at]
                .value
                .text()
                .filter(|text| is_time_of_day(text))
        };
        let time = position("at")
            .or(position("time"))
            .filter(|at| clock(at).is_some());
        let moment = match parse_time(day).is_ok() {
            true => day.to_owned(),
            false => format!("{day} {}", time.as_ref().and_then(clock).unwrap_or("10:00")),
        };
        let in_map = object.key("cron").is_some();
        let right = match in_map {
            true => format!("at: {moment}"),
            false => format!("{}: {moment}", place.key),
        };
        let message = format!("\"{day}\" is a day, and \"date\" names a column");
        let found = Diagnostic::error("unknown-field", entry.value.span.clone(), message).help(match time {
            _ if !in_map => format!("a day that is the same for all has no map: `{right}`"),
            Some(_) => format!("write the day and the time in one: `{right}`"),
            None => format!("for a day that is the same for all write `{right}`"),
        });
        let parts: Vec<usize> = std::iter::once(date).chain(time).collect();
        let replaced = match in_map {
            true => adjacent(node, &parts).map(|span| (span, right)),
            false => (parts.len() == node.entries().len()).then(|| (node.span.clone(), moment)),
        };
        self.found.push(match replaced {
            Some((span, right)) => found.replace(span, right, Applicability::Unsure),
            None => found,
        });
        told.entries.extend(parts);
    }

    /// `at` beside `date`, which gives the day: only a time of day is right there, so that nothing else is offered.
    fn clock_of_a_column(&mut self, node: &Node, object: &Object, place: &Place, told: &mut Misplaced) {
        static CLOCK: Form = Form::TimeOfDay;
        let at = node.entries().iter().position(|entry| entry.key.text == "at");
        let (Some(at), Some(key), Some(_)) = (at, object.key("at"), node.entry("date")) else {
            return;
        };
        let value = &node.entries()[at].value;
        let is_refused = |text: &str| scalars::check(&key.form, text).is_err();
        if matches!(key.form, Form::At) && !told.entries.contains(&at) && value.text().is_some_and(is_refused)
        {
            self.value(value, &CLOCK, &Place::of(key, place.later));
            told.entries.insert(at);
            told.meant.push("at");
        }
    }

    /// `no: finish`: a reply has no key of its own, it is held against `words`.
    fn reply_as_key(&mut self, node: &Node, object: &Object, told: &mut Misplaced) {
        let own = ["words", "pattern", "when", "then", "value"];
        let first = node.entries().first().filter(|first| !is_note(first));
        let Some(first) = first.filter(|_| object.key("words").is_some() && !has_any(node, &own)) else {
            return;
        };
        let name = first.key.text.as_str();
        let near = nearest(name, object.keys.iter().map(|key| key.name));
        let known =
            one_line::glued(first, object).is_some() || called_elsewhere(object, name, node).is_some();
        let deed = self.deed_of(first, object);
        // What is no deed may well stand under another name for `words`.
        let unlike = deed.is_none() && !misread(name);
        if known || unlike || near.is_some_and(|_| name.chars().count() > 3) {
            return;
        }
        let message = format!("\"{name}\" is not a key of {}", object.title);
        let found = Diagnostic::error("unknown-key", first.key.span.clone(), message).label("unknown key");
        let found = match deed {
            Some(deed) => {
                let rule = format!("{{ words: [{}], {deed} }}", quoted(name));
                let found = found.help(format!("words of a reply stand under `words`: `- {rule}`"));
                match node.entries() {
                    [one] if stands_behind(one) => found.replace(node.span.clone(), rule, Applicability::Unsure),
                    _ => found,
                }
            }
            None => found.help(format!(
                "words of a reply stand under `words`: `words: [{}]`, and beside it what is done, such as `tag: coming`",
                quoted(name)
            )),
        };
        let start = first.value.span.start;
        let of_value = |d: &&mut Diagnostic| first.value.is_bad() && d.span.start == start;
        match self.told.iter_mut().find(of_value) {
            Some(told) => *told = found,
            None => self.found.push(found),
        }
        told.entries.insert(0);
        told.meant.push("words");
    }

    /// What a value would have the rule do: `tag: coming`, `tag coming`, `{ tag: coming }`, or `finish` alone.
    fn deed_of(&self, entry: &Entry, object: &Object) -> Option<String> {
        let written = match entry.value.is_bad() {
            true => {
                let end = line_of(self.around.text, entry.value.span.start).end;
                &self.around.text[entry.value.span.start..end]
            }
            false => self.around.text.get(entry.value.span.clone())?,
        };
        let written = written
            .trim()
            .trim_start_matches('{')
            .trim_end_matches('}')
            .trim();
        let (verb, rest) = written.split_once([':', ' ']).unwrap_or((written, ""));
        let key = object.key(verb).filter(|_| object.one_of.contains(&verb))?;
        match rest.trim() {
            "" => Some(format!("{verb}: {}", key.example)),
            rest if rest.contains(['\n', '#', '{', '[', ',']) => None,
            rest => Some(format!("{verb}: {rest}")),
        }
    }
}

fn has_any(node: &Node, keys: &[&str]) -> bool {
    node.entries()
        .iter()
        .any(|entry| keys.contains(&entry.key.text.as_str()))
}

/// Whether the value stands behind its key: that of an alias stands where its anchor is.
fn stands_behind(entry: &Entry) -> bool {
    entry.key.span.end <= entry.value.span.start
}

/// From the first of these entries to the last, where nothing else stands between.
pub(super) fn adjacent(node: &Node, parts: &[usize]) -> Option<Range<usize>> {
    let (first, last) = (*parts.iter().min()?, *parts.iter().max()?);
    let entries = node.entries();
    let apart = last - first >= parts.len() || !stands_behind(&entries[last]);
    (!apart).then(|| entries[first].key.span.start..entries[last].value.span.end)
}

/// Whether a key can stand in the value of one that has none, or in the items of its list.
fn takes(form: &Form, value: &Node, name: &str, outer: &Object) -> bool {
    match form {
        Form::Either(forms) => forms.iter().any(|form| takes(form, value, name, outer)),
        Form::List(Form::Object(item)) => {
            let known = item.key(name).is_some() && !item.one_of.contains(&name);
            known && !value.items().is_empty() && fits(form, value)
        }
        Form::OneOrList(form) => takes(form, value, name, outer),
        Form::Object(inner) if value.is_nothing() => inner.key(name).is_some() || is_own(inner, name, outer),
        _ => false,
    }
}

/// Whether a key belongs to the map that a value may be.
fn holds(form: &Form, name: &str) -> bool {
    match form {
        Form::Either(forms) => forms.iter().any(|form| holds(form, name)),
        Form::Object(inner) => {
            let of_language = inner
                .open
                .as_ref()
                .is_some_and(|open| open.key == KeyKind::Language);
            inner.key(name).is_some() || of_language && chosen(inner, name).is_some()
        }
        Form::ByKind(kinds) => {
            let mut inner = kinds.iter().filter_map(|kind| kind.object);
            inner.any(|inner| inner.key(name).is_some())
        }
        _ => false,
    }
}

/// Whether a name can be a key that the author chooses, and is no slip for a key around it.
fn is_own(inner: &'static Object, name: &str, outer: &Object) -> bool {
    let slip = || nearest(name, outer.keys.iter().map(|key| key.name)).is_some();
    match inner.open.as_ref().map(|open| open.key) {
        Some(KeyKind::Language) => chosen(inner, name).is_some(),
        Some(KeyKind::Name) => is_name(name) && !slip(),
        Some(KeyKind::Word) => !slip(),
        None => false,
    }
}
