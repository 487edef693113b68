//! `crier lsp` on files that a campaign is held against: stories in a file of their own, asked about as if they stood in it,
//! and a crier.yaml that is not open.

mod editor;
mod project;

use editor::Editor;
use project::Folder;
use serde_json::{Value, json};

const CRIER_YAML: &str = r#"crier: 1
lists: { opted-in: { file: lists/in.csv } }
providers:
  trial: { kind: simulated }
senders:
  square: { number: "+12125550100", provider: trial }
"#;

const CAMPAIGN: &str = r#"# Città
sender: square
audience: opted-in
schedule: now
tests: tests/a.yaml
steps:
  - send: invite
  - send: { text: "Bye. STOP to opt out" }
    id: bye
messages:
  invite: "Hi {{first_name}}, STOP to opt out"
"#;

const STORIES: &str = r#"- test: città
  at: 2026-12-01 10:00
  person: { phone: "+12125550123", first_name: Ada }
  story:
    - expect: invit
    - expct: bye
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("crier.yaml", CRIER_YAML);
    folder.write("lists/in.csv", "phone,first_name\n+12125550101,Ada\n");
    folder.write("a.campaign.yaml", CAMPAIGN);
    folder.write("tests/a.yaml", STORIES);
    folder
}

/// Without a crier.yaml, each folder is a project of its own.
fn folder_without_project() -> Folder {
    let folder = folder();
    std::fs::remove_file(folder.path().join("crier.yaml")).expect("it is there");
    let campaign = CAMPAIGN.replace("sender: square\n", "");
    folder.write("a.campaign.yaml", &campaign.replace("opted-in", "lists/in.csv"));
    folder
}

fn started(folder: &Folder) -> Editor {
    let mut editor = Editor::start(folder);
    editor.initialize();
    editor
}

/// The codes of errors, and the lines that they begin in.
fn faults(diagnostics: &Value) -> Vec<(String, u64)> {
    let all = diagnostics.as_array().expect("a list").iter();
    let errors = all.filter(|found| found["severity"] == 1);
    let fault = |found: &Value| {
        let code = found["code"].as_str().expect("a code").to_owned();
        (code, found["range"]["start"]["line"].as_u64().expect("a line"))
    };
    errors.map(fault).collect()
}

fn named(found: &[(&str, u64)]) -> Vec<(String, u64)> {
    found
        .iter()
        .map(|(code, line)| ((*code).to_owned(), *line))
        .collect()
}

/// What a key of each of a list says.
fn each<'a>(all: &'a Value, key: &str) -> Vec<&'a str> {
    let all = all.as_array().expect("a list").iter();
    all.map(|one| one[key].as_str().expect("a text")).collect()
}

#[test]
fn stories_are_asked_about_with_their_campaign_open_or_not_and_without_a_crier_yaml() {
    for folder in [folder(), folder_without_project()] {
        let mut editor = started(&folder);
        editor.open("tests/a.yaml", STORIES);
        let told = editor.diagnostics("tests/a.yaml");
        assert_eq!(
            faults(&told),
            named(&[("unknown-message", 4), ("unknown-key", 5)])
        );
        let key = editor.ask_at("textDocument/hover", "tests/a.yaml", (4, 8));
        let text = key["contents"]["value"].as_str().expect("a text");
        assert!(text.starts_with("**expect**: a name\n"), "{text}");
        assert_eq!(key["range"]["start"], json!({ "line": 4, "character": 6 }));
        let names = editor.ask_at("textDocument/completion", "tests/a.yaml", (4, 14));
        assert_eq!(
            each(&names, "label"),
            ["invite", "bye", "nothing", "opt-out", "opt-in", "help"]
        );
        let range = &names[0]["textEdit"]["range"];
        assert_eq!(range["start"], json!({ "line": 4, "character": 14 }));
        let asked = json!({ "textDocument": { "uri": editor.uri("tests/a.yaml") } });
        let symbols = editor.ask("textDocument/documentSymbol", asked.clone());
        let symbols = symbols.expect("an answer");
        assert_eq!(each(&symbols, "name"), ["città"]);
        assert_eq!(symbols[0]["range"]["start"], json!({ "line": 0, "character": 2 }));
        // As `crier fmt`, which leaves stories alone.
        let asked = json!({ "textDocument": asked["textDocument"], "options": { "tabSize": 2, "insertSpaces": true } });
        assert_eq!(editor.ask("textDocument/formatting", asked), Ok(Value::Null));
    }
}

#[test]
fn faults_of_stories_are_offered_their_repair() {
    let folder = folder();
    let mut editor = started(&folder);
    editor.open("tests/a.yaml", STORIES);
    let asked = json!({
        "textDocument": { "uri": editor.uri("tests/a.yaml") },
        "range": { "start": { "line": 4, "character": 16 }, "end": { "line": 4, "character": 16 } },
        "context": { "diagnostics": [] },
    });
    let actions = editor.ask("textDocument/codeAction", asked).expect("an answer");
    assert_eq!(
        each(&actions, "title"),
        ["Replace `invit` by `invite`", "Repair all that is safe"]
    );
    let edit = |action: &Value| action["edit"]["changes"][editor.uri("tests/a.yaml")][0].clone();
    assert_eq!(
        edit(&actions[0]),
        json!({ "newText": "invite", "range": {
            "start": { "line": 4, "character": 14 }, "end": { "line": 4, "character": 19 } } })
    );
    let all = edit(&actions[1]);
    let new = all["newText"].as_str().expect("a text");
    assert!(new.ends_with("    - expect: bye\n"), "{new}");
}

