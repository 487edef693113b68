//! Gives a name another name everywhere in its file. Names that other files use too, such as lists and senders, are not
//! renamed: their campaigns would break.

use std::ops::Range;

use super::names::{self, NameKind, Named};
use super::{Around, Document, File, FileKind, Memo};
use crate::Header;
use crate::apart::as_tests;

mod taken;

/// Bytes, and what belongs in their place.
pub type Edit = (Range<usize>, String);

/// What can be renamed at a byte: the bytes of the name. Errors: one sentence that says why it cannot be.
pub fn renamable(document: &Document<'_>, byte: usize) -> Result<Range<usize>, String> {
    target(document, names::all(document), byte).map(|named| named.span.clone())
}

/// The edits that give the name at a byte another one, in order. Errors: one sentence that says why that cannot be.
pub fn rename(document: &Document<'_>, byte: usize, new: &str) -> Result<Vec<Edit>, String> {
    let all = names::all(document);
    let named = target(document, all, byte)?;
    if new != named.name {
        taken::check(document, all, named, new)?;
    }
    let same = all.iter().filter(|other| other.is_same(named));
    Ok(same.map(|other| (other.span.clone(), new.to_owned())).collect())
}

/// The file of the stories, relative to the project's folder, where they do not stand in the campaign: what is renamed in
/// one is renamed in the other.
pub fn stories_file<'a>(document: &Document<'a>) -> Option<&'a str> {
    let file = document.campaign()?.stories_path()?;
    Some(&file.value)
}

/// The edits of the stories in a file of their own, once the name at a byte of the campaign gets another one.
pub fn in_stories(document: &Document<'_>, byte: usize, new: &str, stories: &str) -> Vec<Edit> {
    let own = names::all(document);
    let Some(named) = names::at(own, byte) else {
        return vec![];
    };
    // As they would stand in the campaign.
    let text = as_tests(stories);
    let before = text.len() - stories.len();
    let file = crate::parse_campaign(&text);
    let around: &Around<'_> = document.around;
    let apart = Document {
        text: &text,
        file: File::Campaign(&file),
        around,
        memo: &Memo::default(),
        begins: before,
    };
    let all = names::of_stories(&apart, document).into_iter();
    let same = all.filter(|other| other.is_same(named));
    let edit = |other: Named| {
        let span = other.span.start - before..other.span.end - before;
        (span, new.to_owned())
    };
    same.map(edit).collect()
}

fn target<'a>(document: &Document<'_>, all: &'a [Named], byte: usize) -> Result<&'a Named, String> {
    let Some(named) = names::at(all, byte) else {
        return Err("there is no name here".into());
    };
    let here = all.iter().any(|other| other.defines && other.is_same(named));
    match (named.kind, document.kind()) {
        (NameKind::Message | NameKind::Link | NameKind::Step, FileKind::Campaign) if here => Ok(named),
        (NameKind::Field, FileKind::Campaign) => field(document, named, here).map(|()| named),
        (NameKind::Provider, FileKind::Project) if here => Ok(named),
        (NameKind::Message | NameKind::Link | NameKind::Step, FileKind::Campaign) => {
            Err(format!("\"{}\" is not given in this file", named.name))
        }
        (_, FileKind::Campaign) => Err(format!(
            "\"{}\" is not this file's own: other campaigns may use it",
            named.name
        )),
        (_, FileKind::Project) => Err(format!(
            "campaigns may use \"{}\", and would not be changed",
            named.name
        )),
    }
}

/// A field whose name is a column's cannot be called otherwise without `columns`.
fn field(document: &Document<'_>, named: &Named, declared: bool) -> Result<(), String> {
    let own = document
        .campaign()
        .map(|campaign| campaign.audience.columns.as_slice())
        .unwrap_or_default();
    let mapped = own.iter().any(|(ours, _)| ours.value == named.name);
    let built_in = crate::check::BUILT_IN.contains(&named.name.as_str());
    if built_in {
        return Err(format!("\"{}\" is part of the language", named.name));
    }
    if mapped {
        return Ok(());
    }
    let lists = document
        .campaign()
        .map(|campaign| crate::check::people(campaign, document.around.project));
    for list in lists.into_iter().flatten() {
        if list.columns.contains_key(&named.name) {
            return Err(format!(
                "\"{}\" is given under `columns` of crier.yaml",
                named.name
            ));
        }
        let is_column = match document.around.headers.get(&list.key()) {
            Some(Header::Columns(columns)) => columns.iter().any(|column| column.trim() == named.name),
            Some(Header::Unreadable(_) | Header::Absent) | None => false,
        };
        if is_column {
            let (name, path) = (&named.name, &list.path);
            return Err(format!(
                "\"{name}\" is a column of \"{path}\": call it otherwise with `columns: {{ new_name: {name} }}`"
            ));
        }
    }
    match declared {
        true => Ok(()),
        false => Err(format!("\"{}\" is not given in this file", named.name)),
    }
}

#[cfg(test)]
mod tests;
