//! The forms of a message.

use super::super::key::{Form, Key, KeyKind, Object, later, map, now};
use super::campaign::author;

/// A text, or a map.
pub(super) static MESSAGE: &[Form] = &[Form::Message, Form::Object(&MESSAGE_MAP)];

/// Texts by name.
pub(super) static MESSAGES: Object = map("`messages`", KeyKind::Name, &Form::Either(MESSAGE));

/// Values by language.
pub(super) static ANY_LANGUAGE: Object = map("a map of languages", KeyKind::Language, &Form::Text);

static MESSAGE_MAP: Object = author("a message", KeyKind::Language, &Form::Message, MESSAGE_KEYS);
static MESSAGE_KEYS: &[Key] = &[
    now(
        "text",
        Form::Either(TEXT),
        "\"Doors open at nine\"",
        "The text, or one for each language.",
    ),
    later(
        "media",
        Form::OneOrList(&Form::Path),
        "[poster.jpg]",
        "Makes it MMS where provider and country can.",
    ),
    later(
        "variants",
        Form::Object(&VARIANTS),
        "{ calm: { share: 50%, text: Hello } }",
        "Drawn by a hash.",
    ),
];

/// A text, or one for each language.
pub(super) static TEXT: &[Form] = &[Form::Message, Form::Object(&TEXTS)];
static TEXTS: Object = map("a map of languages", KeyKind::Language, &Form::Message);

static VARIANTS: Object = map("`variants`", KeyKind::Name, &Form::Object(&VARIANT));
static VARIANT: Object = author("a variant", KeyKind::Language, &Form::Message, VARIANT_KEYS);
static VARIANT_KEYS: &[Key] = &[
    later("share", Form::Share, "50%", "Shares make 100%."),
    later(
        "text",
        Form::Either(TEXT),
        "\"Doors open at nine\"",
        "The text, or one for each language.",
    ),
    later(
        "media",
        Form::OneOrList(&Form::Path),
        "[poster.jpg]",
        "Makes it MMS.",
    ),
];
