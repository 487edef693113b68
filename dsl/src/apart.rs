//! Stories in a file of their own, as they would stand in the campaign.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::tree::{self, Kind};
use crate::written::campaign::Campaign;
use crate::written::{Spanned, tables};
use crate::{CAMPAIGN_ENDINGS, CampaignFile, PROJECT_FILE};

/// A file of stories, as a campaign names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoriesFile {
    /// Relative to the project's folder.
    pub path: String,
    /// The key with its value, in bytes of the campaign.
    pub entry: Range<usize>,
}

impl CampaignFile {
    /// Whether it was read to its end, so that something can be said of its stories.
    pub fn is_whole(&self) -> bool {
        self.read.is_whole()
    }

    /// The file that its stories stand in; none where they stand in the campaign, or there are none.
    pub fn stories_file(&self) -> Option<StoriesFile> {
        let path = self.written.stories_path()?.value.clone();
        let entry = self.read.tree.root.as_ref()?.entry("tests")?;
        Some(StoriesFile {
            path,
            entry: entry.key.span.start..entry.value.span.end,
        })
    }
}

impl Campaign {
    /// The path of the file that its stories stand in, where that may be one.
    pub(crate) fn stories_path(&self) -> Option<&Spanned<String>> {
        let path = self.tests_file.as_ref();
        path.filter(|path| another_kind(&path.value).is_none())
    }
}

/// What a file is by its name that is no file of stories.
pub(crate) fn another_kind(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_campaign = CAMPAIGN_ENDINGS.iter().any(|ending| name.ends_with(ending));
    match name {
        PROJECT_FILE => Some("the file of a project"),
        _ => is_campaign.then_some("a campaign"),
    }
}

/// That a text is no file of stories, since it is no list. None where it is one, and where it is no YAML, of which more is
/// told beside its campaign.
pub fn no_stories(text: &str) -> Option<Diagnostic> {
    let (tree, faults) = tree::parse(text);
    let told = |span: Range<usize>, message: &str| Diagnostic::error("wrong-type", span, message);
    let root = tree.root.filter(|root| !root.is_nothing());
    let Some(root) = root else {
        let found = told(0..0, "there are no stories in this file");
        return faults
            .is_empty()
            .then(|| found.help("a file of stories is a list: `- test: …`"));
    };
    let has = |key: &str| root.entry(key).is_some();
    let help = match &root.kind {
        Kind::List(_) => return stray_key(text),
        Kind::Bad => return None,
        Kind::Map(_) if has("tests") => "leave out `tests`: each story begins with a dash, `- test: …`",
        Kind::Map(_) if has("test") || has("story") => {
            "one story is an item of it too: `- test: …`, and two spaces before its other lines"
        }
        Kind::Map(_) | Kind::Scalar(_) => "each story begins with a dash: `- test: …`",
    };
    let first = root
        .entries()
        .first()
        .map_or(&root.span, |entry| &entry.key.span)
        .clone();
    let line = tree::line_of(text, first.start);
    let first = first.start..first.end.min(line.end).max(first.start);
    Some(told(first, "a file of stories is a list, and this is none").help(help))
}

/// A key beside the list, which would be one of the campaign.
fn stray_key(text: &str) -> Option<Diagnostic> {
    let whole = as_tests(text);
    let begins = whole.len() - text.len();
    let (tree, faults) = tree::parse(&whole);
    let entries = tree.root.as_ref()?.entries().iter().skip(1);
    let doubled = faults.iter().filter(|fault| fault.code == "duplicate-key");
    let keys = entries
        .map(|entry| &entry.key.span)
        .chain(doubled.map(|fault| &fault.span));
    let key = keys.min_by_key(|span| span.start)?;
    let key = key.start.checked_sub(begins)?..key.end - begins;
    let name = text.get(key.clone())?.trim_matches(['"', '\'']);
    // Of a story: told is how far in it belongs.
    let own = tables::TEST_KEYS.iter().map(|key| key.name);
    if name.starts_with("x-") || own.clone().any(|own| own == name) {
        return None;
    }
    let message = format!("\"{name}\" is not a key of a file of stories");
    let help = format!(
        "it is a list alone; the keys of a story stand two spaces in, below its dash: {}",
        own.collect::<Vec<_>>().join(", ")
    );
    Some(
        Diagnostic::error("unknown-key", key, message)
            .label("beside the list")
            .help(help),
    )
}

