//! Holds a tree against the tables: every key is one of the language, every value has the form of its key. What it lets
//! pass can be read without another question.

use std::ops::Range;

use super::key::{Form, Key, KeyKind, KindOf, Object, Open, Status};
use super::nearest::{did_you_mean, listed, nearest};
use super::scalars::{self, Problem, Refusal};
use super::traps::{self, Around};
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Kind, Node, Style, Tree};
use crate::values::Language;

/// Everything in the tree that is not as the table says.
pub fn check(text: &str, tree: &Tree, object: &'static Object) -> Vec<Diagnostic> {
    let mut shape = Shape {
        around: Around {
            text,
            comments: &tree.comments,
        },
        whole: tree.whole,
        found: vec![],
    };
    match &tree.root {
        Some(root) if root.is_bad() => {}
        Some(root) if !root.entries().is_empty() => shape.object(root, object, &Place::root(object)),
        Some(root) => shape.no_map(root, object),
        None if tree.whole => shape.empty(object),
        None => {}
    }
    shape.found
}

struct Shape<'a> {
    around: Around<'a>,
    /// Whether all of the file was read.
    whole: bool,
    found: Vec<Diagnostic>,
}

/// What a value belongs to, for messages.
#[derive(Clone)]
struct Place {
    /// The key, or `an item of "languages"`.
    name: String,
    key: &'static str,
    example: &'static str,
    /// Inside of something that is not supported yet, which has been said.
    later: bool,
}

impl Place {
    fn root(object: &Object) -> Place {
        Place {
            name: object.title.into(),
            key: "",
            example: "",
            later: false,
        }
    }

    fn of(key: &Key, later: bool) -> Place {
        Place {
            name: format!("\"{}\"", key.name),
            key: key.name,
            example: key.example,
            later,
        }
    }

    fn item(&self) -> Place {
        Place {
            name: format!("an item of {}", self.name),
            ..self.clone()
        }
    }

    fn later(&self) -> Place {
        Place {
            later: true,
            ..self.clone()
        }
    }

    fn help(&self) -> Option<String> {
        let shown = !self.example.is_empty() && !self.name.starts_with("an item");
        shown.then(|| format!("for example `{}: {}`", self.key, self.example))
    }
}

/// The three shapes of YAML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outline {
    Scalar,
    List,
    Map,
}

