//! The files that arguments name: themselves, and what is in folders and below.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use engine::load::{self, PROJECT_FILE};

use crate::commands::{Failure, is_campaign_file};

/// Campaigns and crier.yaml files, by name; without an argument those of the folder one stands in.
pub(in crate::commands) fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let mut found = vec![];
    for path in if paths.is_empty() { &here } else { paths } {
        if path.is_dir() {
            look_through(path, 0, &mut found)?;
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

/// Folders are looked through so deep; links to folders are not followed, so there is no loop. What has the name of a
/// campaign and is no file is found too: that it cannot be read is said, not passed over.
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
        if is_campaign_file(&path) || name == PROJECT_FILE {
            found.push(path);
        } else if kind.is_dir() && !hidden && depth < DEPTH {
            look_through(&path, depth + 1, found)?;
        }
    }
    Ok(())
}
