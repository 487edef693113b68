//! From what Handlebars parsed to the program that is run, and the list of names used. The parse tree keeps no places of
//! names, so each name is found among the scanned words: names are met in the order of the text.

use std::ops::Range;

use chrono_tz::Tz;
use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement};
use handlebars::{JsonValue, Path, PathSeg};

use super::helpers::{Change, HelperStatus, helper_status, is_localised};
use super::locale::{DateForm, Form, Locale, Plural, Written};
use super::render::{Node, Value};
use super::{Fixed, Given, TemplateError, Use, UseKind};
use crate::values::Language;

pub(super) fn lower(
    source: &str,
    words: Vec<Range<usize>>,
    parsed: &handlebars::Template,
    setting: Option<(&Language, Tz)>,
) -> Result<Lowered, TemplateError> {
    let mut lowering = Lowering {
        source,
        words,
        uses: vec![],
        given: vec![],
        fixed: vec![],
        lost: None,
        items: vec![],
        setting,
    };
    let nodes = lowering.nodes(parsed)?;
    if let Some(name) = lowering.lost {
        // Handlebars makes two names of `a@b`, which nobody means.
        let start = source.find(&name).unwrap_or(0);
        let end = source[start..]
            .find(['}', ' ', ')'])
            .map_or(source.len(), |i| start + i);
        let written = &source[start..end];
        if let Some(c) = written.chars().find(|c| c.is_whitespace() && !c.is_ascii()) {
            let code = u32::from(c);
            let message = format!("a space that does not break (U+{code:04X}) stands in the braces");
            let right = written.replace(|c: char| c.is_whitespace(), " ");
            let error = TemplateError::at(start..end, message);
            return Err(error.meant(right.trim(), "put a space of the keyboard in its place, or none"));
        }
        let message = format!("\"{written}\" is not a name");
        return Err(TemplateError::at(start..end, message));
    }
    let mut uses = lowering.uses;
    uses.sort_by_key(|used| used.span.start);
    Ok(Lowered {
        nodes,
        uses,
        given: lowering.given,
        fixed: lowering.fixed,
    })
}

/// A text without tags.
pub(super) fn plain(source: &str) -> Lowered {
    let text = (!source.is_empty()).then(|| Node::Text(source.into()));
    Lowered {
        nodes: text.into_iter().collect(),
        uses: vec![],
        given: vec![],
        fixed: vec![],
    }
}

/// What a template is made into.
pub(super) struct Lowered {
    pub nodes: Vec<Node>,
    pub uses: Vec<Use>,
    pub given: Vec<Given>,
    pub fixed: Vec<Fixed>,
}

struct Lowering<'a> {
    source: &'a str,
    /// Words that no name was found at yet; those found are empty ranges.
    words: Vec<Range<usize>>,
    uses: Vec<Use>,
    given: Vec<Given>,
    fixed: Vec<Fixed>,
    /// A name that no word is.
    lost: Option<String>,
    /// The names that each `each` around gives its items by `as |item|`, the innermost last.
    items: Vec<Vec<String>>,
    /// Whose form dates and numbers take; none for what is only checked.
    setting: Option<(&'a Language, Tz)>,
}

