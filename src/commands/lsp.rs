//! `crier lsp`: a language server for editors, over standard input and output.

use std::io::{self, BufReader};
use std::process::ExitCode;

use anyhow::Context;
use server::lsp::{self, Ended};

use super::Failure;

pub(super) fn run() -> Result<ExitCode, Failure> {
    let mut output = io::stdout().lock();
    let ended = lsp::serve(
        BufReader::new(io::stdin()),
        &mut output,
        env!("CARGO_PKG_VERSION"),
    )
    .context("cannot write to standard output")
    .map_err(Failure::Internal)?;
    match ended {
        Ended::Asked => Ok(ExitCode::SUCCESS),
        Ended::Cut => Err(Failure::Found(None)),
    }
}
