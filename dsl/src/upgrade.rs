//! Brings a file to the newest version of the language. What changed from one version to the next is a [`Migration`]:
//! changes of the text, so that comments and layout stay. Version 1 is the first, so [`MIGRATIONS`] has none yet.

use crate::diagnostic::Diagnostic;
use crate::edit::{self, Edit};
use crate::tree::{self, Node};

/// The newest version of the language.
pub const NEWEST: u32 = 1;

/// The way from each version to the next.
pub const MIGRATIONS: &[Migration] = &[];

/// What changes from one version of the language to the next.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version that it begins with; it ends with the next one.
    pub from: u32,
    /// What is to be changed in a file, given its top and its text. The key `crier` is seen to by [`upgrade`].
    pub rewrite: fn(&Node, &str) -> Vec<Edit>,
}

/// A file at the newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgraded {
    /// Its text; as it was where it was at that version.
    pub text: String,
    /// The version that it was written in.
    pub from: u32,
    /// The version that it is written in now.
    pub to: u32,
}

/// Why a file cannot be brought to the newest version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUpgraded {
    /// It cannot be read, or its version is none; the diagnostics say why.
    #[error("the file cannot be read, so it is left as it is")]
    Faulty(Vec<Diagnostic>),
    /// A migration made something of it that cannot be read.
    #[error(
        "internal: at version {version} the file could not be read, so it is left as it is: please report this with the file"
    )]
    Internal {
        /// The version.
        version: u32,
    },
}

/// Brings a file to the newest version.
pub fn upgrade(text: &str) -> Result<Upgraded, NotUpgraded> {
    upgrade_by(text, MIGRATIONS)
}

/// Brings a file as far as these migrations lead.
fn upgrade_by(text: &str, migrations: &[Migration]) -> Result<Upgraded, NotUpgraded> {
    let (tree, faults) = tree::parse(text);
    if !faults.is_empty() {
        return Err(NotUpgraded::Faulty(faults));
    }
    let newest = migrations.iter().map(|migration| migration.from + 1).max();
    let from = version(tree.root.as_ref(), newest.unwrap_or(NEWEST)).map_err(NotUpgraded::Faulty)?;
    let mut done = Upgraded {
        text: text.to_owned(),
        from,
        to: from,
    };
    let mut root = tree.root;
    while let Some(migration) = migrations.iter().find(|migration| migration.from == done.to) {
        let Some(top) = root.filter(|root| !root.entries().is_empty()) else {
            break;
        };
        let mut edits = (migration.rewrite)(&top, &done.text);
        edits.push(stated(&top, &done.text, done.to + 1));
        done.text = edit::apply(&done.text, edits).0;
        done.to += 1;
        let (tree, faults) = tree::parse(&done.text);
        if !faults.is_empty() {
            return Err(NotUpgraded::Internal { version: done.to });
        }
        root = tree.root;
    }
    Ok(done)
}

/// The version that a file is written in: 1 where it states none.
fn version(root: Option<&Node>, newest: u32) -> Result<u32, Vec<Diagnostic>> {
    let Some(stated) = root.and_then(|root| root.get("crier")) else {
        return Ok(1);
    };
    let number = stated.text().and_then(|text| text.parse::<u32>().ok());
    let wrong = |message: String, help: &str| {
        let found = Diagnostic::error("unknown-version", stated.span.clone(), message);
        Err(vec![found.help(help)])
    };
    match number {
        Some(number) if (1..=newest).contains(&number) => Ok(number),
        Some(number) if number > newest => wrong(
            format!(
                "the file is written in version {number} of the language, and this program knows version {newest}"
            ),
            "install a newer crier",
        ),
        Some(_) | None => wrong(
            "this is not a version of the language".into(),
            "write `crier: 1`, or leave it out in a campaign",
        ),
    }
}

/// States the version: in the place of the one that is stated, else before the first key.
fn stated(top: &Node, text: &str, version: u32) -> Edit {
    let in_brackets = text[top.span.start..].starts_with('{');
    let end = if in_brackets { ", " } else { "\n" };
    match (top.get("crier"), top.entries()) {
        (Some(stated), _) => Edit::new(stated.span.clone(), version.to_string()),
        (None, [first, ..]) => {
            let at = first.key.span.start;
            Edit::new(at..at, format!("crier: {version}{end}"))
        }
        (None, []) => Edit::new(0..0, ""),
    }
}

#[cfg(test)]
mod tests;
