//! Diagnostics of files, in the formats that `validate` knows.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use dsl::diagnostic::{Diagnostic, Severity};
use dsl::render::github::Rest;
use dsl::render::{self, Judged, Style};
use engine::load::CheckedFile;
use serde_json::Value;

use super::{counted, told, width};

/// A byte-order mark.
const MARK: &str = "\u{feff}";

/// Prints the diagnostics of files on stderr, with the lines they point at.
pub fn print_full<'a>(files: impl IntoIterator<Item = &'a CheckedFile>) {
    for file in files {
        if !file.diagnostics.is_empty() {
            told(&format!("{}\n", full(file)));
        }
    }
}

/// A file's diagnostics, with the lines they point at. The stream strips the colours where they are not wanted.
pub fn full(file: &CheckedFile) -> String {
    let style = Style {
        colour: true,
        width: width().unwrap_or(80),
    };
    render::full(&file.diagnostics, &named(&file.path), &file.text, style)
}

/// A file's diagnostics, a line each.
pub fn concise(file: &CheckedFile) -> String {
    render::concise(&file.diagnostics, &named(&file.path), &file.text)
}

/// The diagnostics of files for programs.
pub fn json(files: &[CheckedFile]) -> Value {
    let mut report = render::json::Report::default();
    for file in files.iter().map(with_mark) {
        report.add(&slashed(&file.path), &file.text, &file.diagnostics);
    }
    value(&report)
}

/// Annotations of GitHub Actions.
pub fn github(files: &[CheckedFile], rest: Rest) -> String {
    with(files, from_root, |judged| {
        render::github::annotations(judged, rest)
    })
}

/// SARIF.
pub fn sarif(files: &[CheckedFile]) -> Value {
    with(files, from_root, render::sarif::report)
}

/// GitLab's code quality report.
pub fn gitlab(files: &[CheckedFile]) -> Value {
    with(files, from_root, |judged| value(&render::gitlab::report(judged)))
}

/// For reviewdog, which finds the repository's root itself.
pub fn rdjson(files: &[CheckedFile]) -> Value {
    let files: Vec<CheckedFile> = files.iter().map(|file| with_mark(file).into_owned()).collect();
    with(&files, slashed, |judged| value(&render::rdjson::report(judged)))
}

/// The file with its byte-order mark: who applies a suggestion by its bytes counts them from where the file begins.
fn with_mark(file: &CheckedFile) -> Cow<'_, CheckedFile> {
    if !file.is_marked {
        return Cow::Borrowed(file);
    }
    let moved = |found: &Diagnostic| found.clone().moved_by(MARK.len());
    Cow::Owned(CheckedFile {
        text: format!("{MARK}{}", file.text),
        diagnostics: file.diagnostics.iter().map(moved).collect(),
        ..file.clone()
    })
}

/// JUnit's XML.
pub fn junit(files: &[CheckedFile], fail_on: Severity) -> String {
    with(files, slashed, |judged| render::junit::report(judged, fail_on))
}

/// Hands files to a renderer, each under the path it is to have.
fn with<T>(
    files: &[CheckedFile],
    path: impl Fn(&Path) -> String,
    render: impl FnOnce(&[Judged<'_>]) -> T,
) -> T {
    let paths: Vec<String> = files.iter().map(|file| path(&file.path)).collect();
    let judged = files.iter().zip(&paths).map(|(file, path)| Judged {
        path,
        text: &file.text,
        diagnostics: &file.diagnostics,
    });
    render(&judged.collect::<Vec<_>>())
}

/// As people write it: `crier.yaml`, not `./crier.yaml`.
fn named(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

fn slashed(path: &Path) -> String {
    render::slashed(&path.display().to_string(), MAIN_SEPARATOR)
}

/// The path below the root of the repository, where the CI says what that is: a step may run in a folder of it.
fn from_root(path: &Path) -> String {
    let root = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"]
        .iter()
        .find_map(|name| std::fs::canonicalize(std::env::var_os(name)?).ok());
    let absolute = real(path).or_else(|_| std::path::absolute(path));
    let below = match (&root, &absolute) {
        (Some(root), Ok(absolute)) => absolute.strip_prefix(root).ok(),
        (Some(_), Err(_)) | (None, _) => None,
    };
    slashed(below.unwrap_or(path))
}

/// A file as the repository has it; a link to a folder, or to nothing, is itself.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    let target = std::fs::canonicalize(path);
    match (target, path.parent(), path.file_name()) {
        (Ok(target), ..) if target.is_file() || !path.is_symlink() => Ok(target),
        (_, Some(folder), Some(name)) => Ok(std::fs::canonicalize(Path::new(".").join(folder))?.join(name)),
        (target, ..) => target,
    }
}

fn value(report: &impl serde::Serialize) -> Value {
    serde_json::to_value(report).expect("our own types have string keys")
}

/// Errors and warnings of files.
pub fn counts(files: &[CheckedFile]) -> (usize, usize) {
    let all = files.iter().flat_map(|file| &file.diagnostics);
    let errors = all
        .clone()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    (errors, all.count() - errors)
}

/// What `validate` says of the run as a whole: of so many files that were checked, and so many files, folders and links that
/// cannot be read. `since` is the revision that it was told.
pub fn summary(files: &[CheckedFile], checked: usize, closed: usize, since: Option<&str>) -> String {
    let (errors, warnings) = counts(files);
    let files = counted(checked as u64, "file", "files");
    let unread = match closed {
        0 => String::new(),
        closed => format!("; {closed} cannot be read"),
    };
    match (errors, warnings, since) {
        (0, 0, Some(revision)) if checked == 0 => {
            format!("no campaign is concerned by what changed since {revision}")
        }
        (0, 0, _) => format!("{files} checked, nothing to say"),
        _ => format!(
            "{files} checked: {}, {}{unread}",
            counted(errors as u64, "error", "errors"),
            counted(warnings as u64, "warning", "warnings")
        ),
    }
}

/// Where more is said of the codes that were found; none where there are none.
pub fn more(files: &[CheckedFile]) -> Option<String> {
    let all = || files.iter().flat_map(|file| &file.diagnostics);
    let codes: BTreeSet<&str> = all().map(|d| d.code).collect();
    let first = all().min_by_key(|d| d.severity)?.code;
    Some(match codes.len() {
        1 => format!("`crier explain {first}` says more, with an example"),
        _ => format!("`crier explain CODE` says more of each, such as `crier explain {first}`"),
    })
}
