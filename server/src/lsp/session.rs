//! One client from its first message to its last: which messages are answered, and how. Knows nothing of readers and
//! writers. Every request has one answer; what is no request of ours has an error that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use lsp_types as lsp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::documents::{Change, Check, Checked, Documents};
use super::wire::Incoming;
use super::{Ended, answers, convert};

/// Codes of errors, of JSON-RPC and of the protocol.
const PARSE_ERROR: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;
const METHOD_NOT_FOUND: i32 = -32_601;
const INVALID_PARAMS: i32 = -32_602;
const INTERNAL_ERROR: i32 = -32_603;
const NOT_INITIALIZED: i32 = -32_002;
const REQUEST_FAILED: i32 = -32_803;

/// A client.
pub(super) struct Session {
    version: String,
    stage: Stage,
    documents: Documents,
    outgoing: Vec<Value>,
    /// Files that are not open and of which something is told: stories and crier.yaml, by the campaigns that they are of.
    beside: BTreeMap<String, BTreeSet<String>>,
    /// Open files of stories of which something is told.
    told: BTreeSet<String>,
    /// The editor has placeholders.
    snippets: bool,
    /// The editor can be asked to watch files.
    watches: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Ready,
    ShutDown,
}

/// Whether to go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    End(Ended),
}

/// An error of a request.
struct Fault {
    code: i32,
    message: String,
}

impl Session {
    pub fn new(version: &str) -> Session {
        Session {
            version: version.to_owned(),
            stage: Stage::New,
            documents: Documents::default(),
            outgoing: vec![],
            beside: BTreeMap::new(),
            told: BTreeSet::new(),
            snippets: false,
            watches: false,
        }
    }

