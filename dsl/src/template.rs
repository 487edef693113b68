//! Texts with values in them. The grammar is Handlebars, read by its own parser; what it parsed is made into a small
//! program once and then run for every person. Values are data and never templates; nothing is escaped; a text is never
//! rendered with a value missing. The rules are those of the language reference, "Templates".

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

mod always;
mod extent;
mod helpers;
mod locale;
mod lower;
mod once;
mod parse;
mod render;
mod scan;

pub(crate) use once::compiling_once;

pub use extent::{Extent, ValueLength};
pub use helpers::{HELPERS, HelperStatus, LATER, helper_status};
pub use render::{MOST_RENDERED, RenderError, Values};

use chrono_tz::Tz;

use crate::values::Language;
use render::Node;

/// Bytes a template may have at most.
pub const MOST_SOURCE: usize = 16 * 1024;

/// A compiled text. Cloning is cheap; rendering needs no lock, so any number of threads may share it.
#[derive(Clone)]
pub struct Template(Arc<Compiled>);

struct Compiled {
    source: String,
    uses: Vec<Use>,
    given: Vec<Given>,
    fixed: Vec<Fixed>,
    nodes: Vec<Node>,
}

/// A name that a template uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What it names.
    pub kind: UseKind,
    /// The name, without the brackets of `{{[Data di nascita]}}`.
    pub name: String,
    /// Where it stands in the template, in bytes.
    pub span: Range<usize>,
}

/// A value that a helper is given which takes those of one kind only: `date`, `number`, `money`, `plural`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The helper.
    pub helper: String,
    /// The name of the value.
    pub name: String,
    /// Where that stands in the template, in bytes.
    pub span: Range<usize>,
    /// It is written as a time of day.
    pub as_time: bool,
}

/// A text of the template itself that is given to a helper or a block which changes values or asks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The helper or block.
    pub helper: String,
    /// The text, without quotes.
    pub text: String,
    /// Where that stands in the template, in bytes; the helper where it cannot be found.
    pub span: Range<usize>,
}

/// What a name in a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseKind {
    /// A value of the recipient. A name that stands alone always is one, even if a helper is called so too.
    Variable,
    /// A helper, a block or a decorator. What stands inside one that is not [`HelperStatus::Known`] is not listed, since
    /// it means what that helper makes of it.
    Helper,
    /// A link of the campaign, or `opt_out`.
    Link,
    /// Another template. The language has none.
    Partial,
}

/// Why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// One lowercase sentence without a full stop.
    pub message: String,
    /// Where it goes wrong in the template, in bytes.
    pub offset: usize,
    /// How many bytes of it; may be 0.
    pub len: usize,
    /// How the helper in which it goes wrong is written; none: it is in no helper.
    pub usage: Option<&'static str>,
    /// What was meant in place of those bytes, where that is known.
    pub instead: Option<String>,
}

impl Template {
    /// Reads a template that is only looked at: dates and numbers take the English form. Unknown variables and helpers
    /// are no errors here: [`Self::uses`] lists them.
    pub fn compile(source: &str) -> Result<Template, TemplateError> {
        once::compiled(source, || Template::compile_in(source, None))
    }

    /// Reads a template whose dates and numbers take the form of `language`, on the clock of `zone`. Errors also: a
    /// language whose forms are not known, words of `plural` that it has not.
    pub fn compile_for(source: &str, language: &Language, zone: Tz) -> Result<Template, TemplateError> {
        match Template::compile(source) {
            Ok(template) if !template.is_localised() => Ok(template),
            Ok(_) | Err(_) => Template::compile_in(source, Some((language, zone))),
        }
    }

    fn compile_in(source: &str, setting: Option<(&Language, Tz)>) -> Result<Template, TemplateError> {
        if source.len() > MOST_SOURCE {
            let message = format!("the text is longer than {} KiB", MOST_SOURCE / 1024);
            return Err(TemplateError {
                message,
                offset: 0,
                len: 0,
                usage: Some("shorten it: ten parts of a message are some 1,500 characters"),
                instead: None,
            });
        }
        let words = scan::scan(source)?;
        let lowered = match source.contains("{{") {
            true => {
                let parsed = parse::parse(source).map_err(|e| syntax_error(source, &e))?;
                lower::lower(source, words, &parsed, setting)?
            }
            // Without a tag the text is what it is: the parser would only go through it letter by letter.
            false => lower::plain(source),
        };
        Ok(Template(Arc::new(Compiled {
            source: source.to_owned(),
            uses: lowered.uses,
            given: lowered.given,
            fixed: lowered.fixed,
            nodes: lowered.nodes,
        })))
    }

