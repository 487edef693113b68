//! The commands, one file each, and what they share: finding the project, opening the store, exit codes.

mod carrier;
mod change;
mod dead;
mod expand;
mod explain;
mod fix;
mod fmt;
mod inbox;
mod init;
mod lsp;
mod others;
mod plan;
mod play;
mod rehearse;
mod rewrite;
mod run;
mod schema;
mod status;
mod steps;
pub(crate) mod test;
mod trigger;
mod upgrade;
mod validate;
mod why;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use dsl::diagnostic::Diagnostic;
use engine::load::{self, CheckedFile, LoadedCampaign, LoadedProject};
use engine::store::{Access, LaunchState, OpenOptions, Store, StoreError};

use sms::PhoneNumber;

use crate::cli::{Cli, Command, Format, InProject};
use crate::output::{self, diagnostics};

/// A command that did not do the thing.
#[derive(Debug)]
pub enum Failure {
    /// 1: errors found, cancelled, halted, over budget, too late, nobody to send to. What was found is printed already where it is none here.
    Found(Option<anyhow::Error>),
    /// 2: wrong arguments or environment.
    Usage(anyhow::Error),
    /// 3: internal, unreachable, or another process holds the store.
    Internal(anyhow::Error),
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Found(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Internal(_) => 3,
        }
    }

    /// What went wrong, if it is not said yet.
    pub fn error(&self) -> Option<&anyhow::Error> {
        match self {
            Failure::Found(error) => error.as_ref(),
            Failure::Usage(error) | Failure::Internal(error) => Some(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::Absent { .. } | StoreError::Newer { .. } | StoreError::NotAStore { .. } => {
                Failure::Usage(error.into())
            }
            StoreError::AlreadyLaunched { .. } => Failure::Found(Some(error.into())),
            StoreError::Unopenable { .. }
            | StoreError::NotWritable { .. }
            | StoreError::Held { .. }
            | StoreError::Full { .. }
            | StoreError::Disk { .. }
            | StoreError::NoReserve { .. }
            | StoreError::Fenced { .. }
            | StoreError::Senderless { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Sqlite { .. } => Failure::Internal(error.into()),
        }
    }
}

impl From<load::LoadError> for Failure {
    fn from(error: load::LoadError) -> Failure {
        Failure::Usage(error.into())
    }
}

/// Does what was typed.
pub fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
        .map_err(Failure::Internal)?;
    runtime.block_on(async {
        match cli.command {
            Command::Init(args) => init::run(&args),
            Command::Validate(args) => validate::run(&args),
            Command::Explain(args) => explain::run(&args),
            Command::Fmt(args) => fmt::run(&args),
            Command::Upgrade(args) => upgrade::run(&args),
            Command::Expand(args) => expand::run(&args),
            Command::Test(args) => test::run(&args).await,
            Command::Play(args) => play::run(&args),
            Command::Plan(args) => plan::run(&args).await,
            Command::Rehearse(args) => rehearse::run(&args).await,
            Command::Run(args) => run::run(&args).await,
            Command::Status(args) => status::run(&args).await,
            Command::Pause(args) => change::run(&args, LaunchState::Paused).await,
            Command::Resume(args) => change::run(&args, LaunchState::Running).await,
            Command::Cancel(args) => change::run(&args, LaunchState::Cancelled).await,
            Command::Why(args) => why::run(&args).await,
            Command::Inbox(args) => inbox::run(&args).await,
            Command::Dead(args) => dead::run(&args).await,
            Command::Trigger(args) => trigger::run(&args).await,
            Command::Carrier(args) => carrier::run(&args).await,
            Command::Lsp => lsp::run(),
            Command::Schema(args) => schema::run(&args),
        }
    })
}

/// Reads a campaign that must be valid, and may have parts that cannot be run yet; prints as [`valid_campaign`].
fn meant_campaign(path: &Path, format: Format) -> Result<LoadedCampaign, Failure> {
    let loaded = load::load_campaign(path)?;
    let files: Vec<CheckedFile> = loaded
        .project
        .file
        .iter()
        .chain([&loaded.file])
        .cloned()
        .collect();
    print_for_run(&files);
    let Some(revision) = &loaded.meant else {
        return Err(invalid(&files, format));
    };
    output::use_clock(revision.campaign.timezone);
    Ok(loaded)
}

/// Reads a campaign that must be valid; prints what is to be said of it and its project on stderr, and for programs on
/// stdout when it cannot be used.
fn valid_campaign(path: &Path, format: Format) -> Result<LoadedCampaign, Failure> {
    let loaded = load::load_campaign(path)?;
    let files: Vec<CheckedFile> = loaded
        .project
        .file
        .iter()
        .chain([&loaded.file])
        .cloned()
        .collect();
    print_for_run(&files);
    let Some(revision) = &loaded.revision else {
        return Err(unusable(&files, format));
    };
    output::use_clock(revision.campaign.timezone);
    Ok(loaded)
}

