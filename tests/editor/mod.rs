//! An editor, as `crier lsp` sees one: messages over its standard input and output. Each test file uses what it needs of it.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use super::project::Folder;

/// A running `crier lsp`, and the folder that it is asked about.
pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    root: String,
    requests: i64,
    version: i64,
    /// Notifications that came before they were asked for.
    told: Vec<Value>,
}

impl Editor {
    pub fn start(folder: &Folder) -> Editor {
        let mut command = folder.crier(&["lsp"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("crier starts");
        Editor {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
            root: format!("file://{}", folder.path().display()),
            requests: 0,
            version: 1,
            told: vec![],
        }
    }

    pub fn initialize(&mut self) -> Value {
        let capabilities =
            json!({ "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } });
        let params = json!({ "processId": null, "rootUri": self.root, "capabilities": capabilities });
        let initialized = self.ask("initialize", params).expect("an answer");
        self.notify("initialized", json!({}));
        initialized
    }

    pub fn uri(&self, name: &str) -> String {
        format!("{}/{name}", self.root)
    }

    pub fn open(&mut self, name: &str, text: &str) {
        let file = json!({ "uri": self.uri(name), "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": file }));
    }

    /// Replaces what stands between two places, of line and column.
    pub fn change(&mut self, name: &str, from: (u32, u32), to: (u32, u32), text: &str) {
        let place = |(line, character): (u32, u32)| json!({ "line": line, "character": character });
        let range = json!({ "start": place(from), "end": place(to) });
        self.changed(name, json!({ "range": range, "text": text }));
    }

    /// Replaces everything.
    pub fn replace(&mut self, name: &str, text: &str) {
        self.changed(name, json!({ "text": text }));
    }

    fn changed(&mut self, name: &str, change: Value) {
        self.version += 1;
        self.told.clear();
        let file = json!({ "uri": self.uri(name), "version": self.version });
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": file, "contentChanges": [change] }),
        );
    }

    pub fn close(&mut self, name: &str) {
        self.told.clear();
        let file = json!({ "uri": self.uri(name) });
        self.notify("textDocument/didClose", json!({ "textDocument": file }));
    }

    /// The next diagnostics of a file.
    pub fn diagnostics(&mut self, name: &str) -> Value {
        let uri = self.uri(name);
        loop {
            let at = self.told.iter().position(|told| told["params"]["uri"] == uri);
            if let Some(at) = at {
                return self.told.remove(at)["params"]["diagnostics"].clone();
            }
            let told = self.read();
            assert_eq!(told["method"], "textDocument/publishDiagnostics", "{told}");
            self.told.push(told);
        }
    }

    /// Whether diagnostics of a file came before those that were asked for, and were not.
    pub fn has_told(&self, name: &str) -> bool {
        let uri = self.uri(name);
        self.told.iter().any(|told| told["params"]["uri"] == uri)
    }

    /// A file and a place in it.
    pub fn at(&self, name: &str, (line, character): (u32, u32)) -> Value {
        json!({ "textDocument": { "uri": self.uri(name) }, "position": { "line": line, "character": character } })
    }

    /// The answer to a question about a place.
    pub fn ask_at(&mut self, method: &str, name: &str, place: (u32, u32)) -> Value {
        self.ask(method, self.at(name, place)).expect("an answer")
    }

    /// The result or the error of a request.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let mut answer = self.read();
            if answer["id"] == id {
                return match answer.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(answer["result"].take()),
                };
            }
            self.told.push(answer);
        }
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("not cut");
        input
            .write_all(bytes)
            .and_then(|()| input.flush())
            .expect("crier reads");
    }

    /// The next message that is no diagnostics.
    pub fn next(&mut self) -> Value {
        loop {
            let message = self.read();
            if message["method"] != "textDocument/publishDiagnostics" {
                return message;
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).expect("crier writes");
            assert!(!line.is_empty(), "crier ended");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.output.read_exact(&mut bytes).expect("crier writes");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Ends as the protocol says; gives the exit code.
    pub fn end(&mut self) -> Option<i32> {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        self.notify("exit", Value::Null);
        self.child.wait().expect("a child of ours").code()
    }

    /// Goes without a word; gives the exit code.
    pub fn cut(&mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().expect("a child of ours").code()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}