    /// Whether what it gives has the form of a language.
    pub fn is_localised(&self) -> bool {
        let forms = |used: &Use| used.kind == UseKind::Helper && helpers::is_localised(&used.name);
        self.0.uses.iter().any(forms)
    }

    /// The text as written.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Every name it uses, in the order of the text.
    pub fn uses(&self) -> Vec<Use> {
        self.0.uses.clone()
    }

    /// The values of a person that helpers are given which take those of one kind only.
    pub fn given(&self) -> &[Given] {
        &self.0.given
    }

    /// The texts of its own that helpers and blocks are given.
    pub fn fixed(&self) -> &[Fixed] {
        &self.0.fixed
    }

    /// The text for one person, without white space at its end. Errors: a name without a value, an empty value where it
    /// would stand in the text, more than [`MOST_RENDERED`] bytes.
    pub fn render(&self, values: &dyn Values) -> Result<String, RenderError> {
        render::render(&self.0.nodes, values, self.0.source.len())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Template").field(&self.0.source).finish()
    }
}

impl TemplateError {
    fn at(span: Range<usize>, message: impl Into<String>) -> TemplateError {
        TemplateError {
            message: message.into(),
            offset: span.start,
            len: span.len(),
            usage: None,
            instead: None,
        }
    }

    /// With what was meant there.
    fn meant(self, instead: impl Into<String>, usage: &'static str) -> TemplateError {
        TemplateError {
            usage: Some(usage),
            instead: Some(instead.into()),
            ..self
        }
    }

    /// In a helper, unless it lies in another one inside of it.
    fn in_helper(self, helper: &str) -> TemplateError {
        let usage = self.usage.or_else(|| helpers::usage(helper));
        TemplateError { usage, ..self }
    }

    /// Of a block, where no helper says more.
    fn in_block(self) -> TemplateError {
        let usage = "a block ends with its own name behind a slash: `{{#if city}}in {{city}}{{/if}}`";
        TemplateError {
            usage: self.usage.or(Some(usage)),
            ..self
        }
    }

    /// At `span` where it has no place of its own.
    fn or_at(self, span: Range<usize>) -> TemplateError {
        if self.len > 0 {
            self
        } else {
            let (usage, instead) = (self.usage, self.instead);
            TemplateError {
                usage,
                instead,
                ..TemplateError::at(span, self.message)
            }
        }
    }
}

/// The parser speaks of its own rules, so only the place is taken: the scan before it has named the usual causes.
fn syntax_error(source: &str, error: &handlebars::TemplateError) -> TemplateError {
    let at = error
        .pos()
        .map_or(0, |(line, column)| byte_of(source, line, column));
    let tag = source[..at]
        .rfind("{{")
        .map_or(at, |open| open.max(source[..at].rfind("}}").unwrap_or(0)));
    let end = source[at..].find("}}").map_or(source.len(), |i| at + i + 2);
    let start = if source[tag..].starts_with("{{") { tag } else { at };
    let shown: String = source[start..end].chars().take(40).collect();
    let asks = ["{{#if", "{{#unless", "{{else if"];
    let compares = asks.iter().any(|tag| shown.starts_with(tag)) && shown.contains(['=', '<', '>', '&']);
    let usage = "it asks whether there is a value, and compares none: `{{#if city}}in {{city}}{{/if}}`; who gets \
                 another text is said by steps: `when: city == \"Roma\"`";
    TemplateError {
        usage: compares.then_some(usage),
        ..TemplateError::at(
            start..end,
            format!("\"{shown}\" is not a value or a helper with its values"),
        )
    }
}

/// Lines and columns in characters, from 1.
fn byte_of(source: &str, line: usize, column: usize) -> usize {
    let start: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let text = &source[start..];
    start
        + text
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(text.len(), |(i, _)| i)
}

#[cfg(test)]
mod tests;
