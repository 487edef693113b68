//! Values: the words of the tables, names that are given, what stands in texts and conditions, and an example where nothing
//! else is known.

use super::super::names::{self, NameKind};
use super::super::sketch::Role;
use super::{Asked, Item, ItemKind, conditions, keys, texts};
use crate::written::key::{Choice, Form, Status};
use crate::written::tables::DAYS;

pub(super) fn items(asked: &Asked<'_>) -> Vec<Item> {
    let mut found: Vec<Item> = vec![];
    for form in &asked.forms {
        for item in of(asked, form) {
            if !found.iter().any(|other| other.label == item.label) {
                found.push(item);
            }
        }
    }
    found
}

fn of(asked: &Asked<'_>, form: &'static Form) -> Vec<Item> {
    match form {
        Form::OneOf(choices) => choices.iter().map(|choice| word(asked, choice)).collect(),
        Form::Flag => words(asked, ["true", "false"]),
        Form::Version => words(asked, ["1"]),
        Form::Day => words(asked, DAYS.iter().copied()),
        Form::Zone => words(asked, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())),
        Form::Region => regions(asked),
        Form::Language => named(
            asked,
            keys::languages(asked)
                .into_iter()
                .map(|name| (name, String::new())),
        ),
        Form::Start | Form::At => words(asked, ["now"]).into_iter().chain(example(asked)).collect(),
        Form::Source => names_of(asked, NameKind::List)
            .into_iter()
            .chain(files(asked))
            .collect(),
        Form::Leaver => {
            let lists = names_of(asked, NameKind::List).into_iter();
            lists.chain(conditions::leavers(asked)).collect()
        }
        Form::ReplyTo => names_of(asked, NameKind::Inbox)
            .into_iter()
            .chain(words(asked, ["none"]))
            .collect(),
        Form::Inbox => names_of(asked, NameKind::Inbox),
        Form::Again(choices) => words(asked, choices.iter().copied()),
        Form::Message => texts::items(asked),
        Form::Condition => conditions::items(asked),
        Form::ByKind(_) | Form::Object(_) | Form::List(_) | Form::Either(_) | Form::OneOrList(_) => vec![],
        Form::Name | Form::Word | Form::Any if is_header_word(asked) => header_words(asked),
        Form::Name | Form::Word | Form::Any => match names::kind_of(asked.key()) {
            // Campaigns are files of their own: those that there are are not known here.
            None if asked.key() == "start" => vec![],
            None if asked.key() == "finished" => reasons(asked),
            Some(kind) if asked.key() == "expect" => {
                let others = ["nothing", "opt-out", "opt-in", "help"];
                names_of(asked, kind)
                    .into_iter()
                    .chain(names_of(asked, NameKind::Step))
                    .chain(words(asked, others))
                    .collect()
            }
            Some(kind) if asked.key() == "of" => {
                let messages = names_of(asked, kind).into_iter();
                messages.chain(names_of(asked, NameKind::Step)).collect()
            }
            Some(kind) => names_of(asked, kind),
            None => texts::items(asked)
                .into_iter()
                .chain(kinds(asked))
                .chain(example(asked))
                .collect(),
        },
        Form::Text => texts::items(asked),
        Form::Url => texts::items(asked).into_iter().chain(example(asked)).collect(),
        Form::Path if asked.key() == "file" && asked.is_below(&["lists"]) => files(asked),
        // Files of stories are not known here.
        Form::Path if asked.key() == "tests" => vec![],
        Form::Address
        | Form::Path
        | Form::Count
        | Form::Positive
        | Form::UpTo(_)
        | Form::Duration
        | Form::Timeout
        | Form::Wait
        | Form::Time
        | Form::TimeOfDay
        | Form::Moment
        | Form::Date
        | Form::Cron
        | Form::Frequency
        | Form::Sample
        | Form::Phone
        | Form::ShortCode
        | Form::SenderName
        | Form::Window
        | Form::Rate
        | Form::Budget
        | Form::LocalUrl
        | Form::Share => example(asked),
    }
}

/// The files of the project that a list may be; where there is none, the example.
fn files(asked: &Asked<'_>) -> Vec<Item> {
    let files: Vec<Item> = asked
        .document
        .lists()
        .map(|path| Item {
            detail: "file".to_owned(),
            ..asked.item(written(asked, path.clone()), ItemKind::Value)
        })
        .collect();
    match files.is_empty() {
        true => example(asked),
        false => files,
    }
}

