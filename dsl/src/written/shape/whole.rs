//! Files that are no map, or have nothing in them.

use super::super::key::Object;
use super::super::nearest::listed;
use super::Shape;
use super::words::{self, a_kind};
use crate::diagnostic::Diagnostic;
use crate::tree::{Kind, Node};

impl Shape<'_> {
    pub(super) fn no_map(&mut self, root: &Node, object: &Object) {
        if !self.whole {
            return;
        }
        if root.is_nothing() || matches!(root.kind, Kind::Map(_)) {
            // A key that is no word has been told, and stands for something.
            if !self.told.iter().any(|d| d.is_error()) {
                self.empty(object);
            }
            return;
        }
        let message = format!("{} is a map of keys and values", object.title);
        let end = self.around.text[root.span.start..]
            .find('\n')
            .map_or(root.span.end, |i| (root.span.start + i).min(root.span.end));
        let found = Diagnostic::error("wrong-type", root.span.start..end, message)
            .label(format!("this is {}", a_kind(root)));
        let line = &self.around.text[root.span.start..end];
        self.found.push(found.help(match words::no_colon(line, object) {
            Some(right) => format!("a colon and a space stand behind each key: `{right}`"),
            None if words::is_of_a_list(line) => {
                "is it a list of people? a campaign names it: `audience: lists/customers.csv`".to_owned()
            }
            None => words::first_line(object),
        }));
    }

    pub(super) fn empty(&mut self, object: &Object) {
        let names: Vec<&str> = object.required.iter().map(|required| required.key).collect();
        let message = format!("the file is empty; {} needs {}", object.title, listed(names));
        let lines = object.required.iter().filter_map(|required| {
            let example = object.key(required.key)?.example;
            Some(format!("`{}: {example}`", required.key))
        });
        let help = format!("for example {}", lines.collect::<Vec<_>>().join(", "));
        self.found
            .push(Diagnostic::error("missing-key", 0..0, message).help(help));
    }
}
