//! What another reader of YAML sees in a file: the same keys in the same order as ours, the same texts. The tests of other
//! crates use it for files of their own.

use dsl::tree::{self, Kind, Node};
use serde_yaml::Value;

/// Both read this file, and see the same.
pub fn sees_the_same(name: &str, text: &str) {
    let (tree, found) = tree::parse(text);
    assert!(found.is_empty(), "{name}: {found:?}");
    let theirs: Value = serde_yaml::from_str(text).expect("it is YAML");
    same(name, &tree.root.expect("it has a root"), &theirs);
}

fn same(path: &str, ours: &Node, theirs: &Value) {
    match (&ours.kind, theirs) {
        (Kind::List(items), Value::Sequence(values)) => {
            assert_eq!(items.len(), values.len(), "{path}");
            for (i, (item, value)) in items.iter().zip(values).enumerate() {
                same(&format!("{path}[{i}]"), item, value);
            }
        }
        (Kind::Map(entries), Value::Mapping(values)) => {
            assert_eq!(entries.len(), values.len(), "{path}");
            for (entry, (key, value)) in entries.iter().zip(values) {
                let below = format!("{path}.{}", entry.key.text);
                assert_eq!(Some(entry.key.text.as_str()), key.as_str(), "{below}");
                same(&below, &entry.value, value);
            }
        }
        (Kind::Scalar(scalar), Value::String(text)) => assert_eq!(scalar.text, *text, "{path}"),
        // Where the other reader sees a number or a truth value, the text decides, not the look.
        (Kind::Scalar(_), Value::Number(_) | Value::Bool(_)) => {}
        (Kind::Scalar(_), Value::Null) => assert!(ours.is_nothing(), "{path}"),
        (kind, value) => panic!("{path}: {kind:?} here, {value:?} there"),
    }
}
