//! `crier test`: plays the stories of campaigns on a clock of their own. Nothing is sent, no list and no store is read.

mod record;
mod source;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use dsl::campaign::story::Story;
use dsl::diagnostic::{Diagnostic, Severity};
use engine::load::{CheckedFile, PROJECT_FILE};
use engine::revision::Revision;
use engine::story::{Coverage, Played, play};
use rayon::prelude::*;

use super::Failure;
use super::rewrite::{MARK, no_stdin, replace};
use super::validate::found;
use crate::cli::{Test, TestFormat};
use crate::output::story::{self, Report};
use crate::output::{self, diagnostics};
use source::{Read, Source};

/// A campaign whose stories were played.
pub struct Tested {
    /// The file that the stories stand in, with what is to be said of it.
    pub file: CheckedFile,
    /// What came of each story that was asked for, in the order of the file.
    pub played: Vec<Played>,
    /// What none of them walked.
    pub coverage: Coverage,
}

impl Tested {
    /// What no story walked, as it is told.
    pub fn unwalked(&self) -> Vec<String> {
        let unwalked = self.coverage.unwalked.iter();
        unwalked.map(ToString::to_string).collect()
    }
}

pub(super) async fn run(args: &Test) -> Result<ExitCode, Failure> {
    no_stdin(&args.paths, "test")?;
    if let (Some(phone), [file]) = (&args.record, args.paths.as_slice()) {
        return record::run(phone, file).await;
    }
    if args.record.is_some() {
        return Err(Failure::Usage(anyhow!(
            "name the campaign whose story it is: crier test --record PHONE FILE"
        )));
    }
    let paths: Vec<PathBuf> = found(&args.paths)?
        .into_iter()
        .filter(|path| !is_project(path))
        .collect();
    let loaded: Vec<(Source, Read)> = paths
        .par_iter()
        .map(|path| Source::load(path))
        .collect::<Result<_, _>>()?;
    let files = loaded
        .iter()
        .flat_map(|(source, read)| source.project().into_iter().chain([&read.file]));
    let faulty: Vec<CheckedFile> = files.filter(|file| !file.is_valid()).cloned().collect();
    if !faulty.is_empty() {
        match args.format {
            TestFormat::Full => diagnostics::print_full(&faulty),
            TestFormat::Json => output::json(&diagnostics::json(&faulty)),
            TestFormat::Junit => output::lines(&diagnostics::junit(&faulty, Severity::Error)),
        }
        let others = loaded.iter().filter(|(_, read)| read.file.is_valid()).count();
        if others > 0 {
            let others = output::counted(others as u64, "file", "files");
            output::say(&format!(
                "the stories of {others} were not played: mend this first, or name their files"
            ));
        }
        return Err(Failure::Found(None));
    }
    let filter = args.filter.as_deref();
    let mut tested: Vec<(Source, Tested)> = loaded
        .into_par_iter()
        .filter_map(|(source, read)| Some((source, test(read, filter)?)))
        .collect();
    if args.update {
        for (source, campaign) in &mut tested {
            update(source, campaign, filter)?;
        }
    }
    let tested: Vec<Tested> = tested.into_iter().map(|(_, tested)| tested).collect();
    let report = Report {
        tested: &tested,
        coverage: args.coverage,
        transcripts: args.transcript,
        filter: args.filter.as_deref(),
    };
    match args.format {
        TestFormat::Full => report.full(),
        TestFormat::Json => output::json(&report.json()),
        TestFormat::Junit => {
            output::lines(&report.junit());
            if args.coverage {
                output::say(&report.summary());
            }
        }
    }
    // That there is none has been said.
    if filter.is_some() && tested.iter().all(|campaign| campaign.played.is_empty()) {
        return Err(Failure::Found(None));
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

fn test(read: Read, filter: Option<&str>) -> Option<Tested> {
    let revision = read.meant?;
    let mut played = played(&revision, filter);
    let coverage = Coverage::of(&revision, &played);
    played.iter_mut().for_each(|story| story.begin_at(read.offset));
    let mut file = read.file;
    // What the story itself fails by is said there.
    let failures = played.iter().filter_map(|story| story.failure.as_ref());
    let failed: Vec<Diagnostic> = failures.map(|failure| failure.diagnostic()).collect();
    let is_told = |found: &Diagnostic| {
        failed
            .iter()
            .any(|failed| failed.code == found.code && failed.span == found.span)
    };
    file.diagnostics.retain(|found| !is_told(found));
    Some(Tested {
        file,
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
fn update(source: &Source, campaign: &mut Tested, filter: Option<&str>) -> Result<(), Failure> {
    let path = campaign.file.path.clone();
    let before = campaign.file.text.clone();
    let is_marked = campaign.file.is_marked;
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
        // What cannot be read any more is not written.
        let Some(next) = test(source.read(text), filter) else {
            break;
        };
        *campaign = next;
    }
    if campaign.file.text != before {
        let mark = if is_marked { MARK } else { "" };
        replace(&path, &format!("{mark}{}", campaign.file.text))?;
        output::say(&format!("{}: stories written anew", story::named(&path)));
    }
    Ok(())
}
