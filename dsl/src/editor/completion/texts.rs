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
        "" if word.starts_with('#') => place.blocks(),
        "" => {
            let (fields, helpers, blocks) = (place.fields(), place.helpers(), place.blocks());
            fields.into_iter().chain(helpers).chain(blocks).collect()
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
