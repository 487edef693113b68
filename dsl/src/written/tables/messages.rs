//! The forms of a message.

use super::super::key::{Form, Key, KeyKind, Object, Required, later, map, now};
use super::campaign::author;

/// A text, or a map.
pub(super) const MESSAGE: &[Form] = &[Form::Message, Form::Object(&MESSAGE_MAP)];

/// Texts by name.
pub(super) static MESSAGES: Object = map("`messages`", KeyKind::Name, &Form::Either(MESSAGE));

/// Values by language.
pub(super) static ANY_LANGUAGE: Object = map("a map of languages", KeyKind::Language, &Form::Text);

static MESSAGE_MAP: Object = author("a message", KeyKind::Language, &Form::Message, MESSAGE_KEYS);
static MESSAGE_KEYS: &[Key] = &[
    TEXT_KEY,
    MEDIA,
    now(
        "variants",
        Form::Object(&VARIANTS),
        "{ calm: { share: 50%, text: \"Doors open at nine\" }, urgent: { share: 50%, text: \"Last seats\" } }",
        "Several texts by name, of which each person gets one, drawn by a hash.",
    ),
];

const TEXT_KEY: Key = now(
    "text",
    Form::Either(TEXT),
    "\"Doors open at nine\"",
    "The text, or a map of one for each language.",
);

/// What makes a text an MMS.
pub(super) const MEDIA: Key = later(
    "media",
    Form::OneOrList(&Form::Path),
    "[poster.jpg]",
    "Files that make it an MMS where provider and country can; elsewhere the text goes alone. Default: none.",
);

/// A text, or one for each language.
pub(super) const TEXT: &[Form] = &[Form::Message, Form::Object(&TEXTS)];
static TEXTS: Object = map("a map of languages", KeyKind::Language, &Form::Message);

static VARIANTS: Object = map("`variants`", KeyKind::Name, &Form::Object(&VARIANT));
static VARIANT: Object = Object {
    required: &[Required {
        key: "share",
        or: &[],
    }],
    ..author("a variant", KeyKind::Language, &Form::Message, VARIANT_KEYS)
};
static VARIANT_KEYS: &[Key] = &[
    now(
        "share",
        Form::Share,
        "50%",
        "The share of people who get this text; all shares make 100%.",
    ),
    now(
        "text",
        Form::Either(TEXT),
        "\"Doors open at nine\"",
        "The text, or a map of one for each language.",
    ),
    MEDIA,
];
