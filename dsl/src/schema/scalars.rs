//! The forms of scalars as schemas. A pattern lets everything pass that the parser takes, and as little else as it can
//! without being hard to read. It keeps to what ECMAScript and Rust both know, without escapes that are not needed.

use serde_json::{Value, json};

use crate::written::key::{Choice, Form};
use crate::written::tables::DAYS;

/// A form as a schema, and under what name it is defined once; none where it stands in its place.
pub(super) struct Scalar {
    pub(super) name: Option<&'static str>,
    pub(super) schema: Value,
}

/// A name that an author chooses as a key; own notes are none.
pub(super) const OWN_NAME: &str = "^(?!x-)[a-z][a-z0-9-]*$";
/// The tag of a language.
pub(super) const LANGUAGE: &str = r"^\s*[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\s*$";

const NAME: &str = "^[a-z][a-z0-9-]*$";
const ADDRESS: &str = r"[^@\s]+@[^@\s]+\.[^@\s]+";
/// A path that begins with no way up; one that goes up further on may stay inside.
const INSIDE: &str = r"(?![/~])(?![A-Za-z]:)(?![\s\S]*(?:\\|://))(?!(?:\.?/)*\.\.(?:/|$))";
const DURATION: &str = r"0*[1-9][0-9]*\s+(?:seconds?|minutes?|hours?|days?|weeks?)\s*$";
const CLOCK: &str = "(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9])";
/// Where a window may end.
const END: &str = "(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)";
const TIME: &str = concat!(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?",
    r"\s*(?:[Zz]|[-+][0-9]{2}:[0-9]{2})?"
);
const SHARE: &str = r"\s*0*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)\s*%\s*";
const WHOLE: &str = "^[+]?[0-9]+$";

/// The schema of a form that scalars have; of any other one that lets all scalars pass.
pub(super) fn scalar(form: &Form) -> Scalar {
    let (name, schema) = match form {
        Form::Text | Form::Message | Form::Word | Form::Condition => ("text", text()),
        Form::Name => (
            "name",
            word(
                NAME,
                "a name is lower-case letters, digits and -, and begins with a letter",
            ),
        ),
        Form::Address => (
            "address",
            string(
                &format!("^{ADDRESS}$"),
                "an e-mail address, such as desk@arena.example",
            ),
        ),
        Form::Path => ("path", path()),
        Form::Version => return inline(whole(1, Some(1))),
        Form::Flag => return inline(json!({ "type": ["boolean", "string"], "pattern": "^(?:true|false)$" })),
        Form::Count => return inline(whole(0, None)),
        Form::Positive => return inline(whole(1, None)),
        Form::UpTo(most) => return inline(whole(1, Some(*most))),
        Form::Duration => ("duration", string(&format!(r"^\s*{DURATION}"), DURATION_SAYS)),
        Form::Timeout => ("timeout", timeout()),
        Form::Wait => ("wait", wait()),
        Form::Time => ("time", clock(&format!(r"^\s*{TIME}\s*$"), TIME_SAYS)),
        Form::Start => ("start", or_now(&format!(r"^\s*{TIME}\s*$"), TIME_SAYS)),
        Form::At => ("at", or_now(&format!(r"^(?:\s*{TIME}\s*|{CLOCK})$"), MOMENT_SAYS)),
        Form::TimeOfDay => (
            "time-of-day",
            clock(&format!("^{CLOCK}$"), "a time of day, such as 18:00"),
        ),
        Form::Moment => (
            "moment-of-day",
            clock(&format!(r"^(?:\s*{TIME}\s*|{CLOCK})$"), MOMENT_SAYS),
        ),
        Form::Date => ("date", date()),
        Form::Cron => (
            "cron",
            string(
                r"^\s*\S+(?:\s+\S+){4}\s*$",
                "minute, hour, day, month and weekday, such as 0 10 * * MON",
            ),
        ),
        Form::Again(words) => return inline(again(words)),
        Form::Window => (
            "window",
            string(
                &format!(r"^\s*{CLOCK}\s*-\s*{END}\s*$"),
                "start and end, such as 21:00-08:00",
            ),
        ),
        Form::Rate => (
            "rate",
            string(
                r"^\s*(?=[0-9.]*[1-9])[0-9]+(?:\.[0-9]+)?\s*/\s*(?:s|minute|hour)\s*$",
                "parts in a time: 50/s, 1000/minute, 20000/hour",
            ),
        ),
        Form::Budget => ("budget", budget()),
        Form::Frequency => ("frequency-text", frequency()),
        Form::Url => (
            "url",
            string(
                r"^https?://(?:\[[^\]]*\]|[^/?#\s{}@:]+)(?::0*[1-9][0-9]{0,4})?(?:[/?#](?:\{\{[\s\S]*?\}\}|\S)*)?$",
                "an URL, such as https://arena.example/t",
            ),
        ),
        Form::LocalUrl => (
            "local-url",
            string(
                "^\\s*[Hh][Tt][Tt][Pp]:",
                "an URL of this machine, such as http://127.0.0.1:8025",
            ),
        ),
        Form::Share => (
            "share",
            string(&format!("^{SHARE}$"), "a percentage from 0% to 100%"),
        ),
        Form::Sample => ("sample", sample()),
        Form::Phone => ("phone", phone()),
        Form::ShortCode => (
            "short-code",
            json!({ "type": ["string", "integer"], "pattern": "^[0-9]{3,8}$", "patternErrorMessage": "a short code is 3 to 8 digits" }),
        ),
        Form::SenderName => ("sender-name", sender_name()),
        Form::Zone => ("time-zone", zone()),
        Form::Language => ("language", word(LANGUAGE, "the tag of a language: it, en, pt-BR")),
        Form::Region => ("country", region()),
        Form::Day => ("day", json!({ "enum": DAYS })),
        Form::OneOf(choices) => return inline(one_of(choices)),
        Form::Source => ("source", text_like(&format!("^(?:{})$", source()), SOURCE_SAYS)),
        Form::Leaver => (
            "leaver",
            text_like(&format!(r"^(?:{}|[\s\S]*\([\s\S]*)$", source()), LEAVER_SAYS),
        ),
        Form::ReplyTo => ("reply-to", json!({ "anyOf": [{ "const": "none" }, inbox()] })),
        Form::Inbox => ("inbox-or-address", inbox()),
        Form::List(_)
        | Form::OneOrList(_)
        | Form::Object(_)
        | Form::Either(_)
        | Form::ByKind(_)
        | Form::Any => return inline(text()),
    };
    Scalar {
        name: Some(name),
        schema,
    }
}

