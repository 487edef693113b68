//! Holds a tree against the tables: every key is one of the language, every value has the form of its key. What it lets
//! pass can be read without another question.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::ops::Range;

use super::is_note;
use super::key::{Form, Key, KeyKind, KindOf, Object, Open, Status};
use super::nearest::{Guess, Words, listed, nearest};
use super::scalars::{self, Refusal};
use super::traps::{self, Around};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Kind, Node, Style, Tree};

mod again;
mod beside;
mod beside_steps;
mod branches;
mod dashes;
mod elsewhere;
mod fit;
mod full_width;
mod home;
mod instead;
mod marks;
mod meant;
mod misplaced;
mod one_line;
mod only;
mod other_file;
mod own_dash;
mod rounds;
mod several;
mod shares;
mod step;
mod two_steps;
mod unknown;
mod whole;
mod words;

pub(crate) use fit::fits;
use fit::{chosen, is_text};
pub(crate) use home::is_key;
pub(crate) use instead::by_name;
use words::{Place, a_kind, bad_key, first_key, no_kind_yet, wrong};

/// Everything in the tree that is not as the table says. `told`: what reading the text found, which learns here what its
/// places are for.
pub fn check(text: &str, tree: &Tree, object: &'static Object, told: &mut [Diagnostic]) -> Vec<Diagnostic> {
    let messages = tree.root.as_ref().and_then(|root| root.get("messages"));
    let messages = messages.map(Node::entries).unwrap_or_default();
    let mut shape = Shape {
        root: object,
        messages: messages.iter().map(|entry| entry.key.text.as_str()).collect(),
        around: Around {
            text,
            comments: &tree.comments,
        },
        whole: tree.whole,
        found: vec![],
        too_far_right: vec![],
        own_dash: vec![],
        told,
    };
    match &tree.root {
        Some(root) if root.is_bad() => {}
        Some(root)
            if tree.whole
                && let Some(found) = other_file::told(root, object) =>
        {
            shape.found.push(found)
        }
        Some(root) if !root.entries().is_empty() => shape.object(root, object, &Place::root(object)),
        Some(root) => shape.no_map(root, object),
        None if tree.whole => shape.empty(object),
        None => {}
    }
    shape.found
}

/// Keys that somebody wrote already, or misspelt more than once: who else means one of them is not known.
fn meant_twice(node: &Node, object: &Object) -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    let names = || object.keys.iter().map(|key| key.name);
    let entries = node.entries().iter().filter(|entry| !is_note(entry));
    let meant = entries.filter_map(|entry| match object.key(&entry.key.text) {
        Some(key) => Some(key.name),
        None => nearest(&entry.key.text, names()),
    });
    meant.filter(|meant| !seen.insert(*meant)).collect()
}

struct Shape<'a> {
    /// The table of the file.
    root: &'static Object,
    around: Around<'a>,
    /// Whether all of the file was read.
    whole: bool,
    found: Vec<Diagnostic>,
    /// Keys of a campaign that stand in a map of the author's own keys, so that their absence is not told as well.
    too_far_right: Vec<&'static str>,
    /// Where items begin that belong to another, which has been said.
    own_dash: Vec<usize>,
    /// The names of the messages of the file.
    messages: Vec<&'a str>,
    /// Of the text as it was read.
    told: &'a mut [Diagnostic],
}

