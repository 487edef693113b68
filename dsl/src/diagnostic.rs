//! What is wrong in a file and where. The code names the wrong thing and is stable; the message is one lowercase
//! sentence without a full stop; the help says what to do.

use std::ops::Range;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the wrong thing, such as `unknown-key`.
    pub code: &'static str,
    /// Whether it stops the campaign.
    pub severity: Severity,
    /// Lowercase, no full stop.
    pub message: String,
    /// Bytes of the file, the smallest that show it.
    pub span: Range<usize>,
    /// A few words at the span; may be empty.
    pub label: String,
    /// Other places of the same file, with a few words each.
    pub related: Vec<(Range<usize>, String)>,
    /// What to do.
    pub help: Option<String>,
    /// A replacement that repairs it.
    pub suggestion: Option<Suggestion>,
}

/// How grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// It can, but something is likely not meant.
    Warning,
}

/// Replace these bytes by this text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Bytes of the file.
    pub span: Range<usize>,
    /// What belongs there.
    pub replacement: String,
    /// Whether it may be put there unseen.
    pub applicability: Applicability,
}

/// Whether a suggestion may be applied without a person who looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applicability {
    /// It says what the author meant: a slip of the keyboard, or quotes. No text that people receive changes by it.
    Safe,
    /// It is a guess, or it changes what people receive, or who does.
    Unsure,
}

/// The code of what is right and comes later.
pub const NOT_YET: &str = "not-yet-supported";

impl Diagnostic {
    /// Of a text that begins at this byte of the text that it was found in.
    pub fn begin_at(mut self, offset: usize) -> Diagnostic {
        let back = |span: &Range<usize>| span.start.saturating_sub(offset)..span.end.saturating_sub(offset);
        self.span = back(&self.span);
        self.related.retain(|(span, _)| span.start >= offset);
        self.related.iter_mut().for_each(|(span, _)| *span = back(span));
        self.suggestion = self
            .suggestion
            .filter(|suggestion| suggestion.span.start >= offset);
        self.suggestion
            .iter_mut()
            .for_each(|suggestion| suggestion.span = back(&suggestion.span));
        self
    }

    /// Of a text with so many more bytes before it.
    pub fn moved_by(mut self, offset: usize) -> Diagnostic {
        let on = |span: &mut Range<usize>| *span = span.start + offset..span.end + offset;
        on(&mut self.span);
        self.related.iter_mut().for_each(|(span, _)| on(span));
        self.suggestion
            .iter_mut()
            .for_each(|suggestion| on(&mut suggestion.span));
        self
    }

    /// A part of the language that this version does not do; `what` names it.
    pub(crate) fn not_yet(span: Range<usize>, what: &str) -> Diagnostic {
        Diagnostic::error(NOT_YET, span, format!("{what} is not supported yet"))
            .label("not in this version")
            .help("it is right, and can be checked and tested; this version of crier runs the file only without it")
    }

    /// Whether it is an error other than of a part that comes later.
    pub(crate) fn is_fault(&self) -> bool {
        self.is_error() && self.code != NOT_YET
    }

    /// A finding that stops the campaign.
    pub fn error(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: visible(&message.into()),
            span,
            label: String::new(),
            related: vec![],
            help: None,
            suggestion: None,
        }
    }

    /// A finding that only advises.
    pub fn warning(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        let severity = Severity::Warning;
        Diagnostic {
            severity,
            ..Diagnostic::error(code, span, message)
        }
    }

    /// Says these few words at the span.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = visible(&label.into());
        self
    }

    /// Shows another place of the file.
    pub fn also(mut self, span: Range<usize>, label: impl Into<String>) -> Diagnostic {
        self.related.push((span, visible(&label.into())));
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(visible(&help.into()));
        self
    }

    /// Offers a replacement of these bytes.
    pub fn replace(
        mut self,
        span: Range<usize>,
        replacement: impl Into<String>,
        applicability: Applicability,
    ) -> Diagnostic {
        self.suggestion = Some(Suggestion {
            span,
            replacement: replacement.into(),
            applicability,
        });
        self
    }

    /// What findings of a file are sorted by.
    pub fn place(&self) -> (usize, usize, &'static str) {
        (self.span.start, self.span.end, self.code)
    }

    /// Whether it stops the campaign.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// What a file says may stand in what is said of it: line breaks and other commands to a terminal or to a CI are shown, and
/// do nothing. What is not seen is shown too, where no emoji is made of it.
fn visible(text: &str) -> String {
    match text.contains(is_hidden) {
        false => text.to_owned(),
        true => text
            .chars()
            .flat_map(|c| match is_hidden(c) {
                true => c.escape_default().collect::<Vec<_>>(),
                false => vec![c],
            })
            .collect(),
    }
}

fn is_hidden(c: char) -> bool {
    let is_of_emoji = matches!(
        c,
        '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}'
    );
    c.is_control() || !is_of_emoji && sms::invisible::is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown() {
        let shown = |text| Diagnostic::error("x", 0..0, text).message;
        assert_eq!(shown("a\u{200b}b\u{202e}c\n"), "a\\u{200b}b\\u{202e}c\\n");
        assert_eq!(shown("è 👨\u{200d}👩 ❤\u{fe0f}"), "è 👨\u{200d}👩 ❤\u{fe0f}");
    }
}
