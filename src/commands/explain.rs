//! `crier explain`: what a code means, how it comes about, and what repairs it.

use std::process::ExitCode;

use anyhow::anyhow;
use dsl::codes;

use super::Failure;
use crate::cli::{Explain, Format};
use crate::output::{self, explain};

pub(super) fn run(args: &Explain) -> Result<ExitCode, Failure> {
    match (&args.code, args.format) {
        (None, Format::Full) => output::line(explain::list(codes::pages()).trim_end()),
        (None, Format::Json) => output::json(&explain::list_json(codes::pages())),
        (Some(code), Format::Full) => output::line(explain::page(&known(code)?).trim_end()),
        (Some(code), Format::Json) => output::json(&explain::page_json(&known(code)?)),
    }
    Ok(ExitCode::SUCCESS)
}

/// The page of a code, as it was typed or as it is copied out of `error[CODE]`.
fn known(typed: &str) -> Result<codes::Page<'static>, Failure> {
    let code = typed.trim_start_matches("error").trim_start_matches("warning");
    let code = code.trim_matches(['[', ']', ':']);
    let page = codes::page(code);
    page.ok_or_else(|| {
        Failure::Usage(match codes::nearest(code) {
            Some(nearest) => anyhow!("there is no code {typed:?}: did you mean `crier explain {nearest}`?"),
            None => anyhow!("there is no code {typed:?}: `crier explain` lists all"),
        })
    })
}