impl Shape<'_> {
    fn value(&mut self, node: &Node, form: &'static Form, place: &Place) {
        if node.is_bad() || matches!(form, Form::Any) {
            return;
        }
        if node.is_nothing() {
            return self.nothing(node, form, place);
        }
        if !fits(form, node) {
            return self.wrong_type(node, form, place);
        }
        match form {
            Form::Either(forms) => {
                for form in forms.iter().filter(|form| fits(form, node)).take(1) {
                    self.value(node, form, place);
                }
            }
            Form::LaterPart { what, form } => {
                if !place.later {
                    self.found.push(not_yet(smallest(node), what));
                }
                self.value(node, form, &place.later());
            }
            Form::List(item) => self.items(node, item, place),
            Form::OneOrList(item) if matches!(node.kind, Kind::List(_)) => self.items(node, item, place),
            Form::OneOrList(item) => self.value(node, item, place),
            Form::Object(object) => self.object(node, object, place),
            Form::ByKind(kinds) => self.by_kind(node, kinds, place),
            form => self.scalar(node, form, place),
        }
    }

    fn items(&mut self, node: &Node, item: &'static Form, place: &Place) {
        let place = place.item();
        for node in node.items() {
            self.value(node, item, &place);
        }
    }

    fn scalar(&mut self, node: &Node, form: &'static Form, place: &Place) {
        let Some(scalar) = node.scalar() else {
            return;
        };
        if let Some(found) = traps::list_became_text(self.around, node, scalar) {
            self.found.push(found);
            return;
        }
        let cut = traps::cut_by_comment(self.around, node, scalar, form);
        self.found.extend(cut);
        match scalars::check(form, &scalar.text) {
            Ok(()) => {}
            Err(Refusal::OtherType) => return self.wrong_type(node, form, place),
            Err(Refusal::Later(what)) => {
                if !place.later {
                    self.found.push(not_yet(node.span.clone(), &what));
                }
            }
            Err(Refusal::Wrong(problem)) => return self.found.push(wrong(node, problem, place)),
        }
        if is_text(form) {
            let plain = scalar.style == Style::Plain;
            let advice = traps::older_reader(node.span.clone(), &scalar.text, plain);
            self.found.extend(advice);
        }
    }

    fn object(&mut self, node: &Node, object: &'static Object, place: &Place) {
        let verbs: Vec<&Entry> = node
            .entries()
            .iter()
            .filter(|entry| object.one_of.contains(&entry.key.text.as_str()))
            .collect();
        let verb_comes_later = verbs
            .iter()
            .any(|entry| object.key(&entry.key.text).is_some_and(|key| key.status == Status::Later));
        let mut meant: Vec<&'static str> = vec![];
        let mut said = false;
        for (i, entry) in node.entries().iter().enumerate() {
            if entry.key.text.starts_with("x-") {
                continue;
            }
            let before = i.checked_sub(1).and_then(|i| node.entries().get(i));
            match object.key(&entry.key.text) {
                Some(key) => {
                    let is_verb = object.one_of.contains(&key.name);
                    let quiet = place.later || said || (verb_comes_later && !is_verb);
                    said |= is_verb && key.status == Status::Later;
                    self.known(entry, key, quiet || (place.later && is_verb));
                }
                None => match chosen(object, &entry.key.text) {
                    Some(open) if !self.is_cut(node, entry, before) => self.chosen(entry, open, place),
                    Some(_) | None => meant.extend(self.unknown(node, entry, before, object)),
                },
            }
        }
        if self.whole {
            self.missing(node, object, place, &meant, verbs.len());
        }
        if let [first, second, ..] = verbs.as_slice() {
            self.found.push(conflict(first, second, object));
        }
    }

    fn known(&mut self, entry: &Entry, key: &'static Key, quiet: bool) {
        let later = key.status == Status::Later;
        if later && !quiet {
            let what = format!("\"{}\"", key.name);
            self.found.push(not_yet(entry.key.span.clone(), &what));
        }
        self.value(&entry.value, &key.form, &Place::of(key, later || quiet));
    }

    fn chosen(&mut self, entry: &Entry, open: &Open, place: &Place) {
        if open.key == KeyKind::Name && !scalars::is_name(&entry.key.text) {
            self.found.push(bad_key(entry));
        }
        let advice = traps::older_reader(entry.key.span.clone(), &entry.key.text, entry.key.plain);
        self.found.extend(advice);
        let place = Place {
            name: format!("\"{}\"", entry.key.text),
            key: "",
            example: "",
            later: place.later,
        };
        self.value(&entry.value, open.form, &place);
    }

    /// Whether a key without a value is the rest of the text before it.
    fn is_cut(&self, node: &Node, entry: &Entry, before: Option<&Entry>) -> bool {
        let flow = self.around.text[node.span.start..].starts_with('{');
        let plain = |entry: &Entry| entry.value.scalar().is_some_and(|s| s.style == Style::Plain);
        flow && entry.key.plain && entry.value.is_nothing() && before.is_some_and(plain)
    }

    /// The key that was probably meant, so that its absence is not told as well.
    fn unknown(
        &mut self,
        node: &Node,
        entry: &Entry,
        before: Option<&Entry>,
        object: &Object,
    ) -> Option<&'static str> {
        if let Some(before) = before.filter(|_| self.is_cut(node, entry, before)) {
            let found = traps::cut_by_comma(self.around, &before.value, entry.key.span.clone());
            self.found.push(found);
            return None;
        }
        let meant = nearest(&entry.key.text, object.keys.iter().map(|key| key.name));
        let message = format!("\"{}\" is not a key of {}", entry.key.text, object.title);
        let found = Diagnostic::error("unknown-key", entry.key.span.clone(), message)
            .label("unknown key")
            .help(did_you_mean(meant, || possible(object)));
        self.found.push(match meant {
            Some(meant) => found.replace(entry.key.span.clone(), meant),
            None => found,
        });
        meant
    }

    fn missing(&mut self, node: &Node, object: &Object, place: &Place, meant: &[&str], verbs: usize) {
        let span = first_key(node);
        let is_there = |key: &&'static str| meant.contains(key) || node.entry(key).is_some();
        for required in object.required {
            let mut any = std::iter::once(&required.key).chain(required.or);
            if any.any(is_there) {
                continue;
            }
            let message = format!("{} needs the key \"{}\"", object.title, required.key);
            let example = object.key(required.key).map_or("", |key| key.example);
            let help = format!("for example `{}: {example}`", required.key);
            self.found
                .push(Diagnostic::error("missing-key", span.clone(), message).help(help));
        }
        let unclear = place.later || !meant.is_empty() || object.one_of.is_empty();
        if verbs == 0 && !unclear && !self.has_unknown(node) {
            let choices = listed(object.one_of.iter().copied().filter(|name| {
                object.key(name).is_some_and(|key| key.status == Status::Now)
            }));
            let message = format!("{} needs one of the keys {choices}", object.title);
            self.found.push(Diagnostic::error("missing-key", span, message));
        }
    }

    fn has_unknown(&self, node: &Node) -> bool {
        let at = |span: &Range<usize>| node.entries().iter().any(|entry| entry.key.span == *span);
        self.found.iter().any(|d| d.code == "unknown-key" && at(&d.span))
    }

    fn by_kind(&mut self, node: &Node, kinds: &'static [KindOf], place: &Place) {
        let names = || kinds.iter().map(|kind| kind.kind);
        let Some(entry) = node.entry("kind") else {
            let message = format!("{} needs the key \"kind\"", place.name);
            let found = Diagnostic::error("missing-key", first_key(node), message);
            return self.found.push(found.help("for example `kind: simulated`"));
        };
        let Some(text) = entry.value.text() else {
            return self.wrong_type(&entry.value, &Form::Word, &Place::named("kind", "simulated"));
        };
        match kinds.iter().find(|kind| kind.kind == text) {
            Some(KindOf {
                object: Some(object), ..
            }) => self.object(node, object, place),
            Some(_) if place.later => {}
            Some(_) => self.found.push(not_yet(entry.value.span.clone(), &format!("a provider of kind \"{text}\""))),
            None => {
                let meant = nearest(text, names());
                let message = format!("there is no kind of provider \"{text}\"");
                let help = did_you_mean(meant, || format!("the kinds are {}", listed(names())));
                let found = Diagnostic::error("unknown-value", entry.value.span.clone(), message).help(help);
                self.found.push(match meant {
                    Some(meant) => found.replace(entry.value.span.clone(), meant),
                    None => found,
                });
            }
        }
    }

    fn wrong_type(&mut self, node: &Node, form: &Form, place: &Place) {
        if let Some(found) = node
            .scalar()
            .and_then(|scalar| traps::list_became_text(self.around, node, scalar))
        {
            return self.found.push(found);
        }
        let message = format!("{} must be {}", place.name, form.expected());
        let found = Diagnostic::error("wrong-type", node.span.clone(), message).label(format!("this is {}", a_kind(node)));
        let listable = matches!(form, Form::List(item) if fits(item, node)) && node.scalar().is_some();
        self.found.push(if listable {
            let written = &self.around.text[node.span.clone()];
            found
                .help("a list stands in brackets")
                .replace(node.span.clone(), format!("[{written}]"))
        } else {
            match place.help() {
                Some(help) => found.help(help),
                None => found,
            }
        });
    }

    fn nothing(&mut self, node: &Node, form: &Form, place: &Place) {
        let message = format!("{} has no value", place.name);
        let at = node.span.start;
        let found = Diagnostic::error("wrong-type", at.saturating_sub(1)..at, message)
            .label(format!("{} is expected here", form.expected()));
        self.found.push(match place.help() {
            Some(help) => found.help(help),
            None => found,
        });
    }

    fn no_map(&mut self, root: &Node, object: &Object) {
        if root.is_nothing() || matches!(root.kind, Kind::Map(_)) {
            if self.whole {
                self.empty(object);
            }
            return;
        }
        let message = format!("{} is a map of keys and values", object.title);
        let end = self.around.text[root.span.start..]
            .find('\n')
            .map_or(root.span.end, |i| (root.span.start + i).min(root.span.end));
        let found = Diagnostic::error("wrong-type", root.span.start..end, message)
            .label(format!("this is {}", a_kind(root)))
            .help("begin with lines such as `audience: lists/customers.csv`");
        self.found.push(found);
    }

    fn empty(&mut self, object: &Object) {
        let names: Vec<&str> = object.required.iter().map(|required| required.key).collect();
        let message = format!("the file is empty; {} needs {}", object.title, listed(names));
        let lines = object.required.iter().filter_map(|required| {
            let example = object.key(required.key)?.example;
            Some(format!("`{}: {example}`", required.key))
        });
        let help = format!("for example {}", lines.collect::<Vec<_>>().join(", "));
        self.found.push(Diagnostic::error("missing-key", 0..0, message).help(help));
    }
}

