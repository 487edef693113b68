//! Keys: those of the tables, and those that the author chooses and that are known.

use super::super::hover::doc;
use super::super::names::{self, NameKind};
use super::super::sketch::{self, Segment};
use super::super::{FileKind, forms};
use super::{Asked, Item, ItemKind};
use crate::values::Language;
use crate::written::key::{Form, Key, KeyKind, Object, Status};

/// Keys of a campaign of which one says all that the others would.
const APART: [(&str, &str); 2] = [("message", "messages"), ("message", "steps")];

/// Keys of a rule that say when it holds: one says it all.
const WHEN_A_RULE_HOLDS: [&str; 3] = ["words", "pattern", "otherwise"];

/// The keys of the map that is being written. `dash`: bytes of `- ` that are put before the key.
pub(super) fn items(asked: &Asked<'_>, dash: usize) -> Vec<Item> {
    of(asked, &asked.forms, dash)
}

/// A value begins on a line of its own: the keys of a map, or of a map that is an item.
pub(super) fn at_start(asked: &Asked<'_>) -> Vec<Item> {
    let maps = of(asked, &asked.forms, 0);
    if !maps.is_empty() {
        return maps;
    }
    let items = asked.forms.iter().filter_map(|form| match form {
        Form::List(item) | Form::OneOrList(item) => Some(item),
        _ => None,
    });
    let items: Vec<&'static Form> = items.flat_map(|item| forms::single(item)).collect();
    of(asked, &items, 2)
}

fn of(asked: &Asked<'_>, forms: &[&'static Form], dash: usize) -> Vec<Item> {
    let mut found: Vec<Item> = vec![];
    for object in forms::objects(forms) {
        let verb = taken(asked, object);
        let fits = |key: &Key| verb.is_none_or(|verb| key.beside.is_empty() || key.beside.contains(&verb));
        let free = |key: &&Key| !is_written(asked, key.name) && fits(key) && !is_apart(asked, key.name);
        for key in object.keys.iter().filter(free) {
            let is_verb = object.one_of.contains(&key.name);
            let is_there = found.iter().any(|item| item.label == key.name);
            if !(is_there || is_verb && verb.is_some()) {
                found.push(known(asked, key, is_verb, dash));
            }
        }
        if let Some(open) = &object.open {
            let chosen = chosen(asked, open.key)
                .into_iter()
                .filter(|name| !is_written(asked, name));
            found.extend(chosen.map(|name| own(asked, name, dash)));
        }
    }
    found
}

fn is_written(asked: &Asked<'_>, name: &str) -> bool {
    asked.spot.siblings.iter().any(|(written, _)| written == name)
}

/// Whether a key of the file says already what this one would, or it says nothing there.
fn is_apart(asked: &Asked<'_>, name: &str) -> bool {
    let excludes = |(one, other): &(&str, &str)| {
        (*one == name && is_written(asked, other)) || (*other == name && is_written(asked, one))
    };
    let holds = |name: &str| WHEN_A_RULE_HOLDS.contains(&name);
    let is_second = holds(name) && WHEN_A_RULE_HOLDS.iter().any(|other| is_written(asked, other));
    // Where no question is open there is no value to keep.
    let is_of_question = name == "value" && asked.key() == "replies";
    is_second || is_of_question || asked.spot.path.is_empty() && APART.iter().any(excludes)
}

/// What the map has of those that it has only one of.
fn taken<'a>(asked: &'a Asked<'_>, object: &Object) -> Option<&'a str> {
    let mut written = asked.spot.siblings.iter().map(|(name, _)| name.as_str());
    written.find(|name| object.one_of.contains(name))
}

fn known(asked: &Asked<'_>, key: &'static Key, is_verb: bool, dash: usize) -> Item {
    let mut item = own(asked, key.name.to_owned(), dash);
    item.detail = match key.status {
        Status::Now => String::new(),
        Status::Later => "not in this version".to_owned(),
    };
    item.doc = doc(key);
    item.rank = u8::from(!is_verb) + 2 * u8::from(key.status == Status::Later);
    if asked.spot.has_colon {
        return item;
    }
    let further = "\n".to_owned() + &" ".repeat(indentation(asked, dash) + 2);
    match (asked.spot.flow, shape(&key.form)) {
        (false, Shape::Map) => {
            item.before = format!("{}:{further}", item.before.trim_end_matches(": "));
            item.placeholder = Some(String::new());
        }
        (false, Shape::List) => {
            item.before = format!("{}:{further}- ", item.before.trim_end_matches(": "));
            item.placeholder = Some(String::new());
        }
        (true, Shape::Map | Shape::List) | (_, Shape::Scalar) => {
            item.placeholder = Some(key.example.to_owned());
        }
    }
    item
}

