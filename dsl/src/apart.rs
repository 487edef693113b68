//! Stories in a file of their own, as they would stand in the campaign.

use std::ops::Range;

use crate::CampaignFile;

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
        let path = self.written.tests_file.as_ref()?.value.clone();
        let entry = self.read.tree.root.as_ref()?.entry("tests")?;
        Some(StoriesFile {
            path,
            entry: entry.key.span.start..entry.value.span.end,
        })
    }
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
