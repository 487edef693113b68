//! `crier validate --fix`: repairs files as far as that is safe. A crier.yaml goes before its campaigns, since its names
//! decide what is wrong with them, and a campaign before the file of its stories.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dsl::fix::{Fixed, fix};
use engine::load::{self, Apart, CheckedFile, LoadedCampaign, PROJECT_FILE};

use super::Failure;
use super::rewrite::{self, MARK};
use crate::output::{self, diagnostics};

/// What came of a repair.
#[derive(Default)]
pub(super) struct Repaired {
    /// How many places were repaired.
    pub places: usize,
    /// Files that cannot be written.
    pub failed: Vec<Failure>,
}

impl Repaired {
    fn add(&mut self, repaired: Result<usize, Failure>) {
        match repaired {
            Ok(places) => self.places += places,
            Err(failure) => self.failed.push(failure),
        }
    }
}

/// Repairs these files and says which. One that cannot be written keeps no other from it.
pub(super) fn files(paths: &[PathBuf]) -> Repaired {
    let (projects, campaigns): (Vec<&PathBuf>, Vec<&PathBuf>) =
        paths.iter().partition(|path| is_project(path));
    let mut repaired = Repaired::default();
    for path in projects {
        repaired.add(repair(path, &judge_of(path)));
    }
    for path in campaigns {
        repaired.add(repair(path, &judge_of(path)));
        // With the campaign as it is now, by which its stories are judged.
        if let Some((loaded, stories)) = with_stories(path) {
            let path = stories.path.clone();
            repaired.add(repair(&path, &judge_of_stories(loaded, stories)));
        }
    }
    repaired
}

fn is_project(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == PROJECT_FILE)
}

/// The last words of a repair: what was repaired, and what is left to do by hand.
pub(super) fn summary(repaired: usize, files: &[CheckedFile]) -> String {
    let (errors, warnings) = diagnostics::counts(files);
    format!("{repaired} repaired, {} left", errors + warnings)
}

fn repair(path: &Path, judged: &Judge<'_>) -> Result<usize, Failure> {
    // What cannot be read, or is no text, is told by the check that follows.
    let Ok(bytes) = load::bytes_of(path) else {
        return Ok(0);
    };
    let Ok(text) = dsl::decode_text(&bytes) else {
        return Ok(0);
    };
    let Fixed { text, repaired } = fix(&text, |text| judged(text.as_bytes()).diagnostics);
    if repaired > 0 {
        let mark = if bytes.starts_with(MARK.as_bytes()) {
            MARK
        } else {
            ""
        };
        rewrite::replace(path, &format!("{mark}{text}"))?;
        let shown = path.strip_prefix(".").unwrap_or(path).display();
        output::say(&format!("{shown}: {repaired} repaired"));
    }
    Ok(repaired)
}

/// Repairs standard input, which is called `path`: its text to standard output, what is left to be said to standard error.
pub(super) fn piped(path: &Path, bytes: &[u8]) -> Result<ExitCode, Failure> {
    let judged = judge_of(path);
    let (repaired, left) = match dsl::decode_text(bytes) {
        Ok(text) => {
            let fixed = fix(&text, |text| judged(text.as_bytes()).diagnostics);
            output::lines(&fixed.text);
            (fixed.repaired, judged(fixed.text.as_bytes()))
        }
        Err(_) => (0, judged(bytes)),
    };
    diagnostics::print_full([&left]);
    let valid = left.is_valid();
    output::say(&summary(repaired, &[left]));
    match valid {
        true => Ok(ExitCode::SUCCESS),
        false => Err(Failure::Found(None)),
    }
}

/// Says what is to be said of a text.
type Judge<'a> = Box<dyn Fn(&[u8]) -> CheckedFile + 'a>;

/// What is to be said of a text, if it stood in this file.
fn judge_of(path: &Path) -> Judge<'_> {
    if is_project(path) {
        return Box::new(|bytes| {
            let project = load::project_of_bytes(path, bytes);
            project.file.expect("a project that is handed in has a file")
        });
    }
    if let Some(campaign) = load::campaign_of_stories(path) {
        return match with_stories(&campaign) {
            Some((loaded, stories)) => judge_of_stories(loaded, stories),
            // The campaign cannot be read to its end, so that nothing can be said of them.
            None => Box::new(|bytes| load::unjudged(path, bytes)),
        };
    }
    let folder = load::project_folder(path);
    let project = load::load_project(&folder);
    let project = project.unwrap_or_else(|error| load::project_unread(&folder, &error));
    Box::new(move |bytes| load::campaign_of_bytes(path, bytes, project.clone()).file)
}

/// A campaign, and the file of its stories where they have one.
fn with_stories(campaign: &Path) -> Option<(LoadedCampaign, Apart)> {
    let loaded = load::load_campaign(campaign).ok()?;
    let stories = Apart::of(&loaded)?;
    Some((loaded, stories))
}

/// Of a text, if it were the stories of this campaign.
fn judge_of_stories<'a>(campaign: LoadedCampaign, stories: Apart) -> Judge<'a> {
    Box::new(move |bytes| stories.read_bytes(&campaign.file, &campaign.project, bytes).file)
}
