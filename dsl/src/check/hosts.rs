//! Calls go to hosts that the policy allows.

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Positions;
use crate::written::campaign::{Value, Verb};
use crate::written::nearest::{did_you_mean, listed, nearest};

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
    if hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
        return None;
    }
    let message = format!("\"{host}\" is not a host that calls may go to");
    let meant = nearest(host, hosts.iter().map(String::as_str));
    let help = did_you_mean(meant, || match hosts.is_empty() {
        true => format!("allow it in crier.yaml: `policy: {{ hosts: [{host}] }}`"),
        false => format!(
            "add it to `hosts` under `policy` of crier.yaml, which are {}",
            listed(hosts.iter().map(String::as_str))
        ),
    });
    let positions = Positions::new(context.text, &value.node);
    // Where the host is written in another way than it is read, the whole URL is shown.
    let whole = 0..value.text.len();
    let written = value.text.find(host).map_or(whole, |at| at..at + host.len());
    let span = positions.span(written);
    let found = Diagnostic::error("host-not-allowed", span.clone(), message).help(help);
    Some(match meant {
        Some(meant) if span != value.node.span => found.replace(span, meant, Applicability::Unsure),
        Some(_) | None => found,
    })
}
