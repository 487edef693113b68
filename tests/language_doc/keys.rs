//! Tables of keys as Markdown. A marker names the map by the keys that lead to it: `campaign.audience.invalid`;
//! `*` is a key that the author chooses, and of `providers.*` the kind follows.

use dsl::written::key::{Form, Key, KeyKind, KindOf, Object, Status};
use dsl::written::tables;

const BEGIN: &str = "<!-- keys: ";
const END: &str = "<!-- end -->";

/// The text with every table as it is due.
pub fn written_anew(text: &str) -> String {
    let mut made = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        made += line;
        made.push('\n');
        if let Some(marker) = marker(line) {
            made += &table(&shown(marker));
            made += END;
            made.push('\n');
            let closed = lines.by_ref().any(|line| line == END);
            assert!(closed, "{line} is not closed by {END}");
        }
    }
    made
}

/// The maps of the language of which some key stands in no table.
pub fn missing(text: &str) -> Vec<String> {
    let shown: Vec<&str> = text
        .lines()
        .filter_map(marker)
        .flat_map(|marker| shown(marker).keys)
        .map(|key| key.doc)
        .collect();
    let mut all = vec![];
    collect(&tables::CAMPAIGN, &mut all);
    collect(&tables::PROJECT, &mut all);
    let lacks = |object: &&Object| object.keys.iter().find(|key| !shown.contains(&key.doc));
    all.iter()
        .filter_map(|object| Some(format!("`{}` of {}", lacks(object)?.name, object.title)))
        .collect()
}

fn marker(line: &str) -> Option<&str> {
    line.strip_prefix(BEGIN)?.strip_suffix(" -->")
}

/// A table, as a marker asks for it.
struct Shown {
    object: &'static Object,
    keys: Vec<&'static Key>,
}

/// `PATH`; `PATH verbs` and `PATH details` are the keys of which one stands in each, and the others; `PATH without PATH`
/// leaves out what another table shows.
fn shown(marker: &str) -> Shown {
    let (path, rest) = marker.split_once(' ').unwrap_or((marker, ""));
    let object = object(path);
    let is_verb = |key: &&Key| object.one_of.contains(&key.name);
    let keys = object.keys.iter();
    let keys = match rest.split_once(' ') {
        None if rest == "verbs" => keys.filter(is_verb).collect(),
        None if rest == "details" => keys.filter(|key| !is_verb(key)).collect(),
        None => {
            assert_eq!(rest, "", "{marker}");
            keys.collect()
        }
        Some((word, other)) => {
            assert_eq!(word, "without", "{marker}");
            let other = self::object(other);
            keys.filter(|key| other.key(key.name).is_none()).collect()
        }
    };
    Shown { object, keys }
}

fn object(path: &str) -> &'static Object {
    let mut parts = path.split('.');
    let mut at: &'static Object = match parts.next() {
        Some("campaign") => &tables::CAMPAIGN,
        Some("crier") => &tables::PROJECT,
        _ => panic!("{path} begins with neither `campaign` nor `crier`"),
    };
    while let Some(part) = parts.next() {
        let form = match part {
            "*" => at.open.as_ref().map(|open| open.form),
            part => at.key(part).map(|key| &key.form),
        };
        let form = form.unwrap_or_else(|| panic!("{path}: there is no {part}"));
        at = match kinds(form) {
            Some(kinds) => {
                let name = parts.next();
                let kind = kinds.iter().find(|kind| Some(kind.kind) == name);
                kind.and_then(|kind| kind.object)
                    .unwrap_or_else(|| panic!("{path}: no such kind"))
            }
            None => objects(form)
                .first()
                .copied()
                .unwrap_or_else(|| panic!("{path}: {part} is no map")),
        };
    }
    at
}

