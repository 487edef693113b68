//! HTML in a text, which telephones show as it stands.

use super::super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Positions;
use crate::written::campaign::Value;

/// Signs of HTML, and what a text has in their place.
const SIGNS: [(&str, &str); 20] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&apos;", "'"),
    ("&nbsp;", " "),
    ("&euro;", "\u{20ac}"),
    ("<br>", " "),
    ("<br/>", " "),
    ("<br />", " "),
    ("<b>", ""),
    ("</b>", ""),
    ("<i>", ""),
    ("</i>", ""),
    ("<p>", ""),
    ("</p>", " "),
    ("<strong>", ""),
    ("</strong>", ""),
    ("</a>", ""),
];

/// The first sign of HTML in a text; the repair takes out all of them.
pub(super) fn first(context: &Context<'_>, value: &Value) -> Option<Diagnostic> {
    let text = value.text.as_str();
    let places = SIGNS
        .iter()
        .filter_map(|(sign, _)| Some((text.find(sign)?, *sign)));
    let (at, sign) = places.min()?;
    let span = Positions::new(context.text, &value.node).span(at..at + sign.len());
    let message = format!("`{sign}` is of HTML, and sent as it stands: a text has no such signs");
    let found = Diagnostic::warning("foreign-placeholder", span, message)
        .help("write the character itself, and leave out what marks a text up");
    let whole = value.node.span.clone();
    let written = context.text.get(whole.clone()).unwrap_or_default();
    let right = SIGNS.iter().fold(written.to_owned(), |text, (sign, plain)| {
        text.replace(sign, plain)
    });
    // A quote would end a text in quotes, and a blank would be lost at its end.
    let keeps = !written.contains("&quot;") && !written.contains("&#39;") && !written.contains("&apos;");
    let quoted = written.starts_with(['"', '\'']);
    Some(match keeps && quoted {
        true => found.replace(whole, right, Applicability::Unsure),
        false => found,
    })
}
