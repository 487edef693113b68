//! Puts a story into the file of its campaign, or that of its stories, written as that is. What stands there already stays,
//! comments too.

use dsl::tree::{Kind, Node};

/// Why a file takes no story.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// `[…]`: no line can be put there.
    #[error("its `tests` are written in brackets")]
    Brackets,
    /// That of this path.
    #[error("its `tests` stand in {0}")]
    OtherFile(String),
    /// No list.
    #[error("its `tests` cannot be read")]
    Unreadable,
}

/// The file with one more story at the end of its `tests`, which are added where there are none.
pub fn with_story(file: &str, story: &str) -> Result<String, NoPlace> {
    if is_crlf(file) {
        let with = with_story(&file.replace("\r\n", "\n"), story)?;
        return Ok(with.replace('\n', "\r\n"));
    }
    let (tree, _) = dsl::tree::parse(file);
    let tests = tree.root.as_ref().and_then(|root| root.entry("tests"));
    let Some(tests) = tests else {
        return Ok(format!("{}\n\ntests:\n{}", file.trim_end(), indented(story, 2)));
    };
    if tests.value.is_nothing() {
        return Ok(below(file, tests.key.span.end, &indented(story, 2)));
    }
    match &tests.value.kind {
        Kind::List(items) => behind_last(file, items, story),
        Kind::Scalar(path) => Err(NoPlace::OtherFile(path.text.clone())),
        Kind::Map(_) | Kind::Bad => Err(NoPlace::Unreadable),
    }
}

/// A file of stories alone with one more at its end.
pub fn with_one_more(file: &str, story: &str) -> Result<String, NoPlace> {
    if is_crlf(file) {
        let with = with_one_more(&file.replace("\r\n", "\n"), story)?;
        return Ok(with.replace('\n', "\r\n"));
    }
    let (tree, _) = dsl::tree::parse(file);
    match tree.root.as_ref().map(|root| &root.kind) {
        Some(Kind::List(items)) => behind_last(file, items, story),
        Some(Kind::Map(_) | Kind::Bad) => Err(NoPlace::Unreadable),
        // Comments, or nothing.
        Some(Kind::Scalar(_)) | None => Ok(format!("{}\n{story}", file.trim_end()).trim_start().to_owned()),
    }
}

fn behind_last(file: &str, items: &[Node], story: &str) -> Result<String, NoPlace> {
    let last = items.last().ok_or(NoPlace::Brackets)?;
    let before = file[..last.span.start].trim_end().strip_suffix('-');
    let before = before.ok_or(NoPlace::Brackets)?;
    let indentation = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let end = last.span.start + file[last.span.clone()].trim_end().len();
    Ok(below(file, end, &indented(story, indentation)))
}

/// The path of the file that the stories of a campaign stand in, where it is one of their own.
pub fn stories_apart(file: &str) -> Option<String> {
    let (tree, _) = dsl::tree::parse(file);
    let tests = tree.root.as_ref()?.entry("tests")?;
    let path = tests.value.text().filter(|_| !tests.value.is_nothing());
    path.map(str::to_owned)
}

/// That name, or with a number behind it where a story of the file has it: of a campaign, or of a file of stories alone.
pub fn unused_name(file: &str, name: &str) -> String {
    let (tree, _) = dsl::tree::parse(file);
    let tests = tree.root.as_ref().map(|root| root.get("tests").unwrap_or(root));
    let stories = tests.map_or(&[][..], items);
    let names = stories
        .iter()
        .filter_map(|story| story.entry("test")?.value.text());
    let names: Vec<&str> = names.collect();
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let mut all = std::iter::once(name.to_owned()).chain(numbered);
    all.find(|name| !names.contains(&name.as_str()))
        .expect("there are more numbers than stories")
}

/// Whether every line ends as on Windows.
fn is_crlf(file: &str) -> bool {
    let lines = file.matches('\n').count();
    lines > 0 && file.matches("\r\n").count() == lines
}

fn items(tests: &Node) -> &[Node] {
    match &tests.kind {
        Kind::List(items) => items,
        Kind::Scalar(_) | Kind::Map(_) | Kind::Bad => &[],
    }
}

/// The file with these lines below the line of a place.
fn below(file: &str, place: usize, lines: &str) -> String {
    let end = file[place..].find('\n').map_or(file.len(), |at| place + at);
    format!("{}\n{}{}", &file[..end], lines.trim_end(), &file[end..])
}

pub(super) fn indented(text: &str, by: usize) -> String {
    let line = |line: &str| format!("{:by$}{line}\n", "");
    text.lines().map(line).collect()
}
