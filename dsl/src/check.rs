//! A campaign as written against its surroundings: the project, and the headers of the lists. Each check looks at one
//! thing, in a file of its own, and says all it finds. Where no check finds an error, the campaign as meant is made.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::campaign::Campaign;
use crate::diagnostic::{Diagnostic, NOT_YET};
use crate::project::{ListFile, Project, SharedReplies};
use crate::template::compiling_once;
use crate::values::Language;
use crate::written;
use crate::{CampaignFile, ProjectFile};

mod audience;
mod awaited;
mod budget;
mod columns;
mod conditions;
mod consent;
mod consequences;
mod covered;
mod crossed;
mod curly;
mod deadlines;
mod durations;
mod fields;
mod files;
mod foreign;
mod guarded;
mod hosts;
mod inboxes;
mod keywords;
mod languages;
mod lasts;
mod length;
mod links;
pub(crate) use languages::of as languages_of;
mod meaning;
mod messages;
mod moments;
mod most;
mod name;
mod narrowing;
mod never_in_time;
mod night;
mod one_number;
mod opt_in;
mod opt_out;
pub(crate) use opt_out::Ways;
mod opt_out_words;
mod order;
mod over_frequency;
mod patterns;
mod phrases;
mod policy;
mod ports;
mod project;
mod project_rules;
pub(crate) use project_rules::as_campaign;
mod quiet;
mod rates;
mod receiving;
mod replies;
mod rounds;
mod rules;
mod rules_that_wait;
mod schedule;
mod secrets;
mod sender;
mod shares;
mod steps;
mod stored_lists;
mod stories;
pub(crate) use stories::{BESIDE_COLUMNS, EXPECTED};
mod taken;
mod templates;
mod unreachable;

pub(crate) use templates::BUILT_IN;

/// What a campaign is held against.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The project it belongs to.
    pub project: &'a Project,
    /// The campaign's file name without its endings; its name where the file states none.
    pub file_name: &'a str,
    /// What is known of the lists, by the key of [`ListFile`]. One that is not in it is not judged.
    pub headers: &'a BTreeMap<String, Header>,
    /// Those of its lists and of [`CampaignFile::named_files`] that are not there.
    pub absent: &'a Absent,
}

/// Files that are not there, by path, each with the paths of those that are where it would be.
pub type Absent = BTreeMap<String, Vec<String>>;

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

/// A stored list keeps numbers alone.
static STORED: LazyLock<Header> = LazyLock::new(|| Header::Columns(vec!["phone".into()]));

/// What came out of checking.
#[derive(Debug, Clone)]
pub struct Checked<T> {
    /// There if and only if no diagnostic is an error; what stands in `later` it holds too.
    pub value: Option<T>,
    /// By place; one for each cause.
    pub diagnostics: Vec<Diagnostic>,
    /// What of the file is right and cannot be run by this version. By place.
    pub later: Vec<Diagnostic>,
}

/// What the checks work from.
pub(crate) struct Context<'a> {
    /// The file.
    pub text: &'a str,
    /// What it holds, for what is not read yet.
    pub root: Option<&'a crate::tree::Node>,
    /// How many findings there are of reading it: they come first.
    pub of_reading: usize,
    pub written: &'a written::campaign::Campaign,
    pub project: &'a Project,
    pub file_name: &'a str,
    /// The lists the audience names that exist, with their headers where those are known.
    pub from: Vec<List<'a>>,
    pub except: Vec<List<'a>>,
    /// Files that it names, and that are not there.
    pub absent: &'a Absent,
    /// Never empty.
    pub languages: Vec<Language>,
    /// What is held against it stands in crier.yaml: messages and links may be those of any campaign.
    pub of_project: bool,
}

/// A list of an audience.
pub(crate) struct List<'a> {
    pub span: std::ops::Range<usize>,
    pub file: ListFile,
    pub header: Option<&'a Header>,
    /// The names of its columns that crier.yaml has the wrong way round; `file` has them as they are meant.
    pub turned: Vec<(String, String)>,
}

impl<'a> List<'a> {
    fn new(
        span: std::ops::Range<usize>,
        mut file: ListFile,
        header: Option<&'a Header>,
        turned: Vec<(String, String)>,
    ) -> List<'a> {
        crate::columns::turn(&mut file, &turned);
        List {
            span,
            file,
            header,
            turned,
        }
    }
}

