//! Which forms of the tables may stand at a path of keys. Several may: a value that is half written fits more than one.

use std::sync::OnceLock;

use super::sketch::{Segment, Sketch};
use super::{Document, FileKind};
use crate::written::key::{Form, Key, KindOf, Object};
use crate::written::tables;

static CAMPAIGN: Form = Form::Object(&tables::CAMPAIGN);
static PROJECT: Form = Form::Object(&tables::PROJECT);

/// The forms at a path, those inside of others written out, without those that are not looked into. Where the keys of a
/// map depend on its `kind`, they are those of the kind that is written there; all, where none is.
pub(super) fn at(document: &Document<'_>, sketch: &Sketch, path: &[Segment]) -> Vec<&'static Form> {
    let kind = |above: &[Segment]| sketch.scalar(document.text, above, "kind");
    walk(document.kind(), path, &kind)
}

/// As [`at`], whatever kinds are written.
pub(super) fn of_any_kind(kind: FileKind, path: &[Segment]) -> Vec<&'static Form> {
    walk(kind, path, &|_| None)
}

fn walk<'a>(
    kind: FileKind,
    path: &[Segment],
    written: &dyn Fn(&[Segment]) -> Option<&'a str>,
) -> Vec<&'static Form> {
    let root = match kind {
        FileKind::Campaign => &CAMPAIGN,
        FileKind::Project => &PROJECT,
    };
    let mut forms = single(root);
    for (depth, segment) in path.iter().enumerate() {
        // The kind itself may become any.
        if *segment != Segment::Key("kind".into()) {
            forms = narrowed(forms, || written(&path[..depth]));
        }
        let next = forms.iter().flat_map(|form| below(form, segment));
        forms = next.flat_map(single).collect();
    }
    narrowed(forms, || written(path))
}

/// Maps of the kind that is written, where there is such.
fn narrowed<'a>(forms: Vec<&'static Form>, written: impl Fn() -> Option<&'a str>) -> Vec<&'static Form> {
    let narrow = |form: &'static Form| match form {
        Form::ByKind(kinds) => {
            let known = written().and_then(|kind| kinds.iter().position(|known| known.kind == kind));
            known.and_then(|at| alone(kinds).get(at)).unwrap_or(form)
        }
        form => form,
    };
    forms.into_iter().map(narrow).collect()
}

/// Each of the kinds of providers, of which alone the keys depend on a kind.
fn alone(kinds: &'static [KindOf]) -> &'static [Form] {
    static ALONE: OnceLock<Vec<Form>> = OnceLock::new();
    let each = || kinds.iter().map(|kind| Form::ByKind(std::slice::from_ref(kind)));
    ALONE.get_or_init(|| each().collect())
}

/// The maps at a path.
pub(super) fn objects(forms: &[&'static Form]) -> Vec<&'static Object> {
    let mut all: Vec<&'static Object> = vec![];
    for object in forms.iter().flat_map(|form| objects_of(form)) {
        if !all.iter().any(|known| std::ptr::eq(*known, object)) {
            all.push(object);
        }
    }
    all
}

/// A key of one of the maps at a path.
pub(super) fn key(forms: &[&'static Form], name: &str) -> Option<&'static Key> {
    objects(forms).into_iter().find_map(|object| object.key(name))
}

fn objects_of(form: &'static Form) -> Vec<&'static Object> {
    match form {
        Form::Object(object) => vec![object],
        Form::ByKind(kinds) => kinds.iter().filter_map(|kind| kind.object).collect(),
        _ => vec![],
    }
}

/// Forms that stand for others, written out.
pub(super) fn single(form: &'static Form) -> Vec<&'static Form> {
    match form {
        Form::Either(forms) => forms.iter().flat_map(single).collect(),
        Form::OneOrList(item) => {
            let mut all = single(item);
            all.push(form);
            all
        }
        form => vec![form],
    }
}

fn below(form: &'static Form, segment: &Segment) -> Vec<&'static Form> {
    match (form, segment) {
        (Form::List(item) | Form::OneOrList(item), Segment::Item) => vec![item],
        (form, Segment::Key(name)) => objects_of(form)
            .into_iter()
            .filter_map(|object| {
                let known = object.key(name).map(|key| &key.form);
                known.or_else(|| object.open.as_ref().map(|open| open.form))
            })
            .collect(),
        _ => vec![],
    }
}
