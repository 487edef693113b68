//! Another reader of YAML sees in the good files what ours sees: the same keys in the same order, the same texts.

use super::support;

use dsl::tree::{self, Kind, Node};
use serde_yaml::Value;

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

#[test]
fn good_files_are_the_same_to_another_reader() {
    for path in support::files("ok").into_iter().chain(support::files("fixture")) {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let (tree, found) = tree::parse(&text);
        assert!(found.is_empty(), "{found:?}");
        let theirs: Value = serde_yaml::from_str(&text).expect("it is YAML");
        same(&support::name(&path), &tree.root.expect("it has a root"), &theirs);
    }
}
