//! `crier init`: writes a first project. What stands there already is never touched: either all files are written, or none.

mod examples;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use engine::load;
use serde_json::json;

use self::examples::Written;
use super::Failure;
use crate::cli::{Format, Init};
use crate::output;

/// It may be there already: then it is only looked into.
const IGNORE: &str = ".gitignore";
/// What git is not to keep.
const STORE: &str = ".crier/";

pub(super) fn run(args: &Init) -> Result<ExitCode, Failure> {
    let (mut files, campaign) = examples::files(args.example);
    let ignored = args.folder.join(IGNORE);
    let keeps = ignored.symlink_metadata().is_ok();
    files.retain(|file| !(keeps && file.path == IGNORE));
    is_free(&args.folder, &files)?;
    write(&args.folder, &files)?;
    let paths: Vec<PathBuf> = files.iter().map(|file| at(&args.folder, &file.path)).collect();
    let campaign = at(&args.folder, &campaign);
    let runs = load::load_campaign(&campaign)?.revision.is_some();
    let next = next(&args.folder, &campaign, runs);
    match args.format {
        Format::Full => {
            output::line(&told(&files, &paths, &next));
            if keeps && !ignores_store(&ignored) {
                output::say(&format!(
                    "{} was there and stays as it is; add the line {STORE} to it, so that the store is never committed",
                    ignored.display()
                ));
            }
            if !runs {
                output::say(
                    "this version checks all of it, and cannot send all of it yet: `crier run` says what",
                );
            }
        }
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "files": paths,
            "campaign": campaign,
            "runs": runs,
            "next": next,
        })),
    }
    Ok(ExitCode::SUCCESS)
}

/// A file of the folder, as one would type it from here.
fn at(folder: &Path, path: &str) -> PathBuf {
    match folder == Path::new(".") {
        true => path.into(),
        false => folder.join(path),
    }
}

fn is_free(folder: &Path, files: &[Written]) -> Result<(), Failure> {
    let there = files.iter().map(|file| at(folder, &file.path));
    let there: Vec<String> = there
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| path.display().to_string())
        .collect();
    match there.as_slice() {
        [] => Ok(()),
        [one] => Err(Failure::Usage(anyhow!(
            "{one} is there already, so nothing is written: name another folder, or move it away"
        ))),
        several => Err(Failure::Usage(anyhow!(
            "these are there already, so nothing is written: {}; name another folder, or move them away",
            several.join(", ")
        ))),
    }
}

fn write(folder: &Path, files: &[Written]) -> Result<(), Failure> {
    let one = |file: &Written| -> std::io::Result<()> {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        // Not even one that came into being since it was looked for.
        let mut to = OpenOptions::new().write(true).create_new(true).open(path)?;
        to.write_all(file.text.as_bytes())
    };
    for file in files {
        one(file)
            .with_context(|| format!("cannot write {}", at(folder, &file.path).display()))
            .map_err(Failure::Usage)?;
    }
    Ok(())
}

fn ignores_store(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let store = STORE.trim_end_matches('/');
    text.lines().any(|line| line.trim().trim_matches('/') == store)
}

/// What to type next, in order.
fn next(folder: &Path, campaign: &Path, runs: bool) -> Vec<String> {
    let file = typed(campaign);
    let mut next = vec![
        format!("crier validate {}", typed(folder)),
        format!("crier test {file}"),
    ];
    if runs {
        next.push(format!("crier plan {file}"));
        next.push(format!("crier run {file}"));
    } else {
        next.push(format!("crier expand {file}"));
    }
    next
}

/// A path as a shell takes it for one word.
fn typed(path: &Path) -> String {
    let shown = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "-_./\\:+,@%".contains(c);
    match shown.chars().all(is_plain) && !shown.is_empty() {
        true => shown,
        false => format!("'{}'", shown.replace('\'', "'\\''")),
    }
}

fn told(files: &[Written], paths: &[PathBuf], next: &[String]) -> String {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let longest = shown.iter().map(|path| path.chars().count()).max().unwrap_or(0);
    let mut told = String::from("written:\n");
    for (path, file) in shown.iter().zip(files) {
        told.push_str(&format!("  {path:<longest$}  {}\n", file.what));
    }
    told.push_str("\nnext:\n");
    for command in next {
        told.push_str(&format!("  {command}\n"));
    }
    told.trim_end().to_owned()
}
