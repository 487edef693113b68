//! `crier schema`: a JSON Schema of the language, for editors and other programs.

use std::process::ExitCode;

use super::Failure;
use crate::cli::{Schema, SchemaOf};
use crate::output;

pub(super) fn run(args: &Schema) -> Result<ExitCode, Failure> {
    output::json(&match args.of {
        SchemaOf::Campaign => dsl::schema::campaign_schema(),
        SchemaOf::Project => dsl::schema::project_schema(),
    });
    Ok(ExitCode::SUCCESS)
}
