//! Where a key belongs that stands in the wrong map: by the tables of keys, not by a list of what is mistaken for what.

use std::ptr;

use super::super::key::{Form, Key, Object};
use super::super::tables;
use super::words;
use crate::tree::{Entry, Node};

/// Places that are named, at most: a key that stands in more of them says nothing of where this one was meant to be.
const MOST: usize = 3;

/// A key of the language in a map that has it.
struct Home {
    object: &'static Object,
    key: &'static Key,
}

/// Where a key of the language belongs that the map it stands in has not.
pub(super) struct Homes {
    all: Vec<Home>,
    root: &'static Object,
    /// The other kind of file has them.
    elsewhere: bool,
}

impl Homes {
    /// In the file of that table; else in the other.
    pub(super) fn of(root: &'static Object, entry: &Entry) -> Homes {
        let own = homes(root, entry);
        let elsewhere = own.is_empty();
        let (all, root) = match elsewhere {
            false => (own, root),
            true => {
                let other = other_than(root);
                (homes(other, entry), other)
            }
        };
        // Where no key takes the value, the word is another one that is spelt alike.
        let taking = |home: &Home| takes(&home.key.form, &entry.value);
        let mut all: Vec<Home> = all.into_iter().filter(taking).collect();
        if all.len() > MOST {
            all.clear();
        }
        Homes { all, root, elsewhere }
    }

    /// Of a word that is a key of no map.
    pub(super) fn none(root: &'static Object) -> Homes {
        Homes {
            all: vec![],
            root,
            elsewhere: false,
        }
    }

    /// Whether there is one.
    pub(super) fn are_any(&self) -> bool {
        !self.all.is_empty()
    }

    /// Whether the value is of one of them, and not of the key that the word is near to.
    pub(super) fn are_nearer(&self, near: &Key, value: &Node) -> bool {
        let own = self.all.iter().any(|home| is_meant_for(&home.key.form, value));
        own && !is_meant_for(&near.form, value)
    }

    /// Where they are, in words.
    pub(super) fn told(&self, entry: &Entry) -> Option<String> {
        let file = match self.root.title {
            _ if !self.elsewhere => "",
            "crier.yaml" => "in crier.yaml, ",
            _ => "in a campaign, ",
        };
        let place = |home: &Home| match home.object.title {
            _ if ptr::eq(home.object, self.root) => "at the left edge of the file".to_owned(),
            title if title.starts_with('`') => format!("under {title}"),
            title => format!("in {title}"),
        };
        let places: Vec<String> = self.all.iter().map(place).collect();
        let (last, before) = places.split_last()?;
        let places = match before {
            [] => last.clone(),
            before => format!("{} or {last}", before.join(", ")),
        };
        Some(format!("`{}` belongs {file}{places}", entry.key.text))
    }
}

/// Whether a word is a key of the language in any of its maps.
pub(crate) fn is_key(word: &str) -> bool {
    [&tables::CAMPAIGN, &tables::PROJECT].into_iter().any(|root| {
        let (mut all, mut seen) = (vec![], vec![]);
        collect(root, word, &mut all, &mut seen);
        !all.is_empty()
    })
}

fn other_than(root: &'static Object) -> &'static Object {
    match root.title {
        title if title == tables::CAMPAIGN.title => &tables::PROJECT,
        title if title == tables::PROJECT.title => &tables::CAMPAIGN,
        _ => root,
    }
}

/// The maps of a file that have such a key, by title.
fn homes(root: &'static Object, entry: &Entry) -> Vec<Home> {
    let (mut all, mut seen) = (vec![], vec![]);
    collect(root, &entry.key.text, &mut all, &mut seen);
    let mut titles = vec![];
    all.retain(|home| {
        let title = home.object.title;
        // A rule is a step with an answer before it.
        let is_rule = home.object.key("send").is_some() && title != "a step";
        let is_new = !is_rule && !titles.contains(&title);
        titles.push(title);
        is_new
    });
    all
}

fn collect(object: &'static Object, name: &str, all: &mut Vec<Home>, seen: &mut Vec<*const Object>) {
    if seen.contains(&ptr::from_ref(object)) {
        return;
    }
    seen.push(object);
    all.extend(object.key(name).map(|key| Home { object, key }));
    // What a story says has keys of other maps, for what happens; what rules do are steps.
    let keys = object.keys.iter();
    for key in keys.filter(|key| !matches!(key.name, "tests" | "replies")) {
        within(&key.form, name, all, seen);
    }
    if let Some(open) = &object.open {
        within(open.form, name, all, seen);
    }
}

fn within(form: &'static Form, name: &str, all: &mut Vec<Home>, seen: &mut Vec<*const Object>) {
    match form {
        Form::Either(forms) => forms.iter().for_each(|form| within(form, name, all, seen)),
        Form::List(form) | Form::OneOrList(form) => within(form, name, all, seen),
        Form::Object(object) => collect(object, name, all, seen),
        Form::ByKind(kinds) => {
            let objects = kinds.iter().filter_map(|kind| kind.object);
            objects.for_each(|object| collect(object, name, all, seen));
        }
        _ => {}
    }
}

/// Whether a value may stand under a form.
fn takes(form: &Form, value: &Node) -> bool {
    match form {
        Form::Any => true,
        Form::Either(forms) => forms.iter().any(|form| takes(form, value)),
        Form::List(item) => !value.items().is_empty() && value.items().iter().all(|one| takes(item, one)),
        Form::OneOrList(item) if !value.items().is_empty() => {
            value.items().iter().all(|one| takes(item, one))
        }
        Form::OneOrList(item) => takes(item, value),
        Form::Object(object) => {
            let known = |entry: &Entry| object.open.is_some() || object.key(&entry.key.text).is_some();
            !value.entries().is_empty() && value.entries().iter().all(known)
        }
        Form::ByKind(_) => !value.entries().is_empty(),
        scalar => value.text().is_some_and(|text| words::takes(scalar, text)),
    }
}

/// Whether a value is of a form that takes not just any.
fn is_meant_for(form: &Form, value: &Node) -> bool {
    match form {
        Form::Any | Form::Text | Form::Message | Form::Word | Form::Condition => false,
        Form::Either(forms) => forms.iter().any(|form| is_meant_for(form, value)),
        Form::OneOrList(item) if value.items().is_empty() => is_meant_for(item, value),
        form => takes(form, value),
    }
}
