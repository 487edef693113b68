//! Makes the long form: goes through the tables and the file together, key by key. What is short for a map, a list or
//! several languages is told by the forms of the tables.

use super::inherit::inherited;
use super::{Around, Line, Origin, Value};
use crate::check;
use crate::schema;
use crate::tree::{self, Entry, Kind, Node, Style};
use crate::values::Language;
use crate::written::campaign::{Campaign, Texts};
use crate::written::key::{Form, Key, KeyKind, Object, Status};
use crate::written::tables;
use crate::written::{fits, own_entries};
use crate::{CampaignFile, ProjectFile};

/// The key that a scalar stands for where the map of this title is meant.
const SHORT_FOR: &[(&str, &str)] = &[
    ("`audience`", "from"),
    ("`schedule`", "at"),
    ("a field", "type"),
    ("`frequency`", "most"),
    ("`event`", "name"),
];

/// What the long form is made from.
pub(super) struct Long<'a> {
    pub(super) around: &'a Around<'a>,
    pub(super) written: &'a Campaign,
    /// Those of the campaign.
    pub(super) languages: Vec<Language>,
}

/// The long form of a campaign.
pub(super) fn campaign(file: &CampaignFile, around: &Around<'_>) -> Vec<Line> {
    let long = Long {
        around,
        written: file.written(),
        languages: check::languages_of(file.written(), around.project),
    };
    let root = file.read.tree.root.as_ref();
    let mut lines = long.map(&tables::CAMPAIGN, root, &|key| root?.get(key));
    long.in_place_of_message(&mut lines);
    name_steps(&mut lines);
    lines
}

/// The long form of a crier.yaml.
pub(super) fn project(file: &ProjectFile, around: &Around<'_>) -> Vec<Line> {
    let written = check::as_campaign(file);
    let long = Long {
        around,
        written: &written,
        languages: check::languages_of(&written, around.project),
    };
    let root = file.read.tree.root.as_ref();
    long.map(&tables::PROJECT, root, &|key| root?.get(key))
}

