//! Runs a compiled template: ten million times in a launch, so it does no parsing and allocates only the text.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::helpers::Change;

/// Bytes a rendered text may have at most.
pub const MOST_RENDERED: usize = 16 * 1024;

/// Where a template takes its values from.
pub trait Values {
    /// The value of a name, empty where the person has none; none where nothing is called so.
    fn get(&self, name: &str) -> Option<&str>;
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
            Value::Variable(_) | Value::Changed(..) | Value::Missing(_) => Ok(!self.text(values)?.is_empty()),
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
            Value::Missing(name) => Err(RenderError::Unknown {
                name: name.to_string(),
            }),
        }
    }

    /// The variable underneath.
    fn variable(&self) -> Option<&str> {
        match self {
            Value::Variable(name) => Some(name),
            Value::Changed(_, of) => of.variable(),
            Value::Literal { .. } | Value::Missing(_) => None,
        }
    }
}
