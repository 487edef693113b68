//! How a file of people is read, where its author says so: `encoding`, `separator` and `header_row`. Encodings have the
//! names of the WHATWG's list (encoding.spec.whatwg.org).

use super::{Spanned, text};
use crate::diagnostic::Diagnostic;
use crate::project::Reading;
use crate::tree::Node;

/// What a map says; none where a value of it cannot be read, or it is of a workbook.
pub(super) fn read(node: &Node) -> Option<Reading> {
    let encoding = text(node, "encoding");
    let separator = text(node, "separator");
    let header_row = text(node, "header_row");
    let known = encoding
        .as_ref()
        .is_none_or(|encoding| is_encoding(&encoding.value));
    let row = header_row.as_ref().map(|row| row.value.parse::<u64>());
    let plain = known && node.get("sheet").is_none();
    Some(Reading {
        separator: match &separator {
            Some(separator) => Some(one_sign(&separator.value)?),
            None => None,
        },
        header_row: row.transpose().ok()?.filter(|row| *row > 1),
        encoding: encoding.map(|encoding| encoding.value),
    })
    .filter(|_| plain)
}

/// What of a map cannot be read.
pub(crate) fn check(node: &Node, found: &mut Vec<Diagnostic>) {
    if let Some(Spanned { value, span }) = text(node, "encoding").filter(|own| !is_encoding(&own.value)) {
        let message = format!("there is no encoding \"{value}\"");
        let help = "write its usual name, such as `utf-8`, `windows-1252` or `iso-8859-15`";
        found.push(Diagnostic::error("unknown-value", span, message).help(help));
    }
    let separator = text(node, "separator").filter(|own| one_sign(&own.value).is_none());
    if let Some(Spanned { value, span }) = separator {
        let message = format!("\"{value}\" cannot separate cells: it must be one sign");
        let help = "write it in quotes: `\";\"`, and a tab as `\"\\t\"`";
        found.push(Diagnostic::error("unknown-value", span, message).help(help));
    }
}

fn is_encoding(name: &str) -> bool {
    encoding_rs::Encoding::for_label(name.as_bytes()).is_some()
}

/// One ASCII sign that is part of no value.
fn one_sign(text: &str) -> Option<u8> {
    let &[sign] = text.as_bytes() else { return None };
    let is_sign = (sign.is_ascii_punctuation() && sign != b'"') || sign == b'\t' || sign == b' ';
    is_sign.then_some(sign)
}
