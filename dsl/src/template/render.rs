//! Runs a compiled template: ten million times in a launch, so it does no parsing and allocates only the text.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::helpers::Change;
use super::locale::{Plural, Written};

/// Bytes a rendered text may have at most.
pub const MOST_RENDERED: usize = 16 * 1024;

/// Where a template takes its values from.
pub trait Values {
    /// The value of a name, empty where the person has none; none where nothing is called so.
    fn get(&self, name: &str) -> Option<&str>;

    /// Whether the value of a name is a no: of a field of yes and no.
    fn is_no(&self, _name: &str) -> bool {
        false
    }

    /// The recipient's own short link of that name; none where there is none.
    fn link(&self, _name: &str) -> Option<String> {
        None
    }
}

impl<V: AsRef<str>> Values for BTreeMap<String, V> {
    fn get(&self, name: &str) -> Option<&str> {
        self.get(name).map(AsRef::as_ref)
    }
}

impl<V: AsRef<str>> Values for HashMap<String, V> {
    fn get(&self, name: &str) -> Option<&str> {
        self.get(name).map(AsRef::as_ref)
    }
}

/// Pairs of name and value; the fastest for the few names of a text.
impl<K: AsRef<str>, V: AsRef<str>> Values for Vec<(K, V)> {
    fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(k, _)| k.as_ref() == name)
            .map(|(_, v)| v.as_ref())
    }
}

/// Why a text cannot be rendered for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The value would stand in the text and is empty.
    #[error("{name} is empty")]
    Empty {
        /// The variable.
        name: String,
    },
    /// Nothing is called so. The check of a campaign finds this before any person is planned.
    #[error("{name} does not exist")]
    Unknown {
        /// The variable or helper.
        name: String,
    },
    /// The value is not what its helper takes.
    #[error("{name} is not {wanted}")]
    NotOfKind {
        /// The variable.
        name: String,
        /// With its article: `a date`.
        wanted: &'static str,
    },
    /// More than [`MOST_RENDERED`] bytes.
    #[error("the text is longer than {} KiB", MOST_RENDERED / 1024)]
    TooLong,
}

/// One piece of a compiled text.
pub(super) enum Node {
    Text(Box<str>),
    Put(Value),
    If {
        test: Value,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
}

/// What stands in a tag.
pub(super) enum Value {
    Variable(Box<str>),
    Literal {
        text: Box<str>,
        truthy: bool,
    },
    Changed(Change, Box<Value>),
    /// In the form of a language.
    Written(Written, Box<Value>),
    /// The word that the count takes.
    Plural {
        count: Box<Value>,
        /// As many as the rule has; of what is only checked, any number above zero.
        words: Vec<Value>,
        rule: Plural,
    },
    /// A short link, by its name.
    Link(Box<str>),
    /// A helper that does not exist: the check refuses such a template, and rendering it is an error.
    Missing(Box<str>),
}

pub(super) fn render(nodes: &[Node], values: &dyn Values, about: usize) -> Result<String, RenderError> {
    let mut out = String::with_capacity(about + 32);
    run(nodes, values, &mut out)?;
    out.truncate(out.trim_end().len());
    Ok(out)
}

fn run(nodes: &[Node], values: &dyn Values, out: &mut String) -> Result<(), RenderError> {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Put(value) => out.push_str(&value.shown(values)?),
            Node::If {
                test,
                then,
                otherwise,
            } => {
                let branch = if test.holds(values)? { then } else { otherwise };
                run(branch, values, out)?;
            }
        }
        if out.len() > MOST_RENDERED {
            return Err(RenderError::TooLong);
        }
    }
    Ok(())
}

impl Value {
    /// The text to put out: never an empty one, except of a literal.
    fn shown<'a>(&'a self, values: &'a dyn Values) -> Result<Cow<'a, str>, RenderError> {
        let text = self.text(values)?;
        match self.variable() {
            Some(name) if text.is_empty() => Err(RenderError::Empty { name: name.into() }),
            Some(_) | None => Ok(text),
        }
    }

    fn holds(&self, values: &dyn Values) -> Result<bool, RenderError> {
        match self {
            Value::Literal { truthy, .. } => Ok(*truthy),
            Value::Variable(name) => Ok(!self.text(values)?.is_empty() && !values.is_no(name)),
            Value::Changed(..)
            | Value::Written(..)
            | Value::Plural { .. }
            | Value::Link(_)
            | Value::Missing(_) => Ok(!self.text(values)?.is_empty()),
        }
    }

    fn text<'a>(&'a self, values: &'a dyn Values) -> Result<Cow<'a, str>, RenderError> {
        match self {
            Value::Variable(name) => {
                let value = values.get(name).ok_or_else(|| RenderError::Unknown {
                    name: name.to_string(),
                })?;
                Ok(Cow::Borrowed(value))
            }
            Value::Literal { text, .. } => Ok(Cow::Borrowed(text)),
            Value::Changed(change, of) => Ok(match of.text(values)? {
                Cow::Borrowed(text) => change.apply(text),
                Cow::Owned(text) => Cow::Owned(change.apply(&text).into_owned()),
            }),
            Value::Written(written, of) => {
                let text = of.text(values)?;
                if text.trim().is_empty() {
                    return Ok(Cow::Borrowed(""));
                }
                let shown = written.apply(&text);
                let wrong = || of.not_of_kind(&text, written.wanted());
                shown.map(Cow::Owned).ok_or_else(wrong)
            }
            Value::Plural { count, words, rule } => {
                let text = count.text(values)?;
                let text = text.trim();
                if text.is_empty() {
                    return Ok(Cow::Borrowed(""));
                }
                let n = text.parse::<i64>();
                let n = n.map_err(|_| count.not_of_kind(text, "a whole number"))?;
                let word = rule.word(n.unsigned_abs()).min(words.len() - 1);
                words[word].text(values)
            }
            Value::Link(name) => values
                .link(name)
                .map(Cow::Owned)
                .ok_or_else(|| RenderError::Unknown {
                    name: name.to_string(),
                }),
            Value::Missing(name) => Err(RenderError::Unknown {
                name: name.to_string(),
            }),
        }
    }

    fn not_of_kind(&self, text: &str, wanted: &'static str) -> RenderError {
        let name = self.variable().map_or_else(|| text.to_owned(), str::to_owned);
        RenderError::NotOfKind { name, wanted }
    }

    /// What it says to everybody, where that hangs on nobody's values.
    pub(super) fn constant(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Literal { text, .. } => Some(Cow::Borrowed(text)),
            Value::Changed(change, of) => Some(change.apply(&of.constant()?).into_owned().into()),
            Value::Variable(_)
            | Value::Written(..)
            | Value::Plural { .. }
            | Value::Link(_)
            | Value::Missing(_) => None,
        }
    }

    /// The variable underneath.
    fn variable(&self) -> Option<&str> {
        match self {
            Value::Variable(name) => Some(name),
            Value::Changed(_, of) | Value::Written(_, of) => of.variable(),
            Value::Plural { count, .. } => count.variable(),
            Value::Literal { .. } | Value::Link(_) | Value::Missing(_) => None,
        }
    }
}
