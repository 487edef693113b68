//! The names of one campaign, for its conditions and its texts. Columns are those of the lists whose headers are known. Where none is, a name must stand in
//! `columns` or `fields`, if the file has any: an event's values too. A list that cannot be read has been spoken of, and
//! one of a later version is not read, so that any name may be its column.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Context, Header, audience};
use crate::condition::{Columns, DateFormat, Declared, Scope};
use crate::tree::{Kind, Node};
use crate::values::FieldType;

pub(in crate::check) fn of(context: &Context<'_>, root: &Node) -> Scope {
    let (lists, open) = columns(context, root);
    Scope {
        fields: fields(context, root),
        lists,
        open,
        messages: messages(context, root),
        links: keys(root, "links"),
        draws: context.written.draws(),
        languages: languages(context),
        any_campaign: context.of_project,
    }
}

/// The columns of the lists that are known, and whether any other name may be one.
pub(in crate::check) fn columns(context: &Context<'_>, root: &Node) -> (Vec<Columns>, bool) {
    let lists: Vec<Columns> = context.from.iter().filter_map(columns_of).collect();
    let declared: BTreeSet<String> = declared(context).collect();
    // Whom a trigger enters by itself has no columns.
    let alone = context.written.trigger.is_some() && context.written.audience.from.is_empty();
    let says_nothing = context.written.fields.is_empty() && declared.is_empty();
    match lists.is_empty() {
        false => (lists, false),
        true if has_other_lists(context, root) || (says_nothing && !alone) => (vec![], true),
        // What `columns` names is all that is known of the columns.
        true if declared.is_empty() => (vec![], false),
        true => (vec![named(declared)], false),
    }
}

/// What the rules of a project are read by: they may ask for what some campaigns have and others do not.
pub(in crate::check) fn of_any_campaign() -> Scope {
    Scope {
        fields: BTreeMap::new(),
        lists: vec![],
        open: true,
        messages: BTreeSet::new(),
        links: BTreeSet::new(),
        draws: vec![],
        languages: vec![],
        any_campaign: true,
    }
}

fn fields(context: &Context<'_>, root: &Node) -> BTreeMap<String, Declared> {
    let format = |name: &str| DateFormat::parse(root.get("fields")?.get(name)?.get("format")?.text()?);
    let one = |field: &crate::written::campaign::Field| {
        let name = field.name.value.clone();
        let format = match field.kind {
            FieldType::Date | FieldType::Time => format(&name),
            FieldType::Text | FieldType::Int | FieldType::Number | FieldType::Bool => None,
        };
        let kind = field.kind;
        (name, Declared { kind, format })
    };
    // What the lists say of their columns, unless the campaign says another.
    let columns = context.from.iter().filter_map(|list| list.file.query.as_ref());
    let typed = columns.flat_map(|columns| columns.keys()).filter_map(|name| {
        let kind = audience::type_of(context, name).filter(|kind| *kind != FieldType::Text)?;
        Some((name.clone(), Declared { kind, format: None }))
    });
    typed.chain(context.written.fields.iter().map(one)).collect()
}

fn columns_of(list: &super::super::List<'_>) -> Option<Columns> {
    let names = audience::names(list)?;
    Some(Columns {
        list: list.file.called().to_owned(),
        names: names.into_iter().map(str::to_owned).collect(),
    })
}

fn named(names: BTreeSet<String>) -> Columns {
    let list = String::new();
    Columns { list, names }
}

/// Our names of columns, of the campaign and of its lists.
fn declared(context: &Context<'_>) -> impl Iterator<Item = String> {
    let lists = context
        .from
        .iter()
        .flat_map(|list| list.file.columns.keys().cloned());
    let own = context.written.audience.columns.iter();
    lists.chain(own.map(|(name, _)| name.value.clone()))
}

/// Whether people come from somewhere of which nothing can be known here.
fn has_other_lists(context: &Context<'_>, root: &Node) -> bool {
    let from = root.get("audience").and_then(|audience| audience.get("from"));
    let stated = from.map_or(0, |from| match &from.kind {
        Kind::List(items) => items.len(),
        Kind::Map(_) | Kind::Bad | Kind::Scalar(_) => 1,
    });
    let later = stated > context.written.audience.from.len();
    let unreadable = context.from.iter().any(|list| match list.header {
        Some(Header::Absent | Header::Unreadable(_)) => true,
        Some(Header::Columns(_)) => audience::names(list).is_none(),
        None => false,
    });
    later || unreadable || context.from.len() != context.written.audience.from.len()
}

/// The messages that can be delivered: those with a name, and texts of steps that have an `id`.
fn messages(context: &Context<'_>, root: &Node) -> BTreeSet<String> {
    let all = context.written.message.iter().chain(&context.written.messages);
    let mut names: BTreeSet<String> = all.map(|message| message.name.value.clone()).collect();
    if let Some(steps) = root.get("steps") {
        texts_with_ids(steps, &mut names);
    }
    names
}

fn texts_with_ids(node: &Node, names: &mut BTreeSet<String>) {
    let sent = ["send", "ask"].iter().find_map(|verb| node.get(verb));
    let is_text = sent.is_some_and(|sent| !sent.entries().is_empty());
    if let Some(id) = node.get("id").and_then(Node::text).filter(|_| is_text) {
        names.insert(id.to_owned());
    }
    node.items().iter().for_each(|item| texts_with_ids(item, names));
    for entry in node.entries() {
        texts_with_ids(&entry.value, names);
    }
}

/// The languages that people of the campaign can have; of crier.yaml it is not known whose.
fn languages(context: &Context<'_>) -> Vec<String> {
    let all = context.languages.iter().filter(|_| !context.of_project);
    all.map(|language| language.as_str().to_owned()).collect()
}

fn keys(root: &Node, key: &str) -> BTreeSet<String> {
    let entries = root.get(key).map(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| entry.key.text.clone()).collect()
}
