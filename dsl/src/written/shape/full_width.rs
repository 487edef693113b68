//! Values with signs of the full width of a letter, as input methods of Japanese and Chinese write them, that are right in
//! the signs of ASCII; and lists whose commas are of that width.

use unicode_normalization::UnicodeNormalization;

use super::super::key::Form;
use super::super::scalars;
use super::super::traps::quoted;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Node, Style, full_width_behind_key};

/// Of a value that is refused: `10：00`, `５/s`, or a key and its value, `from：customers`.
pub(super) fn in_value(text: &str, node: &Node, form: &Form) -> Option<Diagnostic> {
    let scalar = node.scalar().filter(|scalar| !scalar.text.is_ascii())?;
    if scalar.style == Style::Plain
        && let Some(found) = full_width_behind_key(text.get(node.span.clone())?, node.span.start)
    {
        return Some(found);
    }
    let narrow: String = scalar.text.nfkc().collect();
    let right = narrow != scalar.text && scalars::check(form, &narrow).is_ok();
    right.then(|| {
        let found = Diagnostic::error(
            "invalid-yaml",
            node.span.clone(),
            "this value has signs of full width",
        );
        found
            .help(format!("write `{narrow}`"))
            .replace(node.span.clone(), narrow, Applicability::Unsure)
    })
}

/// `[はい、ええ]`, which is one item.
pub(super) fn commas(text: &str, node: &Node) -> Vec<Diagnostic> {
    if !text[node.span.start..].starts_with('[') {
        return vec![];
    }
    let items = node.items().iter();
    items.filter_map(|item| one_item(text, item)).collect()
}

fn one_item(text: &str, item: &Node) -> Option<Diagnostic> {
    let scalar = item.scalar().filter(|scalar| scalar.style == Style::Plain)?;
    if scalar.text.is_ascii() {
        return None;
    }
    let at = scalar.text.find(['\u{3001}', '\u{ff0c}'])?;
    let comma = scalar.text[at..].chars().next()?;
    let written = text.get(item.span.clone())?;
    let message = format!("`{comma}` does not part the items of a list, so that this is one");
    let right = written.replace(['\u{3001}', '\u{ff0c}'], ", ");
    Some(
        Diagnostic::warning("list-became-text", item.span.clone(), message)
            .label("one item")
            .help(format!(
                "write `,`, or quote it where it is one: `{}`",
                quoted(&scalar.text)
            ))
            .replace(item.span.clone(), right, Applicability::Unsure),
    )
}
