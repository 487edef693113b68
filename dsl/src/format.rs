//! Writes a file in the one layout: two spaces of indentation, lists below their keys, at most one blank line in a row,
//! quotes where an older reader of YAML needs them. Comments and blank lines stay, texts and their line breaks too. The
//! layout is pretty_yaml's; the result is read again, and is never given out where it says anything else than the file.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::edit::{self, Edit};
use crate::tree::{self, Key, Kind, Node, Style, Tree};
use crate::written::{Read, quoted, tables};

mod comments;
mod folds;

/// The two kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A campaign.
    Campaign,
    /// A crier.yaml.
    Project,
}

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unformatted {
    /// It cannot be read; the diagnostics say why.
    #[error("the file cannot be read, so it is left as it is")]
    Faulty(Vec<Diagnostic>),
    /// The formatter would have changed what the file says.
    #[error(
        "internal: the file as it would be formatted {what}, so it is left as it is: please report this with the file"
    )]
    Internal {
        /// What is wrong with the result.
        what: &'static str,
    },
}

/// Times that a text is laid out, at most.
const MOST_LAYOUTS: usize = 8;

/// What is said of a layout that is no YAML any more.
const UNREADABLE: &str = "could not be read";

/// What advises quotes.
const OLDER_READER: &str = "yaml-1.1";

/// A file in the one layout; formatting the result changes nothing. All line breaks are CRLF where the first is, else LF; a
/// byte-order mark goes.
pub fn format(text: &str, kind: FileKind) -> Result<String, Unformatted> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let formatted = with_line_feeds(text, kind)?;
    let first = text.find(['\r', '\n']).map_or("", |at| &text[at..]);
    Ok(match first.starts_with("\r\n") {
        true => formatted.replace('\n', "\r\n"),
        false => formatted,
    })
}

fn with_line_feeds(text: &str, kind: FileKind) -> Result<String, Unformatted> {
    // Their places are those of the text as it stands, with its line breaks.
    let (_, faults) = tree::parse(text);
    if !faults.is_empty() {
        return Err(Unformatted::Faulty(faults));
    }
    // YAML ends a line at a lone CR too.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (before, faults) = tree::parse(&text);
    if !faults.is_empty() {
        return Err(Unformatted::Faulty(faults));
    }
    let (visible, _) = edit::apply(&text, blank_ends(&before));
    let (tree, _) = tree::parse(&visible);
    let laid_out = with_numbers_whole(lay_out_fully(&visible, &tree)?);
    let laid_out = quote(laid_out, kind);
    let (after, faults) = tree::parse(&laid_out);
    let internal = |what| Err(Unformatted::Internal { what });
    if !faults.is_empty() {
        return internal(UNREADABLE);
    }
    let Some(formatted) = comments::align(&text, &before, &laid_out, &after) else {
        return internal("would have other comments");
    };
    let (after, faults) = tree::parse(&formatted);
    match faults.is_empty() && same_root(&before, &after) {
        true => Ok(formatted),
        false => internal("would say something else"),
    }
}

impl FileKind {
    /// What a text without a file name is: a project where a key at its top is one of crier.yaml alone.
    pub fn of_text(text: &str) -> FileKind {
        let (tree, _) = tree::parse(text);
        let entries = tree.root.as_ref().map(Node::entries).unwrap_or_default();
        let only_there =
            |name: &str| tables::PROJECT.key(name).is_some() && tables::CAMPAIGN.key(name).is_none();
        match entries.iter().any(|entry| only_there(&entry.key.text)) {
            true => FileKind::Project,
            false => FileKind::Campaign,
        }
    }
}

/// Takes the space out again that the layout puts behind the comma of `{ budget: 49,90 EUR }`: whoever wrote that wrote one
/// number.
fn with_numbers_whole(text: String) -> String {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let around = |gap: &Range<usize>| {
        is_digit(text[..gap.start].chars().next_back()) && is_digit(text[gap.end..].chars().next())
    };
    let mut commas = text.match_indices(", ");
    if !commas.any(|(at, comma)| around(&(at..at + comma.len()))) {
        return text;
    }
    let (tree, _) = tree::parse(&text);
    let mut gaps = vec![];
    let mut next: Vec<&Node> = tree.root.iter().collect();
    while let Some(node) = next.pop() {
        next.extend(node.items());
        next.extend(node.entries().iter().map(|entry| &entry.value));
        for pair in node.entries().windows(2) {
            let gap = pair[0].value.span.end..pair[1].key.span.start;
            let split = pair[1].value.is_nothing() && text.get(gap.clone()) == Some(", ");
            if split && around(&gap) {
                gaps.push(Edit::new(gap, ","));
            }
        }
    }
    match gaps.is_empty() {
        true => text,
        false => edit::apply(&text, gaps).0,
    }
}

