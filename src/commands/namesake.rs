//! Two campaigns of one name would take each other's launches: neither is run.

use engine::load::{self, LoadedCampaign};

use super::{Failure, invalid};
use crate::cli::Format;
use crate::output::diagnostics;

/// Errors: another campaign of the project has the name of this one. Whatever else is wrong in others does not matter here.
pub(super) fn refuse(loaded: &LoadedCampaign, format: Format) -> Result<(), Failure> {
    let asked = vec![(loaded.file.path.clone(), loaded.outline.clone())];
    let found = load::across(&loaded.project, asked).campaigns;
    let mut file = loaded.file.clone();
    file.diagnostics = found.into_iter().flatten().collect();
    file.diagnostics
        .retain(|found| found.code == "campaign-name-twice");
    if file.is_valid() {
        return Ok(());
    }
    diagnostics::print_full(std::slice::from_ref(&file));
    Err(invalid(&[file], format))
}
