//! From bytes of a condition to bytes of the file, suggestions too: what they put in is written in the way of the scalar
//! it goes into, and where an unquoted one cannot hold it, the whole is quoted.

use crate::diagnostic::{Diagnostic, Suggestion};
use crate::tree::{Node, Positions, Style};

/// The diagnostic at its place in the file.
pub(super) fn in_file(found: Diagnostic, node: &Node, text: &str, positions: &Positions) -> Diagnostic {
    let suggestion = found
        .suggestion
        .and_then(|suggestion| in_scalar(suggestion, node, text, positions));
    let related = found.related.into_iter();
    Diagnostic {
        span: positions.span(found.span),
        related: related
            .map(|(span, label)| (positions.span(span), label))
            .collect(),
        suggestion,
        ..found
    }
}

fn in_scalar(suggestion: Suggestion, node: &Node, text: &str, positions: &Positions) -> Option<Suggestion> {
    let Suggestion {
        span,
        replacement,
        applicability,
    } = suggestion;
    let replacement = match node.scalar()?.style {
        Style::Literal | Style::Folded => replacement,
        Style::Single => replacement.replace('\'', "''"),
        Style::Double if replacement.contains(['\'', '\\']) => {
            replacement.replace('\\', "\\\\").replace('"', "\\\"")
        }
        Style::Double => replacement.replace('"', "'"),
        Style::Plain => {
            let whole = format!(
                "{}{replacement}{}",
                text.get(..span.start)?,
                text.get(span.end..)?
            );
            if !stays_plain(&whole, &replacement) {
                let replacement = format!("'{}'", whole.replace('\'', "''"));
                let span = node.span.clone();
                return (!whole.contains('\n')).then_some(Suggestion {
                    span,
                    replacement,
                    applicability,
                });
            }
            replacement
        }
    };
    let span = positions.span(span);
    // Where places are not known, the whole scalar stands for them, and is not to be replaced by a part.
    let known = span != node.span || node.scalar()?.style == Style::Plain;
    known.then_some(Suggestion {
        span,
        replacement,
        applicability,
    })
}

/// Whether a text needs no quotes in YAML, inside of `{…}` and `[…]` neither as far as `new` is concerned.
fn stays_plain(text: &str, new: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '_'));
    begins
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !new.contains(['[', ']', '{', '}', ','])
}
