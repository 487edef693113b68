//! Whether the text of a scalar is what its field asks for.

use crate::diagnostic::Applicability;
use crate::scalar::{Rate, ScalarError, Share, WaitTime, parse_local_url, parse_timeout};

use super::key::{Choice, Form, Status};
use super::nearest::{Words, did_you_mean, is_slip, listed, nearest};
use super::tables::DAYS;
use super::traps::quoted;

mod clock;
mod counts;
mod dates;
mod languages;
mod money;

pub(crate) use clock::{clock as clock_of, is_time_of_day, no_date, of_twelve_hours};
pub(crate) use dates::ENGLISH_DAYS;
pub(crate) use languages::{exists as language_exists, language_called};

use clock::{again, cron, date, time, time_of_day, wait, window};
use languages::language;

/// What is wrong with a text.
#[derive(Debug)]
pub(super) struct Problem {
    pub code: &'static str,
    pub message: String,
    pub help: String,
    /// What belongs in its place.
    pub instead: Option<(String, Applicability)>,
}

/// Why a text is refused.
pub(super) enum Refusal {
    Wrong(Problem),
    /// Not of the kind that the field asks for.
    OtherType,
    /// Part of the language, but not of this version; how messages call it.
    Later(String),
}

/// Whether `text` is of this form. Only asked of forms that scalars have.
pub(super) fn check(form: &Form, text: &str) -> Result<(), Refusal> {
    match form {
        Form::Text | Form::Message | Form::Word | Form::Condition | Form::Any => Ok(()),
        Form::Phone | Form::ShortCode | Form::SenderName => Ok(()),
        Form::Name => name(text),
        Form::Address => address(text),
        Form::Path => path(text),
        Form::Version => version(text),
        Form::Flag if matches!(text, "true" | "false") => Ok(()),
        Form::Count if text.parse::<u64>().is_ok() => Ok(()),
        Form::Positive => counts::positive(text),
        Form::UpTo(most) if text.parse::<u32>().is_ok_and(|n| (1..=*most).contains(&n)) => Ok(()),
        Form::Flag | Form::Count | Form::UpTo(_) => Err(Refusal::OtherType),
        Form::Duration => by_parser(WaitTime::parse(text), "bad-duration"),
        Form::Timeout => by_parser(parse_timeout(text), "bad-duration"),
        Form::Wait => wait(text),
        Form::Time => time(text),
        Form::Start | Form::At if text == "now" => Ok(()),
        Form::At if is_time_of_day(text) => clock::not_the_end(text),
        Form::Start | Form::At => clock::start(text),
        Form::TimeOfDay if is_time_of_day(text) => clock::not_the_end(text),
        Form::TimeOfDay => Err(time_of_day(text)),
        Form::Moment if is_time_of_day(text) => clock::not_the_end(text),
        Form::Moment => time(text).map_err(|_| time_of_day(text)),
        Form::Date => date(text),
        Form::Cron => cron(text),
        Form::Again(words) => again(words, text),
        Form::Window => window(text),
        Form::Rate => by_parser(Rate::parse(text), "bad-rate"),
        Form::Budget => money::budget(text),
        Form::Frequency => counts::frequency(text),
        Form::Url => url(text),
        Form::LocalUrl => local_url(text),
        Form::Share => by_parser(Share::parse(text), "bad-share"),
        Form::Sample if text.parse::<u32>().is_ok_and(|n| n > 0) => Ok(()),
        Form::Sample if let Some(count) = people(text) => {
            let message = format!("\"{text}\" is neither a number of people nor a share");
            let refusal = wrong("bad-share", message, "a number of people stands alone");
            Err(instead(refusal, count, Applicability::Unsure))
        }
        Form::Sample if text == "0" => {
            let help = "write a number of people, such as `500`, or a share: `5%`";
            Err(wrong(
                "bad-share",
                "nobody is in the sample, so nobody would be texted",
                help,
            ))
        }
        Form::Sample => by_parser(Share::parse(text), "bad-share"),
        Form::Zone => zone(text),
        Form::Language => language(text),
        Form::Region => region(text),
        Form::Day => dates::day(text),
        Form::OneOf(choices) => one_of(choices, text),
        Form::Source => source(text),
        Form::Leaver if is_condition(text) => Ok(()),
        Form::Leaver => source(text),
        Form::ReplyTo if text == "none" => Ok(()),
        Form::ReplyTo | Form::Inbox if text.contains('@') => address(text),
        Form::ReplyTo | Form::Inbox if let Some(refusal) = hidden_address(text) => Err(refusal),
        Form::ReplyTo | Form::Inbox if is_number(text) => Err(number(
            text,
            "write an e-mail address, `desk@arena.example`, or the name of an inbox of crier.yaml",
        )),
        Form::ReplyTo | Form::Inbox => name(text),
        Form::List(_) | Form::OneOrList(_) | Form::Object(_) | Form::Either(_) | Form::ByKind(_) => {
            Err(Refusal::OtherType)
        }
    }
}