impl Place {
    fn named(key: &'static str, example: &'static str) -> Place {
        Place {
            name: format!("\"{key}\""),
            key,
            example,
            later: false,
        }
    }
}

fn outline(node: &Node) -> Outline {
    match node.kind {
        Kind::Scalar(_) | Kind::Bad => Outline::Scalar,
        Kind::List(_) => Outline::List,
        Kind::Map(_) => Outline::Map,
    }
}

/// Whether a value has the shape of the form, whatever is in it.
fn fits(form: &Form, node: &Node) -> bool {
    let shape = outline(node);
    match form {
        Form::Any => true,
        Form::List(_) => shape == Outline::List,
        Form::OneOrList(item) => shape == Outline::List || fits(item, node),
        Form::Object(_) | Form::ByKind(_) => shape == Outline::Map,
        Form::Either(forms) => forms.iter().any(|form| fits(form, node)),
        Form::LaterPart { form, .. } => fits(form, node),
        Form::Text
        | Form::Message
        | Form::Word
        | Form::Name
        | Form::Address
        | Form::Path
        | Form::Version
        | Form::Flag
        | Form::Count
        | Form::Positive
        | Form::Duration
        | Form::Wait
        | Form::Time
        | Form::Start
        | Form::At
        | Form::TimeOfDay
        | Form::Window
        | Form::Rate
        | Form::Share
        | Form::Zone
        | Form::Language
        | Form::Region
        | Form::Day
        | Form::Condition
        | Form::OneOf(_)
        | Form::Source
        | Form::Leaver
        | Form::ReplyTo => shape == Outline::Scalar,
    }
}

