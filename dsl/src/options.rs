//! Every key of a file, commented out, with its meaning and an example: what `crier init` puts below a first campaign.
//! Made from the tables of keys, so that it says what this version does. With the `#` before its keys taken away it is
//! YAML again.

use crate::tree;
use crate::written::key::{Form, Key, KeyKind, KindOf, Object, Status};
use crate::written::tables;

/// Columns of a line.
const WIDTH: usize = 80;
/// Keys that two maps share before those are not listed again.
const ALIKE: usize = 10;

/// Every key of a campaign.
pub fn campaign() -> String {
    written(&tables::CAMPAIGN)
}

/// Every key of crier.yaml.
pub fn project() -> String {
    written(&tables::PROJECT)
}

fn written(root: &'static Object) -> String {
    let mut writer = Writer::default();
    writer.object(root, 0, false);
    writer.text
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Tables refer to each other in circles: each map is written out once.
    seen: Vec<&'static Object>,
    /// That it is of a later version is said of what holds this key.
    later: bool,
}

impl Writer {
    /// The keys of a map, in this column; of an item of a list the first follows a dash.
    fn object(&mut self, object: &'static Object, column: usize, is_item: bool) {
        let like = self.alike(object);
        self.seen.push(object);
        if !object.one_of.is_empty() {
            let or: String = object.or.iter().map(|key| format!(", or {key} alone")).collect();
            self.note(
                column,
                &format!("Exactly one of {}{or}.", object.one_of.join(", ")),
            );
        }
        if let Some(needs) = needs(object).filter(|_| column > 0) {
            self.note(column, &needs);
        }
        let own = object
            .keys
            .iter()
            .filter(|key| like.is_none_or(|like| !has(like, key)));
        let inner = if is_item { column + 2 } else { column };
        for (nth, key) in own.enumerate() {
            match is_item && nth == 0 {
                true => self.key(key, column, "- "),
                false => self.key(key, inner, ""),
            }
        }
        if let Some(like) = like {
            self.note(inner, &format!("And every key of {}.", like.title));
        }
        let language = object
            .open
            .as_ref()
            .is_some_and(|open| open.key == KeyKind::Language);
        if let Some(text) = object.key("text").filter(|_| language) {
            self.note(inner, "In place of `text`: one by its language.");
            self.line(inner, &format!("en: {}", text.example));
        }
    }