fn kinds(form: &'static Form) -> Option<&'static [KindOf]> {
    match form {
        Form::ByKind(kinds) => Some(kinds),
        _ => None,
    }
}

/// The maps that a value of this form can be.
fn objects(form: &'static Form) -> Vec<&'static Object> {
    match form {
        Form::Object(object) => vec![object],
        Form::List(form) | Form::OneOrList(form) => objects(form),
        Form::Either(forms) => forms.iter().flat_map(objects).collect(),
        Form::ByKind(kinds) => kinds.iter().filter_map(|kind| kind.object).collect(),
        _ => vec![],
    }
}

fn collect(object: &'static Object, all: &mut Vec<&'static Object>) {
    if all.iter().any(|other| std::ptr::eq(*other, object)) {
        return;
    }
    all.push(object);
    let open = object.open.iter().map(|open| open.form);
    for form in object.keys.iter().map(|key| &key.form).chain(open) {
        objects(form).into_iter().for_each(|inner| collect(inner, all));
    }
}

fn table(shown: &Shown) -> String {
    let title = shown.object.title;
    let mut table =
        format!("| key of {title} | value | default | example | meaning |\n|---|---|---|---|---|\n");
    for key in &shown.keys {
        let (meaning, default) = meaning_and_default(key, shown.object);
        let mark = match key.status {
            Status::Now => "",
            Status::Later => " ○",
        };
        let cells = [
            format!("`{}`{mark}", key.name),
            form(&key.form),
            default,
            format!("`{}`", key.example),
            meaning,
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        table += &format!("| {} |\n", cells.join(" | "));
    }
    if let Some(open) = &shown.object.open {
        let own = key_kind(open.key);
        let of = match open.key {
            KeyKind::Language => "one for each language",
            KeyKind::Name | KeyKind::Word => "as many as there are",
        };
        table += &format!("| *{own}* | {} | | | {of} |\n", form(open.form));
    }
    table
}

fn meaning_and_default(key: &Key, object: &Object) -> (String, String) {
    if let Some((meaning, default)) = key.doc.rsplit_once("Default: ") {
        let default = default.trim_end_matches('.').to_owned();
        return (meaning.trim().to_owned(), default);
    }
    let required = object.required.iter().find(|required| required.key == key.name);
    let default = match required.map(|required| required.or) {
        Some([]) => "required".to_owned(),
        Some(others) => {
            let others: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
            format!("required, or {}", others.join(" or "))
        }
        None => String::new(),
    };
    (key.doc.to_owned(), default)
}

fn key_kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Name => "name",
        KeyKind::Language => "language",
        KeyKind::Word => "your word",
    }
}

/// What a value looks like, in a few words.
fn form(form: &Form) -> String {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let fixed = match form {
        Form::Text | Form::Word => "text",
        Form::Message => "template",
        Form::Name => "name",
        Form::Address => "address",
        Form::Path => "path",
        Form::Version => "`1`",
        Form::Flag => "`true`, `false`",
        Form::Count => "whole number",
        Form::Positive => "whole number above 0",
        Form::UpTo(most) => return format!("1 to {most}"),
        Form::Duration => "duration",
        Form::Timeout => "time-out",
        Form::Wait => "duration, moment",
        Form::Time => "time",
        Form::Start => "`now`, time",
        Form::At => "`now`, time, time of day",
        Form::TimeOfDay => "time of day",
        Form::Moment => "time of day, time",
        Form::Date => "day",
        Form::Cron => "cron",
        Form::Again(all) => return format!("{}, `after` a duration", words(all)),
        Form::Window => "window",
        Form::Rate => "rate",
        Form::Budget => "money, also per month",
        Form::Frequency => "frequency",
        Form::Url => "URL",
        Form::LocalUrl => "URL of this machine",
        Form::Share => "share",
        Form::Sample => "number of people, share",
        Form::Phone => "phone number",
        Form::ShortCode => "3 to 8 digits",
        Form::SenderName => "1 to 11 characters",
        Form::Zone => "IANA zone",
        Form::Language => "language",
        Form::Region => "country",
        Form::Day => return words(tables::DAYS),
        Form::Condition => "condition",
        Form::Source => "path, list",
        Form::Leaver => "path, list, condition",
        Form::ReplyTo => "address, inbox, `none`",
        Form::Inbox => "inbox, address",
        Form::Any => "anything",
        Form::ByKind(_) => "map with `kind`",
        Form::OneOf(choices) => {
            let all: Vec<&str> = choices.iter().map(|choice| choice.word).collect();
            return words(&all);
        }
        Form::List(item) => return format!("list of {}", self::form(item)),
        Form::OneOrList(item) => return format!("{}, or a list", self::form(item)),
        Form::Either(forms) => {
            let mut all: Vec<String> = forms.iter().map(self::form).collect();
            all.dedup();
            return all.join("; ");
        }
        Form::Object(object) => {
            return match &object.open {
                Some(open) if object.keys.is_empty() => {
                    format!("map of {} to {}", key_kind(open.key), self::form(open.form))
                }
                _ => "map".to_owned(),
            };
        }
    };
    fixed.to_owned()
}
