//! What makes a story say what happens: changes of its file that leave comments, and all else, as they are.

use std::ops::Range;

use dsl::campaign::story::{Expectation, Scene};
use dsl::edit::Edit;

/// One more line behind a line of a story, written as that is: in a list of lines, or within brackets.
pub(super) fn behind(file: &str, line: &Range<usize>, says: &str) -> Edit {
    let before = file[..line.start].trim_end();
    match before.strip_suffix('-') {
        Some(before) => {
            let indentation = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
            let end = trimmed(file, line).end;
            // A comment at the end of the line stays there.
            let end = file[end..].find('\n').map_or(file.len(), |at| end + at);
            Edit::new(end..end, format!("\n{indentation}- {says}"))
        }
        None => Edit::new(line.end..line.end, format!(", {{ {says} }}")),
    }
}

/// One more line before a line of a story, written as that is.
pub(super) fn before(file: &str, line: &Range<usize>, says: &str) -> Edit {
    let before = file[..line.start].trim_end();
    match before.strip_suffix('-') {
        Some(before) => {
            let indentation = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
            Edit::new(line.start..line.start, format!("{says}\n{indentation}- "))
        }
        None => Edit::new(line.start..line.start, format!("{{ {says} }}, ")),
    }
}

/// A line of a story less; none where it shares its line of the file with what stays. Its comments get lines of their own.
pub(super) fn without(file: &str, line: &Range<usize>) -> Option<Edit> {
    let before = file[..line.start].trim_end_matches([' ']);
    let Some(dash) = before.strip_suffix('-') else {
        return Some(within_brackets(file, line));
    };
    let start = dash.rfind('\n').map_or(0, |at| at + 1);
    if !dash[start..].trim().is_empty() {
        return None;
    }
    let end = trimmed(file, line).end;
    let end = file[end..].find('\n').map_or(file.len(), |at| end + at + 1);
    let (indentation, gone) = (&dash[start..], &file[start..end]);
    let newline = ["\r\n", "\n"].into_iter().find(|newline| gone.ends_with(newline));
    let comments = comments(file, &(line.start..end)).into_iter();
    let lines = comments.map(|comment| format!("{indentation}{comment}{}", newline.unwrap_or("\n")));
    let mut lines = lines.collect::<String>();
    if newline.is_none() {
        lines.truncate(lines.trim_end().len());
    }
    Some(Edit::new(start..end, lines))
}

/// The comments that begin in a part of a file.
fn comments<'a>(file: &'a str, part: &Range<usize>) -> Vec<&'a str> {
    if !file[part.clone()].contains('#') {
        return vec![];
    }
    let (tree, _) = dsl::tree::parse(file);
    let own = tree
        .comments
        .into_iter()
        .filter(|span| part.contains(&span.start));
    own.map(|span| file[span].trim_end()).collect()
}

/// What is written in the place of a part of a file, with the comments of that behind it; without them where something else
/// follows on the line.
fn with_comments(file: &str, part: &Range<usize>, written: String) -> String {
    let behind = file[part.end..].lines().next().unwrap_or_default().trim_start();
    if !behind.is_empty() && !behind.starts_with('#') {
        return written;
    }
    let comments = comments(file, part).into_iter();
    comments.fold(written, |written, comment| format!("{written} {comment}"))
}

/// An item between commas less.
fn within_brackets(file: &str, item: &Range<usize>) -> Edit {
    let end = trimmed(file, item).end;
    let behind = file[end..].trim_start();
    if let Some(rest) = behind.strip_prefix(',') {
        let next = file.len() - rest.trim_start_matches(' ').len();
        return Edit::new(item.start..next, "");
    }
    let before = file[..item.start].trim_end();
    let start = before.strip_suffix(',').map_or(item.start, str::len);
    Edit::new(start..end, "")
}

/// A name in the place of several, which may stand on lines of their own.
pub(super) fn names(file: &str, span: &Range<usize>, written: String) -> Edit {
    let own = trimmed(file, span);
    let written = with_comments(file, &own, written);
    Edit::new(own, written)
}

/// A name, a number or a time in the place of another one.
pub(super) fn value(span: &Range<usize>, written: impl Into<String>) -> Edit {
    Edit::new(span.clone(), written)
}

/// Another text: in double quotes, whatever it stood in.
pub(super) fn text(file: &str, span: &Range<usize>, text: &str) -> Edit {
    let before = file[..span.start].trim_end();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let own = trimmed(file, span);
    // The sign of a text in lines, `|` or `>`, stands on the line before it, and a comment may follow.
    let sign = [": |", ": >"].iter().find_map(|sign| before[line..].find(sign));
    match sign.filter(|_| file[before.len()..span.start].contains('\n')) {
        Some(at) => {
            let from = line + at + 2;
            let comment = before[from..].find(" #").map_or("", |at| &before[from + at..]);
            Edit::new(from..own.end, quoted(text) + comment)
        }
        None => Edit::new(own, quoted(text)),
    }
}

/// No text is expected any more.
pub(super) fn nothing(file: &str, scene: &Scene, expectation: &Expectation) -> Edit {
    let alone = expectation.text.is_none()
        && expectation.parts.is_none()
        && expectation.at.is_none()
        && expectation.between.is_none();
    let whole = trimmed(file, &scene.whole);
    match (alone, file[whole.clone()].starts_with('{')) {
        (true, _) => value(&scene.value, "nothing"),
        (false, is_flow) => {
            let written = if is_flow {
                "{ expect: nothing }"
            } else {
                "expect: nothing"
            };
            let written = with_comments(file, &whole, written.to_owned());
            Edit::new(whole, written)
        }
    }
}

/// Without the white space at its end.
fn trimmed(file: &str, span: &Range<usize>) -> Range<usize> {
    span.start..span.start + file[span.clone()].trim_end().len()
}

/// A text as YAML in double quotes.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| text.to_owned())
}
