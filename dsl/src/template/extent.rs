//! How short and how long a text can be, whoever it is for: from the template and how long its values are at most.

use std::collections::BTreeSet;

use sms::alphabet::septets;
use sms::smart::twin;

use super::Template;
use super::helpers::Change;
use super::locale::Form;
use super::render::{Node, Value};

/// Characters of a short link: scheme, domain and code.
const LINK: usize = 25;
/// Characters that a helper of a later version may give.
const WRITTEN_OUT: usize = 20;
/// What names are made of costs one septet, or one unit of UTF-16.
const ORDINARY: char = 'x';
/// The dearest character of GSM-7 costs two septets, as `[` does.
const IN_GSM7: char = '€';
/// The dearest of all costs two units of UTF-16.
const IN_UCS2: char = '\u{1f600}';
/// One character in capitals can be three, as `ΐ` and `ﬃ` are; none of those costs more than one.
const IN_CAPITALS: char = 'Å';
const CAPITALS: usize = 3;

/// How long the values of a name are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueLength {
    /// Characters at most.
    pub most: usize,
    /// Each of them can be any; else all are digits and the like.
    pub any_letter: bool,
}

/// The shortest and the longest text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// With one letter for each value.
    pub shortest: String,
    /// With values of full length, in ordinary letters; none where nobody knows how long one of them is.
    pub ordinary: Option<String>,
    /// The same in the dearest letters of GSM-7.
    pub longest: Option<String>,
    /// The same in the dearest letters there are.
    pub longest_in_ucs2: Option<String>,
    /// The names of which nobody knows how long they are, by the alphabet.
    pub unbounded_by: BTreeSet<String>,
    /// All that stands in the text itself, whatever its conditions say.
    pub own: String,
}

/// What stands for the values.
#[derive(Clone, Copy)]
struct Fill<'a> {
    longest: &'a dyn Fn(&str) -> Option<ValueLength>,
    letter: char,
}

impl Template {
    /// How short and how long it can be; `longest` says of a name how long its values are.
    pub fn extent(&self, longest: &dyn Fn(&str) -> Option<ValueLength>) -> Extent {
        let mut extent = Extent {
            shortest: String::new(),
            ordinary: None,
            longest: None,
            longest_in_ucs2: None,
            unbounded_by: BTreeSet::new(),
            own: String::new(),
        };
        let nodes = &self.0.nodes;
        shortest(nodes, &mut extent.shortest);
        extent.shortest.truncate(extent.shortest.trim_end().len());
        let filled = |letter| {
            let mut out = String::new();
            at_most(nodes, Fill { longest, letter }, &mut out).then(|| out.trim_end().to_owned())
        };
        extent.ordinary = filled(ORDINARY);
        extent.longest = filled(IN_GSM7);
        extent.longest_in_ucs2 = filled(IN_UCS2);
        looked_at(nodes, longest, &mut extent);
        extent
    }
}

fn shortest(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Put(Value::Literal { text, .. }) => out.push_str(text),
            Node::Put(Value::Variable(_) | Value::Changed(..) | Value::Written(..)) => out.push('x'),
            Node::Put(Value::Plural { words, .. }) => out.push_str(shortest_word(words)),
            Node::Put(Value::Link(_)) => out.push_str(&letters(LINK)),
            Node::Put(Value::Missing(_)) => out.push_str(&letters(WRITTEN_OUT)),
            Node::If { then, otherwise, .. } => {
                let [mut one, mut other] = [String::new(), String::new()];
                shortest(then, &mut one);
                shortest(otherwise, &mut other);
                out.push_str(if one.len() <= other.len() { &one } else { &other });
            }
        }
    }
}

/// What stands in a text, and whose length is not known, in every branch of it.
fn looked_at(nodes: &[Node], longest: &dyn Fn(&str) -> Option<ValueLength>, extent: &mut Extent) {
    for node in nodes {
        match node {
            Node::Text(text) => extent.own.push_str(text),
            Node::Put(value) => put(value, longest, extent),
            Node::If { then, otherwise, .. } => {
                looked_at(then, longest, extent);
                looked_at(otherwise, longest, extent);
            }
        }
    }
}

fn put(value: &Value, longest: &dyn Fn(&str) -> Option<ValueLength>, extent: &mut Extent) {
    match value {
        Value::Variable(name) => {
            let unknown = longest(name).is_none().then(|| name.to_string());
            extent.unbounded_by.extend(unknown);
        }
        Value::Literal { text, .. } => extent.own.push_str(text),
        // These are bounded by themselves.
        Value::Changed(Change::Truncate(_), _) | Value::Link(_) | Value::Missing(_) => {}
        Value::Written(written, _) if matches!(written.form, Form::Date(_)) => {}
        Value::Changed(_, of) | Value::Written(_, of) => put(of, longest, extent),
        Value::Plural { words, .. } => words.iter().for_each(|word| put(word, longest, extent)),
    }
}

/// False where a length is not known.
fn at_most(nodes: &[Node], fill: Fill<'_>, out: &mut String) -> bool {
    let mut known = true;
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Put(value) => match fill.longest_of(value) {
                Some(text) => out.push_str(&text),
                None => known = false,
            },
            Node::If { then, otherwise, .. } => {
                let [mut one, mut other] = [String::new(), String::new()];
                known &= at_most(then, fill, &mut one);
                known &= at_most(otherwise, fill, &mut other);
                let first = fill.cost(&one) >= fill.cost(&other);
                out.push_str(if first { &one } else { &other });
            }
        }
    }
    known
}

