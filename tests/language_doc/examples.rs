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
    let project = project_of(&all);
    all.iter().filter_map(|example| judge(example, project)).collect()
}

/// The files that the examples are or are part of, with their names, and a folder for them. `good`: only those that give
/// nothing.
pub fn files(text: &str, good: bool) -> (Folder, Vec<(String, String)>) {
    let all = examples(text);
    let wanted = all.iter().filter(|example| !good || example.fails().is_none());
    let files = wanted.filter_map(Example::file);
    let files = files.map(|(name, text)| (name.to_owned(), text)).collect();
    (folder_with(project_of(&all)), files)
}

/// The example that is the project of the others.
fn project_of<'a>(all: &'a [Example<'_>]) -> &'a str {
    let mut projects = all.iter().filter(|example| example.words.contains(&"project"));
    &projects.next().expect("one is").text
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

impl Example<'_> {
    /// The code that it is to give, if any.
    fn fails(&self) -> Option<&str> {
        let mut after = self.words.iter().skip_while(|word| **word != "fails");
        after.nth(1).copied()
    }

    /// The name and the text of the file that it is, or is part of; none where its words do not say.
    fn file(&self) -> Option<(&str, String)> {
        let named = self.words.iter().find(|word| word.ends_with(".yaml")).copied();
        match (named, self.words.contains(&"fragment")) {
            (Some(name), false) => Some((name, self.text.clone())),
            (Some(name), true) => Some((name, around_project(&self.text))),
            (None, true) => Some(("fragment.campaign.yaml", around_campaign(&self.text))),
            (None, false) => None,
        }
    }
}

fn judge(example: &Example<'_>, project: &str) -> Option<String> {
    let due: BTreeSet<&str> = example.fails().into_iter().collect();
    let Some((name, text)) = example.file() else {
        return Some(format!("line {}: nobody knows what file this is", example.line));
    };
    let found = check(name, &text, project);
    // The crier.yaml of the page asks for a consent, and most of its examples show one key, not where that is given.
    let told = found.diagnostics.iter().map(|d| d.code);
    let codes: BTreeSet<&str> = told.filter(|code| *code != "nobody-consents").collect();
    (codes != due).then(|| {
        let shown = dsl::render::concise(&found.diagnostics, name, &found.text);
        format!(
            "line {}: {due:?} is due, and it gives\n{shown}{text}",
            example.line
        )
    })
}

/// A folder with this crier.yaml, and the lists that the examples name.
fn folder_with(project: &str) -> Folder {
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
    folder.write(PROJECT_FILE, project);
    folder
}

fn check(name: &str, text: &str, project: &str) -> CheckedFile {
    let folder = folder_with(if name == PROJECT_FILE { text } else { project });
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
