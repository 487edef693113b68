//! A rate below another one says nothing where it is above it: texts go out at the lower of the two.

use super::{Context, sender};
use crate::diagnostic::Diagnostic;
use crate::scalar::Rate;
use crate::written::Spanned;
use crate::written::project::{Project, Sender};

/// A campaign's rate, above what all its senders reach together.
pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(own) = &context.written.limits.rate else {
        return;
    };
    let senders = sender::all(context);
    let reached = senders.iter().map(|name| {
        let sender = context.project.senders.get(*name)?;
        let line = std::iter::once(&sender.provider).chain(&sender.then);
        let of_line = line.map(|name| context.project.providers.get(name)?.rate());
        lowest([sender.rate, highest(of_line)])
    });
    let Some(all) = reached.collect::<Option<Vec<Rate>>>() else {
        return;
    };
    let most: f64 = all.iter().map(|rate| rate.per_second).sum();
    if all.is_empty() || own.value.per_second <= most {
        return;
    }
    let whose = match senders.as_slice() {
        [name] => format!("sender \"{name}\" lets out"),
        _ => "its senders let out together".to_owned(),
    };
    let most = Rate { per_second: most };
    let message = format!(
        "{} is more than {whose}, {most}, so this rate is never reached",
        own.value
    );
    found.push(warning(
        own,
        message,
        "the campaign goes at the lower rate: lower this one, or leave it out",
    ));
}

/// A sender's rate, above that of every provider of its line.
pub(super) fn of_sender(file: &Project, sender: &Sender) -> Option<Diagnostic> {
    let own = sender.rate.as_ref()?;
    let line = sender.provider.iter().chain(&sender.then);
    let providers = line.map(|name| {
        let mut all = file.providers.iter();
        all.find(|provider| provider.name.value == name.value)
    });
    let providers = providers.collect::<Option<Vec<_>>>()?;
    let rates = providers
        .iter()
        .map(|provider| provider.settings.as_ref()?.rate());
    let most = highest(rates)?;
    if own.value.per_second <= most.per_second {
        return None;
    }
    let (first, rest) = providers.split_first()?;
    let whose = match rest {
        [] => format!("provider \"{}\" takes", first.name.value),
        _ => "its providers take".to_owned(),
    };
    let message = format!(
        "{} is more than {whose}, {most}, so this rate is never reached",
        own.value
    );
    let help = "its texts go at the lower rate: lower this one, or leave it out";
    Some(warning(own, message, help).also(first.name.span.clone(), "the provider"))
}

fn warning(own: &Spanned<Rate>, message: String, help: &str) -> Diagnostic {
    Diagnostic::warning("rate-never-reached", own.span.clone(), message).help(help)
}

/// The highest of all; none where one of them has no bound.
fn highest(rates: impl Iterator<Item = Option<Rate>>) -> Option<Rate> {
    let rates = rates.collect::<Option<Vec<Rate>>>()?;
    rates
        .into_iter()
        .max_by(|a, b| a.per_second.total_cmp(&b.per_second))
}

/// The lowest of those that are there.
fn lowest(rates: [Option<Rate>; 2]) -> Option<Rate> {
    let rates = rates.into_iter().flatten();
    rates.min_by(|a, b| a.per_second.total_cmp(&b.per_second))
}
