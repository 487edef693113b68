//! `crier fmt`: writes files in the one layout; comments stay, and what a file says does too.

use std::path::Path;
use std::process::ExitCode;

use dsl::format::{self, FileKind, Unformatted};
use engine::load::PROJECT_FILE;

use super::Failure;
use super::rewrite::{self, Made, Rewriter};
use crate::cli::Rewrite;

pub(super) fn run(args: &Rewrite) -> Result<ExitCode, Failure> {
    rewrite::run(
        args,
        &Rewriter {
            done: "formatted",
            already: "already formatted".into(),
            keeps_mark: false,
            make,
        },
    )
}

fn make(path: Option<&Path>, text: &str) -> Made {
    let kind = match path.and_then(Path::file_name) {
        Some(name) if name == PROJECT_FILE => FileKind::Project,
        Some(_) => FileKind::Campaign,
        None => FileKind::of_text(text),
    };
    match format::format(text, kind) {
        Ok(formatted) => Made::Text(formatted),
        Err(Unformatted::Faulty(found)) => Made::Faulty(found),
        Err(error @ Unformatted::Internal { .. }) => Made::Internal(error.into()),
    }
}
