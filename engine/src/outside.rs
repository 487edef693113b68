//! Events of the API as they are handed in: by hand, or a line of JSON each. What cannot be used is told in one sentence.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sms::{PhoneNumber, Region};

use crate::store::{Happened, NewHappening};

/// Characters of a name, at most.
const NAME: usize = 100;
/// Fields of an event, at most.
const FIELDS: usize = 100;
/// Bytes of a value, at most.
const VALUE: usize = 4_096;
/// The keys of a line.
const KEYS: [&str; 4] = ["name", "phone", "fields", "id"];

/// Why an event cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEvent {
    /// The line is no JSON.
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// It is JSON of another shape.
    #[error("an event is an object, such as {{\"name\": \"ordered\", \"phone\": \"+393331234567\"}}")]
    NotAnObject,
    /// It says something else beside.
    #[error("an event has no {0:?}: what it carries goes into `fields`, beside `name`, `phone` and `id`")]
    UnknownKey(String),
    /// It lacks something.
    #[error("the event has no {0:?}")]
    Missing(&'static str),
    /// It says something in another shape.
    #[error("{key:?} must be {shape}")]
    Shape {
        /// Which.
        key: String,
        /// What it should be.
        shape: &'static str,
    },
    /// A name that is empty, too long or has no printable form.
    #[error("{what} must be 1 to 100 characters without line breaks")]
    Name {
        /// Of what.
        what: &'static str,
    },
    /// There is no such number.
    #[error("{0}")]
    Phone(String),
    /// A value that is too long.
    #[error("the value of {0:?} is longer than 4,096 bytes")]
    Long(String),
    /// Too much.
    #[error("an event carries at most 100 fields")]
    Many,
    /// What was typed is no field.
    #[error("{0:?} sets nothing: write FIELD=VALUE, such as total=59.90")]
    NotAField(String),
    /// The same field twice.
    #[error("{0:?} is set twice")]
    Twice(String),
}

/// An event as it is typed.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// Its name.
    pub name: &'a str,
    /// To whom it happened.
    pub phone: &'a str,
    /// `field=value` each.
    pub set: &'a [String],
    /// By which it is known when it comes again.
    pub id: Option<&'a str>,
}

/// Reads what was typed. `region`: of numbers in national form.
pub fn read_typed(
    typed: Typed<'_>,
    region: Option<Region>,
    now: DateTime<Utc>,
) -> Result<NewHappening, BadEvent> {
    let mut fields: Vec<(String, String)> = vec![];
    for set in typed.set {
        let (field, value) = set
            .split_once('=')
            .ok_or_else(|| BadEvent::NotAField(set.clone()))?;
        let field = field.trim();
        if fields.iter().any(|(other, _)| other == field) {
            return Err(BadEvent::Twice(field.to_owned()));
        }
        fields.push((field.to_owned(), value.trim().to_owned()));
    }
    event(typed.name, typed.phone, fields, typed.id, region, now)
}

/// Reads a line of JSON: `{"name": …, "phone": …, "fields": {…}, "id": …}`. `name`: of lines that have none.
pub fn read_line(
    line: &str,
    name: Option<&str>,
    region: Option<Region>,
    now: DateTime<Utc>,
) -> Result<NewHappening, BadEvent> {
    let value: Value = serde_json::from_str(line).map_err(|error| BadEvent::NotJson(error.to_string()))?;
    let Value::Object(object) = value else {
        return Err(BadEvent::NotAnObject);
    };
    if let Some(other) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(BadEvent::UnknownKey(other.clone()));
    }
    let name = text(&object, "name")?.or(name).ok_or(BadEvent::Missing("name"))?;
    let phone = text(&object, "phone")?.ok_or(BadEvent::Missing("phone"))?;
    let fields = match object.get("fields") {
        None | Some(Value::Null) => vec![],
        Some(Value::Object(fields)) => fields.iter().map(field).collect::<Result<_, _>>()?,
        Some(_) => return Err(shape("fields", "an object of values by name")),
    };
    event(name, phone, fields, text(&object, "id")?, region, now)
}

fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, BadEvent> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(shape(key, "a text, in quotes")),
    }
}

fn field((name, value): (&String, &Value)) -> Result<(String, String), BadEvent> {
    let value = match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(_) | Value::Object(_) => {
            return Err(shape(name, "one value: a text, a number, true or false"));
        }
    };
    Ok((name.clone(), value))
}

fn shape(key: &str, shape: &'static str) -> BadEvent {
    let key = key.to_owned();
    BadEvent::Shape { key, shape }
}

fn event(
    name: &str,
    phone: &str,
    fields: Vec<(String, String)>,
    id: Option<&str>,
    region: Option<Region>,
    now: DateTime<Utc>,
) -> Result<NewHappening, BadEvent> {
    let name = named(name, "the name of an event")?;
    let once = id.map(|id| named(id, "the id of an event")).transpose()?;
    if fields.len() > FIELDS {
        return Err(BadEvent::Many);
    }
    for (field, value) in &fields {
        named(field, "the name of a field")?;
        if value.len() > VALUE {
            return Err(BadEvent::Long(field.clone()));
        }
    }
    let parsed = PhoneNumber::parse(phone, region).map_err(|error| BadEvent::Phone(error.to_string()))?;
    Ok(NewHappening {
        what: Happened::Event(name),
        phone: parsed.number,
        fields,
        at: now,
        once,
    })
}

