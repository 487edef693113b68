//! What is said of values and keys that do not fit, and where it points.

use std::ops::Range;

use super::super::campaign::OPT_OUT_LINK;
use super::super::key::{Form, Key, KeyKind, Object};
use super::super::scalars::{self, Problem};
use super::super::traps::{misread, quoted};
use super::one_line;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Kind, Node, Style};

/// What a value belongs to, for messages.
#[derive(Clone)]
pub(super) struct Place {
    /// The key, or `an item of "languages"`.
    pub(super) name: String,
    pub(super) key: &'static str,
    pub(super) example: &'static str,
    /// Inside of something that is not supported yet, which has been said.
    pub(super) later: bool,
    /// The map that it stands in is nothing without it.
    pub(super) needed: bool,
}

impl Place {
    pub(super) fn root(object: &Object) -> Place {
        Place {
            name: object.title.into(),
            key: "",
            example: "",
            later: false,
            needed: true,
        }
    }

    pub(super) fn of(key: &Key, later: bool) -> Place {
        Place {
            name: format!("\"{}\"", key.name),
            key: key.name,
            example: key.example,
            later,
            needed: false,
        }
    }

    /// Of a key that the author chose.
    pub(super) fn chosen(entry: &Entry, around: &Place) -> Place {
        Place {
            name: format!("\"{}\"", entry.key.text),
            key: "",
            example: "",
            later: around.later,
            needed: false,
        }
    }

    /// What to write in the place of nothing.
    pub(super) fn instead(&self) -> String {
        match (self.is_item(), self.needed) {
            (true, _) => "write a value, or leave the item out".into(),
            (false, true) if !self.example.is_empty() => {
                format!("write a value, such as `{}: {}`", self.key, self.example)
            }
            (false, true) => "write a value".into(),
            (false, false) => "write a value, or leave the key out".into(),
        }
    }

    pub(super) fn needed_in(self, object: &Object) -> Place {
        let is_required = object.required.iter().any(|required| required.key == self.key);
        Place {
            needed: is_required || object.one_of.contains(&self.key),
            ..self
        }
    }

    pub(super) fn item(&self) -> Place {
        Place {
            name: format!("an item of {}", self.name),
            ..self.clone()
        }
    }

    pub(super) fn is_item(&self) -> bool {
        self.name.starts_with("an item")
    }

    pub(super) fn later(&self) -> Place {
        Place {
            later: true,
            ..self.clone()
        }
    }

    pub(super) fn help(&self) -> Option<String> {
        // A longer one is wider than a terminal.
        let short = self.key.len() + self.example.len() < 66;
        let shown = !self.example.is_empty() && !self.is_item() && short;
        shown.then(|| format!("for example `{}: {}`", self.key, self.example))
    }
}

impl Place {
    pub(super) fn named(key: &'static str, example: &'static str) -> Place {
        Place {
            name: format!("\"{key}\""),
            key,
            example,
            later: false,
            needed: true,
        }
    }
}

pub(super) fn possible(object: &Object) -> String {
    let names: Vec<&str> = object.keys.iter().map(|key| key.name).collect();
    let more = match object.open.as_ref().map(|open| open.key) {
        Some(KeyKind::Language) if names.is_empty() => {
            return "write languages here, such as `it` and `en`".into();
        }
        Some(KeyKind::Language) => ", and languages",
        Some(KeyKind::Name | KeyKind::Word) => ", and names of your own",
        None => "",
    };
    format!(
        "possible here: {}{more}; own notes go under keys that begin with `x-`",
        names.join(", ")
    )
}

/// The steps there are.
pub(super) fn possible_steps(object: &Object) -> String {
    format!("the steps are {}", object.one_of.join(", "))
}

