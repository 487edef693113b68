//! `repeat: 3`, and what belongs into its map beside it.

use super::super::key::{Form, Object};
use super::Shape;
use super::misplaced::Misplaced;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node};

impl Shape<'_> {
    /// ```yaml
    /// - repeat: 3
    ///   do: { send: reminder }
    /// ```
    pub(super) fn beside_repeat(&mut self, node: &Node, object: &'static Object, told: &mut Misplaced) {
        let Some(Form::Object(map)) = object.key("repeat").map(|key| &key.form) else {
            return;
        };
        let entries = node.entries();
        let is_own = |entry: &Entry| entry.key.text == "repeat" && entry.value.scalar().is_some();
        let Some(at) = entries.iter().position(is_own) else {
            return;
        };
        let belongs =
            |entry: &Entry| map.key(&entry.key.text).is_some() && object.key(&entry.key.text).is_none();
        let its: Vec<usize> = (0..entries.len()).filter(|i| belongs(&entries[*i])).collect();
        let Some(first) = its.first().map(|i| &entries[*i]) else {
            return;
        };
        let value = &entries[at].value;
        let message = "\"repeat\" is a map, and what it repeats stands in it";
        let found = Diagnostic::error("wrong-type", value.span.clone(), message)
            .label("the rounds alone")
            .also(first.key.span.clone(), "of the map");
        let right = self.of_rounds(value, its.iter().map(|i| &entries[*i]));
        let last = its[its.len() - 1];
        let is_whole = at + its.len() == last && its[0] > at;
        self.found.push(match right {
            Some(right) => {
                let found = found.help(format!("write `repeat: {right}`"));
                let whole = value.span.start..entries[last].value.span.end;
                match is_whole {
                    true => found.replace(whole, right, Applicability::Unsure),
                    false => found,
                }
            }
            None => found.help("put it below `repeat`, further in: `times`, `every` and `do`"),
        });
        told.entries.insert(at);
        told.entries.extend(its);
    }

    /// The map in one line; none where it does not fit there.
    fn of_rounds<'a>(&self, times: &Node, its: impl Iterator<Item = &'a Entry>) -> Option<String> {
        let text = self.around.text;
        let mut parts = vec![];
        if times.text().is_some_and(|times| times.parse::<u16>().is_ok()) {
            parts.push(format!("times: {}", &text[times.span.clone()]));
        }
        for entry in its {
            let written = text.get(entry.key.span.start..entry.value.span.end)?;
            parts.push((!written.contains('\n')).then(|| written.to_owned())?);
        }
        if !parts.iter().any(|part| part.starts_with("every")) {
            parts.insert(1.min(parts.len()), "every: 1 day".to_owned());
        }
        Some(format!("{{ {} }}", parts.join(", ")))
    }
}