fn named(text: &str, what: &'static str) -> Result<String, BadEvent> {
    let text = text.trim();
    let fits = (1..=NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(BadEvent::Name { what })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::{Expect, expect};

    use super::*;

    fn shown(read: Result<NewHappening, BadEvent>) -> String {
        match read {
            Ok(event) => {
                let carried: Vec<String> = event.fields.iter().map(|(f, v)| format!("{f}={v:?}")).collect();
                let id = event.once.map(|id| format!(" once {id}")).unwrap_or_default();
                format!(
                    "{} to {} [{}]{id}",
                    event.what.name(),
                    event.phone,
                    carried.join(", ")
                )
            }
            Err(error) => format!("error: {error}"),
        }
    }

    fn check(lines: &[&str], name: Option<&str>, expected: Expect) {
        let mut told = String::new();
        for line in lines {
            let read = read_line(line, name, Region::new("IT"), DateTime::UNIX_EPOCH);
            let _ = writeln!(told, "{line}\n    {}", shown(read));
        }
        expected.assert_eq(&told);
    }

    #[test]
    fn a_line_is_an_event_or_one_sentence() {
        check(
            &[
                r#"{"name": "ordered", "phone": "+393331234567"}"#,
                r#"{"name": " ordered ", "phone": "333 123 4567", "fields": {"total": 59.90, "gift": true, "note": null, "city": " Roma "}, "id": "o-1"}"#,
                r#"{"phone": "+393331234567"}"#,
                r#"{"name": "", "phone": "+393331234567"}"#,
                r#"{"name": "ordered"}"#,
                r#"{"name": "ordered", "phone": 393331234567}"#,
                r#"{"name": "ordered", "phone": "12"}"#,
                r#"{"name": "ordered", "phone": "+393331234567", "total": 5}"#,
                r#"{"name": "ordered", "phone": "+393331234567", "fields": [1]}"#,
                r#"{"name": "ordered", "phone": "+393331234567", "fields": {"all": [1]}}"#,
                r#"{"name": "ordered", "phone": "+393331234567", "fields": {"": 1}}"#,
                r#"["ordered"]"#,
                r#"{"name": "ordered""#,
            ],
            None,
            expect![[r#"
                {"name": "ordered", "phone": "+393331234567"}
                    ordered to +393331234567 []
                {"name": " ordered ", "phone": "333 123 4567", "fields": {"total": 59.90, "gift": true, "note": null, "city": " Roma "}, "id": "o-1"}
                    ordered to +393331234567 [city="Roma", gift="true", note="", total="59.9"] once o-1
                {"phone": "+393331234567"}
                    error: the event has no "name"
                {"name": "", "phone": "+393331234567"}
                    error: the name of an event must be 1 to 100 characters without line breaks
                {"name": "ordered"}
                    error: the event has no "phone"
                {"name": "ordered", "phone": 393331234567}
                    error: "phone" must be a text, in quotes
                {"name": "ordered", "phone": "12"}
                    error: "12" is too short for a phone number; write all its digits
                {"name": "ordered", "phone": "+393331234567", "total": 5}
                    error: an event has no "total": what it carries goes into `fields`, beside `name`, `phone` and `id`
                {"name": "ordered", "phone": "+393331234567", "fields": [1]}
                    error: "fields" must be an object of values by name
                {"name": "ordered", "phone": "+393331234567", "fields": {"all": [1]}}
                    error: "all" must be one value: a text, a number, true or false
                {"name": "ordered", "phone": "+393331234567", "fields": {"": 1}}
                    error: the name of a field must be 1 to 100 characters without line breaks
                ["ordered"]
                    error: an event is an object, such as {"name": "ordered", "phone": "+393331234567"}
                {"name": "ordered"
                    error: this is not JSON: EOF while parsing an object at line 1 column 18
            "#]],
        );
        check(
            &[
                r#"{"phone": "+393331234567"}"#,
                r#"{"name": "cancelled", "phone": "+393331234567"}"#,
            ],
            Some("ordered"),
            expect![[r#"
                {"phone": "+393331234567"}
                    ordered to +393331234567 []
                {"name": "cancelled", "phone": "+393331234567"}
                    cancelled to +393331234567 []
            "#]],
        );
    }

    #[test]
    fn what_is_typed_is_an_event_or_one_sentence() {
        let table: [(&str, &str, &[&str]); 6] = [
            ("ordered", "333 123 4567", &["total=59.90", "note=a=b", "empty="]),
            ("ordered", "+393331234567", &["total"]),
            ("ordered", "+393331234567", &["total=1", " total =2"]),
            ("ordered", "+393331234567", &["=1"]),
            ("a\nb", "+393331234567", &[]),
            ("ordered", "no number", &[]),
        ];
        let mut told = String::new();
        for (name, phone, set) in table {
            let set: Vec<String> = set.iter().map(ToString::to_string).collect();
            let typed = Typed {
                name,
                phone,
                set: &set,
                id: Some("7"),
            };
            let read = read_typed(typed, Region::new("IT"), DateTime::UNIX_EPOCH);
            let _ = writeln!(told, "{name:?} {phone:?} {set:?}\n    {}", shown(read));
        }
        expect![[r#"
            "ordered" "333 123 4567" ["total=59.90", "note=a=b", "empty="]
                ordered to +393331234567 [total="59.90", note="a=b", empty=""] once 7
            "ordered" "+393331234567" ["total"]
                error: "total" sets nothing: write FIELD=VALUE, such as total=59.90
            "ordered" "+393331234567" ["total=1", " total =2"]
                error: "total" is set twice
            "ordered" "+393331234567" ["=1"]
                error: the name of a field must be 1 to 100 characters without line breaks
            "a\nb" "+393331234567" []
                error: the name of an event must be 1 to 100 characters without line breaks
            "ordered" "no number" []
                error: "no number" has letters in it; write the digits only
        "#]]
        .assert_eq(&told);
    }
}
