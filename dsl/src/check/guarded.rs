//! Marketing that reaches telephones says when it must not go, or what its people agreed to; and those whom a trigger enters can have
//! agreed, where the policy asks for it.

use std::ops::Range;

use super::{Context, List, sender};
use crate::campaign::Purpose;
use crate::diagnostic::Diagnostic;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    found.extend(unguarded(context));
    found.extend(nobody_consents(context));
}

/// Neither hours nor consent, and real people.
fn unguarded(context: &Context<'_>) -> Option<Diagnostic> {
    let policy = &context.project.policy;
    let hours = policy.quiet_hours.is_some() || context.written.limits.quiet_hours.is_some();
    let of_lists = context.from.iter().any(|list| list.file.consent.is_some());
    let consent = policy.consent.of(Purpose::Marketing).is_some() || of_lists;
    if context.written.meant_purpose() != Purpose::Marketing || hours || consent {
        return None;
    }
    let senders = sender::all(context).into_iter();
    let mut routes = senders.flat_map(|name| {
        let sender = context.project.senders.get(name);
        let providers = sender
            .into_iter()
            .flat_map(|sender| std::iter::once(&sender.provider).chain(&sender.then));
        providers.map(move |provider| (name, provider))
    });
    let (sender, provider) = routes.find(|(_, provider)| context.project.reaches_telephones(provider))?;
    let message = format!(
        "marketing from \"{sender}\" reaches telephones by \"{provider}\", and neither quiet hours nor a consent are stated"
    );
    let help = "state one in crier.yaml: `policy: { quiet_hours: 21:00-09:00 }`, or `consent`; what is no marketing states its `purpose`";
    Some(Diagnostic::error("marketing-unguarded", place(context), message).help(help))
}

/// The campaign's purpose, else its sender, else where it begins.
fn place(context: &Context<'_>) -> Range<usize> {
    let written = context.written;
    let purpose = written.purpose.as_ref().map(|purpose| purpose.span.clone());
    let sender = written.sender.as_ref().map(|sender| sender.span.clone());
    purpose.or(sender).unwrap_or_else(|| written.first_key.clone())
}

/// No list of the audience says who agreed: neither it, in crier.yaml, nor the audience.
fn nobody_of_the_lists(context: &Context<'_>) -> Option<Diagnostic> {
    let purpose = context.written.meant_purpose();
    let needed = context.project.policy.consent.of(purpose)?;
    let says_nothing = |list: &List<'_>| list.file.consent.is_none();
    if context.from.is_empty() || !context.from.iter().all(says_nothing) {
        return None;
    }
    let message = format!(
        "the policy asks for the consent \"{needed}\", and no list of the audience says that anybody gave it: nobody is texted"
    );
    let help = match context.from.iter().all(|list| list.file.name.is_none()) {
        // A file that no list of crier.yaml names has nowhere else to say it.
        true => format!(
            "say under `audience` in which column of the file it stands: `consent: {{ kind: {needed}, column: agreed }}`"
        ),
        false => {
            format!(
                "say in which column of the list it stands: `consent: {{ kind: {needed}, column: agreed }}`"
            )
        }
    };
    Some(Diagnostic::warning("nobody-consents", place(context), message).help(help))
}

/// A list says who agreed, and whoever sends a keyword does so.
fn nobody_consents(context: &Context<'_>) -> Option<Diagnostic> {
    let Some(trigger) = context.written.trigger.as_ref() else {
        return nobody_of_the_lists(context);
    };
    let purpose = context.written.meant_purpose();
    let needed = context.project.policy.consent.of(purpose)?;
    let joined = trigger.joins.as_ref();
    let joined = joined.and_then(|list| context.project.lists.get(&list.value));
    let consents = match context.from.is_empty() {
        true => joined.is_some_and(|list| list.consent.is_some()),
        false => context.from.iter().any(|list| list.file.consent.is_some()),
    };
    // A list that does not exist has been told.
    let is_told = trigger.joins.is_some() && joined.is_none();
    if consents || is_told || trigger.keyword.is_some() {
        return None;
    }
    let what = match purpose {
        Purpose::Marketing => "marketing",
        Purpose::Service => "a service text",
        Purpose::Emergency => "an emergency text",
    };
    let message = format!(
        "{what} needs the consent \"{needed}\", and no list says that these people gave it: nobody enters"
    );
    let help = "name an `audience` whose list has `consent`, begin it by a `keyword`, or state its `purpose`";
    Some(Diagnostic::warning("nobody-consents", trigger.span.clone(), message).help(help))
}
