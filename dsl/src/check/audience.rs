//! The lists of the audience exist, and their headers have what the file says they have.

use std::collections::HashMap;
use std::ops::Range;

use super::{Context, Header, List, files};
use crate::columns::{self, ColumnError};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::project::{ListFile, Project, Reading};
use crate::tree::Node;
use crate::values::FieldType;
use crate::written::campaign::{Campaign, Source};
use crate::written::nearest::{Guess, nearest, these_are};
use crate::written::{Spanned, is_name, reading, stays_inside};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let audience = &context.written.audience;
    for source in audience.from.iter().chain(&audience.except) {
        unknown_list(context.project, source, found);
    }
    let written = context.root.and_then(|root| root.get("audience")?.get("from"));
    for file in written
        .into_iter()
        .flat_map(|from| from.items().iter().chain([from]))
    {
        reading::check(file, found);
    }
    for list in context.from.iter().chain(&context.except) {
        header(context, list, found);
    }
    found.extend(in_both(context));
    for (lists, key) in [(&context.from, "from"), (&context.except, "except")] {
        repeated(lists, key, found);
    }
}

/// What tells one list from another.
fn identity<'a>(list: &'a List<'_>) -> (&'a str, bool, &'a Reading) {
    (list.file.called(), list.file.path.is_empty(), &list.file.reading)
}