    /// A map that was written out and has most of these keys.
    fn alike(&self, object: &Object) -> Option<&'static Object> {
        let shared = |other: &Object| object.keys.iter().filter(|key| has(other, key)).count();
        self.seen.iter().copied().find(|other| shared(other) > ALIKE)
    }

    fn key(&mut self, key: &'static Key, column: usize, dash: &str) {
        let inner = Inner::of(&key.form).filter(|inner| !self.has_seen(inner));
        let later = key.status == Status::Later && !self.later;
        let short = match inner.is_some() && has_short(&key.form) {
            true => format!(" For example `{}`.", key.example),
            false => String::new(),
        };
        let later_says = if later { " Not in this version yet." } else { "" };
        self.note(column, &format!("{}{short}{later_says}", key.doc));
        match inner {
            None => self.line(column, &format!("{dash}{}: {}", key.name, key.example)),
            Some(inner) => {
                self.line(column, &format!("{dash}{}:", key.name));
                let before = self.later;
                self.later |= later;
                self.inner(&inner, key.example, column + dash.len() + 2);
                self.later = before;
            }
        }
    }

    /// Whether all of a map was written out: itself, or one that has each of its keys.
    fn has_seen(&self, inner: &Inner) -> bool {
        match inner.map {
            Map::Object(object) => {
                let all =
                    |other: &Object| !object.keys.is_empty() && object.keys.iter().all(|key| has(other, key));
                self.seen
                    .iter()
                    .any(|seen| std::ptr::eq(object, *seen) || all(seen))
            }
            Map::Kinds(_) => false,
        }
    }

    fn inner(&mut self, inner: &Inner, example: &str, column: usize) {
        match inner.map {
            Map::Object(object) => match &object.open {
                Some(open) if object.keys.is_empty() => {
                    self.seen.push(object);
                    self.chosen(open.key, open.form, example, column);
                }
                Some(open) if open.key == KeyKind::Word => {
                    self.own(object, example, column);
                    self.object(object, column, inner.is_list);
                }
                Some(_) | None => self.object(object, column, inner.is_list),
            },
            Map::Kinds(kinds) => self.kinds(kinds, column),
        }
    }

    /// The keys that the author chooses beside those of the language, as the example has them.
    fn own(&mut self, object: &Object, example: &str, column: usize) {
        let Some(root) = tree::parse(example).0.root else {
            return;
        };
        let own = root.entries().iter();
        for entry in own.filter(|entry| object.key(&entry.key.text).is_none()) {
            let value = example.get(entry.value.span.clone()).unwrap_or_default();
            self.line(column, &format!("{}: {value}", entry.key.text));
        }
    }

    /// A key that the author chooses: the first of the example.
    fn chosen(&mut self, kind: KeyKind, form: &'static Form, example: &str, column: usize) {
        let (name, value) = first_entry(example).unwrap_or(match kind {
            KeyKind::Name | KeyKind::Word => ("name", example),
            KeyKind::Language => ("en", example),
        });
        match Inner::of(form).filter(|inner| !self.has_seen(inner)) {
            Some(Inner {
                map: Map::Kinds(kinds),
                ..
            }) => self.kinds(kinds, column),
            Some(inner) => {
                if has_short(form) {
                    self.note(column, &format!("In short `{name}: {value}`."));
                }
                self.line(column, &format!("{name}:"));
                self.inner(&inner, value, column + 2);
            }
            None => self.line(column, &format!("{name}: {value}")),
        }
    }

    fn kinds(&mut self, kinds: &'static [KindOf], column: usize) {
        for kind in kinds {
            let Some(object) = kind.object else { continue };
            let before = self.later;
            let later = object.key("kind").is_some_and(|key| key.status == Status::Later);
            if later && !self.later {
                self.note(column, "Not in this version yet.");
            }
            self.later |= later;
            self.line(column, &format!("a-{}:", kind.kind));
            self.object(object, column + 2, false);
            self.later = before;
        }
        let coming: Vec<&str> = kinds
            .iter()
            .filter(|kind| kind.object.is_none())
            .map(|kind| kind.kind)
            .collect();
        if !coming.is_empty() {
            self.note(
                column,
                &format!("Kinds of later versions: {}.", coming.join(", ")),
            );
        }
    }

    fn line(&mut self, column: usize, text: &str) {
        self.text.push_str(&format!("#{}{text}\n", " ".repeat(column)));
    }

    fn note(&mut self, column: usize, text: &str) {
        let begin = match column {
            0 => "# ".to_owned(),
            _ => format!("#{}# ", " ".repeat(column)),
        };
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(&begin)
            .subsequent_indent(&begin)
            .break_words(false);
        self.text.push_str(&textwrap::fill(text, options));
        self.text.push('\n');
    }
}

/// What a map is nothing without.
fn needs(object: &Object) -> Option<String> {
    let each = object.required.iter().map(|required| {
        let any: Vec<&str> = std::iter::once(&required.key)
            .chain(required.or)
            .copied()
            .collect();
        any.join(" or ")
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| format!("Needs {}.", each.join(", and ")))
}

fn has(object: &Object, key: &Key) -> bool {
    object.key(key.name).is_some_and(|other| other.doc == key.doc)
}

/// A map inside of a form.
struct Inner {
    map: Map,
    /// There may be several of it.
    is_list: bool,
}

#[derive(Clone, Copy)]
enum Map {
    Object(&'static Object),
    Kinds(&'static [KindOf]),
}

impl Inner {
    fn of(form: &'static Form) -> Option<Inner> {
        let one = |map| Some(Inner { map, is_list: false });
        if let Form::Object(object) = form {
            one(Map::Object(object))
        } else if let Form::ByKind(kinds) = form {
            one(Map::Kinds(kinds))
        } else if let Form::List(item) | Form::OneOrList(item) = form {
            Inner::of(item).map(|inner| Inner {
                is_list: true,
                ..inner
            })
        } else if let Form::Either(forms) = form {
            // The map itself rather than a list of such.
            let all = || forms.iter().filter_map(Inner::of);
            all().find(|inner| !inner.is_list).or_else(|| all().next())
        } else {
            None
        }
    }
}

/// Whether a value may be less than a map.
fn has_short(form: &Form) -> bool {
    matches!(form, Form::Either(_))
}

/// `age` and `int` of `{ age: int }`.
fn first_entry(example: &str) -> Option<(&str, &str)> {
    let root = tree::parse(example).0.root?;
    let entry = root.entries().first()?;
    Some((
        example.get(entry.key.span.clone())?,
        example.get(entry.value.span.clone())?,
    ))
}