impl Long<'_> {
    /// The keys of a map: `get` gives the value of a key, and `rest` has the keys that the author chose.
    fn map<'n>(
        &self,
        object: &'static Object,
        rest: Option<&'n Node>,
        get: &dyn Fn(&str) -> Option<&'n Node>,
    ) -> Vec<Line> {
        let mut lines = vec![];
        let languages = is_by_language(object);
        for key in object
            .keys
            .iter()
            .filter(|key| !(languages && key.name == "text"))
        {
            let line = match get(key.name) {
                Some(node) => Some(line(key.name, self.value(node, &key.form), Origin::File)),
                None => self.absent(object, key, get),
            };
            lines.extend(line);
        }
        match rest {
            Some(node) if languages => lines.extend(self.texts(node, is_sent(object))),
            Some(node) => lines.extend(self.chosen(object, node)),
            None => {}
        }
        lines
    }

    /// The keys that the author chose.
    fn chosen(&self, object: &'static Object, node: &Node) -> Vec<Line> {
        let Some(open) = &object.open else { return vec![] };
        own_entries(node)
            .filter(|entry| object.key(&entry.key.text).is_none())
            .map(|entry| line(&entry.key.text, self.value(&entry.value, open.form), Origin::File))
            .collect()
    }

    /// A key that is not written: what it is then. None where that goes without saying.
    fn absent<'n>(
        &self,
        object: &'static Object,
        key: &'static Key,
        get: &dyn Fn(&str) -> Option<&'n Node>,
    ) -> Option<Line> {
        if object.one_of.contains(&key.name) {
            return None;
        }
        if key.status == Status::Later {
            return self.of_later_version(object, key);
        }
        if let Some(inherited) = inherited(self, object, key) {
            return inherited;
        }
        // Whether a day comes every year, and how far from it, is asked only where a column gives it, the first and the last day
        // only of a cron, no cell is empty without a column, and a truth is as long as it is.
        let is_bool = get("type").and_then(Node::text) == Some("bool");
        let of_schedule = object.title == "`schedule`";
        let of_day = key.name == "yearly" || (of_schedule && matches!(key.name, "before" | "after"));
        let pointless = (of_day && get("date").is_none())
            || (of_schedule && matches!(key.name, "from" | "until") && get("cron").is_none())
            || (of_schedule && key.name == "clock" && get("date").is_some())
            || (object.title == "a field" && key.name == "default" && get("from").is_some())
            || (object.title == "a field" && key.name == "longest" && is_bool);
        if pointless {
            return None;
        }
        if let Some(value) = schema::default(key.doc) {
            let node = tree::parse(value).0.root?;
            let value = self.value(&node, &key.form).all_from(Origin::Default);
            return Some(line(key.name, value, Origin::Default));
        }
        if let Some(whole) = self.whole(&key.form) {
            return Some(line(key.name, whole, Origin::Default));
        }
        let (_, means) = key.doc.rsplit_once("Default: ")?;
        let means = Value::Nothing(means.trim_end_matches('.').to_owned());
        object
            .one_of
            .is_empty()
            .then(|| line(key.name, means, Origin::Default))
    }

    /// What holds for the whole campaign stands there in words: as a key it would be refused.
    fn of_later_version(&self, object: &'static Object, key: &'static Key) -> Option<Line> {
        let value = schema::default(key.doc).filter(|_| std::ptr::eq(object, &tables::CAMPAIGN))?;
        Some(line(key.name, Value::Nothing(value.to_owned()), Origin::Default))
    }

    /// A map that is not written, where some key of it has a value all the same.
    fn whole(&self, form: &'static Form) -> Option<Value> {
        let Form::Object(object) = form else { return None };
        if object.open.is_some() || !object.required.is_empty() || !object.one_of.is_empty() {
            return None;
        }
        let lines = self.map(object, None, &|_| None);
        let any = lines.iter().any(|line| !matches!(line.value, Value::Nothing(_)));
        any.then_some(Value::Map(lines))
    }

    fn value(&self, node: &Node, form: &'static Form) -> Value {
        match form {
            Form::List(item) => self.items(node, item),
            Form::OneOrList(item) => match node.kind {
                Kind::List(_) => self.items(node, item),
                Kind::Map(_) | Kind::Scalar(_) | Kind::Bad => Value::List(vec![self.value(node, item)]),
            },
            Form::Object(object) => self.object(object, node),
            Form::ByKind(kinds) => {
                let kind = node.get("kind").and_then(Node::text);
                let object = kinds.iter().find(|one| Some(one.kind) == kind);
                match object.and_then(|one| one.object) {
                    Some(object) => self.object(object, node),
                    None => as_written(node),
                }
            }
            Form::Either(forms) => self.either(node, forms),
            Form::Any => as_written(node),
            scalar => Value::scalar(node, scalar),
        }
    }

    fn items(&self, node: &Node, item: &'static Form) -> Value {
        Value::List(node.items().iter().map(|node| self.value(node, item)).collect())
    }

    fn object(&self, object: &'static Object, node: &Node) -> Value {
        Value::Map(self.map(object, Some(node), &|key| node.get(key)))
    }

    /// Of several forms the longest that says the same.
    fn either(&self, node: &Node, forms: &'static [Form]) -> Value {
        let fitting = forms.iter().find(|form| fits(form, node));
        if matches!(node.kind, Kind::List(_)) {
            return fitting.map_or_else(|| as_written(node), |form| self.value(node, form));
        }
        for form in forms {
            if let Form::List(item) = form
                && fits(item, node)
            {
                return Value::List(vec![self.value(node, item)]);
            }
        }
        let maps = forms.iter().filter_map(map_of);
        if let Some(lines) = node
            .scalar()
            .and_then(|_| self.in_long(node, forms, maps.collect()))
        {
            return Value::Map(lines);
        }
        fitting.map_or_else(|| as_written(node), |form| self.value(node, form))
    }

    /// The map that a scalar is short for; none where it is not.
    fn in_long(&self, node: &Node, forms: &'static [Form], maps: Vec<&'static Object>) -> Option<Vec<Line>> {
        let text = matches!(forms.first(), Some(Form::Message | Form::Text));
        if let Some(object) = maps.iter().find(|object| text && is_by_language(object)) {
            return Some(self.texts(node, is_sent(object)));
        }
        maps.into_iter().find_map(|object| {
            let (_, short) = SHORT_FOR.iter().find(|(title, _)| *title == object.title)?;
            Some(self.map(object, None, &|key| (key == *short).then_some(node)))
        })
    }

    /// A text for each language of the campaign. One for all stays one where a language's own check would refuse it.
    fn texts(&self, node: &Node, sent: bool) -> Vec<Line> {
        let Some(texts) = Texts::read(node) else {
            return vec![];
        };
        if let Texts::One(value) = &texts
            && sent
            && self.says_how_unevenly(&value.text)
        {
            return vec![line("text", Value::Text(value.text.clone()), Origin::File)];
        }
        let one = |language: &Language| {
            let text = texts.of(language)?.text.clone();
            Some(line(language.as_str(), Value::Text(text), Origin::File))
        };
        self.languages.iter().filter_map(one).collect()
    }

    /// Whether a text says in one language how to opt out, and in another does not: ARRET does in French alone.
    fn says_how_unevenly(&self, text: &str) -> bool {
        let ways = check::Ways::new(self.written, self.around.project);
        let mut says = self
            .languages
            .iter()
            .map(|language| ways.are_said(text, language));
        let first = says.next();
        says.any(|next| Some(next) != first)
    }

    /// `message` is one step that sends one message.
    fn in_place_of_message(&self, lines: &mut Vec<Line>) {
        let Some(at) = lines.iter().position(|line| line.key == "message") else {
            return;
        };
        let text = lines.remove(at).value;
        let mut name = "message".to_owned();
        while self.written.messages.iter().any(|other| other.name.value == name) {
            name.push_str("-text");
        }
        let send = Value::Map(vec![
            line("send", Value::Word(name.clone()), Origin::File),
            line("id", Value::Word(name.clone()), Origin::File),
        ]);
        lines.insert(at, line("steps", Value::List(vec![send]), Origin::Message));
        let message = line(&name, text, Origin::File);
        match lines.iter_mut().find(|line| line.key == "messages") {
            Some(Line {
                value: Value::Map(messages),
                ..
            }) => messages.insert(
                0,
                Line {
                    from: Origin::Message,
                    ..message
                },
            ),
            Some(_) | None => {
                let messages = Value::Map(vec![message]);
                lines.insert(at + 1, line("messages", messages, Origin::Message));
            }
        }
    }
}