/// Where a key belongs that is one of a map below.
pub(super) fn belongs(object: &Object, node: &Node, entry: &Entry) -> Option<String> {
    if entry.key.text == "from" && object.key("sender").is_some() {
        let named = entry.value.text().filter(|text| scalars::is_name(text));
        let sender = named.unwrap_or("arena");
        return Some(format!(
            "people come from `audience: {{ from: … }}`, texts from `sender: {sender}`"
        ));
    }
    if object.title == "crier.yaml"
        && matches!(
            scalars::slug(&entry.key.text).as_str(),
            "opt-out" | "optout" | "help"
        )
    {
        return Some("texts of the program stand under `messages`: `messages: { opt-out: … }`".to_owned());
    }
    if object.title == "`schedule`" && matches!(entry.key.text.as_str(), "every" | "repeat" | "interval") {
        return Some("what comes again is a cron: `cron: \"0 10 * * *\"` is every day at ten".to_owned());
    }
    if object.title == "`schedule`" && matches!(entry.key.text.as_str(), "time" | "hour") {
        if node.entry("date").is_some() && node.entry("at").is_none() {
            return Some(format!(
                "the time on the day of a column is `at`: `at: \"{}\"`",
                entry.value.text().unwrap_or("10:00")
            ));
        }
        return Some("day and time are one value: `at: 2026-12-01 10:00`".to_owned());
    }
    if object.title == "`schedule`"
        && matches!(entry.key.text.as_str(), "timezone" | "time_zone" | "tz" | "zone")
    {
        let zone = entry.value.text().unwrap_or("Europe/Rome");
        return Some(format!(
            "the clock is the campaign's: `timezone: {zone}`, beside `schedule`"
        ));
    }
    if object.title == "an inbox"
        && matches!(entry.key.text.as_str(), "slack" | "slack_url" | "slack_webhook")
    {
        let help = "the address is a secret: `slack_url_env: SLACK_DESK` names the variable that has it";
        return Some(help.to_owned());
    }
    if object.title == "a step"
        && ["send", "text", "message", "do"]
            .iter()
            .any(|key| entry.value.entry(key).is_some())
    {
        let help = format!(
            "what people answer stands under `answers` of an `ask`: `- {{ words: [\"{}\"], send: … }}`",
            entry.key.text
        );
        return Some(help);
    }
    let below: Vec<&str> = owners(object, &entry.key.text).map(|key| key.name).collect();
    let there: Vec<&str> = below
        .iter()
        .copied()
        .filter(|name| node.entry(name).is_some())
        .collect();
    match (there.as_slice(), below.as_slice()) {
        ([], []) => None,
        // Of what is there, and else of the first of many, for which the others are like it.
        ([one], _) | ([], [one]) | ([], [one, _, _, ..]) => {
            Some(format!("it is a key of `{one}`: write it there"))
        }
        ([], many) | (many, _) => {
            let many: Vec<String> = many.iter().map(|name| format!("`{name}`")).collect();
            Some(format!(
                "it is a key of {}: write it there",
                many.join(" and of ")
            ))
        }
    }
}

/// The key that one belongs under, so that its absence is not told as well.
pub(super) fn owner(object: &Object, written: &str) -> Option<&'static str> {
    let required = object.required.iter().map(|required| required.key);
    let below: Vec<&str> = owners(object, written).map(|key| key.name).collect();
    required.into_iter().find(|key| below.contains(key))
}

/// The keys of a map under which a word is one.
pub(super) fn owners(object: &Object, written: &str) -> impl Iterator<Item = &'static Key> {
    let has = move |form: &Form| matches!(form, Form::Object(below) if below.key(written).is_some());
    object.keys.iter().filter(move |key| match key.form {
        Form::Either(forms) => forms.iter().any(has),
        form => has(&form),
    })
}

/// What is said of a list where the text of a step is due.
pub(super) const ONE_A_STEP: &str = "each text is a step of its own: `- send: invite`";

/// What is said of a list where the map of an audience is due.
pub(super) const SEVERAL_LISTS: &str =
    "several lists stand under `from`: `audience: { from: [customers, lists/staff.csv] }`";

/// The same; of numbers, that people stand in a file.
pub(super) fn several_lists(node: &Node) -> &'static str {
    let all = node.items().iter().filter_map(Node::text);
    match all.into_iter().all(scalars::is_number) {
        true => "people stand in a file, one a line below `phone`: `audience: lists/people.csv`",
        false => SEVERAL_LISTS,
    }
}

/// What is said of a list where one text is due.
pub(super) const SEVERAL_TEXTS: &str = "one text stands here, or one for each language: `{ it: …, en: … }`; several that \
                                        go out one after the other are `steps`: `- send: { text: … }`";

/// What is said of `columns` that are a list of names.
pub(super) const COLUMNS_AS_LIST: &str = "write our name first, then the file's: `columns: { phone: Mobile }`; a column \
                                          that keeps its own name needs none";

