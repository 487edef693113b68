//! Diagnostics of files, in the formats that `validate` knows.

use dsl::diagnostic::Severity;
use dsl::render::{self, Style};
use engine::load::CheckedFile;

use super::{counted, width};

/// Prints the diagnostics of files on stderr, with the lines they point at.
pub fn print_full<'a>(files: impl IntoIterator<Item = &'a CheckedFile>) {
    for file in files {
        if !file.diagnostics.is_empty() {
            anstream::eprintln!("{}", full(file));
        }
    }
}

/// A file's diagnostics, with the lines they point at. The stream strips the colours where they are not wanted.
pub fn full(file: &CheckedFile) -> String {
    let style = Style {
        colour: true,
        width: width().unwrap_or(80),
    };
    render::full(
        &file.diagnostics,
        &file.path.display().to_string(),
        &file.text,
        style,
    )
}

/// A file's diagnostics, a line each.
pub fn concise(file: &CheckedFile) -> String {
    render::concise(&file.diagnostics, &file.path.display().to_string(), &file.text)
}

/// The diagnostics of files for programs.
pub fn json(files: &[CheckedFile]) -> serde_json::Value {
    let mut report = render::json::Report::default();
    for file in files {
        report.add(&file.path.display().to_string(), &file.text, &file.diagnostics);
    }
    serde_json::to_value(&report).expect("our own types have string keys")
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

/// The last line of `validate`.
pub fn summary(files: &[CheckedFile]) -> String {
    let (errors, warnings) = counts(files);
    let checked = counted(files.len() as u64, "file", "files");
    match (errors, warnings) {
        (0, 0) => format!("{checked} checked, nothing to say"),
        _ => format!(
            "{checked} checked: {}, {}",
            counted(errors as u64, "error", "errors"),
            counted(warnings as u64, "warning", "warnings")
        ),
    }
}