/// Forms that are text letter for letter, whatever the look of it.
fn is_text(form: &Form) -> bool {
    matches!(
        form,
        Form::Text | Form::Message | Form::Word | Form::Name | Form::Language | Form::Region | Form::TimeOfDay
    )
}

/// The rule for a key that the author chose, where the object has such.
fn chosen(object: &'static Object, key: &str) -> Option<&'static Open> {
    let open = object.open.as_ref()?;
    let is_one = match open.key {
        KeyKind::Name | KeyKind::Word => true,
        KeyKind::Language => is_language(object, key),
    };
    is_one.then_some(open)
}

/// A tag, but not three letters that are a slip for one of the keys.
fn is_language(object: &Object, key: &str) -> bool {
    let slip = key.len() == 3 && nearest(key, object.keys.iter().map(|key| key.name)).is_some();
    Language::new(key).is_some() && !slip
}

fn possible(object: &Object) -> String {
    let names = object.keys.iter().filter(|key| key.status == Status::Now);
    let mut names: Vec<&str> = names.map(|key| key.name).collect();
    if names.is_empty() {
        names = object.keys.iter().map(|key| key.name).collect();
    }
    let more = match object.open.as_ref().map(|open| open.key) {
        Some(KeyKind::Language) if names.is_empty() => return "write languages here, such as `it` and `en`".into(),
        Some(KeyKind::Language) => ", and languages",
        Some(KeyKind::Name | KeyKind::Word) => ", and names of your own",
        None => "",
    };
    format!("possible here: {}{more}; own notes go under keys that begin with `x-`", names.join(", "))
}

fn not_yet(span: Range<usize>, what: &str) -> Diagnostic {
    Diagnostic::error("not-yet-supported", span, format!("{what} is not supported yet"))
        .label("not in this version")
        .help("it is part of the language, but this version of crier cannot do it: leave it out")
}

fn wrong(node: &Node, problem: Problem, place: &Place) -> Diagnostic {
    let sent = problem.code == "bad-name" && matches!(place.key, "send" | "ask");
    let help = match sent {
        true => format!("`{}` takes the name of a message; a text is written `{}: {{ text: … }}`", place.key, place.key),
        false => problem.help,
    };
    let found = Diagnostic::error(problem.code, node.span.clone(), problem.message).help(help);
    match problem.instead.filter(|_| !sent) {
        Some(instead) => found.replace(node.span.clone(), instead),
        None => found,
    }
}

fn bad_key(entry: &Entry) -> Diagnostic {
    let message = format!("\"{}\" is not a name", entry.key.text);
    let found = Diagnostic::error("bad-name", entry.key.span.clone(), message)
        .help("a name is lower-case letters, digits and `-`, and begins with a letter");
    let slug = scalars::slug(&entry.key.text);
    match scalars::is_name(&slug) {
        true => found.replace(entry.key.span.clone(), slug),
        false => found,
    }
}

fn conflict(first: &Entry, second: &Entry, object: &Object) -> Diagnostic {
    let message = format!(
        "{} has both \"{}\" and \"{}\"",
        object.title, first.key.text, second.key.text
    );
    Diagnostic::error("conflicting-keys", second.key.span.clone(), message)
        .label("one too many")
        .also(first.key.span.clone(), "the first")
        .help(match object.title {
            "a step" => "a step does one thing: make two steps of it, each with its own `- `",
            _ => "keep one of them",
        })
}

fn a_kind(node: &Node) -> &'static str {
    match &node.kind {
        Kind::List(_) => "a list",
        Kind::Map(_) => "a map",
        Kind::Bad => "unreadable",
        Kind::Scalar(scalar) if scalar.style == Style::Plain && scalar.text.parse::<f64>().is_ok() => "a number",
        Kind::Scalar(_) => "a text",
    }
}

/// Where to point for a value of many lines: the first thing in it.
fn smallest(node: &Node) -> Range<usize> {
    match &node.kind {
        Kind::List(items) => items.first().map_or(node.span.clone(), smallest),
        Kind::Map(_) => first_key(node),
        Kind::Scalar(_) | Kind::Bad => node.span.clone(),
    }
}

/// Where to point for a whole map: its first key.
fn first_key(node: &Node) -> Range<usize> {
    node.entries()
        .first()
        .map_or(node.span.clone(), |entry| entry.key.span.clone())
}
