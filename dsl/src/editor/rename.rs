//! Gives a name another name everywhere in its file. Names that other files use too, such as lists and senders, are not
//! renamed: their campaigns would break.

use std::ops::Range;

use super::names::{self, NameKind, Named};
use super::{Document, FileKind};
use crate::Header;
use crate::written::is_name;

/// Bytes, and what belongs in their place.
pub type Edit = (Range<usize>, String);

/// What can be renamed at a byte: the bytes of the name. Errors: one sentence that says why it cannot be.
pub fn renamable(document: &Document<'_>, byte: usize) -> Result<Range<usize>, String> {
    target(document, &names::all(document), byte).map(|named| named.span.clone())
}

/// The edits that give the name at a byte another one, in order. Errors: one sentence that says why that cannot be.
pub fn rename(document: &Document<'_>, byte: usize, new: &str) -> Result<Vec<Edit>, String> {
    let all = names::all(document);
    let named = target(document, &all, byte)?;
    let fits = match named.kind {
        NameKind::Field => is_plain_field(new),
        NameKind::Message
        | NameKind::Link
        | NameKind::Step
        | NameKind::List
        | NameKind::Sender
        | NameKind::Inbox
        | NameKind::Provider
        | NameKind::Tag => is_name(new),
    };
    if !fits {
        return Err(match named.kind {
            NameKind::Field => format!("\"{new}\" is not the name of a field: use letters, digits and `_`"),
            _ => format!("\"{new}\" is not a name: use lower-case letters, digits and `-`, a letter first"),
        });
    }
    let taken = |other: &&Named| other.kind == named.kind && other.name == new && other.defines;
    if new != named.name && all.iter().any(|other| taken(&other)) {
        return Err(format!("\"{new}\" is taken"));
    }
    let same = all.iter().filter(|other| other.is_same(named));
    Ok(same.map(|other| (other.span.clone(), new.to_owned())).collect())
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

fn is_plain_field(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::testing::{CAMPAIGN, asked};

    /// The lines that a renaming changes, or why it cannot be.
    fn renamed(marked: &str, new: &str) -> String {
        asked(marked, |document, byte| match rename(document, byte, new) {
            Err(why) => why,
            Ok(edits) => {
                let mut text = document.text.to_owned();
                for (span, new) in edits.into_iter().rev() {
                    text.replace_range(span, &new);
                }
                let lines = text.lines().filter(|line| line.contains(new));
                lines.map(str::trim).collect::<Vec<_>>().join("\n")
            }
        })
    }

    fn check(place: &str, new: &str, expected: &str) {
        let (before, after) = place.split_once('|').expect("a cursor");
        let marked = CAMPAIGN.replacen(&format!("{before}{after}"), place, 1);
        assert_eq!(renamed(&marked, new), expected, "{place}");
    }

    #[test]
    fn a_message_is_renamed_wherever_it_stands() {
        check(
            "- send: invi|te",
            "welcome",
            "- send: welcome\n\
             when: delivered(\"welcome\") && !clicked(\"tickets\") && city == \"Roma\"\n\
             welcome: \"Hello {{first_name}} {{link tickets}}\"\n\
             - expect: welcome",
        );
    }

    #[test]
    fn links_steps_and_fields_are_renamed_too() {
        check(
            "{{link tick|ets",
            "seats",
            "when: delivered(\"invite\") && !clicked(\"seats\") && city == \"Roma\"\n\
             seats: https://square.example/t\n\
             invite: \"Hello {{first_name}} {{link seats}}\"",
        );
        check("id: fir|st", "begin", "id: begin");
        check(
            "{{first_na|me",
            "given",
            "given: { longest: 14 }\ninvite: \"Hello {{given}} {{link tickets}}\"",
        );
    }

    #[test]
    fn what_cannot_be_renamed_says_why() {
        check(
            "- send: invi|te",
            "Not A Name",
            "\"Not A Name\" is not a name: use lower-case letters, digits and `-`, a letter first",
        );
        check("- send: invi|te", "bus", "\"bus\" is taken");
        check("city ==| \"Roma\"", "town", "there is no name here");
        check(
            "ci|ty == \"Roma\"",
            "town",
            "\"city\" is a column of \"lists/in.csv\": call it otherwise with `columns: { new_name: city }`",
        );
        check(
            "from: opte|d-in",
            "all",
            "\"opted-in\" is not this file's own: other campaigns may use it",
        );
        check("purpo|se", "x", "there is no name here");
        assert_eq!(
            renamed("steps: [{ send: nob|ody }]\n", "x"),
            "\"nobody\" is not given in this file"
        );
    }
}
