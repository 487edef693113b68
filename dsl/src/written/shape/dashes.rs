//! A list where a map is due: its items are entries with a dash before them, or maps that have their name in them.

use super::super::key::{Form, KeyKind, Object, Open};
use super::super::scalars::is_name;
use super::fits;
use super::words::Place;
use crate::tree::{Kind, Node, line_of};

/// What is said of such a list, and the map that it was meant to be.
pub(super) fn as_map(
    form: &Form,
    list: &Node,
    place: &Place,
    text: &str,
) -> Option<(String, Option<String>)> {
    let Form::Object(object) = form else {
        return None;
    };
    let of = List { list, object, text };
    let entries = list.items().iter().map(|item| of.entry(item, place));
    let entries = entries.collect::<Option<Vec<String>>>()?;
    let named = list.items().iter().find_map(|item| of.name(item));
    let help = match (entries.is_empty(), named, &object.open) {
        (true, ..) => return None,
        (_, None, Some(_)) if of.is_flow(list) => "a map stands in braces: each name, and what it is".into(),
        (_, Some(name), _) => format!("each stands under its name: `{name}: …`"),
        (_, None, Some(_)) => "leave the dashes out: each name stands at the beginning of its line".into(),
        (_, None, None) => "leave the dashes out: each key stands at the beginning of its line".into(),
    };
    Some((help, of.joined(&entries)))
}

/// Where a list begins, with its first dash: one that stands as far left as its key is read from its first item on.
pub(super) fn begin(node: &Node, text: &str) -> usize {
    let start = node.span.start;
    let before = &text[line_of(text, start).start..start];
    let is_dash = |before: &str| before.trim() == "-" && !before.starts_with('\t');
    match &node.kind {
        Kind::List(_) if is_dash(before) => start - before.trim_start().len(),
        Kind::List(_) | Kind::Map(_) | Kind::Scalar(_) | Kind::Bad => start,
    }
}

struct List<'a> {
    list: &'a Node,
    object: &'a Object,
    text: &'a str,
}

impl<'a> List<'a> {
    /// An item as an entry, in lines as if it began at the left.
    fn entry(&self, item: &'a Node, place: &Place) -> Option<String> {
        if let (Some(name), Some(open)) = (self.name(item), &self.object.open) {
            return self.under(name, open, item);
        }
        let entries = item.entries();
        let is_whole = match &self.object.open {
            Some(_) => entries.len() == 1,
            None => !entries.is_empty() && entries.iter().all(|e| self.object.key(&e.key.text).is_some()),
        };
        match &item.kind {
            Kind::Map(_) if is_whole => self.whole(item),
            Kind::Scalar(_) if place.key == "fields" => Some(format!("{}: text", self.written(item)?)),
            Kind::Map(_) | Kind::Scalar(_) | Kind::List(_) | Kind::Bad => None,
        }
    }

    /// The name of an item that has it in it, before all else.
    fn name(&self, item: &'a Node) -> Option<&'a str> {
        let open = self.object.open.as_ref()?;
        let [first, _, ..] = item.entries() else {
            return None;
        };
        let key = first.key.text.as_str();
        let is_own = maps_of(open.form).iter().any(|map| map.key(key).is_some());
        let name = first
            .value
            .text()
            .filter(|_| matches!(key, "name" | "id") && !is_own)?;
        (open.key != KeyKind::Name || is_name(name)).then_some(name)
    }

    /// What an item has beside its name, under that.
    fn under(&self, name: &str, open: &Open, item: &Node) -> Option<String> {
        let (first, last) = (item.entries().get(1)?, item.entries().last()?);
        if maps_of(open.form).is_empty() {
            let is_value = item.entries().len() == 2 && fits(open.form, &first.value);
            let value = self.written(&first.value).filter(|_| is_value)?;
            return Some(format!("{name}: {value}"));
        }
        let rest = self.text.get(first.key.span.start..last.value.span.end)?;
        Some(match self.is_flow(item) {
            true => format!("{name}: {{ {rest} }}"),
            false => format!("{name}:\n  {}", indented(&self.outdented(rest, item)?, 2)),
        })
    }

    /// A map without the braces around it.
    fn whole(&self, item: &Node) -> Option<String> {
        let written = self.written(item)?;
        match self.is_flow(item) {
            true => Some(written.strip_prefix('{')?.strip_suffix('}')?.trim().to_owned()),
            false => self.outdented(written, item),
        }
    }

    /// Lines of an item as if it began at the left; none where one of them begins further left than it.
    fn outdented(&self, written: &str, item: &Node) -> Option<String> {
        let column = " ".repeat(self.column(item));
        let lines = written.split('\n').enumerate();
        let lines = lines.map(|(at, line)| match (at, line.trim()) {
            (0, _) => Some(line),
            (_, "") => Some(""),
            _ => line.strip_prefix(&column),
        });
        Some(lines.collect::<Option<Vec<&str>>>()?.join("\n"))
    }

    /// The map of these entries, as it stands in place of the list.
    fn joined(&self, entries: &[String]) -> Option<String> {
        let own = &self.list.span;
        // What an alias names stands elsewhere.
        let stands_here = |item: &Node| own.start <= item.span.start && item.span.end <= own.end;
        if !self.list.items().iter().all(stands_here) {
            return None;
        }
        if self.is_flow(self.list) {
            let in_one_line = !entries.iter().any(|entry| entry.contains('\n'));
            return in_one_line.then(|| format!("{{ {} }}", entries.join(", ")));
        }
        // Dashes may stand as far left as the key, and entries may not.
        let begin = begin(self.list, self.text);
        let key = line_of(self.text, self.text[..begin].trim_end().len());
        let key = &self.text[key];
        let least = key.len() - key.trim_start_matches([' ', '-']).len() + 2;
        let column = begin - line_of(self.text, begin).start;
        let column_of_entries = if column + 2 > least { column } else { least };
        let first = " ".repeat(column_of_entries - column);
        Some(first + &indented(&entries.join("\n"), column_of_entries))
    }

    fn written(&self, node: &Node) -> Option<&'a str> {
        self.text.get(node.span.clone())
    }

    fn is_flow(&self, node: &Node) -> bool {
        self.text[node.span.start..].starts_with(['{', '['])
    }

    fn column(&self, node: &Node) -> usize {
        node.span.start - line_of(self.text, node.span.start).start
    }
}

/// Lines that stand further in, but for the first of them.
fn indented(lines: &str, by: usize) -> String {
    let lines = lines.split('\n').enumerate().map(|(at, line)| match line {
        line if at == 0 || line.trim().is_empty() => line.to_owned(),
        line => format!("{:by$}{line}", ""),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The maps that a form takes.
fn maps_of(form: &'static Form) -> Vec<&'static Object> {
    match form {
        Form::Either(forms) => forms.iter().flat_map(maps_of).collect(),
        Form::Object(object) => vec![object],
        Form::ByKind(kinds) => kinds.iter().filter_map(|kind| kind.object).collect(),
        _ => vec![],
    }
}