impl Lowering<'_> {
    fn nodes(&mut self, template: &handlebars::Template) -> Result<Vec<Node>, TemplateError> {
        let mut nodes = Vec::with_capacity(template.elements.len());
        for element in &template.elements {
            match element {
                TemplateElement::RawString(text) if text.is_empty() => {}
                TemplateElement::RawString(text) => nodes.push(Node::Text(text.as_str().into())),
                TemplateElement::Expression(tag) | TemplateElement::HtmlExpression(tag) => {
                    nodes.push(Node::Put(self.expression(tag)?));
                }
                TemplateElement::HelperBlock(block) => nodes.push(self.block(block)?),
                TemplateElement::Comment(_) => {}
                TemplateElement::DecoratorExpression(d) | TemplateElement::DecoratorBlock(d) => {
                    nodes.push(Node::Put(self.missing(UseKind::Helper, &d.name)));
                }
                TemplateElement::PartialExpression(p) | TemplateElement::PartialBlock(p) => {
                    nodes.push(Node::Put(self.missing(UseKind::Partial, &p.name)));
                }
                _ => return Err(TemplateError::at(0..0, "the text holds a tag of a newer kind")),
            }
        }
        Ok(nodes)
    }

    /// `{{name}}`, or `{{helper value …}}`.
    fn expression(&mut self, tag: &HelperTemplate) -> Result<Value, TemplateError> {
        if tag.params.is_empty() && tag.hash.is_empty() {
            return self.value(&tag.name);
        }
        let name = raw(&tag.name).to_owned();
        match helper_status(&name) {
            HelperStatus::Known => {
                let span = self.used(UseKind::Helper, &name, name.clone());
                let made = match is_localised(&name) {
                    true => self.localised(&name, tag, span),
                    false => self.change(&name, tag, span),
                };
                made.map_err(|error| error.in_helper(&name))
            }
            HelperStatus::Later => self.later(&name, tag),
            HelperStatus::Unknown => Ok(self.missing(UseKind::Helper, &tag.name)),
        }
    }

    /// `link`, and what is not run yet: what it is given is checked all the same.
    fn later(&mut self, name: &str, tag: &HelperTemplate) -> Result<Value, TemplateError> {
        self.missing(UseKind::Helper, &tag.name);
        let span = self.uses.last().map_or(0..0, |used| used.span.clone());
        let wrong = |message: String| Err(TemplateError::at(span.clone(), message));
        match (name, tag.params.as_slice()) {
            ("each", _) => wrong("\"each\" is a block: {{#each …}} … {{/each}}".into()),
            ("link", [Parameter::Literal(_)]) => {
                wrong("\"link\" takes the name of a link, without quotes".into())
            }
            ("link", [link]) => {
                let link = raw(link).to_owned();
                self.used(UseKind::Link, &link, link.clone());
                Ok(Value::Link(link.into()))
            }
            _ => wrong(format!("\"{name}\" does not take these values")),
        }
    }

    /// `date`, `number`, `money` and `plural`.
    fn localised(
        &mut self,
        name: &str,
        tag: &HelperTemplate,
        span: Range<usize>,
    ) -> Result<Value, TemplateError> {
        let wrong = |message: &str| Err(TemplateError::at(span.clone(), message));
        if !tag.hash.is_empty() {
            return wrong(&format!("\"{name}\" takes no options"));
        }
        let locale = self.locale(&span)?;
        let form = match (name, tag.params.as_slice()) {
            ("plural", [_, _, ..]) => return self.plural(tag, locale, span),
            ("plural", _) => return wrong("\"plural\" takes a value and the words for one and for many"),
            ("number", [_]) => Form::Number,
            ("money", [_]) => Form::Money,
            ("date", [_]) => Form::Date(DateForm::Whole),
            ("date", [_, Parameter::Literal(JsonValue::String(part))]) => match DateForm::parse(part) {
                Some(form) => Form::Date(form),
                None => {
                    let names = DateForm::NAMES.join(", ");
                    return wrong(&format!("\"date\" has no form \"{part}\": write {names}"));
                }
            },
            ("date", _) => return wrong("\"date\" takes a value, and a form in quotes: \"day\""),
            _ => return wrong(&format!("\"{name}\" takes one value")),
        };
        let of = self.value(&tag.params[0]).map_err(|e| e.or_at(span.clone()))?;
        self.give(name, &of);
        if let (Some(given), Form::Date(DateForm::Time)) = (self.given.last_mut(), &form) {
            given.as_time = true;
        }
        let zone = self.setting.map_or(Tz::UTC, |(_, zone)| zone);
        let written = Written { form, locale, zone };
        let is_one = |text: &str| written.apply(text).is_some();
        self.takes(name, written.wanted(), is_one, &of, &span)?;
        Ok(Value::Written(written, Box::new(of)))
    }

    fn plural(
        &mut self,
        tag: &HelperTemplate,
        locale: &Locale,
        span: Range<usize>,
    ) -> Result<Value, TemplateError> {
        let mut values = vec![];
        for value in &tag.params {
            if let [count] = values.as_slice() {
                self.give("plural", count);
            }
            values.push(self.value(value).map_err(|e| e.or_at(span.clone()))?);
        }
        let count = Box::new(values.remove(0));
        let is_one = |text: &str| text.trim().parse::<i64>().is_ok();
        self.takes("plural", "a whole number", is_one, &count, &span)?;
        let rule = locale.plural;
        match self.setting {
            Some((language, _)) if rule.examples().len() != values.len() => {
                Err(TemplateError::at(span, words_of(language, rule)))
            }
            Some(_) | None => Ok(Value::Plural {
                count,
                words: values,
                rule,
            }),
        }
    }

    /// A value that is the same for everybody is of the kind that its helper takes, and what a helper has written for
    /// people to read is none for another.
    fn takes(
        &mut self,
        helper: &str,
        wanted: &str,
        is_one: impl Fn(&str) -> bool,
        of: &Value,
        span: &Range<usize>,
    ) -> Result<(), TemplateError> {
        if matches!(of, Value::Written(..) | Value::Plural { .. }) {
            let message = format!("\"{helper}\" takes {wanted}, not what another helper has written");
            return Err(TemplateError::at(span.clone(), message));
        }
        let Some(text) = of.constant().filter(|text| !is_one(text)) else {
            return Ok(());
        };
        let message = format!("\"{helper}\" takes {wanted}, and \"{text}\" is none");
        let span = self.literal_at(span, &text).unwrap_or(span.clone());
        Err(TemplateError::at(span, message))
    }

    /// Notes that a helper was given a text of the template itself.
    fn fix(&mut self, helper: &str, of: &Value, span: &Range<usize>) {
        if let Value::Literal { text, .. } = of {
            let span = self.literal_at(span, text).unwrap_or(span.clone());
            self.fixed.push(Fixed {
                helper: helper.to_owned(),
                text: text.to_string(),
                span,
            });
        }
    }

    /// Where a literal stands behind the helper that takes it.
    fn literal_at(&self, helper: &Range<usize>, text: &str) -> Option<Range<usize>> {
        let rest = self.source.get(helper.end..)?;
        let rest = &rest[..rest.find("}}")?];
        let forms = [format!("\"{text}\""), format!("'{text}'"), text.to_owned()];
        let find = |form: &String| Some((rest.find(form.as_str())?, form.len()));
        let (at, length) = forms.iter().filter(|form| !form.is_empty()).find_map(find)?;
        let start = helper.end + at;
        Some(start..start + length)
    }

    /// Notes that a helper was given a value by its name, which was the last to be used.
    fn give(&mut self, helper: &str, value: &Value) {
        if let (Value::Variable(_), Some(used)) = (value, self.uses.last()) {
            self.given.push(Given {
                helper: helper.to_owned(),
                name: used.name.clone(),
                span: used.span.clone(),
                as_time: false,
            });
        }
    }

    fn locale(&self, span: &Range<usize>) -> Result<&'static Locale, TemplateError> {
        let Some((language, _)) = self.setting else {
            return Ok(Locale::english());
        };
        Locale::of(language).ok_or_else(|| {
            let message = format!(
                "how \"{language}\" writes dates and numbers is not known: write the value as it stands"
            );
            TemplateError::at(span.clone(), message)
        })
    }

    fn change(
        &mut self,
        name: &str,
        tag: &HelperTemplate,
        span: Range<usize>,
    ) -> Result<Value, TemplateError> {
        let wrong = |message: String| Err(TemplateError::at(span.clone(), message));
        let change = match (name, tag.params.as_slice()) {
            ("if" | "unless", _) => {
                return wrong(format!(
                    "\"{name}\" is a block: {{{{#{name} …}}}} … {{{{/{name}}}}}"
                ));
            }
            _ if !tag.hash.is_empty() => return wrong(format!("\"{name}\" takes no options")),
            ("upper", [_]) => Change::Upper,
            ("lower", [_]) => Change::Lower,
            ("title", [_]) => Change::Title,
            ("truncate", [_, most]) => match whole_number(most) {
                Some(most) => Change::Truncate(most),
                None => return wrong("\"truncate\" takes a value and a number of characters from 1".into()),
            },
            ("truncate", _) => {
                return wrong("\"truncate\" takes a value and a number of characters from 1".into());
            }
            _ => return wrong(format!("\"{name}\" takes one value")),
        };
        let of = self.value(&tag.params[0]).map_err(|e| e.or_at(span.clone()))?;
        self.fix(name, &of, &span);
        Ok(Value::Changed(change, Box::new(of)))
    }

    /// `if`, `unless` and `each`, with their branches.
    fn block(&mut self, block: &HelperTemplate) -> Result<Node, TemplateError> {
        let name = raw(&block.name).to_owned();
        if name == "each" {
            return self.each(block).map_err(|error| error.in_helper("each"));
        }
        if helper_status(&name) != HelperStatus::Known {
            return Ok(Node::Put(self.missing(UseKind::Helper, &block.name)));
        }
        let span = self.used(UseKind::Helper, &name, name.clone());
        if !matches!(name.as_str(), "if" | "unless") {
            return Err(TemplateError::at(
                span,
                format!("\"{name}\" is not a block: write {{{{{name} …}}}}"),
            ));
        }
        let ([test], true) = (block.params.as_slice(), block.hash.is_empty()) else {
            return Err(TemplateError::at(
                span,
                format!("\"{name}\" takes one value and no options"),
            ));
        };
        let test = self.value(test).map_err(|e| e.or_at(span.clone()))?;
        self.fix(&name, &test, &span);
        let mut branch = |t: &Option<handlebars::Template>| t.as_ref().map_or(Ok(vec![]), |t| self.nodes(t));
        let (then, otherwise) = (branch(&block.template)?, branch(&block.inverse)?);
        Ok(match name.as_str() {
            "unless" => Node::If {
                test,
                then: otherwise,
                otherwise: then,
            },
            _ => Node::If {
                test,
                then,
                otherwise,
            },
        })
    }

    /// `each` is not run yet; the list that it is given and its block are checked all the same.
    fn each(&mut self, block: &HelperTemplate) -> Result<Node, TemplateError> {
        let put = Node::Put(self.missing(UseKind::Helper, &block.name));
        let span = self.uses.last().map_or(0..0, |used| used.span.clone());
        let wrong = |message: &str| Err(TemplateError::at(span.clone(), message));
        let ([list], true) = (block.params.as_slice(), block.hash.is_empty()) else {
            return wrong("\"each\" takes one list and no options");
        };
        if !matches!(list, Parameter::Name(_) | Parameter::Path(_)) {
            return wrong("\"each\" takes the name of a list");
        }
        let of = self.value(list)?;
        self.give("each", &of);
        self.items.push(named_items(block.block_param.as_ref()));
        let body = block
            .template
            .as_ref()
            .map_or(Ok(vec![]), |body| self.nodes(body));
        self.items.pop();
        body?;
        block
            .inverse
            .as_ref()
            .map_or(Ok(vec![]), |empty| self.nodes(empty))?;
        Ok(put)
    }

    fn value(&mut self, parameter: &Parameter) -> Result<Value, TemplateError> {
        match parameter {
            Parameter::Name(raw) => Ok(self.variable(raw, raw.clone())),
            Parameter::Path(path) => {
                let (raw, name) = path_names(path);
                Ok(self.variable(raw, name))
            }
            Parameter::Literal(value) => literal(value),
            Parameter::Subexpression(inner) => match inner.as_element() {
                TemplateElement::Expression(tag) => self.expression(tag),
                _ => Err(TemplateError::at(0..0, "parentheses hold no value")),
            },
            _ => Err(TemplateError::at(0..0, "a tag holds neither a name nor a value")),
        }
    }

    fn variable(&mut self, raw: &str, name: String) -> Value {
        if self.is_of_item(raw) {
            self.place(raw);
            return Value::Missing(name.into());
        }
        self.used(UseKind::Variable, raw, name.clone());
        Value::Variable(name.into())
    }

    /// Whether a name in an `each` is the item, something of it, or its place among them. Any other is of the person.
    fn is_of_item(&self, raw: &str) -> bool {
        let of_place = ["@index", "@first", "@last", "@key"];
        let first = raw.split('.').next().unwrap_or(raw);
        let is_named = self.items.iter().flatten().any(|name| name == first);
        let is_item = raw == "." || first == "this" || of_place.contains(&raw);
        is_named || (is_item && !self.items.is_empty())
    }

    fn missing(&mut self, kind: UseKind, name: &Parameter) -> Value {
        let name = raw(name).to_owned();
        self.used(kind, &name, name.clone());
        Value::Missing(name.into())
    }

    /// Notes the use of a name.
    fn used(&mut self, kind: UseKind, raw: &str, name: String) -> Range<usize> {
        let span = self.place(raw);
        self.uses.push(Use {
            kind,
            name,
            span: span.clone(),
        });
        span
    }

    /// The first word that reads so and was not asked for yet.
    fn place(&mut self, raw: &str) -> Range<usize> {
        let word = self
            .words
            .iter_mut()
            .find(|word| word.start < word.end && &self.source[(*word).clone()] == raw);
        if word.is_none() {
            self.lost.get_or_insert_with(|| raw.to_owned());
        }
        word.map_or(0..0, |word| std::mem::replace(word, 0..0))
    }
}

