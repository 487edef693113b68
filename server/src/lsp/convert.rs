//! From the language's own types to those of the protocol.

use std::ops::Range as Bytes;
use std::str::FromStr;

use dsl::diagnostic::{Diagnostic, Severity};
use dsl::editor::completion::{Item, ItemKind};
use dsl::editor::outline::{Symbol, SymbolKind};
use dsl::editor::position::{Lines, Place};
use engine::load::CheckedFile;
use lsp_types as lsp;

use super::documents::{Found, Known};

pub(super) fn place(position: lsp::Position) -> Place {
    Place {
        line: position.line,
        column: position.character,
    }
}

fn position(place: Place) -> lsp::Position {
    lsp::Position {
        line: place.line,
        character: place.column,
    }
}

pub(super) fn range(text: &str, lines: &Lines, bytes: &Bytes<usize>) -> lsp::Range {
    let (start, end) = lines.places(text, bytes);
    lsp::Range {
        start: position(start),
        end: position(end),
    }
}

pub(super) fn uri(uri: &str) -> Option<lsp::Uri> {
    lsp::Uri::from_str(uri).ok()
}

/// Of bytes that an answer is about, which stand in the file that was asked about.
pub(super) fn own_range(known: &Known, bytes: &Bytes<usize>) -> lsp::Range {
    let at = known.locate(bytes);
    range(at.text, at.lines, &at.span)
}

/// Of bytes that an answer is about; `uri`: of the file that was asked about.
pub(super) fn place_of(known: &Known, uri: &str, bytes: &Bytes<usize>) -> Option<lsp::Location> {
    let at = known.locate(bytes);
    location(at.uri.unwrap_or(uri), at.text, at.lines, &at.span)
}

pub(super) fn location(uri: &str, text: &str, lines: &Lines, bytes: &Bytes<usize>) -> Option<lsp::Location> {
    let range = range(text, lines, bytes);
    self::uri(uri).map(|uri| lsp::Location { uri, range })
}

pub(super) fn edit(known: &Known, (span, new_text): (Bytes<usize>, String)) -> lsp::TextEdit {
    lsp::TextEdit {
        range: own_range(known, &span),
        new_text,
    }
}

/// As [`edit`], of bytes of the file's own text.
pub(super) fn edit_in(known: &Known, (span, new_text): (Bytes<usize>, String)) -> lsp::TextEdit {
    lsp::TextEdit {
        range: range(&known.text, &known.lines, &span),
        new_text,
    }
}

/// What was found in a file, and what of it cannot be run yet.
pub(super) fn diagnostics(known: &Known, found: &Found, uri: &str) -> Vec<lsp::Diagnostic> {
    let text = (known.text.as_str(), &known.lines);
    let faults = found.diagnostics.iter().map(|d| diagnostic(text, uri, d));
    let later = found.later.iter().map(|d| lsp::Diagnostic {
        severity: Some(lsp::DiagnosticSeverity::INFORMATION),
        ..diagnostic(text, uri, d)
    });
    faults.chain(later).collect()
}

/// What was found in a file that a campaign is held against: its stories, or its crier.yaml.
pub(super) fn of_file(file: &CheckedFile, uri: &str) -> Vec<lsp::Diagnostic> {
    let lines = Lines::new(&file.text);
    let found = file.diagnostics.iter();
    found.map(|d| diagnostic((&file.text, &lines), uri, d)).collect()
}

/// What was found in a text, whose lines these are.
pub(super) fn diagnostic((text, lines): (&str, &Lines), uri: &str, found: &Diagnostic) -> lsp::Diagnostic {
    let related = found.related.iter().filter_map(|(span, label)| {
        let location = location(uri, text, lines, span)?;
        Some(lsp::DiagnosticRelatedInformation {
            location,
            message: label.clone(),
        })
    });
    let related: Vec<_> = related.collect();
    let severity = match found.severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
    };
    let help = found.help.as_ref().map(|help| format!("\nhelp: {help}"));
    lsp::Diagnostic {
        range: range(text, lines, &found.span),
        severity: Some(severity),
        code: Some(lsp::NumberOrString::String(found.code.to_owned())),
        source: Some("crier".to_owned()),
        message: format!("{}{}", found.message, help.unwrap_or_default()),
        related_information: (!related.is_empty()).then_some(related),
        ..lsp::Diagnostic::default()
    }
}