    /// What is to be written, in order.
    pub fn outgoing(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.outgoing)
    }

    /// Takes what was read.
    pub fn take(&mut self, incoming: Incoming) -> Next {
        match incoming {
            Incoming::Message(message) => self.message(message),
            Incoming::Broken(why) => {
                self.fail(Value::Null, PARSE_ERROR, why);
                Next::Go
            }
            Incoming::Lost(why) => {
                self.fail(Value::Null, PARSE_ERROR, why);
                Next::End(Ended::Cut)
            }
            Incoming::End => Next::End(match self.stage {
                Stage::ShutDown => Ended::Asked,
                Stage::New | Stage::Ready => Ended::Cut,
            }),
        }
    }

    /// How often files were changed.
    pub fn changes(&self) -> u64 {
        self.documents.changes()
    }

    /// The next file of which something is to be said, since it was changed.
    pub fn next_check(&mut self) -> Option<Check> {
        match self.stage {
            Stage::Ready => self.documents.next_check(),
            Stage::New | Stage::ShutDown => None,
        }
    }

    /// Tells what was found, unless the file was changed meanwhile: then it is checked again.
    pub fn checked(&mut self, checked: Checked) {
        let uri = checked.uri.clone();
        if !self.documents.checked(checked) {
            return;
        }
        if !self.tell_open_stories(&uri) {
            let told = self.diagnostics(&uri);
            self.outgoing.extend(told);
            self.tell_beside(&uri);
        }
    }

    /// What is wrong with stories that are open, as they are in the editor. False where a file is none.
    fn tell_open_stories(&mut self, uri: &str) -> bool {
        let Some((version, found)) = self.documents.found_of_stories(uri) else {
            return false;
        };
        let diagnostics = found.map(|file| convert::of_file(file, uri));
        match diagnostics {
            Some(diagnostics) => {
                self.told.insert(uri.to_owned());
                self.publish(uri, diagnostics, Some(version));
            }
            // Of another YAML file nothing is said.
            None if self.told.remove(uri) => self.publish(uri, vec![], Some(version)),
            None => {}
        }
        true
    }

    /// What is wrong with the stories of a campaign, and what stops it in its crier.yaml, is told at those files, as they
    /// were saved. Where one is open it is told of by itself.
    fn tell_beside(&mut self, campaign: &str) {
        let Some((_, found)) = self.documents.found(campaign) else {
            return;
        };
        let saved = [found.stories.clone(), found.project.clone()];
        let saved = saved.into_iter().flatten();
        let closed = saved.filter(|file| !self.documents.is_open(&file.path));
        let told: BTreeMap<String, Vec<lsp::Diagnostic>> = closed
            .filter_map(|file| {
                let path = std::path::absolute(&file.path).ok()?;
                let uri = String::from(Url::from_file_path(path).ok()?);
                let diagnostics = convert::of_file(&file, &uri);
                Some((uri, diagnostics))
            })
            .collect();
        self.take_back(campaign, &told.keys().cloned().collect());
        for (uri, diagnostics) in told {
            self.publish(&uri, diagnostics, None);
        }
    }

    /// Of a campaign nothing is told any more at the files beside it but `now`: where they are open, or are another
    /// campaign's too, they are told of all the same.
    fn take_back(&mut self, campaign: &str, now: &BTreeSet<String>) {
        let before = self.beside.remove(campaign).unwrap_or_default();
        for uri in before.difference(now) {
            let is_told = self.beside.values().any(|told| told.contains(uri));
            if !is_told && !self.documents.is_open_uri(uri) {
                self.publish(uri, vec![], None);
            }
        }
        if !now.is_empty() {
            self.beside.insert(campaign.to_owned(), now.clone());
        }
    }

    fn publish(&mut self, uri: &str, diagnostics: Vec<lsp::Diagnostic>, version: Option<i32>) {
        let Some(uri) = convert::uri(uri) else { return };
        let params = lsp::PublishDiagnosticsParams {
            uri,
            diagnostics,
            version,
        };
        self.outgoing
            .push(notification("textDocument/publishDiagnostics", &params));
    }

    fn diagnostics(&mut self, uri: &str) -> Option<Value> {
        let (known, found) = self.documents.found(uri)?;
        let params = lsp::PublishDiagnosticsParams {
            uri: convert::uri(uri)?,
            diagnostics: convert::diagnostics(known, found, uri),
            version: Some(known.version),
        };
        Some(notification("textDocument/publishDiagnostics", &params))
    }

    fn message(&mut self, mut message: Value) -> Next {
        let id = message.get_mut("id").map(Value::take);
        let params = message.get_mut("params").map(Value::take).unwrap_or_default();
        let method = message.get("method").and_then(Value::as_str);
        match (method, id) {
            (Some("exit"), _) => {
                return Next::End(match self.stage {
                    Stage::ShutDown => Ended::Asked,
                    Stage::New | Stage::Ready => Ended::Cut,
                });
            }
            (Some(method), None) => self.notified(method, params),
            (Some(method), Some(id)) if id.is_string() || id.is_number() => self.request(id, method, params),
            (Some(_), Some(_)) => self.fail(Value::Null, INVALID_REQUEST, "the id is no number and no text"),
            // An answer to a request of ours: nothing depends on it.
            (None, Some(_)) if message.get("result").is_some() || message.get("error").is_some() => {}
            (None, id) => self.fail(id.unwrap_or_default(), INVALID_REQUEST, "not a message"),
        }
        Next::Go
    }

    fn fail(&mut self, id: Value, code: i32, message: impl Into<String>) {
        let error = json!({ "code": code, "message": message.into() });
        self.outgoing
            .push(json!({ "jsonrpc": "2.0", "id": id, "error": error }));
    }

    fn request(&mut self, id: Value, method: &str, params: Value) {
        let answered = catch_unwind(AssertUnwindSafe(|| self.answer(method, params)));
        let fault = || Fault {
            code: INTERNAL_ERROR,
            message: "this is a fault of crier: please report it with the file".into(),
        };
        match answered.unwrap_or_else(|_| Err(fault())) {
            Ok(result) => self
                .outgoing
                .push(json!({ "jsonrpc": "2.0", "id": id, "result": result })),
            Err(Fault { code, message }) => self.fail(id, code, message),
        }
    }

    fn answer(&mut self, method: &str, params: Value) -> Result<Value, Fault> {
        match (self.stage, method) {
            (Stage::New, "initialize") => return self.initialize(params),
            (Stage::New, _) => return Err(fault(NOT_INITIALIZED, "`initialize` comes first")),
            (Stage::Ready, "initialize") => return Err(fault(INVALID_REQUEST, "`initialize` comes once")),
            (Stage::ShutDown, _) => return Err(fault(INVALID_REQUEST, "after `shutdown` comes `exit`")),
            (Stage::Ready, _) => {}
        }
        let (documents, snippets) = (&mut self.documents, self.snippets);
        match method {
            "shutdown" => {
                self.stage = Stage::ShutDown;
                Ok(Value::Null)
            }
            "textDocument/completion" => value(answers::completion(documents, read(params)?, snippets)),
            "textDocument/hover" => value(answers::hover(documents, read(params)?)),
            "textDocument/definition" => value(answers::definition(documents, read(params)?)),
            "textDocument/references" => value(answers::references(documents, read(params)?)),
            "textDocument/prepareRename" => {
                value(answers::renamable(documents, read(params)?).map_err(refused)?)
            }
            "textDocument/rename" => value(answers::rename(documents, read(params)?).map_err(refused)?),
            "textDocument/documentSymbol" => value(answers::symbols(documents, read(params)?)),
            "textDocument/formatting" => {
                value(answers::formatting(documents, read(params)?).map_err(refused)?)
            }
            "textDocument/codeAction" => value(answers::actions(documents, read(params)?)),
            _ => Err(fault(
                METHOD_NOT_FOUND,
                format!("crier does not know \"{method}\""),
            )),
        }
    }

    fn initialize(&mut self, params: Value) -> Result<Value, Fault> {
        let has = |pointer: &str| params.pointer(pointer).and_then(Value::as_bool).unwrap_or(false);
        self.snippets = has("/capabilities/textDocument/completion/completionItem/snippetSupport");
        self.watches = has("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration");
        self.stage = Stage::Ready;
        value(lsp::InitializeResult {
            capabilities: capabilities(),
            server_info: Some(lsp::ServerInfo {
                name: "crier".to_owned(),
                version: Some(self.version.clone()),
            }),
        })
    }

    fn notified(&mut self, method: &str, params: Value) {
        if self.stage != Stage::Ready {
            return;
        }
        // What cannot be read changes nothing, and a notification has no answer.
        match method {
            "initialized" if self.watches => self.outgoing.push(watch()),
            "textDocument/didOpen" => {
                if let Ok(lsp::DidOpenTextDocumentParams { text_document: file }) = read(params) {
                    self.documents
                        .open(file.uri.as_str().to_owned(), file.version, file.text);
                }
            }
            "textDocument/didChange" => {
                if let Ok(changed) = read::<lsp::DidChangeTextDocumentParams>(params) {
                    let file = changed.text_document;
                    let changes = changed.content_changes.into_iter().map(change);
                    self.documents
                        .change(file.uri.as_str(), file.version, changes.collect());
                }
            }
            "textDocument/didClose" => {
                if let Ok(closed) = read::<lsp::DidCloseTextDocumentParams>(params) {
                    self.closed(closed.text_document.uri);
                }
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.documents.outdated(),
            _ => {}
        }
    }

    fn closed(&mut self, uri: lsp::Uri) {
        if self.documents.close(uri.as_str()) {
            self.told.remove(uri.as_str());
            self.publish(uri.as_str(), vec![], None);
            self.take_back(uri.as_str(), &BTreeSet::new());
        }
    }
}

