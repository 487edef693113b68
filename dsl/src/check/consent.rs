//! The consent that the policy needs is of a kind that people can have given. Kinds are words of the author, so that of
//! crier.yaml by itself only what is nearly one of them is told; of a campaign, the lists whose people gave another one.

use super::Context;
use crate::campaign::Purpose;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Node;
use crate::values::parse_bool;
use crate::written::Spanned;
use crate::written::nearest::{Guess, nearest};
use crate::written::project::Project;

/// The kind that everybody has.
const OPT_IN: &str = "opt_in";

pub(super) fn check(file: &Project, found: &mut Vec<Diagnostic>) {
    let of_lists = file.lists.iter().filter_map(|list| list.consent.as_ref());
    let of_lists = of_lists.map(|consent| consent.kind.as_str());
    let kinds: Vec<&str> = of_lists.chain([OPT_IN]).collect();
    for (_, kind) in &file.policy.consent_kinds {
        if kinds.contains(&kind.value.as_str()) {
            continue;
        }
        if let Some(told) = no_kind(kind) {
            found.push(told);
            continue;
        }
        let Some(meant) = nearest(&kind.value, kinds.iter().copied()) else {
            continue;
        };
        let message = format!("\"{}\" is the kind of no list's consent", kind.value);
        let diagnostic = Diagnostic::error("unknown-value", kind.span.clone(), message);
        found.push(Guess::unsure(Some(meant)).tell(diagnostic, String::new));
    }
}

/// A yes or a no, where a kind belongs: everybody would have to have given "true".
fn no_kind(kind: &Spanned<String>) -> Option<Diagnostic> {
    let is_wanted = parse_bool(&kind.value)?;
    let message = format!("\"{}\" is no kind of consent", kind.value);
    let found = Diagnostic::error("unknown-value", kind.span.clone(), message);
    Some(match is_wanted {
        true => found
            .help("write the kind that people must have given, as lists say it under `consent`: `opt_in`")
            .replace(kind.span.clone(), OPT_IN, Applicability::Unsure),
        false => found.help("leave the key out: then no consent is asked for"),
    })
}

/// The lists of a campaign whose people gave another consent than its purpose asks for. Where they gave none at all, the
/// plan says so of each person.
pub(super) fn of_lists(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let purpose = context.written.meant_purpose();
    let Some(needed) = context.project.policy.consent.of(purpose) else {
        return;
    };
    let asks = match purpose {
        Purpose::Marketing => "marketing",
        Purpose::Service => "a service text",
        Purpose::Emergency => "an emergency text",
    };
    // What the audience says wins, and is told once.
    let own = context
        .root
        .and_then(|root| root.get("audience")?.get("consent")?.get("kind"));
    let lists = context.from.iter().filter_map(|list| {
        let given = &list.file.consent.as_ref()?.kind;
        (given != needed).then_some((list, given))
    });
    for (list, given) in lists.take(if own.is_some() { 1 } else { usize::MAX }) {
        let whose = match &list.file.name {
            Some(name) if own.is_none() => format!("the people of list \"{name}\" gave"),
            Some(_) | None => "these people gave".to_owned(),
        };
        let message = format!("{whose} consent of the kind \"{given}\", and {asks} needs \"{needed}\"");
        let help = format!(
            "all of them are left out of the plan: take a list of people who gave \"{needed}\", or correct its kind"
        );
        let span = own.map_or(list.span.clone(), |kind: &Node| kind.span.clone());
        found.push(Diagnostic::warning("consent-of-other-kind", span, message).help(help));
    }
}
