//! The JSON Schemas of the language (draft-07, which editors know best), made from the tables of keys: what a table says
//! of a key, an editor shows. A schema knows one file and no meaning: what it refuses, the parser refuses too, and what
//! it lets pass may still be wrong. Two sides of that are decided here:
//!
//! Editors read YAML before they ask: `NO`, `0612` or `1.10` may reach the schema as a truth value or a number, where the
//! field asks for a text. Where the parser would take that text, the schema takes all three.
//! `null` and `~` are texts too, but stand for an empty value in every editor, which is an error here: quote them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::written::key::{Form, Key, KeyKind, KindOf, Object, Status};
use crate::written::tables;

mod scalars;
mod values;

/// The schema of a campaign file.
pub fn campaign_schema() -> Value {
    let about = "A campaign of crier: who is texted, what, when, and where replies go.";
    document(&tables::CAMPAIGN, "campaign", "crier campaign", about)
}

/// The schema of crier.yaml.
pub fn project_schema() -> Value {
    let about = "A project of crier: its lists, senders, providers, inboxes and policy.";
    document(&tables::PROJECT, "project", "crier.yaml", about)
}

fn document(root: &'static Object, name: &str, title: &str, about: &str) -> Value {
    let mut made = Definitions::default();
    let mut schema = made.object(root);
    schema.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
    schema.insert("$id".into(), format!("urn:crier:schema:{name}:1").into());
    schema.insert("title".into(), title.into());
    schema.insert("description".into(), about.into());
    schema.insert(
        "definitions".into(),
        Value::Object(made.all.into_iter().collect()),
    );
    sorted(Value::Object(schema))
}