fn capabilities() -> lsp::ServerCapabilities {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::INCREMENTAL),
        save: Some(lsp::TextDocumentSyncSaveOptions::Supported(true)),
        ..lsp::TextDocumentSyncOptions::default()
    };
    let triggers = [":", " ", "{", "\"", "-", "[", "(", "#", "/"]
        .map(str::to_owned)
        .to_vec();
    lsp::ServerCapabilities {
        text_document_sync: Some(lsp::TextDocumentSyncCapability::Options(sync)),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: Some(triggers),
            ..lsp::CompletionOptions::default()
        }),
        hover_provider: Some(lsp::HoverProviderCapability::Simple(true)),
        definition_provider: Some(lsp::OneOf::Left(true)),
        references_provider: Some(lsp::OneOf::Left(true)),
        rename_provider: Some(lsp::OneOf::Right(lsp::RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp::WorkDoneProgressOptions::default(),
        })),
        document_formatting_provider: Some(lsp::OneOf::Left(true)),
        document_symbol_provider: Some(lsp::OneOf::Left(true)),
        code_action_provider: Some(lsp::CodeActionProviderCapability::Options(
            lsp::CodeActionOptions {
                code_action_kinds: Some(vec![lsp::CodeActionKind::QUICKFIX, answers::FIX_ALL]),
                ..lsp::CodeActionOptions::default()
            },
        )),
        ..lsp::ServerCapabilities::default()
    }
}

/// Asks the editor to tell of files that change beside the open ones.
fn watch() -> Value {
    let watchers = [
        "**/crier.yaml",
        "**/*.campaign.yaml",
        "**/*.campaign.yml",
        "**/*.csv",
    ];
    let watchers = watchers.map(|glob| json!({ "globPattern": glob }));
    let registration = json!({
        "id": "files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": { "watchers": watchers },
    });
    json!({
        "jsonrpc": "2.0",
        "id": "watch",
        "method": "client/registerCapability",
        "params": { "registrations": [registration] },
    })
}

fn change(change: lsp::TextDocumentContentChangeEvent) -> Change {
    Change {
        range: change
            .range
            .map(|range| (convert::place(range.start), convert::place(range.end))),
        text: change.text,
    }
}

fn notification(method: &str, params: &impl Serialize) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

fn fault(code: i32, message: impl Into<String>) -> Fault {
    Fault {
        code,
        message: message.into(),
    }
}

fn refused(why: String) -> Fault {
    fault(REQUEST_FAILED, why)
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Fault> {
    serde_json::from_value(params).map_err(|error| fault(INVALID_PARAMS, error.to_string()))
}

fn value(answer: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(|error| fault(INTERNAL_ERROR, error.to_string()))
}

#[cfg(test)]
mod tests;