/// What is said of rules whose words are written as keys: `replies: { yes: … }`.
pub(super) fn rules_as_map(form: &Form, node: &Node) -> Option<String> {
    let rule = match form {
        Form::List(Form::Object(rule)) => rule,
        Form::Either(forms) => forms.iter().find_map(|form| match form {
            Form::List(Form::Object(rule)) => Some(rule),
            _ => None,
        })?,
        _ => return None,
    };
    let first = node.entries().first().filter(|_| rule.one_of.contains(&"do"))?;
    if let ([only], Some(address)) = (node.entries(), first.value.text())
        && ["address", "email", "forward", "inbox", "to"].contains(&only.key.text.as_str())
    {
        return Some(format!("where replies go stands alone: `replies: {address}`"));
    }
    let is_word = |key: &str| rule.key(key).is_none() || key == "otherwise";
    let word = node
        .entries()
        .iter()
        .map(|entry| entry.key.text.as_str())
        .find(|key| rule.key(key).is_none());
    let all = node.entries().iter().all(|entry| is_word(&entry.key.text));
    let word = word.unwrap_or(&first.key.text);
    all.then(|| {
        format!(
            "rules are a list: `- {{ words: [{}], send: thanks }}`",
            quoted(word)
        )
    })
}

/// A line of a file that is no map, with the colon and the space that it lacks: `audience:lists/a.csv`, `audience = x`.
pub(super) fn no_colon(line: &str, object: &Object) -> Option<String> {
    let (key, value) = line.split_once([':', '='])?;
    object.key(key.trim_end())?;
    Some(format!("{}: {}", key.trim_end(), value.trim()))
}

pub(super) fn no_kind_yet(kind: &Node, text: &str) -> Diagnostic {
    Diagnostic::not_yet(kind.span.clone(), &format!("a provider of kind \"{text}\""))
}

pub(super) fn wrong(node: &Node, problem: Problem, place: &Place) -> Diagnostic {
    // A name with a mark of a sentence is none.
    let of_texts = |c: char| c.is_whitespace() || matches!(c, '!' | '?' | ',' | '.' | ':');
    let is_text = || node.text().is_some_and(|text| text.contains(of_texts));
    let is_bad = problem.code == "bad-name" && is_text();
    let sent = is_bad && matches!(place.key, "send" | "ask" | "unclear");
    if let Some(text) = node
        .text()
        .filter(|_| is_bad && matches!(place.key, "confirm" | "welcome"))
    {
        let help = format!(
            "the text stands under `messages`, and its name here: `messages: {{ {}: {} }}`",
            place.example,
            quoted(text)
        );
        return Diagnostic::error(problem.code, node.span.clone(), problem.message).help(help);
    }
    let help = match sent {
        true => format!(
            "`{}` takes the name of a message; a text is written `{}: {{ text: … }}`",
            place.key, place.key
        ),
        false => problem.help,
    };
    let found = Diagnostic::error(problem.code, node.span.clone(), problem.message).help(help);
    let number = node
        .text()
        .filter(|text| place.key == "sender" && scalars::is_number(text));
    if let Some(number) = number {
        let help =
            "a sender is named here: the number stands in crier.yaml, `senders: { arena: { number: … } }`";
        let message = format!("\"{number}\" is a telephone number, and a name stands here");
        return Diagnostic::error(problem.code, node.span.clone(), message).help(help);
    }
    if sent && let Some(text) = node.text() {
        let map = format!("{{ text: {} }}", quoted(text));
        return found.replace(node.span.clone(), map, Applicability::Unsure);
    }
    // A list is no item of a list.
    let fits = |(instead, _): &(String, Applicability)| !(instead.starts_with('[') && place.is_item());
    match problem.instead.filter(fits) {
        Some((instead, sure)) => found.replace(node.span.clone(), instead, sure),
        None => found,
    }
}

/// The truth value that people write so.
pub(super) fn truth(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "on" | "true" | "1" => Some("true"),
        "no" | "n" | "off" | "false" | "0" => Some("false"),
        _ => None,
    }
}

/// Whether what stands between commas is what a list of these has.
pub(super) fn are_items(written: &str, item: &Form) -> bool {
    let plain = matches!(item, Form::Language | Form::Region);
    let is_item = |piece: &str| {
        scalars::check(item, piece).is_ok()
            || scalars::language_called(piece).is_some()
            || scalars::region_called(piece).is_some()
    };
    !plain || written.split(',').all(|piece| is_item(piece.trim()))
}

/// What stands between commas as a list, with the tags of languages and countries that are called by their names.
pub(super) fn as_list(written: &str, item: &Form) -> String {
    let tag = |word: &str| match item {
        Form::Language => scalars::language_called(word),
        Form::Region => scalars::region_called(word),
        _ => None,
    };
    let pieces: Vec<&str> = written.split(',').map(str::trim).collect();
    match pieces.iter().map(|piece| tag(piece)).collect::<Option<Vec<_>>>() {
        Some(tags) => format!("[{}]", tags.join(", ")),
        None => format!("[{written}]"),
    }
}

/// Whether a text in brackets is the list of what stands between its commas.
pub(super) fn sure_of_items(written: &str) -> Applicability {
    match written.contains(['[', ']', '{', '}', '(', ')', '"', '\'', '#', '\n']) {
        true => Applicability::Unsure,
        false => Applicability::Safe,
    }
}