/// A list that stands twice under one key: its people are read twice, and nobody of them is texted twice.
fn repeated(lists: &[List<'_>], key: &str, found: &mut Vec<Diagnostic>) {
    let mut seen = HashMap::new();
    for list in lists.iter().filter(|list| !list.file.called().is_empty()) {
        if let Some(first) = seen.insert(identity(list), list) {
            let message = format!("\"{}\" stands twice under `{key}`", list.file.called());
            let help = "name each list once: the second time, all of its people are duplicates";
            found.push(
                Diagnostic::warning("list-repeated", list.span.clone(), message)
                    .label("again here")
                    .also(first.span.clone(), "first here")
                    .help(help),
            );
        }
    }
}

/// A list that people come from and that leaves them out again.
fn in_both(context: &Context<'_>) -> Option<Diagnostic> {
    let from = context.from.iter().rev().map(|from| (identity(from), from));
    let from: HashMap<_, _> = from.collect();
    let mut except = context.except.iter();
    let (out, from) = except.find_map(|out| Some((out, *from.get(&identity(out))?)))?;
    let message = format!(
        "\"{}\" stands under `except` too, so nobody of it is texted",
        from.file.called()
    );
    Some(
        Diagnostic::error("list-in-both", out.span.clone(), message)
            .label("leaves them all out")
            .also(from.span.clone(), "people come from it")
            .help("`except` names a list of people who are not to be texted: name another, or leave it out"),
    )
}

/// The lists people come from. The campaign's `columns` and `consent` win over the list's.
pub(super) fn from(written: &Campaign, project: &Project) -> Vec<(Range<usize>, ListFile)> {
    let renamed = written.audience.columns.iter();
    let ours: Vec<(String, String)> = renamed.map(|(k, v)| (k.value.clone(), v.value.clone())).collect();
    let mut lists = resolve(&written.audience.from, project);
    for (_, list) in &mut lists {
        list.columns.extend(ours.iter().cloned());
        if let Some(consent) = &written.audience.consent {
            list.consent = Some(consent.clone());
        }
    }
    lists
}

/// The lists of people who are left out.
pub(super) fn except(written: &Campaign, project: &Project) -> Vec<(Range<usize>, ListFile)> {
    resolve(&written.audience.except, project)
}

fn resolve(sources: &[Spanned<Source>], project: &Project) -> Vec<(Range<usize>, ListFile)> {
    let file = |source: &Spanned<Source>| {
        let file = match &source.value {
            Source::List(name) => project.lists.get(name)?.clone(),
            Source::Path(path) => at(path, Reading::default()),
            Source::Read(path, reading) => at(path, reading.clone()),
        };
        stays_inside(&file.path).then(|| (source.span.clone(), file))
    };
    sources.iter().filter_map(file).collect()
}

fn at(path: &str, reading: Reading) -> ListFile {
    ListFile {
        reading,
        ..ListFile::at(path)
    }
}

fn unknown_list(project: &Project, source: &Spanned<Source>, found: &mut Vec<Diagnostic>) {
    let name = match &source.value {
        Source::List(name) if !project.lists.contains_key(name) && is_name(name) => name,
        Source::List(_) | Source::Path(_) | Source::Read(..) => return,
    };
    let names = || project.lists.keys().map(String::as_str);
    let message = format!("list \"{name}\" does not exist");
    let diagnostic = Diagnostic::error("unknown-list", source.span.clone(), message);
    found.push(
        Guess::unsure(nearest(name, names())).tell(diagnostic, || match project.lists.is_empty() {
            true => "there are no lists of a name; a file is written as a path: `lists/customers.csv`".into(),
            false => format!(
                "{}; a file is written as a path",
                these_are(
                    ("list of crier.yaml", "lists of crier.yaml"),
                    &names().collect::<Vec<_>>()
                )
            ),
        }),
    );
}

fn header(context: &Context<'_>, list: &List<'_>, found: &mut Vec<Diagnostic>) {
    let path = &list.file.path;
    let at = |code, message: String| Diagnostic::error(code, list.span.clone(), message);
    match list.header {
        None => found.extend(of_query(context, list)),
        Some(Header::Absent) => {
            let message = match &list.file.name {
                Some(name) => format!("the file \"{path}\" of list \"{name}\" does not exist"),
                None => format!("the file \"{path}\" does not exist"),
            };
            let help = || files::RELATIVE.to_owned();
            let known = context.project.lists.values().map(|list| list.path.as_str());
            let known = known.filter(|known| known != path && !known.is_empty());
            let beside = context.absent.get(path).into_iter().flatten().map(String::as_str);
            let meant = files::meant(path, known.clone()).or_else(|| files::meant(path, beside));
            let diagnostic = at("list-file-missing", message);
            // A list of crier.yaml says its path there, a map under `file`.
            let is_here = context.text.get(list.span.clone()) == Some(path.as_str());
            found.push(match is_here {
                false => diagnostic.help(help()),
                true => Guess::unsure(meant).tell(diagnostic, help),
            });
        }
        Some(Header::Unreadable(why)) => {
            found.push(unreadable(path, why, list.span.clone()));
        }
        Some(Header::Columns(header)) => {
            if !list.turned.is_empty() {
                let (message, help) = super::columns::at_its_use(&list.file, &list.turned);
                found.push(at("columns-reversed", message).help(help));
            }
            let faults = columns::resolve_all(&list.file, header)
                .err()
                .into_iter()
                .flatten();
            found.extend(faults.map(|error| column(context, list, &error)));
        }
    }
}

/// Of a list that cannot be read: the same words wherever it is told.
pub(crate) fn unreadable(path: &str, why: &str, span: Range<usize>) -> Diagnostic {
    let message = format!("the file \"{path}\" cannot be read: {why}");
    Diagnostic::error("list-unreadable", span, message)
}

/// Names of columns that a query does not give. Where the numbers stand need not be said of it.
fn of_query(context: &Context<'_>, list: &List<'_>) -> Vec<Diagnostic> {
    let Some(columns) = &list.file.query else {
        return vec![];
    };
    let header: Vec<String> = columns.keys().cloned().collect();
    let faults = columns::resolve_all(&list.file, &header)
        .err()
        .unwrap_or_default();
    let is_missing =
        |error: &&ColumnError| matches!(error, ColumnError::NoSuchColumn { name, .. } if name != "phone");
    let missing = faults.iter().filter(is_missing);
    missing.map(|error| column(context, list, error)).collect()
}

/// Where the campaign itself says in which column its people agreed.
fn stated_consent<'a>(context: &Context<'a>, error: &ColumnError) -> Option<&'a Node> {
    let ColumnError::NoSuchColumn { name, wanted, .. } = error else {
        return None;
    };
    let consent = context.root?.get("audience")?.get("consent")?;
    let mut stated = ["column", "date"].iter().filter_map(|key| consent.get(key));
    stated.find(|node| name == "consent" && node.text() == Some(wanted.as_str()))
}

