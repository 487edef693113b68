//! One function a request: what is asked about an open file, and the answer. A file that is not open, or not ours, and a
//! place that does not exist have the empty answer.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range as Bytes;

use dsl::diagnostic::Diagnostic;
use dsl::editor::definition::Target;
use dsl::editor::position::Lines;
use dsl::editor::{actions, completion, definition, formatting, hover, outline, references, rename};
use lsp_types as lsp;

use super::convert;
use super::documents::{Documents, Known};

pub(super) fn completion(
    documents: &mut Documents,
    asked: lsp::CompletionParams,
    snippets: bool,
) -> Option<lsp::CompletionResponse> {
    let (known, byte, _) = at(documents, &asked.text_document_position)?;
    let items = known
        .ask(|document| completion::completion(document, byte))
        .into_iter();
    let items = items.map(|item| convert::item(known, item, byte, snippets));
    Some(lsp::CompletionResponse::Array(items.collect()))
}

pub(super) fn hover(documents: &mut Documents, asked: lsp::HoverParams) -> Option<lsp::Hover> {
    let (known, byte, _) = at(documents, &asked.text_document_position_params)?;
    let shown = known.ask(|document| hover::hover(document, byte))?;
    Some(lsp::Hover {
        contents: lsp::HoverContents::Markup(convert::markdown(shown.text)),
        range: Some(convert::own_range(known, &shown.span)),
    })
}

pub(super) fn definition(
    documents: &mut Documents,
    asked: lsp::GotoDefinitionParams,
) -> Option<lsp::Location> {
    let (known, byte, uri) = at(documents, &asked.text_document_position_params)?;
    match known.ask(|document| definition::definition(document, byte))? {
        Target::Here(span) => convert::place_of(known, &uri, &span),
        Target::CrierYaml(span) => {
            let other = known.crier_yaml()?;
            convert::location(other.uri.as_ref()?, &other.text, &other.lines, &span)
        }
        Target::File(path) => {
            let uri = known.beside(&path)?.parse().ok()?;
            Some(lsp::Location::new(uri, lsp::Range::default()))
        }
    }
}

pub(super) fn references(
    documents: &mut Documents,
    asked: lsp::ReferenceParams,
) -> Option<Vec<lsp::Location>> {
    let (known, byte, uri) = at(documents, &asked.text_document_position)?;
    let all = known
        .ask(|document| references::references(document, byte))
        .into_iter();
    let wanted = all.filter(|named| asked.context.include_declaration || !named.defines);
    let mut all: Vec<lsp::Location> = wanted
        .filter_map(|named| convert::place_of(known, &uri, &named.span))
        .collect();
    // Stories that cannot be read have none.
    let stories = stories(documents, &uri, byte, "").ok().flatten();
    if let Some((uri, edits)) = stories {
        let uri: lsp::Uri = uri.parse().ok()?;
        let at = |edit: lsp::TextEdit| lsp::Location::new(uri.clone(), edit.range);
        all.extend(edits.into_iter().map(at));
    }
    Some(all)
}

/// Errors: why it cannot be renamed.
pub(super) fn renamable(
    documents: &mut Documents,
    asked: lsp::TextDocumentPositionParams,
) -> Result<Option<lsp::PrepareRenameResponse>, String> {
    let Some((known, byte, _)) = at(documents, &asked) else {
        return Ok(None);
    };
    let span = known.ask(|document| rename::renamable(document, byte))?;
    let range = convert::own_range(known, &span);
    Ok(Some(lsp::PrepareRenameResponse::Range(range)))
}

/// Errors: why it cannot be renamed.
pub(super) fn rename(
    documents: &mut Documents,
    asked: lsp::RenameParams,
) -> Result<Option<lsp::WorkspaceEdit>, String> {
    let Some((known, byte, uri)) = at(documents, &asked.text_document_position) else {
        return Ok(None);
    };
    let new = asked.new_name.as_str();
    let edits = known.ask(|document| rename::rename(document, byte, new))?;
    // Of stories in a file of their own some are in their campaign.
    let mut by_file: BTreeMap<String, Vec<lsp::TextEdit>> = BTreeMap::new();
    for (span, new_text) in edits {
        let file = known.locate(&span).uri.unwrap_or(&uri).to_owned();
        let edit = convert::edit(known, (span, new_text));
        by_file.entry(file).or_default().push(edit);
    }
    let stories = stories(documents, &uri, byte, new)?;
    Ok(changed(by_file.into_iter().chain(stories)))
}

/// What is renamed in the stories of a campaign, where they have a file of their own; as it is in the editor, where it is
/// open. Errors: it cannot be read.
fn stories(
    documents: &mut Documents,
    campaign: &str,
    byte: usize,
    new: &str,
) -> Result<Option<(String, Vec<lsp::TextEdit>)>, String> {
    let Some(known) = documents.known(campaign) else {
        return Ok(None);
    };
    let Some(file) = known.ask(|document| rename::stories_file(document).map(str::to_owned)) else {
        return Ok(None);
    };
    let mut apart = known.apart(&file)?;
    if let Some(text) = documents.stories_text(&apart.path) {
        apart.text = text.to_owned();
    }
    let Some(known) = documents.known(campaign) else {
        return Ok(None);
    };
    let edits = known.ask(|document| rename::in_stories(document, byte, new, &apart.text));
    let lines = Lines::new(&apart.text);
    let edit = |(span, new_text): rename::Edit| lsp::TextEdit {
        range: convert::range(&apart.text, &lines, &span),
        new_text,
    };
    let edits: Vec<lsp::TextEdit> = edits.into_iter().map(edit).collect();
    Ok((!edits.is_empty()).then_some((apart.uri, edits)))
}

