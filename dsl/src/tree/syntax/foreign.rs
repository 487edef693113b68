//! What is written as other languages have it: TOML, comments with slashes; and first lines that stand further in than
//! those below.

use std::ops::Range;

use super::items::key_on;
use super::marks;
use super::place::{line_of, spaces_before};
use crate::diagnostic::{Applicability, Diagnostic};

/// The slips of whole lines, at a fault.
pub(super) fn lines(text: &str, at: usize) -> Option<Diagnostic> {
    toml(text, at)
        .or_else(|| slashes(text, at))
        .or_else(|| marks::above(text, at))
        .or_else(|| marks::bullets(text, at))
        .or_else(|| marks::around(text, at))
        .or_else(|| first_lines_further_in(text, at))
}

/// The marks of git around what two people wrote at one place. They begin their lines, where nothing else of YAML looks
/// like them.
pub(super) fn conflict(text: &str) -> Option<Diagnostic> {
    let is_mark = |line: &str| {
        let named = ["<<<<<<<", ">>>>>>>", "|||||||"].into_iter();
        let rest = named.filter_map(|mark| line.strip_prefix(mark)).next();
        line == "=======" || rest.is_some_and(|name| name.is_empty() || name.starts_with(' '))
    };
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let from = start;
        start += line.len();
        from..from + line.trim_end().len()
    });
    let marks: Vec<Range<usize>> = lines
        .filter(|line| is_mark(&text[line.clone()]))
        .take(4)
        .collect();
    // The line of `=` alone is what Markdown has below a heading.
    marks.iter().find(|mark| !text[mark.start..].starts_with('='))?;
    let mut marks = marks.into_iter();
    let first = marks.next()?;
    let message = "a merge conflict is not resolved here";
    let found = Diagnostic::error("invalid-yaml", first, message)
        .label("written by git")
        .help("keep one of the two versions, or what is right of both, and leave out the lines of marks");
    Some(marks.fold(found, |found, mark| found.also(mark, "of it too")))
}

/// ```toml
/// [campaign]
/// audience = "lists/customers.csv"
/// ```
fn toml(text: &str, at: usize) -> Option<Diagnostic> {
    let first = first_line(text)?;
    let written = text[first.clone()].trim();
    let inside = written.strip_prefix('[')?.strip_suffix(']')?;
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    let pair = |line: &str| {
        let (key, value) = line.split_once('=')?;
        is_word(key.trim()).then(|| format!("{}: {}", key.trim(), value.trim()))
    };
    let mut below = lines_from(text, first.end);
    let mut lines = vec![];
    let mut end = first.end;
    while let Some(line) = below.next().filter(|line| !text[line.clone()].trim().is_empty()) {
        lines.push(pair(&text[line.clone()])?);
        end = line.end;
    }
    if lines.is_empty() || !is_word(inside.trim_matches(['[', ']'])) || at > end + 1 {
        return None;
    }
    let found = Diagnostic::error("invalid-yaml", first.clone(), "this line is of TOML, and no YAML")
        .help("leave it out, and write a colon in the place of each `=`: `audience: lists/customers.csv`");
    Some(found.replace(first.start..end, lines.join("\n"), Applicability::Unsure))
}

/// `// a comment`, at the fault or on the lines above it.
fn slashes(text: &str, at: usize) -> Option<Diagnostic> {
    let is_one = |line: &Range<usize>| text[line.clone()].trim_start().starts_with("//");
    let mut line = line_of(text, at);
    if !is_one(&line) {
        line = line_of(text, line.start.checked_sub(1)?);
    }
    let last = is_one(&line).then_some(line)?;
    let mut first = last.clone();
    while let Some(above) = first
        .start
        .checked_sub(1)
        .map(|end| line_of(text, end))
        .filter(is_one)
    {
        first = above;
    }
    let start = first.end - text[first].trim_start().len();
    let written = &text[start..last.end];
    let right: Vec<String> = written
        .split('\n')
        .map(|line| line.replacen("//", "#", 1))
        .collect();
    let found = Diagnostic::error(
        "invalid-yaml",
        start..start + 2,
        "a comment begins with `#`, not with `//`",
    );
    Some(found.help("write `#` in its place").replace(
        start..last.end,
        right.join("\n"),
        Applicability::Unsure,
    ))
}

/// Keys of which the first stand further in than one below them, in the first column:
///
/// ```yaml
///   audience: lists/customers.csv
/// schedule: now
/// ```
fn first_lines_further_in(text: &str, at: usize) -> Option<Diagnostic> {
    let first = first_line(text)?;
    let indent = spaces_before(&text[first.clone()]);
    let line = line_of(text, at);
    key_on(text, &first)?;
    let key = key_on(text, &line).filter(|key| key.start == line.start)?;
    if indent == 0 || line.start <= first.start {
        return None;
    }
    let block = first.start..line.start - 1;
    let moved = text[block.clone()].split('\n').map(|line| {
        let blank = line.trim().is_empty();
        let rest = line.get(indent..).filter(|_| line[..indent].trim().is_empty());
        if blank { Some(line) } else { rest }
    });
    let moved = moved.collect::<Option<Vec<&str>>>()?.join("\n");
    let message = "the first line stands further in than the lines below it";
    Some(
        Diagnostic::error("invalid-yaml", first.start..first.start + indent, message)
            .label("spaces before it")
            .also(key, "begins further left")
            .help("begin all keys of the file in the first column")
            .replace(block, moved, Applicability::Unsure),
    )
}

/// `"Hi. STOP"#x`: a comment begins behind a space.
pub(super) fn comment_glued(text: &str, at: usize) -> Diagnostic {
    let line = line_of(text, at);
    let hash = text[at..line.end].find('#').map_or(at, |i| at + i);
    let end = hash + text[hash..line.end].trim_end().len();
    Diagnostic::error(
        "invalid-yaml",
        hash..end,
        "a comment begins behind a space, and here is none",
    )
    .help("put a space before the `#`; if it belongs to the text, put it inside of the quotes")
    .replace(hash..hash, " ", Applicability::Unsure)
}

/// The first line with something on it that is no comment.
fn first_line(text: &str) -> Option<Range<usize>> {
    let is_content = |line: &Range<usize>| {
        let written = text[line.clone()].trim();
        !written.is_empty() && !written.starts_with('#')
    };
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let line = line_of(text, start);
    let first = start..line.end;
    if is_content(&first) {
        Some(first)
    } else {
        lines_from(text, line.end).find(is_content)
    }
}

/// The lines below one that ends there.
pub(super) fn lines_from(text: &str, mut end: usize) -> impl Iterator<Item = Range<usize>> {
    std::iter::from_fn(move || {
        let feed = text[end..].find('\n')?;
        let start = end + feed + 1;
        if start >= text.len() {
            return None;
        }
        let line = line_of(text, start);
        end = line.end;
        Some(line)
    })
}
