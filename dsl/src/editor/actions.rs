//! Repairs that diagnostics suggest: those of the lines that an editor asks about, and all that are safe.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::formatting::difference;
use super::rename::Edit;
use super::{Document, File};
use crate::diagnostic::{Applicability, Diagnostic, Suggestion};
use crate::{Surroundings, check_campaign, check_project, fix, parse_campaign, parse_project};

mod plain;

/// A repair of one diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair<'a> {
    /// In a few words.
    pub title: String,
    /// What it repairs.
    pub diagnostic: &'a Diagnostic,
    /// What it changes.
    pub suggestion: Cow<'a, Suggestion>,
}

/// The repairs of the diagnostics that touch these bytes, in order.
pub fn repairs<'a>(text: &str, diagnostics: &'a [Diagnostic], asked: &Range<usize>) -> Vec<Repair<'a>> {
    let touches = |span: &Range<usize>| span.start <= asked.end && asked.start <= span.end;
    let here = diagnostics.iter().filter(|d| touches(&d.span));
    here.filter_map(|diagnostic| {
        let suggested = diagnostic.suggestion.as_ref().map(Cow::Borrowed);
        let suggestion = suggested.or_else(|| plain::repair(text, diagnostic).map(Cow::Owned))?;
        let old = text.get(suggestion.span.clone())?;
        let title = title(old, &suggestion.replacement);
        Some(Repair {
            title,
            diagnostic,
            suggestion,
        })
    })
    .collect()
}

/// What repairs all that is safely repaired; none where there is nothing. `name` is the campaign's file name without its
/// endings, or the project's folder.
pub fn repair_all(document: &Document<'_>, name: &str) -> Option<Edit> {
    let around = Surroundings {
        project: document.around.project,
        file_name: name,
        headers: document.around.headers,
        // Nothing that is not there is repaired unseen.
        absent: &BTreeMap::new(),
    };
    let check = |text: &str| match document.file {
        File::Campaign(_) => check_campaign(&parse_campaign(text), &around).diagnostics,
        File::Project(_) => check_project(&parse_project(text), name).diagnostics,
    };
    repaired(document.text, check)
}

/// What repairs all of a text that is safely repaired; `check` tells what is wrong with one.
pub fn repaired(text: &str, check: impl FnMut(&str) -> Vec<Diagnostic>) -> Option<Edit> {
    let fixed = fix::fix(text, check);
    difference(text, &fixed.text)
}

/// Whether a repair may be made unseen.
pub fn is_safe(suggestion: &Suggestion) -> bool {
    match suggestion.applicability {
        Applicability::Safe => true,
        Applicability::Unsure => false,
    }
}

fn title(old: &str, new: &str) -> String {
    let shown = |text: &str| {
        let line = text.lines().next().unwrap_or_default();
        let short: String = line.chars().take(40).collect();
        let cut = if short.len() < text.trim_end().len() {
            "…"
        } else {
            ""
        };
        format!("{short}{cut}")
    };
    match (old.trim().is_empty(), new.trim().is_empty()) {
        (true, _) => format!("Insert `{}`", shown(new.trim())),
        (_, true) => format!("Remove `{}`", shown(old.trim())),
        (false, false) => format!("Replace `{}` by `{}`", shown(old), shown(new)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::testing::asked;

    #[test]
    fn repairs_are_those_at_the_place_with_a_suggestion() {
        let text = "purpos: service\nsender: x\n";
        let found = [
            Diagnostic::error("unknown-key", 0..6, "no such key").replace(
                0..6,
                "purpose",
                Applicability::Safe,
            ),
            Diagnostic::error("unknown-sender", 24..25, "no such sender"),
        ];
        let titles = |asked: Range<usize>| -> Vec<String> {
            repairs(text, &found, &asked)
                .into_iter()
                .map(|repair| repair.title)
                .collect()
        };
        assert_eq!(titles(3..3), ["Replace `purpos` by `purpose`"]);
        assert!(titles(24..24).is_empty());
        assert!(titles(900..950).is_empty());
    }

    #[test]
    fn some_repairs_are_plain_from_the_place() {
        let table = [
            (
                "duplicate-language",
                "languages: [it, en, <it>]\n",
                Some("languages: [it, en]\n"),
            ),
            (
                "duplicate-language",
                "languages:\n  - it\n  - <it>\n",
                Some("languages:\n  - it\n"),
            ),
            (
                "list-became-text",
                "a:\n  words: <yes>\n  - no\n",
                Some("a:\n  words:\n  - yes\n  - no\n"),
            ),
            ("list-became-text", "words: <yes>\nx: 1\n", None),
        ];
        for (code, marked, expected) in table {
            let start = marked.find('<').unwrap_or(0);
            let end = marked.find('>').map_or(0, |end| end - 1);
            let text = marked.replace(['<', '>'], "");
            let found = [Diagnostic::error(code, start..end, "wrong")];
            let all = repairs(&text, &found, &(start..start));
            let repaired = all.first().map(|repair| {
                let (mut text, suggestion) = (text.clone(), &repair.suggestion);
                text.replace_range(suggestion.span.clone(), &suggestion.replacement);
                text
            });
            assert_eq!(repaired.as_deref(), expected, "{marked}");
        }
    }

    #[test]
    fn all_that_is_safe_is_repaired_at_once() {
        let text = "purpos: service\naudiense: opted-in\nschedule: now\nmessage: Hi\nreplies: desk\n|";
        let repaired = asked(text, |document, _| repair_all(document, "x"));
        assert_eq!(
            repaired,
            Some((0..35, "purpose: service\naudience: opted-in\n".to_owned()))
        );
        let clean = asked("purpose: service\naudience: opted-in\n|", |document, _| {
            repair_all(document, "x")
        });
        assert_eq!(clean, None);
    }

    #[test]
    fn titles_say_what_is_changed() {
        let table = [
            ("a", "b", "Replace `a` by `b`"),
            ("", " at", "Insert `at`"),
            ("x", "", "Remove `x`"),
            ("one\ntwo", "z", "Replace `one…` by `z`"),
        ];
        for (old, new, expected) in table {
            assert_eq!(title(old, new), expected);
        }
    }
}
