//! Commands that write files anew: what `--check`, `--diff` and `-` mean to all of them, and how a file is replaced.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use dsl::diagnostic::Diagnostic;
use engine::load::{self, CheckedFile};

use super::{Failure, validate};
use crate::cli::Rewrite;
use crate::output::{self, counted, diagnostics, diff};

/// A command that writes files anew.
pub(super) struct Rewriter {
    /// What it does to a file: `formatted`.
    pub done: &'static str,
    /// What a file is where nothing is to be done: `already formatted`.
    pub already: String,
    /// Whether a byte-order mark stays.
    pub keeps_mark: bool,
    /// Makes the new text; none of a path for standard input.
    pub make: fn(Option<&Path>, &str) -> Made,
}

/// What comes of a text.
pub(super) enum Made {
    /// The new text, which may be the old one.
    Text(String),
    /// It cannot be read.
    Faulty(Vec<Diagnostic>),
    /// A fault of crier.
    Internal(anyhow::Error),
}

/// How many files came to what.
#[derive(Default)]
struct Count {
    changed: u64,
    same: u64,
    faulty: u64,
    failed: Option<Failure>,
}

/// A byte-order mark.
pub(super) const MARK: &str = "\u{feff}";

/// What findings call standard input, where no other name is given for it.
const STDIN: &str = "stdin.campaign.yaml";

/// Does it to each file that the arguments name.
pub(super) fn run(args: &Rewrite, rewriter: &Rewriter) -> Result<ExitCode, Failure> {
    if is_stdin(&args.paths)? {
        return stdin(args, rewriter);
    }
    args.paths
        .iter()
        .try_for_each(|path| no_stories(path, rewriter))?;
    let mut count = Count::default();
    for path in validate::found(&args.paths)? {
        if let Err(failure) = one(&path, args, rewriter, &mut count) {
            count.fail(failure);
        }
    }
    let summary = count.summary(args, rewriter);
    if !summary.is_empty() {
        output::say(&summary);
    }
    count.result(args)
}

fn one(path: &Path, args: &Rewrite, rewriter: &Rewriter, count: &mut Count) -> Result<(), Failure> {
    let bytes = read(path)?;
    match made(Some(path), &bytes, rewriter, count) {
        Some(new) => told(path, &bytes, &new, args, rewriter).inspect_err(|_| count.changed -= 1),
        None => Ok(()),
    }
}

/// Stories in a file of their own are no file that is written anew, and their campaign was not named.
fn no_stories(path: &Path, rewriter: &Rewriter) -> Result<(), Failure> {
    match load::campaign_of_stories(path) {
        Some(campaign) => Err(Failure::Usage(anyhow!(
            "{} holds stories, and only campaigns and crier.yaml are {}: name {} for its campaign",
            path.display(),
            rewriter.done,
            campaign.display()
        ))),
        None => Ok(()),
    }
}

/// Whether an argument is standard input, by our name or by that of the system.
pub(super) fn is_dash(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin")
}

/// Errors: one of the arguments is standard input, and the command needs a file.
pub(super) fn no_stdin<'a>(
    paths: impl IntoIterator<Item = &'a PathBuf>,
    command: &str,
) -> Result<(), Failure> {
    match paths.into_iter().any(|path| is_dash(path)) {
        true => Err(Failure::Usage(anyhow!(
            "`crier {command}` takes no campaign from standard input: name its file"
        ))),
        false => Ok(()),
    }
}

/// Whether the arguments are `-` alone.
pub(super) fn is_stdin(paths: &[PathBuf]) -> Result<bool, Failure> {
    match paths.iter().any(|path| is_dash(path)) {
        true if paths.len() > 1 => Err(Failure::Usage(anyhow!(
            "`-` is standard input, and stands alone; name files or `-`"
        ))),
        is_stdin => Ok(is_stdin),
    }
}

/// Standard input, no more of it than shows that it is too large.
pub(super) fn read_stdin() -> Result<Vec<u8>, Failure> {
    load::bounded(std::io::stdin())
        .context("cannot read standard input")
        .map_err(Failure::Usage)
}

fn stdin(args: &Rewrite, rewriter: &Rewriter) -> Result<ExitCode, Failure> {
    let bytes = read_stdin()?;
    let mut count = Count::default();
    let new = made(None, &bytes, rewriter, &mut count);
    if args.diff {
        if let Some(new) = &new {
            output::lines(&diff::unified("-", &String::from_utf8_lossy(&bytes), new));
        }
    } else if !args.check && count.faulty == 0 && count.failed.is_none() {
        output::lines(&new.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned()));
    }
    count.result(args)
}

