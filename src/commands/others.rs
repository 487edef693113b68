//! A campaign against the others of its project: two of one name would take each other's launches, and campaigns that start
//! each other would text without an end. What is wrong of that with this one is refused.

use dsl::diagnostic::Diagnostic;
use engine::load::{self, LoadedCampaign, Siblings};

use super::{Failure, invalid};
use crate::cli::Format;
use crate::output::diagnostics;

/// Errors: what `crier validate` says of this campaign and others together. Whatever else is wrong in others does not matter
/// here.
pub(super) fn refuse(loaded: &LoadedCampaign, format: Format) -> Result<(), Failure> {
    let asked = vec![(loaded.file.path.clone(), loaded.outline.clone())];
    // What needs the numbers of lists is a warning.
    let found = load::across_with(&loaded.project, asked, &Siblings::of(&loaded.project)).campaigns;
    let mut file = loaded.file.clone();
    file.diagnostics = found.into_iter().flatten().collect();
    file.diagnostics.retain(Diagnostic::is_error);
    if file.is_valid() {
        return Ok(());
    }
    diagnostics::print_full(std::slice::from_ref(&file));
    Err(invalid(&[file], format))
}
