//! `crier validate`: all diagnostics of all files; offline, and never looks at the clock.

mod across;
mod changed;
mod found;
mod once;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use dsl::across::Outline;
use dsl::diagnostic::Severity;
use dsl::render::github::Rest;
use engine::load::{self, CheckedFile, Headers, LoadError, LoadedProject, PROJECT_FILE};
use rayon::prelude::*;

use self::changed::Changed;
pub(super) use self::found::found;
use self::found::{FoundFiles, found_beside, place_of};
use super::fix::Repaired;
use super::rewrite::{is_dash, read_stdin};
use super::{Failure, fix};
use crate::cli::{DiagnosticFormat, FailOn, Validate};
use crate::output::{self, diagnostics};

pub(super) fn run(args: &Validate) -> Result<ExitCode, Failure> {
    let Inputs {
        paths,
        others,
        mut unread,
        piped,
    } = inputs(args).inspect_err(|_| nothing(args.format))?;
    if let (true, Some(piped)) = (args.fix, &piped) {
        return fix::piped(&piped.path, &piped.bytes);
    }
    let changed = match &args.since {
        Some(revision) => Some(Changed::since(revision, &paths)?),
        None => None,
    };
    let repaired = args.fix.then(|| fix::files(&paths));
    let (mut files, closed) = check(&paths, piped.as_ref(), changed.as_ref())?;
    unread.extend(closed);
    if changed.is_none() {
        files.extend(others.iter().filter_map(|path| load::mistaken(path)));
    }
    let fail_on = match args.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
    };
    once::drop_inside(&mut files, &unread);
    let read = files.iter().filter(|file| !once::is_unread(file)).count();
    files.extend(unread);
    let (checked, closed) = (read, files.len() - read);
    print(&files, args.format, fail_on);
    if args.format != Some(DiagnosticFormat::Json) {
        output::say(&diagnostics::summary(
            &files,
            checked,
            closed,
            args.since.as_deref(),
        ));
    }
    if matches!(args.format, None | Some(DiagnosticFormat::Full))
        && let Some(more) = diagnostics::more(&files)
    {
        output::say(&more);
    }
    if let Some(Repaired { places, mut failed }) = repaired {
        output::say(&fix::summary(places, &files));
        if let Some(last) = failed.pop() {
            failed.iter().for_each(output::error);
            return Err(last);
        }
    }
    let mut all = files.iter().flat_map(|file| &file.diagnostics);
    if args.exit_zero || all.all(|diagnostic| diagnostic.severity > fail_on) {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::Found(None))
    }
}

fn print(files: &[CheckedFile], format: Option<DiagnosticFormat>, fail_on: Severity) {
    let wrong = || files.iter().filter(|file| !file.diagnostics.is_empty());
    let full = || {
        let shown = once::shown(files).into_iter();
        let told = shown.filter(|file| !file.diagnostics.is_empty());
        told.for_each(|file| output::line(&diagnostics::full(&file)));
    };
    match format {
        None => {
            full();
            if in_github_actions() {
                output::lines(&diagnostics::github(files, Rest::Told));
            }
        }
        Some(DiagnosticFormat::Full) => full(),
        Some(DiagnosticFormat::Concise) => {
            wrong().for_each(|file| output::lines(&diagnostics::concise(file)));
        }
        Some(DiagnosticFormat::Json) => output::json(&diagnostics::json(files)),
        Some(DiagnosticFormat::Github) => output::lines(&diagnostics::github(files, Rest::Listed)),
        Some(DiagnosticFormat::Sarif) => output::json(&diagnostics::sarif(files)),
        Some(DiagnosticFormat::Rdjson) => output::json(&diagnostics::rdjson(files)),
        Some(DiagnosticFormat::Gitlab) => output::json(&diagnostics::gitlab(files)),
        Some(DiagnosticFormat::Junit) => output::lines(&diagnostics::junit(files, fail_on)),
    }
}

/// What a program reads where no file was found: a document all the same, and the exit code says the rest.
fn nothing(format: Option<DiagnosticFormat>) {
    match format {
        Some(
            DiagnosticFormat::Sarif
            | DiagnosticFormat::Rdjson
            | DiagnosticFormat::Gitlab
            | DiagnosticFormat::Junit,
        ) => print(&[], format, Severity::Error),
        Some(
            DiagnosticFormat::Full
            | DiagnosticFormat::Concise
            | DiagnosticFormat::Json
            | DiagnosticFormat::Github,
        )
        | None => {}
    }
}

fn in_github_actions() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|set| !set.is_empty() && set != "false")
}

/// What stands in place of a file.
struct Piped {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// What is to be looked at.
struct Inputs {
    paths: Vec<PathBuf>,
    /// YAML files of other names, which may be meant to be campaigns.
    others: Vec<PathBuf>,
    /// Folders that cannot be read, and links that lead in a circle.
    unread: Vec<CheckedFile>,
    piped: Option<Piped>,
}

/// The files that were named, and standard input where `-` was.
fn inputs(args: &Validate) -> Result<Inputs, Failure> {
    let named: Vec<PathBuf> = args.paths.iter().filter(|path| !is_dash(path)).cloned().collect();
    if named.len() == args.paths.len() {
        let FoundFiles {
            paths,
            others,
            unread,
        } = found_beside(&named)?;
        return Ok(Inputs {
            paths,
            others,
            unread,
            piped: None,
        });
    }
    let bytes = read_stdin()?;
    let path = args.stdin_filename.clone();
    let mut beside = match named.is_empty() {
        true => FoundFiles::default(),
        false => found_beside(&named)?,
    };
    beside.paths.retain(|named| *named != path);
    Ok(Inputs {
        paths: beside.paths,
        others: vec![],
        unread: beside.unread,
        piped: Some(Piped { path, bytes }),
    })
}

/// A project on the way.
struct Met {
    project: LoadedProject,
    /// Of its lists.
    headers: Arc<Headers>,
    /// What is to be said of its crier.yaml is among the files.
    told: bool,
}

impl Met {
    fn new(project: LoadedProject) -> Met {
        Met {
            project,
            headers: Arc::default(),
            told: false,
        }
    }

