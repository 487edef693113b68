//! The host of a provider over SMPP is a name alone: its port is a key of its own.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node, line_of};
use crate::written::own_entries;

pub(super) fn check(text: &str, root: Option<&Node>, found: &mut Vec<Diagnostic>) {
    let providers = root.and_then(|root| root.get("providers"));
    for provider in providers.into_iter().flat_map(own_entries) {
        found.extend(beside_host(text, &provider.value));
    }
}

fn beside_host(text: &str, provider: &Node) -> Option<Diagnostic> {
    let of_smpp = provider.get("kind").and_then(Node::text) == Some("smpp");
    let entry = provider.entry("host").filter(|_| of_smpp)?;
    let written = entry.value.text()?;
    let (scheme, bare) = written.split_once("://").unwrap_or(("", written));
    let bare = bare.trim_end_matches('/');
    let (host, port) = with_port(bare).unwrap_or((bare, ""));
    if (scheme, port) == ("", "") {
        return None;
    }
    let message = format!("\"{written}\" is more than a host");
    let found = Diagnostic::error("bad-url", entry.value.span.clone(), message);
    let stated = provider.entry("port");
    let found = match stated.filter(|_| !port.is_empty()) {
        Some(stated) => found.also(stated.key.span.clone(), "its port"),
        None => found,
    };
    let right = match port.is_empty() || stated.is_some() {
        true => host.to_owned(),
        false => format!("{host}{}port: {port}", between(text, provider, entry)),
    };
    let agrees = stated.is_none_or(|stated| port.is_empty() || stated.value.text() == Some(port));
    let found = found.help(match port.is_empty() {
        true => format!("write the host alone: `host: {host}`"),
        false => format!("the port is a key of its own: `host: {host}`, `port: {port}`"),
    });
    // Of two ports one is wrong, and an alias stands elsewhere.
    let is_plain = !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
    let stands_here = entry.key.span.end <= entry.value.span.start;
    Some(match agrees && is_plain && stands_here {
        true => found.replace(entry.value.span.clone(), right, Applicability::Unsure),
        false => found,
    })
}

/// `smsc.example:2775`; an address of IPv6 has more colons, and none of them before a port without brackets.
fn with_port(host: &str) -> Option<(&str, &str)> {
    let (name, port) = host.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    (is_port && (!name.contains(':') || name.ends_with(']'))).then_some((name, port))
}

/// What stands between two keys of a map: a comma in braces, else a line break and the column of the key.
fn between(text: &str, map: &Node, entry: &Entry) -> String {
    let is_flow = text[map.span.start..].starts_with('{');
    let column = entry.key.span.start - line_of(text, entry.key.span.start).start;
    match is_flow {
        true => ", ".to_owned(),
        false => format!("\n{}", " ".repeat(column)),
    }
}
