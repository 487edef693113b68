//! Files as editors see them before they ask a schema: as YAML 1.2, by another reader than ours; and as YAML 1.1, of
//! which the readings that differ are made here.

use dsl::tree::{self, Kind, Node, Style};
use serde_json::{Map, Value};

/// As YAML 1.2; none where it cannot be read.
pub fn seen_now(text: &str) -> Option<Value> {
    serde_yaml::from_str(text).ok().map(json)
}

fn json(value: serde_yaml::Value) -> Value {
    use serde_yaml::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::Number(number) => serde_json::to_value(number).unwrap_or_else(|_| f64::MAX.into()),
        Yaml::String(text) => text.into(),
        Yaml::Sequence(items) => items.into_iter().map(json).collect(),
        Yaml::Mapping(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (as_key(key), json(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Yaml::Tagged(tagged) => json(tagged.value),
    }
}

/// In JSON every key is a text.
fn as_key(key: serde_yaml::Value) -> String {
    match json(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// As YAML 1.1: `no` is false, 18:00 a number in base 60, 0612 an octal one.
pub fn seen_of_old(text: &str) -> Value {
    let (tree, _) = tree::parse(text);
    tree.root.as_ref().map_or(Value::Null, old)
}

fn old(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar(scalar) if scalar.style == Style::Plain => old_plain(&scalar.text),
        Kind::Scalar(scalar) => scalar.text.clone().into(),
        Kind::List(items) => items.iter().map(old).collect(),
        Kind::Map(entries) => {
            let entries = entries
                .iter()
                .map(|entry| (entry.key.text.clone(), old(&entry.value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Kind::Bad => Value::Null,
    }
}

fn old_plain(text: &str) -> Value {
    let number = |text: &str| {
        text.trim_start_matches(['+', '-'])
            .replace('_', "")
            .parse::<f64>()
            .ok()
    };
    let digits = text.contains(|c: char| c.is_ascii_digit());
    match text.to_lowercase().as_str() {
        "" | "~" | "null" => return Value::Null,
        "y" | "yes" | "on" | "true" => return true.into(),
        "n" | "no" | "off" | "false" => return false.into(),
        _ => {}
    }
    let base_60 = text
        .split_once(':')
        .is_some_and(|(a, b)| number(a).is_some() && number(b).is_some());
    match number(text).filter(|_| digits) {
        Some(whole) if whole.fract() == 0.0 && whole < 1e15 => {
            Value::from(format!("{whole}").parse::<u64>().unwrap_or(0))
        }
        Some(broken) => broken.into(),
        None if base_60 => 1_080.into(),
        None => text.into(),
    }
}
