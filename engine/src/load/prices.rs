//! The prices of a project, as far as its files are to be held against them: they can be read, and budgets are in their
//! currency.

use std::path::Path;

use dsl::CampaignFile;
use dsl::diagnostic::Diagnostic;
use dsl::project::Project;

use crate::audience::Prices;

/// A file of prices that is there and cannot be read, or is a link that leads out of the project. That it is not there is
/// told elsewhere.
pub(super) fn unreadable(project: &Project, text: &str, folder: &Path) -> Option<Diagnostic> {
    let path = project.prices.as_deref()?;
    is_there(path, folder).then_some(())?;
    let error = Prices::read(folder, path).err()?;
    let file = dsl::parse_project(text);
    let span = file.written().prices.as_ref()?.span.clone();
    let message = format!("the file \"{path}\" cannot be read: {}", error.problem);
    Some(Diagnostic::error("list-unreadable", span, message).help(error.help()))
}

/// Whether there is something at a path, be it nothing of the project's.
pub(super) fn is_there(path: &str, folder: &Path) -> bool {
    folder.join(path).exists()
}

/// A budget in a currency in which no price is: nothing could be counted against it.
pub(super) fn of_other_currencies(
    campaign: &CampaignFile,
    project: &Project,
    folder: &Path,
) -> Option<Diagnostic> {
    let budget = campaign.written().limits.budget.as_ref()?;
    let stated = budget.value.sum.currency;
    let prices = Prices::read(folder, project.prices.as_deref()?).ok()?;
    let currencies = prices.currencies();
    if currencies.is_empty() || currencies.contains(&stated) {
        return None;
    }
    let known: Vec<String> = currencies.iter().map(ToString::to_string).collect();
    let message = format!(
        "the budget is in {stated}, and the prices are in {}",
        known.join(", ")
    );
    let help = format!("state it in {}", known.join(" or in "));
    Some(Diagnostic::error("budget-without-prices", budget.span.clone(), message).help(help))
}
