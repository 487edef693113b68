//! The pages of `dsl/codes/`, one a code: strict enough that one function reads them all, and plain enough to be read as
//! they are. `crier explain` prints them, SARIF carries them, and a test runs their examples.
//!
//! A page is `# CODE: error` (or `warning`), the meaning in one line, the cause, `## Fails` with files and what is
//! printed (a `text` block), and `## Remedy` with a few words and the repaired files. A file is a block whose first line
//! is its language and its path: `yaml spring.campaign.yaml`, `yaml crier.yaml`, `csv lists/customers.csv`. A link
//! is one, too: `link spring.campaign.yaml`, with the path that it leads to as its only line.

use crate::diagnostic::Severity;

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// Such as `unknown-key`.
    pub code: &'a str,
    /// How grave it is in the example, and as a rule.
    pub severity: Severity,
    /// One sentence in one line.
    pub meaning: &'a str,
    /// How it comes about, in a sentence or two. Markdown of the plainest kind: paragraphs and backquotes.
    pub cause: &'a str,
    /// Files that show it.
    pub failing: Vec<File<'a>>,
    /// What crier says of them; what it says of the code, where they have other faults too.
    pub printed: &'a str,
    /// What to do.
    pub remedy: &'a str,
    /// The files without it. Files of [`Self::failing`] that are not among them stay as they are.
    pub repaired: Vec<File<'a>>,
    /// The page as it is.
    pub markdown: &'a str,
}

/// A file of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File<'a> {
    /// `yaml`, `csv` or `link`.
    pub language: &'a str,
    /// Relative to the project's folder.
    pub path: &'a str,
    /// How its bytes differ from the text that is shown.
    pub bytes: Bytes,
    /// With its last line break.
    pub text: &'a str,
}

/// What a page cannot show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bytes {
    /// The text in UTF-8.
    Shown,
    /// `latin-1` behind the path: every character is one byte.
    Latin1,
    /// `padded` behind the path: a comment at the end makes it larger than a file may be.
    Padded,
    /// `repeated` behind the path: its last line stands 2,000 times.
    Repeated,
}

impl File<'_> {
    /// The bytes of the file.
    pub fn content(&self) -> Vec<u8> {
        match self.bytes {
            Bytes::Shown => self.text.as_bytes().to_vec(),
            Bytes::Latin1 => self
                .text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
                .collect(),
            Bytes::Padded => {
                let mut bytes = self.text.as_bytes().to_vec();
                bytes.push(b'#');
                bytes.resize(crate::LARGEST_FILE + 1, b' ');
                bytes
            }
            Bytes::Repeated => {
                let last = self.text.split_inclusive('\n').next_back().unwrap_or_default();
                [self.text.as_bytes(), &last.as_bytes().repeat(1_999)].concat()
            }
        }
    }
}

/// Reads a page. Errors: what of it is not in the form, in one sentence.
pub fn parse(markdown: &str) -> Result<Page<'_>, String> {
    let (title, rest) = markdown.split_once("\n\n").ok_or("it has no paragraphs")?;
    let title = title.strip_prefix("# ").ok_or("it begins with `# CODE: error`")?;
    let (code, severity) = title.split_once(": ").ok_or("its title names no severity")?;
    let severity = match severity {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        other => return Err(format!("\"{other}\" is no severity")),
    };
    let (intro, rest) = rest
        .split_once("\n\n## Fails\n\n")
        .ok_or("`## Fails` is missing")?;
    let (meaning, cause) = intro
        .split_once("\n\n")
        .ok_or("a meaning and a cause are two paragraphs")?;
    if meaning.contains('\n') || !meaning.ends_with('.') {
        return Err("the meaning is one sentence in one line".into());
    }
    let (fails, remedies) = rest
        .split_once("\n\n## Remedy\n\n")
        .ok_or("`## Remedy` is missing")?;
    let (failing, printed) = fails
        .split_once("\n\n```text\n")
        .ok_or("what is printed is missing")?;
    let printed = printed
        .strip_suffix("\n```")
        .ok_or("something follows what is printed")?;
    let (remedy, repaired) = remedies
        .split_once("\n\n```")
        .ok_or("the repaired example is missing")?;
    Ok(Page {
        code,
        severity,
        meaning,
        cause,
        failing: files(failing)?,
        printed,
        remedy,
        repaired: files(&remedies[remedies.len() - repaired.len() - 3..])?,
        markdown,
    })
}

/// The blocks of an example, with nothing but an empty line between two.
fn files(mut rest: &str) -> Result<Vec<File<'_>>, String> {
    let mut files = vec![];
    loop {
        rest = rest.trim_start_matches('\n');
        if rest.is_empty() {
            break;
        }
        let inside = rest
            .strip_prefix("```")
            .ok_or_else(|| format!("no file begins at {:?}", first(rest)))?;
        let (info, inside) = inside.split_once('\n').ok_or("a block is not closed")?;
        let end = inside
            .find("\n```")
            .map(|at| at + 1)
            .ok_or("a block is not closed")?;
        files.push(file(info, &inside[..end])?);
        rest = &inside[end + 3..];
    }
    match files.len() {
        0 => Err("an example has no file".into()),
        _ => Ok(files),
    }
}

fn file<'a>(info: &'a str, text: &'a str) -> Result<File<'a>, String> {
    let mut words = info.split(' ');
    let (language, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let bytes = match words.next() {
        None => Bytes::Shown,
        Some("latin-1") => Bytes::Latin1,
        Some("padded") => Bytes::Padded,
        Some("repeated") => Bytes::Repeated,
        Some(other) => return Err(format!("\"{other}\" says nothing of a file")),
    };
    if !["yaml", "csv", "link"].contains(&language) || path.is_empty() || words.next().is_some() {
        return Err(format!("\"{info}\" is not a language and a path"));
    }
    Ok(File {
        language,
        path,
        bytes,
        text,
    })
}

fn first(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
