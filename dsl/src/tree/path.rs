//! The keys that lead to a place: what names it when the lines around it move.

use super::{Kind, Node, Tree};

/// The keys down to the value or the key at a byte, such as `steps[].send`; empty where there are none. Items of a list are
/// not numbered, so that an item more above changes nothing.
pub(crate) fn keys_to(tree: &Tree, byte: usize) -> String {
    let mut path = String::new();
    let mut next = tree.root.as_ref();
    while let Some(node) = next {
        next = match &node.kind {
            Kind::Map(entries) => {
                let here = entries
                    .iter()
                    .find(|entry| entry.key.span.contains(&byte) || holds(&entry.value, byte));
                here.and_then(|entry| {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&entry.key.text);
                    Some(&entry.value).filter(|value| holds(value, byte))
                })
            }
            Kind::List(items) => {
                let here = items.iter().find(|item| holds(item, byte));
                if here.is_some() {
                    path.push_str("[]");
                }
                here
            }
            Kind::Scalar(_) | Kind::Bad => None,
        };
    }
    path
}

/// A place right behind a value counts as in it: that is where something missing is pointed at.
fn holds(node: &Node, byte: usize) -> bool {
    node.span.start <= byte && byte <= node.span.end && !node.span.is_empty()
}