    fn parts(&self) -> (LoadedProject, Arc<Headers>) {
        (self.project.clone(), self.headers.clone())
    }
}

/// Checks each file once; a project that no argument named is checked with its campaigns. Files that cannot be read at all
/// come beside, and so does a crier.yaml, whose campaigns are checked all the same.
fn check(
    paths: &[PathBuf],
    piped: Option<&Piped>,
    changed: Option<&Changed>,
) -> Result<(Vec<CheckedFile>, Vec<CheckedFile>), Failure> {
    let mut projects: BTreeMap<PathBuf, Met> = BTreeMap::new();
    let (mut files, mut unread) = (vec![], vec![]);
    if let Some(piped) = piped {
        if is_project(&piped.path) {
            let project = load::project_of_bytes(&piped.path, &piped.bytes);
            let key = place_of(&project.folder);
            projects.insert(key.clone(), Met::new(project));
            tell(&mut projects, &key, &mut files);
        } else if let Some(campaign) = load::campaign_of_stories(&piped.path) {
            let key = meet(&mut projects, &load::project_folder(&campaign));
            tell(&mut projects, &key, &mut files);
            files.push(Found::Stories(campaign, piped, projects[&key].parts()));
        } else {
            let key = meet(&mut projects, &load::project_folder(&piped.path));
            tell(&mut projects, &key, &mut files);
            files.push(Found::Piped(piped, projects[&key].parts()));
        }
    }
    let mut edited = BTreeMap::new();
    for path in paths {
        let key = meet(&mut projects, &load::project_folder(path));
        let project = &projects[&key].project;
        let wanted = match changed {
            None => true,
            Some(changed) if is_project(path) => changed.concerns_project(path, project),
            Some(changed) => {
                let edited = edited
                    .entry(key.clone())
                    .or_insert_with(|| changed.edited(project));
                // One that cannot be read may be any.
                changed.concerns(path, project, edited).unwrap_or(true)
            }
        };
        if wanted {
            tell(&mut projects, &key, &mut files);
            if !is_project(path) {
                files.push(Found::Campaign(path, projects[&key].parts()));
            }
        }
    }
    let checked: Vec<Result<Seen, LoadError>> = files.into_par_iter().map(Found::checked).collect();
    let mut read = vec![];
    for checked in checked {
        match checked {
            Ok(file) => read.push(file),
            Err(error) => unread.push(error.told()),
        }
    }
    let stories: Vec<CheckedFile> = read.iter_mut().filter_map(|seen| seen.stories.take()).collect();
    let mut read = across::told(read, projects.values().map(|met| &met.project));
    read.extend(stories);
    Ok((read, unread))
}

fn is_project(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == PROJECT_FILE)
}

/// Reads the project of a folder, once.
fn meet(projects: &mut BTreeMap<PathBuf, Met>, folder: &Path) -> PathBuf {
    let key = place_of(folder);
    let read = || load::load_project(folder).unwrap_or_else(|error| load::project_unread(folder, &error));
    projects.entry(key.clone()).or_insert_with(|| Met::new(read()));
    key
}

/// Puts the crier.yaml of a project among the files, once.
fn tell(projects: &mut BTreeMap<PathBuf, Met>, key: &Path, files: &mut Vec<Found<'_>>) {
    if let Some(met) = projects.get_mut(key)
        && !std::mem::replace(&mut met.told, true)
    {
        let folder = met.project.folder.clone();
        files.extend(met.project.file.clone().map(|file| Found::Checked(file, folder)));
    }
}

/// A file, on the way to be checked: campaigns are, each by itself, on every core.
enum Found<'a> {
    Checked(CheckedFile, PathBuf),
    Campaign(&'a Path, (LoadedProject, Arc<Headers>)),
    Piped(&'a Piped, (LoadedProject, Arc<Headers>)),
    /// A campaign whose stories are handed in.
    Stories(PathBuf, &'a Piped, (LoadedProject, Arc<Headers>)),
}

/// A file that was checked by itself.
struct Seen {
    file: CheckedFile,
    /// The folder of its project.
    folder: PathBuf,
    /// What other campaigns have to do with in it; none of a crier.yaml.
    outline: Option<Outline>,
    /// The file of its stories, where they stand in one of their own.
    stories: Option<CheckedFile>,
}

impl Found<'_> {
    fn checked(self) -> Result<Seen, LoadError> {
        let mut handed_in = None;
        let loaded = match self {
            Found::Checked(file, folder) => {
                let outline = None;
                return Ok(Seen {
                    file,
                    folder,
                    outline,
                    stories: None,
                });
            }
            Found::Campaign(path, (project, headers)) => load::load_campaign_with(path, project, &headers)?,
            Found::Stories(path, piped, (project, headers)) => {
                handed_in = Some(&piped.bytes);
                load::load_campaign_with(&path, project, &headers)?
            }
            Found::Piped(piped, (project, headers)) => {
                load::campaign_with(&piped.path, &piped.bytes, project, &headers)
            }
        };
        Ok(Seen {
            stories: match handed_in {
                Some(bytes) => load::stories_of_bytes(&loaded, bytes),
                None => load::stories_of(&loaded),
            },
            file: loaded.file,
            folder: loaded.project.folder,
            outline: Some(loaded.outline),
        })
    }
}
