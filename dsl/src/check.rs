//! A campaign as written against its surroundings: the project, and the headers of the lists. Each check looks at one
//! thing, in a file of its own, and says all it finds. Where no check finds an error, the campaign as meant is made.

use std::collections::BTreeMap;

use crate::campaign::Campaign;
use crate::diagnostic::Diagnostic;
use crate::project::{ListFile, Project};
use crate::values::Language;
use crate::written;
use crate::{CampaignFile, ProjectFile};

mod audience;
mod budget;
mod fields;
mod languages;
mod meaning;
mod messages;
mod name;
mod opt_out;
mod project;
mod replies;
mod schedule;
mod sender;
mod steps;
mod templates;

/// What a campaign is held against.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The project it belongs to.
    pub project: &'a Project,
    /// The campaign's file name without its endings; its name where the file states none.
    pub file_name: &'a str,
    /// What is known of the lists, by the path of [`ListFile`]. A path that is not in it is not judged.
    pub headers: &'a BTreeMap<String, Header>,
}

/// What is known of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// Its columns, in order.
    Columns(Vec<String>),
    /// It is there and cannot be read; one sentence says why.
    Unreadable(String),
    /// There is no such file.
    Absent,
}

/// What came out of checking.
#[derive(Debug, Clone)]
pub struct Checked<T> {
    /// There if and only if no diagnostic is an error.
    pub value: Option<T>,
    /// By place; one for each cause.
    pub diagnostics: Vec<Diagnostic>,
}

/// What the checks work from.
pub(crate) struct Context<'a> {
    /// The file.
    pub text: &'a str,
    pub written: &'a written::campaign::Campaign,
    pub project: &'a Project,
    pub file_name: &'a str,
    /// The lists the audience names that exist, with their headers where those are known.
    pub from: Vec<List<'a>>,
    pub except: Vec<List<'a>>,
    /// Never empty.
    pub languages: Vec<Language>,
}

/// A list of an audience.
pub(crate) struct List<'a> {
    pub span: std::ops::Range<usize>,
    pub file: ListFile,
    pub header: Option<&'a Header>,
}

type Check = fn(&Context<'_>, &mut Vec<Diagnostic>);

/// Every check of a campaign, in order.
const CHECKS: &[Check] = &[
    name::check,
    sender::check,
    audience::check,
    schedule::check,
    languages::check,
    fields::check,
    messages::check,
    steps::check,
    templates::check,
    opt_out::check,
    replies::check,
    budget::check,
];

/// Holds a campaign against its surroundings.
pub fn check_campaign(file: &CampaignFile, surroundings: &Surroundings<'_>) -> Checked<Campaign> {
    let mut found = file.read.found.clone();
    if !file.read.is_whole() {
        return finish(None, found);
    }
    let context = Context::new(file, surroundings);
    for check in CHECKS {
        check(&context, &mut found);
    }
    let clean = !found.iter().any(Diagnostic::is_error);
    let value = if clean { meaning::campaign(&context) } else { None };
    finish(value, found)
}

/// Makes the project of a crier.yaml. `folder_name` is its name where the file states none.
pub fn check_project(file: &ProjectFile, folder_name: &str) -> Checked<Project> {
    let mut found = file.read.found.clone();
    if !file.read.is_whole() {
        return finish(None, found);
    }
    project::check(&file.written, &mut found);
    let clean = !found.iter().any(Diagnostic::is_error);
    let value = clean.then(|| project::outline(&file.written, folder_name));
    finish(value, found)
}

/// What can be made out of a crier.yaml that has errors, so that its campaigns can be checked all the same. Never to be
/// run: lists and inboxes of kinds that are not supported have names only.
pub fn outline_project(file: &ProjectFile, folder_name: &str) -> Project {
    project::outline(&file.written, folder_name)
}

fn finish<T>(value: Option<T>, mut found: Vec<Diagnostic>) -> Checked<T> {
    found.sort_by(|a, b| (a.span.start, a.span.end, a.code).cmp(&(b.span.start, b.span.end, b.code)));
    // What stands behind an alias is met once for each use.
    found.dedup();
    let clean = !found.iter().any(Diagnostic::is_error);
    if clean && value.is_none() {
        found.push(
            Diagnostic::error(
                "internal",
                0..0,
                "the file has no fault that crier can name, and no meaning",
            )
            .help("this is a fault of crier: please report it with the file"),
        );
    }
    let value = value.filter(|_| clean);
    Checked {
        value,
        diagnostics: found,
    }
}

impl<'a> Context<'a> {
    fn new(file: &'a CampaignFile, surroundings: &Surroundings<'a>) -> Context<'a> {
        let project = surroundings.project;
        let lists = |files: Vec<(std::ops::Range<usize>, ListFile)>| {
            let list = |(span, file): (std::ops::Range<usize>, ListFile)| List {
                header: surroundings.headers.get(&file.path),
                span,
                file,
            };
            files.into_iter().map(list).collect()
        };
        Context {
            text: &file.text,
            written: &file.written,
            project,
            file_name: surroundings.file_name,
            from: lists(audience::from(&file.written, project)),
            except: lists(audience::except(&file.written, project)),
            languages: languages::of(&file.written, project),
        }
    }
}

/// The files that the audience of a campaign names, as far as they are known.
pub(crate) fn files(written: &written::campaign::Campaign, project: &Project) -> Vec<ListFile> {
    let all = audience::from(written, project)
        .into_iter()
        .chain(audience::except(written, project));
    all.map(|(_, file)| file)
        .filter(|file| !file.path.is_empty())
        .collect()
}
