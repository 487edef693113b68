//! Where a name is given: in the file itself, or in crier.yaml; and the file that a path leads to.

use std::ops::Range;

use super::names::{self, NameKind, Named};
use super::sketch::{Role, Sketch};
use super::{Around, Document, File, Memo, forms};
use crate::written::key::Form;

/// A place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// In the file that was asked about.
    Here(Range<usize>),
    /// In crier.yaml.
    CrierYaml(Range<usize>),
    /// A file of the project: its path from the folder of crier.yaml. Whether it is there is not known here.
    File(String),
}

/// Where the name at a byte is given; none where there is no name, or it is given nowhere.
pub fn definition(document: &Document<'_>, byte: usize) -> Option<Target> {
    let own = names::all(document);
    let Some(asked) = names::at(own, byte) else {
        return path(document, byte);
    };
    if let Some(given) = given(own, asked) {
        return Some(Target::Here(given.span.clone()));
    }
    let elsewhere = match asked.kind {
        NameKind::List
        | NameKind::Sender
        | NameKind::Inbox
        | NameKind::Provider
        | NameKind::Message
        | NameKind::Database => in_crier_yaml(document, asked),
        NameKind::Field | NameKind::Link | NameKind::Step | NameKind::Tag => None,
    };
    // A column that nothing declares is where it is called so first.
    let first = own.iter().find(|named| named.is_same(asked));
    let first = first.filter(|_| asked.kind == NameKind::Field);
    let given = elsewhere.or_else(|| first.map(|named| Target::Here(named.span.clone())));
    given.or_else(|| path(document, byte))
}

/// Where a path stands, what it leads to.
fn path(document: &Document<'_>, byte: usize) -> Option<Target> {
    let (sketch, spot) = Sketch::of(document, byte);
    let spot = spot.filter(|spot| spot.role != Role::Key)?;
    let forms = forms::at(document, &sketch, &spot.path);
    let is_path = |form: &&Form| matches!(form, Form::Path | Form::Source);
    forms.iter().copied().find(is_path)?;
    let path = document.text.get(spot.word)?.trim_end();
    // The name of a list that nobody defines is none.
    path.contains('.').then(|| Target::File(path.to_owned()))
}

fn given<'a>(all: &'a [Named], asked: &Named) -> Option<&'a Named> {
    all.iter().find(|named| named.defines && named.is_same(asked))
}

fn in_crier_yaml(document: &Document<'_>, asked: &Named) -> Option<Target> {
    let (text, file) = document.around.crier_yaml?;
    let around: &Around<'_> = document.around;
    let other = Document {
        text,
        file: File::Project(file),
        around,
        memo: &Memo::default(),
        begins: 0,
    };
    given(names::all(&other), asked).map(|named| Target::CrierYaml(named.span.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::testing::{CAMPAIGN, asked, shown};

    /// The line that the definition is in, and which file; the name in brackets.
    fn check(marked: &str, expected: &str) {
        let found = asked(marked, |document, byte| match definition(document, byte) {
            Some(Target::Here(span)) => shown(document.text, &span),
            Some(Target::CrierYaml(span)) => {
                let (text, _) = document.around.crier_yaml.expect("there is one");
                format!("crier.yaml: {}", shown(text, &span))
            }
            Some(Target::File(path)) => format!("the file {path}"),
            None => "nothing".to_owned(),
        });
        assert_eq!(found, expected, "{marked}");
    }

    #[test]
    fn names_lead_to_where_they_are_given() {
        let table = [
            (
                "send: invi|te",
                "  [invite]: \"Hello {{first_name}} {{link tickets}}\"",
            ),
            (
                "send: |invite",
                "  [invite]: \"Hello {{first_name}} {{link tickets}}\"",
            ),
            (
                "from: opte|d-in",
                "crier.yaml: lists: { [opted-in]: { file: lists/in.csv } }",
            ),
            (
                "sender: sq|uare",
                "crier.yaml:   [square]: { number: \"+12125550100\", provider: trial }",
            ),
            (
                "replies: de|sk",
                "crier.yaml: inboxes: { [desk]: { email: desk@square.example } }",
            ),
            ("{{link tick|ets", "  [tickets]: https://square.example/t"),
            ("Hello {{first_n|ame", "  [first_name]: { longest: 14 }"),
            ("clicked(\"tick|ets", "  [tickets]: https://square.example/t"),
            (
                "delivered(\"|invite",
                "  [invite]: \"Hello {{first_name}} {{link tickets}}\"",
            ),
            ("pur|pose", "nothing"),
        ];
        for (place, expected) in table {
            let (before, after) = place.split_once('|').expect("a cursor");
            let whole = format!("{before}{after}");
            check(&CAMPAIGN.replacen(&whole, place, 1), expected);
        }
    }

    #[test]
    fn a_name_that_is_given_nowhere_leads_nowhere() {
        check("steps:\n  - send: nob|ody\n", "nothing");
        check("audience: nob|ody\n", "nothing");
    }

    #[test]
    fn paths_lead_to_their_files() {
        check("tests: tests/a|b.yaml\n", "the file tests/ab.yaml");
        check("audience: \"lists/in|.csv\"\n", "the file lists/in.csv");
        check(
            "audience:\n  from: [opted-in, lists/mo|re.csv]\n",
            "the file lists/more.csv",
        );
    }
}
