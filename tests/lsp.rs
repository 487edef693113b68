//! `crier lsp` driven as an editor drives it: the process that was just built, over its standard input and output.

mod editor;
mod project;

use editor::Editor;
use project::Folder;
use serde_json::{Value, json};

const CRIER_YAML: &str = r#"crier: 1
region: US
prices: prices.csv
languages: [en, es]
lists: { opted-in: { file: lists/in.csv } }
providers:
  trial: { kind: simulated }
senders:
  square: { number: "+12125550100", provider: trial }
inboxes: { desk: { email: desk@square.example } }
"#;

const CAMPAIGN: &str = r#"sender: square
audience: opted-in
schedule: now
steps:
  - send: invite
    id: first
  - wait: 2 days
  - send: bus
messages:
  invite: { en: "Hi {{first_name}}, STOP to opt out", es: "Sofía: STOP" }
  bus: { en: "The bus", es: "El bus" }
replies: desk
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("crier.yaml", CRIER_YAML);
    folder.write("prices.csv", "country,price,currency\nUS,0.0079,USD\n");
    folder.write("lists/in.csv", "phone,first_name\n+12125550101,Ada\n");
    folder.write("a.campaign.yaml", CAMPAIGN);
    folder
}

/// An editor in which the campaign is open; its first diagnostics are read.
fn editor(folder: &Folder) -> Editor {
    let mut editor = Editor::start(folder);
    editor.initialize();
    editor.open("a.campaign.yaml", CAMPAIGN);
    assert_eq!(
        codes(&editor.diagnostics("a.campaign.yaml")),
        Vec::<String>::new()
    );
    editor
}

/// The codes of errors.
fn codes(diagnostics: &Value) -> Vec<String> {
    let all = diagnostics.as_array().expect("a list").iter();
    let faults = all.filter(|diagnostic| diagnostic["severity"] == 1);
    faults
        .map(|diagnostic| diagnostic["code"].as_str().expect("a code").to_owned())
        .collect()
}

fn labels(items: &Value) -> Vec<&str> {
    let all = items.as_array().expect("a list").iter();
    all.map(|item| item["label"].as_str().expect("a label")).collect()
}

