//! Shows diagnostics: for people with the text around (`full`), a line each (`concise`), and for programs, a file for each
//! format. Knows nothing of terminals and files: the caller says whether there is colour and how wide a line is. Spans
//! that lie outside the text, or inside a character, are moved to the nearest place that exists.

use annotate_snippets::{Group, Level, Renderer};

use crate::diagnostic::{Diagnostic, Severity};

mod excerpt;
mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
mod mask;
mod path;
mod places;
pub mod rdjson;
mod repair;
pub mod sarif;

pub use fingerprint::fingerprints;
pub use path::slashed;

use places::Places;

/// A file of a run, and what is to be said of it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// As it is to be shown; formats for programs want `/` between folders, as [`slashed`] writes them.
    pub path: &'a str,
    /// What the spans of the diagnostics refer to.
    pub text: &'a str,
    /// In the order of their places.
    pub diagnostics: &'a [Diagnostic],
}

/// How [`full`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub colour: bool,
    /// Columns; long lines of the file are cut to what matters.
    pub width: usize,
}

/// Line and column of a byte, both from 1.
pub fn position(text: &str, byte: usize) -> (usize, usize) {
    places::Places::new(text).position(byte)
}

/// Every diagnostic with the place in the file, its help and the repaired line; an empty line between two. `path` is shown
/// as it is. Ends with a line break, unless there is nothing to show.
pub fn full(diagnostics: &[Diagnostic], path: &str, text: &str, style: Style) -> String {
    let text = mask::masked(text, diagnostics);
    let places = Places::new(&text);
    let shown: Vec<String> = diagnostics.iter().map(|d| one(d, path, &places, style)).collect();
    shown.join("\n")
}

/// One diagnostic as [`full`] shows it.
fn one(d: &Diagnostic, path: &str, places: &Places<'_>, style: Style) -> String {
    let renderer = match style.colour {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let shown = renderer.term_width(style.width).render(&report(
        d,
        path,
        places,
        &Words::of(d, style.width),
        style.width,
    ));
    excerpt::with_columns(shown + "\n", d, path, places, style.width)
}

/// `path:line:col: error[code] message`, a line each, line and column from 1.
pub fn concise(diagnostics: &[Diagnostic], path: &str, text: &str) -> String {
    let places = Places::new(text);
    diagnostics.iter().map(|d| short(d, path, &places)).collect()
}

/// One diagnostic as [`concise`] shows it.
fn short(d: &Diagnostic, path: &str, places: &Places<'_>) -> String {
    let (line, column) = places.position(d.span.start);
    let severity = severity_name(d.severity);
    format!("{path}:{line}:{column}: {severity}[{}] {}\n", d.code, d.message)
}

/// What the renderer puts before the help, at most.
const BEFORE_HELP: usize = 14;

/// What a diagnostic says, in lines that fit; what is to be typed stays in one line where it can.
struct Words {
    message: String,
    help: Option<String>,
}

impl Words {
    fn of(d: &Diagnostic, width: usize) -> Words {
        let before = format!("{}[{}]: ", severity_name(d.severity), d.code);
        Words {
            message: folded(&d.message, width, before.len()),
            help: d.help.as_deref().map(|help| folded(help, width, BEFORE_HELP)),
        }
    }
}

/// In lines of a width, before each of which so much stands.
fn folded(text: &str, width: usize, before: usize) -> String {
    /// A space at which no line ends.
    const HELD: &str = "\u{a0}";
    let held: Vec<String> = text
        .split('`')
        .enumerate()
        .map(|(nth, piece)| match nth % 2 {
            0 => piece.to_owned(),
            _ => piece.replace(' ', HELD),
        })
        .collect();
    let options = textwrap::Options::new(width.saturating_sub(before).max(40))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(&held.join("`"), options).replace(HELD, " ")
}

fn report<'a>(
    d: &'a Diagnostic,
    path: &'a str,
    places: &Places<'a>,
    words: &'a Words,
    width: usize,
) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(words.message.as_str()).id(d.code);
    let main = excerpt::show(Group::with_title(title), d, path, places, width);
    let help = words.help.as_deref();
    let Some(fix) = &d.suggestion else {
        return vec![match help {
            Some(help) => main.element(Level::HELP.message(help)),
            None => main,
        }];
    };
    let title = Level::HELP.secondary_title(help.unwrap_or("write it like this"));
    vec![main, title.element(repair::show(fix, path, places, width))]
}

/// Every diagnostic with the index of its file, the most severe first, else in the order of the files and of the places in
/// them.
fn by_severity<'a>(files: &[Judged<'a>]) -> Vec<(usize, &'a Diagnostic)> {
    let files = files.iter().enumerate();
    let mut all: Vec<_> = files
        .flat_map(|(at, file)| file.diagnostics.iter().map(move |d| (at, d)))
        .collect();
    all.sort_by_key(|(_, d)| d.severity);
    all
}

/// What is wrong, and what to do about it on a line of its own.
fn told(d: &Diagnostic) -> String {
    match &d.help {
        Some(help) => format!("{}\nhelp: {help}", d.message),
        None => d.message.clone(),
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod tests;