/// Quotes for texts that begin or end with white space that YAML keeps: what the eye does not see, such as a space that
/// does not break, the layout would cut off.
fn blank_ends(tree: &Tree) -> Vec<Edit> {
    let mut edits = vec![];
    let mut next: Vec<&Node> = tree.root.iter().collect();
    while let Some(node) = next.pop() {
        match &node.kind {
            Kind::Scalar(scalar) if scalar.style == Style::Plain && scalar.text != scalar.text.trim() => {
                edits.push(Edit::new(node.span.clone(), quoted(&scalar.text)));
            }
            Kind::Scalar(_) | Kind::Bad => {}
            Kind::List(items) => next.extend(items.iter()),
            Kind::Map(entries) => {
                let ends_blank = |key: &Key| key.plain && key.text != key.text.trim();
                let keys = entries
                    .iter()
                    .map(|entry| &entry.key)
                    .filter(|key| ends_blank(key));
                edits.extend(keys.map(|key| Edit::new(key.span.clone(), quoted(&key.text))));
                next.extend(entries.iter().map(|entry| &entry.value));
            }
        }
    }
    edits
}

/// Lays a text out until that changes nothing: the layout moves a list to its place first, and sees only then that maps of
/// it stand on one line.
fn lay_out_fully(text: &str, tree: &Tree) -> Result<String, Unformatted> {
    let mut laid_out = lay_out(text, tree)?;
    for _ in 1..MOST_LAYOUTS {
        let (tree, faults) = tree::parse(&laid_out);
        if !faults.is_empty() {
            return Err(Unformatted::Internal { what: UNREADABLE });
        }
        let again = lay_out(&laid_out, &tree)?;
        if again == laid_out {
            break;
        }
        laid_out = again;
    }
    Ok(laid_out)
}

fn lay_out(text: &str, tree: &Tree) -> Result<String, Unformatted> {
    let (folded, folds) = folds::take_out(text, tree);
    let formatted = pretty_yaml::format_text(&folded, &options()).map_err(|_| Unformatted::Internal {
        what: "could not be laid out",
    })?;
    let whole = folds::put_back(&formatted, &folds);
    let trimmed = whole.trim_start_matches('\n');
    Ok(match trimmed.is_empty() || trimmed.ends_with('\n') {
        true => trimmed.to_owned(),
        false => format!("{trimmed}\n"),
    })
}

fn options() -> pretty_yaml::config::FormatOptions {
    let mut options = pretty_yaml::config::FormatOptions::default();
    // Whoever writes a map on one line wants it there.
    options.layout.print_width = usize::MAX >> 8;
    options.language.trailing_comma = false;
    // White space at the end of a line of a text is part of the text.
    options.language.trim_trailing_whitespaces = false;
    // No comment has a line break in it: there is no way to switch the formatter off.
    options.language.ignore_comment_directive = "\n".into();
    options
}

/// Quotes where the check of the language advises them.
fn quote(text: String, kind: FileKind) -> String {
    let object = match kind {
        FileKind::Campaign => &tables::CAMPAIGN,
        FileKind::Project => &tables::PROJECT,
    };
    let found = Read::new(&text, object).found;
    let advice = found.into_iter().filter(|found| found.code == OLDER_READER);
    let edits = advice.filter_map(|found| found.suggestion);
    let edits = edits.map(|quotes| Edit::new(quotes.span, quotes.replacement));
    edit::apply(&text, edits.collect()).0
}

fn same_root(before: &Tree, after: &Tree) -> bool {
    match (&before.root, &after.root) {
        (None, None) => true,
        (Some(before), Some(after)) => same(before, after),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether two values say the same, however they are written.
fn same(before: &Node, after: &Node) -> bool {
    match (&before.kind, &after.kind) {
        (Kind::Scalar(a), Kind::Scalar(b)) => a.text == b.text && before.is_nothing() == after.is_nothing(),
        (Kind::List(a), Kind::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (Kind::Map(a), Kind::Map(b)) => {
            let pairs = || a.iter().zip(b.iter());
            a.len() == b.len() && pairs().all(|(a, b)| a.key.text == b.key.text && same(&a.value, &b.value))
        }
        (Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) | Kind::Bad, _) => false,
    }
}

#[cfg(test)]
mod tests;
