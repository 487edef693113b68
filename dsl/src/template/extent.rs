//! How short and how long a text can be, whoever it is for: from the template and how long its values are at most.

use super::Template;
use super::helpers::Change;
use super::render::{Node, Value};

/// Characters of a short link: scheme, domain and code.
const LINK: usize = 25;
/// Characters that a helper of a later version may give.
const WRITTEN_OUT: usize = 20;

/// The shortest and the longest text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// With one letter for each value.
    pub shortest: String,
    /// With values of full length; none where nobody knows how long one of them is.
    pub longest: Option<String>,
}

impl Template {
    /// How short and how long it can be; `longest` says of a name how many characters its values have at most.
    pub fn extent(&self, longest: &dyn Fn(&str) -> Option<usize>) -> Extent {
        let mut short = String::new();
        shortest(&self.0.nodes, &mut short);
        let mut long = String::new();
        let known = at_most(&self.0.nodes, longest, &mut long);
        Extent {
            shortest: short.trim_end().to_owned(),
            longest: known.then(|| long.trim_end().to_owned()),
        }
    }
}

fn shortest(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Put(Value::Literal { text, .. }) => out.push_str(text),
            Node::Put(Value::Variable(_) | Value::Changed(..) | Value::Written(..)) => out.push('x'),
            Node::Put(Value::Plural { words, .. }) => out.push_str(shortest_word(words)),
            Node::Put(Value::Link(_)) => out.push_str(&letters(LINK)),
            Node::Put(Value::Missing(_)) => out.push_str(&letters(WRITTEN_OUT)),
            Node::If { then, otherwise, .. } => {
                let [mut one, mut other] = [String::new(), String::new()];
                shortest(then, &mut one);
                shortest(otherwise, &mut other);
                out.push_str(if one.len() <= other.len() { &one } else { &other });
            }
        }
    }
}

/// False where a length is not known.
fn at_most(nodes: &[Node], longest: &dyn Fn(&str) -> Option<usize>, out: &mut String) -> bool {
    let mut known = true;
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Put(value) => match longest_of(value, longest) {
                Some(text) => out.push_str(&text),
                None => known = false,
            },
            Node::If { then, otherwise, .. } => {
                let [mut one, mut other] = [String::new(), String::new()];
                known &= at_most(then, longest, &mut one);
                known &= at_most(otherwise, longest, &mut other);
                out.push_str(if one.len() >= other.len() { &one } else { &other });
            }
        }
    }
    known
}

/// A value at its longest; none where nobody knows how long it is.
fn longest_of(value: &Value, longest: &dyn Fn(&str) -> Option<usize>) -> Option<String> {
    match value {
        Value::Variable(name) => longest(name).map(letters),
        Value::Literal { text, .. } => Some(text.to_string()),
        Value::Changed(Change::Truncate(most), of) => Some(match longest_of(of, longest) {
            Some(text) => text.chars().take(*most).collect(),
            None => letters(*most),
        }),
        Value::Changed(Change::Upper | Change::Lower | Change::Title, of) => longest_of(of, longest),
        Value::Written(written, of) => {
            written.longest(longest_of(of, longest).map(|text| text.chars().count()))
        }
        Value::Plural { words, .. } => {
            let words = words.iter().map(|word| longest_of(word, longest));
            let words: Option<Vec<String>> = words.collect();
            words?.into_iter().max_by_key(|word| word.chars().count())
        }
        Value::Link(_) => Some(letters(LINK)),
        Value::Missing(_) => Some(letters(WRITTEN_OUT)),
    }
}

/// One letter, where a word is a value.
fn shortest_word(words: &[Value]) -> &str {
    let shown = words.iter().map(|word| match word {
        Value::Literal { text, .. } => text,
        Value::Variable(_)
        | Value::Changed(..)
        | Value::Written(..)
        | Value::Plural { .. }
        | Value::Link(_)
        | Value::Missing(_) => "x",
    });
    shown.min_by_key(|word| word.chars().count()).unwrap_or("x")
}

/// Letters that cost one septet each.
fn letters(length: usize) -> String {
    "x".repeat(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_as_its_values_can_be() {
        let table = [
            ("Hi {{name}}!", "Hi x!", Some("Hi xxxxx!")),
            ("{{upper name}}, {{truncate city 2}}", "x, x", Some("xxxxx, xx")),
            ("{{city}}", "x", None),
            (
                "{{#if name}}Dear {{name}}{{else}}Hello{{/if}}",
                "Hello",
                Some("Dear xxxxx"),
            ),
            (
                "{{link shop}} now",
                "xxxxxxxxxxxxxxxxxxxxxxxxx now",
                Some("xxxxxxxxxxxxxxxxxxxxxxxxx now"),
            ),
            ("{{date city}}", "x", Some("September 27, 2028, 10:58 PM")),
            ("{{money name}}", "x", Some("€0000000,")),
            ("{{plural name \"seat\" \"seats\"}}", "seat", Some("seats")),
        ];
        for (template, shortest, longest) in table {
            let template = Template::compile(template).expect("a template");
            let extent = template.extent(&|name| (name == "name").then_some(5));
            assert_eq!(
                (extent.shortest.as_str(), extent.longest.as_deref()),
                (shortest, longest)
            );
        }
    }
}
