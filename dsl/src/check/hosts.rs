//! Calls and webhooks go to hosts that the policy allows, and those stand there as hosts: without scheme, port and path.

use std::ops::Range;

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Positions;
use crate::written::Spanned;
use crate::written::campaign::{Value, Verb};
use crate::written::nearest::{Guess, listed, nearest};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for step in context.written.all_steps() {
        if let Verb::Call(call) = &step.verb
            && let Some(url) = &call.url
        {
            found.extend(allowed(context, url));
        }
    }
}

fn allowed(context: &Context<'_>, value: &Value) -> Option<Diagnostic> {
    let literal = value.text.split("{{").next().unwrap_or_default();
    let url = url::Url::parse(literal).ok()?;
    let host = url.host_str()?;
    let hosts = &context.project.policy.hosts;
    let positions = Positions::new(context.text, &value.node);
    // Where the host is written in another way than it is read, the whole URL is shown.
    let whole = 0..value.text.len();
    let written = value.text.find(host).map_or(whole, |at| at..at + host.len());
    let span = positions.span(written);
    let mut found = not_allowed(host, hosts, span.clone())?;
    if span == value.node.span {
        found.suggestion = None;
    }
    Some(found)
}

/// For a host that is not among those of the policy.
pub(super) fn not_allowed(host: &str, hosts: &[String], span: Range<usize>) -> Option<Diagnostic> {
    if hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
        return None;
    }
    let message = format!("\"{host}\" is not a host that calls may go to");
    // One address is no slip of another.
    let is_address = matches!(
        url::Host::parse(host),
        Ok(url::Host::Ipv4(_) | url::Host::Ipv6(_))
    );
    let names = hosts.iter().map(String::as_str).filter(|_| !is_address);
    let guess = Guess::unsure(nearest(host, names));
    let found = Diagnostic::error("host-not-allowed", span, message);
    Some(guess.tell(found, || match hosts.is_empty() {
        true => format!("allow it in crier.yaml: `policy: {{ hosts: [{host}] }}`"),
        false => format!(
            "add it to `hosts` under `policy` of crier.yaml, which are {}",
            listed(hosts.iter().map(String::as_str))
        ),
    }))
}

/// The hosts of a policy; one that is no bare host never is the host of a call.
pub(super) fn of_policy(hosts: &[Spanned<String>], found: &mut Vec<Diagnostic>) {
    for host in hosts {
        let bare = bare(&host.value);
        if bare
            .as_deref()
            .is_some_and(|bare| bare.eq_ignore_ascii_case(&host.value))
        {
            continue;
        }
        let message = format!(
            "\"{}\" is not a host alone, so no call ever goes to it",
            host.value
        );
        let example = bare.as_deref().unwrap_or("api.arena.example");
        let help = format!("a host stands without scheme, port and path: `{example}`");
        let diagnostic = Diagnostic::error("bad-url", host.span.clone(), message).help(help);
        found.push(match bare {
            Some(bare) => diagnostic.replace(host.span.clone(), bare, Applicability::Unsure),
            None => diagnostic,
        });
    }
}

/// The host that a text names, as calls are held against it.
pub(super) fn bare(text: &str) -> Option<String> {
    let whole = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let url = url::Url::parse(&whole).ok()?;
    url.host_str()
        .filter(|host| !host.contains('*'))
        .map(str::to_owned)
}
