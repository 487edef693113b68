//! A budget needs to know what a part costs.

use super::Context;
use crate::diagnostic::Diagnostic;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(budget) = &context.written.limits.budget else {
        return;
    };
    if let Some(trigger) = &context.written.trigger
        && !budget.value.per_month
    {
        let message = "with a trigger there is no launch that a budget could be of";
        let help = format!("say for which time it is: `budget: {} per month`", budget.value);
        found.push(
            Diagnostic::error("bad-money", budget.span.clone(), message)
                .also(trigger.span.clone(), "begins for one person at a time")
                .help(help),
        );
    }
    if context.project.prices.is_none() {
        let message = "a budget is counted in prices, and crier.yaml names none";
        found.push(
            Diagnostic::error("budget-without-prices", budget.span.clone(), message)
                .help("add `prices: prices.csv` to crier.yaml: country, price and currency of a part"),
        );
    }
}
