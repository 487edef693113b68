//! Calls over HTTP as meant.

use std::time::Duration;

use crate::campaign::program::{Body, Call};
use crate::scalar::parse_timeout;
use crate::template::Template;
use crate::tree::{Kind, Node, Style};
use crate::written::campaign as written;

/// An answer is waited for so long where nothing is said.
const TIMEOUT: Duration = Duration::from_secs(10);

/// None where its address is wrong, which has been said.
pub(super) fn meant(call: &written::Call) -> Option<Call> {
    let method = call.method.as_ref().map(|method| method.value.clone());
    let timeout = call.timeout.as_ref();
    Some(Call {
        url: Template::compile(&call.url.as_ref()?.text).ok()?,
        method: method.unwrap_or_else(|| "POST".into()),
        body: match &call.body {
            Some(node) => Some(body(node)?),
            None => None,
        },
        save: call.save.as_ref().map(|field| field.value.clone()),
        timeout: timeout
            .and_then(|time| parse_timeout(&time.value).ok())
            .unwrap_or(TIMEOUT),
    })
}

fn body(node: &Node) -> Option<Body> {
    Some(match &node.kind {
        Kind::Scalar(scalar) => {
            let text = node.text().unwrap_or("null");
            match scalar.style == Style::Plain && is_json(text) {
                true => Body::Plain(text.to_owned()),
                false => Body::Text(Template::compile(text).ok()?),
            }
        }
        Kind::List(items) => Body::List(items.iter().map(body).collect::<Option<_>>()?),
        Kind::Map(entries) => Body::Map(
            entries
                .iter()
                .map(|entry| Some((entry.key.text.clone(), body(&entry.value)?)))
                .collect::<Option<_>>()?,
        ),
        Kind::Bad => return None,
    })
}

/// A number as JSON writes it, a truth value, or null.
fn is_json(text: &str) -> bool {
    matches!(text, "true" | "false" | "null")
        || crate::values::parse_decimal(text).is_some_and(|_| {
            let digits = text.trim_start_matches('-');
            !digits.starts_with('+')
                && (digits == "0" || digits.starts_with("0.") || !digits.starts_with('0'))
        })
}