fn column(context: &Context<'_>, list: &List<'_>, error: &ColumnError) -> Diagnostic {
    if let Some(stated) = stated_consent(context, error) {
        return column_fault(&list.file, error, stated.span.clone());
    }
    let mut renamed = context.written.audience.columns.iter().rev();
    let renamed = renamed.find(|(ours, _)| error.is_of(&ours.value));
    let named = renamed.map(|(_, column)| column.span.clone());
    match named.or_else(|| of_consent(context, error)) {
        Some(span) => column_fault(&list.file, error, span),
        // No place to put another name.
        None => Diagnostic {
            suggestion: None,
            ..column_fault(&list.file, error, list.span.clone())
        },
    }
}

/// The column of the audience's own `consent`, where that is the one that is not there.
fn of_consent(context: &Context<'_>, error: &ColumnError) -> Option<Range<usize>> {
    let ColumnError::NoSuchColumn { wanted, .. } = error else {
        return None;
    };
    let named = context.root?.get("audience")?.get("consent")?.get("column")?;
    (named.text() == Some(wanted.as_str())).then(|| named.span.clone())
}

/// Of the columns of a list, where a name of one stands or the list does: the same words wherever it is told.
pub(crate) fn column_fault(list: &ListFile, error: &ColumnError, span: Range<usize>) -> Diagnostic {
    let code = match error {
        ColumnError::NoList(_) => "list-unreadable",
        ColumnError::NoPhoneColumn { .. } => "phone-column-missing",
        ColumnError::PhoneColumnUnclear { .. } => "phone-column-unclear",
        ColumnError::Doubled { .. } => "column-doubled",
        ColumnError::NoSuchColumn { .. } => "column-missing",
    };
    let message = match error {
        ColumnError::NoList(what) => format!("the file \"{}\" is {}, not the list", list.path, what.called()),
        _ => format!("in \"{}\" {error}", list.called()),
    };
    let help = list.stored().map(|_| ONLY_NUMBERS.to_owned());
    let found = Diagnostic::error(code, span.clone(), message).help(help.unwrap_or_else(|| error.help()));
    match error {
        ColumnError::NoSuchColumn {
            nearest: Some(nearest),
            ..
        } => found.replace(span, nearest.clone(), Applicability::Unsure),
        ColumnError::NoPhoneColumn { .. }
        | ColumnError::PhoneColumnUnclear { .. }
        | ColumnError::NoSuchColumn { .. }
        | ColumnError::NoList(_)
        | ColumnError::Doubled { .. } => found,
    }
}

const ONLY_NUMBERS: &str =
    "a stored list keeps numbers alone: a value is a field that steps `set`, with a `default`";

/// What is said of a list that has no columns to choose from, since people join it by their number.
pub(super) fn only_numbers(list: &List<'_>) -> Option<String> {
    list.file.stored().map(|_| ONLY_NUMBERS.to_owned())
}

/// Every name that texts may use of a list: the file's own and ours. None where the header is not known, as that of a file
/// whose first line is a person or a title. What a query gives crier.yaml says.
pub(super) fn names<'a>(list: &'a List<'_>) -> Option<Vec<&'a str>> {
    let ours = || list.file.columns.keys().map(String::as_str);
    if let Some(columns) = &list.file.query {
        return Some(columns.keys().map(String::as_str).chain(ours()).collect());
    }
    match list.header {
        Some(Header::Columns(header)) if columns::is_no_header(&list.file, header) => None,
        Some(Header::Columns(header)) => {
            let own = header.iter().map(|name| name.trim());
            Some(own.chain(ours()).collect())
        }
        Some(Header::Unreadable(_) | Header::Absent) | None => None,
    }
}

/// The type of a column that its lists say, all of them the same; none where one of them says none.
pub(super) fn type_of(context: &Context<'_>, name: &str) -> Option<FieldType> {
    let of = |list: &List<'_>| list.file.query.as_ref()?.get(name).copied();
    let mut types = context.from.iter().map(of);
    let first = types.next()??;
    types.all(|other| other == Some(first)).then_some(first)
}

/// Those of them that are surely there, also where the header is not known.
pub(super) fn sure_names<'a>(list: &'a List<'_>) -> Vec<&'a str> {
    let ours = || list.file.columns.keys().map(String::as_str).collect();
    names(list).unwrap_or_else(ours)
}
