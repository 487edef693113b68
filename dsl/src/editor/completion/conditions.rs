//! What stands in a condition: fields, functions, and the names that functions take.

use super::super::names::NameKind;
use super::{Asked, Item, ItemKind};
use crate::condition::{BuiltIn, FUNCTIONS};

/// What nothing can be known of before the first text.
const NOT_YET: [&str; 6] = ["variant", "reply", "delivered", "clicked", "replied", "event"];
/// Functions that take the name of something.
const OF_NAMES: [&str; 6] = ["delivered", "clicked", "tagged", "event", "answered", "received"];
/// What can be waited for.
const AWAITED: [&str; 4] = ["delivered", "clicked", "event", "replied"];

pub(super) fn items(asked: &Asked<'_>) -> Vec<Item> {
    let place = Place::new(asked);
    if let Some(arguments) = place.arguments() {
        return arguments;
    }
    if place.is_in_text() {
        return place.compared();
    }
    let mut items: Vec<Item> = place.fields();
    items.extend(FUNCTIONS.iter().map(|(name, usage)| place.function(name, usage)));
    if asked.is_below(&["audience", "where"]) || asked.is_below(&["trigger", "where"]) {
        items.retain(|item| !NOT_YET.contains(&item.label.as_str()));
    }
    if asked.key() == "await" {
        items.iter_mut().for_each(|item| item.rank = 1);
        let awaited = items
            .iter_mut()
            .filter(|item| AWAITED.contains(&item.label.as_str()));
        awaited.for_each(|item| item.rank = 0);
    }
    items.extend(["in", "true", "false"].map(|word| Item {
        rank: 2,
        ..place.item(word, ItemKind::Value)
    }));
    items
}

/// What may leave people out.
pub(super) fn leavers(asked: &Asked<'_>) -> Vec<Item> {
    let place = Place::new(asked);
    if let Some(arguments) = place.arguments() {
        return arguments;
    }
    let ours = FUNCTIONS
        .iter()
        .filter(|(name, _)| matches!(*name, "answered" | "received" | "tagged"));
    ours.map(|(name, usage)| place.function(name, usage)).collect()
}

struct Place<'a> {
    asked: &'a Asked<'a>,
    /// What is written of the condition, up to the place.
    before: &'a str,
    /// The word that is being written.
    word: &'a str,
}