/// Each step gets the name that reports call it by, where no other step has it.
fn name_steps(lines: &mut [Line]) {
    let steps = lines.iter_mut().find(|line| line.key == "steps");
    let Some(Value::List(steps)) = steps.map(|line| &mut line.value) else {
        return;
    };
    let id = |step: &Value| match step {
        Value::Map(keys) => keys
            .iter()
            .find(|line| line.key == "id")
            .map(|line| line.value.clone()),
        Value::Text(_) | Value::Word(_) | Value::Bare(_) | Value::List(_) | Value::Nothing(_) => None,
    };
    let taken: Vec<Value> = steps.iter().filter_map(id).collect();
    for (number, step) in (1..).zip(steps) {
        let name = Value::Word(format!("step-{number}"));
        if let Value::Map(keys) = step
            && !keys.iter().any(|line| line.key == "id")
            && !taken.contains(&name)
        {
            keys.insert(keys.len().min(1), line("id", name, Origin::Place));
        }
    }
}

pub(super) fn line(key: &str, value: Value, from: Origin) -> Line {
    Line {
        key: key.to_owned(),
        value,
        from,
    }
}

/// The keys of a form that is a map.
fn map_of(form: &'static Form) -> Option<&'static Object> {
    if let Form::Object(object) = form {
        return Some(object);
    }
    None
}

fn is_by_language(object: &Object) -> bool {
    object
        .open
        .as_ref()
        .is_some_and(|open| open.key == KeyKind::Language)
}

/// Whether its texts are sent, so that they are held to what the first text must say.
fn is_sent(object: &Object) -> bool {
    object
        .open
        .as_ref()
        .is_some_and(|open| matches!(open.form, Form::Message))
}

impl Value {
    /// The same with all that is in it from there.
    fn all_from(self, from: Origin) -> Value {
        match self {
            Value::Map(lines) => {
                let one = |line: Line| Line {
                    value: line.value.all_from(from),
                    from,
                    ..line
                };
                Value::Map(lines.into_iter().map(one).collect())
            }
            Value::List(items) => Value::List(items.into_iter().map(|item| item.all_from(from)).collect()),
            Value::Text(_) | Value::Word(_) | Value::Bare(_) | Value::Nothing(_) => self,
        }
    }

    fn scalar(node: &Node, form: &Form) -> Value {
        let text = node.text().unwrap_or_default();
        if matches!(form, Form::Message) {
            Value::Text(text.trim_end().to_owned())
        } else if matches!(form, Form::Text) {
            Value::Text(text.to_owned())
        } else if matches!(
            form,
            Form::Version | Form::Flag | Form::Count | Form::Positive | Form::UpTo(_)
        ) {
            Value::Bare(text.to_owned())
        } else {
            Value::Word(text.to_owned())
        }
    }
}

/// A value that no table knows, as it stands.
fn as_written(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar(scalar) if scalar.style == Style::Plain => Value::Bare(scalar.text.clone()),
        Kind::Scalar(scalar) => Value::Text(scalar.text.clone()),
        Kind::List(items) => Value::List(items.iter().map(as_written).collect()),
        Kind::Map(entries) => {
            let one = |entry: &Entry| line(&entry.key.text, as_written(&entry.value), Origin::File);
            Value::Map(entries.iter().map(one).collect())
        }
        Kind::Bad => Value::Bare(String::new()),
    }
}
