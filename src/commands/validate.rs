//! `crier validate`: all diagnostics of all files; offline, and never looks at the clock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use engine::load::{self, CheckedFile, LoadError, LoadedProject, PROJECT_FILE};
use rayon::prelude::*;

use super::{Failure, is_campaign_file};
use crate::cli::{DiagnosticFormat, Validate};
use crate::output::{self, diagnostics};

pub(super) fn run(args: &Validate) -> Result<ExitCode, Failure> {
    let files = check(&found(&args.paths)?)?;
    match args.format {
        DiagnosticFormat::Full => {
            let wrong = files.iter().filter(|file| !file.diagnostics.is_empty());
            wrong.for_each(|file| output::line(&diagnostics::full(file)));
            output::say(&diagnostics::summary(&files));
        }
        DiagnosticFormat::Concise => {
            let wrong = files.iter().filter(|file| !file.diagnostics.is_empty());
            wrong.for_each(|file| output::line(diagnostics::concise(file).trim_end()));
            output::say(&diagnostics::summary(&files));
        }
        DiagnosticFormat::Json => output::json(&diagnostics::json(&files)),
    }
    if files.iter().all(CheckedFile::is_valid) {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::Found(None))
    }
}

/// The files that the arguments name: themselves, and what is in folders and below.
fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let mut found = vec![];
    for path in if paths.is_empty() { &here } else { paths } {
        if path.is_dir() {
            look_through(path, 0, &mut found)?;
        } else if path.exists() {
            found.push(path.clone());
        } else {
            return Err(Failure::Usage(anyhow!("{} does not exist", path.display())));
        }
    }
    if found.is_empty() {
        let ending = load::CAMPAIGN_ENDINGS[0];
        return Err(Failure::Usage(anyhow!(
            "no campaign found: their files end in {ending}"
        )));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Folders are looked through so deep; links are not followed, so there is no loop.
const DEPTH: usize = 16;

fn look_through(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let cannot = || format!("cannot read the folder {}", folder.display());
    for entry in std::fs::read_dir(folder)
        .with_context(cannot)
        .map_err(Failure::Usage)?
    {
        let entry = entry.with_context(cannot).map_err(Failure::Usage)?;
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.') || name == "target" || name == "node_modules";
        let kind = entry.file_type().with_context(cannot).map_err(Failure::Usage)?;
        let path = entry.path();
        let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
        if kind.is_dir() && !hidden && depth < DEPTH {
            look_through(&path, depth + 1, found)?;
        } else if kind.is_file() && (is_campaign_file(&path) || name == PROJECT_FILE) {
            found.push(path);
        }
    }
    Ok(())
}

/// Checks each file once; a project that no argument named is checked with its campaigns.
fn check(paths: &[PathBuf]) -> Result<Vec<CheckedFile>, Failure> {
    let mut projects: BTreeMap<PathBuf, LoadedProject> = BTreeMap::new();
    let mut files = vec![];
    for path in paths {
        let own = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let is_project = path.file_name().is_some_and(|name| name == PROJECT_FILE);
        let folder = if is_project {
            own.to_owned()
        } else {
            load::find_project(own).unwrap_or_else(|| own.to_owned())
        };
        let key = std::path::absolute(&folder).unwrap_or_else(|_| folder.clone());
        if !projects.contains_key(&key) {
            let project = load::load_project(&folder)?;
            files.extend(project.file.clone().map(Found::Checked));
            projects.insert(key.clone(), project);
        }
        if !is_project {
            files.push(Found::Campaign(path, projects[&key].clone()));
        }
    }
    let checked = files.into_par_iter().map(Found::checked);
    Ok(checked.collect::<Result<_, _>>()?)
}

/// A file, on the way to be checked: campaigns are, each by itself, on every core.
enum Found<'a> {
    Checked(CheckedFile),
    Campaign(&'a Path, LoadedProject),
}

impl Found<'_> {
    fn checked(self) -> Result<CheckedFile, LoadError> {
        match self {
            Found::Checked(file) => Ok(file),
            Found::Campaign(path, project) => Ok(load::load_campaign_of(path, project)?.file),
        }
    }
}