/// The same with the keys of all maps by the alphabet, however serde_json keeps them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let by_name: BTreeMap<String, Value> = map.into_iter().collect();
            let entries = by_name.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(entries.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// What is written once and referred to.
#[derive(Default)]
struct Definitions {
    all: BTreeMap<String, Value>,
    /// The names of the objects that are there, or being made: tables refer to each other in circles.
    named: Vec<(*const Object, String)>,
}

impl Definitions {
    fn object(&mut self, object: &'static Object) -> Map<String, Value> {
        let keys = object.keys.iter();
        let properties: Map<String, Value> = keys.map(|key| (key.name.into(), self.key(key))).collect();
        let mut schema = map(json!({ "type": "object", "additionalProperties": false }));
        let mut patterns = map(json!({ "^x-": true }));
        if let Some(open) = &object.open {
            let value = Value::Object(self.form(open.form));
            match open.key {
                KeyKind::Word => drop(schema.insert("additionalProperties".into(), value)),
                KeyKind::Name => drop(patterns.insert(scalars::OWN_NAME.into(), value)),
                KeyKind::Language => drop(patterns.insert(scalars::LANGUAGE.into(), value)),
            }
        }
        schema.insert("patternProperties".into(), Value::Object(patterns));
        if !properties.is_empty() {
            schema.insert("properties".into(), Value::Object(properties));
        }
        schema.extend(presence(object));
        schema
    }

    fn key(&mut self, key: &'static Key) -> Value {
        let mut schema = self.form(&key.form);
        let later = match key.status {
            Status::Now => "",
            Status::Later => " Not in this version yet.",
        };
        let doc = format!("{}{later}", key.doc);
        schema.insert("description".into(), doc.replace('`', "").into());
        schema.insert("markdownDescription".into(), doc.into());
        let example: Vec<Value> = values::seen(key.example).into_iter().collect();
        schema.insert("examples".into(), example.into());
        if let Some(default) = default(key.doc).and_then(values::seen) {
            schema.insert("default".into(), default);
        }
        Value::Object(schema)
    }

    fn form(&mut self, form: &'static Form) -> Map<String, Value> {
        match form {
            Form::Any => Map::new(),
            Form::Object(object) => self.refer_to(object),
            Form::ByKind(kinds) => self.by_kind(kinds),
            Form::List(item) => self.list(item),
            Form::OneOrList(item) => {
                let (one, list) = (self.form(item), self.list(item));
                map(json!({ "anyOf": [one, list] }))
            }
            Form::Either(forms) => {
                let forms: Vec<_> = forms.iter().map(|form| self.form(form)).collect();
                map(json!({ "anyOf": forms }))
            }
            scalar => self.scalar(scalar),
        }
    }

    fn list(&mut self, item: &'static Form) -> Map<String, Value> {
        map(json!({ "type": "array", "items": self.form(item) }))
    }

    /// One with parameters stands where it is used, any other is defined once.
    fn scalar(&mut self, form: &Form) -> Map<String, Value> {
        let scalar = scalars::scalar(form);
        let Some(name) = scalar.name else {
            return map(scalar.schema);
        };
        if !self.all.contains_key(name) {
            self.all.insert(name.into(), scalar.schema);
        }
        reference(name)
    }

    fn refer_to(&mut self, object: &'static Object) -> Map<String, Value> {
        let here = std::ptr::from_ref(object);
        if let Some((_, name)) = self.named.iter().find(|(other, _)| *other == here) {
            return reference(name);
        }
        let name = self.free_name(object);
        self.named.push((here, name.clone()));
        let schema = self.object(object);
        self.all.insert(name.clone(), Value::Object(schema));
        reference(&name)
    }

    /// `step` of `a step`; `step-2` where another is called so.
    fn free_name(&self, object: &Object) -> String {
        let title = object.title.trim_start_matches("a ").trim_start_matches("an ");
        let name = crate::written::slug(title);
        let taken = |name: &str| self.named.iter().any(|(_, other)| other == name);
        let others = (2..).map(|n| format!("{name}-{n}"));
        let mut names = std::iter::once(name.clone()).chain(others);
        names.find(|name| !taken(name)).unwrap_or(name)
    }

    /// The keys that go with each kind. Of a kind whose keys no version knows yet, all are let pass.
    fn by_kind(&mut self, kinds: &'static [KindOf]) -> Map<String, Value> {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.kind).collect();
        let of_kind = kinds.iter().filter_map(|kind| {
            let keys = self.refer_to(kind.object?);
            let this = json!({ "properties": { "kind": { "const": kind.kind } }, "required": ["kind"] });
            Some(json!({ "if": this, "then": keys }))
        });
        let of_kind: Vec<Value> = of_kind.collect();
        // What each kind says of the key stands with its own keys; an editor asks before one is chosen.
        let kind =
            json!({ "description": "Which provider it is. Its other keys hang on that.", "enum": names });
        map(json!({
            "type": "object",
            "properties": { "kind": kind },
            "required": ["kind"],
            "allOf": of_kind,
        }))
    }
}

/// What must be there, and what excludes each other.
fn presence(object: &Object) -> Map<String, Value> {
    let mut rules = Map::new();
    let has = |key: &&str| json!({ "required": [key] });
    let alone = object.required.iter().filter(|required| required.or.is_empty());
    let alone: Vec<&str> = alone.map(|required| required.key).collect();
    if !alone.is_empty() {
        rules.insert("required".into(), alone.into());
    }
    let any = object.required.iter().filter(|required| !required.or.is_empty());
    let any = any.map(|required| {
        let keys: Vec<Value> = std::iter::once(&required.key)
            .chain(required.or)
            .map(has)
            .collect();
        json!({ "anyOf": keys })
    });
    let any: Vec<Value> = any.collect();
    if !any.is_empty() {
        rules.insert("allOf".into(), any.into());
    }
    if !object.one_of.is_empty() {
        let mut one: Vec<Value> = object.one_of.iter().map(has).collect();
        let none = json!({ "anyOf": one });
        let stand_in = |key: &&str| json!({ "required": [key], "not": none });
        one.extend(object.or.iter().map(stand_in));
        rules.insert("oneOf".into(), one.into());
    }
    if !object.together.is_empty() {
        let each = object.together.iter();
        let any = |of: &[&str]| json!({ "anyOf": of.iter().map(has).collect::<Vec<_>>() });
        let each: Map<String, Value> = each.map(|(key, of)| ((*key).into(), any(of))).collect();
        rules.insert("dependencies".into(), each.into());
    }
    rules
}

/// The default that a doc ends with, where it is a value: of ``Default: `UTC`.`` it is `UTC`.
pub(crate) fn default(doc: &str) -> Option<&str> {
    let (_, value) = doc.rsplit_once("Default: `")?;
    value.strip_suffix("`.").filter(|value| !value.contains('`'))
}

fn reference(name: &str) -> Map<String, Value> {
    map(json!({ "$ref": format!("#/definitions/{name}") }))
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