/// Scheme and host as they stand; what follows may be a template.
fn url(text: &str) -> Result<(), Refusal> {
    let after = |scheme: &str| text.strip_prefix(scheme);
    let rest = after("https://").or_else(|| after("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    if host.unwrap_or(text).contains("{{") {
        let message = "scheme and host must be written out: only path and query may have values";
        let help = "values come from lists and replies, and must not choose where a request goes: \
                    `https://arena.example/t/{{id}}`";
        return Err(wrong("literal-host-needed", message, help));
    }
    if host.is_some_and(|host| host.contains('@')) {
        let message = "an URL has no user and no password: files are shown and shared";
        let help = "leave them out; where it is a webhook, its URL stands in the environment (`url_env`)";
        return Err(wrong("bad-url", message, help));
    }
    let good = host.is_some_and(|host| !host.is_empty() && !host.contains(['{', '}', ' ', '@']));
    if !good {
        let help = "write scheme and host, then what follows: `https://arena.example/t`";
        return Err(wrong("bad-url", format!("\"{text}\" is not an URL"), help));
    }
    spaces(text)?;
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    let port = host.and_then(|host| host.rsplit_once(':')).map(|(_, port)| port);
    match port.filter(|port| !port.ends_with(']') && !is_port(port)) {
        Some(port) => {
            let message = format!("\"{port}\" is not a port, of which there are 1 to 65535");
            Err(wrong(
                "bad-url",
                message,
                "correct it, or leave it out: `https://arena.example/t`",
            ))
        }
        None => Ok(()),
    }
}

/// A space ends an URL, wherever it is opened; inside of a template it is none of the URL's.
fn spaces(text: &str) -> Result<(), Refusal> {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some(open) = rest.find("{{") {
        let end = rest[open..].find("}}").map_or(rest.len(), |at| open + at + 2);
        whole.push_str(&rest[..open].replace(char::is_whitespace, "%20"));
        whole.push_str(&rest[open..end]);
        rest = &rest[end..];
    }
    whole.push_str(&rest.replace(char::is_whitespace, "%20"));
    if whole == text {
        return Ok(());
    }
    let message = format!("\"{text}\" has a space in it, where an URL ends");
    let refusal = wrong("bad-url", message, "a space is written `%20`");
    Err(instead(refusal, quoted(&whole), Applicability::Unsure))
}

fn local_url(text: &str) -> Result<(), Refusal> {
    let parsed = parse_local_url(text);
    let code = match matches!(parsed, Err(ScalarError::UrlLeavesMachine { .. })) {
        true => "url-leaves-machine",
        false => "bad-url",
    };
    by_parser(parsed, code)
}

fn wrong(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Refusal {
    Refusal::Wrong(Problem {
        code,
        message: message.into(),
        help: help.into(),
        instead: None,
    })
}

fn instead(refusal: Refusal, text: impl Into<String>, sure: Applicability) -> Refusal {
    match refusal {
        Refusal::Wrong(problem) => Refusal::Wrong(Problem {
            instead: Some((text.into(), sure)),
            ..problem
        }),
        Refusal::OtherType | Refusal::Later(_) => refusal,
    }
}

/// Whether a text is of a form, but for a slip that is certain.
pub(crate) fn is_of_spelling(form: &Form, text: &str) -> bool {
    match check(form, text) {
        Ok(()) => true,
        Err(Refusal::Wrong(problem)) => matches!(problem.instead, Some((_, Applicability::Safe))),
        Err(Refusal::OtherType | Refusal::Later(_)) => false,
    }
}

/// What was probably meant by a text that is not of this form; none inside: nobody knows.
pub(crate) fn meant_by(form: &Form, text: &str) -> Result<(), Option<String>> {
    match check(form, text) {
        Ok(()) | Err(Refusal::OtherType | Refusal::Later(_)) => Ok(()),
        Err(Refusal::Wrong(problem)) => Err(problem.instead.map(|(meant, _)| meant)),
    }
}

/// Of a word that is none of those there are, with the one that was probably meant.
fn none_of(
    code: &'static str,
    message: String,
    meant: Option<(&str, Applicability)>,
    otherwise: impl FnOnce() -> String,
) -> Refusal {
    let help = did_you_mean(meant.map(|(meant, _)| meant), otherwise);
    let refusal = wrong(code, message, help);
    match meant {
        Some((meant, sure)) => instead(refusal, meant, sure),
        None => refusal,
    }
}

fn by_parser<T>(parsed: Result<T, ScalarError>, code: &'static str) -> Result<(), Refusal> {
    parsed.map(drop).map_err(|error| {
        let refusal = wrong(code, error.to_string(), error.help());
        let sure = match error.is_of_spelling() {
            true => Applicability::Safe,
            false => Applicability::Unsure,
        };
        match error.meant() {
            Some(meant) => instead(refusal, meant.to_owned(), sure),
            None => refusal,
        }
    })
}

/// Whether a text where a path, a list or a condition is due is meant as a condition: a word and a bracket, or a sign that
/// compares or joins. A path may have a bracket too.
pub(crate) fn is_condition(text: &str) -> bool {
    const SIGNS: [&str; 7] = ["==", "!=", "<", ">", "&&", "||", " in ["];
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
    let text = text.strip_prefix("not ").unwrap_or(text).trim_start_matches('!');
    let called = text.split_once('(').is_some_and(|(name, _)| word(name.trim()));
    called || SIGNS.iter().any(|sign| text.contains(sign))
}

/// Whether a column of that name is asked for as it stands, in texts and in conditions.
pub(crate) fn is_variable(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether a text is a name: `[a-z][a-z0-9-]*`.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn name(text: &str) -> Result<(), Refusal> {
    if is_name(text) {
        return Ok(());
    }
    let help = "a name is lower-case letters, digits and `-`, and begins with a letter";
    let refusal = wrong("bad-name", format!("\"{text}\" is not a name"), help);
    let slug = slug(text);
    Err(match is_name(&slug) && text.len() < 40 {
        // What is called so elsewhere keeps its spelling, or has another: it takes a person to see.
        true => instead(refusal, slug, Applicability::Unsure),
        false => refusal,
    })
}

/// The number of `10 people`.
fn people(text: &str) -> Option<&str> {
    let (count, word) = text.split_once(' ')?;
    let is_count = count.parse::<u32>().is_ok_and(|count| count > 0);
    (is_count && ["people", "persons", "recipients", "rows"].contains(&word)).then_some(count)
}

/// What a text is as a name.
pub fn slug(text: &str) -> String {
    let folded: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let words: Vec<&str> = folded.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// `desk(at)arena.example`, as it is hidden from machines.
fn hidden_address(text: &str) -> Option<Refusal> {
    let right = text.replace(" ", "").replace("(at)", "@").replace("[at]", "@");
    (right.contains('@') && address(&right).is_ok()).then(|| {
        let message = format!("\"{text}\" is not an e-mail address");
        let refusal = wrong("bad-address", message, did_you_mean(Some(&right), String::new));
        instead(refusal, right, Applicability::Unsure)
    })
}

fn address(text: &str) -> Result<(), Refusal> {
    let good = text.split_once('@').is_some_and(|(local, domain)| {
        let dots = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
        !local.is_empty() && dots && !domain.contains('@') && !text.contains(char::is_whitespace)
    });
    good.then_some(()).ok_or_else(|| {
        let message = format!("\"{text}\" is not an e-mail address");
        wrong("bad-address", message, "write it like `desk@arena.example`")
    })
}

/// Whether a path is relative, of this language, and leads nowhere above its folder, on no part of its way.
pub(crate) fn stays_inside(path: &str) -> bool {
    let absolute = path.starts_with(['/', '\\', '~']) || path.get(1..2) == Some(":");
    let step = |depth: usize, piece: &str| match piece {
        ".." => depth.checked_sub(1),
        "" | "." => Some(depth),
        _ => Some(depth + 1),
    };
    let foreign = path.contains('\\') || path.contains("://");
    !absolute && !foreign && path.split('/').try_fold(0, step).is_some()
}

fn path(text: &str) -> Result<(), Refusal> {
    if text.starts_with("https://") || text.starts_with("http://") {
        let message = "files are not read from the web";
        let help = "put the file into the project, and write its path: `lists/customers.csv`";
        return Err(wrong("wrong-type", message, help));
    }
    let slashes = text.replace('\\', "/");
    if slashes != text && stays_inside(&slashes) {
        let message = format!("\"{text}\" has `\\` between folder and file");
        let refusal = wrong(
            "wrong-type",
            message,
            format!("write `/`, on Windows too: `{slashes}`"),
        );
        return Err(instead(refusal, slashes, Applicability::Safe));
    }
    if !stays_inside(text) {
        let message = format!("\"{text}\" is outside of the project");
        let help = "paths are relative to crier.yaml's folder and stay inside it: `lists/customers.csv`";
        return Err(wrong("path-leaves-project", message, help));
    }
    Ok(())
}

fn version(text: &str) -> Result<(), Refusal> {
    match text.parse::<u32>() {
        Ok(1) => Ok(()),
        Ok(n) if n > 1 => {
            let message = format!(
                "the file is written in version {n} of the language, and this program knows version 1"
            );
            Err(wrong("unknown-version", message, "install a newer crier"))
        }
        Ok(_) | Err(_) => {
            let message = format!("\"{text}\" is not a version of the language");
            let first = matches!(text, "v1" | "1.0" | "v1.0" | "01");
            let sure = match first {
                true => Applicability::Safe,
                false => Applicability::Unsure,
            };
            let refusal = wrong("unknown-version", message, "write `crier: 1`");
            Err(instead(refusal, "1", sure))
        }
    }
}

/// The first zone of a city.
pub(crate) fn zone_of_city(city: &str) -> Option<&'static str> {
    let mut names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    names.find(|name| is_in_city(name, city))
}

fn is_in_city(zone: &str, city: &str) -> bool {
    let wanted = city.replace(' ', "_").to_lowercase();
    zone.to_lowercase().rsplit('/').next() == Some(wanted.as_str())
}

fn zone(text: &str) -> Result<(), Refusal> {
    if text.parse::<chrono_tz::Tz>().is_ok() {
        return Ok(());
    }
    let names = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let city = |name: &&str| is_in_city(name, text);
    let message = format!("there is no time zone \"{text}\"");
    // `Etc/GMT+1` is an hour west: the sign of those names is the other way round.
    if offset_of(text) {
        return Err(none_of("unknown-timezone", message, None, || {
            "write the zone of a city, such as `Europe/Rome`: it knows the summer time of the place".into()
        }));
    }
    let spelt = |name: &&str| name.eq_ignore_ascii_case(&text.replace(' ', "_"));
    let area = text.split('/').next().unwrap_or_default();
    let in_area = |name: &&str| name.split('/').next() == Some(area);
    let meant = (names().find(spelt))
        .or_else(|| zone_of_city(text))
        .or_else(|| nearest(text, names().filter(in_area)))
        .or_else(|| nearest(text, names()));
    // A city of two zones of one name, or a slip that is another city, would text people at another hour.
    let sure = |meant: &str| match names().filter(city).count() {
        _ if spelt(&meant) => Applicability::Safe,
        1 => Applicability::Safe,
        0 => is_slip(text, meant, names(), Words::Author),
        _ => Applicability::Unsure,
    };
    let meant = meant.map(|meant| (meant, sure(meant)));
    Err(none_of("unknown-timezone", message, meant, || {
        "write a zone of the IANA table, such as `Europe/Rome`".into()
    }))
}

/// Whether a zone is written as so many hours from Greenwich.
fn offset_of(text: &str) -> bool {
    let upper = text.to_uppercase();
    let rest = ["GMT", "UTC"].iter().find_map(|zone| upper.strip_prefix(zone));
    let rest = rest.unwrap_or(&upper).trim_start();
    rest.starts_with(['+', '-']) && rest[1..].starts_with(|c: char| c.is_ascii_digit())
}

/// How some people name their country.
const COUNTRY_NAMES: &[(&str, &str)] = &[
    ("america", "US"),
    ("australia", "AU"),
    ("austria", "AT"),
    ("belgium", "BE"),
    ("canada", "CA"),
    ("deutschland", "DE"),
    ("españa", "ES"),
    ("england", "GB"),
    ("france", "FR"),
    ("germany", "DE"),
    ("great britain", "GB"),
    ("ireland", "IE"),
    ("italia", "IT"),
    ("italy", "IT"),
    ("netherlands", "NL"),
    ("norway", "NO"),
    ("poland", "PL"),
    ("portugal", "PT"),
    ("spain", "ES"),
    ("sweden", "SE"),
    ("switzerland", "CH"),
    ("united kingdom", "GB"),
    ("united states", "US"),
    ("usa", "US"),
];

/// The code of a country that is called so.
pub(crate) fn region_called(text: &str) -> Option<&'static str> {
    let wanted = text.to_lowercase();
    let mut names = COUNTRY_NAMES.iter();
    names.find(|(name, _)| *name == wanted).map(|(_, code)| *code)
}

fn region(text: &str) -> Result<(), Refusal> {
    if sms::Region::new(text).is_some() {
        return Ok(());
    }
    let message = format!("\"{text}\" is not the ISO code of a country");
    let meant = match text {
        "UK" | "uk" => Some(("GB", Applicability::Safe)),
        text => region_called(text).map(|code| (code, Applicability::Unsure)),
    };
    Err(none_of("unknown-region", message, meant, || {
        "write two letters, such as `IT`".into()
    }))
}

/// What other tools call the words of a choice.
const CALLED: &[(&str, &[&str])] = &[
    ("bool", &["bool"]),
    ("boolean", &["bool"]),
    ("datetime", &["time"]),
    ("double", &["decimal"]),
    ("float", &["decimal"]),
    ("integer", &["int"]),
    ("number", &["decimal"]),
    ("promo", &["marketing"]),
    ("promotional", &["marketing"]),
    ("str", &["text"]),
    ("string", &["text"]),
    ("timestamp", &["time"]),
    ("transactional", &["service"]),
    ("urgent", &["high"]),
];

fn one_of(choices: &'static [Choice], text: &str) -> Result<(), Refusal> {
    if let Some(choice) = choices.iter().find(|choice| choice.word == text) {
        return match choice.status {
            Status::Now => Ok(()),
            Status::Later => Err(Refusal::Later(format!("`{text}`"))),
        };
    }
    let words = || choices.iter().map(|choice| choice.word);
    let message = format!("\"{text}\" is none of {}", listed(words()));
    let called = CALLED
        .iter()
        .find(|(theirs, _)| text.eq_ignore_ascii_case(theirs));
    let called = called.and_then(|(_, ours)| words().find(|word| ours.contains(word)));
    let called = called.map(|word| (word, Applicability::Unsure));
    let meant = nearest(text, words());
    let meant = meant.map(|meant| (meant, is_slip(text, meant, words(), Words::Language)));
    let meant = called.or(meant);
    Err(none_of("unknown-value", message, meant, || {
        "write one of these".into()
    }))
}

/// Whether a text is a telephone number, or several.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits > 6
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || " +-()/.,;".contains(c))
}

fn number(text: &str, help: &str) -> Refusal {
    let many = text.bytes().filter(u8::is_ascii_digit).count() > 15;
    let what = if many {
        "are telephone numbers"
    } else {
        "is a telephone number"
    };
    wrong(
        "bad-name",
        format!("\"{text}\" {what}, and a name stands here"),
        help,
    )
}

/// A value with `.` or `/` is a path, any other a name.
fn source(text: &str) -> Result<(), Refusal> {
    if is_number(text) {
        let help = "people come from a list: put the numbers into a file, one a line, below the word `phone`, \
                    and write its path: `lists/customers.csv`";
        return Err(number(text, help));
    }
    if text.contains('@') {
        let message = format!("\"{text}\" is an address, and people come from a list");
        return Err(wrong(
            "wrong-type",
            message,
            "write a path, such as `lists/customers.csv`",
        ));
    }
    match text.contains(['.', '/', '\\']) {
        true => path(text),
        false => name(text),
    }
}