/// Prints what is to be said of files on stderr; what advises on stories, which are not run, is left to `validate`.
fn print_for_run(files: &[CheckedFile]) {
    let without = |file: &CheckedFile| {
        let parsed = dsl::parse_campaign(&file.text);
        let mut file = file.clone();
        file.diagnostics
            .retain(|d| d.is_error() || !parsed.is_of_stories(d));
        file
    };
    diagnostics::print_full(&files.iter().map(without).collect::<Vec<_>>());
}

/// For files with errors, or with parts that cannot be run yet.
fn unusable(files: &[CheckedFile], format: Format) -> Failure {
    if files.iter().any(|file| !file.is_valid()) {
        return invalid(files, format);
    }
    let with = |told: fn(&[Diagnostic]) -> Vec<Diagnostic>| -> Vec<CheckedFile> {
        let later = |file: &CheckedFile| CheckedFile {
            diagnostics: told(&file.later),
            ..file.clone()
        };
        files.iter().map(later).collect()
    };
    diagnostics::print_full(&with(each_once));
    invalid(&with(<[Diagnostic]>::to_vec), format)
}

/// What cannot be run yet, each where it comes first, and in how many more places it stands.
fn each_once(later: &[Diagnostic]) -> Vec<Diagnostic> {
    let is_first = |at: usize, found: &Diagnostic| later[..at].iter().all(|d| d.message != found.message);
    let firsts = later
        .iter()
        .enumerate()
        .filter(|(at, found)| is_first(*at, found));
    let told = firsts.map(|(_, found)| {
        let places = later.iter().filter(|d| d.message == found.message).count();
        let label = match places {
            1 => found.label.clone(),
            2 => format!("{}, and in another place", found.label),
            _ => format!("{}, and in {} more places", found.label, places - 1),
        };
        found.clone().label(label)
    });
    told.collect()
}

fn invalid(files: &[CheckedFile], format: Format) -> Failure {
    if format == Format::Json {
        output::json(&diagnostics::json(files));
    }
    Failure::Found(None)
}

/// The project that a command without a file is about.
fn project_of(place: &InProject, format: Format) -> Result<LoadedProject, Failure> {
    let folder = match &place.project {
        Some(folder) if folder.is_dir() => folder.clone(),
        Some(folder) => return Err(Failure::Usage(anyhow!("{} is not a folder", folder.display()))),
        None => nearest_project()?,
    };
    valid_project(&folder, format)
}

fn valid_project(folder: &Path, format: Format) -> Result<LoadedProject, Failure> {
    let loaded = load::load_project(folder)?;
    diagnostics::print_full(&loaded.file);
    let waits = loaded.file.as_ref().is_some_and(|file| !file.later.is_empty());
    let Some(project) = loaded.project.as_ref().filter(|_| !waits) else {
        return Err(unusable(loaded.file.as_slice(), format));
    };
    output::use_clock(project.timezone.unwrap_or_default());
    Ok(loaded)
}

/// The nearest crier.yaml at or above here; else that of `campaigns/`, where it is by convention.
fn nearest_project() -> Result<PathBuf, Failure> {
    let below = Path::new("campaigns");
    let is_project = |folder: &&Path| folder.join(load::PROJECT_FILE).is_file();
    let found =
        load::find_project(Path::new(".")).or_else(|| Some(below).filter(is_project).map(Path::to_owned));
    // A project without a file keeps its store beside the campaign.
    let found = found.or_else(|| {
        Path::new(dsl::project::DEFAULT_STORE)
            .is_file()
            .then(|| PathBuf::from("."))
    });
    found.ok_or_else(|| {
        Failure::Usage(anyhow!(
            "there is no crier.yaml here, above, or in ./campaigns; name the project's folder with `--project DIR`"
        ))
    })
}

/// A number as it was typed.
fn number_typed(typed: &str, project: &LoadedProject) -> Result<PhoneNumber, Failure> {
    let region = project.project.as_ref().and_then(|project| project.region);
    let parsed = PhoneNumber::parse(typed, region).map_err(|error| Failure::Usage(error.into()))?;
    Ok(parsed.number)
}

/// A campaign's name, and the project it is of, from what was typed: a name, or a file.
fn named_campaign(
    typed: &str,
    place: &InProject,
    format: Format,
) -> Result<(String, LoadedProject), Failure> {
    if !load::is_campaign(Path::new(typed)) {
        return Ok((typed.to_owned(), project_of(place, format)?));
    }
    let loaded = valid_campaign(Path::new(typed), format)?;
    let name = loaded
        .revision
        .as_ref()
        .map(|revision| revision.campaign.name.clone());
    Ok((name.unwrap_or_default(), loaded.project))
}

/// Opens the store of a project.
async fn open_store(project: &LoadedProject, access: Access) -> Result<Store, Failure> {
    let settings = project.project.as_ref().expect("the project is valid");
    let path = match project.folder.as_path() {
        here if here == Path::new(".") => PathBuf::from(&settings.store),
        folder => folder.join(&settings.store),
    };
    Ok(Store::open(
        &path,
        OpenOptions {
            access,
            most_pages: None,
        },
    )
    .await?)
}
