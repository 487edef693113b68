//! What everybody gets of a text, whatever their values are.

use super::Template;
use super::render::{Node, Value};

impl Template {
    /// Whether a text says something to everybody: `says` is asked of what stands outside of all blocks, and of both halves
    /// of each. Comments are no part of what is sent.
    pub(crate) fn always(&self, says: &dyn Fn(&str) -> bool) -> bool {
        always(&self.0.nodes, says)
    }
}

fn always(nodes: &[Node], says: &dyn Fn(&str) -> bool) -> bool {
    let mut outside = String::new();
    let in_both_halves = nodes.iter().any(|node| match node {
        Node::If { then, otherwise, .. } => always(then, says) && always(otherwise, says),
        Node::Text(text) => {
            outside.push_str(text);
            false
        }
        Node::Put(value) => {
            put(value, &mut outside);
            false
        }
    });
    in_both_halves || says(&outside)
}

/// A value, apart from the words around it; of its own words all.
fn put(value: &Value, out: &mut String) {
    out.push(' ');
    match value {
        Value::Literal { text, .. } => out.push_str(text),
        Value::Link(name) => out.push_str(&format!("{{{{link {name}}}}}")),
        Value::Changed(_, of) | Value::Written(_, of) => put(of, out),
        Value::Plural { words, .. } => words.iter().for_each(|word| put(word, out)),
        Value::Variable(_) | Value::Missing(_) => {}
    }
    out.push(' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_gets_is_told_from_what_some_get() {
        let table = [
            ("Hi {{name}} STOP", true),
            ("Hi{{#if name}} {{name}}{{/if}} STOP{{name}}", true),
            ("Hi {{! STOP }}", false),
            ("Hi {{!-- STOP }} --}}", false),
            ("Hi {{#if name}}STOP{{/if}}", false),
            ("Hi {{#unless name}}STOP{{/unless}}", false),
            ("{{#if name}}In {{name}} STOP{{else}}STOP{{/if}}", true),
            ("{{#if name}}{{#if city}}STOP{{/if}}{{else}}STOP{{/if}}", false),
            ("{{upper \"STOP\"}}", true),
        ];
        for (source, expected) in table {
            let template = Template::compile(source).expect("a template");
            let says = |text: &str| text.split_whitespace().any(|word| word == "STOP");
            assert_eq!(template.always(&says), expected, "{source}");
        }
        let link = Template::compile("Hi {{link opt_out}}").expect("a template");
        assert!(link.always(&|text| text.contains("{{link opt_out}}")));
    }
}
