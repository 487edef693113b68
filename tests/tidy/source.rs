//! Reads the tree, and tells in Rust files code, comments and texts apart, so that a rule about one of them is not
//! tripped by another. Every view keeps lines where they are.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

/// The files of the workspace.
pub struct Tree {
    pub files: Vec<File>,
    pub kept: Vec<Kept>,
}

/// A file that git keeps, whatever is in it.
pub struct Kept {
    /// As that of [`File`].
    pub path: String,
    pub bytes: usize,
    pub is_text: bool,
}

/// A text file.
pub struct File {
    /// From the root of the workspace, with `/`.
    pub path: String,
    pub text: String,
    /// Of Rust files: every character, what it is part of, and whether it is part of a test module.
    letters: Vec<(char, Part, bool)>,
}

/// What a character of a Rust file is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Code,
    Comment,
    /// What a string or a character literal says.
    Text,
}

/// Whether a folder holds something of ours; what editors and builds leave behind does not.
fn is_ours(folder: &str) -> bool {
    matches!(folder, ".ci" | ".github") || (folder != "target" && !folder.starts_with('.'))
}

impl Tree {
    /// The tree that this test stands in.
    pub fn read() -> Tree {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut tree = Tree::of(&[]);
        tree.read_folder(root, "");
        // Where there is no repository, as in an archive of the sources, all that is there counts as kept.
        if let Some(paths) = kept_by_git(root) {
            tree.kept.retain(|kept| paths.contains(&kept.path));
        }
        tree
    }

    /// A tree that is only written here.
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree {
            files: vec![],
            kept: vec![],
        };
        for (path, text) in files {
            tree.add((*path).into(), text.as_bytes().to_vec());
        }
        tree
    }

    fn add(&mut self, path: String, bytes: Vec<u8>) {
        let length = bytes.len();
        let text = String::from_utf8(bytes).ok();
        self.kept.push(Kept {
            path: path.clone(),
            bytes: length,
            is_text: text.as_ref().is_some_and(|text| !text.contains('\0')),
        });
        self.files.extend(text.map(|text| File::new(path, text)));
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) {
        for entry in fs::read_dir(folder).expect("the tree can be read") {
            let entry = entry.expect("the tree can be read");
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if entry.path().is_dir() {
                if is_ours(&name) {
                    self.read_folder(&entry.path(), &format!("{path}/"));
                }
            } else if let Ok(bytes) = fs::read(entry.path()) {
                self.add(path, bytes);
            }
        }
    }

    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }
}

/// The paths that git keeps.
fn kept_by_git(root: &Path) -> Option<BTreeSet<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output();
    let listed = String::from_utf8(listed.ok()?.stdout).ok()?;
    let paths: BTreeSet<String> = listed.split_terminator('\0').map(str::to_owned).collect();
    (!paths.is_empty()).then_some(paths)
}

impl File {
    fn new(path: String, text: String) -> File {
        let letters = if path.ends_with(".rs") {
            mark_tests(parts(&text))
        } else {
            vec![]
        };
        File { path, text, letters }
    }

    /// Whether the whole file is test code.
    pub fn is_test(&self) -> bool {
        let path = format!("/{}", self.path);
        path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("/testing.rs")
    }

    /// One part of a Rust file; the rest is blank.
    pub fn view(&self, part: Part) -> String {
        let shown = |(c, own, _): &(char, Part, bool)| if *own == part || *c == '\n' { *c } else { ' ' };
        self.letters.iter().map(shown).collect()
    }

    /// The code that is no test; the rest is blank.
    pub fn production_code(&self) -> String {
        if self.is_test() {
            return String::new();
        }
        let shown = |(c, part, in_test): &(char, Part, bool)| {
            if (*part == Part::Code && !in_test) || *c == '\n' {
                *c
            } else {
                ' '
            }
        };
        self.letters.iter().map(shown).collect()
    }
}

/// Marks what stands in modules under `#[cfg(test)]`.
fn mark_tests(parts: Vec<(char, Part)>) -> Vec<(char, Part, bool)> {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    let code: Vec<char> = parts
        .iter()
        .map(|(c, part)| if *part == Part::Code { *c } else { ' ' })
        .collect();
    let mut letters: Vec<(char, Part, bool)> = parts.into_iter().map(|(c, part)| (c, part, false)).collect();
    let attribute: Vec<char> = ATTRIBUTE.chars().collect();
    let mut at = 0;
    while at + attribute.len() <= code.len() {
        if code[at..].starts_with(&attribute) {
            let end = item_end(&code, at + attribute.len());
            letters[at..end].iter_mut().for_each(|letter| letter.2 = true);
            at = end;
        } else {
            at += 1;
        }
    }
    letters
}

/// Behind the item that begins at `from`: its semicolon, or the brace that closes it.
fn item_end(code: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.iter().enumerate().skip(from) {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if *c == '}' && depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// What each character of a Rust file is part of. The quotes of a literal are code.
fn parts(text: &str) -> Vec<(char, Part)> {
    let chars: Vec<char> = text.chars().collect();
    let mut marks = vec![Part::Code; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let Token { part, inner, end } = token(&chars, at);
        marks[inner].fill(part);
        at = end;
    }
    chars.into_iter().zip(marks).collect()
}

struct Token {
    part: Part,
    /// What is of this part; the quotes around it are code.
    inner: Range<usize>,
    end: usize,
}

/// The token that begins at `at`.
fn token(chars: &[char], at: usize) -> Token {
    let rest = &chars[at..];
    let of = |part, before: usize, length: usize, after: usize| {
        let end = at + length;
        let start = (at + before).min(end);
        Token {
            part,
            inner: start..end.saturating_sub(after).max(start),
            end,
        }
    };
    match rest {
        ['/', '/', ..] => of(
            Part::Comment,
            0,
            rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            0,
        ),
        ['/', '*', ..] => of(Part::Comment, 0, block_comment(rest), 0),
        ['"', ..] => of(Part::Text, 1, quoted(rest, '"'), 1),
        ['r', raw @ ..] if !follows_name(chars, at) => match raw_hashes(raw) {
            Some(hashes) => of(Part::Text, hashes + 2, raw_string(rest, hashes), hashes + 1),
            None => of(Part::Code, 0, 1, 0),
        },
        ['\'', '\\', ..] => of(Part::Text, 1, quoted(rest, '\''), 1),
        ['\'', _, '\'', ..] => of(Part::Text, 1, 3, 1),
        _ => of(Part::Code, 0, 1, 0),
    }
}

fn follows_name(chars: &[char], at: usize) -> bool {
    // `br"…"` and `cr"…"` are raw strings too.
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_') && !matches!(chars[at - 1], 'b' | 'c')
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a literal with escapes, quotes included.
fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The hashes between `r` and the quote; none where no raw string begins.
fn raw_hashes(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

fn raw_string(rest: &[char], hashes: usize) -> usize {
    let close: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let begin = hashes + 2;
    let length = rest
        .get(begin..)
        .and_then(|inner| inner.windows(close.len()).position(|w| w == close));
    length.map_or(rest.len(), |length| begin + length + close.len())
}
