//! What stands between `{{` and `}}` of a text.

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
    let word = &written[written.trim_end_matches(is_word).len()..];
    let before = written[..written.len() - word.len()].trim();
    let place = Place {
        asked,
        start: asked.byte - word.len(),
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

struct Place<'a> {
    asked: &'a Asked<'a>,
    /// Where the word begins that is being written.
    start: usize,
}

impl Place<'_> {
    fn item(&self, label: &str, kind: ItemKind) -> Item {
        Item {
            span: self.start..self.asked.byte,
            before: label.to_owned(),
            ..self.asked.item(label, kind)
        }
    }

    /// The braces that are missing behind the place.
    fn closing(&self) -> &'static str {
        let rest = self.asked.document.text[self.asked.byte..].trim_start_matches([' ', '~']);
        match rest {
            rest if rest.starts_with("}}") => "",
            rest if rest.starts_with('}') => "}",
            _ => "}}",
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
        let item = |(name, detail): (&str, &str)| Item {
            detail: detail.to_owned(),
            before: format!("{name} "),
            placeholder: Some(String::new()),
            after: self.closing().to_owned(),
            rank: if detail.is_empty() { 1 } else { 3 },
            ..self.item(name, ItemKind::Function)
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
            Item {
                before: format!("#{name} "),
                placeholder: Some(String::new()),
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
