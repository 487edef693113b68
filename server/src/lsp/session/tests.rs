use super::*;

/// What is answered to messages, a line each: the result or the error's code, or the method of a notification.
fn answers(session: &mut Session, messages: &[Value]) -> Vec<String> {
    let mut all = vec![];
    for message in messages {
        session.take(Incoming::Message(message.clone()));
        while let Some(check) = session.next_check() {
            session.checked(check.run());
        }
        let told = session.outgoing().into_iter();
        all.extend(told.map(
            |told| match (told.get("result"), told.get("error"), told.get("method")) {
                (Some(result), ..) => result.to_string(),
                (_, Some(error), _) => error["code"].to_string(),
                (_, _, method) => method.and_then(Value::as_str).unwrap_or_default().to_owned(),
            },
        ));
    }
    all
}

fn ready() -> Session {
    let mut session = Session::new("0");
    answers(
        &mut session,
        &[json!({ "id": 0, "method": "initialize", "params": {} })],
    );
    session
}

const FILE: &str = "untitled:x.campaign.yaml";

fn open(text: &str) -> Value {
    json!({ "method": "textDocument/didOpen", "params": { "textDocument": {
        "uri": FILE, "languageId": "yaml", "version": 1, "text": text,
    } } })
}

fn hover(line: u32, character: u32) -> Value {
    json!({ "id": 1, "method": "textDocument/hover", "params": {
        "textDocument": { "uri": FILE }, "position": { "line": line, "character": character },
    } })
}

#[test]
fn a_client_begins_with_initialize_and_ends_with_shutdown_and_exit() {
    let mut session = Session::new("0");
    let shutdown = json!({ "id": 1, "method": "shutdown" });
    assert_eq!(answers(&mut session, &[hover(0, 0)]), ["-32002"]);
    answers(
        &mut session,
        &[json!({ "id": 0, "method": "initialize", "params": {} })],
    );
    assert_eq!(
        answers(&mut session, &[shutdown, hover(0, 0)]),
        ["null", "-32600"]
    );
    assert_eq!(
        session.take(Incoming::Message(json!({ "method": "exit" }))),
        Next::End(Ended::Asked)
    );
    assert_eq!(
        ready().take(Incoming::Message(json!({ "method": "exit" }))),
        Next::End(Ended::Cut)
    );
    assert_eq!(ready().take(Incoming::End), Next::End(Ended::Cut));
}

#[test]
fn what_is_no_request_of_ours_is_an_error_and_no_end() {
    let table = [
        (
            json!({ "id": 1, "method": "textDocument/nothing" }),
            vec!["-32601"],
        ),
        (json!({ "id": 1, "method": "textDocument/hover" }), vec!["-32602"]),
        (
            json!({ "id": 1, "method": "textDocument/hover", "params": [7] }),
            vec!["-32602"],
        ),
        (
            json!({ "id": [], "method": "textDocument/hover" }),
            vec!["-32600"],
        ),
        (json!({ "id": 1 }), vec!["-32600"]),
        (json!([]), vec!["-32600"]),
        (json!("x"), vec!["-32600"]),
        (json!({ "id": 1, "result": null }), vec![]),
        (
            json!({ "method": "$/cancelRequest", "params": { "id": 1 } }),
            vec![],
        ),
        (json!({ "method": "textDocument/didOpen", "params": 7 }), vec![]),
        (
            json!({ "method": "textDocument/didChange", "params": {} }),
            vec![],
        ),
        (
            json!({ "id": 1, "method": "initialize", "params": {} }),
            vec!["-32600"],
        ),
    ];
    for (message, expected) in table {
        assert_eq!(
            answers(&mut ready(), std::slice::from_ref(&message)),
            expected,
            "{message}"
        );
    }
}

#[test]
fn places_that_do_not_exist_have_the_empty_answer() {
    let mut session = ready();
    assert_eq!(answers(&mut session, &[hover(0, 0)]), ["null"]);
    let told = answers(
        &mut session,
        &[open("purpose: service\n"), hover(9, 9), hover(u32::MAX, u32::MAX)],
    );
    assert_eq!(told, ["textDocument/publishDiagnostics", "null", "null"]);
    let close = json!({ "method": "textDocument/didClose", "params": { "textDocument": { "uri": FILE } } });
    assert_eq!(
        answers(&mut session, &[close, hover(0, 0)]),
        ["textDocument/publishDiagnostics", "null"]
    );
}

#[test]
fn changes_outside_of_the_text_are_put_at_its_end() {
    let mut session = ready();
    answers(&mut session, &[open("purpose: service\n")]);
    let change = |start: u32, end: u32| {
        json!({ "method": "textDocument/didChange", "params": {
        "textDocument": { "uri": FILE, "version": 2 },
        "contentChanges": [{ "range": {
            "start": { "line": start, "character": 0 }, "end": { "line": end, "character": 0 },
        }, "text": "languages: [en]\n" }],
    } })
    };
    answers(&mut session, &[change(900, 901), change(1, 0)]);
    let known = session.documents.known(FILE).expect("open");
    assert_eq!(known.text, "purpose: service\nlanguages: [en]\nlanguages: [en]\n");
    assert_eq!(known.version, 2);
}

#[test]
fn a_file_that_is_too_large_is_told_so() {
    let mut session = ready();
    answers(&mut session, &[open(&"x".repeat(dsl::LARGEST_FILE + 1))]);
    let (_, found) = session.documents.found(FILE).expect("open");
    let codes: Vec<&str> = found.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["file-too-large"]);
    assert_eq!(answers(&mut session, &[hover(0, 3)]), ["null"]);
}

#[test]
fn other_files_are_not_ours() {
    let mut session = ready();
    let other = json!({ "method": "textDocument/didOpen", "params": { "textDocument": {
        "uri": "file:///x/readme.md", "languageId": "markdown", "version": 1, "text": "steps:",
    } } });
    assert!(answers(&mut session, &[other]).is_empty());
}

#[test]
fn what_was_found_of_a_file_that_was_changed_since_is_not_told() {
    let mut session = ready();
    session.take(Incoming::Message(open("purpose: service\n")));
    let check = session.next_check().expect("the file");
    let change = json!({ "method": "textDocument/didChange", "params": {
        "textDocument": { "uri": FILE, "version": 2 },
        "contentChanges": [{ "text": "purpose: marketing\n" }],
    } });
    session.take(Incoming::Message(change));
    session.checked(check.run());
    assert!(session.outgoing().is_empty());
    let again = session.next_check().expect("the file again");
    session.checked(again.run());
    assert_eq!(session.outgoing().len(), 1);
    assert!(session.next_check().is_none());
}