fn named_items(names: Option<&BlockParam>) -> Vec<String> {
    let names = match names {
        None => vec![],
        Some(BlockParam::Single(item)) => vec![item],
        Some(BlockParam::Pair((item, place))) => vec![item, place],
        Some(_) => vec![],
    };
    names.into_iter().map(|name| raw(name).to_owned()).collect()
}

/// What `plural` must be given in a language.
fn words_of(language: &Language, rule: Plural) -> String {
    let examples: Vec<String> = rule.examples().iter().map(u64::to_string).collect();
    match examples.as_slice() {
        [_] => format!("\"plural\" takes one word in \"{language}\", which has no plural"),
        all => format!(
            "\"plural\" takes {} words in \"{language}\": as with {}",
            all.len(),
            all.join(", with ")
        ),
    }
}

fn raw(name: &Parameter) -> &str {
    match name {
        Parameter::Name(name) => name,
        Parameter::Path(path) => path_names(path).0,
        _ => "",
    }
}

/// As written, and the name it means: `[Data di nascita]`, `this.x` and `@root.x` are one name. What has more than one
/// segment is a name as it stands, which no value bears unless a column is called just so.
fn path_names(path: &Path) -> (&str, String) {
    match path {
        Path::Relative((segments, raw)) => {
            let name = match segments.as_slice() {
                [PathSeg::Named(name)] => name.trim(),
                [PathSeg::Ruled(_), PathSeg::Named(name)] if raw.starts_with("@root") => name.trim(),
                _ => raw,
            };
            (raw, name.to_owned())
        }
        Path::Local((_, _, raw)) => (raw, raw.clone()),
    }
}

fn literal(value: &JsonValue) -> Result<Value, TemplateError> {
    let (text, truthy) = match value {
        JsonValue::String(text) => (text.clone(), !text.is_empty()),
        JsonValue::Number(n) => (n.to_string(), n.as_f64().is_some_and(|n| n != 0.0)),
        JsonValue::Bool(b) => (b.to_string(), *b),
        JsonValue::Null => (String::new(), false),
        JsonValue::Array(_) | JsonValue::Object(_) => {
            return Err(TemplateError::at(0..0, "a list or a map cannot stand in a text"));
        }
    };
    Ok(Value::Literal {
        text: text.into(),
        truthy,
    })
}

fn whole_number(parameter: &Parameter) -> Option<usize> {
    match parameter {
        Parameter::Literal(JsonValue::Number(n)) => n
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .filter(|n| *n > 0),
        _ => None,
    }
}
