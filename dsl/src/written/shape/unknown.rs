//! A key that the tables do not know where it stands: what it was meant to be, or where it belongs.

use std::cell::LazyCell;
use std::ops::Range;

use super::super::key::{Form, KeyKind, Object};
use super::super::nearest::{Guess, Words, nearest, same_word};
use super::super::scalars;
use super::super::traps;
use super::home::Homes;
use super::words::{possible, possible_steps};
use super::{Shape, elsewhere, fits, one_line, only, words};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node};

impl Shape<'_> {
    /// The key that was probably meant, so that its absence is not told as well.
    pub(super) fn unknown(
        &mut self,
        node: &Node,
        entry: &Entry,
        before: Option<&Entry>,
        (code, object): (&'static str, &'static Object),
        doubtful: &LazyCell<Vec<&'static str>, impl FnOnce() -> Vec<&'static str>>,
    ) -> Option<&'static str> {
        // A text of several lines with a colon in it, which has been said.
        let is_told = |told: &Diagnostic| {
            told.code == "quote-the-text" && told.span.contains(&entry.key.span.start) && !self.whole
        };
        if self.told.iter().any(is_told) {
            return None;
        }
        if let Some((key, found)) = one_line::glued(entry, object) {
            self.found.push(found);
            return Some(key.name);
        }
        let in_cut =
            |told: &Diagnostic| told.code == "text-cut-by-comma" && told.span.contains(&entry.key.span.start);
        if self.found.last().is_some_and(in_cut) {
            return None;
        }
        if let Some(before) = before.filter(|_| self.is_cut(node, entry, before)) {
            let form = object.key(&before.key.text).map(|key| &key.form);
            let form = form.or(object.open.as_ref().map(|open| open.form));
            let is_decimal = node.get("type").and_then(Node::text) == Some("decimal");
            let before = (&before.value, form, is_decimal);
            let found = traps::cut_by_comma(self.around, before, cut_off(node, entry, object));
            self.found.push(found);
            return None;
        }
        if let Some((key, found)) = one_line::first_of(entry, object, node) {
            self.found.push(found);
            return Some(key.name);
        }
        let names = object.keys.iter().map(|key| key.name);
        let written = &entry.key.text;
        self.doubt(&entry.value);
        if let Some(found) = elsewhere::note(entry) {
            self.found.push(found);
            return None;
        }
        let called = elsewhere::called_elsewhere(object, written, node);
        let said = elsewhere::said(object, entry, node).filter(|_| called.is_none());
        let homes = match elsewhere::is_synonym(object, written) {
            true => Homes::none(self.root),
            false => Homes::of(self.root, entry),
        };
        let near = only::nearest_key(object, node, &entry.key.text);
        let near = near.filter(|near| {
            let key = object.key(near);
            said.is_none() && key.is_none_or(|key| !homes.are_nearer(key, &entry.value))
        });
        let meant = called.or(near);
        let is_step = code == "unknown-step" && meant.is_none_or(|meant| object.one_of.contains(&meant));
        let (code, message, label) = match is_step {
            true => (code, format!("there is no step \"{written}\""), "unknown step"),
            false => {
                let message = format!("\"{written}\" is not a key of {}", object.title);
                ("unknown-key", message, "unknown key")
            }
        };
        let found = Diagnostic::error(code, entry.key.span.clone(), message).label(label);
        let is_there = meant.filter(|meant| node.entry(meant).is_some());
        if let Some(there) = is_there.and_then(|meant| node.entry(meant)) {
            let help = format!(
                "is it meant to be \"{}\"? that is there already: keep one of them",
                there.key.text
            );
            self.found
                .push(found.also(there.key.span.clone(), "there already").help(help));
            return meant;
        }
        if let Some(there) = meant.and_then(|meant| beside_which_none(object, node, meant)) {
            let help = format!(
                "is it meant to be \"{}\"? that cannot stand beside \"{}\": keep one of them",
                meant.unwrap_or_default(),
                there.key.text
            );
            let found = found.also(there.key.span.clone(), "another of the two");
            self.found.push(found.help(help));
            return None;
        }
        if let Some(before) = self.waits_before(node, entry, object, meant) {
            self.found.push(before);
            return None;
        }
        let of_language = object.open.as_ref().filter(|open| open.key == KeyKind::Language);
        let tag = of_language.and_then(|_| scalars::language_called(written));
        let doubtful: &[&str] = doubtful;
        let guess = match meant {
            None if tag.is_some() => Guess::unsure(tag),
            Some(meant) if doubtful.contains(&meant) || nearest(written, names.clone()) != Some(meant) => {
                Guess::unsure(Some(meant))
            }
            Some(_) if homes.are_any() => Guess::unsure(meant),
            Some(meant) if !is_sure(object, node, entry, meant) => Guess::unsure(Some(meant)),
            Some(_) => Guess::among(written, names, Words::Language),
            None => Guess::unsure(None::<&str>),
        };
        let lacking =
            meant.is_none() && said.is_none() && tag.is_none() && words::owner(object, written).is_none();
        let lacking = Some(()).filter(|()| lacking && self.whole);
        if let Some(key) = lacking.and_then(|()| only::lacking(object, node, entry)) {
            let help = format!("is it meant to be `{key}`? {} needs that", object.title);
            let span = entry.key.span.clone();
            self.found
                .push(found.help(help).replace(span, key, Applicability::Unsure));
            return Some(key);
        }
        let owner = words::owner(object, written);
        if is_step && meant.or(owner).is_none() && self.is_of_unknown_step(node, entry) {
            return None;
        }
        self.found.push(guess.tell(found, || {
            let belongs = said.or_else(|| words::belongs(object, node, entry));
            let belongs = belongs.or_else(|| homes.told(entry));
            belongs.unwrap_or_else(|| match is_step {
                true => possible_steps(object),
                false => possible(object),
            })
        }));
        meant.or(owner)
    }

    /// Whether a step that nobody knows was told in this map already: what stands beside it is of it.
    fn is_of_unknown_step(&self, node: &Node, entry: &Entry) -> bool {
        let others = node.entries().iter();
        let mut others = others.take_while(|other| other.key.span != entry.key.span);
        let is_told = |other: &Entry| {
            self.found
                .iter()
                .any(|d| d.code == "unknown-step" && d.span == other.key.span)
        };
        others.any(is_told)
    }

    /// What stands under a key that nobody knows is not certainly a text: quotes around it are for a person to judge.
    fn doubt(&mut self, value: &Node) {
        let of_value = |d: &&mut Diagnostic| value.is_bad() && d.span.start == value.span.start;
        let told = self.told.iter_mut().filter(of_value);
        told.filter_map(|told| told.suggestion.as_mut())
            .for_each(|suggestion| suggestion.applicability = Applicability::Unsure);
    }
}