/// How far the key stands in from where its line begins.
fn indentation(asked: &Asked<'_>, dash: usize) -> usize {
    let text = asked.document.text;
    let column = sketch::column(text, asked.spot.word.start);
    let line = &text[asked.spot.word.start - column..asked.spot.word.start];
    column - (line.len() - line.trim_start_matches(' ').len()) + dash
}

fn own(asked: &Asked<'_>, name: String, dash: usize) -> Item {
    let mut item = asked.item(name, ItemKind::Key);
    let marker = if dash > 0 { "- " } else { "" };
    item.before = format!("{marker}{}", item.label);
    if !asked.spot.has_colon {
        item.before += ": ";
        item.placeholder = Some(String::new());
    }
    item
}

/// What a value looks like.
#[derive(PartialEq, Eq)]
enum Shape {
    Scalar,
    List,
    Map,
}

fn shape(form: &'static Form) -> Shape {
    let all = forms::single(form);
    let is_map = |form: &&Form| matches!(form, Form::Object(_) | Form::ByKind(_));
    let is_list = |form: &&Form| matches!(form, Form::List(_));
    match (all.iter().all(is_map), all.iter().all(is_list)) {
        // Items of one word are written in brackets.
        (_, true) => match all.first() {
            Some(Form::List(item)) if forms::objects(&forms::single(item)).is_empty() => Shape::Scalar,
            _ => Shape::List,
        },
        (true, _) => Shape::Map,
        (false, false) => Shape::Scalar,
    }
}

/// Keys that the author chooses, as far as they are known.
fn chosen(asked: &Asked<'_>, kind: KeyKind) -> Vec<String> {
    match kind {
        KeyKind::Language => languages(asked),
        KeyKind::Name | KeyKind::Word => {
            let Some(Segment::Key(parent)) = asked.spot.path.last() else {
                return vec![];
            };
            if parent == "variants" {
                return variants(asked);
            }
            match names::kind_below(parent) {
                Some(NameKind::Message) if asked.document.kind() == FileKind::Campaign => {
                    missing_messages(asked)
                }
                Some(NameKind::Field) => asked
                    .names(NameKind::Field)
                    .into_iter()
                    .map(|(name, _)| name)
                    .collect(),
                Some(_) | None => vec![],
            }
        }
    }
}

/// Those of other messages, and the next letter: variants are often called so.
fn variants(asked: &Asked<'_>) -> Vec<String> {
    let mut names = asked.sketch.keys_of("variants");
    let letter = ('a'..='z')
        .map(String::from)
        .find(|letter| !is_written(asked, letter));
    names.extend(letter.filter(|letter| !names.contains(letter)));
    names
}

/// Messages that are sent and not written yet.
fn missing_messages(asked: &Asked<'_>) -> Vec<String> {
    let all = names::all(asked.document);
    let given = |name: &str| asked.sketch.below("messages").any(|entry| entry.name == name);
    let mut missing: Vec<String> = vec![];
    for named in all
        .iter()
        .filter(|named| named.kind == NameKind::Message && !named.defines)
    {
        if !given(&named.name) && !missing.contains(&named.name) {
            missing.push(named.name.clone());
        }
    }
    missing
}

/// The languages of the campaign, else the project's.
pub(super) fn languages(asked: &Asked<'_>) -> Vec<String> {
    let read = asked
        .document
        .campaign()
        .map(|campaign| campaign.languages.as_slice());
    let read: Vec<String> = read
        .unwrap_or_default()
        .iter()
        .map(|language| language.value.to_string())
        .collect();
    if !read.is_empty() {
        return read;
    }
    // Where the file cannot be read so far.
    let written = asked
        .sketch
        .root("languages")
        .and_then(|entry| asked.document.text.get(entry.value.clone()));
    let words = written.unwrap_or_default().split(['[', ']', ',', ' ']);
    let words: Vec<String> = words
        .filter_map(Language::new)
        .map(|language| language.to_string())
        .collect();
    match (
        words.is_empty(),
        asked.document.around.project.languages.as_slice(),
    ) {
        (false, _) => words,
        (true, []) => vec!["en".to_owned()],
        (true, languages) => languages.iter().map(ToString::to_string).collect(),
    }
}