#[test]
fn a_session_from_initialize_to_exit() {
    let folder = folder();
    let mut editor = Editor::start(&folder);
    let initialized = editor.initialize();
    let able = &initialized["capabilities"];
    assert_eq!(initialized["serverInfo"]["name"], "crier");
    assert_eq!(able["textDocumentSync"]["change"], 2, "incremental");
    for provider in [
        "hoverProvider",
        "definitionProvider",
        "referencesProvider",
        "documentSymbolProvider",
    ] {
        assert_eq!(able[provider], true, "{provider}");
    }
    editor.open("a.campaign.yaml", CAMPAIGN);
    assert!(codes(&editor.diagnostics("a.campaign.yaml")).is_empty());
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn faults_are_told_as_one_types() {
    let folder = folder();
    let mut editor = editor(&folder);
    // `invite` becomes `invit`.
    editor.change("a.campaign.yaml", (4, 15), (4, 16), "");
    let told = editor.diagnostics("a.campaign.yaml");
    assert_eq!(codes(&told), ["unknown-message"]);
    let told = told
        .as_array()
        .expect("a list")
        .iter()
        .find(|told| told["code"] == "unknown-message")
        .expect("told");
    assert_eq!(
        told["range"],
        json!({ "start": { "line": 4, "character": 10 }, "end": { "line": 4, "character": 15 } })
    );
    assert_eq!((&told["severity"], &told["source"]), (&json!(1), &json!("crier")));
    assert_eq!(
        told["message"],
        "message \"invit\" does not exist\nhelp: did you mean \"invite\"?"
    );
    editor.change("a.campaign.yaml", (4, 15), (4, 15), "e");
    assert!(codes(&editor.diagnostics("a.campaign.yaml")).is_empty());
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn a_second_place_is_related_information() {
    let folder = folder();
    let mut editor = editor(&folder);
    editor.change("a.campaign.yaml", (0, 0), (0, 0), "schedule: now\n");
    let told = editor.diagnostics("a.campaign.yaml");
    let doubled = told
        .as_array()
        .expect("a list")
        .iter()
        .find(|told| told["code"] == "duplicate-key")
        .expect("told");
    let related = &doubled["relatedInformation"][0];
    assert_eq!(related["message"], "first here");
    assert_eq!(
        related["location"]["range"]["start"],
        json!({ "line": 0, "character": 0 })
    );
}

#[test]
fn a_change_of_crier_yaml_is_one_of_its_open_campaigns() {
    let folder = folder();
    let mut editor = editor(&folder);
    editor.open("crier.yaml", CRIER_YAML);
    editor.diagnostics("crier.yaml");
    editor.diagnostics("a.campaign.yaml");
    let renamed = CRIER_YAML.replace("desk:", "office:");
    editor.replace("crier.yaml", &renamed);
    assert_eq!(codes(&editor.diagnostics("a.campaign.yaml")), ["unknown-inbox"]);
    assert!(codes(&editor.diagnostics("crier.yaml")).is_empty());
    // Closed without being saved: what is on the disk holds again.
    editor.close("crier.yaml");
    assert!(codes(&editor.diagnostics("a.campaign.yaml")).is_empty());
}

#[test]
fn a_change_on_the_disk_is_seen_when_the_editor_tells_of_it() {
    let folder = folder();
    let mut editor = editor(&folder);
    folder.write("crier.yaml", &CRIER_YAML.replace("opted-in", "members"));
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert_eq!(codes(&editor.diagnostics("a.campaign.yaml")), ["unknown-list"]);
}

#[test]
fn keys_names_and_what_texts_use_are_completed() {
    let folder = folder();
    let mut editor = editor(&folder);
    let items = editor.ask_at("textDocument/completion", "a.campaign.yaml", (4, 10));
    assert_eq!(labels(&items), ["invite", "bus"]);
    assert_eq!(items[1]["textEdit"]["newText"], "bus");
    assert_eq!(
        items[1]["textEdit"]["range"],
        json!({ "start": { "line": 4, "character": 10 }, "end": { "line": 4, "character": 16 } })
    );
    editor.change("a.campaign.yaml", (12, 0), (12, 0), "lim");
    let items = editor.ask_at("textDocument/completion", "a.campaign.yaml", (12, 3));
    let limits = items
        .as_array()
        .expect("a list")
        .iter()
        .find(|item| item["label"] == "limits")
        .expect("offered");
    assert_eq!(limits["insertTextFormat"], 2, "a snippet");
    assert_eq!(limits["textEdit"]["newText"], "limits:\n  $0");
    assert!(
        limits["documentation"]["value"]
            .as_str()
            .expect("a text")
            .contains("limits")
    );
    editor.change("a.campaign.yaml", (12, 0), (12, 3), "message: \"{{");
    let items = editor.ask_at("textDocument/completion", "a.campaign.yaml", (12, 12));
    assert!(labels(&items).contains(&"first_name"), "{items}");
}

#[test]
fn the_files_of_the_folder_are_offered_where_people_come_from() {
    let folder = folder();
    folder.write("lists/more.csv", "phone\n");
    folder.write(".crier/kept.csv", "phone\n");
    let mut editor = editor(&folder);
    editor.open("b.campaign.yaml", "audience:\n  from: \nschedule: now\n");
    let items = editor.ask_at("textDocument/completion", "b.campaign.yaml", (1, 8));
    let files = labels(&items);
    assert!(files.contains(&"lists/more.csv"), "{items}");
    assert!(!files.contains(&"lists/customers.csv"), "{items}");
    assert!(!files.iter().any(|file| file.contains("kept")), "{items}");
    assert!(!files.contains(&"prices.csv"), "{items}");
}

#[test]
fn a_text_under_the_pointer_shows_parts_alphabet_and_price() {
    let folder = folder();
    let mut editor = editor(&folder);
    let shown = editor.ask_at("textDocument/hover", "a.campaign.yaml", (9, 17));
    assert_eq!(
        shown["contents"]["value"],
        "- **en**: at least 1 part, GSM-7, 21 and more of 160 places, at least 0.0079 USD in US\n\
         - **es**: 1 part, UCS-2, 11 of 70 places, because of `í` (U+00ED), 0.0079 USD in US\n\n\
         No `longest` under `fields`: `first_name`"
    );
    let shown = editor.ask_at("textDocument/hover", "a.campaign.yaml", (2, 3));
    assert!(
        shown["contents"]["value"]
            .as_str()
            .expect("a text")
            .starts_with("**schedule**: ")
    );
    assert_eq!(
        editor.ask_at("textDocument/hover", "a.campaign.yaml", (99, 0)),
        Value::Null
    );
}

#[test]
fn names_lead_to_where_they_are_given() {
    let folder = folder();
    let mut editor = editor(&folder);
    let found = editor.ask_at("textDocument/definition", "a.campaign.yaml", (4, 12));
    assert_eq!(found["range"]["start"], json!({ "line": 9, "character": 2 }));
    assert!(
        found["uri"]
            .as_str()
            .expect("a text")
            .ends_with("/a.campaign.yaml")
    );
    let found = editor.ask_at("textDocument/definition", "a.campaign.yaml", (1, 12));
    assert_eq!(found["range"]["start"], json!({ "line": 4, "character": 9 }));
    assert!(found["uri"].as_str().expect("a text").ends_with("/crier.yaml"));
    let mut asked = editor.at("a.campaign.yaml", (9, 3));
    asked["context"] = json!({ "includeDeclaration": false });
    let found = editor.ask("textDocument/references", asked).expect("an answer");
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["range"]["start"], json!({ "line": 4, "character": 10 }));
}

#[test]
fn a_name_is_given_another_name() {
    let folder = folder();
    let mut editor = editor(&folder);
    let range = editor.ask_at("textDocument/prepareRename", "a.campaign.yaml", (4, 12));
    assert_eq!(
        range,
        json!({ "start": { "line": 4, "character": 10 }, "end": { "line": 4, "character": 16 } })
    );
    let mut asked = editor.at("a.campaign.yaml", (4, 12));
    asked["newName"] = json!("welcome");
    let edit = editor
        .ask("textDocument/rename", asked.clone())
        .expect("an answer");
    let edits = edit["changes"]
        .as_object()
        .expect("a map")
        .values()
        .next()
        .expect("a file");
    assert_eq!(edits.as_array().map(Vec::len), Some(2));
    assert_eq!(edits[0]["newText"], "welcome");
    asked["newName"] = json!("No name");
    let refused = editor.ask("textDocument/rename", asked).expect_err("an error");
    assert_eq!(refused["code"], -32803);
    assert!(
        refused["message"]
            .as_str()
            .expect("a text")
            .starts_with("\"No name\" is not a name")
    );
}

#[test]
fn faults_that_can_be_repaired_are_offered_the_repair() {
    let folder = folder();
    let mut editor = editor(&folder);
    editor.change("a.campaign.yaml", (4, 15), (4, 16), "");
    let asked = json!({
        "textDocument": { "uri": editor.uri("a.campaign.yaml") },
        "range": { "start": { "line": 4, "character": 12 }, "end": { "line": 4, "character": 12 } },
        "context": { "diagnostics": [], "only": ["quickfix"] },
    });
    let actions = editor.ask("textDocument/codeAction", asked).expect("an answer");
    assert_eq!(actions[0]["title"], "Replace `invit` by `invite`");
    assert_eq!(actions[0]["diagnostics"][0]["code"], "unknown-message");
    let edits = actions[0]["edit"]["changes"]
        .as_object()
        .expect("a map")
        .values()
        .next()
        .expect("a file");
    assert_eq!(edits[0]["newText"], "invite");
}

#[test]
fn all_that_is_safe_is_repaired_at_once() {
    let folder = folder();
    let mut editor = editor(&folder);
    editor.change("a.campaign.yaml", (0, 0), (0, 1), "");
    let asked = json!({
        "textDocument": { "uri": editor.uri("a.campaign.yaml") },
        "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } },
        "context": { "diagnostics": [], "only": ["source.fixAll"] },
    });
    let actions = editor.ask("textDocument/codeAction", asked).expect("an answer");
    assert_eq!(actions[0]["kind"], "source.fixAll.crier");
    let edits = actions[0]["edit"]["changes"]
        .as_object()
        .expect("a map")
        .values()
        .next()
        .expect("a file");
    assert_eq!(edits[0]["newText"], "sender: square\n");
}

#[test]
fn a_file_is_laid_out() {
    let folder = folder();
    let mut editor = editor(&folder);
    editor.change("a.campaign.yaml", (2, 9), (2, 9), "    ");
    let asked = json!({
        "textDocument": { "uri": editor.uri("a.campaign.yaml") },
        "options": { "tabSize": 2, "insertSpaces": true },
    });
    let edits = editor.ask("textDocument/formatting", asked).expect("an answer");
    assert_eq!(edits.as_array().map(Vec::len), Some(1));
    assert_eq!(edits[0]["newText"], "schedule: now\n");
    assert_eq!(edits[0]["range"]["start"], json!({ "line": 2, "character": 0 }));
}

#[test]
fn the_outline_has_steps_and_messages() {
    let folder = folder();
    let mut editor = editor(&folder);
    let asked = json!({ "textDocument": { "uri": editor.uri("a.campaign.yaml") } });
    let symbols = editor
        .ask("textDocument/documentSymbol", asked)
        .expect("an answer");
    let names = |symbols: &Value| -> Vec<String> {
        let all = symbols.as_array().expect("a list").iter();
        all.map(|symbol| symbol["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(names(&symbols), ["steps", "messages"]);
    assert_eq!(
        names(&symbols[0]["children"]),
        ["send invite", "wait 2 days", "send bus"]
    );
    assert_eq!(symbols[0]["children"][0]["detail"], "first");
}

#[test]
fn what_is_no_message_is_an_error_and_the_session_goes_on() {
    let folder = folder();
    let mut editor = editor(&folder);
    editor.send_bytes(b"Content-Length: 5\r\n\r\n{\"a\":");
    assert_eq!(editor.next()["error"]["code"], -32700);
    editor.send_bytes(b"Content-Length: 3\r\n\r\n\"\xff\"");
    assert_eq!(editor.next()["error"]["code"], -32700);
    let unknown = editor.ask("crier/nothing", json!({})).expect_err("an error");
    assert_eq!(unknown["code"], -32601);
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn an_input_that_breaks_off_ends_the_process() {
    let folder = folder();
    let mut editor = Editor::start(&folder);
    editor.initialize();
    assert_eq!(editor.cut(), Some(1));
    let mut editor = Editor::start(&folder);
    editor.send_bytes(b"hello\r\n");
    assert_eq!(editor.next()["error"]["code"], -32700);
    assert_eq!(editor.cut(), Some(1));
}

#[test]
fn a_file_outside_of_any_project_is_checked_by_itself() {
    let folder = Folder::new();
    let mut editor = Editor::start(&folder);
    editor.initialize();
    editor.open(
        "b.campaign.yaml",
        "audience: in.csv\nschedule: now\nmessage: Hi\n",
    );
    assert!(codes(&editor.diagnostics("b.campaign.yaml")).contains(&"list-file-missing".to_owned()));
    editor.open(
        "c.campaign.yaml",
        "audience: ../in.csv\nschedule: now\nmessage: Hi\n",
    );
    assert!(codes(&editor.diagnostics("c.campaign.yaml")).contains(&"path-leaves-project".to_owned()));
}

#[test]
fn what_only_several_files_can_have_wrong_is_told_too() {
    let folder = folder();
    folder.write("b.campaign.yaml", &format!("campaign: a\n{CAMPAIGN}"));
    let mut editor = Editor::start(&folder);
    editor.initialize();
    editor.open("a.campaign.yaml", CAMPAIGN);
    assert_eq!(
        codes(&editor.diagnostics("a.campaign.yaml")),
        ["campaign-name-twice"]
    );
    let yaml = CRIER_YAML.replace("prices.csv", "price.csv");
    editor.open("crier.yaml", &yaml);
    // A change of crier.yaml is one of all its campaigns.
    assert_eq!(
        codes(&editor.diagnostics("a.campaign.yaml")),
        ["campaign-name-twice"]
    );
    assert_eq!(codes(&editor.diagnostics("crier.yaml")), ["file-missing"]);
    // What was saved meanwhile counts.
    folder.write("b.campaign.yaml", CAMPAIGN);
    let saved = json!({ "textDocument": { "uri": editor.uri("b.campaign.yaml") } });
    editor.notify("textDocument/didSave", saved);
    assert_eq!(codes(&editor.diagnostics("a.campaign.yaml")), [""; 0]);
}

#[test]
fn what_is_wrong_with_stories_apart_is_told_at_their_file() {
    let folder = folder();
    folder.write(
        "tests/a.yaml",
        "- test: one\n  at: 2026-12-01 10:00\n  story:\n    - expect: invit\n",
    );
    let mut editor = Editor::start(&folder);
    editor.initialize();
    editor.open("a.campaign.yaml", &format!("{CAMPAIGN}tests: tests/a.yaml\n"));
    assert_eq!(codes(&editor.diagnostics("a.campaign.yaml")), [""; 0]);
    let told = editor.diagnostics("tests/a.yaml");
    assert_eq!(codes(&told), ["unknown-message"]);
    let mut all = told.as_array().expect("a list").iter();
    let fault = all.find(|found| found["severity"] == 1).expect("one");
    assert_eq!(fault["range"]["start"], json!({ "line": 3, "character": 14 }));
    folder.write(
        "tests/a.yaml",
        "- test: one\n  at: 2026-12-01 10:00\n  story:\n    - expect: invite\n",
    );
    let saved = json!({ "textDocument": { "uri": editor.uri("tests/a.yaml") } });
    editor.notify("textDocument/didSave", saved);
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), [""; 0]);
    let closed = json!({ "textDocument": { "uri": editor.uri("a.campaign.yaml") } });
    editor.notify("textDocument/didClose", closed);
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), [""; 0]);
}

#[test]
fn a_name_is_changed_in_stories_apart_too() {
    let folder = folder();
    folder.write("tests/a.yaml", "- test: one\n  story:\n    - expect: invite\n");
    let mut editor = editor(&folder);
    let unsaved = "# more\n- test: one\n  story:\n    - expect: invite\n";
    let last = (12, 0);
    editor.change("a.campaign.yaml", last, last, "tests: tests/a.yaml\n");
    let mut asked = editor.at("a.campaign.yaml", (4, 12));
    asked["newName"] = json!("welcome");
    let edit = editor
        .ask("textDocument/rename", asked.clone())
        .expect("an answer");
    let changes = edit["changes"].as_object().expect("a map");
    let stories = changes.iter().find(|(uri, _)| uri.ends_with("/tests/a.yaml"));
    let (_, edits) = stories.expect("the stories are changed");
    assert_eq!(edits[0]["newText"], "welcome");
    assert_eq!(edits[0]["range"]["start"], json!({ "line": 2, "character": 14 }));
    // As it stands in the editor, where it is open.
    editor.open("tests/a.yaml", unsaved);
    let mut of_it = editor.at("a.campaign.yaml", (4, 12));
    of_it["context"] = json!({ "includeDeclaration": false });
    let uses = editor.ask("textDocument/references", of_it).expect("an answer");
    let last = uses.as_array().and_then(|all| all.last()).expect("some");
    assert_eq!(last["uri"], json!(editor.uri("tests/a.yaml")));
    assert_eq!(last["range"]["start"], json!({ "line": 3, "character": 14 }));
    let edit = editor
        .ask("textDocument/rename", asked.clone())
        .expect("an answer");
    let changes = edit["changes"].as_object().expect("a map");
    let stories = changes.iter().find(|(uri, _)| uri.ends_with("/tests/a.yaml"));
    let (_, edits) = stories.expect("the stories are changed");
    assert_eq!(edits[0]["range"]["start"], json!({ "line": 3, "character": 14 }));
    std::fs::remove_file(folder.path().join("tests/a.yaml")).expect("it is there");
    let refused = editor.ask("textDocument/rename", asked).expect_err("an error");
    assert_eq!(
        refused["message"],
        "\"tests/a.yaml\" cannot be read, so that nothing can be changed there"
    );
}

const STORIES: &str = "- test: one\n  at: 2026-12-01 10:00\n  person: { phone: \"+12125550123\" }\n  story:\n    - expect: invite\n";

/// Stories apart, as they stand in the editor.
#[test]
fn stories_that_are_open_are_checked_as_they_stand_in_the_editor() {
    let folder = folder();
    let named = format!("{CAMPAIGN}tests: tests/a.yaml\n");
    folder.write("a.campaign.yaml", &named);
    folder.write("tests/a.yaml", STORIES);
    let mut editor = Editor::start(&folder);
    editor.initialize();
    let wrong = ["unknown-message"];
    // The campaign is not open.
    editor.open("tests/a.yaml", &STORIES.replace("invite", "invit"));
    let told = editor.diagnostics("tests/a.yaml");
    assert_eq!(codes(&told), wrong);
    assert_eq!(told[0]["range"]["start"], json!({ "line": 4, "character": 14 }));
    editor.change("tests/a.yaml", (4, 19), (4, 19), "e");
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), [""; 0]);
    // It is, and counts as it stands in the editor.
    editor.open("a.campaign.yaml", &named);
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), [""; 0]);
    editor.open("a.campaign.yaml", &named.replace("invite", "welcome"));
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), wrong);
    // What is wrong with it elsewhere hides nothing of its stories.
    let last = (u32::try_from(named.lines().count()).expect("few"), 0);
    editor.change("a.campaign.yaml", last, last, "limts: 1\n");
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), wrong);
    // Closed, it is as it was saved.
    editor.close("tests/a.yaml");
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), [""; 0]);
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), wrong);
}

#[test]
fn of_a_yaml_file_that_holds_no_stories_nothing_is_said() {
    let folder = folder();
    folder.write("a.campaign.yaml", &format!("{CAMPAIGN}tests: tests/a.yaml\n"));
    folder.write("tests/a.yaml", STORIES);
    let mut editor = Editor::start(&folder);
    editor.initialize();
    editor.open("other.yaml", "[");
    editor.open("tests/a.yaml", "[");
    // Nothing came of the other before this.
    assert_eq!(codes(&editor.diagnostics("tests/a.yaml")), ["invalid-yaml"]);
    assert!(!editor.has_told("other.yaml"));
}
