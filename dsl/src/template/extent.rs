//! How short and how long a text can be, whoever it is for: from the template and how long its values are at most.

use super::Template;
use super::helpers::Change;
use super::render::{Node, Value};

/// Characters of a short link: scheme, domain and code.
const LINK: usize = 25;
/// Characters of a date or a number, written out.
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
            Node::Put(Value::Variable(_) | Value::Changed(..)) => out.push('x'),
            Node::Put(Value::Missing(helper)) => fill(helper_length(helper), out),
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
            Node::Put(value) => match length(value, longest) {
                Some(length) => fill(length, out),
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

fn length(value: &Value, longest: &dyn Fn(&str) -> Option<usize>) -> Option<usize> {
    match value {
        Value::Variable(name) => longest(name),
        Value::Literal { text, .. } => Some(text.chars().count()),
        Value::Changed(Change::Truncate(most), of) => {
            Some(length(of, longest).map_or(*most, |n| n.min(*most)))
        }
        Value::Changed(Change::Upper | Change::Lower | Change::Title, of) => length(of, longest),
        Value::Missing(helper) => Some(helper_length(helper)),
    }
}

fn helper_length(helper: &str) -> usize {
    if helper == "link" { LINK } else { WRITTEN_OUT }
}

/// Letters that cost one septet each.
fn fill(length: usize, out: &mut String) {
    out.extend(std::iter::repeat_n('x', length));
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