type Check = fn(&Context<'_>, &mut Vec<Diagnostic>);

/// Every check of a campaign, in order.
const CHECKS: &[Check] = &[
    name::check,
    sender::check,
    audience::check,
    columns::check,
    consent::of_lists,
    files::check,
    narrowing::check,
    schedule::check,
    languages::check,
    fields::check,
    moments::check,
    messages::check,
    shares::check,
    steps::check,
    unreachable::check,
    deadlines::check,
    durations::check,
    rounds::check,
    never_in_time::check,
    over_frequency::check,
    rules::check,
    rules_that_wait::check,
    covered::check,
    taken::check,
    phrases::check,
    patterns::check,
    templates::check,
    foreign::check,
    length::check,
    hosts::check,
    opt_out::check,
    opt_out_words::check,
    replies::check,
    receiving::check,
    policy::check,
    night::check,
    quiet::check,
    guarded::check,
    budget::check,
    rates::check,
    stored_lists::check,
    stories::check,
    conditions::check,
    order::check,
    awaited::check,
    links::check,
    // The last two take out what others found, so they are held against all of it.
    consequences::check,
    secrets::check,
];

/// Holds a campaign against its surroundings.
pub fn check_campaign(file: &CampaignFile, surroundings: &Surroundings<'_>) -> Checked<Campaign> {
    let mut found = file.read.found.clone();
    if !file.read.is_whole() {
        return finish(None, found);
    }
    compiling_once(|| {
        let context = Context::new(file, surroundings);
        for check in CHECKS {
            check(&context, &mut found);
        }
        curly::join(file.read.tree.root.as_ref(), &file.text, &mut found);
        // What `run` does later has a meaning all the same: stories play it.
        let clean = !found.iter().any(Diagnostic::is_fault);
        let value = if clean { meaning::campaign(&context) } else { None };
        finish(value, found)
    })
}

/// Makes the project of a crier.yaml. `folder_name` is its name where the file states none.
pub fn check_project(file: &ProjectFile, folder_name: &str) -> Checked<Project> {
    let mut found = file.read.found.clone();
    if !file.read.is_whole() {
        return finish(None, found);
    }
    project::check(&file.written, &mut found);
    let outline = project::outline(&file.written, folder_name);
    project::of_lists(file.read.tree.root.as_ref(), &mut found);
    project_rules::check(file, &outline, &mut found);
    crossed::check(file.read.tree.root.as_ref(), &file.written, &mut found);
    ports::check(&file.text, file.read.tree.root.as_ref(), &mut found);
    consequences::drop_of_project(file.read.tree.root.as_ref(), file.read.found.len(), &mut found);
    curly::join(file.read.tree.root.as_ref(), &file.text, &mut found);
    secrets::look_through(file.read.tree.root.as_ref(), &file.text, &mut found);
    // Campaigns are checked against a project of which parts cannot be run yet.
    let clean = !found.iter().any(Diagnostic::is_fault);
    let value = clean.then_some(outline);
    finish(value, found)
}

/// What can be made out of a crier.yaml that has errors, so that its campaigns can be checked all the same. Never to be
/// run: lists and inboxes of kinds that are not supported have names only, and rules for replies, which may be wrong, are none.
pub fn outline_project(file: &ProjectFile, folder_name: &str) -> Project {
    Project {
        shared: SharedReplies::default(),
        ..project::outline(&file.written, folder_name)
    }
}

fn finish<T>(value: Option<T>, mut found: Vec<Diagnostic>) -> Checked<T> {
    found.sort_by_key(Diagnostic::place);
    // What stands behind an alias is met once for each use.
    found.dedup();
    let (later, mut found): (Vec<_>, Vec<_>) = found.into_iter().partition(|d| d.code == NOT_YET);
    let clean = !found.iter().any(Diagnostic::is_error);
    if clean && value.is_none() && later.is_empty() {
        found.push(
            Diagnostic::error(
                "internal",
                0..0,
                "the file has no fault that crier can name, and no meaning",
            )
            .help("this is a fault of crier: please report it with the file"),
        );
    }
    Checked {
        value: value.filter(|_| clean),
        diagnostics: most::kept(found),
        later: most::kept(later),
    }
}

impl<'a> Context<'a> {
    fn new(file: &'a CampaignFile, surroundings: &Surroundings<'a>) -> Context<'a> {
        let project = surroundings.project;
        let lists = |files: Vec<(std::ops::Range<usize>, ListFile)>| {
            let list = |(span, file): (std::ops::Range<usize>, ListFile)| {
                let header = match file.is_stored {
                    true => Some(&*STORED),
                    false => surroundings.headers.get(&file.key()),
                };
                let own = file.name.as_ref().and_then(|name| project.lists.get(name));
                let turned = match (own, header) {
                    (Some(own), Some(Header::Columns(header))) => crate::columns::turned(own, header),
                    _ => vec![],
                };
                List::new(span, file, header, turned)
            };
            files.into_iter().map(list).collect()
        };
        Context {
            text: &file.text,
            root: file.read.tree.root.as_ref(),
            of_reading: file.read.found.len(),
            written: &file.written,
            project,
            file_name: surroundings.file_name,
            from: lists(audience::from(&file.written, project)),
            except: lists(audience::except(&file.written, project)),
            absent: surroundings.absent,
            languages: languages::of(&file.written, project),
            of_project: false,
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

pub(crate) use audience::{column_fault, unreadable};
pub(crate) use columns::{of_list, reversal};
pub(crate) use files::{RELATIVE, meant as meant_file, missing as missing_file, named as named_files};

/// The lists that people come from, as far as they are known, with what their columns are called here.
pub(crate) fn people(written: &written::campaign::Campaign, project: &Project) -> Vec<ListFile> {
    files_of(audience::from(written, project))
}

/// The lists of whom nobody is texted, as far as they are known.
pub(crate) fn excepted(written: &written::campaign::Campaign, project: &Project) -> Vec<ListFile> {
    files_of(audience::except(written, project))
}

fn files_of(lists: Vec<(std::ops::Range<usize>, ListFile)>) -> Vec<ListFile> {
    lists.into_iter().map(|(_, file)| file).collect()
}