/// The key `tests` with the text of a file of stories as its value. That text ends the answer and keeps its length, so that
/// a place in the one is a place in the other.
pub fn as_tests(stories: &str) -> String {
    match stories.starts_with('[') {
        false => format!("tests:\n{stories}"),
        true => format!("tests: {}", further_in(stories)),
    }
}

/// A campaign without the key that names the file of its stories, and behind it those stories; with the bytes before them.
pub fn behind(campaign: &str, key: &Range<usize>, stories: &str) -> (String, usize) {
    let before = format!("{}{}\n", &campaign[..key.start], &campaign[key.end..]);
    let whole = before + &as_tests(stories);
    let begins = whole.len() - stories.len();
    (whole, begins)
}

/// A list in brackets may begin its lines in the first column, as JSON does; behind a key they would stand no further in than
/// the key. Between brackets a space says the same as the end of a line, but for one with a comment.
fn further_in(list: &str) -> String {
    let mut text = String::with_capacity(list.len());
    let mut lines = list.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let is_outermost = lines
            .peek()
            .is_some_and(|next| !next.starts_with(char::is_whitespace));
        match line.trim_end_matches(['\r', '\n']) {
            kept if is_outermost && !line.contains('#') => {
                text.push_str(kept);
                text.extend(std::iter::repeat_n(' ', line.len() - kept.len()));
            }
            _ => text.push_str(line),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a text as a file of stories, with what it points at.
    fn said(text: &str) -> Option<String> {
        let found = no_stories(text)?;
        let (at, help) = (&text[found.span.clone()], found.help.unwrap_or_default());
        Some(format!("{} [{at}]: {help}", found.message))
    }

    #[test]
    fn a_file_of_stories_is_a_list() {
        let none = "a file of stories is a list, and this is none";
        let dash = "each story begins with a dash: `- test: …`";
        let table = [
            ("a: 1\nb: 2\n", format!("{none} [a]: {dash}")),
            ("hello\nthere\n", format!("{none} [hello]: {dash}")),
            (
                "tests:\n  - test: a\n",
                format!("{none} [tests]: leave out `tests`: each story begins with a dash, `- test: …`"),
            ),
            (
                "test: a\nstory: []\n",
                format!(
                    "{none} [test]: one story is an item of it too: `- test: …`, and two spaces before its other lines"
                ),
            ),
            (
                "# nothing\n",
                "there are no stories in this file []: a file of stories is a list: `- test: …`".to_owned(),
            ),
        ];
        for (text, expected) in table {
            assert_eq!(said(text), Some(expected), "{text}");
        }
        let beside = |key: &str| {
            let keys = "it is a list alone; the keys of a story stand two spaces in, below its dash: test, person, at, event, story";
            Some(format!(
                "\"{key}\" is not a key of a file of stories [{key}]: {keys}"
            ))
        };
        for key in ["foo", "message", "tests"] {
            assert_eq!(said(&format!("- test: a\n  story: []\n{key}: 1\n")), beside(key));
            assert_eq!(
                said(&format!("  - test: a\n    story: []\n{key}: 1\n")),
                beside(key)
            );
        }
        assert_eq!(said("- test: a\nstory: []\n"), None);
        for list in ["- test: a\n", "[]\n", "  - test: a\n", "- { test: [\n"] {
            assert_eq!(said(list), None, "{list}");
        }
    }
}
