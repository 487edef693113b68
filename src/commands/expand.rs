//! `crier expand`: the long form of a campaign or a crier.yaml, as YAML that means the same, or for programs. Nothing is run, so what this
//! version cannot run yet is no hindrance.

use std::process::ExitCode;

use anyhow::anyhow;
use dsl::bounds::TextBound;
use dsl::expand::{self, Around, Expanded};
use engine::load::{self, CheckedFile};
use serde_json::{Value, json};

use super::{Failure, invalid, rewrite};
use crate::cli::{Expand, Format};
use crate::output::plan::texts::{BY_CAMPAIGNS, BY_FIELDS, bound_json, bounds_comments};
use crate::output::{self, diagnostics};

/// Columns before what goes on on the next line: the address of an instruction stands there.
const BELOW_STEP: usize = 8;

pub(super) fn run(args: &Expand) -> Result<ExitCode, Failure> {
    let stdin = rewrite::is_stdin(std::slice::from_ref(&args.file))?;
    let name = if stdin { &args.stdin_filename } else { &args.file };
    if name.ends_with(load::PROJECT_FILE) {
        return of_project(args, stdin);
    }
    let loaded = if stdin {
        let path = &args.stdin_filename;
        let project = load::load_project(&load::project_folder(path))?;
        load::campaign_of_bytes(path, &rewrite::read_stdin()?, project)
    } else {
        load::load_campaign(&args.file)?
    };
    let files: Vec<CheckedFile> = loaded
        .project
        .file
        .iter()
        .chain([&loaded.file])
        .cloned()
        .collect();
    diagnostics::print_full(&files);
    let Some(project) = loaded
        .project
        .project
        .as_ref()
        .filter(|_| can_be_shown(&loaded.file))
    else {
        return Err(invalid(&files, args.format));
    };
    if let (true, Some(revision)) = (args.program, &loaded.meant) {
        for line in dsl::campaign::listing(&revision.campaign).lines() {
            output::line(&output::paged(line, BELOW_STEP));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let around = Around {
        project,
        has_file: loaded.project.file.is_some(),
        file_name: &load::stem(&loaded.file.path),
    };
    let file = dsl::parse_campaign(&loaded.file.text);
    let expanded = expand::campaign(&file, &around);
    let bounds = dsl::bounds::bounds(&file, project);
    match args.format {
        Format::Full => shown(&expanded, &bounds, BY_FIELDS),
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "campaign": expanded.json(),
            "bounds": bounds_json(bounds),
        })),
    }
    Ok(ExitCode::SUCCESS)
}

/// The long form of a crier.yaml.
fn of_project(args: &Expand, stdin: bool) -> Result<ExitCode, Failure> {
    if args.program {
        let error = anyhow!("crier.yaml is the file of a project, and no program: name one of its campaigns");
        return Err(Failure::Usage(error));
    }
    let (path, bytes) = match stdin {
        true => (&args.stdin_filename, rewrite::read_stdin()?),
        false => (&args.file, rewrite::read(&args.file)?),
    };
    let loaded = load::project_of_bytes(path, &bytes);
    let files: Vec<CheckedFile> = loaded.file.iter().cloned().collect();
    diagnostics::print_full(&files);
    let (Some(project), [file]) = (&loaded.project, files.as_slice()) else {
        return Err(invalid(&files, args.format));
    };
    let around = Around {
        project,
        has_file: true,
        file_name: &load::folder_name(&loaded.folder),
    };
    let file = dsl::parse_project(&file.text);
    let expanded = expand::project(&file, &around);
    let bounds = dsl::bounds::of_project(&file, project);
    match args.format {
        Format::Full => shown(&expanded, &bounds, BY_CAMPAIGNS),
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "project": expanded.json(),
            "bounds": bounds_json(bounds),
        })),
    }
    Ok(ExitCode::SUCCESS)
}

/// As YAML, with the parts of each text as comments at its end.
fn shown(expanded: &Expanded, bounds: &[TextBound], remedy: &str) {
    output::lines(&expanded.yaml());
    if let Some(comments) = bounds_comments(bounds, remedy) {
        output::lines(&format!("\n{comments}\n"));
    }
}

/// The long form says nothing of people: a list that is not at hand is no hindrance.
fn can_be_shown(file: &CheckedFile) -> bool {
    let mut errors = file.diagnostics.iter().filter(|d| d.is_error());
    errors.all(|d| d.code == "list-file-missing")
}

/// How many parts each text has at least and at most, whatever the lists hold.
fn bounds_json(bounds: Vec<TextBound>) -> Vec<Value> {
    let one = |text: TextBound| {
        json!({
            "message": text.message,
            "variant": text.variant,
            "language": text.language.map(|language| language.to_string()),
            "bound": bound_json(&text.bound),
        })
    };
    bounds.into_iter().map(one).collect()
}
