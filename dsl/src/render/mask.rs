//! Secrets are not shown: what is printed goes into logs that more people read than the file.

use std::borrow::Cow;

use super::places::clamp;
use crate::diagnostic::Diagnostic;

/// The text with a sign for each character of its secrets, as long as that in bytes, so that every place stays where it is.
pub(super) fn masked<'a>(text: &'a str, diagnostics: &[Diagnostic]) -> Cow<'a, str> {
    let secrets = diagnostics.iter().filter(|d| d.code == "secret-in-file");
    let mut shown = Cow::Borrowed(text);
    for secret in secrets {
        let span = clamp(text, &secret.span);
        let mask: String = text[span.clone()].chars().map(sign).collect();
        shown.to_mut().replace_range(span, &mask);
    }
    shown
}

fn sign(secret: char) -> char {
    match secret.len_utf8() {
        _ if matches!(secret, '\n' | '\r' | ' ' | '"' | '\'') => secret,
        1 => '*',
        2 => '\u{b7}',
        3 => '\u{2022}',
        _ => '\u{1f512}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_as_long_as_before() {
        let text = "a: \"x\u{e9}\u{20ac}\u{1f600}\"\nb: x\n";
        let found = [Diagnostic::error("secret-in-file", 3..15, "it is one")];
        let shown = masked(text, &found);
        assert_eq!(shown, "a: \"*\u{b7}\u{2022}\u{1f512}\"\nb: x\n");
        assert_eq!(shown.len(), text.len());
        assert_eq!(
            masked(text, &[Diagnostic::error("bad-url", 3..15, "it is none")]),
            text
        );
    }
}
