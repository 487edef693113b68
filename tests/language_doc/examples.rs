//! The fenced `yaml` examples of the reference, checked. The words after `yaml` say what one is: the name of a campaign
//! file, `crier.yaml`, or `fragment`: keys of a campaign, or steps of one. `fails CODE` says what it gives, else nothing.

use std::collections::BTreeSet;

use engine::load::{self, CheckedFile, PROJECT_FILE};
use regex::Regex;

use crate::project::Folder;

struct Example<'a> {
    line: usize,
    words: Vec<&'a str>,
    text: String,
}

/// What is not as the reference says.
pub fn wrong(text: &str) -> Vec<String> {
    let all = examples(text);
    assert!(all.len() > 20, "the reference has examples");
    let is_project = |example: &&Example<'_>| example.words.contains(&"project");
    let project = all
        .iter()
        .find(is_project)
        .expect("one example is the project of the others");
    all.iter()
        .filter_map(|example| judge(example, &project.text))
        .collect()
}

fn examples(text: &str) -> Vec<Example<'_>> {
    let mut lines = (1..).zip(text.lines());
    let mut all = vec![];
    while let Some((line, fence)) = lines.next() {
        let Some(info) = fence.strip_prefix("```yaml") else {
            continue;
        };
        let own = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```");
        all.push(Example {
            line,
            words: info.split_whitespace().collect(),
            text: own.map(|line| format!("{line}\n")).collect(),
        });
    }
    all
}

fn judge(example: &Example<'_>, project: &str) -> Option<String> {
    let words = &example.words;
    let after = |word: &str| words.iter().skip_while(|own| **own != word).nth(1).copied();
    let due: BTreeSet<&str> = after("fails").into_iter().collect();
    let named = words.iter().find(|word| word.ends_with(".yaml")).copied();
    let fragment = words.contains(&"fragment");
    let (name, text) = match (named, fragment) {
        (Some(name), false) => (name, example.text.clone()),
        (Some(name), true) => (name, around_project(&example.text)),
        (None, true) => ("fragment.campaign.yaml", around_campaign(&example.text)),
        (None, false) => return Some(format!("line {}: nobody knows what file this is", example.line)),
    };
    let found = check(name, &text, project);
    let codes: BTreeSet<&str> = found.diagnostics.iter().map(|d| d.code).collect();
    (codes != due).then(|| {
        let shown = dsl::render::concise(&found.diagnostics, name, &found.text);
        format!(
            "line {}: {due:?} is due, and it gives\n{shown}{text}",
            example.line
        )
    })
}

fn check(name: &str, text: &str, project: &str) -> CheckedFile {
    let folder = Folder::new();
    let columns = "phone,first_name,city,age,joined,Data di nascita\n";
    for list in [
        "lists/customers.csv",
        "lists/staff.csv",
        "lists/moved.csv",
        "lists/gone.csv",
    ] {
        folder.write(list, columns);
    }
    folder.write("lists/opted-in.csv", "Mobile,Lang,Nome,city,age\n");
    folder.write(PROJECT_FILE, if name == PROJECT_FILE { text } else { project });
    let project = load::load_project(folder.path()).expect("readable");
    if name == PROJECT_FILE {
        return project.file.expect("it was written");
    }
    folder.write(name, text);
    let campaign = load::load_campaign_of(&folder.path().join(name), project);
    campaign.expect("readable").file
}

/// Keys of crier.yaml, with those that must be there.
fn around_project(text: &str) -> String {
    let own = top_keys(text);
    let mut whole = String::from("crier: 1\n");
    for (key, value) in [
        ("providers", "{ trial: { kind: simulated } }"),
        (
            "senders",
            "{ arena: { number: \"+390612345678\", provider: trial } }",
        ),
    ] {
        if !own.contains(key) {
            whole += &format!("{key}: {value}\n");
        }
    }
    whole + text
}

/// Keys or steps of a campaign, with the keys that must be there and a text for each message that is sent.
fn around_campaign(text: &str) -> String {
    let text = match text.starts_with("- ") {
        true => format!(
            "steps:\n{}",
            text.lines().map(|line| format!("  {line}\n")).collect::<String>()
        ),
        false => text.to_owned(),
    };
    let own = top_keys(&text);
    let mut whole = String::new();
    let begins = own.contains("trigger");
    // These people agreed to what the policy asks for.
    let audience = "{ from: lists/customers.csv, consent: { kind: opt_in, source: form } }";
    for (key, value) in [("audience", audience), ("schedule", "now")] {
        if !own.contains(key) && !begins {
            whole += &format!("{key}: {value}\n");
        }
    }
    if !own.contains("message") && !own.contains("steps") {
        whole += "message: \"Doors open at nine. STOP to opt out\"\n";
    }
    whole += &text;
    if !own.contains("messages") {
        let sent = Regex::new("(?:send|ask|unclear): ([a-z][a-z0-9-]*)").expect("a pattern");
        let sent: BTreeSet<&str> = sent
            .captures_iter(&text)
            .filter_map(|c| Some(c.get(1)?.as_str()))
            .collect();
        if !sent.is_empty() {
            whole += "messages:\n";
        }
        for name in sent {
            whole += &format!("  {name}: \"This is {name}. STOP to opt out\"\n");
        }
    }
    whole
}

fn top_keys(text: &str) -> BTreeSet<&str> {
    let keys = text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    keys.filter_map(|line| line.split(':').next()).collect()
}
