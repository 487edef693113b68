//! Whether a value has the shape of a form, and a key that of the keys that an author chooses.

use super::super::key::{Form, KeyKind, Object, Open};
use super::super::nearest::nearest;
use crate::tree::{Kind, Node};
use crate::values::Language;

/// The three shapes of YAML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outline {
    Scalar,
    List,
    Map,
}

fn outline(node: &Node) -> Outline {
    match node.kind {
        Kind::Scalar(_) | Kind::Bad => Outline::Scalar,
        Kind::List(_) => Outline::List,
        Kind::Map(_) => Outline::Map,
    }
}

/// Whether a value has the shape of the form, whatever is in it.
pub(crate) fn fits(form: &Form, node: &Node) -> bool {
    let shape = outline(node);
    match form {
        Form::Any => true,
        Form::List(_) => shape == Outline::List,
        Form::OneOrList(item) => shape == Outline::List || fits(item, node),
        Form::Object(_) | Form::ByKind(_) => shape == Outline::Map,
        Form::Either(forms) => forms.iter().any(|form| fits(form, node)),
        scalar => scalar.is_scalar() && shape == Outline::Scalar,
    }
}

/// Forms that are text letter for letter, whatever the look of it.
pub(super) fn is_text(form: &Form) -> bool {
    matches!(
        form,
        Form::Text
            | Form::Message
            | Form::Word
            | Form::Name
            | Form::Language
            | Form::Region
            | Form::At
            | Form::Wait
            | Form::TimeOfDay
            | Form::Moment
            | Form::Phone
            | Form::ShortCode
            | Form::SenderName
    )
}

/// The rule for a key that the author chose, where the object has such.
pub(super) fn chosen(object: &'static Object, key: &str) -> Option<&'static Open> {
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
