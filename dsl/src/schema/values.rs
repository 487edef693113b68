//! Values of the tables as an editor sees them: YAML 1.2, core schema.

use serde_json::{Map, Number, Value};

use crate::tree::{self, Kind, Node, Style};

/// The value of a piece of YAML; none where it is none.
pub(super) fn seen(yaml: &str) -> Option<Value> {
    let (tree, found) = tree::parse(yaml);
    tree.root.filter(|_| found.is_empty()).map(|root| value(&root))
}

fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar(scalar) if scalar.style == Style::Plain => plain(&scalar.text),
        Kind::Scalar(scalar) => scalar.text.clone().into(),
        Kind::List(items) => items.iter().map(value).collect(),
        Kind::Map(entries) => {
            let entries = entries
                .iter()
                .map(|entry| (entry.key.text.clone(), value(&entry.value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Kind::Bad => Value::Null,
    }
}

fn plain(text: &str) -> Value {
    let whole = || text.parse::<i64>().ok().map(Number::from);
    let broken = || {
        let digits = text.contains(|c: char| c.is_ascii_digit());
        let marks = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
        let number = text.parse::<f64>().ok().filter(|_| digits && marks);
        number.and_then(Number::from_f64)
    };
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => whole().or_else(broken).map_or_else(|| text.into(), Value::Number),
    }
}