const DURATION_SAYS: &str = "a whole number and a unit: 90 seconds, 30 minutes, 36 hours, 2 days, 3 weeks";
const TIME_SAYS: &str = "a time: 2026-12-01 10:00, or with an offset 2026-12-01T10:00:00+01:00";
const MOMENT_SAYS: &str = "a time of day, such as 18:00, or a time, such as 2026-12-01 10:00";
const SOURCE_SAYS: &str = "a path inside the project, such as lists/customers.csv, or the name of a list";
const LEAVER_SAYS: &str =
    "a path inside the project, the name of a list, or a condition such as tagged(\"staff\")";

fn inline(schema: Value) -> Scalar {
    Scalar { name: None, schema }
}

/// Any scalar: the parser takes it letter for letter.
fn text() -> Value {
    or_truth(json!({ "type": ["string", "number"] }))
}

/// This, or a truth value. Said in this way since editors offer `true` and `false` wherever a schema names their type.
fn or_truth(schema: Value) -> Value {
    let other = json!({ "type": ["string", "number", "object", "array", "null"] });
    json!({ "if": { "not": other }, "else": schema })
}

/// Any scalar, of this pattern where it is a text.
fn text_like(pattern: &str, says: &str) -> Value {
    or_truth(json!({ "type": ["string", "number"], "pattern": pattern, "patternErrorMessage": says }))
}

/// What only ever looks like a text.
fn string(pattern: &str, says: &str) -> Value {
    json!({ "type": "string", "pattern": pattern, "patternErrorMessage": says })
}

/// What may look like a truth value: the name `true`, and to older readers the language `no`.
fn word(pattern: &str, says: &str) -> Value {
    or_truth(string(pattern, says))
}