/// A text where a map is due, as that map: under the key that it must be for, where no other one takes it as well, with
/// examples for what the map cannot do without. And whether it is right as it stands: an example that names something is
/// not.
pub(super) fn map_of(form: &Form, node: &Node) -> Option<(String, bool)> {
    let text = node.text().filter(|text| !text.is_empty())?;
    if let Form::ByKind(kinds) = form {
        let kind = kinds.iter().find(|kind| kind.kind == text)?;
        let needs_more = kind.object.is_none_or(|object| object.required.len() > 1);
        return Some((format!("{{ kind: {text} }}"), !needs_more));
    }
    let object = match form {
        Form::Object(object) => object,
        Form::Either(forms) => forms.iter().find_map(|form| match form {
            Form::Object(object) => Some(object),
            _ => None,
        })?,
        _ => return None,
    };
    // A yes is no value of anything: something else was meant.
    if truth(text).is_some() {
        return None;
    }
    let required = object
        .required
        .iter()
        .flat_map(|required| std::iter::once(&required.key).chain(required.or));
    let due = required.chain(object.one_of).filter_map(|name| object.key(name));
    let takes = |key: &&Key| takes(&key.form, text);
    let due: Vec<&Key> = due.filter(takes).collect();
    let told_apart = || due.iter().filter(|key| !is_free(&key.form));
    let text_key = || object.key("text").filter(|key| self::takes(&key.form, text));
    let key = match (due.as_slice(), told_apart().count()) {
        // A word that begins something is rather what happens than a list that is joined.
        _ if object.title == "`trigger`" => object.key("event")?,
        ([one], _) => *one,
        (_, 1) => *told_apart().next()?,
        ([], _) => text_key()?,
        (_, _) => return None,
    };
    let required = object.required.iter();
    let lacking = required.filter(|required| required.key != key.name && !required.or.contains(&key.name));
    let lacking: Vec<&Key> = lacking.filter_map(|required| object.key(required.key)).collect();
    let mut map = format!("{}: {}", key.name, in_braces(text));
    for more in &lacking {
        // A longer one is wider than a terminal.
        let example = if more.example.len() > 30 {
            "…"
        } else {
            more.example
        };
        map.push_str(&format!(", {}: {example}", more.name));
    }
    let says_all = |key: &&&Key| matches!(key.form, Form::Duration | Form::Share | Form::Message);
    let is_right = lacking.iter().filter(says_all).count() == lacking.len();
    Some((format!("{{ {map} }}"), is_right))
}

/// A text as it stands inside of braces.
fn in_braces(text: &str) -> String {
    let marked = text.starts_with([
        '"', '\'', '&', '*', '!', '|', '>', '%', '@', '`', '-', '?', ':', '#', ' ',
    ]);
    let cut =
        text.contains([',', '{', '}', '[', ']', '\n', '\\']) || text.contains(": ") || text.contains(" #");
    let plain = !marked && !cut && !text.ends_with([':', ' ']) && !misread(text);
    match plain {
        true => text.to_owned(),
        false if text.contains('"') && !text.contains(['\'', '\n']) => format!("'{text}'"),
        false => quoted(text),
    }
}

/// Whether a scalar form has this text; a path looks like one.
pub(super) fn takes(form: &Form, text: &str) -> bool {
    match form {
        Form::Either(forms) => forms.iter().any(|form| takes(form, text)),
        Form::OneOrList(item) => takes(item, text),
        Form::Path => text.contains(['.', '/']) && !text.contains(char::is_whitespace),
        Form::Phone => text.starts_with(['+', '0']) && text.len() > 8,
        Form::ShortCode => (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()),
        Form::Condition => scalars::is_condition(text),
        form => form.is_scalar() && scalars::check(form, text).is_ok(),
    }
}

/// Whether a form has any text.
fn is_free(form: &Form) -> bool {
    matches!(
        form,
        Form::Text | Form::Word | Form::Message | Form::SenderName | Form::Condition | Form::Any
    )
}

/// A key of `node` that is no name.
pub(super) fn bad_key(node: &Node, entry: &Entry, place: &Place) -> Diagnostic {
    if place.key == "links" && entry.key.text == OPT_OUT_LINK {
        let message = format!("the link \"{OPT_OUT_LINK}\" is built in");
        let found = Diagnostic::error("bad-name", entry.key.span.clone(), message);
        return found.help(format!(
            "leave it out: `{{{{link {OPT_OUT_LINK}}}}}` in a text is the page where people opt out"
        ));
    }
    let message = format!("\"{}\" is not a name", entry.key.text);
    let found = Diagnostic::error("bad-name", entry.key.span.clone(), message)
        .help("a name is lower-case letters, digits and `-`, and begins with a letter");
    let slug = scalars::slug(&entry.key.text);
    match scalars::is_name(&slug) && node.entry(&slug).is_none() {
        // Wherever it is named, here and in other files, it has to be named anew.
        true => found.replace(entry.key.span.clone(), slug, Applicability::Unsure),
        false => found,
    }
}