/// The key of a campaign that the one that is meant cannot stand beside.
fn beside_which_none<'a>(object: &Object, node: &'a Node, meant: &str) -> Option<&'a Entry> {
    let is_campaign = object.key("steps").is_some() && object.key("audience").is_some();
    match meant {
        "steps" if is_campaign => node.entry("message"),
        "message" if is_campaign => node.entry("steps"),
        _ => None,
    }
}

/// What stands behind the comma: this key, and those behind it that have no value either and are none of the map.
fn cut_off(node: &Node, entry: &Entry, object: &Object) -> Range<usize> {
    let entries = node.entries().iter();
    let behind = entries.skip_while(|other| other.key.span.start <= entry.key.span.start);
    let is_cut =
        |other: &&Entry| other.key.plain && other.value.is_nothing() && object.key(&other.key.text).is_none();
    let last = behind.take_while(is_cut).last().unwrap_or(entry);
    entry.key.span.start..last.key.span.end
}

/// Whether a key that is one letter off may be put right unseen: its value is of the form of the key that is meant, and
/// the map lacks no other key that it might be.
fn is_sure(object: &'static Object, node: &Node, entry: &Entry, meant: &str) -> bool {
    if same_word(&entry.key.text, meant) {
        return true;
    }
    let takes = |name: &str| {
        object
            .key(name)
            .is_some_and(|key| is_of_form(&key.form, &entry.value))
    };
    let is_needed = object
        .required
        .iter()
        .any(|required| only::all_of(required).any(|name| name == meant));
    let is_there = |name: &'static str| node.entry(name).is_some();
    let mut lacking = object
        .required
        .iter()
        .filter(|required| !only::all_of(required).any(is_there));
    takes(meant) && (is_needed || !lacking.any(|required| only::all_of(required).any(takes)))
}

/// Whether a value has the shape of a form, and a text what it asks for.
fn is_of_form(form: &Form, value: &Node) -> bool {
    match (form, value.text()) {
        (Form::Either(forms), _) => forms.iter().any(|form| is_of_form(form, value)),
        (Form::OneOrList(item), Some(_)) => is_of_form(item, value),
        (form, Some(text)) if form.is_scalar() => {
            words::takes(form, text) || scalars::is_of_spelling(form, text)
        }
        (form, _) => fits(form, value),
    }
}
