//! The files that arguments name: themselves, and what is in folders and below.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use engine::load;

use crate::commands::Failure;

/// Campaigns and crier.yaml files, by name; without an argument those of the folder one stands in.
pub(in crate::commands) fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let mut found = vec![];
    for path in if paths.is_empty() { &here } else { paths } {
        if path.is_dir() {
            look_through(path, &mut found)?;
        } else if is_list(path) {
            return Err(Failure::Usage(anyhow!(
                "{} is a list of people: name the campaign that reads it",
                path.display()
            )));
        } else if path.symlink_metadata().is_ok() {
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
fn look_through(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let (below, unlisted) = load::files_below(folder, load::DEPTH);
    if let Some((folder, error)) = unlisted.into_iter().next() {
        let cannot = format!("cannot read the folder {}", folder.display());
        return Err(Failure::Usage(anyhow::Error::new(error).context(cannot)));
    }
    let shown = |path: PathBuf| path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
    found.extend(below.into_iter().map(shown));
    Ok(())
}