pub(super) fn conflict(first: &Entry, second: &Entry, object: &Object) -> Diagnostic {
    let message = format!(
        "{} has both \"{}\" and \"{}\"",
        object.title, first.key.text, second.key.text
    );
    Diagnostic::error("conflicting-keys", second.key.span.clone(), message)
        .label("one too many")
        .also(first.key.span.clone(), "the first")
        .help(match object.title {
            "a step" => "a step does one thing: make two steps of it, each with its own `- `",
            "a line of a story" => "a line says one thing: make two lines of it, each with its own `- `",
            _ if object.one_of.contains(&"do") => "what is done in several steps stands under `do`",
            _ => "keep one of them",
        })
}

pub(super) fn a_kind(node: &Node) -> &'static str {
    match &node.kind {
        Kind::List(_) => "a list",
        Kind::Map(_) => "a map",
        Kind::Bad => "unreadable",
        Kind::Scalar(scalar) if scalar.style == Style::Plain && scalar.text.parse::<f64>().is_ok() => {
            "a number"
        }
        Kind::Scalar(_) => "a text",
    }
}

/// Where to point for a whole map: its first key.
pub(super) fn first_key(node: &Node) -> Range<usize> {
    node.entries()
        .first()
        .map_or(node.span.clone(), |entry| entry.key.span.clone())
}

/// Keys of maps in which the author chooses the keys, and of which one with nothing in it says nothing.
pub(super) const MAY_NOT_BE_EMPTY: &[&str] = &["exit", "set", "split", "variants"];

/// Keys of lists of which an empty one is judged elsewhere, or is as good as none.
pub(super) const MAY_BE_EMPTY: &[&str] = &["from", "story", "tests", "words"];

/// An empty list or map where something belongs.
pub(super) fn nothing_in(node: &Node, place: &Place) -> Diagnostic {
    let found = Diagnostic::error(
        "wrong-type",
        node.span.clone(),
        format!("{} is empty", place.name),
    );
    found.help(match place.help().filter(|help| help.len() < 50) {
        Some(help) => format!("{help}; or leave it out"),
        None => "write at least one, or leave it out".to_owned(),
    })
}

/// How a file of these keys may begin.
pub(super) fn first_line(object: &Object) -> String {
    let needed = object
        .required
        .first()
        .and_then(|required| object.key(required.key));
    let key = needed.or(object.keys.first());
    let line = key.map(|key| format!("`{}: {}`", key.name, key.example));
    format!("begin with lines such as {}", line.unwrap_or_default())
}

/// Whether a line is rather the first of a CSV: words between separators.
pub(super) fn is_of_a_list(line: &str) -> bool {
    [',', ';', '\t'].iter().any(|separator| {
        let cells: Vec<&str> = line.split(*separator).map(str::trim).collect();
        let is_name = |cell: &&str| !cell.is_empty() && cell.len() < 40 && !cell.ends_with(['.', '!', '?']);
        cells.len() > 1 && cells.iter().all(is_name)
    })
}

fn is_condition(form: &Form) -> bool {
    match form {
        Form::Condition | Form::Leaver => true,
        Form::List(form) | Form::OneOrList(form) => is_condition(form),
        _ => false,
    }
}

/// What was to be a text to YAML, where something else belongs.
pub(super) fn instead_of_text(told: &Diagnostic, text: &str, form: &Form, place: &Place) -> Diagnostic {
    let written = &text[told.span.clone()];
    // One that YAML takes apart is right in quotes.
    let is_condition = is_condition(form);
    if told.suggestion.is_some() && is_condition && !written.starts_with(['{', '@', '%', '-']) {
        return told.clone();
    }
    let message = format!("{} must be {}", place.name, form.expected());
    let found = Diagnostic::error("wrong-type", told.span.clone(), message)
        .label("YAML reads this as something else");
    if let Some(help) = one_line::second_key(written) {
        return found.help(help);
    }
    match (is_condition && written.starts_with("{{"), place.help()) {
        (true, _) => found.help("a condition names columns and fields without braces: `age >= 18`"),
        (false, Some(help)) => found.help(help),
        (false, None) => found,
    }
}
