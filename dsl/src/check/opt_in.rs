//! How people join a stored list by a text: the keyword can be sent and means nothing else, the sender hears it, and the
//! messages exist.

use std::ops::Range;

use super::keywords;
use super::languages;
use super::opt_out_words::Ground;
use super::project::unknown;
use super::receiving::QUESTION;
use crate::diagnostic::Diagnostic;
use crate::written::nearest::listed;
use crate::written::project::{Address, OptIn, Project, Sender};
use crate::written::{Spanned, is_name};

pub(super) fn check(file: &Project, found: &mut Vec<Diagnostic>) {
    let ground = ground(file);
    let senders: Vec<&str> = file.senders.iter().map(|own| own.name.value.as_str()).collect();
    let messages: Vec<&str> = file.messages.iter().map(|own| own.name.value.as_str()).collect();
    for opt_in in file.lists.iter().map(|list| &list.opt_in) {
        if let Some(keyword) = &opt_in.keyword {
            found.extend(keywords::one(&ground, keyword));
            found.extend(unheard(file, opt_in, keyword));
        }
        let sender = opt_in.sender.iter();
        let missing = sender.filter(|name| !senders.contains(&name.value.as_str()) && is_name(&name.value));
        found.extend(missing.map(|name| {
            let message = format!("sender \"{}\" does not exist", name.value);
            unknown("unknown-sender", name, message, senders.clone(), "senders")
        }));
        let named = opt_in.messages();
        let missing = named.filter(|name| !messages.contains(&name.value.as_str()) && is_name(&name.value));
        found.extend(missing.map(|name| {
            let message = format!("message \"{}\" does not exist in crier.yaml", name.value);
            unknown("unknown-message", name, message, messages.clone(), "messages")
        }));
    }
}

/// A keyword that reaches nobody: its sender gets no texts, or there is none.
fn unheard(file: &Project, opt_in: &OptIn, keyword: &Spanned<String>) -> Option<Diagnostic> {
    let stated = opt_in.sender.as_ref().or(file.sender.as_ref());
    let sender = match (stated, file.senders.as_slice()) {
        (Some(name), senders) => senders.iter().find(|own| own.name.value == name.value)?,
        (None, [only]) => only,
        (None, senders) => return Some(nobody_to_text(senders, keyword)),
    };
    let deaf = cannot_receive(sender)?;
    let message = format!(
        "sender \"{}\" cannot receive, so nobody can join",
        sender.name.value
    );
    Some(
        Diagnostic::error("sender-cannot-receive", keyword.span.clone(), message)
            .label("nobody can text this")
            .also(deaf, "gets no texts")
            .help(QUESTION),
    )
}

fn nobody_to_text(senders: &[Sender], keyword: &Spanned<String>) -> Diagnostic {
    let message = "the keyword has no sender to be texted to, and the project none for all";
    let names = senders.iter().map(|own| own.name.value.as_str());
    let help = match senders {
        [] => "add one under `senders`".into(),
        _ => format!("state `sender` beside it: one of {}", listed(names)),
    };
    Diagnostic::error("sender-missing", keyword.span.clone(), message).help(help)
}

/// Where a sender says that it gets no texts.
fn cannot_receive(sender: &Sender) -> Option<Range<usize>> {
    let refuses = sender.receives.as_ref().filter(|receives| !receives.value);
    let is_name = |address: &&Spanned<Address>| matches!(address.value, Address::Alphanumeric(_));
    let name = sender.address.as_ref().filter(is_name);
    // A name that is to receive is told by itself.
    let claims = sender.receives.as_ref().is_some_and(|receives| receives.value);
    let name = name.filter(|_| !claims).map(|address| address.span.clone());
    refuses.map(|receives| receives.span.clone()).or(name)
}

fn ground(file: &Project) -> Ground<'_> {
    let stated = file.languages.iter().map(|language| language.value.as_str());
    let spoken = stated
        .chain(file.languages.is_empty().then_some(languages::DEFAULT))
        .collect();
    let countries = file.policy.countries.iter().map(|country| country.value);
    let own = file.policy.opt_out_words.iter().map(|own| own.value.as_str());
    Ground::new(spoken, &countries.collect::<Vec<_>>(), own)
}