impl Shape<'_> {
    fn value(&mut self, node: &Node, form: &'static Form, place: &Place) {
        if node.is_bad() {
            return self.no_text(node, form, place);
        }
        if matches!(form, Form::Any) {
            return;
        }
        if node.is_nothing() {
            return self.nothing(node, form, place);
        }
        if let Some(found) = traps::time_in_parts(node, form) {
            return self.found.push(found);
        }
        if let Some(found) = marks::of_items(form, node, self.around.text) {
            return self.found.push(found);
        }
        if !fits(form, node) {
            return self.wrong_type(node, form, place);
        }
        match form {
            Form::Either(forms) if let Some(found) = several::several_among(node, forms) => {
                self.found.push(found)
            }
            Form::Either(forms) => {
                for form in forms.iter().filter(|form| fits(form, node)).take(1) {
                    self.value(node, form, place);
                }
            }
            Form::List(item) => self.items(node, item, place),
            Form::OneOrList(item) if matches!(node.kind, Kind::List(_)) => self.items(node, item, place),
            Form::OneOrList(item) if let Some(found) = several::several_in_one(node, item) => {
                self.found.push(found)
            }
            Form::OneOrList(item) => self.value(node, item, place),
            Form::Object(object) => self.object(node, object, place),
            Form::ByKind(kinds) => self.by_kind(node, kinds, place),
            form => self.scalar(node, form, place),
        }
    }

    /// What needs quotes to be a text is told to be what belongs there, where no text does.
    fn no_text(&mut self, node: &Node, form: &'static Form, place: &Place) {
        let at = |d: &&mut Diagnostic| d.code == "quote-the-text" && d.span.start == node.span.start;
        let told = self.told.iter_mut().find(at);
        if let Some(told) = told.filter(|_| !traps::takes_text(form)) {
            *told = words::instead_of_text(told, self.around.text, form, place);
        }
    }

    fn items(&mut self, node: &Node, item: &'static Form, place: &Place) {
        if node.items().is_empty() && !words::MAY_BE_EMPTY.contains(&place.key) {
            return self.found.push(words::nothing_in(node, place));
        }
        if let Some(found) = meant::inboxes(node, place) {
            return self.found.push(found);
        }
        self.with_a_dash_of_their_own(node, item, place);
        let place = place.item();
        let mut cut = traps::cut_conditions(self.around, node, item);
        cut.extend(full_width::commas(self.around.text, node));
        cut.extend(traps::dashes_too_far_left(self.around, node, item));
        let is_told = |node: &Node| cut.iter().any(|d| d.span.contains(&node.span.start));
        let first = self.found.len();
        for node in node.items().iter().filter(|node| !is_told(node)) {
            self.value(node, item, &place);
        }
        several::keep_apart(node, &mut self.found[first..]);
        self.found.extend(cut);
    }

    fn scalar(&mut self, node: &Node, form: &'static Form, place: &Place) {
        let Some(scalar) = node.scalar() else {
            return;
        };
        if let Some(found) = traps::list_became_text(self.around, node, scalar) {
            self.found.push(found);
            return;
        }
        if let Some(found) = traps::null(node, scalar, form, (&place.name, &place.instead())) {
            return self.found.push(found);
        }
        if let Some(found) = traps::curly_around(node, scalar, form) {
            return self.found.push(found);
        }
        let cut = traps::cut_by_comment(self.around, node, scalar, form);
        self.found.extend(cut);
        if let Some(found) = traps::comma_behind(self.around, node, scalar, form) {
            return self.found.push(found);
        }
        let checked = scalars::check(form, &scalar.text);
        if checked.is_err()
            && let Some(found) = full_width::in_value(self.around.text, node, form)
        {
            return self.found.push(found);
        }
        if (checked.is_err() || traps::is_path(form))
            && let Some(found) = traps::no_comment(self.around, node, scalar, form)
        {
            return self.found.push(found);
        }
        match checked {
            Ok(()) => {}
            Err(Refusal::OtherType) => return self.wrong_type(node, form, place),
            Err(Refusal::Later(what)) => {
                if !place.later {
                    self.found.push(Diagnostic::not_yet(node.span.clone(), &what));
                }
            }
            Err(Refusal::Wrong(problem)) => return self.found.push(wrong(node, problem, place)),
        }
        if traps::takes_text(form) {
            let stray = traps::stray_quote(node, scalar, form);
            // Words of people match whatever stands around them.
            self.found
                .extend(stray.filter(|_| !matches!(place.key, "words" | "opt_out_words" | "keyword")));
            let no_line = traps::backslash_n(self.around, node, scalar, form);
            self.found.extend(no_line);
        }
        if is_text(form) {
            let plain = scalar.style == Style::Plain;
            let advice = traps::older_reader(node.span.clone(), &scalar.text, plain);
            self.found.extend(advice);
        }
    }

    fn object(&mut self, node: &Node, object: &'static Object, place: &Place) {
        if node.entries().is_empty() && object.open.is_some() && words::MAY_NOT_BE_EMPTY.contains(&place.key)
        {
            return self.found.push(words::nothing_in(node, place));
        }
        let verbs: Vec<&Entry> = node
            .entries()
            .iter()
            .filter(|entry| object.one_of.contains(&entry.key.text.as_str()))
            .collect();
        let verb_comes_later = verbs.iter().any(|entry| {
            object
                .key(&entry.key.text)
                .is_some_and(|key| key.status == Status::Later)
        });
        if let Some(found) = shares::unsaid(node, object, place, self.around.text) {
            return self.found.push(found);
        }
        let told = self.misplaced(node, object, place);
        let count = verbs.len();
        // What belongs to another key is no second verb.
        let of_others = |verb: &&&Entry| {
            let mut others = told.entries.iter().filter_map(|at| node.entries().get(*at));
            others.any(|entry| std::ptr::eq(entry, **verb))
        };
        let verbs: Vec<&Entry> = verbs.iter().filter(|verb| !of_others(verb)).copied().collect();
        let (mut meant, mut said, mut beside) = (told.meant, false, vec![]);
        let doubtful = LazyCell::new(|| meant_twice(node, object));
        for (i, entry) in node.entries().iter().enumerate() {
            if is_note(entry) || told.entries.contains(&i) {
                continue;
            }
            let before = i.checked_sub(1).and_then(|i| node.entries().get(i));
            match object.key(&entry.key.text) {
                Some(key) => {
                    let is_verb = object.one_of.contains(&key.name);
                    let quiet = place.later || said || (verb_comes_later && !is_verb);
                    said |= is_verb && key.status == Status::Later;
                    if let [verb] = verbs.as_slice()
                        && !key.beside.is_empty()
                        && !key.beside.contains(&verb.key.text.as_str())
                    {
                        beside.push((entry, *verb, key));
                    }
                    self.known(entry, key, object, quiet || (place.later && is_verb));
                }
                None => match chosen(object, &entry.key.text) {
                    Some(open) if !self.is_cut(node, entry, before) => self.chosen(node, entry, open, place),
                    Some(_) | None => {
                        let code = match verbs.is_empty() && object.title == "a step" {
                            true => "unknown-step",
                            false => "unknown-key",
                        };
                        meant.extend(self.unknown(node, entry, before, (code, object), &doubtful));
                    }
                },
            }
        }
        self.found.extend(beside::another(&beside));
        if self.whole {
            self.missing(node, object, &meant, count);
        }
        self.several_verbs(node, object, &verbs);
    }

    fn known(&mut self, entry: &Entry, key: &'static Key, object: &Object, quiet: bool) {
        if let Some(found) = meant::under_another_key(entry, key) {
            return self.found.push(found);
        }
        let later = key.status == Status::Later;
        if later && !quiet {
            let what = format!("\"{}\"", key.name);
            self.found
                .push(Diagnostic::not_yet(entry.key.span.clone(), &what));
        }
        let place = Place::of(key, later || quiet).needed_in(object);
        self.value(&entry.value, &key.form, &place);
    }

    fn chosen(&mut self, node: &Node, entry: &Entry, open: &Open, place: &Place) {
        if let Some((key, found)) = meant::too_far_right(entry, open, place) {
            self.too_far_right.push(key);
            return self.found.push(found);
        }
        if open.key == KeyKind::Name && !scalars::is_name(&entry.key.text) {
            self.found.push(bad_key(node, entry, place));
        }
        let advice = traps::older_reader(entry.key.span.clone(), &entry.key.text, entry.key.plain);
        self.found.extend(advice);
        let place = Place::chosen(entry, place);
        self.value(&entry.value, open.form, &place);
    }

    /// Whether a key without a value is the rest of the text before it.
    fn is_cut(&self, node: &Node, entry: &Entry, before: Option<&Entry>) -> bool {
        let flow = self.around.text[node.span.start..].starts_with('{');
        let plain = |entry: &Entry| entry.value.scalar().is_some_and(|s| s.style == Style::Plain);
        flow && entry.key.plain && entry.value.is_nothing() && before.is_some_and(plain)
    }

    fn missing(&mut self, node: &Node, object: &Object, meant: &[&str], verbs: usize) {
        if self.says_nothing(node) {
            return;
        }
        let span = first_key(node);
        let elsewhere: &[&str] = if object.title == "a campaign" {
            &self.too_far_right
        } else {
            &[]
        };
        let is_there =
            |key: &&'static str| meant.contains(key) || elsewhere.contains(key) || node.entry(key).is_some();
        for required in object.required {
            let mut any = std::iter::once(&required.key).chain(required.or);
            if any.any(is_there) {
                continue;
            }
            let message = format!("{} needs the key \"{}\"", object.title, required.key);
            let example = object.key(required.key).map_or("", |key| key.example);
            let of_messages = node.get("messages").filter(|_| required.key == "message");
            let first = of_messages.and_then(|messages| messages.entries().first());
            let help = match required.or {
                _ if let Some(first) = first => {
                    format!(
                        "`messages` are sent by steps: `steps: [{{ send: {} }}]`",
                        first.key.text
                    )
                }
                [] => format!("for example `{}: {example}`", required.key),
                others => {
                    let others: Vec<String> = others.iter().map(|key| format!("`{key}`")).collect();
                    format!(
                        "for example `{}: {example}`; {} can stand in its place",
                        required.key,
                        others.join(" or ")
                    )
                }
            };
            self.found
                .push(Diagnostic::error("missing-key", span.clone(), message).help(help));
        }
        let unclear = !meant.is_empty() || object.one_of.is_empty();
        let stands_in = object.or.iter().any(|key| node.entry(key).is_some());
        let is_told = self.own_dash.contains(&span.start);
        if verbs == 0 && !unclear && !stands_in && !is_told && !self.has_unknown(node) {
            let choices = listed(object.one_of.iter().copied());
            let message = format!("{} needs one of the keys {choices}", object.title);
            self.found.push(Diagnostic::error("missing-key", span, message));
        }
    }

    /// Whether nothing stands there but keys without values that do not exist: it is not written yet, or braces of something else.
    fn says_nothing(&self, node: &Node) -> bool {
        let is_bare = |entry: &Entry| {
            let is_told = |d: &Diagnostic| d.code == "unknown-key" && d.span == entry.key.span;
            entry.value.is_nothing() && self.found.iter().any(is_told)
        };
        // Of hundreds each would be looked for among as many.
        matches!(node.entries(), [first, rest @ ..] if rest.len() < 4 && is_bare(first) && rest.iter().all(is_bare))
    }

    fn has_unknown(&self, node: &Node) -> bool {
        let at = |span: &Range<usize>| node.entries().iter().any(|entry| entry.key.span == *span);
        self.found
            .iter()
            .any(|d| matches!(d.code, "unknown-key" | "unknown-step") && at(&d.span))
    }

    fn by_kind(&mut self, node: &Node, kinds: &'static [KindOf], place: &Place) {
        let names = || kinds.iter().map(|kind| kind.kind);
        let called = node.entries().iter().find(|entry| {
            let is_kind = |text: &str| names().any(|kind| kind == text);
            entry.key.text != "kind" && entry.value.text().is_some_and(is_kind)
        });
        let Some(entry) = node.entry("kind") else {
            if let Some(called) = called {
                let message = format!("\"{}\" is not a key of a provider", called.key.text);
                let found = Diagnostic::error("unknown-key", called.key.span.clone(), message);
                let guess = Guess::unsure(Some("kind"));
                return self
                    .found
                    .push(guess.tell(found.label("unknown key"), String::new));
            }
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
            }) => {
                let later = object.key("kind").is_some_and(|key| key.status == Status::Later);
                if later && !place.later {
                    self.found.push(no_kind_yet(&entry.value, text));
                }
                let place = if later { &place.later() } else { place };
                self.object(node, object, place);
            }
            Some(_) if place.later => {}
            Some(_) => self.found.push(no_kind_yet(&entry.value, text)),
            None => {
                let message = format!("there is no kind of provider \"{text}\"");
                let found = Diagnostic::error("unknown-value", entry.value.span.clone(), message);
                let guess = Guess::among(text, names(), Words::Language);
                self.found
                    .push(guess.tell(found, || format!("the kinds are {}", listed(names()))));
            }
        }
    }

    fn wrong_type(&mut self, node: &Node, form: &Form, place: &Place) {
        if let Some(found) = node.scalar().and_then(|scalar| {
            traps::list_became_text(self.around, node, scalar)
                .or_else(|| traps::null(node, scalar, form, (&place.name, &place.instead())))
        }) {
            return self.found.push(found);
        }
        let message = format!("{} must be {}", place.name, form.expected());
        let whole = dashes::begin(node, self.around.text)..node.span.end;
        let found = Diagnostic::error("wrong-type", whole.clone(), message)
            .label(format!("this is {}", a_kind(node)));
        let of_list = match form {
            Form::List(item) if fits(item, node) && node.scalar().is_some() => Some(item),
            _ => None,
        };
        let written = &self.around.text[node.span.clone()];
        let undashed = matches!(form, Form::List(_) | Form::OneOrList(_)) && written.starts_with('-');
        let meant = meant::in_another_shape(form, node, place, written)
            .or_else(|| step::colon_missing(form, node, place, &self.messages))
            .or_else(|| dashes::as_map(form, node, place, self.around.text));
        self.found.push(if let Some((help, right)) = meant {
            let found = found.help(help);
            match right {
                Some(right) => found.replace(whole, right, Applicability::Unsure),
                None => found,
            }
        } else if place.key == "choose"
            && let Some(help) = branches::in_place_of_rules(node, self.around.text)
        {
            found.help(help)
        } else if place.key == "message" && !node.items().is_empty() {
            found.help(words::SEVERAL_TEXTS)
        } else if place.key == "send" && !node.items().is_empty() {
            found.help(words::ONE_A_STEP)
        } else if place.key == "audience" && !node.items().is_empty() {
            found.help(words::several_lists(node))
        } else if place.key == "columns" && !node.items().is_empty() {
            found.help(words::COLUMNS_AS_LIST)
        } else if undashed {
            found.help("put a space after each `-`")
        } else if let Some(help) = words::rules_as_map(form, node) {
            found.help(help)
        } else if matches!(form, Form::List(_)) && !node.entries().is_empty() {
            found.help("put `- ` before each item, also where there is only one")
        } else if let (Form::Flag, Some(right)) = (form, node.text().and_then(words::truth)) {
            let found = found.help(format!("write `{right}`"));
            found.replace(node.span.clone(), right, Applicability::Unsure)
        } else if let Some(item) = of_list.filter(|item| words::are_items(written, item)) {
            let list = words::as_list(written, item);
            let sure = match list.strip_prefix('[').and_then(|list| list.strip_suffix(']')) == Some(written) {
                true => words::sure_of_items(written),
                false => Applicability::Unsure,
            };
            found
                .help("a list stands in brackets")
                .replace(node.span.clone(), list, sure)
        } else if place.key == "sender" && !node.entries().is_empty() {
            found.help("`sender` names one of `senders`, where it is said what they are")
        } else if let Some((map, is_right)) = words::map_of(form, node) {
            let found = found.help(format!("a map stands in braces: `{map}`"));
            match is_right {
                true => found.replace(node.span.clone(), map, Applicability::Unsure),
                false => found,
            }
        } else {
            match place.help() {
                Some(help) => found.help(help),
                None => found,
            }
        });
    }

    fn nothing(&mut self, node: &Node, form: &Form, place: &Place) {
        if let Some(found) = traps::all_is_comment(self.around, node, form) {
            return self.found.push(found);
        }
        let message = format!("{} has no value", place.name);
        let found = Diagnostic::error("wrong-type", traps::place_of_value(self.around, node), message)
            .label(format!("{} is expected here", form.expected()));
        self.found.push(match place.help() {
            Some(help) => found.help(help),
            None => found,
        });
    }
}
