//! Goes through a file by the tables of keys, to every value that holds no other form.

use super::key::{Form, Object};
use super::{fits, own_entries};
use crate::tree::{Entry, Node};

/// Who is shown what stands in a file.
pub(crate) trait Visitor {
    /// An entry that is no note, before what stands in it; `top` where it is one of the file itself.
    fn entry(&mut self, entry: &Entry, top: bool);

    /// A value of a form that holds no other, or that the tables do not look into, and the key it stands under.
    fn value(&mut self, node: &Node, form: &'static Form, key: &str);
}

/// Shows everything in a file, in its order. What does not have the shape of its form is passed over.
pub(crate) fn walk(root: &Node, object: &'static Object, visitor: &mut impl Visitor) {
    entries(root, object, true, visitor);
}

fn entries(node: &Node, object: &'static Object, top: bool, visitor: &mut impl Visitor) {
    for entry in own_entries(node) {
        visitor.entry(entry, top);
        let name = entry.key.text.as_str();
        let form = object.key(name).map(|key| &key.form);
        if let Some(form) = form.or_else(|| object.open.as_ref().map(|open| open.form)) {
            value(&entry.value, form, name, visitor);
        }
    }
}

fn value(node: &Node, form: &'static Form, key: &str, visitor: &mut impl Visitor) {
    match form {
        Form::Either(forms) => {
            if let Some(form) = forms.iter().find(|form| fits(form, node)) {
                value(node, form, key, visitor);
            }
        }
        Form::List(item) => items(node, item, key, visitor),
        Form::OneOrList(item) if !node.items().is_empty() => items(node, item, key, visitor),
        Form::OneOrList(form) => value(node, form, key, visitor),
        Form::Object(object) => entries(node, object, false, visitor),
        Form::ByKind(kinds) => {
            let kind = node.get("kind").and_then(Node::text);
            let known = kinds.iter().find(|known| Some(known.kind) == kind);
            if let Some(object) = known.and_then(|known| known.object) {
                entries(node, object, false, visitor);
            }
        }
        leaf => visitor.value(node, leaf, key),
    }
}

fn items(node: &Node, item: &'static Form, key: &str, visitor: &mut impl Visitor) {
    node.items()
        .iter()
        .for_each(|node| value(node, item, key, visitor));
}
