//! What stands between `{{` and `}}` of a text.

use std::ops::Range;

use super::super::names::NameKind;
use super::{Asked, Item, ItemKind};
use crate::template::{HELPERS, LATER};
use crate::written::campaign::OPT_OUT_LINK;

/// How much is looked back for the beginning of a tag.
const LONGEST_TAG: usize = 200;

/// Nothing where the place is in no tag.
pub(super) fn items(asked: &Asked<'_>) -> Vec<Item> {
    let Some(inside) = tag(asked) else {
        return vec![];
    };
    let written = inside.trim_start_matches(['{', '~', ' ']);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '[' | '-' | '#');
    // A name in brackets may have spaces.
    let bracket = written.rfind('[').filter(|at| !written[*at..].contains(']'));
    let word = &written[bracket.unwrap_or(written.trim_end_matches(is_word).len())..];
    let before = written[..written.len() - word.len()].trim();
    let rest = rest_of_text(asked);
    let name = rest.trim_start_matches(|c| is_word(c) && !matches!(c, '[' | '#'));
    let behind = match rest.find(['[', ']', '{', '}']) {
        Some(at) if bracket.is_some() && rest[at..].starts_with(']') => at + 1,
        Some(at) if word.is_empty() && rest.starts_with('[') => {
            let close = rest[at + 1..]
                .find([']', '}'])
                .filter(|to| rest[at + 1 + to..].starts_with(']'));
            close.map_or(0, |to| at + 1 + to + 1)
        }
        _ => rest.len() - name.len(),
    };
    let place = Place {
        asked,
        span: asked.byte - word.len()..asked.byte + behind,
        rest: &rest[behind..],
    };
    match before {
        "" if written.starts_with('/') => place.closers(),
        "/" => place.closers(),
        _ if before.starts_with("date ") && before.ends_with(['"', '\'']) => place.date_forms(),
        "" if word.starts_with('#') => place.blocks(),
        "" => {
            let (fields, helpers, blocks) = (place.fields(), place.helpers(), place.blocks());
            let within = place.otherwise();
            fields
                .into_iter()
                .chain(helpers)
                .chain(blocks)
                .chain(within)
                .collect()
        }
        "link" => place.links(),
        _ => place.fields(),
    }
}

/// What is written of the tag that the place is in.
fn tag<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    let word = asked.spot.word.start.min(asked.byte);
    let from = super::super::position::floor(
        asked.document.text,
        word.max(asked.byte.saturating_sub(LONGEST_TAG)),
    );
    let before = asked.document.text.get(from..asked.byte)?;
    let open = before.rfind("{{")?;
    let inside = &before[open + 2..];
    (!inside.contains("}}")).then_some(inside)
}

/// What follows the place on its line, as far as the text goes.
fn rest_of_text<'a>(asked: &Asked<'a>) -> &'a str {
    let rest = asked.document.text.get(asked.byte..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let mut escaped = false;
    let ends = |c: char| {
        let is_end = Some(c) == asked.spot.quote && !escaped;
        escaped = c == '\\' && !escaped;
        is_end
    };
    line.split(ends).next().unwrap_or_default()
}

struct Place<'a> {
    asked: &'a Asked<'a>,
    /// The name that is being written, all of it.
    span: Range<usize>,
    /// What follows it in the text.
    rest: &'a str,
}