/// Whether a column of a list is named here, as the list calls it.
fn is_header_word(asked: &Asked<'_>) -> bool {
    asked.is_below(&["audience", "columns"])
        || asked.is_below(&["audience", "consent", "column"])
        || asked.is_below(&["audience", "consent", "date"])
}

fn header_words(asked: &Asked<'_>) -> Vec<Item> {
    let words = asked.document.header().into_iter();
    named(
        asked,
        words.map(|word| (written(asked, word), "column".to_owned())),
    )
}

/// A text as a YAML value, quoted where it must be.
fn written(asked: &Asked<'_>, text: String) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '(' | ')' | '/');
    let is_plain = text.starts_with(char::is_alphabetic) && text.chars().all(plain);
    match is_plain || asked.spot.quote.is_some() {
        true => text,
        false => format!("{text:?}"),
    }
}

/// Why passages of this campaign may end.
fn reasons(asked: &Asked<'_>) -> Vec<Item> {
    let mut all = asked.sketch.scalars(asked.document.text, "finish");
    all.extend(asked.sketch.below("exit").map(|entry| entry.name.clone()));
    named(asked, all.into_iter().map(|reason| (reason, String::new())))
}

fn word(asked: &Asked<'_>, choice: &Choice) -> Item {
    let mut item = asked.item(choice.word, ItemKind::Value);
    if choice.status == Status::Later {
        (item.detail, item.rank) = ("not in this version".to_owned(), 3);
    }
    item
}

fn words<'a>(asked: &Asked<'_>, words: impl IntoIterator<Item = &'a str>) -> Vec<Item> {
    words
        .into_iter()
        .map(|word| asked.item(word, ItemKind::Value))
        .collect()
}

fn named(asked: &Asked<'_>, names: impl IntoIterator<Item = (String, String)>) -> Vec<Item> {
    let item = |(name, from): (String, String)| Item {
        detail: from,
        rank: 0,
        ..asked.item(name, ItemKind::Name)
    };
    names.into_iter().map(item).collect()
}

fn names_of(asked: &Asked<'_>, kind: NameKind) -> Vec<Item> {
    named(asked, asked.names(kind))
}

/// Countries that have telephones.
fn regions(asked: &Asked<'_>) -> Vec<Item> {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    let known = codes.filter(|code| sms::Region::new(code).is_some());
    known.map(|code| asked.item(code, ItemKind::Value)).collect()
}

/// The kinds of providers, where the key `kind` is one.
fn kinds(asked: &Asked<'_>) -> Vec<Item> {
    let Some((last, above)) = asked.spot.path.split_last() else {
        return vec![];
    };
    if *last != super::Segment::Key("kind".into()) {
        return vec![];
    }
    let forms = super::forms::of_any_kind(asked.document.kind(), above);
    let kinds = forms.iter().filter_map(|form| match form {
        Form::ByKind(kinds) => Some(kinds.iter()),
        _ => None,
    });
    let item = |kind: &crate::written::key::KindOf| {
        let mut item = asked.item(kind.kind, ItemKind::Value);
        if kind.object.is_none() {
            (item.detail, item.rank) = ("not in this version".to_owned(), 3);
        }
        item
    };
    kinds.flatten().map(item).collect()
}

/// The example of the key, where nothing is written yet.
fn example(asked: &Asked<'_>) -> Vec<Item> {
    if asked.document.begins > 0 && asked.spot.path.len() == 1 {
        // The file of stories names no other one.
        return vec![];
    }
    let above = asked
        .spot
        .path
        .split_last()
        .map(|(_, above)| above)
        .unwrap_or_default();
    let forms = super::forms::at(asked.document, asked.sketch, above);
    let key = super::forms::key(&forms, asked.key());
    let scalar = key.filter(|key| !key.example.is_empty() && !key.example.starts_with(['{', '[']));
    let direct = matches!(asked.spot.path.last(), Some(super::Segment::Key(_)));
    let shown = scalar.filter(|_| direct && asked.spot.role != Role::Key);
    let item = shown.map(|key| {
        let example = match asked.spot.quote {
            Some(_) => key.example.trim_matches('"'),
            None => key.example,
        };
        Item {
            detail: "for example".to_owned(),
            doc: key.doc.to_owned(),
            rank: 2,
            ..asked.item(example, ItemKind::Value)
        }
    });
    item.into_iter().collect()
}
