//! The long form of a campaign: every key that applies, with its value and where that comes from. What is written short
//! is written out, what is not written gets its default, and the result is a campaign that means the same. A key that
//! this version cannot do has a value only where the file has it: as its default it would be refused. Of such a key of the
//! whole campaign it is said in words what holds.

use serde_json::{Map, Value as Json, json};

use crate::project::Project;
use crate::{CampaignFile, ProjectFile};

mod inherit;
mod long;
mod yaml;

/// What a campaign takes from its surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The project it belongs to.
    pub project: &'a Project,
    /// Whether that stands in a crier.yaml; else it is what holds without one.
    pub has_file: bool,
    /// The campaign's file name without its endings; its name where the file states none.
    pub file_name: &'a str,
}

/// One key of the long form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Where that comes from. Lines of a map that comes from elsewhere say the same as the map.
    pub from: Origin,
}

/// A value of the long form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text for people.
    Text(String),
    /// Any other text: a name, a time, a condition.
    Word(String),
    /// A number or truth value, as it is written without quotes.
    Bare(String),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(Vec<Line>),
    /// No value: what holds, in words.
    Nothing(String),
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It stands in the file.
    File,
    /// It stands in the file, under the key `message`, which is short for several.
    Message,
    /// It is what holds where nothing is said.
    Default,
    /// It stands in crier.yaml.
    Project,
    /// There is only one sender in crier.yaml.
    OnlySender,
    /// It is the file's name.
    FileName,
    /// It says where the step stands.
    Place,
}

/// A campaign in its long form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The keys, in the order of the reference.
    pub lines: Vec<Line>,
}

/// The long form of a campaign that has no errors. Of one that has some it is what could be read.
pub fn campaign(file: &CampaignFile, around: &Around<'_>) -> Expanded {
    Expanded {
        lines: long::campaign(file, around),
    }
}

/// The long form of a crier.yaml that has no errors; `file_name`: that of its folder, its name where it states none.
pub fn project(file: &ProjectFile, around: &Around<'_>) -> Expanded {
    Expanded {
        lines: long::project(file, around),
    }
}

impl Expanded {
    /// As a campaign file, with a comment after whatever does not stand in the file that it was made of.
    pub fn yaml(&self) -> String {
        yaml::written(&self.lines)
    }

    /// For programs: a map of keys, each with its `value` and `from`. Where nothing has a value it is `null`, and `means`
    /// says in words what holds.
    pub fn json(&self) -> Json {
        map(&self.lines)
    }
}

fn map(lines: &[Line]) -> Json {
    let entries = lines.iter().map(|line| {
        let mut entry = Map::from_iter([
            ("value".to_owned(), value(&line.value)),
            ("from".to_owned(), line.from.word().into()),
        ]);
        if let Value::Nothing(means) = &line.value {
            entry.insert("means".into(), means.as_str().into());
        }
        (line.key.clone(), Json::Object(entry))
    });
    Json::Object(entries.collect())
}

fn value(of: &Value) -> Json {
    match of {
        Value::Text(text) | Value::Word(text) => text.as_str().into(),
        Value::Bare(text) => bare(text),
        Value::List(items) => items.iter().map(value).collect(),
        Value::Map(lines) => map(lines),
        Value::Nothing(_) => Json::Null,
    }
}

fn bare(text: &str) -> Json {
    match (text, text.parse::<i64>()) {
        ("true" | "false", _) => json!(text == "true"),
        (_, Ok(number)) => number.into(),
        (_, Err(_)) => text.into(),
    }
}

impl Origin {
    /// For programs.
    pub fn word(self) -> &'static str {
        match self {
            Origin::File | Origin::Message => "file",
            Origin::Default => "default",
            Origin::Project | Origin::OnlySender => "crier.yaml",
            Origin::FileName => "file-name",
            Origin::Place => "place",
        }
    }

    /// For people; none for what stands in the file.
    pub fn comment(self) -> Option<&'static str> {
        match self {
            Origin::File => None,
            Origin::Message => Some("`message`, in its long form"),
            Origin::Default => Some("default"),
            Origin::Project => Some("from crier.yaml"),
            Origin::OnlySender => Some("from crier.yaml: its only one"),
            Origin::FileName => Some("from the file's name"),
            Origin::Place => Some("by its place"),
        }
    }
}
