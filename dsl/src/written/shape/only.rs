//! What a key that nobody knows was meant to be, by what else stands in its map.

use super::super::is_note;
use super::super::key::{Key, Object, Required};
use super::super::nearest::nearest;
use super::{chosen, fits};
use crate::tree::{Entry, Node};

/// The key that is nearest to what is written: rather one that can stand beside the others than `message` beside `steps`.
pub(super) fn nearest_key(object: &Object, node: &Node, written: &str) -> Option<&'static str> {
    let names = || object.keys.iter().map(|key| key.name);
    let any = nearest(written, names())?;
    let is_there = |name: &str| name != any && node.entry(name).is_some();
    let other = |required: &&Required| all_of(required).any(|name| name == any);
    let mut of_it = object.required.iter().filter(other);
    match of_it.any(|required| all_of(required).any(is_there)) {
        true => nearest(written, names().filter(|name| *name != any)).or(Some(any)),
        false => Some(any),
    }
}

/// The keys of which one has to be there.
pub(super) fn all_of(required: &Required) -> impl Iterator<Item = &'static str> {
    std::iter::once(required.key).chain(required.or.iter().copied())
}

/// The only key that the map lacks, where this one is the only one that nobody knows and has a value for it.
pub(super) fn lacking(object: &'static Object, node: &Node, entry: &Entry) -> Option<&'static str> {
    let is_unknown = |entry: &&Entry| {
        let text = &entry.key.text;
        !is_note(entry) && object.key(text).is_none() && chosen(object, text).is_none()
    };
    let is_there = |name: &str| node.entry(name).is_some();
    let lacks = |required: &&Required| !all_of(required).any(is_there);
    let mut lacking = object.required.iter().filter(lacks);
    let required = lacking.next().filter(|_| lacking.next().is_none())?;
    let alone = node.entries().iter().filter(is_unknown).count() == 1;
    let takes = |name: &&'static str| {
        let key = object.key(name);
        key.is_some_and(|key| fits(&key.form, &entry.value))
    };
    all_of(required).find(takes).filter(|_| alone)
}

/// The only key that the map lacks beside another, where the value of an entry may be its value.
pub(super) fn lacking_beside(
    object: &'static Object,
    node: &Node,
    entry: &Entry,
    beside: &Key,
) -> Option<&'static str> {
    let is_there = |name: &str| name == beside.name || node.entry(name).is_some();
    let mut lacking = object
        .required
        .iter()
        .filter(|required| !all_of(required).any(is_there));
    let required = lacking.next().filter(|_| lacking.next().is_none())?;
    let key = object.key(required.key)?;
    (!entry.value.is_nothing() && fits(&key.form, &entry.value)).then_some(required.key)
}