/// What older readers take for a number in base 60.
fn clock(pattern: &str, says: &str) -> Value {
    json!({ "type": ["string", "number"], "pattern": pattern, "patternErrorMessage": says })
}

fn or_now(pattern: &str, says: &str) -> Value {
    json!({ "anyOf": [{ "const": "now" }, clock(pattern, says)] })
}

/// A whole number; in quotes it is one too.
fn whole(least: u32, most: Option<u32>) -> Value {
    let mut schema = json!({ "type": ["integer", "string"], "minimum": least, "pattern": WHOLE, "patternErrorMessage": "a whole number" });
    if let Some(most) = most {
        schema["maximum"] = most.into();
    }
    schema
}

fn path() -> Value {
    let says = "a path relative to crier.yaml's folder that stays inside it, such as lists/customers.csv";
    text_like(&format!("^{INSIDE}"), says)
}

fn source() -> String {
    format!(r"[a-z][a-z0-9-]*|(?=[\s\S]*[./]){INSIDE}[^@]*")
}

fn timeout() -> Value {
    let says = "a whole number and a unit: 500 ms, 2 seconds, 1 minute";
    string(r"^\s*0*[1-9][0-9]*\s+(?:ms|seconds?|minutes?)\s*$", says)
}

fn wait() -> Value {
    let says = format!("{DURATION_SAYS}; or {MOMENT_SAYS}");
    clock(&format!(r"^(?:\s*{DURATION}|\s*{TIME}\s*$|{CLOCK}$)"), &says)
}

fn date() -> Value {
    clock(r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$", "a day, such as 2026-12-01")
}

fn again(words: &[&str]) -> Value {
    let after = string(
        &format!(r"^after\s+{DURATION}"),
        "after a time, such as after 30 days",
    );
    json!({ "anyOf": [{ "enum": words }, after] })
}

fn budget() -> Value {
    let says = "an amount, without marks for thousands, and a currency: 500 EUR, 99.50 USD per month";
    string(
        r"^\s*(?=[0-9.]*[1-9])[0-9]+(?:\.[0-9]{1,2})?\s+[A-Z]{3}(?:\s+per\s+month)?\s*$",
        says,
    )
}

fn frequency() -> Value {
    let says = "how many texts in what time, such as 4 per 7 days";
    string(&format!(r"^\s*[+]?[0-9]+\s+per\s+{DURATION}"), says)
}

fn sample() -> Value {
    let says = "a number of people, such as 500, or a share, such as 5%";
    json!({ "type": ["string", "integer"], "minimum": 1, "pattern": format!("^(?:[+]?[0-9]+|{SHARE})$"), "patternErrorMessage": says })
}

fn phone() -> Value {
    let says = "a phone number with its country code, in quotes, such as \"+390612345678\"";
    json!({ "type": ["string", "number"], "pattern": "^[^A-Za-z@]*$", "patternErrorMessage": says })
}

fn sender_name() -> Value {
    or_truth(json!({ "type": ["string", "number"], "minLength": 1, "maxLength": 11 }))
}

fn inbox() -> Value {
    let says = "an e-mail address, or the name of an inbox";
    word(&format!("^(?:[a-z][a-z0-9-]*|{ADDRESS})$"), says)
}

/// Every zone that the parser knows, for editors to offer.
fn zone() -> Value {
    let names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    json!({ "enum": names })
}

/// Every country that the parser knows, for editors to offer. It takes lower case too, and `NO` is false to older
/// readers.
fn region() -> Value {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
    let codes: Vec<String> = codes.filter(|code| sms::Region::new(code).is_some()).collect();
    let lower = word(
        "^(?:[a-z][A-Za-z]|[A-Z][a-z])$",
        "the two letters of a country, such as IT",
    );
    json!({ "anyOf": [{ "enum": codes }, lower] })
}

/// One of the words; `on` and the like are truth values to older readers.
fn one_of(choices: &[Choice]) -> Value {
    let mut words: Vec<Value> = choices.iter().map(|choice| choice.word.into()).collect();
    for (word, value) in [("on", true), ("yes", true), ("off", false), ("no", false)] {
        if choices.iter().any(|choice| choice.word == word) {
            words.push(value.into());
        }
    }
    json!({ "enum": words })
}
