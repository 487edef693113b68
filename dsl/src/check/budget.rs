//! A budget needs to know what a part costs.

use super::Context;
use crate::diagnostic::Diagnostic;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(budget) = &context.written.limits.budget else {
        return;
    };
    if context.project.prices.is_none() {
        let message = "a budget is counted in prices, and crier.yaml names none";
        found.push(
            Diagnostic::error("budget-without-prices", budget.span.clone(), message)
                .help("add `prices: prices.csv` to crier.yaml: country, price and currency of a part"),
        );
    }
}
