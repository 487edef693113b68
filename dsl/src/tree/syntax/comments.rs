//! A comment that takes the end of its braces with it: `{ en: Doors open at nine #tonight }`; one in the middle of a text.

use std::ops::Range;

use super::super::open::Open;
use super::indentation::further_in;
use super::place::{line_of, open_brackets};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::{cut_text, quoted};

/// What is cut, where an unquoted text in brackets goes on as a comment and the brackets are closed in there.
pub(super) fn closing_is_comment(
    text: &str,
    stack: &[Open],
    read_to: usize,
    at: usize,
) -> Option<Diagnostic> {
    let from = open_brackets(text, stack, read_to, at)?;
    let mut at = from;
    let mut seen = Seen::default();
    // Each line but the last ends with a comment or without one; what is open stays open.
    for line in text[from..].split_inclusive('\n') {
        // A comment on a line of its own, as of a key that is left out, has cut nothing.
        let is_behind = |comment: &usize| !text[at..*comment].trim().is_empty();
        if let Some(comment) = seen.line(line, at).filter(is_behind) {
            let written = cut_text(&text[comment..line_of(text, comment).end]);
            if let Some(end) = text_end(written, seen.open.len()) {
                return cut(text, seen.value?, comment..comment + end);
            }
        }
        at += line.len();
        if seen.open.is_empty() {
            return None;
        }
    }
    None
}

/// A text that ends at its comment, and a line below that stands further in, as if it went on.
///
/// ```yaml
/// message: Doors open at nine # tonight
///   Come early
/// ```
pub(super) fn behind_text(text: &str, at: usize) -> Diagnostic {
    let comment = line_of(text, at);
    let next = line_of(text, (comment.end + 1).min(text.len()));
    let start = next.end - text[next.clone()].trim_start().len();
    if let Some(found) = further_in(text, start) {
        return found;
    }
    let hash = text[..comment.end]
        .rfind('#')
        .filter(|hash| comment.start <= *hash);
    let hash = hash.unwrap_or(at);
    let message = "this line goes on with a text that ended before its comment";
    Diagnostic::error("invalid-yaml", start..next.start + text[next].trim_end().len(), message)
        .label("further in than a line of its own")
        .also(hash..comment.end, "ends the text")
        .help("quote the whole text, with what follows the `#` if that belongs to it; or begin this line where it belongs")
}

/// What of a comment belongs to the text before it: all but the brackets that it closes, and the keys that follow. None
/// where it closes none.
fn text_end(comment: &str, open: usize) -> Option<usize> {
    let mut text = comment;
    for _ in 0..open {
        match text.strip_suffix(['}', ']']) {
            Some(rest) => text = rest.trim_end(),
            None => break,
        }
    }
    if text.len() == comment.len() {
        return None;
    }
    let is_of_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let next = text.match_indices(", ").map(|(i, _)| i).find(|i| {
        let rest = text[i + 2..].trim_start();
        let behind = rest.trim_start_matches(is_of_key);
        behind.len() < rest.len() && behind.starts_with(": ")
    });
    Some(next.unwrap_or(text.len()))
}

fn cut(text: &str, value: usize, comment: Range<usize>) -> Option<Diagnostic> {
    let own = &text[value..comment.start];
    let before = own.trim_end();
    let start = comment.start - own.trim_start().len();
    if before
        .trim_start()
        .starts_with(['"', '\'', '{', '[', '&', '*', '!'])
    {
        return None;
    }
    let message = format!(
        "the text ends before `{}`, which YAML reads as a comment",
        &text[comment.clone()]
    );
    let found = Diagnostic::error("text-cut-by-comment", comment.clone(), message)
        .label("not part of the text")
        .help("quote the text: what closes the brackets is part of the comment too");
    let found = match before.is_empty() {
        true => found,
        false => found.also(start..value + before.len(), "all of the text"),
    };
    let whole = start..comment.end;
    Some(found.replace(whole.clone(), quoted(&text[whole]), Applicability::Unsure))
}

/// What is known at a place in brackets.
#[derive(Default)]
struct Seen {
    open: Vec<char>,
    quote: Option<char>,
    /// Where the value begins that is being written; none in a key.
    value: Option<usize>,
}

impl Seen {
    /// Goes through a line that begins at a byte, to its end or to its comment, which it gives.
    fn line(&mut self, line: &str, from: usize) -> Option<usize> {
        let mut before = ' ';
        for (i, c) in line.char_indices() {
            let next = from + i + c.len_utf8();
            match (c, self.quote) {
                (_, Some(open)) => self.quote = Some(open).filter(|open| *open != c),
                ('"' | '\'', None) if !before.is_alphanumeric() => self.quote = Some(c),
                ('#', None) if before.is_whitespace() => return Some(from + i),
                ('[' | '{', None) => {
                    self.open.push(c);
                    self.value = Some(next).filter(|_| c == '[');
                }
                (']' | '}', None) => {
                    self.open.pop();
                    self.value = None;
                    if self.open.is_empty() {
                        return None;
                    }
                }
                (',', None) => self.value = Some(next).filter(|_| self.open.last() == Some(&'[')),
                (' ', None) if before == ':' && self.value.is_none() => self.value = Some(next),
                _ => {}
            }
            before = c;
        }
        None
    }
}
