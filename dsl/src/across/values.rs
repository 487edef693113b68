//! What the texts of crier.yaml name, some campaign has: a column of its list, or a field. They answer people of any of them, so
//! that a name of one is enough; one that no campaign has is misspelt, and the text goes to nobody.

use std::collections::BTreeSet;

use super::{Across, Outline, Whole};
use crate::Header;
use crate::ProjectFile;
use crate::check::BUILT_IN;
use crate::columns::is_no_header;
use crate::diagnostic::Diagnostic;
use crate::project::ListFile;
use crate::template::{HELPERS, Template, UseKind};
use crate::tree::Positions;
use crate::written::campaign::{Sent, Step, Value, Verb, flattened};
use crate::written::nearest::{Guess, nearest};

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let Some(file) = whole
        .file
        .filter(|_| whole.is_sound() && !whole.campaigns.is_empty())
    else {
        return;
    };
    let used = used(file);
    if used.is_empty() {
        return;
    }
    let Some(mut names) = names(whole) else { return };
    names.extend(set(&whole.steps_of_rules()));
    for (value, name, place) in used.into_iter().filter(|(_, name, _)| !names.contains(name)) {
        let span = Positions::new(&file.text, &value.node).span(place);
        let message = format!("\"{name}\" is no column and no field of any campaign of this project");
        let found = Diagnostic::warning("unknown-variable", span, message).label("nobody has it");
        let known = names.iter().map(String::as_str).chain(BUILT_IN.iter().copied());
        across.project.push(Guess::unsure(nearest(&name, known)).tell(found, || {
            format!(
                "the text goes to those alone who have it: declare it in the campaigns, `fields: {{ {name}: text }}`, \
                 or take it out"
            )
        }));
    }
}

/// The lists whose headers say what the texts of crier.yaml may name; none where they name nothing.
pub fn to_be_known<'a>(file: Option<&ProjectFile>, campaigns: &'a [Outline]) -> Vec<&'a ListFile> {
    let names_something = file.is_some_and(|file| !used(file).is_empty());
    let campaigns = campaigns.iter().filter(|_| names_something);
    let lists = campaigns.flat_map(|campaign| &campaign.people);
    lists.filter(|list| !list.path.is_empty()).collect()
}

/// The names that its texts use the value of, where they stand; what every text may use is none of them.
fn used<'a>(file: &'a ProjectFile) -> Vec<(&'a Value, String, std::ops::Range<usize>)> {
    let of = |value: &'a Value| {
        let template = Template::compile(&value.text).ok();
        let used = template.map(|template| template.uses()).unwrap_or_default();
        let own = used.into_iter().filter(|used| {
            let name = used.name.as_str();
            used.kind == UseKind::Variable && !BUILT_IN.contains(&name) && !HELPERS.contains(&name)
        });
        own.map(|used| (value, used.name, used.span)).collect::<Vec<_>>()
    };
    texts(file).into_iter().flat_map(of).collect()
}

/// The texts for people, and those of notes.
fn texts(file: &ProjectFile) -> Vec<&Value> {
    let written = file.written();
    let messages = written.messages.iter().flat_map(|message| message.texts());
    let mut all: Vec<&Value> = messages.flat_map(|(_, texts)| texts.values()).collect();
    for step in written.rules.iter().flat_map(|rule| flattened(&rule.steps)) {
        let sent = step.sent().into_iter().filter_map(Sent::texts);
        all.extend(sent.flat_map(|texts| texts.values()));
        if let Verb::Notify { text, .. } = &step.verb {
            all.extend(text);
        }
    }
    all
}

/// What the rules themselves give a value.
fn set(steps: &[&Step]) -> Vec<String> {
    let of = |step: &&Step| match &step.verb {
        Verb::Set(values) => values.iter().map(|(name, _)| name.value.clone()).collect(),
        _ => vec![],
    };
    steps.iter().flat_map(of).collect()
}

/// Every name of a column or field of some campaign; none where any name may be one.
fn names(whole: &Whole<'_>) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for campaign in whole.campaigns {
        if campaign.any_column {
            return None;
        }
        names.extend(campaign.fields.iter().cloned());
        for list in &campaign.people {
            names.extend(list.columns.keys().cloned());
            names.extend(columns(whole, list)?);
        }
    }
    Some(names)
}

/// The columns of a list; none where they are not known.
fn columns(whole: &Whole<'_>, list: &ListFile) -> Option<Vec<String>> {
    if let Some(columns) = &list.query {
        return Some(columns.keys().cloned().collect());
    }
    if list.is_stored {
        return Some(vec![]);
    }
    match whole.headers.get(&list.key()).filter(|_| !list.path.is_empty())? {
        Header::Columns(header) if !is_no_header(list, header) => {
            Some(header.iter().map(|name| name.trim().to_owned()).collect())
        }
        Header::Columns(_) | Header::Absent | Header::Unreadable(_) => None,
    }
}