impl Fill<'_> {
    /// A value at its longest; none where nobody knows how long it is.
    fn longest_of(self, value: &Value) -> Option<String> {
        match value {
            Value::Variable(name) => (self.longest)(name).map(|length| match length.any_letter {
                true => self.letter.to_string().repeat(length.most),
                false => letters(length.most),
            }),
            Value::Literal { text, .. } => Some(text.to_string()),
            Value::Changed(Change::Truncate(most), of) => Some(match self.longest_of(of) {
                // Of what is shorter than all of its capitals each may be the dearest.
                Some(text) => (text.chars().take(*most))
                    .map(|c| if c == IN_CAPITALS { self.letter } else { c })
                    .collect(),
                None => self.letter.to_string().repeat(*most),
            }),
            Value::Changed(change, of) => {
                let text = self.longest_of(of)?;
                let capitals = IN_CAPITALS.to_string().repeat(CAPITALS);
                // Ordinary letters have as many capitals.
                let is_dear = self.letter != ORDINARY && text.contains(self.letter);
                Some(match change {
                    Change::Upper if is_dear => text.replace(self.letter, &capitals),
                    // Words begin behind something that costs one.
                    Change::Title if is_dear => text.replacen(self.letter, &capitals, 1),
                    _ => change.apply(&text).into_owned(),
                })
            }
            Value::Written(written, of) => {
                written.longest(self.longest_of(of).map(|text| text.chars().count()))
            }
            Value::Plural { words, .. } => {
                let words = words.iter().map(|word| self.longest_of(word));
                let words: Option<Vec<String>> = words.collect();
                words?.into_iter().max_by_key(|word| self.cost(word))
            }
            Value::Link(_) => Some(letters(LINK)),
            Value::Missing(_) => Some(letters(WRITTEN_OUT)),
        }
    }

    /// Septets, or units of UTF-16.
    fn cost(self, text: &str) -> usize {
        let plain = |c| twin(c).map_or(1, str::len);
        match self.letter == IN_UCS2 {
            true => text.encode_utf16().count(),
            false => (text.chars())
                .map(|c| septets(c).unwrap_or_else(|| plain(c)))
                .sum(),
        }
    }
}

/// One letter, where a word is a value.
fn shortest_word(words: &[Value]) -> &str {
    let shown = words.iter().map(|word| match word {
        Value::Literal { text, .. } => text,
        Value::Variable(_)
        | Value::Changed(..)
        | Value::Written(..)
        | Value::Plural { .. }
        | Value::Link(_)
        | Value::Missing(_) => "x",
    });
    shown.min_by_key(|word| word.chars().count()).unwrap_or("x")
}

/// Letters that cost one septet each.
fn letters(length: usize) -> String {
    "x".repeat(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_as_its_values_can_be() {
        let table = [
            ("Hi {{name}}!", "Hi x!", Some("Hi €€€!"), [7, 3 + 6 + 1]),
            ("Hi {{count}}!", "Hi x!", Some("Hi xxx!"), [7, 7]),
            (
                "{{upper name}}, {{truncate city 2}}",
                "x, x",
                Some("ÅÅÅÅÅÅÅÅÅ, €€"),
                [3 + 2 + 2, 9 + 2 + 4],
            ),
            ("{{title name}}", "x", Some("ÅÅÅ€€"), [3, 3 + 4]),
            ("{{truncate (upper name) 2}}", "x", Some("€€"), [2, 4]),
            ("{{lower name}}", "x", Some("€€€"), [3, 6]),
            ("{{city}}", "x", None, [0, 0]),
            (
                "{{#if name}}Dear {{name}}{{else}}Hello{{/if}}",
                "Hello",
                Some("Dear €€€"),
                [8, 11],
            ),
            // What is longer in dear letters is not in ordinary ones.
            (
                "{{#if name}}{{name}}{{else}}Hello{{/if}}",
                "x",
                Some("€€€"),
                [5, 6],
            ),
            // Six letters of the extension cost more than ten others.
            (
                "{{#if name}}[[[[[[{{else}}xxxxxxxxxx{{/if}}",
                "[[[[[[",
                Some("[[[[[["),
                [6, 10],
            ),
            (
                "{{link shop}} now",
                "xxxxxxxxxxxxxxxxxxxxxxxxx now",
                Some("xxxxxxxxxxxxxxxxxxxxxxxxx now"),
                [29, 29],
            ),
            (
                "{{date city}}",
                "x",
                Some("September 27, 2028, 10:58 PM"),
                [28, 28],
            ),
            ("{{money name}}", "x", Some("€00000,"), [7, 7]),
            (
                "{{plural city \"seat\" \"seats\"}}",
                "seat",
                Some("seats"),
                [5, 5],
            ),
        ];
        for (text, shortest, longest, expected) in table {
            let template = Template::compile(text).expect("a template");
            let extent = template.extent(&|name| {
                (name != "city").then_some(ValueLength {
                    most: 3,
                    any_letter: name == "name",
                })
            });
            let units = [extent.ordinary, extent.longest_in_ucs2]
                .map(|text| text.map_or(0, |text| text.encode_utf16().count()));
            assert_eq!(
                (extent.shortest.as_str(), extent.longest.as_deref(), units),
                (shortest, longest, expected),
                "{text}"
            );
        }
    }
}