/// With a placeholder where the editor has such.
pub(super) fn item(known: &Known, item: Item, at: usize, snippets: bool) -> lsp::CompletionItem {
    let is_snippet = snippets && item.placeholder.is_some();
    let new_text = match (&item.placeholder, is_snippet) {
        (Some(placeholder), true) => format!(
            "{}{}{}",
            escaped(&item.before),
            stop(placeholder),
            escaped(&item.after)
        ),
        _ => format!("{}{}", item.before, item.after),
    };
    let docs = (!item.doc.is_empty()).then(|| lsp::Documentation::MarkupContent(markdown(item.doc)));
    // Editors filter by what stands before the cursor.
    let before = known.locate(&(item.span.start.min(at)..at));
    let word = before.text.get(before.span).unwrap_or_default();
    let filter = match word.is_empty() || item.label.starts_with(word) {
        true => item.label.clone(),
        false => item.label.trim_start_matches(['[', '`', '#']).to_owned(),
    };
    lsp::CompletionItem {
        sort_text: Some(format!("{}{}", item.rank, item.label)),
        filter_text: Some(filter),
        label: item.label,
        kind: Some(match item.kind {
            ItemKind::Key => lsp::CompletionItemKind::PROPERTY,
            ItemKind::Value => lsp::CompletionItemKind::ENUM_MEMBER,
            ItemKind::Name => lsp::CompletionItemKind::REFERENCE,
            ItemKind::Field => lsp::CompletionItemKind::FIELD,
            ItemKind::Function => lsp::CompletionItemKind::FUNCTION,
        }),
        detail: (!item.detail.is_empty()).then_some(item.detail),
        documentation: docs,
        insert_text_format: Some(match is_snippet {
            true => lsp::InsertTextFormat::SNIPPET,
            false => lsp::InsertTextFormat::PLAIN_TEXT,
        }),
        insert_text_mode: Some(lsp::InsertTextMode::ADJUST_INDENTATION),
        text_edit: Some(lsp::CompletionTextEdit::Edit(lsp::TextEdit {
            range: own_range(known, &item.span),
            new_text,
        })),
        ..lsp::CompletionItem::default()
    }
}

fn stop(placeholder: &str) -> String {
    match placeholder {
        "" => "$0".to_owned(),
        text => format!("${{1:{}}}", escaped(text)),
    }
}

/// A text as it stands in a snippet.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '$' | '}' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

pub(super) fn markdown(value: String) -> lsp::MarkupContent {
    lsp::MarkupContent {
        kind: lsp::MarkupKind::Markdown,
        value,
    }
}

pub(super) fn symbol(known: &Known, symbol: Symbol) -> lsp::DocumentSymbol {
    let children: Vec<_> = symbol
        .children
        .into_iter()
        .map(|child| self::symbol(known, child))
        .collect();
    #[expect(
        deprecated,
        reason = "the protocol's type has a field that is no longer to be used"
    )]
    lsp::DocumentSymbol {
        name: symbol.name,
        detail: (!symbol.detail.is_empty()).then_some(symbol.detail),
        kind: match symbol.kind {
            SymbolKind::Group => lsp::SymbolKind::NAMESPACE,
            SymbolKind::Step => lsp::SymbolKind::EVENT,
            SymbolKind::Message => lsp::SymbolKind::STRING,
            SymbolKind::Item => lsp::SymbolKind::PROPERTY,
        },
        tags: None,
        deprecated: None,
        range: own_range(known, &symbol.whole),
        selection_range: own_range(known, &symbol.name_span),
        children: (!children.is_empty()).then_some(children),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_a_stop_and_the_rest_is_literal() {
        assert_eq!(stop(""), "$0");
        assert_eq!(stop("{ share: 1% }"), "${1:{ share: 1% \\}}");
        assert_eq!(escaped("a$b\\c}"), "a\\$b\\\\c\\}");
    }
}