#[test]
fn a_path_leads_to_its_file_where_there_is_one() {
    let folder = folder();
    let mut editor = started(&folder);
    editor.open("a.campaign.yaml", CAMPAIGN);
    let found = editor.ask_at("textDocument/definition", "a.campaign.yaml", (4, 10));
    assert_eq!(found["uri"], json!(editor.uri("tests/a.yaml")));
    editor.open("crier.yaml", CRIER_YAML);
    let found = editor.ask_at("textDocument/definition", "crier.yaml", (1, 32));
    assert_eq!(found["uri"], json!(editor.uri("lists/in.csv")));
    std::fs::remove_file(folder.path().join("tests/a.yaml")).expect("it is there");
    let found = editor.ask_at("textDocument/definition", "a.campaign.yaml", (4, 10));
    assert_eq!(found, Value::Null);
}

#[test]
fn a_name_in_stories_leads_to_its_campaign_and_is_changed_there_too() {
    let folder = folder();
    let mut editor = started(&folder);
    editor.open("tests/a.yaml", &STORIES.replace("invit\n", "invite\n"));
    let at = (4, 16);
    let found = editor.ask_at("textDocument/definition", "tests/a.yaml", at);
    assert_eq!(found["uri"], json!(editor.uri("a.campaign.yaml")));
    assert_eq!(found["range"]["start"], json!({ "line": 10, "character": 2 }));
    // As it stands in the editor, where it is open.
    editor.open("a.campaign.yaml", &format!("# Più\n{CAMPAIGN}"));
    let mut asked = editor.at("tests/a.yaml", at);
    asked["context"] = json!({ "includeDeclaration": true });
    asked["newName"] = json!("welcome");
    let uses = editor.ask("textDocument/references", asked.clone());
    let uses = uses.expect("an answer");
    let lines = |all: &Value| -> Vec<u64> {
        let all = all.as_array().expect("a list").iter();
        all.map(|one| one["range"]["start"]["line"].as_u64().expect("a line"))
            .collect()
    };
    assert_eq!(lines(&uses), [7, 11, 4]);
    let edit = editor.ask("textDocument/rename", asked).expect("an answer");
    let changes = &edit["changes"];
    assert_eq!(lines(&changes[editor.uri("a.campaign.yaml")]), [7, 11]);
    assert_eq!(lines(&changes[editor.uri("tests/a.yaml")]), [4]);
}

#[test]
fn what_stops_a_crier_yaml_is_told_there_and_brings_about_nothing_else() {
    let valid = CAMPAIGN.replace("tests: tests/a.yaml\n", "");
    let wide = CRIER_YAML.encode_utf16().flat_map(u16::to_le_bytes);
    let table: [(Vec<u8>, &str); 4] = [
        ([CRIER_YAML.as_bytes(), b"# citt\xe0\n"].concat(), "not-utf8"),
        (b"\xff\xfe".iter().copied().chain(wide).collect(), "not-utf8"),
        (b"crier: 1\nsenders: {\n".to_vec(), "invalid-yaml"),
        (b"crier: 1\nsnders: {}\nlsts: {}\n".to_vec(), "unknown-key"),
    ];
    for (bytes, code) in table {
        let folder = folder();
        std::fs::write(folder.path().join("crier.yaml"), bytes).expect("written");
        let mut editor = started(&folder);
        editor.open("a.campaign.yaml", &valid);
        assert_eq!(faults(&editor.diagnostics("a.campaign.yaml")), [], "{code}");
        let told = editor.diagnostics("crier.yaml");
        assert_eq!(faults(&told)[0].0, code);
        // Open, it is told of by itself, as it stands in the editor.
        editor.open("crier.yaml", CRIER_YAML);
        assert_eq!(faults(&editor.diagnostics("crier.yaml")), [], "{code}");
        editor.close("crier.yaml");
        // Closed, it is as it was saved.
        assert_eq!(faults(&editor.diagnostics("crier.yaml")), [], "{code}");
        assert_eq!(faults(&editor.diagnostics("crier.yaml"))[0].0, code);
        editor.close("a.campaign.yaml");
        assert_eq!(faults(&editor.diagnostics("crier.yaml")), [], "{code}");
    }
}

#[test]
fn a_crier_yaml_that_no_program_can_open_is_told_there() {
    let folder = folder();
    let path = folder.path().join("crier.yaml");
    std::fs::remove_file(&path).expect("it is there");
    std::fs::create_dir(&path).expect("a folder of that name");
    let mut editor = started(&folder);
    editor.open("a.campaign.yaml", &CAMPAIGN.replace("tests: tests/a.yaml\n", ""));
    assert_eq!(faults(&editor.diagnostics("a.campaign.yaml")), []);
    let told = editor.diagnostics("crier.yaml");
    assert_eq!(faults(&told), named(&[("file-unreadable", 0)]));
}

#[test]
fn the_id_of_a_step_is_changed_in_the_stories_too() {
    let folder = folder();
    folder.write(
        "tests/a.yaml",
        &STORIES.replace("expect: invit\n", "expect: bye\n"),
    );
    let mut editor = started(&folder);
    editor.open("a.campaign.yaml", CAMPAIGN);
    let mut asked = editor.at("a.campaign.yaml", (8, 9));
    asked["newName"] = json!("later");
    let edit = editor.ask("textDocument/rename", asked).expect("an answer");
    let in_stories = &edit["changes"][editor.uri("tests/a.yaml")];
    assert_eq!(
        in_stories[0]["range"]["start"],
        json!({ "line": 4, "character": 14 })
    );
}
