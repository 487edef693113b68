//! Comments stay where their author put them: those that stand in one column behind their values stay one, and those on lines of
//! their own beside the lines that they were beside. A column gives way as a whole where a value has grown into it, and a comment
//! that shares its column with no other is at most two spaces behind its value.

use std::collections::BTreeMap;

use crate::edit::{self, Edit};
use crate::tree::{Kind, Node, Tree};

/// Spaces of one level.
const LEVEL: usize = 2;

/// Spaces before a comment that is in no column, at most.
const BEHIND: usize = 2;

/// Lines that a comment looks up and down, at most.
const FARTHEST: usize = 500;

/// The laid out text with its comments where they are in the file. None where it does not have the comments of the file.
pub(super) fn align(file: &str, before: &Tree, text: &str, after: &Tree) -> Option<String> {
    let words = |text: &str, tree: &Tree| -> Vec<String> {
        let comments = tree.comments.iter();
        comments
            .map(|span| text[span.clone()].trim_end().to_owned())
            .collect()
    };
    if words(file, before) != words(text, after) {
        return None;
    }
    let lines = (Lines::new(file, before), Lines::new(text, after));
    let pairs = before.comments.iter().zip(&after.comments);
    let gaps = pairs.map(|(old, new)| (Gap::before(file, old.start), Gap::before(text, new.start)));
    let gaps: Vec<(Gap, Gap)> = gaps.collect();
    let columns = columns(&gaps, before.root.as_ref());
    let edits = gaps.iter().filter_map(|(from, to)| {
        let width = match (from.value, to.value) {
            (0, 0) => level(&lines.0, &lines.1, from.end())?,
            (0, _) | (_, 0) => return None,
            // The last line of a text follows its first one, however deep it was.
            _ if goes_on(before.root.as_ref(), from.line) => from.width,
            _ => match columns.get(&from.column()) {
                Some(column) => column - to.value,
                None => from.width.min(BEHIND),
            },
        };
        Some(Edit::new(to.start..to.end(), " ".repeat(width)))
    });
    Some(edit::apply(text, edits.collect()).0)
}

/// The columns that several comments share, with the one in which they are to stand: the same, or the first that is behind all of
/// their values. That values of one length have their comments as far behind them, by a space or two, makes no column.
fn columns(gaps: &[(Gap, Gap)], root: Option<&Node>) -> BTreeMap<usize, usize> {
    let mut shared: BTreeMap<usize, Vec<&(Gap, Gap)>> = BTreeMap::new();
    for pair in gaps.iter().filter(|(from, _)| !goes_on(root, from.line)) {
        let (from, to) = pair;
        if from.value > 0 && to.value > 0 {
            shared.entry(from.column()).or_default().push(pair);
        }
    }
    shared.retain(|_, pairs| {
        let first = pairs[0].0.width;
        pairs.len() > 1 && (first > BEHIND || pairs.iter().any(|(from, _)| from.width != first))
    });
    let wanted = shared.into_iter().map(|(column, pairs)| {
        let values = pairs.iter().map(|(_, to)| to.value + 1);
        (column, values.max().unwrap_or(column).max(column))
    });
    wanted.collect()
}

/// Whether a line goes on with a text that began above it.
fn goes_on(node: Option<&Node>, line: usize) -> bool {
    let Some(node) = node.filter(|node| node.span.start < line && line < node.span.end) else {
        return false;
    };
    let within = |inner: &Node| goes_on(Some(inner), line);
    match &node.kind {
        Kind::Scalar(_) => true,
        Kind::List(items) => items.iter().any(within),
        Kind::Map(entries) => entries.iter().any(|entry| within(&entry.value)),
        Kind::Bad => false,
    }
}

/// Spaces before a comment that has its line for itself: those of the next line where it was as deep as that; none where
/// it closes the file without any; else it belongs to the nearest line above that was no deeper. None where the lines of
/// the two texts do not go together.
fn level(old: &Lines, new: &Lines, comment: usize) -> Option<usize> {
    if old.all.len() != new.all.len() {
        return None;
    }
    let at = old
        .all
        .partition_point(|line| line.start <= comment)
        .checked_sub(1)?;
    let own = old.all[at].indent;
    let mut below = (at + 1..old.all.len()).take(FARTHEST);
    let next = below.find(|i| !old.all[*i].is_comment);
    if let Some(next) = next.filter(|next| old.all[*next].indent == own) {
        return Some(new.all[next].indent);
    }
    // The items of a list may stand as far left as a key: what closes the file is beside neither.
    if own == 0 && next.is_none() {
        return Some(0);
    }
    let above = || (0..at).rev().take(FARTHEST).filter(|i| !old.all[*i].is_comment);
    let owner = above().find(|i| old.all[*i].indent <= own)?;
    let indent = new.all[owner].indent;
    let wanted = indent + (own - old.all[owner].indent).min(LEVEL);
    // As deep as the lines in between it would be one of them: the last line of a text after `|`.
    let deeper = above()
        .take_while(|i| *i > owner)
        .all(|i| new.all[i].indent > wanted);
    Some(if deeper { wanted } else { indent })
}

/// The lines of a text that have something on them.
struct Lines {
    all: Vec<Line>,
}

struct Line {
    /// Its first byte.
    start: usize,
    /// Spaces that it begins with.
    indent: usize,
    is_comment: bool,
}

impl Lines {
    fn new(text: &str, tree: &Tree) -> Lines {
        let mut all = vec![];
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let indent = line.len() - line.trim_start_matches(' ').len();
            let begins = start + indent;
            let is_comment = tree
                .comments
                .binary_search_by_key(&begins, |span| span.start)
                .is_ok();
            if !line.trim().is_empty() {
                all.push(Line {
                    start,
                    indent,
                    is_comment,
                });
            }
            start += line.len();
        }
        Lines { all }
    }
}

/// The white space before a comment on its line.
struct Gap {
    /// The first byte of the line.
    line: usize,
    /// Its first byte.
    start: usize,
    /// Its bytes.
    width: usize,
    /// Characters of the line before it; 0 where the comment has the line for itself.
    value: usize,
}

impl Gap {
    /// Characters of the line before the comment.
    fn column(&self) -> usize {
        self.value + self.width
    }

    /// The first byte of the comment.
    fn end(&self) -> usize {
        self.start + self.width
    }

    fn before(text: &str, comment: usize) -> Gap {
        let line = text[..comment].rfind('\n').map_or(0, |i| i + 1);
        let value = text[line..comment].trim_end();
        Gap {
            line,
            start: line + value.len(),
            width: comment - line - value.len(),
            value: value.chars().count(),
        }
    }
}
