//! The files that arguments name: themselves, and what is in folders and below.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use engine::load;

use crate::commands::Failure;
use crate::output;

/// Campaigns and crier.yaml files, by name; without an argument those of the folder one stands in.
pub(in crate::commands) fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    found_beside(paths).map(|(found, _)| found)
}

/// With YAML files of other names beside them.
pub(super) fn found_beside(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let mut others = vec![];
    let here = [PathBuf::from(".")];
    let mut found = vec![];
    for path in if paths.is_empty() { &here } else { paths } {
        if path.is_dir() {
            look_through(path, &mut found, &mut others)?;
        } else if is_list(path) {
            return Err(Failure::Usage(anyhow!(
                "{} is a list of people: name the campaign that reads it",
                path.display()
            )));
        } else if path.symlink_metadata().is_ok() {
            found.push(told_of_stories(path).unwrap_or_else(|| path.clone()));
        } else {
            return Err(Failure::Usage(anyhow!("{} does not exist", path.display())));
        }
    }
    if found.is_empty() {
        let ending = load::CAMPAIGN_ENDINGS[0];
        let mistaken = others.iter().find_map(|path| load::mistaken(path));
        let looks = mistaken.map(|file| format!("; {} has the look of one", file.path.display()));
        return Err(Failure::Usage(anyhow!(
            "no campaign found: their files end in {ending}{}",
            looks.unwrap_or_default()
        )));
    }
    found.sort();
    found.dedup();
    others.sort();
    others.dedup();
    Ok((found, others))
}

/// The campaign of a file of stories, which is checked with it.
fn told_of_stories(path: &Path) -> Option<PathBuf> {
    let is_other =
        !load::is_campaign(path) && path.file_name().is_some_and(|name| name != load::PROJECT_FILE);
    let campaign = if is_other {
        load::campaign_of_stories(path)
    } else {
        None
    }?;
    let (stories, shown) = (path.display(), campaign.display());
    output::say(&format!(
        "{stories}: these are the stories of {shown}, and checked with it"
    ));
    Some(campaign)
}

/// Whether its name is that of a table, which no campaign bears.
fn is_list(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| {
        ["csv", "tsv", "xlsx", "xls", "ods"]
            .iter()
            .any(|table| ending == *table)
    })
}

/// Errors: a folder cannot be listed.
fn look_through(folder: &Path, found: &mut Vec<PathBuf>, others: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let below = load::files_below(folder, load::DEPTH);
    if let Some((folder, error)) = below.unlisted.into_iter().next() {
        let cannot = format!("cannot read the folder {}", folder.display());
        return Err(Failure::Usage(anyhow::Error::new(error).context(cannot)));
    }
    let shown = |path: PathBuf| path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
    found.extend(below.files.into_iter().map(shown));
    others.extend(below.others.into_iter().map(shown));
    Ok(())
}
