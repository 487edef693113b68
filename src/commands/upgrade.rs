//! `crier upgrade`: brings files to the newest version of the language; comments and layout stay.

use std::path::Path;
use std::process::ExitCode;

use dsl::upgrade::{self, NEWEST, NotUpgraded};

use super::Failure;
use super::rewrite::{self, Made, Rewriter};
use crate::cli::Rewrite;

pub(super) fn run(args: &Rewrite) -> Result<ExitCode, Failure> {
    rewrite::run(
        args,
        &Rewriter {
            done: "upgraded",
            already: format!("already at version {NEWEST}"),
            keeps_mark: true,
            make,
        },
    )
}

fn make(_: Option<&Path>, text: &str) -> Made {
    match upgrade::upgrade(text) {
        Ok(upgraded) => Made::Text(upgraded.text),
        Err(NotUpgraded::Faulty(found)) => Made::Faulty(found),
        Err(error @ NotUpgraded::Internal { .. }) => Made::Internal(error.into()),
    }
}
