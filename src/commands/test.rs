//! `crier test`: plays the stories of campaigns on a clock of their own. Nothing is sent, no list and no store is read.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use dsl::campaign::story::Story;
use engine::load::{self, CheckedFile, LoadedCampaign, PROJECT_FILE};
use engine::revision::Revision;
use engine::story::{Coverage, Played, play};
use rayon::prelude::*;

use super::Failure;
use super::rewrite::replace;
use super::validate::found;
use crate::cli::{Test, TestFormat};
use crate::output::story::{self, Report};
use crate::output::{self, diagnostics};

/// A campaign whose stories were played.
pub struct Tested {
    /// The file, with what is to be said of it.
    pub file: CheckedFile,
    /// What came of each story that was asked for, in the order of the file.
    pub played: Vec<Played>,
    /// What none of them walked.
    pub coverage: Coverage,
}

pub(super) fn run(args: &Test) -> Result<ExitCode, Failure> {
    let paths: Vec<PathBuf> = found(&args.paths)?
        .into_iter()
        .filter(|path| !is_project(path))
        .collect();
    let loaded: Vec<LoadedCampaign> = paths
        .par_iter()
        .map(|path| load::load_campaign(path))
        .collect::<Result<_, _>>()?;
    let files: Vec<CheckedFile> = loaded.iter().flat_map(files_of).collect();
    if files.iter().any(|file| !file.is_valid()) {
        diagnostics::print_full(files.iter().filter(|file| !file.is_valid()));
        return Err(Failure::Found(None));
    }
    let mut tested: Vec<Tested> = loaded
        .into_par_iter()
        .filter_map(|loaded| test(loaded, args.filter.as_deref()))
        .collect();
    if args.update {
        for campaign in &mut tested {
            update(campaign, args.filter.as_deref())?;
        }
    }
    let report = Report {
        tested: &tested,
        coverage: args.coverage,
        transcripts: args.transcript,
    };
    match args.format {
        TestFormat::Full => report.full(),
        TestFormat::Json => output::json(&report.json()),
        TestFormat::Junit => output::lines(&report.junit()),
    }
    let mut stories = tested.iter().flat_map(|campaign| &campaign.played);
    let walked = !args.coverage
        || tested
            .iter()
            .all(|campaign| campaign.coverage.unwalked.is_empty());
    match stories.all(|story| story.failure.is_none()) && walked {
        true => Ok(ExitCode::SUCCESS),
        false => Err(Failure::Found(None)),
    }
}

fn is_project(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == PROJECT_FILE)
}

/// A campaign's file, and its project's.
fn files_of(loaded: &LoadedCampaign) -> Vec<CheckedFile> {
    loaded
        .project
        .file
        .iter()
        .chain([&loaded.file])
        .cloned()
        .collect()
}

fn test(loaded: LoadedCampaign, filter: Option<&str>) -> Option<Tested> {
    let revision = loaded.meant?;
    let played = played(&revision, filter);
    let coverage = Coverage::of(&revision, &played);
    Some(Tested {
        file: loaded.file,
        played,
        coverage,
    })
}

/// The stories whose name has a text in it.
fn played(revision: &Arc<Revision>, filter: Option<&str>) -> Vec<Played> {
    let asked = |story: &&Story| filter.is_none_or(|text| story.name.contains(text));
    let stories: Vec<&Story> = revision.campaign.stories.iter().filter(asked).collect();
    stories
        .into_par_iter()
        .map(|story| play(revision, story))
        .collect()
}

/// So often at most the stories of a file are played and what they say written anew: each time shows the next difference.
const MOST_ROUNDS: usize = 200;

/// Makes the stories of a file say what happens.
fn update(campaign: &mut Tested, filter: Option<&str>) -> Result<(), Failure> {
    let path = campaign.file.path.clone();
    let before = campaign.file.text.clone();
    for _ in 0..MOST_ROUNDS {
        let edits: Vec<_> = campaign
            .played
            .iter()
            .flat_map(|story| story.edits.clone())
            .collect();
        let (text, made) = dsl::edit::apply(&campaign.file.text, edits);
        if made == 0 {
            break;
        }
        let project = load::load_project(&load::project_folder(&path))?;
        let loaded = load::campaign_of_bytes(&path, text.as_bytes(), project);
        // What cannot be read any more is not written.
        let Some(next) = test(loaded, filter) else { break };
        *campaign = next;
    }
    if campaign.file.text != before {
        replace(&path, &campaign.file.text)?;
        output::say(&format!("{}: stories written anew", story::named(&path)));
    }
    Ok(())
}
