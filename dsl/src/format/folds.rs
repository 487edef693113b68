//! Maps and lists in brackets that go over several lines keep the lines of their author, and so do texts that keep blank
//! lines at their end (`|+`), which the layout would take for space between two keys, and those with a line of white space
//! alone, of which it would make an empty one: they are taken out before the layout and put back after it, moved with the
//! line that they begin on.

use std::collections::HashSet;
use std::ops::Range;

use crate::tree::{Kind, Node, Scalar, Style, Tree};

/// What stands for the brackets that were taken out.
pub(super) struct Folds {
    /// A character that the file does not have; a number stands between two of it.
    mark: char,
    taken: Vec<Fold>,
}

struct Fold {
    text: String,
    /// Spaces that its first line begins with.
    indent: usize,
    /// Of a text after `|` or `>` the spaces that its lines begin with: more of them are part of it.
    content: Option<usize>,
}

/// The text with a word in the place of all brackets that go over lines, the outermost ones.
pub(super) fn take_out(text: &str, tree: &Tree) -> (String, Folds) {
    let mut spans = vec![];
    if let Some(root) = &tree.root {
        find(text, root, &mut spans);
    }
    // An alias is met as what it names.
    spans.sort_by_key(|span| span.start);
    spans.dedup();
    let mark = unused(text);
    let (mut folded, mut at, mut taken) = (String::new(), 0, vec![]);
    for span in spans.into_iter().filter(|span| !span.is_empty()) {
        folded.push_str(&text[at..span.start]);
        folded.push_str(&word(mark, taken.len()));
        let own = &text[span.clone()];
        taken.push(Fold {
            text: own.to_owned(),
            indent: indent_at(text, span.start),
            content: content(own),
        });
        at = span.end;
    }
    folded.push_str(&text[at..]);
    (folded, Folds { mark, taken })
}

fn find(text: &str, node: &Node, spans: &mut Vec<Range<usize>>) {
    let written = &text[node.span.clone()];
    match &node.kind {
        Kind::Scalar(scalar) if has_blank_lines(scalar) => spans.extend(of_block(text, node)),
        Kind::Scalar(_) | Kind::Bad => {}
        Kind::List(_) | Kind::Map(_) if written.starts_with(['[', '{']) => {
            if written.contains('\n') {
                spans.push(node.span.clone());
            }
        }
        Kind::List(items) => items.iter().for_each(|item| find(text, item, spans)),
        Kind::Map(entries) => {
            entries.iter().for_each(|entry| find(text, &entry.value, spans));
        }
    }
}

/// Whether a text has blank lines that the layout would not leave as they are.
fn has_blank_lines(scalar: &Scalar) -> bool {
    let is_blank = |line: &str| !line.is_empty() && line.trim_matches([' ', '\t']).is_empty();
    let is_block = matches!(scalar.style, Style::Literal | Style::Folded);
    is_block && (scalar.text.ends_with("\n\n") || scalar.text.split('\n').any(is_blank))
}

/// The spaces that the lines of a text after `|` or `>` begin with; none of brackets.
fn content(fold: &str) -> Option<usize> {
    let lines = fold.lines().skip(1).filter(|line| !line.trim().is_empty());
    let spaces = lines.map(|line| line.len() - line.trim_start_matches(' ').len());
    spaces.min().filter(|_| fold.starts_with(['|', '>']))
}

/// From the `|` or `>` of a text to the last of the blank lines at its end.
fn of_block(text: &str, node: &Node) -> Option<Range<usize>> {
    let before = text[..node.span.start].trim_end();
    let line = before.rfind('\n').map_or(0, |feed| feed + 1);
    let header = before[line..].split(" #").next()?;
    let start = line + header.rfind(['|', '>'])?;
    let said = node.span.start + text[node.span.clone()].trim_end().len();
    let blank = text[said..].len() - text[said..].trim_start().len();
    let end = said + text[said..said + blank].rfind('\n')?;
    Some(start..end)
}

/// The text with the brackets in their places again.
pub(super) fn put_back(text: &str, folds: &Folds) -> String {
    let (mut whole, mut rest) = (String::with_capacity(text.len()), text);
    for (number, fold) in folds.taken.iter().enumerate() {
        if let Some((before, after)) = rest.split_once(&word(folds.mark, number)) {
            whole.push_str(before);
            whole.push_str(&moved(fold, indent_at(&whole, whole.len())));
            rest = after;
        }
    }
    whole.push_str(rest);
    whole
}

fn word(mark: char, number: usize) -> String {
    format!("{mark}{number}{mark}")
}

/// A character of those without a meaning that the text does not have.
fn unused(text: &str) -> char {
    const FIRST: char = '\u{e000}';
    let used: HashSet<char> = text.chars().filter(|c| *c >= FIRST).collect();
    let mut free = (FIRST..='\u{f8ff}').filter(|c| !used.contains(c));
    // With all 6,400 of them in it, the text is refused when it is held against the result.
    free.next().unwrap_or(FIRST)
}

/// All lines but the first moved as far as that one was.
fn moved(fold: &Fold, indent: usize) -> String {
    let mut lines = fold.text.split('\n');
    let mut all = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let wanted = (spaces + indent).saturating_sub(fold.indent);
        let is_said = fold.content.is_some_and(|content| spaces > content);
        all.push('\n');
        if spaces < line.len() || is_said {
            all.push_str(&" ".repeat(wanted));
            all.push_str(&line[spaces..]);
        }
    }
    all
}

fn indent_at(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let line = &text[start..];
    line.len() - line.trim_start_matches(' ').len()
}
