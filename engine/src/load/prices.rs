//! The prices of a project, as far as its files are to be held against them: they can be read, and budgets are in their
//! currency.

use std::path::Path;

use dsl::CampaignFile;
use dsl::diagnostic::Diagnostic;
use dsl::project::Project;

use crate::audience::{Currency, Prices};

/// The currencies of a project's prices; none where there are no prices. Or why they cannot be read, or that their file is a link
/// which leads out of the project. That it is not there is told elsewhere.
pub(super) fn currencies(
    project: &Project,
    text: &str,
    folder: &Path,
) -> (Vec<Currency>, Option<Diagnostic>) {
    let path = project.prices.as_deref().filter(|path| is_there(path, folder));
    match path.map(|path| (path, Prices::read(folder, path))) {
        None => (vec![], None),
        Some((_, Ok(prices))) => (prices.currencies().into_iter().collect(), None),
        Some((path, Err(error))) => {
            let file = dsl::parse_project(text);
            let span = file.written().prices.as_ref().map(|prices| prices.span.clone());
            let message = format!("the file \"{path}\" cannot be read: {}", error.problem);
            let told = |span| Diagnostic::error("list-unreadable", span, message).help(error.help());
            (vec![], span.map(told))
        }
    }
}

/// Whether there is something at a path, be it nothing of the project's, or nothing that one may ask about.
pub(super) fn is_there(path: &str, folder: &Path) -> bool {
    folder.join(path).try_exists().unwrap_or(true)
}

/// A budget in a currency in which no price is: nothing could be counted against it.
pub(super) fn of_other_currencies(campaign: &CampaignFile, currencies: &[Currency]) -> Option<Diagnostic> {
    let budget = campaign.written().limits.budget.as_ref()?;
    let stated = budget.value.sum.currency;
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