/// The new text where it is another one; counts, and says why there is none.
fn made(path: Option<&Path>, bytes: &[u8], rewriter: &Rewriter, count: &mut Count) -> Option<String> {
    let shown = path.unwrap_or(Path::new(STDIN));
    let made = match dsl::decode_text(bytes) {
        Ok(text) => ((rewriter.make)(path, &text), text),
        Err(found) => (Made::Faulty(vec![found]), as_far_as_read(bytes)),
    };
    match made {
        (Made::Text(new), _) => {
            let marked = rewriter.keeps_mark && bytes.starts_with(MARK.as_bytes());
            let new = if marked { format!("{MARK}{new}") } else { new };
            let changed = new.as_bytes() != bytes;
            count.changed += u64::from(changed);
            count.same += u64::from(!changed);
            changed.then_some(new)
        }
        (Made::Faulty(diagnostics), text) => {
            count.faulty += 1;
            let path = shown.to_owned();
            diagnostics::print_full([&CheckedFile {
                path,
                text,
                is_marked: false,
                diagnostics,
                later: vec![],
            }]);
            None
        }
        (Made::Internal(error), _) => {
            count.fail(Failure::Internal(error.context(shown.display().to_string())));
            None
        }
    }
}

/// What is no text, for the place where it is none; nothing of what is too large.
fn as_far_as_read(bytes: &[u8]) -> String {
    let shown = bytes.get(..dsl::LARGEST_FILE).map_or(bytes, |_| &[]);
    String::from_utf8_lossy(shown).into_owned()
}

/// Shows a file that changes, or changes it.
fn told(path: &Path, old: &[u8], new: &str, args: &Rewrite, rewriter: &Rewriter) -> Result<(), Failure> {
    let name = path.display().to_string();
    if args.diff {
        output::lines(&diff::unified(&name, &String::from_utf8_lossy(old), new));
    } else if args.check {
        output::line(&name);
    } else {
        replace(path, new)?;
        output::say(&format!("{name}: {}", rewriter.done));
    }
    Ok(())
}

impl Count {
    /// A file could not be read or written, or crier is at fault: the others go on. Each is told; the last one is also what
    /// the command ends with.
    fn fail(&mut self, failure: Failure) {
        if let Some(earlier) = self.failed.replace(failure) {
            output::error(&earlier);
        }
    }

    fn summary(&self, args: &Rewrite, rewriter: &Rewriter) -> String {
        let files = |n| counted(n, "file", "files");
        let mut said = vec![];
        if self.changed > 0 {
            let would = if args.check || args.diff { "would be " } else { "" };
            said.push(format!("{} {would}{}", files(self.changed), rewriter.done));
        }
        if self.same > 0 {
            said.push(format!("{} {}", files(self.same), rewriter.already));
        }
        if self.faulty > 0 {
            said.push(format!("{} unreadable and left alone", files(self.faulty)));
        }
        said.join(", ")
    }

    fn result(self, args: &Rewrite) -> Result<ExitCode, Failure> {
        match self.failed {
            Some(failure) => Err(failure),
            None if self.faulty > 0 || (args.check && self.changed > 0) => Err(Failure::Found(None)),
            None => Ok(ExitCode::SUCCESS),
        }
    }
}

/// The bytes of a file, no more of them than show that it is too large.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(load::bytes_of(path)?)
}

/// Puts a text into a file, all of it or nothing: it is written beside it, with the same permissions, and takes its
/// place. Where the path is a link, the file that it leads to is replaced, and the link stays. A file that may not be
/// written is not.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let written = || -> anyhow::Result<()> {
        let target = std::fs::canonicalize(path)?;
        let permissions = std::fs::metadata(&target)?.permissions();
        if permissions.readonly() {
            return Err(anyhow!("it is read-only"));
        }
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut beside = tempfile::Builder::new().prefix(".crier-").tempfile_in(folder)?;
        beside.write_all(text.as_bytes())?;
        beside.as_file().set_permissions(permissions)?;
        beside.as_file().sync_all()?;
        beside.persist(&target)?;
        Ok(())
    };
    written()
        .with_context(|| format!("cannot write {}", path.display()))
        .map_err(Failure::Usage)
}
