//! Steps that stand as far left as the key that they belong to: `otherwise:`, and `send: b` below it.

use super::super::key::{Form, Key, Object};
use super::Shape;
use super::elsewhere::called_elsewhere;
use super::misplaced::Misplaced;
use crate::diagnostic::Applicability;
use crate::tree::{Entry, Node};

impl Shape<'_> {
    pub(super) fn steps_too_far_left(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        let entries = node.entries();
        for (i, owner) in entries.iter().enumerate() {
            let written = owner.key.text.as_str();
            let named = object.key(written);
            let key =
                named.or_else(|| called_elsewhere(object, written, node).and_then(|name| object.key(name)));
            let key = key.filter(|_| owner.value.is_nothing() && !told.entries.contains(&i));
            let Some((key, step)) = key.and_then(|key| Some((key, steps_of(key)?))) else {
                continue;
            };
            let belongs = |entry: &&Entry| step.key(&entry.key.text).is_some();
            let run: Vec<&Entry> = entries[i + 1..].iter().take_while(belongs).collect();
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            if !step.one_of.contains(&first.key.text.as_str()) {
                continue;
            }
            let lines = first.key.span.start..last.value.span.end.max(last.key.span.end);
            let mut found = self.left_of_value(&lines, owner);
            if named.is_none() {
                // The key is another one too.
                let whole = owner.key.span.start..lines.end;
                let between = owner.key.span.end..lines.start;
                let rest = self.around.text.get(between).unwrap_or_default();
                let moved = found.suggestion.take().map(|moved| moved.replacement);
                let help = format!(
                    "write `{}`, and put two spaces before each of these lines",
                    key.name
                );
                let right = format!("{}{rest}{}", key.name, moved.unwrap_or_default());
                found = found.help(help).replace(whole, right, Applicability::Unsure);
            }
            self.found.push(found);
            told.meant.push(key.name);
            told.entries.extend(i..=i + run.len());
        }
    }
}

/// What a step is, where the value of a key is one or several.
fn steps_of(key: &Key) -> Option<&'static Object> {
    match key.form {
        Form::OneOrList(Form::Object(step)) if !step.one_of.is_empty() => Some(step),
        _ => None,
    }
}
