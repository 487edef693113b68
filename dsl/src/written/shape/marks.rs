//! Items behind marks that YAML does not know, where a list is due: YAML reads a map or a text.

use super::super::key::{Form, Object};
use super::super::traps::takes_text;
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Kind, Node, Style, is_mark_of_items, marked_item};

/// The items of a list as a map whose keys have such a mark before them, `– send: invite`, or as one text.
pub(super) fn of_items(form: &Form, node: &Node, text: &str) -> Option<Diagnostic> {
    let first = text[node.span.start..].split_once(' ')?.0;
    let is_sure = is_mark_of_items(first) && !first.is_ascii();
    let is_meant = match &node.kind {
        Kind::Map(entries) if is_sure => is_list(form) && !entries.is_empty(),
        Kind::Map(_) => items_of(form).is_some_and(|item| are_items(node, item)),
        Kind::Scalar(scalar) => is_sure && scalar.style == Style::Plain && is_list(form) && !takes_text(form),
        Kind::List(_) | Kind::Bad => false,
    };
    let found = marked_item(text, node.span.start).filter(|_| is_meant)?;
    Some(Diagnostic {
        code: "wrong-type",
        ..found
    })
}

fn is_list(form: &Form) -> bool {
    match form {
        Form::List(_) | Form::OneOrList(_) => true,
        Form::Either(forms) => forms.iter().any(is_list),
        _ => false,
    }
}

/// The maps that are the items of a list.
fn items_of(form: &Form) -> Option<&'static Object> {
    match form {
        Form::List(Form::Object(item)) | Form::OneOrList(Form::Object(item)) => Some(item),
        Form::Either(forms) => forms.iter().find_map(items_of),
        _ => None,
    }
}

/// Whether each key has a number before it and is one of an item.
fn are_items(node: &Node, item: &Object) -> bool {
    let is_item = |entry: &Entry| {
        let behind = entry.key.text.split_once(' ');
        behind.is_some_and(|(mark, key)| is_mark_of_items(mark) && item.key(key).is_some())
    };
    node.entries().iter().all(is_item)
}