impl<'a> Place<'a> {
    fn new(asked: &'a Asked<'a>) -> Place<'a> {
        let start = asked.spot.word.start.min(asked.byte);
        let before = asked.document.text.get(start..asked.byte).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let word = &before[before.trim_end_matches(is_word).len()..];
        Place { asked, before, word }
    }

    /// What the function takes whose first text the place is in; with quotes, where that has none yet.
    fn arguments(&self) -> Option<Vec<Item>> {
        let before = &self.before[..self.before.len() - self.word.len()];
        let quoted = before.strip_suffix(['"', '\'']);
        let opened = quoted.map_or(before, |opened| opened.strip_suffix('\\').unwrap_or(opened));
        let opened = opened.trim_end().strip_suffix('(')?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let function = &opened[opened.trim_end_matches(is_word).len()..];
        if quoted.is_some() {
            return Some(self.names_for(function));
        }
        let quote = match self.asked.spot.quote {
            Some('"') => "\\\"",
            _ => "\"",
        };
        let with_quotes = |item: Item| Item {
            before: format!("{quote}{}{quote}", item.before),
            ..item
        };
        let names = || self.names_for(function).into_iter().map(with_quotes).collect();
        OF_NAMES.contains(&function).then(names)
    }

    fn is_in_text(&self) -> bool {
        self.before.matches('"').count() % 2 == 1
    }

    /// What a name that the language knows may be equal to.
    fn compared(&self) -> Vec<Item> {
        let before = &self.before[..self.before.len() - self.word.len()];
        let before = before.trim_end_matches(['"', '\'', '\\']).trim_end();
        let Some(before) = before.strip_suffix("==").or_else(|| before.strip_suffix("!=")) else {
            return vec![];
        };
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let before = before.trim_end();
        let values = match &before[before.trim_end_matches(is_word).len()..] {
            "language" => super::keys::languages(self.asked),
            "variant" => {
                let sketch = self.asked.sketch;
                sketch
                    .keys_of("variants")
                    .into_iter()
                    .chain(sketch.keys_of("split"))
                    .collect()
            }
            _ => vec![],
        };
        let item = |value: &String| Item {
            rank: 0,
            ..self.item(value, ItemKind::Value)
        };
        values.iter().map(item).collect()
    }

    /// Events that the file names: what begins it, and what stories say.
    fn events(&self) -> Vec<Item> {
        let (sketch, text) = (self.asked.sketch, self.asked.document.text);
        let mut all = sketch.scalars(text, "event");
        // Where it is awaited or asked for already.
        for (at, call) in text.match_indices("event(\"") {
            let name = text[at + call.len()..].split('"').next().unwrap_or_default();
            let here = at + call.len() == self.asked.byte - self.word.len();
            if !here && crate::written::is_name(name) && !all.iter().any(|known| known == name) {
                all.push(name.to_owned());
            }
        }
        let item = |name: &String| Item {
            rank: 0,
            ..self.item(name, ItemKind::Name)
        };
        all.iter().map(item).collect()
    }

    fn names_for(&self, function: &str) -> Vec<Item> {
        if function == "event" {
            return self.events();
        }
        let kinds: &[NameKind] = match function {
            "delivered" => &[NameKind::Message, NameKind::Step],
            "clicked" => &[NameKind::Link],
            "tagged" => &[NameKind::Tag],
            _ => &[],
        };
        let names = kinds.iter().flat_map(|kind| self.asked.names(*kind));
        names
            .map(|(name, _)| Item {
                rank: 0,
                ..self.item(&name, ItemKind::Name)
            })
            .collect()
    }

    fn fields(&self) -> Vec<Item> {
        let others = BuiltIn::NAMES
            .iter()
            .map(|name| ((*name).to_owned(), "of every person".to_owned()));
        let mut names = self.asked.names(NameKind::Field);
        for other in others {
            if !names.iter().any(|(name, _)| *name == other.0) {
                names.push(other);
            }
        }
        let item = |(name, from): (String, String)| {
            let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
            let written = if plain { name } else { format!("`{name}`") };
            Item {
                detail: from,
                rank: 0,
                ..self.item(&written, ItemKind::Field)
            }
        };
        names.into_iter().map(item).collect()
    }

    /// A function with its brackets; its first text without the example's, which is there to be overwritten.
    fn function(&self, name: &str, usage: &str) -> Item {
        let inside = usage[name.len()..].trim_start_matches('(').trim_end_matches(')');
        let (quote, example) = match inside.strip_prefix('"').and_then(|text| text.split_once('"')) {
            // Quotes inside of quotes.
            Some((text, _)) if self.asked.spot.quote == Some('"') => ("\\\"", text),
            Some((text, _)) => ("\"", text),
            None => ("", inside),
        };
        Item {
            doc: format!("```cel\n{usage}\n```"),
            before: format!("{name}({quote}"),
            placeholder: Some(example.to_owned()).filter(|example| !example.is_empty()),
            after: format!("{quote})"),
            ..self.item(name, ItemKind::Function)
        }
    }

    fn item(&self, label: &str, kind: ItemKind) -> Item {
        let start = self.asked.byte - self.word.len();
        let own = self.asked.item(label, kind);
        // What stands before the place stays, so that only a condition's first word can be glued to its key.
        let before = if start == self.asked.spot.word.start {
            own.before.clone()
        } else {
            label.to_owned()
        };
        Item {
            span: start..self.asked.byte,
            before,
            ..own
        }
    }
}
