//! The shares of variants and of arms make a whole.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::scalar::Share;
use crate::written::Spanned;
use crate::written::campaign::Verb;

/// Shares of a list: the name of each, and its share where that is written.
type Shares<'a> = Vec<(&'a Spanned<String>, Option<&'a Spanned<String>>)>;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for message in context.written.all_messages() {
        let variants = message.variants().iter();
        whole(
            variants.map(|v| (&v.name, v.share.as_ref())).collect(),
            "variants",
            found,
        );
    }
    for step in context.written.all_steps() {
        if let Verb::Split(arms) = &step.verb {
            whole(
                arms.iter().map(|arm| (&arm.name, arm.share.as_ref())).collect(),
                "arms",
                found,
            );
        }
    }
}

fn whole(shares: Shares<'_>, what: &str, found: &mut Vec<Diagnostic>) {
    let Some(read) = shares
        .iter()
        .map(|(_, share)| Share::parse(&share.as_ref()?.value).ok())
        .collect::<Option<Vec<Share>>>()
    else {
        // One that is missing or wrong has been spoken of.
        return;
    };
    let (Some((first, _)), Some((_, Some(last)))) = (shares.first(), shares.last()) else {
        return;
    };
    // In hundredths of a percent, so that 33.33% three times is told from a whole.
    let sum: f64 = read.iter().map(|share| (share.0 * 10_000.0).round()).sum();
    if (sum - 10_000.0).abs() < 0.5 {
        return;
    }
    let message = format!(
        "the shares of the {what} make {}%, and a whole is 100%",
        sum / 100.0
    );
    let rest = 10_000.0 - sum + read.last().map_or(0.0, |share| (share.0 * 10_000.0).round());
    let help = match read.len() {
        1 => "one alone has 100%, or add others beside it".to_owned(),
        _ if rest > 0.0 => format!("with {}% here they make a whole", rest / 100.0),
        _ => "lower them, until they make 100% together".to_owned(),
    };
    let diagnostic = Diagnostic::error("shares-not-whole", last.span.clone(), message).help(help);
    found.push(match read.len() {
        1 => diagnostic,
        _ => diagnostic
            .label("the last of them")
            .also(first.span.clone(), "the first of them"),
    });
}
