//! What is shown for the place under the pointer: of a text its parts, alphabet and price in every language, of a field its
//! type and what stands in for it, of a link its URL, of a key its meaning and an example. Markdown.

use std::ops::Range;

use super::names::{self, NameKind};
use super::sketch::{Role, Sketch};
use super::{Document, FileKind, forms};
use crate::condition::{BuiltIn, FUNCTIONS};
use crate::project::ListFile;
use crate::written::campaign::{Field, Texts};
use crate::written::key::{Key, Status};
use crate::written::tables;

mod parts;
pub(super) mod words;

/// What is to be shown, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub text: String,
    /// What it is about.
    pub span: Range<usize>,
}

/// What is to be shown for a byte.
pub fn hover(document: &Document<'_>, byte: usize) -> Option<Hover> {
    field(document, byte)
        .or_else(|| function(document, byte))
        .or_else(|| words::helper(document, byte))
        .or_else(|| link(document, byte))
        .or_else(|| of_project(document, byte))
        .or_else(|| parts::named(document, byte))
        .or_else(|| parts::hover(document, byte))
        .or_else(|| key(document, byte))
        .or_else(|| words::choice(document, byte))
        .or_else(|| words::duration(document, byte))
}

fn key(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let (sketch, spot) = Sketch::of(document, byte);
    let spot = spot.filter(|spot| spot.role == Role::Key && spot.has_colon)?;
    let name = document.text.get(spot.word.clone())?.trim_matches(['"', '\'']);
    let forms = forms::at(document, &sketch, &spot.path);
    let text = doc(forms::key(&forms, name)?);
    let span = spot.word;
    Some(Hover { text, span })
}

/// The meaning of a key, and how it is written.
pub(super) fn doc(key: &Key) -> String {
    let later = match key.status {
        Status::Now => "",
        Status::Later => "\n\nPart of the language, but this version of crier cannot run it.",
    };
    format!(
        "**{}**: {}\n\n{}{later}\n\n```yaml\n{}: {}\n```",
        key.name,
        key.form.expected(),
        key.doc,
        key.name,
        key.example
    )
}

fn field(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let named = names::field_at(document, byte)?;
    let campaign = document.campaign()?;
    let declared = campaign
        .fields
        .iter()
        .find(|field| field.name.value == named.name);
    let column = origin(document, &named.name);
    let text = match (declared, column) {
        (Some(field), column) => {
            let column = column.map(|column| format!("\n\n{column}")).unwrap_or_default();
            format!("{}{column}", described(field))
        }
        (None, Some(column)) => format!("**{}**: text\n\n{column}", named.name),
        (None, None) => return None,
    };
    Some(Hover {
        text,
        span: named.span,
    })
}

/// Where a link leads, and what links are.
fn link(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let named = names::link_at(document, byte)?;
    let mut links = document.campaign()?.links.iter();
    let (_, url) = links.find(|(name, _)| name.value == named.name)?;
    let key = tables::CAMPAIGN.key("links")?;
    Some(Hover {
        text: format!("**{}**: `{}`\n\n{}", named.name, url.text, key.doc),
        span: named.span,
    })
}

/// What crier.yaml says of a list, sender or the like, as it stands there.
fn of_project(document: &Document<'_>, byte: usize) -> Option<Hover> {
    let named = names::at(names::all(document), byte)?;
    let (section, what) = match named.kind {
        NameKind::List => ("lists", "list"),
        NameKind::Sender => ("senders", "sender"),
        NameKind::Inbox => ("inboxes", "inbox"),
        NameKind::Provider => ("providers", "provider"),
        NameKind::Database => ("databases", "database"),
        NameKind::Message | NameKind::Link | NameKind::Step | NameKind::Field | NameKind::Tag => return None,
    };
    let (text, file) = document.around.crier_yaml?;
    let entry = file.read.tree.root.as_ref()?.get(section)?.entry(&named.name)?;
    let lines = text.get(entry.key.span.start..entry.value.span.end)?;
    let above = &text[..entry.key.span.start];
    let indent = above.len() - above.trim_end_matches(' ').len();
    let said = lines
        .trim_end()
        .replace(&format!("\n{}", " ".repeat(indent)), "\n");
    Some(Hover {
        text: format!("**{}**: {what} of crier.yaml\n\n```yaml\n{said}\n```", named.name),
        span: named.span.clone(),
    })
}

fn described(field: &Field) -> String {
    let mut text = format!("**{}**: {}", field.name.value, field.kind);
    match &field.default {
        Some(Texts::One(value)) => text += &format!("\n\nEmpty: \"{}\"", value.text),
        Some(Texts::ByLanguage(all)) => {
            let all: Vec<String> = all
                .iter()
                .map(|(language, value)| format!("{} \"{}\"", language.value, value.text))
                .collect();
            text += &format!("\n\nEmpty: {}", all.join(", "));
        }
        None if field.set_by_steps => text += "\n\nSet by steps",
        None => text += "\n\nEmpty: the person is left out of texts that use it",
    }
    if let Some(longest) = &field.longest {
        text += &format!("\n\nAt most {} characters", longest.value);
    }
    text
}

/// Where a name comes from that is a column, or part of the language.
fn origin(document: &Document<'_>, name: &str) -> Option<String> {
    let lists = crate::check::people(document.campaign()?, document.around.project);
    for list in &lists {
        if let Some(column) = list.columns.get(name) {
            return Some(format!("Column `{column}` of `{}`", list.path));
        }
    }
    let holds = |list: &ListFile| match document.around.headers.get(&list.key()) {
        Some(crate::Header::Columns(columns)) => columns.iter().any(|column| column.trim() == name),
        Some(crate::Header::Unreadable(_) | crate::Header::Absent) | None => false,
    };
    let list = lists.iter().find(|list| holds(list));
    let built_in = crate::check::BUILT_IN.contains(&name) || BuiltIn::NAMES.contains(&name);
    match list {
        Some(list) => Some(format!("Column of `{}`", list.path)),
        None => built_in.then(|| "Known of every person".to_owned()),
    }
}

/// How a function of a condition is used.
fn function(document: &Document<'_>, byte: usize) -> Option<Hover> {
    if document.kind() == FileKind::Project {
        return None;
    }
    let (sketch, spot) = Sketch::of(document, byte);
    let spot = spot.filter(|spot| spot.role != Role::Key)?;
    let forms = forms::at(document, &sketch, &spot.path);
    let is_condition = |form: &&crate::written::key::Form| {
        use crate::written::key::Form;
        matches!(form, Form::Condition | Form::Leaver)
    };
    forms.iter().copied().find(is_condition)?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (before, after) = (document.text.get(..byte)?, document.text.get(byte..)?);
    let start = byte - (before.len() - before.trim_end_matches(is_word).len());
    let end = byte + (after.len() - after.trim_start_matches(is_word).len());
    let word = document.text.get(start..end)?;
    let (name, usage) = FUNCTIONS.iter().find(|(name, _)| *name == word)?;
    let text = format!("**{name}**: {}\n\n```cel\n{usage}\n```", words::of_function(name));
    Some(Hover {
        text,
        span: start..end,
    })
}

#[cfg(test)]
mod tests;
