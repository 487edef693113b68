//! How people join a stored list by a text: the keyword is no word that opts out, and the sender and the messages exist.

use super::languages;
use super::opt_out_words::{self, Ground};
use super::project::unknown;
use crate::diagnostic::Diagnostic;
use crate::written::is_name;
use crate::written::project::Project;

pub(super) fn check(file: &Project, found: &mut Vec<Diagnostic>) {
    let ground = ground(file);
    let senders: Vec<&str> = file.senders.iter().map(|own| own.name.value.as_str()).collect();
    let messages: Vec<&str> = file.messages.iter().map(|own| own.name.value.as_str()).collect();
    for opt_in in file.lists.iter().map(|list| &list.opt_in) {
        let keyword = opt_in.keyword.as_ref();
        found.extend(keyword.and_then(|keyword| opt_out_words::one(&ground, keyword)));
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

fn ground(file: &Project) -> Ground<'_> {
    let stated = file.languages.iter().map(|language| language.value.as_str());
    let mut spoken: Vec<&str> = stated.collect();
    if spoken.is_empty() {
        spoken.push(languages::DEFAULT);
    }
    let own = file.policy.opt_out_words.iter();
    Ground {
        languages: spoken,
        countries: file
            .policy
            .countries
            .iter()
            .map(|country| country.value)
            .collect(),
        own: own.map(|own| own.value.as_str()).collect(),
    }
}