pub(super) fn symbols(
    documents: &mut Documents,
    asked: lsp::DocumentSymbolParams,
) -> Option<lsp::DocumentSymbolResponse> {
    let known = documents.known(asked.text_document.uri.as_str())?;
    let all = known.ask(outline::outline).into_iter();
    let all = all.map(|symbol| convert::symbol(known, symbol));
    Some(lsp::DocumentSymbolResponse::Nested(all.collect()))
}

/// Errors: a fault of the formatter.
pub(super) fn formatting(
    documents: &mut Documents,
    asked: lsp::DocumentFormattingParams,
) -> Result<Option<Vec<lsp::TextEdit>>, String> {
    let uri = asked.text_document.uri.as_str();
    // As `crier fmt`, which lays out campaigns and crier.yaml.
    let Some(known) = documents.known(uri).filter(|known| !known.is_stories()) else {
        return Ok(None);
    };
    let edit = known.ask(formatting::formatting)?.into_iter();
    Ok(Some(edit.map(|edit| convert::edit(known, edit)).collect()))
}

/// The repair of everything in a file that is safe.
pub(super) const FIX_ALL: lsp::CodeActionKind = lsp::CodeActionKind::new("source.fixAll.crier");

pub(super) fn actions(
    documents: &mut Documents,
    asked: lsp::CodeActionParams,
) -> Option<lsp::CodeActionResponse> {
    let uri = asked.text_document.uri.as_str();
    let wanted = |kind: &lsp::CodeActionKind| match &asked.context.only {
        None => true,
        // `quickfix` asks for `quickfix.x` too.
        Some(only) => only.iter().any(|only| {
            let rest = kind.as_str().strip_prefix(only.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || only.as_str().is_empty())
        }),
    };
    let mut all = vec![];
    let (known, found) = documents.faulty(uri)?;
    if wanted(&lsp::CodeActionKind::QUICKFIX) {
        let byte = |at| known.lines.byte(&known.text, convert::place(at));
        let range = byte(asked.range.start)..byte(asked.range.end).max(byte(asked.range.start));
        all.extend(repairs(known, found, uri, &range));
    }
    let mut suggestions = found.iter().filter_map(|d| d.suggestion.as_ref());
    if wanted(&FIX_ALL) && suggestions.any(actions::is_safe) {
        all.extend(repair_all(documents, uri));
    }
    Some(all)
}

fn repair_all(documents: &mut Documents, uri: &str) -> Option<lsp::CodeActionOrCommand> {
    let edit = documents.repaired(uri)?;
    let known = documents.known(uri)?;
    Some(lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction {
        title: "Repair all that is safe".to_owned(),
        kind: Some(FIX_ALL),
        edit: changed([(uri.to_owned(), vec![convert::edit_in(known, edit)])]),
        ..lsp::CodeAction::default()
    }))
}

fn repairs(
    known: &Known,
    found: &[Diagnostic],
    uri: &str,
    range: &Bytes<usize>,
) -> Vec<lsp::CodeActionOrCommand> {
    let repairs = actions::repairs(&known.text, found, range).into_iter();
    let action = |repair: actions::Repair<'_>| {
        let edit = (
            repair.suggestion.span.clone(),
            repair.suggestion.replacement.clone(),
        );
        lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction {
            title: repair.title,
            kind: Some(lsp::CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![convert::diagnostic(
                (&known.text, &known.lines),
                uri,
                repair.diagnostic,
            )]),
            edit: changed([(uri.to_owned(), vec![convert::edit_in(known, edit)])]),
            is_preferred: Some(actions::is_safe(&repair.suggestion)),
            ..lsp::CodeAction::default()
        })
    };
    repairs.map(action).collect()
}

/// The edits of files, by their URI.
fn changed(edits: impl IntoIterator<Item = (String, Vec<lsp::TextEdit>)>) -> Option<lsp::WorkspaceEdit> {
    let each = edits
        .into_iter()
        .map(|(uri, edits)| Some((convert::uri(&uri)?, edits)));
    #[expect(
        clippy::mutable_key_type,
        reason = "the protocol's type; the keys are never changed"
    )]
    let changes = each.collect::<Option<HashMap<_, _>>>()?;
    Some(lsp::WorkspaceEdit {
        changes: Some(changes),
        ..lsp::WorkspaceEdit::default()
    })
}

/// The file and the byte that are asked about.
fn at<'a>(
    documents: &'a mut Documents,
    asked: &lsp::TextDocumentPositionParams,
) -> Option<(&'a Known, usize, String)> {
    let uri = asked.text_document.uri.as_str();
    let known = documents.known(uri)?;
    let byte = known.byte(convert::place(asked.position));
    Some((known, byte, uri.to_owned()))
}