impl Place<'_> {
    fn item(&self, label: &str, kind: ItemKind) -> Item {
        Item {
            span: self.span.clone(),
            before: label.to_owned(),
            ..self.asked.item(label, kind)
        }
    }

    /// The braces that are missing behind the name.
    fn closing(&self) -> &'static str {
        let tag = self.rest.split("{{").next().unwrap_or_default();
        match tag.trim_start_matches([' ', '~']) {
            _ if tag.contains("}}") => "",
            rest if rest.starts_with('}') => "}",
            _ => "}}",
        }
    }

    /// What comes between a helper and its value, where none is there yet.
    fn value(&self, name: &str) -> (String, Option<String>) {
        match self.rest.starts_with(' ') && self.closing().is_empty() {
            true => (name.to_owned(), None),
            false => (format!("{name} "), Some(String::new())),
        }
    }

    fn fields(&self) -> Vec<Item> {
        let names = self.asked.names(NameKind::Field).into_iter();
        let item = |(name, from): (String, String)| {
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let written = if plain { name } else { format!("[{name}]") };
            Item {
                detail: from,
                after: self.closing().to_owned(),
                rank: 0,
                ..self.item(&written, ItemKind::Field)
            }
        };
        names.map(item).collect()
    }

    fn links(&self) -> Vec<Item> {
        let own = self.asked.names(NameKind::Link).into_iter().map(|(name, _)| name);
        let all = own.chain([OPT_OUT_LINK.to_owned()]);
        let item = |name: String| Item {
            after: self.closing().to_owned(),
            rank: 0,
            ..self.item(&name, ItemKind::Name)
        };
        all.map(item).collect()
    }

    fn helpers(&self) -> Vec<Item> {
        let all = HELPERS
            .iter()
            .map(|name| (*name, ""))
            .chain(LATER.iter().map(|name| (*name, "not in this version")));
        let plain = all.filter(|(name, _)| !is_block(name));
        let item = |(name, detail): (&str, &str)| {
            let (before, placeholder) = self.value(name);
            Item {
                detail: detail.to_owned(),
                before,
                placeholder,
                after: self.closing().to_owned(),
                rank: if detail.is_empty() { 1 } else { 3 },
                ..self.item(name, ItemKind::Function)
            }
        };
        plain.map(item).collect()
    }

    /// The block that is open at the place.
    fn open_block(&self) -> Option<&str> {
        let text = self.asked.document.text;
        let from = self.asked.spot.word.start.min(self.asked.byte);
        let before = text.get(from..self.asked.byte)?;
        let mut open: Vec<&str> = vec![];
        for (at, _) in before.match_indices("{{") {
            let tag = before[at + 2..].trim_start_matches(['~', ' ']);
            if let Some(opened) = tag.strip_prefix('#') {
                let end = opened.find(|c: char| !c.is_ascii_alphanumeric());
                open.push(&opened[..end.unwrap_or(opened.len())]);
            } else if tag.starts_with('/') && tag.contains("}}") {
                open.pop();
            }
        }
        open.pop().filter(|name| is_block(name))
    }

    /// What closes the block that is open, behind its slash.
    fn closers(&self) -> Vec<Item> {
        let item = |name: &str| Item {
            after: self.closing().to_owned(),
            rank: 0,
            before: name.to_owned(),
            ..self.item(&format!("/{name}"), ItemKind::Function)
        };
        self.open_block().map(item).into_iter().collect()
    }

    /// `else`, inside of what has one.
    fn otherwise(&self) -> Option<Item> {
        self.open_block()?;
        Some(Item {
            after: self.closing().to_owned(),
            ..self.item("else", ItemKind::Function)
        })
    }

    fn date_forms(&self) -> Vec<Item> {
        ["day", "time", "weekday", "short"]
            .map(|form| self.item(form, ItemKind::Value))
            .to_vec()
    }

    fn blocks(&self) -> Vec<Item> {
        let all = HELPERS.iter().chain(&LATER).filter(|name| is_block(name));
        let item = |name: &&str| {
            let closing = self.closing();
            let (before, placeholder) = self.value(&format!("#{name}"));
            Item {
                before,
                placeholder,
                after: match closing {
                    "" => String::new(),
                    closing => format!("{closing}{{{{/{name}}}}}"),
                },
                rank: 2,
                ..self.item(&format!("#{name}"), ItemKind::Function)
            }
        };
        all.map(item).collect()
    }
}

fn is_block(name: &str) -> bool {
    matches!(name, "if" | "unless" | "each")
}
