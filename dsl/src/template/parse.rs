//! Has Handlebars parse a text. Tags such as `{{first_name}}` stand in text after text, and its grammar takes long over each:
//! where a text has no others, each tag is parsed once and for all.

use std::cell::RefCell;
use std::collections::HashMap;

use handlebars::TemplateError;
use handlebars::template::{Template, TemplateElement};

/// Tags that a thread remembers.
const MOST: usize = 4_096;

thread_local! {
    static TAGS: RefCell<HashMap<String, TemplateElement>> = RefCell::default();
}

pub(super) fn parse(source: &str) -> Result<Template, TemplateError> {
    by_tags(source).map_or_else(|| Template::compile(source), Ok)
}

/// None where what a tag means hangs on what stands around it, as of blocks, comments, `~` and backslashes, and where a tag may
/// be none.
fn by_tags(source: &str) -> Option<Template> {
    if source.contains('\\') {
        return None;
    }
    let mut elements = vec![];
    let mut rest = source;
    while let Some(open) = rest.find("{{") {
        let (text, tag) = rest.split_at(open);
        let end = tag.find("}}")? + "}}".len();
        let (tag, behind) = tag.split_at(end);
        if !is_plain(tag) || behind.starts_with('}') {
            return None;
        }
        if !text.is_empty() {
            elements.push(TemplateElement::RawString(text.to_owned()));
        }
        elements.push(parsed(tag)?);
        rest = behind;
    }
    if !rest.is_empty() {
        elements.push(TemplateElement::RawString(rest.to_owned()));
    }
    let mut template = Template::default();
    template.elements = elements;
    Some(template)
}

/// `{{name}}` or `{{helper name}}`, and no `{{else}}`.
fn is_plain(tag: &str) -> bool {
    let inside = &tag["{{".len()..tag.len() - "}}".len()];
    let first = inside.split(' ').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = !first.is_empty() && first.chars().all(plain);
    let all = |c: char| plain(c) || matches!(c, ' ' | '-' | '.');
    is_name && first != "else" && inside.chars().all(all)
}

fn parsed(tag: &str) -> Option<TemplateElement> {
    if let Some(known) = TAGS.with_borrow(|tags| tags.get(tag).cloned()) {
        return Some(known);
    }
    let template = Template::compile(tag).ok()?;
    let [one] = template.elements.as_slice() else {
        return None;
    };
    TAGS.with_borrow_mut(|tags| {
        if tags.len() < MOST {
            tags.insert(tag.to_owned(), one.clone());
        }
    });
    Some(one.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_as_by_handlebars_alone() {
        let table = [
            "{{first_name}}, doors open at nine",
            "Hello {{first_name}}\n{{link tickets}}\n",
            "{{a}}{{b}}",
            "  {{a}}  \n  {{upper a}}",
            "{{date starts}} {{plural seats one many}}",
            "{{upper a.b}} {{link a-b}}",
        ];
        for source in table {
            let theirs = Template::compile(source).expect("a template");
            let ours = by_tags(source).expect("of plain tags");
            assert_eq!(ours.elements, theirs.elements, "{source}");
        }
        let others = [
            "{{#if a}}b{{/if}}",
            "{{else}}",
            "{{else if a}}",
            "{{{a}}}",
            "{{a}}}",
            "{{ a }}",
            "{{~a}}",
            "\\{{a}}",
            "{{a",
            "{{date a \"day\"}}",
            "{{!-- a --}}",
            "{{> a}}",
        ];
        for source in others {
            assert_eq!(by_tags(source), None, "{source}");
        }
    }
}
