//! Which forms of the tables may stand at a path of keys. Several may: a value that is half written fits more than one.

use super::sketch::Segment;
use crate::format::FileKind;
use crate::written::key::{Form, Key, Object};
use crate::written::tables;

static CAMPAIGN: Form = Form::Object(&tables::CAMPAIGN);
static PROJECT: Form = Form::Object(&tables::PROJECT);

/// The forms at a path, those inside of others written out, without those that are not looked into.
pub(super) fn at(kind: FileKind, path: &[Segment]) -> Vec<&'static Form> {
    let root = match kind {
        FileKind::Campaign => &CAMPAIGN,
        FileKind::Project => &PROJECT,
    };
    let mut forms = single(root);
    for segment in path {
        let next = forms.iter().flat_map(|form| below(form, segment));
        forms = next.flat_map(single).collect();
    }
    forms
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
